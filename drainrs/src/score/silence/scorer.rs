//! The scorer.

use super::config::SilenceConfig;
use super::rhythm::Rhythm;
use crate::error::{Error, Problems};
use crate::flow::{Closed, Direction, Observation, Score, ScoreKind, Series, Window};
use crate::id::{ServiceId, TemplateId};
use crate::score::{Mode, Scorer};
use crate::stats::Table;
use crate::time::Timestamp;
use crate::wire::{Reader, State, Writer};

const NAME: &str = "silence";

/// Notices templates and services that stopped.
///
/// ```
/// use drainrs::score::{Scorer, Silence, SilenceConfig};
/// use drainrs::{Observation, ScoreKind, TemplateId, Timestamp};
///
/// // A line a second for an hour, then none for five minutes. Another template goes on, so it is not all of the service.
/// let mut silence = Silence::build(&SilenceConfig::default())?;
/// let mut scores = Vec::new();
/// for second in 0..3900 {
///     let at = Timestamp::from_seconds(second);
///     if second < 3600 {
///         silence.observe(&Observation::new(at, TemplateId(1)), &mut scores);
///     }
///     silence.observe(&Observation::new(at, TemplateId(2)), &mut scores);
///     silence.advance(at, &mut scores);
/// }
/// assert_eq!(scores.len(), 1);
/// assert_eq!((&scores[0].kind, scores[0].template), (&ScoreKind::Silence, Some(TemplateId(1))));
/// # Ok::<(), drainrs::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Silence {
    config: SilenceConfig,
    mode: Mode,
    series: Table<Series, Rhythm>,
    services: Table<u32, Rhythm>,
    /// The least of all deadlines when it was computed last; later ones may have moved away since.
    deadline: Option<Timestamp>,
    now: Timestamp,
}

impl Silence {
    /// Builds the scorer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), listing every setting that is out of its range.
    pub fn build(config: &SilenceConfig) -> Result<Silence, Error> {
        let mut problems = Problems::default();
        config.check(&mut problems);
        problems.finish()?;
        Ok(Silence {
            config: config.clone(),
            mode: Mode::default(),
            series: Table::new(config.max_series),
            services: Table::new(config.max_services),
            deadline: None,
            now: Timestamp::from_nanos(i64::MIN),
        })
    }

    /// Closes a window with what somebody else knows about the rates: the expected count of a series and its variance.
    pub fn close_with(
        &mut self,
        closed: &Closed<'_>,
        expected: impl Fn(Series) -> Option<(f64, f64)>,
        scores: &mut Vec<Score>,
    ) {
        let window = closed.window;
        if closed.gap {
            self.series.iter_mut().for_each(|(_, rhythm)| rhythm.skip(window));
            self.services.iter_mut().for_each(|(_, rhythm)| rhythm.skip(window));
            self.find_deadline();
            return;
        }
        for (series, rhythm) in self.series.iter_mut() {
            let count = closed.tally(*series).map_or(0, |tally| tally.count);
            rhythm.close(count, window, expected(*series));
        }
        for (service, rhythm) in self.services.iter_mut() {
            // Tallies are in the order of their services.
            let first = closed.tallies.partition_point(|tally| tally.series.service.0 < *service);
            let own = closed.tallies.get(first..).unwrap_or_default();
            let tallies = own.iter().take_while(|tally| tally.series.service.0 == *service);
            rhythm.close(tallies.fold(0, |sum, tally| sum.saturating_add(tally.count)), window, None);
        }
        self.speak(window.end, scores);
    }

