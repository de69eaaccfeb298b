//! Scorers that are fed by hand: events and windows in, scores out.

use drainrs::score::{
    Battery, Centroid, CentroidConfig, Content, ContentConfig, Frequency, FrequencyConfig, Novelty, NoveltyConfig,
    ScoreConfig, Scorer, Sequence, SequenceConfig, Silence, SilenceConfig,
};
use drainrs::{Closed, Series, ServiceId, Tally, TemplateId, Timestamp, Window};

use crate::buffer::{self, drainrs_buffer, fill};
use crate::error::drainrs_error;
use crate::events::DRAINRS_NO_TIME;
use crate::ffi::{
    Failure, Handle, Out, bytes, call, column, exclusive, free, give, neutral, opaque, read_json, shared, text,
    write_json,
};
use crate::observation::{mode, observation, parameters};
use crate::status::drainrs_status;

/// A scorer: takes events and windows that are over, and gives the scores that are past its threshold. A pipeline with a detector
/// has scorers of its own; this one is fed by hand. Who builds one frees it; any thread may use it: calls that change it wait for one
/// another.
#[derive(Debug)]
pub struct drainrs_scorer(Handle<Machine>);

opaque!(drainrs_scorer, Machine);

/// Makes an enum of the scorers, by their names.
macro_rules! machines {
    ($($name:literal => $machine:ident of $config:ident;)*) => {
        /// A scorer of the library.
        #[derive(Debug)]
        pub(crate) enum Machine {
            $($machine(Box<$machine>),)*
        }

        impl Machine {
            /// Builds the one of this name.
            ///
            /// Safety: as for [`bytes`].
            unsafe fn build(name: &str, config: *const u8, config_len: usize) -> Result<Machine, Failure> {
                match name {
                    $($name => {
                        // SAFETY: the same contract.
                        let config: $config = unsafe { read_json(config, config_len, "config") }?;
                        Ok(Machine::$machine(Box::new($machine::build(&config)?)))
                    })*
                    _ => Err(unknown(name)),
                }
            }

            /// Goes on where the one of this name was snapshot.
            ///
            /// Safety: as for [`bytes`].
            unsafe fn restore(
                name: &str,
                snapshot: &[u8],
                config: *const u8,
                config_len: usize,
            ) -> Result<Machine, Failure> {
                match name {
                    $($name => {
                        // SAFETY: the same contract.
                        let config: $config = unsafe { read_json(config, config_len, "config") }?;
                        Ok(Machine::$machine(Box::new($machine::restore(snapshot, &config)?)))
                    })*
                    _ => Err(unknown(name)),
                }
            }

            fn snapshot(&self) -> Vec<u8> {
                match self {
                    $(Machine::$machine(machine) => machine.snapshot(),)*
                }
            }

            fn scorer(&self) -> &dyn Scorer {
                match self {
                    $(Machine::$machine(machine) => machine.as_ref(),)*
                }
            }

            fn scorer_mut(&mut self) -> &mut dyn Scorer {
                match self {
                    $(Machine::$machine(machine) => machine.as_mut(),)*
                }
            }
        }

        const NAMES: &[&str] = &[$($name),*];
    };
}

machines! {
    "frequency" => Frequency of FrequencyConfig;
    "novelty" => Novelty of NoveltyConfig;
    "silence" => Silence of SilenceConfig;
    "sequence" => Sequence of SequenceConfig;
    "content" => Content of ContentConfig;
    "centroid" => Centroid of CentroidConfig;
    "all" => Battery of ScoreConfig;
}

fn unknown(name: &str) -> Failure {
    Failure::Argument("name", format!("is {name:?}, but the scorers are {}", NAMES.join(", ")))
}

/// Lets a scorer say what it has to say, and writes that down.
///
/// Safety: `scorer` and `out` are NULL, or were given by their `_new` and not freed.
unsafe fn said(
    scorer: *mut drainrs_scorer,
    out: *mut drainrs_buffer,
    say: impl FnOnce(&mut dyn Scorer, &mut Vec<drainrs::Score>),
) -> Result<(), Failure> {
    buffer::wanted(out)?;
    let mut scores = Vec::new();
    // SAFETY: the contract.
    say(unsafe { exclusive(scorer, "scorer") }?.scorer_mut(), &mut scores);
    // SAFETY: the contract.
    unsafe { write_json(&scores, out) }
}

/// Builds a scorer by its `name`: "frequency", "novelty", "silence", "sequence", "content", "centroid", or "all" for a battery of
/// them. `config` is a JSON document of its settings; nothing at all is the default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_scorer_new(
    name: *const u8,
    name_len: usize,
    config: *const u8,
    config_len: usize,
    out: *mut *mut drainrs_scorer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            let name = text(name, name_len, "name")?;
            give(out, drainrs_scorer(Handle::new(Machine::build(name, config, config_len)?)));
            Ok(())
        })
    }
}

