//! One window while it is open.

use super::config::CountConfig;
use super::metrics::{Seen, SlotQuantiles};
use crate::flow::{Change, Class, Level, Observation, Series, Slot, Tally, Window};
use crate::id::TemplateId;
use crate::stats::{Sketch, Table};
use crate::text::quantity;
use crate::time::Timestamp;
use crate::wire::state;

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
    /// The distribution of the numbers in each place; places beyond the limit have none.
    pub(super) slots: Table<(Series, Slot), Sketch>,
}

impl Open {
    pub(super) fn new(index: i64, config: &CountConfig) -> Open {
        Open {
            index,
            cells: Table::new(config.max_series),
            seen: Seen::default(),
            slots: Table::new(config.max_slots.max(1)),
        }
    }

    /// Counts an event; false if there is no room for its series.
    #[inline]
    pub(super) fn add(&mut self, event: &Observation<'_>, config: &CountConfig) -> bool {
        let series = event.series();
        if let Some(cell) = self.cells.get_mut(&series) {
            cell.count += 1;
            cell.level = cell.level.max(event.level);
            cell.first = cell.first.min(event.at);
            cell.last = cell.last.max(event.at);
        } else if self.cells.len() < config.max_series {
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
        if config.max_slots > 0 && !event.parameters.is_empty() {
            self.add_values(event, config.max_slots);
        }
        true
    }

    /// Adds the numbers of an event to the distributions of their places.
    fn add_values(&mut self, event: &Observation<'_>, max_slots: usize) {
        let series = event.series();
        for (slot, class, text) in event.values() {
            if !matches!(class, Class::Number | Class::Size | Class::Duration | Class::Percent) {
                continue;
            }
            let Some(quantity) = quantity(text) else { continue };
            let place = (series, slot);
            if let Some(sketch) = self.slots.get_mut(&place) {
                sketch.insert(quantity.value);
            } else if self.slots.len() < max_slots {
                self.slots.touch_or_insert(place, Sketch::new).insert(quantity.value);
            }
        }
    }

    /// The quantiles of all places, by series and place.
    pub(super) fn quantiles(&self) -> Vec<SlotQuantiles> {
        let mut all: Vec<SlotQuantiles> = self
            .slots
            .iter()
            .filter_map(|(&(series, slot), sketch)| {
                let [p50, p95, p99] = sketch.quantiles([0.5, 0.95, 0.99])?;
                Some(SlotQuantiles { series, slot, count: sketch.count(), p50, p95, p99 })
            })
            .collect();
        all.sort_unstable_by_key(|quantiles| (quantiles.series, quantiles.slot));
        all
    }

    /// Memory in bytes, heap included.
    pub(super) fn memory(&self) -> usize {
        let sketches: usize = self.slots.iter().map(|(_, sketch)| sketch.memory()).sum();
        size_of::<Open>() + self.cells.memory() + self.slots.memory() + sketches
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
        let moving: Vec<(Series, Slot)> =
            self.slots.iter().map(|(place, _)| *place).filter(|place| place.0.template == gone).collect();
        for (series, slot) in moving {
            let Some(sketch) = self.slots.remove(&(series, slot)) else { continue };
            self.slots.touch_or_insert((Series { template: into, ..series }, slot), Sketch::new).merge(&sketch);
        }
    }
}
