//! One window while it is open.

use crate::flow::{Change, Level, Observation, Series, Tally, Window};
use crate::id::TemplateId;
use crate::stats::Table;
use crate::time::Timestamp;
use crate::wire::state;

use super::metrics::Seen;

/// What is counted of a series.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    count: u64,
    level: Level,
    first: Timestamp,
    last: Timestamp,
}

state! { Cell { count, level, first, last } }

/// A window that still takes events.
#[derive(Debug, Clone)]
pub(super) struct Open {
    /// The number of the window: its start divided by the length.
    pub(super) index: i64,
    pub(super) cells: Table<Series, Cell>,
    pub(super) seen: Seen,
}

impl Open {
    pub(super) fn new(index: i64, max_series: usize) -> Open {
        Open { index, cells: Table::new(max_series), seen: Seen::default() }
    }

    /// Counts an event; false if there is no room for its series.
    #[inline]
    pub(super) fn add(&mut self, event: &Observation<'_>, max_series: usize) -> bool {
        let series = event.series();
        if let Some(cell) = self.cells.get_mut(&series) {
            cell.count += 1;
            cell.level = cell.level.max(event.level);
            cell.first = cell.first.min(event.at);
            cell.last = cell.last.max(event.at);
        } else if self.cells.len() < max_series {
            let cell = Cell { count: 1, level: event.level, first: event.at, last: event.at };
            self.cells.touch_or_insert(series, || cell);
        } else {
            return false;
        }
        self.seen.events += 1;
        let error = event.level >= Level::Error;
        self.seen.errors += u64::from(error);
        if event.change == Change::Created {
            self.seen.new_templates += 1;
            self.seen.new_errors += u64::from(error);
        }
        true
    }

    /// Moves what was counted to a list, by series in ascending order.
    pub(super) fn tallies(&self, window: Window, previous: &[Tally], out: &mut Vec<Tally>) {
        out.clear();
        out.extend(self.cells.iter().map(|(series, cell)| Tally {
            level: cell.level,
            first: cell.first,
            last: cell.last,
            ..Tally::new(*series, cell.count, window)
        }));
        out.sort_unstable_by_key(|tally| tally.series);
        // Both lists are in order: one walk.
        let mut before = previous.iter().peekable();
        for tally in out {
            while before.next_if(|other| other.series < tally.series).is_some() {}
            tally.previous = before.next_if(|other| other.series == tally.series).map_or(0, |other| other.count);
        }
    }

    /// A template is another one now.
    pub(super) fn merged(&mut self, gone: TemplateId, into: TemplateId) {
        let moving: Vec<Series> = self.cells.iter().map(|(series, _)| *series).filter(|s| s.template == gone).collect();
        for series in moving {
            let Some(cell) = self.cells.remove(&series) else { continue };
            let own = self.cells.touch_or_insert(Series { template: into, ..series }, || Cell { count: 0, ..cell });
            own.count += cell.count;
            own.level = own.level.max(cell.level);
            own.first = own.first.min(cell.first);
            own.last = own.last.max(cell.last);
        }
    }
}