/// Takes an event, in the order of arrival. `level` is `DRAINRS_LEVEL_...`, `change` is `DRAINRS_CHANGE_...`; a `content_id` of 0 is
/// one that follows from the template; `session` and `text` may be empty. The parameters are `count` entries of the columns that
/// `drainrs_hits_parameter_...` give: spans of `text`, in order. `out` gets the scores as a JSON array, an empty one as a rule.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_scorer_observe(
    scorer: *mut drainrs_scorer,
    at: i64,
    service: u32,
    template_id: u64,
    level: u8,
    change: u8,
    content_id: u64,
    session: *const u8,
    session_len: usize,
    text: *const u8,
    text_len: usize,
    starts: *const u32,
    stops: *const u32,
    classes: *const u8,
    tokens: *const u32,
    count: usize,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let (session, text) = ((session, session_len), (text, text_len));
            let mut event = observation(at, service, template_id, level, change, content_id, session, text)?;
            let parameters = parameters(starts, stops, classes, tokens, count)?;
            event.parameters = &parameters;
            said(scorer, out, |scorer, scores| scorer.observe(&event, scores))
        })
    }
}

/// Takes a window that is over, its `end` not included; windows come in order, none left out. Each of the `count` entries says how many
/// events a template of a service had; `services` may be NULL: all are of service 0. Where the input was away for long the window is a
/// `gap` (1, else 0), and its counts are not looked at. `out` gets the scores as a JSON array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_scorer_close(
    scorer: *mut drainrs_scorer,
    start: i64,
    end: i64,
    services: *const u32,
    template_ids: *const u64,
    counts: *const u64,
    count: usize,
    gap: u8,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let window = Window { start: Timestamp::from_nanos(start), end: Timestamp::from_nanos(end) };
            let services = column(services, if services.is_null() { 0 } else { count }, "services")?;
            let templates = column(template_ids, count, "template_ids")?;
            let counts = column(counts, count, "counts")?;
            let mut tallies: Vec<Tally> = Vec::with_capacity(count);
            for (row, (&template, &events)) in templates.iter().zip(counts).enumerate() {
                let service = ServiceId(services.get(row).copied().unwrap_or_default());
                tallies.push(Tally::new(Series { service, template: TemplateId(template) }, events, window));
            }
            tallies.sort_by_key(|tally| tally.series);
            let next = tallies.iter().skip(1);
            if let Some((twice, _)) = tallies.iter().zip(next).find(|(one, next)| one.series == next.series) {
                let Series { service, template } = twice.series;
                return Err(Failure::Argument(
                    "template_ids",
                    format!("has {template} of service {} twice", service.0),
                ));
            }
            let closed = if gap == 0 { Closed::new(window, &tallies) } else { Closed::gap(window) };
            said(scorer, out, |scorer, scores| scorer.close(&closed, scores))
        })
    }
}

/// Takes notice that it is `now`, in event time, and that everything before was observed; an earlier time changes nothing. `out` gets
/// the scores as a JSON array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_scorer_advance(
    scorer: *mut drainrs_scorer,
    now: i64,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || said(scorer, out, |scorer, scores| scorer.advance(Timestamp::from_nanos(now), scores))) }
}

/// When `drainrs_scorer_advance` will have something to say if no event comes before; `DRAINRS_NO_TIME`: never.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_scorer_next_deadline(scorer: *const drainrs_scorer) -> i64 {
    neutral(DRAINRS_NO_TIME, || {
        // SAFETY: by the contract of the header.
        let Ok(scorer) = (unsafe { shared(scorer, "scorer") }) else { return DRAINRS_NO_TIME };
        scorer.scorer().next_deadline().map_or(DRAINRS_NO_TIME, Timestamp::as_nanos)
    })
}

/// Takes notice that a template was united with another, in all services.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_scorer_merged(
    scorer: *mut drainrs_scorer,
    gone: u64,
    into: u64,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            exclusive(scorer, "scorer")?.scorer_mut().merged(TemplateId(gone), TemplateId(into));
            Ok(())
        })
    }
}

/// Changes between learning and judging: `mode` is `DRAINRS_MODE_...`. A snapshot does not keep it: a restored scorer has the mode of
/// its settings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_scorer_set_mode(
    scorer: *mut drainrs_scorer,
    mode: u32,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let mode = self::mode(mode)?;
            exclusive(scorer, "scorer")?.scorer_mut().set_mode(mode);
            Ok(())
        })
    }
}

/// Memory in bytes of what was learned; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_scorer_memory(scorer: *const drainrs_scorer) -> usize {
    neutral(0, || {
        // SAFETY: by the contract of the header.
        unsafe { shared(scorer, "scorer") }.map_or(0, |scorer| scorer.scorer().memory())
    })
}

/// What was learned as bytes: versioned, checksummed, the same bytes for the same state in every language.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_scorer_snapshot(
    scorer: *const drainrs_scorer,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || fill(out, shared(scorer, "scorer")?.snapshot())) }
}

/// A scorer that goes on where a snapshot was taken, by its name and under the settings that it had.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_scorer_restore(
    name: *const u8,
    name_len: usize,
    snapshot: *const u8,
    snapshot_len: usize,
    config: *const u8,
    config_len: usize,
    out: *mut *mut drainrs_scorer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            let name = text(name, name_len, "name")?;
            let snapshot = bytes(snapshot, snapshot_len, "snapshot")?;
            give(out, drainrs_scorer(Handle::new(Machine::restore(name, snapshot, config, config_len)?)));
            Ok(())
        })
    }
}

/// Frees a scorer and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_scorer_free(scorer: *mut *mut drainrs_scorer) {
    // SAFETY: by the contract of the header.
    unsafe { free(scorer) }
}
