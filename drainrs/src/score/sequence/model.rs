//! What is learned of sessions, and the judging of one.

use super::config::{SequenceBaseline, SequenceConfig};
use super::counts::{self, OTHERS};
use super::invariants::{Changes, Invariants};
use super::judgement::{Deviation, Difference, Judgement, Unready};
use super::markov::{WittenBell, rank_of};
use super::ngram::{EDGE, Steps, shown};
use super::ranks::Ranks;
use super::trail::Trail;
use super::types::Types;
use super::vectors::{Vectors, is_common};
use crate::error::Error;
use crate::flow::Severity;
use crate::id::TemplateId;
use crate::stats::Portable;
use crate::stats::Table;
use crate::wire::{Reader, Writer};

use super::super::Mode;

/// What is known of usual sessions. Works on whole sessions, given as lists of templates; [`Sequence`](super::Sequence) puts
/// sessions together from a stream.
///
/// # Example: a dashboard without the auth step
///
/// ```
/// use drainrs::TemplateId;
/// use drainrs::score::{Deviation, SequenceBaseline, SequenceConfig, SequenceModel};
///
/// let [login, auth, dashboard] = [1, 2, 3].map(TemplateId);
/// let config = SequenceConfig { baseline: SequenceBaseline::Clean, ..SequenceConfig::default() };
/// let mut model = SequenceModel::build(&config)?;
/// assert!(model.judge(&[login, dashboard]).unready.is_some(), "30 sessions are needed");
/// for _ in 0..100 {
///     model.learn(&[login, auth, dashboard]);
/// }
/// assert!(!model.judge(&[login, auth, dashboard]).flagged);
///
/// let judgement = model.judge(&[login, dashboard]);
/// assert!(judgement.flagged && judgement.surprise > 5.0);
/// assert_eq!(
///     judgement.reason(),
///     "session of 2 events: 0 x #2 where 1 is usual (distance 0.33); #1 -> #3 never seen"
/// );
/// assert!(matches!(judgement.deviations[1], Deviation::Step { before: Some(from), after: Some(to) }
///     if (from, to) == (login, dashboard)));
/// # Ok::<(), drainrs::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct SequenceModel {
    config: SequenceConfig,
    types: Types,
    vectors: Vectors,
    invariants: Invariants,
    pub(super) steps: Steps,
    markov: Option<(WittenBell, Ranks)>,
    /// Distances of usual sessions when they were new, where a share of them may be flagged.
    distances: Option<Ranks>,
    /// Sessions learned as usual.
    learned: u64,
    /// Sessions counted for rules and rarity, usual or not.
    counted: u64,
    /// Templates that were united with others.
    aliases: Table<u64, u64>,
    /// Of one session in a rate of violations.
    weight: f64,
    /// Violations in a row that retire a rule.
    run: u32,
}

/// Deviations of one kind that are listed.
const LISTED: usize = 16;

/// Everything flagged is an alarm.
const ALARM: f64 = 5.0;

impl SequenceModel {
    /// A model that has learned nothing.
    ///
    /// # Errors
    /// Settings out of range, all of them.
    pub fn build(config: &SequenceConfig) -> Result<SequenceModel, Error> {
        config.checked()?;
        Ok(SequenceModel {
            types: Types::new(config.max_types, config.half_life_sessions),
            vectors: Vectors::new(config.max_vectors, config.max_explicit_vectors),
            invariants: Invariants::new(config.max_pairs),
            steps: Steps::new(config.max_steps),
            markov: config.markov.then(|| (WittenBell::new(config.max_contexts), Ranks::new(config.markov_alpha))),
            distances: config.alpha.map(Ranks::new),
            learned: 0,
            counted: 0,
            aliases: Table::new(config.max_types),
            weight: 1.0 - 0.5_f64.portable_powf(1.0 / f64::from(config.violation_half_life_sessions)),
            run: config.run_that_retires(),
            config: config.clone(),
        })
    }

    /// Learns a whole session as usual. Events beyond `max_events_per_session` are left out; a session without events is none.
    pub fn learn(&mut self, session: &[TemplateId]) {
        let mut trail = self.trail(session);
        self.finish(&mut trail, Mode::Learn);
    }

    /// Judges a whole session and learns nothing. About a microsecond, if it is usual; some 10 to 200 if not, for the nearest
    /// vector.
    pub fn judge(&self, session: &[TemplateId]) -> Judgement {
        let mut trail = self.trail(session);
        trail.counts.sorted();
        self.verdict(&trail, true)
    }

