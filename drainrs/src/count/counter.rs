//! The machine.

use std::collections::VecDeque;

use super::config::CountConfig;
use super::metrics::{Metrics, Seen, SlotQuantiles};
use super::window::Open;
use crate::error::{Error, Problems};
use crate::flow::{Closed, Observation, Tally, Window};
use crate::id::TemplateId;
use crate::stats::Table;
use crate::time::Timestamp;
use crate::wire::{Reader, State, Writer, state};

/// Where an event was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Placed {
    /// In the window of its time.
    Counted,
    /// In the newest window: its clock was set back.
    Skewed,
    /// In the newest window: its time is not believed.
    OutOfRange,
    /// Nowhere: its window has closed.
    Late,
    /// Nowhere: the window has no room for another series.
    OverLimit,
}

/// What has been counted. `observed == counted + late + over_limit`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct CountCounters {
    /// Events observed.
    pub observed: u64,
    /// Events in windows.
    pub counted: u64,
    /// Of those, events whose clock was set back.
    pub skewed: u64,
    /// Of those, events whose time was not believed.
    pub out_of_range: u64,
    /// Events whose window had closed.
    pub late_events: u64,
    /// Events of series beyond `max_series`.
    pub over_limit: u64,
    /// How often the clock was moved, forth or back.
    pub clock_moves: u64,
    /// Windows delivered.
    pub windows: u64,
    /// Gaps delivered.
    pub gaps: u64,
    /// Windows that nobody took in time.
    pub dropped_windows: u64,
}

state! { CountCounters {
    observed, counted, skewed, out_of_range, late_events, over_limit, clock_moves, windows, gaps, dropped_windows
} }

/// A window that is over, with its metrics.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Counted<'a> {
    /// What scorers take.
    pub closed: Closed<'a>,
    /// What dashboards take.
    pub metrics: Metrics,
    /// How the numbers of each place were distributed, by series and place.
    pub slots: &'a [SlotQuantiles],
}

/// Events that would move the clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Suspects {
    events: u32,
    /// The time of the last one.
    last: Timestamp,
}

state! { Suspects { events, last } }

/// A window waiting to be delivered, by number. `through` is the number after its last: a gap spans many.
#[derive(Debug, Clone)]
struct Due {
    from: i64,
    through: i64,
    /// Its events; none were counted where there is nothing.
    open: Option<Open>,
    gap: bool,
}

/// Counts events in windows of event time.
///
/// ```
/// use drainrs::count::{CountConfig, Counter};
/// use drainrs::{Observation, TemplateId, Timestamp};
///
/// let mut counter = Counter::build(&CountConfig::default())?;
/// for second in 0..600 {
///     counter.observe(&Observation::new(Timestamp::from_seconds(second), TemplateId(1)));
///     while let Some(counted) = counter.poll() {
///         assert_eq!(counted.closed.tallies[0].count, 60);
///         assert_eq!(counted.metrics.rate, 1.0);
///     }
/// }
/// assert_eq!(counter.counters().windows, 7, "the last three wait for late events");
/// # Ok::<(), drainrs::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Counter {
    config: CountConfig,
    lateness: i64,
    /// In the order of their numbers.
    open: VecDeque<Open>,
    /// The open window that the last event fell into, and its ends: most events fall into the same.
    current: usize,
    current_window: Window,
    /// The latest event time that is believed.
    latest: Option<Timestamp>,
    /// The number of the first window that has not closed.
    horizon: i64,
    /// Whether a window with events was delivered since time began (anew): before it nothing is known, so nothing is empty.
    begun: bool,
    /// Windows without events that were delivered since the last one that had some.
    empty: u32,
    /// Whether the window handed out last was part of a gap.
    in_gap: bool,
    suspects: Suspects,
    due: VecDeque<Due>,
    /// The window handed out last, and the counts of the one before it.
    tallies: Vec<Tally>,
    previous: Vec<Tally>,
    previous_index: i64,
    slots: Vec<SlotQuantiles>,
    counters: CountCounters,
}

