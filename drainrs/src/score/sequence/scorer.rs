//! The scorer: puts sessions together from a stream and has them judged when they are over.

use xxhash_rust::xxh3::xxh3_64;

use super::config::SequenceConfig;
use super::judgement::Judgement;
use super::model::SequenceModel;
use super::ngram::shown;
use super::session::Sessions;
use super::windows::Windows;
use crate::error::Error;
use crate::flow::{Closed, Observation, Score, ScoreKind, Window};
use crate::id::TemplateId;
use crate::score::{Mode, Scorer};
use crate::time::Timestamp;
use crate::wire::{Reader, Writer, state};

/// The name under which scores go.
const NAME: &str = "sequence";

/// What the scorer has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct SequenceCounters {
    /// Sessions that are over, for whatever reason.
    pub closed: u64,
    /// Of those, unusual ones.
    pub flagged: u64,
    /// Of those, sessions that made room for others before their end: `max_sessions` is too low for this stream.
    pub evicted: u64,
    /// Of those, sessions that reached `max_events_per_session`.
    pub cut: u64,
    /// Events without a session key.
    pub without_key: u64,
}

state! { SequenceCounters { closed, flagged, evicted, cut, without_key } }

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    Idle,
    Asked,
    Cut,
    Evicted,
}

/// Notices sessions whose events are not those of a session.
///
/// # Example
///
/// ```
/// use drainrs::score::{Mode, Scorer, Sequence, SequenceBaseline, SequenceConfig};
/// use drainrs::{Observation, ScoreKind, TemplateId, Timestamp};
///
/// let config = SequenceConfig { baseline: SequenceBaseline::Clean, ..SequenceConfig::default() };
/// let mut sequence = Sequence::build(&config)?;
/// let mut scores = Vec::new();
/// let mut play = |sequence: &mut Sequence, key: &str, second: i64, templates: &[u64]| {
///     for &template in templates {
///         let mut event = Observation::new(Timestamp::from_seconds(second), TemplateId(template));
///         event.session = Some(key.as_bytes());
///         sequence.observe(&event, &mut scores);
///     }
/// };
/// sequence.set_mode(Mode::Learn);
/// for second in 0..100 {
///     play(&mut sequence, &format!("request-{second}"), second, &[1, 2, 3]);
/// }
/// sequence.advance(Timestamp::from_seconds(200), &mut Vec::new());
/// sequence.set_mode(Mode::Detect);
/// play(&mut sequence, "bad", 300, &[1, 3]);
/// assert_eq!(sequence.next_deadline(), Some(Timestamp::from_seconds(360)));
/// sequence.advance(Timestamp::from_seconds(360), &mut scores);
/// assert_eq!(scores.len(), 1);
/// assert_eq!((&scores[0].kind, scores[0].template), (&ScoreKind::Sequence, Some(TemplateId(2))));
/// assert_eq!(scores[0].session.as_deref(), Some("bad"));
/// # Ok::<(), drainrs::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Sequence {
    model: SequenceModel,
    sessions: Sessions,
    windows: Windows,
    mode: Mode,
    counters: SequenceCounters,
    /// Sessions until retired rules may be told again.
    quiet: u32,
    /// Rules retired since the last notice.
    retired: u32,
}

impl Sequence {
    /// A scorer that has learned nothing, in adaptive mode.
    ///
    /// # Errors
    /// Settings out of range, all of them.
    pub fn build(config: &SequenceConfig) -> Result<Sequence, Error> {
        Ok(Sequence {
            model: SequenceModel::build(config)?,
            sessions: Sessions::new(config.max_sessions, config.idle_timeout_ns),
            windows: Windows::new(config),
            mode: Mode::default(),
            counters: SequenceCounters::default(),
            quiet: 0,
            retired: 0,
        })
    }

    /// Ends a session that the host knows to be over. A key without an open session changes nothing.
    pub fn close_session(&mut self, key: &[u8], scores: &mut Vec<Score>) {
        if let Some(slot) = self.sessions.find(xxh3_64(key)) {
            self.finish(slot, Cause::Asked, scores);
        }
    }

    /// Sessions that are open.
    pub fn open_sessions(&self) -> usize {
        self.sessions.len()
    }

    /// What was done.
    pub fn counters(&self) -> SequenceCounters {
        self.counters
    }

    /// What was learned.
    pub fn model(&self) -> &SequenceModel {
        &self.model
    }

    fn close_due(&mut self, scores: &mut Vec<Score>) {
        while let Some(slot) = self.sessions.due() {
            self.finish(slot, Cause::Idle, scores);
        }
    }