    /// Tells all silences that are due.
    fn speak(&mut self, now: Timestamp, scores: &mut Vec<Score>) {
        let (config, learning) = (&self.config, self.mode == Mode::Learn);
        let due = |rhythm: &Rhythm| rhythm.deadline(config).is_some_and(|deadline| deadline <= now);
        for (service, rhythm) in self.services.iter_mut() {
            if due(rhythm) {
                rhythm.silent = true;
                if !learning {
                    scores.push(told(rhythm, ServiceId(*service), None, now));
                }
            }
        }
        let services = &self.services;
        for (series, rhythm) in self.series.iter_mut() {
            if due(rhythm) {
                rhythm.silent = true;
                rhythm.absorbed = services.get(&series.service.0).is_some_and(|service| service.silent);
                if !learning && !rhythm.absorbed {
                    scores.push(told(rhythm, series.service, Some(series.template), now));
                }
            }
        }
        self.find_deadline();
    }

    fn find_deadline(&mut self) {
        let config = &self.config;
        let series = self.series.iter().filter_map(|(_, rhythm)| rhythm.deadline(config));
        let services = self.services.iter().filter_map(|(_, rhythm)| rhythm.deadline(config));
        self.deadline = series.chain(services).min();
    }

    /// Writes the state.
    pub(crate) fn write(&self, to: &mut Writer) {
        self.series.write(to);
        self.services.write(to);
        self.deadline.write(to);
        self.now.write(to);
    }

    /// Reads what was written.
    pub(crate) fn read(from: &mut Reader<'_>, config: &SilenceConfig) -> Result<Silence, Error> {
        Ok(Silence {
            series: Table::read(from, config.max_series)?,
            services: Table::read(from, config.max_services)?,
            deadline: State::read(from)?,
            now: State::read(from)?,
            ..Silence::build(config)?
        })
    }
}

/// `90 s`, `12 min`, `3.4 h`
fn length(seconds: f64) -> String {
    match seconds {
        s if s < 10.0 => format!("{s:.1} s"),
        s if s < 600.0 => format!("{s:.0} s"),
        s if s < 36_000.0 => format!("{:.0} min", s / 60.0),
        s if s < 360_000.0 => format!("{:.1} h", s / 3600.0),
        s => format!("{:.1} days", s / 86_400.0),
    }
}

fn told(rhythm: &Rhythm, service: ServiceId, template: Option<TemplateId>, now: Timestamp) -> Score {
    let judged = rhythm.judge(now);
    let (kind, subject) = match template {
        Some(_) => (ScoreKind::Silence, "nothing"),
        None => (ScoreKind::ServiceSilence, "nothing of the whole service"),
    };
    let reason = format!(
        "{subject} for {}; the usual gap is {}, the longest was {}, and about {:.0} events are missing",
        length(judged.gap),
        length(judged.usual),
        length(judged.record),
        judged.owed
    );
    let mut score = Score::new(NAME, kind, now, judged.surprise, reason)
        .with_numbers(judged.gap, judged.usual, 0.0, judged.record)
        .with("missing_events", judged.owed)
        .with("events", f64::from(rhythm.events));
    (score.service, score.template, score.level) = (service, template, rhythm.level_of_events);
    score.direction = Direction::Down;
    score.window = Window { start: rhythm.last, end: now };
    score
}

fn back(event: &Observation<'_>, template: Option<TemplateId>, seconds: f64) -> Score {
    let mut score =
        Score::new(NAME, ScoreKind::Recovered, event.at, 0.0, format!("back after {} of silence", length(seconds)))
            .with_numbers(seconds, 0.0, 0.0, 0.0);
    (score.service, score.template, score.level) = (event.service, template, event.level);
    score
}

impl Scorer for Silence {
    fn name(&self) -> &str {
        NAME
    }

    #[inline]
    fn observe(&mut self, event: &Observation<'_>, scores: &mut Vec<Score>) {
        let service = self.services.touch_or_insert(event.service.0, || Rhythm::new(event.at));
        if let Some(seconds) = service.hit(event.at, event.level)
            && self.mode != Mode::Learn
        {
            scores.push(back(event, None, seconds));
        }
        let rhythm = self.series.touch_or_insert(event.series(), || Rhythm::new(event.at));
        let absorbed = rhythm.absorbed;
        if let Some(seconds) = rhythm.hit(event.at, event.level)
            && self.mode != Mode::Learn
            && !absorbed
        {
            scores.push(back(event, Some(event.template), seconds));
        }
    }