impl Counter {
    /// Builds a counter.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), listing every setting that is out of its range.
    pub fn build(config: &CountConfig) -> Result<Counter, Error> {
        let mut problems = Problems::default();
        config.check(&mut problems);
        problems.finish()?;
        Ok(Counter {
            config: config.clone(),
            lateness: config.lateness(),
            open: VecDeque::new(),
            current: 0,
            current_window: Window::default(),
            latest: None,
            horizon: i64::MIN,
            begun: false,
            empty: 0,
            in_gap: false,
            suspects: Suspects::default(),
            due: VecDeque::new(),
            tallies: Vec::new(),
            previous: Vec::new(),
            previous_index: i64::MIN,
            slots: Vec::new(),
            counters: CountCounters::default(),
        })
    }

    fn index(&self, at: Timestamp) -> i64 {
        at.as_nanos().div_euclid(self.config.window_ns)
    }

    fn start(&self, index: i64) -> Timestamp {
        Timestamp::from_nanos(index.saturating_mul(self.config.window_ns))
    }

    /// The window an event at `at` falls into, whether or not it is open.
    pub fn window_of(&self, at: Timestamp) -> Window {
        let index = self.index(at);
        Window { start: self.start(index), end: self.start(index + 1) }
    }

    /// Counts an event. Windows that it closes wait for [`poll`](Counter::poll).
    #[inline]
    pub fn observe(&mut self, event: &Observation<'_>) -> Placed {
        self.counters.observed += 1;
        let placed = if self.current_window.contains(event.at) {
            self.suspects.events = 0;
            Placed::Counted
        } else {
            self.place(event.at)
        };
        if let Some(latest) = &mut self.latest
            && placed == Placed::Counted
            && *latest < event.at
        {
            *latest = event.at;
        }
        match placed {
            Placed::Late => {
                self.counters.late_events += 1;
                return Placed::Late;
            }
            Placed::Skewed => self.counters.skewed += 1,
            Placed::OutOfRange => self.counters.out_of_range += 1,
            Placed::Counted | Placed::OverLimit => {}
        }
        let config = &self.config;
        if self.open.get_mut(self.current).is_some_and(|open| open.add(event, config)) {
            self.counters.counted += 1;
            placed
        } else {
            self.counters.over_limit += 1;
            Placed::OverLimit
        }
    }

    /// Finds the window for a time outside the current one, and makes it the current one.
    #[cold]
    fn place(&mut self, at: Timestamp) -> Placed {
        let Some(latest) = self.latest else {
            self.begin(at);
            return Placed::Counted;
        };
        let index = self.index(at);
        let ahead = at.since(latest);
        if ahead > self.config.max_jump_ns {
            return self.suspect(at, Placed::OutOfRange);
        }
        if index < self.horizon {
            let back = self.horizon.saturating_sub(index);
            if back > i64::from(self.config.max_gap_windows) {
                return self.suspect(at, Placed::Skewed);
            }
            return Placed::Late;
        }
        self.suspects.events = 0;
        if ahead > 0 {
            self.latest = Some(at);
            self.close_before(self.index(at.plus_nanos(-self.lateness)));
        }
        self.make_current(index);
        Placed::Counted
    }

    /// An event whose time is out of reach: counted in the newest window, unless enough others say the same.
    fn suspect(&mut self, at: Timestamp, placed: Placed) -> Placed {
        let near = at.since(self.suspects.last).saturating_abs() <= self.config.max_jump_ns;
        self.suspects.events = if self.suspects.events > 0 && near { self.suspects.events + 1 } else { 1 };
        self.suspects.last = at;
        if self.suspects.events >= self.config.confirm_events {
            self.counters.clock_moves += 1;
            self.close_all();
            self.begin(at);
            return Placed::Counted;
        }
        self.make_newest_current();
        placed
    }

    /// Starts counting at a time.
    fn begin(&mut self, at: Timestamp) {
        self.suspects = Suspects::default();
        self.latest = Some(at);
        let index = self.index(at);
        let first = self.index(at.plus_nanos(-self.lateness));
        // Forward, the stretch between is a gap; back, time begins anew.
        self.begun = self.begun && first > self.horizon;
        self.deliver_empty(first);
        self.horizon = first;
        self.make_current(index);
    }