    /// Judges a whole session, then learns: all of it if it was usual, else only that rules and rare types are followed.
    pub fn adapt(&mut self, session: &[TemplateId]) -> Judgement {
        let mut trail = self.trail(session);
        self.finish(&mut trail, Mode::Adaptive).0
    }

    /// Sessions learned as usual.
    pub fn learned(&self) -> u64 {
        self.learned
    }

    /// Count rules in force, and retired ones.
    pub fn rules(&self) -> (usize, usize) {
        self.invariants.len()
    }

    /// What made room for something else because a limit was reached, of all kinds.
    pub fn dropped(&self) -> u64 {
        let (vectors, explicit) = self.vectors.evicted();
        let (pairs, rules) = self.invariants.dropped();
        let markov = self.markov.as_ref().map_or(0, |(model, _)| model.evicted());
        let parts = [self.types.evicted(), vectors, explicit, pairs, rules, self.steps.evicted(), markov];
        parts.into_iter().fold(0, u64::saturating_add)
    }

    /// Counts a template as another from now on, and for the past as far as it is known number by number.
    pub fn merged(&mut self, gone: TemplateId, into: TemplateId) {
        let into = self.resolve(into).0;
        let gone = gone.0;
        if gone == into {
            return;
        }
        for (_, target) in self.aliases.iter_mut() {
            if *target == gone {
                *target = into;
            }
        }
        self.aliases.touch_or_insert(gone, || into);
        self.types.unite(gone, into);
        self.vectors.unite(gone, into, &self.types);
        self.invariants.unite(gone, into, self.types.recent());
        self.steps.unite(gone, into);
    }

    /// Memory in bytes, heap included.
    pub fn memory(&self) -> usize {
        let parts = [
            size_of::<SequenceModel>(),
            self.types.memory(),
            self.vectors.memory(),
            self.invariants.memory(),
            self.steps.memory(),
            self.markov.as_ref().map_or(0, |(model, _)| model.memory()),
            self.aliases.memory(),
        ];
        parts.iter().sum()
    }

    pub(super) fn config(&self) -> &SequenceConfig {
        &self.config
    }

    /// The template that a template counts as.
    #[inline]
    pub(super) fn resolve(&self, template: TemplateId) -> TemplateId {
        if self.aliases.is_empty() {
            return template;
        }
        TemplateId(self.aliases.get(&template.0).copied().unwrap_or(template.0))
    }

    fn trail(&self, session: &[TemplateId]) -> Trail {
        let mut trail = Trail::default();
        for &template in session.iter().take(self.config.max_events_per_session as usize) {
            trail.push(self.resolve(template).0, &self.steps, &self.config);
        }
        trail
    }

    /// Judges and learns as the mode says.
    pub(super) fn finish(&mut self, trail: &mut Trail, mode: Mode) -> (Judgement, Changes) {
        trail.counts.sorted();
        if trail.events == 0 {
            return (Judgement::default(), Changes::default());
        }
        let judgement = if mode == Mode::Learn { Judgement::default() } else { self.verdict(trail, true) };
        let changes = self.invariants.follow(trail.counts.entries(), &self.config, self.weight, self.run);
        if mode != Mode::Detect {
            if !judgement.flagged {
                self.learn_usual(trail);
            }
            self.count(trail);
        }
        (judgement, changes)
    }

    /// Takes a session for usual in all things that a single session teaches.
    fn learn_usual(&mut self, trail: &Trail) {
        let session = trail.counts.entries();
        if self.learned >= u64::from(self.config.min_clean_sessions)
            && let Some(mut ranks) = self.distances.take()
        {
            ranks.learn(self.rank(trail));
            self.distances = Some(ranks);
        }
        for &(id, _) in session {
            let one = self.types.touch(id);
            one.sessions = one.sessions.saturating_add(1);
        }
        let last = self.types.touch(trail.last);
        last.ends = last.ends.saturating_add(1);
        self.vectors.learn(session, &mut self.types);
        for &step in trail.fresh.iter().chain([&(trail.last, EDGE)]) {
            self.steps.learn(step);
        }
        if let Some((model, ranks)) = &mut self.markov {
            if self.learned >= u64::from(self.config.min_sessions) {
                ranks.learn(rank_of(model.bits(&trail.path, self.types.len())));
            }
            model.learn(&trail.path);
        }
        self.learned = self.learned.saturating_add(1);
    }

