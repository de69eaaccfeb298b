//! Events as scorers and alerters take them, from their columns.

use drainrs::score::Mode;
use drainrs::{Change, Class, ContentId, Level, Observation, Parameter, ServiceId, Span, TemplateId, Timestamp};

use crate::ffi::{Failure, bytes, column};
use crate::hits::{DRAINRS_CHANGE_CREATED, DRAINRS_CHANGE_UNCHANGED, DRAINRS_CHANGE_WIDENED};

/// Take everything for usual, and say nothing.
pub const DRAINRS_MODE_LEARN: u32 = 0;
/// Judge by what was learned, and learn no new things.
pub const DRAINRS_MODE_DETECT: u32 = 1;
/// Judge and learn at once: what was not flagged is usual from now on.
pub const DRAINRS_MODE_ADAPTIVE: u32 = 2;

pub(crate) fn mode(number: u32) -> Result<Mode, Failure> {
    match number {
        DRAINRS_MODE_LEARN => Ok(Mode::Learn),
        DRAINRS_MODE_DETECT => Ok(Mode::Detect),
        DRAINRS_MODE_ADAPTIVE => Ok(Mode::Adaptive),
        _ => Err(Failure::Argument("mode", format!("is {number}, which no DRAINRS_MODE_ is"))),
    }
}

fn change(number: u8) -> Result<Change, Failure> {
    match number {
        DRAINRS_CHANGE_UNCHANGED => Ok(Change::Unchanged),
        DRAINRS_CHANGE_CREATED => Ok(Change::Created),
        DRAINRS_CHANGE_WIDENED => Ok(Change::Widened),
        _ => Err(Failure::Argument("change", format!("is {number}, which no DRAINRS_CHANGE_ is"))),
    }
}

/// An event as its function has it. Sessions and texts without bytes are none.
///
/// Safety: as for [`bytes`], for both texts.
pub(crate) unsafe fn observation<'a>(
    at: i64,
    service: u32,
    template_id: u64,
    level: u8,
    change: u8,
    content_id: u64,
    session: (*const u8, usize),
    text: (*const u8, usize),
) -> Result<Observation<'a>, Failure> {
    let mut event = Observation::new(Timestamp::from_nanos(at), TemplateId(template_id));
    event.service = ServiceId(service);
    event.level = *Level::ALL
        .get(usize::from(level))
        .ok_or_else(|| Failure::Argument("level", format!("is {level}, which no DRAINRS_LEVEL_ is")))?;
    event.change = self::change(change)?;
    if content_id != 0 {
        event.content = ContentId(content_id);
    }
    // SAFETY: the same contract.
    event.session = Some(unsafe { bytes(session.0, session.1, "session") }?).filter(|session| !session.is_empty());
    // SAFETY: the same contract.
    event.text = unsafe { bytes(text.0, text.1, "text") }?;
    Ok(event)
}

/// The parameters of a text, from their columns.
///
/// Safety: as for [`column`], for all of them.
pub(crate) unsafe fn parameters(
    starts: *const u32,
    stops: *const u32,
    classes: *const u8,
    tokens: *const u32,
    count: usize,
) -> Result<Vec<Parameter>, Failure> {
    // SAFETY: the same contract.
    let (starts, stops) = unsafe { (column(starts, count, "starts")?, column(stops, count, "stops")?) };
    // SAFETY: the same contract.
    let (classes, tokens) = unsafe { (column(classes, count, "classes")?, column(tokens, count, "tokens")?) };
    let rows = starts.iter().zip(stops).zip(classes).zip(tokens);
    rows.map(|(((&start, &end), &class), token)| {
        // Spans that lie outside of the text are empty to those who look.
        let parameter = serde_json::json!({
            "span": Span { start, end },
            "class": Class::from_index(class),
            "token": token,
        });
        serde_json::from_value(parameter).map_err(|cause| Failure::Argument("classes", cause.to_string()))
    })
    .collect()
}