    fn make_current(&mut self, index: i64) {
        let at = self.open.partition_point(|open| open.index < index);
        if self.open.get(at).is_none_or(|open| open.index != index) {
            self.open.insert(at, Open::new(index, &self.config));
        }
        self.current = at;
        self.current_window = Window { start: self.start(index), end: self.start(index.saturating_add(1)) };
    }

    fn make_newest_current(&mut self) {
        let newest = self.open.back().map(|open| open.index);
        self.make_current(newest.unwrap_or(self.horizon));
    }

    /// Closes all windows with numbers below `horizon`.
    fn close_before(&mut self, horizon: i64) {
        while self.horizon < horizon {
            match self.open.front().map(|open| open.index).filter(|&index| index < horizon) {
                Some(first) => {
                    self.deliver_empty(first);
                    self.begun = true;
                    self.empty = 0;
                    let open = self.open.pop_front();
                    self.deliver(Due { from: first, through: first + 1, open, gap: false });
                    self.horizon = first + 1;
                }
                None => {
                    self.deliver_empty(horizon);
                    self.horizon = horizon;
                }
            }
        }
        // Places have moved.
        self.current_window = Window::default();
    }

    fn close_all(&mut self) {
        if let Some(last) = self.open.back().map(|open| open.index) {
            self.close_before(last + 1);
        }
    }

    /// Delivers what lies between the horizon and `through`: empty windows, or one gap.
    fn deliver_empty(&mut self, through: i64) {
        if !self.begun {
            return;
        }
        let length = through.saturating_sub(self.horizon);
        let most = i64::from(self.config.max_gap_windows);
        if length > most {
            self.empty = self.config.max_gap_windows.saturating_add(1);
            self.deliver(Due { from: self.horizon, through, open: None, gap: true });
            return;
        }
        for index in self.horizon..through {
            // A gap that is closed window by window is one all the same.
            self.empty = self.empty.saturating_add(1);
            let gap = self.empty > self.config.max_gap_windows;
            self.deliver(Due { from: index, through: index + 1, open: None, gap });
        }
    }

    fn deliver(&mut self, due: Due) {
        if self.due.len() >= self.config.max_open {
            self.due.pop_front();
            self.counters.dropped_windows += 1;
        }
        self.due.push_back(due);
    }

    /// Takes notice that it is `now`, in event time: closes what is over. An earlier time changes nothing.
    pub fn advance(&mut self, now: Timestamp) {
        if self.latest.is_some() {
            self.close_before(self.index(now.plus_nanos(-self.lateness)));
        }
    }

    /// Closes all windows, at the end of a stream.
    pub fn finish(&mut self) {
        self.close_all();
    }