    fn close(&mut self, closed: &Closed<'_>, scores: &mut Vec<Score>) {
        self.close_with(closed, |_| None, scores);
    }

    fn advance(&mut self, now: Timestamp, scores: &mut Vec<Score>) {
        if now <= self.now {
            return;
        }
        self.now = now;
        // Where none is known yet, no window has closed: a host that counts no windows hears of regular streams all the same.
        if self.deadline.is_none_or(|deadline| deadline <= now) {
            self.speak(now, scores);
        }
    }

    fn next_deadline(&self) -> Option<Timestamp> {
        self.deadline
    }

    fn memory(&self) -> usize {
        size_of::<Silence>() + self.series.memory() + self.services.memory()
    }

    fn merged(&mut self, gone: TemplateId, into: TemplateId) {
        let moving: Vec<Series> =
            self.series.iter().map(|(series, _)| *series).filter(|series| series.template == gone).collect();
        for series in moving {
            let Some(other) = self.series.remove(&series) else { continue };
            match self.series.get_mut(&Series { template: into, ..series }) {
                Some(own) => own.absorb(&other),
                None => drop(self.series.touch_or_insert(Series { template: into, ..series }, || other)),
            }
        }
    }

    fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
    }
}

#[cfg(test)]
#[allow(clippy::cast_sign_loss, reason = "seconds of a test")]
mod tests {
    use super::*;
    use crate::flow::{Level, Tally};
    use crate::time::NANOS_PER_SECOND;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn event(seconds: i64, template: u64) -> Observation<'static> {
        Observation::new(at(seconds), TemplateId(template))
    }

    /// Feeds events and the windows they close.
    fn feed(silence: &mut Silence, events: &[(i64, u64)], scores: &mut Vec<Score>) {
        let mut minute = 0;
        let mut counts = std::collections::BTreeMap::<u64, u64>::new();
        for &(seconds, template) in events {
            while seconds >= 60 * (minute + 1) {
                let window = Window { start: at(60 * minute), end: at(60 * (minute + 1)) };
                let tallies: Vec<Tally> = counts
                    .iter()
                    .map(|(&template, &count)| {
                        let series = Series { service: ServiceId::UNNAMED, template: TemplateId(template) };
                        Tally::new(series, count, window)
                    })
                    .collect();
                silence.close(&Closed::new(window, &tallies), scores);
                counts.clear();
                minute += 1;
            }
            *counts.entry(template).or_default() += 1;
            silence.observe(&event(seconds, template), scores);
        }
    }

    /// Irregular enough that only rate and record can tell: about one event in 20 s.
    fn irregular(until: i64) -> Vec<(i64, u64)> {
        (0..until).filter(|second| crate::stats::mix(*second as u64).is_multiple_of(20)).map(|s| (s, 1)).collect()
    }

    #[test]
    fn a_clock_that_jumps_from_deadline_to_deadline_hears_what_a_ticking_one_hears() {
        let build = || Silence::build(&SilenceConfig::default()).unwrap();
        let (mut ticking, mut jumping) = (build(), build());
        let (mut by_ticks, mut by_jumps) = (Vec::new(), Vec::new());
        let mut events = irregular(7200);
        events.extend((0..720).map(|n| (n * 10, 2)));
        events.sort_unstable();
        feed(&mut ticking, &events, &mut by_ticks);
        feed(&mut jumping, &events, &mut by_jumps);
        assert_eq!(by_ticks, []);
        for second in 7200..12_000 {
            ticking.advance(at(second), &mut by_ticks);
        }
        while let Some(deadline) = jumping.next_deadline().filter(|deadline| *deadline < at(12_000)) {
            jumping.advance(deadline, &mut by_jumps);
        }
        let told = |scores: &[Score]| scores.iter().map(|s| (s.kind.clone(), s.template)).collect::<Vec<_>>();
        assert_eq!(told(&by_ticks), told(&by_jumps));
        assert!(!by_jumps.is_empty());
        for (tick, jump) in by_ticks.iter().zip(&by_jumps) {
            assert!(tick.at.since(jump.at) < NANOS_PER_SECOND, "a tick hears it within its second");
            assert!(jump.surprise > 4.9, "the deadline is where the threshold is reached: {}", jump.surprise);
        }
    }

    #[test]
    fn the_formula_by_hand() {
        let mut rhythm = Rhythm::new(at(0));
        for n in 0..=100 {
            let _ = rhythm.hit(at(10 * n + i64::from(n % 2 == 1) * 6), Level::Info);
        }
        // Gaps of 16 and 4 s: mean near 10, variation 0.6: not regular. Window of 1000 s with a mean of 100, variance 200.
        let window = Window { start: at(1), end: at(1001) };
        rhythm.close(100, window, Some((100.0, 200.0)));
        // a = 0.01, rate 0.1 a second. After 300 s: L = 30; ln(1.3) / 0.01 / ln 10 = 11.394; less log10(30) = 1.477: 9.917.
        // The record is 16 s: log10(102) 300 / 16 = 37.7. The lesser counts.
        let judged = rhythm.judge(at(1300));
        assert!((judged.surprise - 9.917).abs() < 0.02, "{}", judged.surprise);
        assert!((judged.owed - 30.0).abs() < 0.1 && (judged.record - 16.0).abs() < 0.1);
    }

    #[test]
    fn series_are_small_and_bounded() {
        assert!(size_of::<Rhythm>() <= 72, "{}", size_of::<Rhythm>());
        let config = SilenceConfig { max_series: 10, max_services: 10, ..SilenceConfig::default() };
        let mut silence = Silence::build(&config).unwrap();
        let mut scores = Vec::new();
        for template in 0..10_000 {
            silence.observe(&event(0, template), &mut scores);
        }
        assert!(silence.series.len() <= 10 && silence.series.evicted() > 9000);
    }

    #[test]
    fn the_ends_of_time_and_clocks_that_jump_are_survived() {
        let mut silence = Silence::build(&SilenceConfig::default()).unwrap();
        let mut scores = Vec::new();
        for nanos in [0, i64::MAX, i64::MIN, 1, i64::MAX].into_iter().cycle().take(200) {
            silence.observe(&Observation::new(Timestamp::from_nanos(nanos), TemplateId(1)), &mut scores);
            silence.advance(Timestamp::from_nanos(nanos), &mut scores);
            let window =
                Window { start: Timestamp::from_nanos(nanos), end: Timestamp::from_nanos(nanos).plus_nanos(60) };
            silence.close(&Closed::new(window, &[]), &mut scores);
            silence.close(&Closed::gap(window), &mut scores);
        }
        assert!(scores.iter().all(|score| score.surprise.is_finite() && score.observed.is_finite()));
    }

    #[test]
    fn restored_in_the_middle_it_hears_the_same() {
        let events = irregular(9000);
        let (mut whole, mut scores) = (Silence::build(&SilenceConfig::default()).unwrap(), Vec::new());
        feed(&mut whole, &events, &mut scores);
        let mut to = Writer::new();
        whole.write(&mut to);
        let body = to.finish();
        let mut restored = Silence::read(&mut Reader::new(&body), &SilenceConfig::default()).unwrap();
        let mut again = Vec::new();
        for second in 9000..12_000 {
            whole.advance(at(second), &mut scores);
            restored.advance(at(second), &mut again);
        }
        assert_eq!(scores, again);
        for cut in 0..body.len() {
            let _ = Silence::read(&mut Reader::new(&body[..cut]), &SilenceConfig::default());
        }
    }
}
