//! A mined event, as counters and scorers see it.

use super::{Change, Class, Level, Parameter};
use crate::error::Error;
use crate::id::{ContentId, ServiceId, TemplateId};
use crate::stats::{Key, mix};
use crate::time::Timestamp;
use crate::wire::{Reader, State, Writer, state};

/// What is counted: the events of one template in one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Series {
    /// The service.
    pub service: ServiceId,
    /// The template.
    pub template: TemplateId,
}

state! { Series { service, template } }

impl Key for Series {
    #[inline]
    fn hash(&self) -> u64 {
        mix(self.template.0 ^ (u64::from(self.service.0) << 40))
    }
}

/// A place for a value in a template, by which a parameter is followed from line to line: the token it stands in, and its
/// number among the values of that token. A template that widens keeps the places of its other values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Slot {
    /// The token of the template, from 0.
    pub token: u32,
    /// The value among those of the token, from 0.
    pub ordinal: u32,
}

state! { Slot { token, ordinal } }

impl Key for Slot {
    #[inline]
    fn hash(&self) -> u64 {
        mix(u64::from(self.token) << 32 | u64::from(self.ordinal))
    }
}

/// A mined event. Plain data: scorers run on observations that a host makes up as well as on those of a pipeline.
///
/// ```
/// use drainrs::{Level, Observation, TemplateId, Timestamp};
/// let mut event = Observation::new(Timestamp::from_seconds(60), TemplateId(3));
/// event.level = Level::Error;
/// assert!(event.values().next().is_none(), "no parameters were given");
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Observation<'a> {
    /// When the event happened.
    pub at: Timestamp,
    /// Who wrote it.
    pub service: ServiceId,
    /// What it says.
    pub template: TemplateId,
    /// The same, by content: equal for a template that was evicted and came back.
    pub content: ContentId,
    /// What the event did to its template.
    pub change: Change,
    /// How severe it says it is.
    pub level: Level,
    /// The session that it belongs to: a request, a trace, a block.
    pub session: Option<&'a [u8]>,
    /// The line that was mined.
    pub text: &'a [u8],
    /// The variable parts: spans of `text`, in order.
    pub parameters: &'a [Parameter],
}

impl<'a> Observation<'a> {
    /// An event of a known template, of which nothing else is known.
    pub fn new(at: Timestamp, template: TemplateId) -> Observation<'a> {
        Observation {
            at,
            service: ServiceId::UNNAMED,
            template,
            content: ContentId(template.0),
            change: Change::Unchanged,
            level: Level::Unknown,
            session: None,
            text: b"",
            parameters: &[],
        }
    }

    /// What the event counts for.
    #[inline]
    pub fn series(&self) -> Series {
        Series { service: self.service, template: self.template }
    }

    /// The values of the parameters with their places.
    pub fn values(&self) -> impl Iterator<Item = (Slot, Class, &'a [u8])> + use<'a> {
        let text = self.text;
        let mut last = (u32::MAX, 0);
        self.parameters.iter().map(move |parameter| {
            let ordinal = if last.0 == parameter.token { last.1 + 1 } else { 0 };
            last = (parameter.token, ordinal);
            (Slot { token: parameter.token, ordinal }, parameter.class, parameter.span.of(text))
        })
    }
}

impl State for Level {
    fn write(&self, to: &mut Writer) {
        to.byte(*self as u8);
    }

    fn read(from: &mut Reader<'_>) -> Result<Level, Error> {
        from.byte().map(Level::from_index)
    }
}
