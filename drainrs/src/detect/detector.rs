//! The machine.

use std::collections::VecDeque;

use super::config::DetectConfig;
use crate::alert::{AlertCounters, Alerter};
use crate::count::{CountCounters, Counter, Metrics, Placed};
use crate::error::{Error, Problems};
use crate::flow::{Alert, Observation, Score};
use crate::id::{ServiceId, TemplateId};
use crate::score::{Battery, Mode, Scorer};
use crate::text::Names;
use crate::time::Timestamp;
use crate::wire::{Reader, State, Writer};

/// What has been counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct DetectCounters {
    /// By the counter.
    pub count: CountCounters,
    /// By the alerter.
    pub alert: AlertCounters,
    /// Scores that nobody took in time.
    pub dropped_scores: u64,
    /// Events of services beyond `max_services`.
    pub other_services: u64,
}

/// Count, score and alert for one stream of events.
#[derive(Debug)]
pub struct Detector {
    config: DetectConfig,
    services: Names,
    counter: Counter,
    battery: Battery,
    /// The host's own scorers.
    guests: Vec<Box<dyn Scorer>>,
    alerter: Alerter,
    /// Scores of the event at hand.
    scores: Vec<Score>,
    waiting_scores: VecDeque<Score>,
    waiting_metrics: VecDeque<Metrics>,
    dropped_scores: u64,
    other_services: u64,
}

const END_OF_TIME: Timestamp = Timestamp::from_nanos(i64::MAX);
/// How services beyond the limit are called.
const OTHER: &str = "(other)";
/// Numbers below are not names: events without one, and of services beyond the limit.
const FIRST_NAMED: u32 = 2;

impl Detector {
    /// Builds a detector.
    ///
    /// # Errors
    ///
    /// Every wrong setting of every stage, with its path.
    pub fn build(config: &DetectConfig) -> Result<Detector, Error> {
        let mut problems = Problems::default();
        config.check(&mut problems);
        problems.finish()?;
        Ok(Detector {
            config: config.clone(),
            services: Names::new(config.max_services),
            counter: Counter::build(&config.count)?,
            battery: Battery::build(&config.score)?,
            guests: Vec::new(),
            alerter: Alerter::build(&config.alert)?,
            scores: Vec::new(),
            waiting_scores: VecDeque::new(),
            waiting_metrics: VecDeque::new(),
            dropped_scores: 0,
            other_services: 0,
        })
    }

    /// Adds a scorer of the host's. Its state is not part of snapshots.
    pub fn add_scorer(&mut self, scorer: Box<dyn Scorer>) {
        self.guests.push(scorer);
    }

    /// The number of a service, by which observations name it.
    #[inline]
    pub fn service(&mut self, name: Option<&[u8]>) -> ServiceId {
        let Some(name) = name else { return ServiceId::UNNAMED };
        match self.services.number(name) {
            Some(number) => ServiceId(number.saturating_add(FIRST_NAMED)),
            None => {
                self.other_services += 1;
                ServiceId::OTHER
            }
        }
    }

