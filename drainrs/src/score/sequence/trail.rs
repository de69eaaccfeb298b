//! What is kept of a session while it runs: counts, the last event, and what is new about its steps.

use super::config::SequenceConfig;
use super::counts::{Count, Counts};
use super::ngram::{EDGE, Step, Steps};
use crate::error::Error;
use crate::wire::{Reader, State, Writer};

/// The trail of a session.
#[derive(Debug, Clone)]
pub(super) struct Trail {
    pub(super) counts: Counts,
    /// The last event; the edge before the first.
    pub(super) last: u64,
    /// Steps that no session had taken when this one did, in order, each once.
    pub(super) fresh: Vec<Step>,
    /// The first events, in order, where the Markov model wants them.
    pub(super) path: Vec<u64>,
    pub(super) events: u32,
}

impl Default for Trail {
    fn default() -> Trail {
        Trail { counts: Counts::default(), last: EDGE, fresh: Vec::new(), path: Vec::new(), events: 0 }
    }
}

impl Trail {
    /// Takes an event.
    #[inline]
    pub(super) fn push(&mut self, id: u64, steps: &Steps, config: &SequenceConfig) {
        self.events = self.events.saturating_add(1);
        self.counts.add(id, config.max_types_per_session);
        let step = (self.last, id);
        if !steps.knows(step) {
            self.note(step, config.max_steps_per_session);
        }
        self.last = id;
        if config.markov && self.path.len() < config.max_markov_events {
            self.path.push(id);
        }
    }

    #[cold]
    fn note(&mut self, step: Step, max: usize) {
        if self.fresh.len() < max && !self.fresh.contains(&step) {
            self.fresh.push(step);
        }
    }

    /// Forgets everything but the memory.
    pub(super) fn clear(&mut self) {
        self.counts.clear();
        self.last = EDGE;
        self.fresh.clear();
        self.path.clear();
        self.events = 0;
    }

    /// Counts one type as another, for the past as well.
    pub(super) fn unite(&mut self, gone: u64, into: u64) {
        self.counts.rename(gone, into);
        let new = |id: &mut u64| {
            if *id == gone {
                *id = into;
            }
        };
        new(&mut self.last);
        self.path.iter_mut().for_each(new);
        for step in &mut self.fresh {
            new(&mut step.0);
            new(&mut step.1);
        }
    }

    /// Memory in bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        self.counts.memory() + self.fresh.capacity() * size_of::<Step>() + self.path.capacity() * size_of::<u64>()
    }
}

impl State for Trail {
    fn write(&self, to: &mut Writer) {
        to.number(self.counts.entries().len() as u64);
        self.counts.entries().iter().for_each(|entry| entry.write(to));
        self.last.write(to);
        self.fresh.write(to);
        self.path.write(to);
        self.events.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Trail, Error> {
        let entries: Vec<Count> = State::read(from)?;
        Ok(Trail {
            counts: Counts::of(entries),
            last: State::read(from)?,
            fresh: State::read(from)?,
            path: State::read(from)?,
            events: State::read(from)?,
        })
    }
}
