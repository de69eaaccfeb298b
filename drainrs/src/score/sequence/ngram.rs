//! The steps that usual sessions take: which event follows which, with the beginning and the end of the session as events of
//! their own. Without the end, sessions that break off go unnoticed.

use super::counts::OTHERS;
use crate::error::Error;
use crate::id::TemplateId;
use crate::stats::Table;
use crate::wire::{Reader, Writer};

/// The beginning or the end of a session, in a step.
pub(super) const EDGE: u64 = OTHERS;

/// From one event to the next.
pub(super) type Step = (u64, u64);

/// An end of a step as people see it: a type, or the edge of the session.
pub(super) fn shown(id: u64) -> Option<TemplateId> {
    (id != EDGE).then_some(TemplateId(id))
}

/// The known steps.
#[derive(Debug, Clone)]
pub(super) struct Steps(Table<Step, u32>);

impl Steps {
    pub(super) fn new(max: usize) -> Steps {
        Steps(Table::new(max))
    }

    /// Whether a usual session had it.
    #[inline]
    pub(super) fn knows(&self, step: Step) -> bool {
        self.0.get(&step).is_some()
    }

    /// Learns a step.
    #[inline]
    pub(super) fn learn(&mut self, step: Step) {
        let times = self.0.touch_or_insert(step, || 0);
        *times = times.saturating_add(1);
    }

    /// Counts one type as another.
    pub(super) fn unite(&mut self, gone: u64, into: u64) {
        let old: Vec<Step> =
            self.0.iter().map(|(step, _)| *step).filter(|step| step.0 == gone || step.1 == gone).collect();
        let new = |id: u64| if id == gone { into } else { id };
        for step in old {
            let times = self.0.remove(&step).unwrap_or_default();
            let known = self.0.touch_or_insert((new(step.0), new(step.1)), || 0);
            *known = known.saturating_add(times);
        }
    }

    /// Steps that made room for others.
    pub(super) fn evicted(&self) -> u64 {
        self.0.evicted()
    }

    pub(super) fn memory(&self) -> usize {
        self.0.memory()
    }

    pub(super) fn write(&self, to: &mut Writer) {
        self.0.write(to);
    }

    pub(super) fn read(from: &mut Reader<'_>, max: usize) -> Result<Steps, Error> {
        Table::read(from, max).map(Steps)
    }
}