    fn finish(&mut self, slot: u32, cause: Cause, scores: &mut Vec<Score>) {
        let now = self.sessions.now();
        let Some(session) = self.sessions.get_mut(slot) else { return };
        self.counters.closed += 1;
        self.counters.evicted += u64::from(cause == Cause::Evicted);
        self.counters.cut += u64::from(cause == Cause::Cut);
        let trail = &mut session.trail;
        let mut retired = None;
        let judgement = if cause == Cause::Evicted {
            // What did not come yet is not missing, and half a session teaches nothing.
            trail.counts.sorted();
            if self.mode == Mode::Learn { Judgement::default() } else { self.model.verdict(trail, false) }
        } else {
            let (judgement, changes) = self.model.finish(trail, self.mode);
            self.quiet = self.quiet.saturating_sub(1);
            self.retired = self.retired.saturating_add(changes.retired);
            retired = changes.example;
            judgement
        };
        if judgement.flagged {
            self.counters.flagged += 1;
            let incomplete = cause == Cause::Idle && !judgement.ended;
            let kind = if incomplete { ScoreKind::Incomplete } else { ScoreKind::Sequence };
            let mut reason = judgement.reason();
            if incomplete {
                let idle = self.model.config().idle_timeout_ns as f64 / 1e9;
                reason = format!("no event for {idle} s and not at its end; {reason}");
            }
            let mut score = Score::new(NAME, kind, now, judgement.surprise, reason)
                .with("events", f64::from(judgement.events))
                .with("distance", judgement.distance)
                .with("deviations", judgement.deviations.len() as f64);
            score.window = Window { start: session.first, end: session.last };
            score.service = session.service;
            score.session = Some(String::from_utf8_lossy(&session.name).into_owned());
            score.level = session.level;
            score.unverified = cause == Cause::Evicted;
            if let Some((template, count, usual)) = judgement.about() {
                score.template = Some(template);
                score = score.with_numbers(f64::from(count), usual, usual, usual);
            }
            scores.push(score);
        }
        if let Some(rule) = retired
            && self.quiet == 0
            && self.mode != Mode::Learn
        {
            self.quiet = self.model.config().violation_half_life_sessions;
            let (a, b) = rule.factors();
            let times = |factor: u32| if factor == 1 { String::new() } else { format!("{factor} x ") };
            let reason = format!(
                "sessions changed: {} count rules no longer hold, among them {}#{} = {}#{}, which held in {} of {} sessions",
                self.retired.max(1),
                times(a),
                rule.left,
                times(b),
                rule.right,
                rule.held,
                rule.held.saturating_add(rule.broken)
            );
            let mut score = Score::new(NAME, ScoreKind::InvariantDrift, now, 5.0, reason)
                .with("rules", f64::from(self.retired.max(1)));
            score.template = Some(TemplateId(rule.right));
            score.service = session.service;
            scores.push(score);
            self.retired = 0;
        }
        self.sessions.close(slot);
    }

    #[cold]
    fn observe_without_key(&mut self, event: &Observation<'_>, id: u64, scores: &mut Vec<Score>) {
        self.counters.without_key += 1;
        let config = self.model.config();
        if !config.windows {
            return;
        }
        let window = config.window_events;
        let step = self.windows.take(event.service, id, self.mode != Mode::Detect, window);
        if let Some((before, after)) = step
            && self.mode != Mode::Learn
        {
            let (Some(before), Some(after)) = (shown(before), shown(after)) else { return };
            let reason = format!("#{after} after #{before}, a step never seen in this service");
            let mut score = Score::new(NAME, ScoreKind::Sequence, event.at, 5.0, reason);
            score.service = event.service;
            score.template = Some(after);
            score.level = event.level;
            scores.push(score);
        }
    }

    /// Appends what was learned and what is open.
    pub(crate) fn write(&self, to: &mut Writer) {
        self.model.write(to);
        self.sessions.write(to);
        self.windows.write(to);
        to.byte(match self.mode {
            Mode::Learn => 0,
            Mode::Detect => 1,
            Mode::Adaptive => 2,
        });
        crate::wire::State::write(&self.counters, to);
        crate::wire::State::write(&self.quiet, to);
        crate::wire::State::write(&self.retired, to);
    }

    /// Reads what was written under the same settings.
    pub(crate) fn read(from: &mut Reader<'_>, config: &SequenceConfig) -> Result<Sequence, Error> {
        let mut sequence = Sequence::build(config)?;
        sequence.model = SequenceModel::read(from, config)?;
        sequence.sessions = Sessions::read(from, config.max_sessions, config.idle_timeout_ns)?;
        sequence.windows = Windows::read(from, config)?;
        sequence.mode = match from.byte()? {
            0 => Mode::Learn,
            1 => Mode::Detect,
            _ => Mode::Adaptive,
        };
        sequence.counters = crate::wire::State::read(from)?;
        let SequenceCounters { closed, flagged, evicted, cut, without_key } = sequence.counters;
        if [closed, flagged, evicted, cut, without_key].into_iter().any(|count| count > 1 << 62) {
            return Err(Reader::damaged("a counter of sessions is too large"));
        }
        sequence.quiet = crate::wire::State::read(from)?;
        sequence.retired = crate::wire::State::read(from)?;
        Ok(sequence)
    }
}

impl Scorer for Sequence {
    fn name(&self) -> &str {
        NAME
    }