    /// Counts what rules and rarity are made of.
    fn count(&mut self, trail: &Trail) {
        let session = trail.counts.entries();
        let halve = self.types.count_recent(session.iter().map(|entry| entry.0));
        self.invariants.count(session, halve);
        self.invariants.search(&self.types, &self.config);
        self.counted = self.counted.saturating_add(1);
    }

    /// What is missing before anything can be judged.
    #[allow(clippy::cast_sign_loss, reason = "shares are positive")]
    fn unready(&self) -> Option<Unready> {
        let (have, need) = match (self.config.baseline, self.config.alpha, &self.distances) {
            (SequenceBaseline::Unlabelled, ..) => (self.counted, u64::from(self.config.min_sessions)),
            (SequenceBaseline::Clean, Some(alpha), Some(ranks)) => {
                (u64::from(ranks.len()), (3.0 / alpha).ceil() as u64)
            }
            (SequenceBaseline::Clean, ..) => (self.learned, u64::from(self.config.min_clean_sessions)),
        };
        (have < need).then_some(Unready { have, need })
    }

    /// Usual sessions that a type needs not to be rare among them.
    fn least(&self) -> f64 {
        self.config.rare_below * self.learned as f64
    }

    /// How far out the counts of a session are among those of usual sessions: 0 for usual ones, 255 with a type never seen.
    fn rank(&self, trail: &Trail) -> f64 {
        let session = trail.counts.entries();
        if self.vectors.is_usual(session, &self.types, self.least()) {
            return 0.0;
        }
        if session.iter().any(|&(id, _)| self.types.get(id).sessions == 0) {
            return 255.0;
        }
        let distance = self.vectors.nearest(session, &self.types, self.least()).map_or(1.0, |nearest| nearest.distance);
        1.0 + distance * 253.0
    }

    /// Judges a session whose counts are sorted. Of one that is not whole only the types are looked at.
    pub(super) fn verdict(&self, trail: &Trail, whole: bool) -> Judgement {
        let mut found = Judgement { events: trail.events, ..Judgement::default() };
        let session = trail.counts.entries();
        if session.is_empty() {
            return found;
        }
        found.unready = self.unready();
        if found.unready.is_some() {
            return found;
        }
        let clean = self.config.baseline == SequenceBaseline::Clean;
        let ends = self.types.get(trail.last).ends;
        let enough = if clean { 0.0 } else { self.least() };
        found.ended = ends > 0 && ends as f64 >= enough;
        self.find_types(trail, &mut found);
        let usual = !whole || self.vectors.is_usual(session, &self.types, self.least());
        let by_counts = match (clean, self.config.alpha, &self.distances) {
            (true, Some(alpha), Some(ranks)) if whole => ranks.share(self.rank(trail)) <= alpha,
            (true, ..) => !found.deviations.is_empty() || !usual,
            (false, ..) => !found.deviations.is_empty() || (whole && self.invariants.broken(session).next().is_some()),
        };
        let deciding = found.deviations.len();
        let mut step = None;
        let mut course = None;
        if whole {
            step = trail.fresh.iter().copied().chain([(trail.last, EDGE)]).find(|&step| !self.steps.knows(step));
            course = self.course(trail);
        }
        found.flagged = by_counts || (self.config.steps && step.is_some()) || course.is_some();
        if found.flagged && whole {
            if !usual {
                self.find_counts(trail, &mut found);
            }
            self.find_rules(trail, &mut found);
        }
        if let Some((before, after)) = step {
            found.deviations.push(Deviation::Step { before: shown(before), after: shown(after) });
        }
        found.deviations.extend(course);
        if found.flagged {
            let decides = |at: usize, one: &Deviation| match one {
                Deviation::Type { .. } => at < deciding,
                Deviation::Counts { .. } => clean,
                Deviation::Rule { .. } => !clean,
                Deviation::Step { .. } => self.config.steps,
                Deviation::Course { .. } => true,
            };
            let weights = found.deviations.iter().enumerate().filter(|&(at, one)| decides(at, one));
            found.surprise = ALARM + weights.map(|(_, one)| one.weight()).fold(0.0, f64::max);
            found.severity = Severity::of_surprise(found.surprise);
        }
        found
    }