    /// The name of a service; `None` for events that name none.
    pub fn service_name(&self, service: ServiceId) -> Option<std::borrow::Cow<'_, str>> {
        if service == ServiceId::OTHER {
            return Some(OTHER.into());
        }
        let number = service.0.checked_sub(FIRST_NAMED)?;
        self.services.name(number).map(String::from_utf8_lossy)
    }

    /// Takes an event. Alerts wait for [`poll`](Detector::poll).
    #[inline]
    pub fn observe(&mut self, event: &Observation<'_>) {
        let placed = self.counter.observe(event);
        self.take_windows(END_OF_TIME);
        let mut event = *event;
        if matches!(placed, Placed::Skewed | Placed::OutOfRange)
            && let Some(latest) = self.counter.latest()
        {
            // Its own time is wrong; it arrived just now.
            event.at = latest;
        }
        self.battery.observe(&event, &mut self.scores);
        for guest in &mut self.guests {
            guest.observe(&event, &mut self.scores);
        }
        self.alerter.check(&event);
        if !self.scores.is_empty() {
            self.take_scores();
        }
    }

    /// Scores the windows that are over. Those that end after `until` are counted and not judged.
    #[inline]
    fn take_windows(&mut self, until: Timestamp) {
        while let Some(counted) = self.counter.poll() {
            if self.config.max_metrics > 0 {
                if self.waiting_metrics.len() >= self.config.max_metrics {
                    self.waiting_metrics.pop_front();
                }
                self.waiting_metrics.push_back(counted.metrics);
            }
            if counted.closed.window.end > until {
                continue;
            }
            self.battery.close(&counted.closed, &mut self.scores);
            for guest in &mut self.guests {
                guest.close(&counted.closed, &mut self.scores);
            }
            self.alerter.advance(counted.closed.window.end);
        }
    }

    #[cold]
    fn take_scores(&mut self) {
        for score in self.scores.drain(..) {
            if self.config.max_scores > 0 {
                if self.waiting_scores.len() >= self.config.max_scores {
                    self.waiting_scores.pop_front();
                    self.dropped_scores += 1;
                }
                self.waiting_scores.push_back(score.clone());
            }
            self.alerter.take(score);
        }
    }

    /// Takes notice that it is `now`, in event time, and that all earlier events were observed. An earlier time changes
    /// nothing.
    pub fn advance(&mut self, now: Timestamp) {
        self.counter.advance(now);
        self.take_windows(END_OF_TIME);
        self.battery.advance(now, &mut self.scores);
        for guest in &mut self.guests {
            guest.advance(now, &mut self.scores);
        }
        self.take_scores();
        self.alerter.advance(now);
    }

    /// Closes all windows, at the end of a stream. The window of the last event is not over, so it is counted and not judged;
    /// what is missing after it is not missed.
    pub fn finish(&mut self) {
        let latest = self.counter.latest().unwrap_or(END_OF_TIME);
        self.counter.finish();
        self.take_windows(latest);
        self.take_scores();
        self.alerter.finish();
    }

    /// When [`advance`](Detector::advance) has something to do, if no event comes before.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let guests = self.guests.iter().filter_map(|guest| guest.next_deadline());
        let own = [self.counter.next_deadline(), self.battery.next_deadline(), self.alerter.next_deadline()];
        own.into_iter().flatten().chain(guests).min()
    }

    /// The latest event time that is believed.
    pub fn latest(&self) -> Option<Timestamp> {
        self.counter.latest()
    }

    /// Takes the oldest alert that waits. The name of its service is filled in.
    pub fn poll(&mut self) -> Option<Alert> {
        let mut alert = self.alerter.poll()?;
        alert.service = self.service_name(alert.score.service).map(std::borrow::Cow::into_owned);
        Some(alert)
    }

    /// Takes the oldest score that waits, see [`DetectConfig::max_scores`].
    pub fn poll_score(&mut self) -> Option<Score> {
        self.waiting_scores.pop_front()
    }

    /// Takes the metrics of the oldest window that wait, see [`DetectConfig::max_metrics`].
    pub fn poll_metrics(&mut self) -> Option<Metrics> {
        self.waiting_metrics.pop_front()
    }

    /// Takes notice that a template was united with another.
    pub fn merged(&mut self, gone: TemplateId, into: TemplateId) {
        self.counter.merged(gone, into);
        self.battery.merged(gone, into);
        self.guests.iter_mut().for_each(|guest| guest.merged(gone, into));
    }

    /// Changes between learning and judging.
    pub fn set_mode(&mut self, mode: Mode) {
        self.battery.set_mode(mode);
        self.guests.iter_mut().for_each(|guest| guest.set_mode(mode));
    }

    /// The scorers.
    pub fn battery(&self) -> &Battery {
        &self.battery
    }

    /// The scorers, to tell them what is usual.
    pub fn battery_mut(&mut self) -> &mut Battery {
        &mut self.battery
    }

    /// The counters.
    pub fn counters(&self) -> DetectCounters {
        DetectCounters {
            count: self.counter.counters(),
            alert: self.alerter.counters(),
            dropped_scores: self.dropped_scores,
            other_services: self.other_services,
        }
    }

    /// The settings.
    pub fn config(&self) -> &DetectConfig {
        &self.config
    }

    /// Memory in bytes of what was learned, heap included. Cost: linear in it.
    pub fn memory(&self) -> usize {
        size_of::<Detector>()
            + self.services.memory()
            + self.counter.memory()
            + self.battery.memory()
            + self.guests.iter().map(|guest| guest.memory()).sum::<usize>()
            + self.alerter.memory()
    }

    /// Writes the state. Scores and metrics that wait are not part of it; alerts are.
    pub(crate) fn write(&self, to: &mut Writer) {
        to.number(self.services.iter().len() as u64);
        self.services.iter().for_each(|name| to.bytes(name));
        to.number(self.dropped_scores);
        to.number(self.other_services);
        self.counter.write(to);
        self.battery.write(to);
        self.alerter.write(to);
    }

    /// Reads what was written.
    pub(crate) fn read(from: &mut Reader<'_>, config: &DetectConfig) -> Result<Detector, Error> {
        let mut detector = Detector::build(config)?;
        for _ in 0..from.count()? {
            let _ = detector.services.number(from.bytes()?);
        }
        detector.dropped_scores = State::read(from)?;
        detector.other_services = State::read(from)?;
        detector.counter = Counter::read(from, &config.count)?;
        detector.battery = Battery::read(from, &config.score)?;
        detector.alerter = Alerter::read(from, &config.alert)?;
        Ok(detector)
    }
}
