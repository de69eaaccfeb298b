//! Events without a session key: the steps of each service, as far as they can be told from an interleaved stream.

use super::config::SequenceConfig;
use super::counts::OTHERS;
use super::ngram::{EDGE, Step, Steps};
use crate::error::Error;
use crate::id::ServiceId;
use crate::stats::Table;
use crate::wire::{Reader, Writer, state};

/// Events of a service before its steps are judged.
const LEARNED_FROM: u64 = 1000;

/// Where a service stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    last: u64,
    events: u64,
    /// Events until it may be flagged again.
    quiet: u32,
}

state! { Place { last, events, quiet } }

/// The services.
#[derive(Debug, Clone)]
pub(super) struct Windows {
    places: Table<u32, Place>,
    steps: Steps,
}

impl Windows {
    pub(super) fn new(config: &SequenceConfig) -> Windows {
        Windows { places: Table::new(config.max_windows), steps: Steps::new(config.max_steps) }
    }

    /// Takes an event. Gives the step if no event of the service took it before and none in the window was flagged.
    pub(super) fn take(&mut self, service: ServiceId, id: u64, learns: bool, window: u32) -> Option<Step> {
        let place = self.places.touch_or_insert(service.0, || Place { last: EDGE, events: 0, quiet: 0 });
        let step = (place.last, id);
        place.last = id;
        place.events = place.events.saturating_add(1);
        place.quiet = place.quiet.saturating_sub(1);
        if step.0 == OTHERS {
            return None;
        }
        let is_known = self.steps.knows(step);
        if learns {
            self.steps.learn(step);
        }
        if is_known || place.quiet > 0 || place.events <= LEARNED_FROM {
            return None;
        }
        place.quiet = window;
        Some(step)
    }

    /// Counts one type as another.
    pub(super) fn unite(&mut self, gone: u64, into: u64) {
        self.steps.unite(gone, into);
        for (_, place) in self.places.iter_mut() {
            if place.last == gone {
                place.last = into;
            }
        }
    }

    pub(super) fn memory(&self) -> usize {
        self.places.memory() + self.steps.memory()
    }

    pub(super) fn write(&self, to: &mut Writer) {
        self.places.write(to);
        self.steps.write(to);
    }

    pub(super) fn read(from: &mut Reader<'_>, config: &SequenceConfig) -> Result<Windows, Error> {
        Ok(Windows { places: Table::read(from, config.max_windows)?, steps: Steps::read(from, config.max_steps)? })
    }
}