    fn observe(&mut self, event: &Observation<'_>, scores: &mut Vec<Score>) {
        let id = self.model.resolve(event.template).0;
        self.sessions.tick(event.at);
        self.close_due(scores);
        let Some(name) = event.session else {
            self.observe_without_key(event, id, scores);
            return;
        };
        let key = xxh3_64(name);
        let slot = match self.sessions.find(key) {
            Some(slot) => {
                self.sessions.touch(slot);
                slot
            }
            None => {
                if let Some(slot) = self.sessions.in_the_way() {
                    self.finish(slot, Cause::Evicted, scores);
                }
                self.sessions.open(key, name, event)
            }
        };
        let Some(session) = self.sessions.get_mut(slot) else { return };
        session.level = session.level.max(event.level);
        session.first = session.first.min(event.at);
        session.last = session.last.max(event.at);
        let config = self.model.config();
        session.trail.push(id, &self.model.steps, config);
        if session.trail.events >= config.max_events_per_session {
            self.finish(slot, Cause::Cut, scores);
        }
    }

    fn close(&mut self, _: &Closed<'_>, _: &mut Vec<Score>) {}

    fn advance(&mut self, now: Timestamp, scores: &mut Vec<Score>) {
        self.sessions.advance(now);
        self.close_due(scores);
    }

    fn next_deadline(&self) -> Option<Timestamp> {
        self.sessions.next_deadline()
    }

    fn memory(&self) -> usize {
        size_of::<Sequence>() + self.model.memory() + self.sessions.memory() + self.windows.memory()
    }

    fn merged(&mut self, gone: TemplateId, into: TemplateId) {
        let into = self.model.resolve(into);
        if gone != into {
            self.model.merged(gone, into);
            self.sessions.unite(gone.0, into.0);
            self.windows.unite(gone.0, into.0);
        }
    }

    fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Level;
    use crate::id::ServiceId;
    use crate::score::SequenceBaseline;
    use crate::stats::mix;

    fn configs() -> [SequenceConfig; 3] {
        let small = SequenceConfig {
            max_sessions: 30,
            max_vectors: 50,
            max_explicit_vectors: 20,
            max_types: 12,
            min_sessions: 100,
            half_life_sessions: 150,
            windows: true,
            ..SequenceConfig::default()
        };
        let markov = SequenceConfig { markov: true, markov_alpha: 0.05, steps: true, ..small.clone() };
        let clean = SequenceConfig { baseline: SequenceBaseline::Clean, alpha: Some(0.02), ..small.clone() };
        [small, markov, clean]
    }

    /// A stream of some 40 sessions at a time, with faults, forgotten sessions, templates that are united, clocks that jump.
    fn play(sequence: &mut Sequence, from: u64, to: u64, scores: &mut Vec<Score>) {
        for n in from..to {
            let random = mix(n);
            let key = (n / 200 * 40 + random % 40).to_string();
            let jump = if random.is_multiple_of(5000) { 86_400 } else { 0 };
            let at = Timestamp::from_seconds(n.cast_signed() / 20 - jump);
            let template = TemplateId(1 + (random >> 8) % 5 + if (random >> 16).is_multiple_of(90) { 5 } else { 0 });
            let mut event = Observation::new(at, template);
            event.level = Level::from_index((random >> 30) as u8 % 9);
            event.service = ServiceId((random >> 40) as u32 % 3);
            event.session = (!random.is_multiple_of(11)).then_some(key.as_bytes());
            sequence.observe(&event, scores);
            if random.is_multiple_of(7) {
                sequence.close_session(key.as_bytes(), scores);
            }
            if n % 3001 == 3000 {
                sequence.merged(TemplateId(3 + n / 3001), TemplateId(3));
            }
        }
    }

    fn written(sequence: &Sequence) -> Vec<u8> {
        let mut to = Writer::new();
        sequence.write(&mut to);
        to.finish()
    }

    #[test]
    fn restored_in_the_middle_it_goes_on_as_if_it_had_never_stopped() {
        for config in configs() {
            let mut whole = Sequence::build(&config).unwrap();
            let (mut all, mut again) = (Vec::new(), Vec::new());
            play(&mut whole, 0, 6500, &mut all);
            let body = written(&whole);
            let mut restored = Sequence::read(&mut Reader::new(&body), &config).unwrap();
            assert_eq!(written(&restored), body);
            all.clear();
            play(&mut whole, 6500, 12_000, &mut all);
            play(&mut restored, 6500, 12_000, &mut again);
            assert!(!all.is_empty());
            assert_eq!(all, again);
            assert_eq!(written(&restored), written(&whole));
        }
    }

    #[test]
    fn forged_bytes_are_refused_or_harmless() {
        for config in configs() {
            let mut sequence = Sequence::build(&config).unwrap();
            play(&mut sequence, 0, 1500, &mut Vec::new());
            let body = written(&sequence);
            for cut in (0..body.len()).step_by(13) {
                assert!(Sequence::read(&mut Reader::new(&body[..cut]), &config).is_err(), "cut at {cut}");
            }
            for at in (0..body.len()).step_by(7) {
                let mut forged = body.clone();
                forged[at] ^= 1 << (at % 8);
                if let Ok(mut read) = Sequence::read(&mut Reader::new(&forged), &config) {
                    play(&mut read, 1500, 1600, &mut Vec::new());
                }
            }
        }
    }
}