    /// When [`advance`](Counter::advance) closes the next window that has events.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.open.front().map(|open| self.start(open.index.saturating_add(1)).plus_nanos(self.lateness))
    }

    /// Takes the oldest window that is over. Ask after every [`observe`](Counter::observe) and
    /// [`advance`](Counter::advance) until there is none.
    #[inline]
    pub fn poll(&mut self) -> Option<Counted<'_>> {
        if self.due.is_empty() {
            return None;
        }
        self.take_due()
    }

    #[cold]
    fn take_due(&mut self) -> Option<Counted<'_>> {
        let due = self.due.pop_front()?;
        let window = Window { start: self.start(due.from), end: self.start(due.through) };
        std::mem::swap(&mut self.tallies, &mut self.previous);
        if self.previous_index != due.from {
            self.previous.clear();
        }
        self.previous_index = due.through;
        self.tallies.clear();
        self.slots.clear();
        let mut seen = Seen::default();
        if let Some(open) = &due.open {
            open.tallies(window, &self.previous, &mut self.tallies);
            self.slots = open.quantiles();
            seen = open.seen;
        }
        let closed = if due.gap {
            self.counters.gaps += u64::from(!self.in_gap);
            Closed::gap(window)
        } else {
            self.counters.windows += 1;
            Closed::new(window, &self.tallies)
        };
        self.in_gap = due.gap;
        Some(Counted { closed, metrics: Metrics::of(seen, window), slots: &self.slots })
    }

    /// Takes notice that a template was united with another.
    pub fn merged(&mut self, gone: TemplateId, into: TemplateId) {
        self.open.iter_mut().for_each(|open| open.merged(gone, into));
        self.due.iter_mut().filter_map(|due| due.open.as_mut()).for_each(|open| open.merged(gone, into));
    }

    /// The latest event time that is believed.
    pub fn latest(&self) -> Option<Timestamp> {
        self.latest
    }

    /// The counters.
    pub fn counters(&self) -> CountCounters {
        self.counters
    }

    /// The settings.
    pub fn config(&self) -> &CountConfig {
        &self.config
    }

    /// Memory in bytes, heap included.
    pub fn memory(&self) -> usize {
        let waiting = self.due.iter().filter_map(|due| due.open.as_ref());
        let windows: usize = self.open.iter().chain(waiting).map(Open::memory).sum();
        size_of::<Counter>() + windows + (self.tallies.capacity() + self.previous.capacity()) * size_of::<Tally>()
    }

    /// Writes the state; windows that wait to be taken are part of it.
    pub(crate) fn write(&self, to: &mut Writer) {
        self.counters.write(to);
        self.suspects.write(to);
        self.latest.write(to);
        self.horizon.write(to);
        self.begun.write(to);
        self.empty.write(to);
        self.in_gap.write(to);
        self.previous_index.write(to);
        let last: Vec<Last> =
            self.tallies.iter().map(|tally| Last { series: tally.series, count: tally.count }).collect();
        last.write(to);
        to.number(self.open.len() as u64);
        self.open.iter().for_each(|open| write_open(open, to));
        to.number(self.due.len() as u64);
        for due in &self.due {
            due.from.write(to);
            due.through.write(to);
            due.gap.write(to);
            due.open.is_some().write(to);
            if let Some(open) = &due.open {
                write_open(open, to);
            }
        }
    }

    /// Reads what was written.
    pub(crate) fn read(from: &mut Reader<'_>, config: &CountConfig) -> Result<Counter, Error> {
        let mut counter = Counter::build(config)?;
        counter.counters = State::read(from)?;
        counter.suspects = State::read(from)?;
        counter.latest = State::read(from)?;
        counter.horizon = State::read(from)?;
        counter.begun = State::read(from)?;
        counter.empty = State::read(from)?;
        counter.in_gap = State::read(from)?;
        counter.previous_index = State::read(from)?;
        let last: Vec<Last> = State::read(from)?;
        counter.tallies = last.into_iter().map(|last| Tally::new(last.series, last.count, Window::default())).collect();
        for _ in 0..from.count()? {
            counter.open.push_back(read_open(from, config)?);
        }
        if !counter.open.iter().is_sorted_by(|a, b| a.index < b.index) {
            return Err(Reader::damaged("open windows are not in order"));
        }
        for _ in 0..from.count()? {
            let (first, through, gap) = (i64::read(from)?, i64::read(from)?, bool::read(from)?);
            let open = if bool::read(from)? { Some(read_open(from, config)?) } else { None };
            counter.due.push_back(Due { from: first, through, open, gap });
        }
        Ok(counter)
    }
}

/// What is kept of the window handed out last.
struct Last {
    series: crate::flow::Series,
    count: u64,
}

state! { Last { series, count } }

fn write_open(open: &Open, to: &mut Writer) {
    open.index.write(to);
    open.seen.write(to);
    open.cells.write(to);
    open.slots.write(to);
}

fn read_open(from: &mut Reader<'_>, config: &CountConfig) -> Result<Open, Error> {
    Ok(Open {
        index: State::read(from)?,
        seen: State::read(from)?,
        cells: Table::read(from, config.max_series)?,
        slots: Table::read(from, config.max_slots.max(1))?,
    })
}