    /// Types that are new to a clean baseline, or rare in an unlabelled one.
    fn find_types(&self, trail: &Trail, found: &mut Judgement) {
        let rare = self.config.rare_below * f64::from(self.types.recent());
        for &(id, count) in trail.counts.entries() {
            let one = self.types.get(id);
            let (unusual, sessions, of) = match self.config.baseline {
                SequenceBaseline::Clean => (one.sessions == 0, one.sessions, self.learned),
                SequenceBaseline::Unlabelled => {
                    (f64::from(one.recent) < rare, u64::from(one.recent), u64::from(self.types.recent()))
                }
            };
            if unusual && found.deviations.len() < LISTED {
                found.deviations.push(Deviation::Type { template: shown(id), count, sessions, of });
            }
        }
        found.deviations.sort_by(|left, right| right.weight().total_cmp(&left.weight()));
    }

    /// The difference from the nearest usual sessions.
    fn find_counts(&self, trail: &Trail, found: &mut Judgement) {
        let session = trail.counts.entries();
        let Some(nearest) = self.vectors.nearest(session, &self.types, self.least()) else { return };
        found.distance = nearest.distance;
        let common = is_common(session, &self.types, self.least());
        let mut differences: Vec<Difference> = counts::zip(session, nearest.example)
            .filter(|&(id, here, there)| here != there && !(common && self.types.get(id).covers(here)))
            .map(|(id, count, usual)| Difference { template: shown(id), count, usual })
            .collect();
        differences.sort_by_key(|one| (one.count > 0, std::cmp::Reverse(one.count.abs_diff(one.usual))));
        differences.truncate(LISTED);
        found.deviations.push(Deviation::Counts { distance: nearest.distance, differences });
    }

    /// The count rules that do not hold, the surest first.
    fn find_rules(&self, trail: &Trail, found: &mut Judgement) {
        let mut broken: Vec<_> = self.invariants.broken(trail.counts.entries()).collect();
        broken.sort_by(|left, right| right.0.surprise().total_cmp(&left.0.surprise()));
        found.deviations.extend(broken.into_iter().take(LISTED).map(|(rule, left, right)| Deviation::Rule {
            templates: (TemplateId(rule.left), TemplateId(rule.right)),
            factors: rule.factors(),
            counts: (left, right),
            held: rule.held,
            of: rule.held.saturating_add(rule.broken),
        }));
    }

    /// What the Markov model says, if it is asked and it is improbable.
    fn course(&self, trail: &Trail) -> Option<Deviation> {
        let (model, ranks) = self.markov.as_ref()?;
        let bits = model.bits(&trail.path, self.types.len());
        let share = ranks.share(rank_of(bits));
        let ready = f64::from(ranks.len()) >= 3.0 / self.config.markov_alpha;
        (ready && share <= self.config.markov_alpha).then_some(Deviation::Course { bits, share })
    }

    pub(crate) fn write(&self, to: &mut Writer) {
        self.types.write(to);
        self.vectors.write(to);
        self.invariants.write(to);
        self.steps.write(to);
        if let Some((model, ranks)) = &self.markov {
            model.write(to);
            ranks.write(to);
        }
        if let Some(ranks) = &self.distances {
            ranks.write(to);
        }
        to.number(self.learned);
        to.number(self.counted);
        self.aliases.write(to);
    }

    pub(crate) fn read(from: &mut Reader<'_>, config: &SequenceConfig) -> Result<SequenceModel, Error> {
        let mut model = SequenceModel::build(config)?;
        model.types = Types::read(from, config.max_types, config.half_life_sessions)?;
        model.vectors = Vectors::read(from, config.max_vectors, config.max_explicit_vectors)?;
        model.invariants = Invariants::read(from, config)?;
        model.steps = Steps::read(from, config.max_steps)?;
        if config.markov {
            let markov = WittenBell::read(from, config.max_contexts)?;
            model.markov = Some((markov, Ranks::read(from, config.markov_alpha)?));
        }
        if let Some(alpha) = config.alpha {
            model.distances = Some(Ranks::read(from, alpha)?);
        }
        model.learned = from.counter()?;
        model.counted = from.counter()?;
        model.aliases = Table::read(from, config.max_types)?;
        Ok(model)
    }
}

/// Nobody's template: all types beyond the limit of a session.
const _: () = assert!(OTHERS == EDGE, "both are shown as no template");
