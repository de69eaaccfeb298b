//! Count rules: in usual sessions `a` times the count of one type is `b` times that of another, such as an open for every
//! close, or three replicas for every block.
//!
//! A rule is adopted when it held in at least `min_support` of the sessions that had either type, both being common. Then its
//! rate of violations is followed, exponentially weighted over such sessions. When a rule is broken too often, or too many
//! times in a row, it is the rule that is wrong: software changed. It is retired, told once, and comes back when it holds.

use super::config::SequenceConfig;
use super::counts::{self, Count, OTHERS, count_of};
use super::types::Types;
use crate::error::Error;
use crate::stats::Portable;
use crate::stats::Table;
use crate::wire::{Reader, State, Writer, state};

/// The rules that are tried: `a * left = b * right`.
pub(super) const RATIOS: [(u32, u32); 7] = [(1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (2, 3), (3, 2)];

/// Sessions between two searches for rules.
const SEARCH_EVERY: u32 = 100;

/// Two types that occurred in the same session, of late.
#[derive(Debug, Clone, Copy, Default)]
struct Pair {
    both: u32,
    /// Sessions in which each of the [`RATIOS`] held.
    held: [u32; RATIOS.len()],
}

state! { Pair { both, held } }

/// Different sessions that wait.
const MAX_PENDING: usize = 64;

/// Equal sessions whose pairs are not counted yet; a place that is free has none.
#[derive(Debug, Clone)]
struct Pending {
    hash: u64,
    times: u32,
    session: Vec<Count>,
}

/// A count rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rule {
    pub(super) left: u64,
    pub(super) right: u64,
    /// Which of the [`RATIOS`].
    pub(super) ratio: u8,
    /// Sessions with either type in which it held, since the sessions that it was found in.
    pub(super) held: u64,
    /// Those in which it did not.
    pub(super) broken: u64,
    /// The weighted rate of violations.
    rate: f64,
    /// Violations in a row.
    run: u32,
    retired: bool,
}

state! { Rule { left, right, ratio, held, broken, rate, run, retired } }

impl Rule {
    /// The factors of both counts.
    pub(super) fn factors(&self) -> (u32, u32) {
        RATIOS.get(usize::from(self.ratio)).copied().unwrap_or((1, 1))
    }

    /// Both counts, if the rule has something to say about a session.
    #[inline]
    fn counts(&self, session: &[Count]) -> Option<(u32, u32)> {
        let (left, right) = (count_of(session, self.left), count_of(session, self.right));
        (left > 0 || right > 0).then_some((left, right))
    }

    fn holds(&self, (left, right): (u32, u32)) -> bool {
        holds(self.factors(), left, right)
    }

    /// `-log10` of the share of violations; a rule that never failed in n sessions is believed to fail in one of n + 1.
    pub(super) fn surprise(&self) -> f64 {
        ((self.held + self.broken + 1) as f64 / (self.broken + 1) as f64).portable_log10()
    }
}

#[inline]
fn holds((a, b): (u32, u32), left: u32, right: u32) -> bool {
    u64::from(a) * u64::from(left) == u64::from(b) * u64::from(right)
}

/// What the search and the following of rules came to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Changes {
    /// Rules retired by this session.
    pub(super) retired: u32,
    /// One of them.
    pub(super) example: Option<Rule>,
}

/// All pairs and rules.
#[derive(Debug, Clone)]
pub(super) struct Invariants {
    pairs: Table<(u64, u64), Pair>,
    /// Sessions whose pairs are not counted yet.
    pending: Vec<Pending>,
    rules: Vec<Rule>,
    /// Sessions since the last search.
    waited: u32,
    /// Rules for which there was no room.
    dropped: u64,
}

impl Invariants {
    pub(super) fn new(max_pairs: usize) -> Invariants {
        Invariants { pairs: Table::new(max_pairs), pending: Vec::new(), rules: Vec::new(), waited: 0, dropped: 0 }
    }

    /// The rules in force that a session breaks, with both counts.
    pub(super) fn broken<'a>(&'a self, session: &'a [Count]) -> impl Iterator<Item = (&'a Rule, u32, u32)> {
        let in_force = self.rules.iter().filter(|rule| !rule.retired);
        in_force.filter_map(|rule| {
            let counts = rule.counts(session)?;
            (!rule.holds(counts)).then_some((rule, counts.0, counts.1))
        })
    }

    /// Rules in force, and retired.
    pub(super) fn len(&self) -> (usize, usize) {
        let retired = self.rules.iter().filter(|rule| rule.retired).count();
        (self.rules.len() - retired, retired)
    }

    /// Follows how often the rules are broken.
    pub(super) fn follow(&mut self, session: &[Count], config: &SequenceConfig, weight: f64, run: u32) -> Changes {
        let mut changes = Changes::default();
        for rule in &mut self.rules {
            let Some(counts) = rule.counts(session) else { continue };
            if rule.holds(counts) {
                rule.held += 1;
                rule.run = 0;
                rule.rate -= weight * rule.rate;
                rule.retired &= rule.rate >= config.restore_below;
            } else {
                rule.broken += 1;
                rule.run = rule.run.saturating_add(1);
                rule.rate += weight * (1.0 - rule.rate);
                if !rule.retired && (rule.rate > config.retire_above || rule.run >= run) {
                    rule.retired = true;
                    changes.retired += 1;
                    changes.example.get_or_insert(*rule);
                }
            }
        }
        changes
    }

    /// Counts the pairs of a session whose types were counted already. Sessions are mostly like others: equal ones wait
    /// together and are counted at once.
    pub(super) fn count(&mut self, session: &[Count], halve: bool) {
        let hash = counts::hash(session);
        match self.pending.iter_mut().find(|one| one.hash == hash && one.times > 0) {
            Some(one) => one.times += 1,
            None => self.wait(hash, session),
        }
        if halve {
            self.flush();
            for (_, pair) in self.pairs.iter_mut() {
                pair.both /= 2;
                pair.held.iter_mut().for_each(|held| *held /= 2);
            }
            self.pairs.retain_values(|_, pair| pair.both > 0);
        }
        self.waited = self.waited.saturating_add(1);
    }

    fn wait(&mut self, hash: u64, session: &[Count]) {
        if self.pending.iter().filter(|one| one.times > 0).count() >= MAX_PENDING {
            self.flush();
        }
        match self.pending.iter_mut().find(|one| one.times == 0) {
            Some(one) => {
                one.hash = hash;
                one.times = 1;
                one.session.clear();
                one.session.extend_from_slice(session);
            }
            None => self.pending.push(Pending { hash, times: 1, session: session.to_vec() }),
        }
    }

    /// Counts the pairs of the sessions that wait.
    fn flush(&mut self) {
        for one in self.pending.iter_mut().filter(|one| one.times > 0) {
            let times = std::mem::take(&mut one.times);
            for (at, &(left, lefts)) in one.session.iter().enumerate() {
                for &(right, rights) in one.session.iter().skip(at + 1).filter(|entry| entry.0 != OTHERS) {
                    let pair = self.pairs.touch_or_insert((left, right), Pair::default);
                    pair.both += times;
                    for (held, ratio) in pair.held.iter_mut().zip(RATIOS) {
                        *held += if holds(ratio, lefts, rights) { times } else { 0 };
                    }
                }
            }
        }
    }

    /// Looks for new rules, now and then.
    pub(super) fn search(&mut self, types: &Types, config: &SequenceConfig) {
        if self.waited < SEARCH_EVERY || types.recent() < config.min_sessions {
            return;
        }
        self.waited = 0;
        self.flush();
        let least = config.min_presence * f64::from(types.recent());
        self.rules.retain(|rule| types.get(rule.left).recent > 0 || types.get(rule.right).recent > 0);
        for (&(left, right), pair) in self.pairs.iter() {
            let (lefts, rights) = (types.get(left).recent, types.get(right).recent);
            if f64::from(lefts.min(rights)) < least {
                continue;
            }
            let either = lefts.saturating_add(rights).saturating_sub(pair.both).max(1);
            // The first of the ratios that hold most often.
            let best = pair.held.iter().enumerate().max_by_key(|&(at, held)| (*held, usize::MAX - at));
            let Some((ratio, &held)) = best else { continue };
            if f64::from(held) < config.min_support * f64::from(either) {
                continue;
            }
            let broken = either.saturating_sub(held);
            let rate = f64::from(broken) / f64::from(either);
            let new = Rule {
                left,
                right,
                ratio: ratio as u8,
                held: u64::from(held),
                broken: u64::from(broken),
                rate,
                run: 0,
                retired: false,
            };
            let room = self.rules.len() < config.max_invariants;
            match self.rules.iter_mut().find(|rule| (rule.left, rule.right) == (left, right)) {
                Some(rule) if rule.retired && rule.ratio != new.ratio => *rule = new,
                Some(_) => {}
                None if room => self.rules.push(new),
                None => self.dropped += 1,
            }
        }
    }

    /// Counts one type as another. Exact for sessions that had one of the two; the rest is forgotten by and by.
    pub(super) fn unite(&mut self, gone: u64, into: u64, sessions: u32) {
        self.flush();
        let other = |&(left, right): &(u64, u64)| match (left == gone, right == gone) {
            (true, _) => Some(right),
            (_, true) => Some(left),
            _ => None,
        };
        let old: Vec<((u64, u64), u64)> = self.pairs.iter().filter_map(|(key, _)| Some((*key, other(key)?))).collect();
        for (key, other) in old {
            let Some(pair) = self.pairs.remove(&key) else { continue };
            if other == into {
                continue;
            }
            // The ratios turn round where the order does.
            let turned = (key.0 == gone) != (into < other);
            let new = self.pairs.touch_or_insert((into.min(other), into.max(other)), Pair::default);
            new.both = new.both.saturating_add(pair.both).min(sessions);
            for (at, (a, b)) in RATIOS.into_iter().enumerate() {
                let from = if turned { RATIOS.iter().position(|&ratio| ratio == (b, a)).unwrap_or(at) } else { at };
                let held = pair.held.get(from).copied().unwrap_or_default();
                if let Some(own) = new.held.get_mut(at) {
                    *own = own.saturating_add(held).min(new.both);
                }
            }
        }
        // What was known of either is not known of both; the next search finds what holds.
        self.rules.retain(|rule| ![rule.left, rule.right].iter().any(|&id| id == gone || id == into));
        self.waited = SEARCH_EVERY;
    }

    /// Pairs that made room for others, and rules for which there was no room.
    pub(super) fn dropped(&self) -> (u64, u64) {
        (self.pairs.evicted(), self.dropped)
    }

    pub(super) fn memory(&self) -> usize {
        let waiting: usize = self.pending.iter().map(|one| one.session.capacity() * size_of::<Count>()).sum();
        let places = self.pending.capacity() * size_of::<Pending>();
        self.pairs.memory() + self.rules.capacity() * size_of::<Rule>() + places + waiting
    }

    pub(super) fn write(&self, to: &mut Writer) {
        self.pairs.write(to);
        let waiting = || self.pending.iter().filter(|one| one.times > 0);
        to.number(waiting().count() as u64);
        for one in waiting() {
            one.times.write(to);
            one.session.write(to);
        }
        self.rules.write(to);
        self.waited.write(to);
        self.dropped.write(to);
    }

    pub(super) fn read(from: &mut Reader<'_>, config: &SequenceConfig) -> Result<Invariants, Error> {
        let pairs: Table<(u64, u64), Pair> = Table::read(from, config.max_pairs)?;
        let mut pending = Vec::new();
        for _ in 0..from.count()?.min(MAX_PENDING) {
            let times = u32::read(from)?;
            let session: Vec<Count> = State::read(from)?;
            if !(1..=config.half_life_sessions.saturating_mul(2)).contains(&times) {
                return Err(Reader::damaged("more sessions wait than there were"));
            }
            pending.push(Pending { hash: counts::hash(&session), times, session });
        }
        let mut rules: Vec<Rule> = State::read(from)?;
        rules.truncate(config.max_invariants);
        let waited = u32::read(from)?;
        let dropped = from.counter()?;
        // Counting on must not overflow.
        let limit = config.half_life_sessions.saturating_mul(2);
        let too_many =
            pairs.iter().any(|(_, pair)| pair.both > limit || pair.held.iter().any(|&held| held > pair.both));
        let forged = |rule: &Rule| {
            rule.held > 1 << 62 || rule.broken > 1 << 62 || !(0.0..=1.0).contains(&rule.rate) || rule.left >= rule.right
        };
        if too_many || rules.iter().any(forged) {
            return Err(Reader::damaged("a count rule has counts that cannot be"));
        }
        Ok(Invariants { pairs, pending, rules, waited, dropped })
    }

    /// The rules, for comparison with a naive search.
    #[cfg(test)]
    pub(super) fn rules(&self) -> &[Rule] {
        &self.rules
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::stats::mix;

    /// Sessions of another make: an open for every close, two parts for every whole, three for every two, and noise.
    fn sessions(seed: u64, number: usize) -> Vec<Vec<Count>> {
        let mut random = seed;
        let mut next = |below: u64| {
            random = mix(random);
            (random >> 20) % below
        };
        let mut made = Vec::new();
        for _ in 0..number {
            let mut counts = BTreeMap::new();
            let opened = 1 + next(3) as u32;
            counts.insert(3_u64, opened);
            counts.insert(4, opened + u32::from(next(50) == 0));
            if next(3) > 0 {
                let pairs = 1 + next(2) as u32;
                counts.insert(10, 2 * pairs);
                counts.insert(11, 3 * pairs);
                counts.insert(7, pairs);
            }
            if next(30) == 0 {
                counts.insert(20, opened);
            }
            counts.insert(30, 1 + next(5) as u32);
            made.push(counts.into_iter().collect());
        }
        made
    }

    /// All pairs of all types, counted anew from all sessions.
    fn naive(sessions: &[Vec<Count>], config: &SequenceConfig) -> BTreeSet<(u64, u64, u8)> {
        let ids: BTreeSet<u64> = sessions.iter().flatten().map(|entry| entry.0).collect();
        let number = |test: &dyn Fn(&[Count]) -> bool| sessions.iter().filter(|session| test(session)).count() as f64;
        let mut found = BTreeSet::new();
        for &left in &ids {
            for &right in ids.iter().filter(|&&right| right > left) {
                let least = config.min_presence * sessions.len() as f64;
                let has = |id: u64| number(&|session| count_of(session, id) > 0);
                if has(left) < least || has(right) < least {
                    continue;
                }
                let either = number(&|session| count_of(session, left) > 0 || count_of(session, right) > 0);
                let held: Vec<f64> = RATIOS
                    .iter()
                    .map(|&(a, b)| {
                        number(&|session| {
                            let (left, right) = (count_of(session, left), count_of(session, right));
                            left > 0 && right > 0 && a * left == b * right
                        })
                    })
                    .collect();
                let most = held.iter().copied().fold(0.0, f64::max);
                if most >= config.min_support * either {
                    let ratio = held.iter().position(|&held| held >= most).unwrap();
                    found.insert((left, right, ratio as u8));
                }
            }
        }
        found
    }

    #[test]
    fn the_rules_are_those_that_a_naive_search_finds() {
        for seed in 0..10 {
            let config = SequenceConfig::default();
            let sessions = sessions(seed, 500);
            let (mut types, mut rules) = (Types::new(100, 1000), Invariants::new(1000));
            for session in &sessions {
                let halve = types.count_recent(session.iter().map(|entry| entry.0));
                rules.count(session, halve);
            }
            rules.search(&types, &config);
            let found: BTreeSet<_> = rules.rules().iter().map(|rule| (rule.left, rule.right, rule.ratio)).collect();
            assert_eq!(found, naive(&sessions, &config), "seed {seed}");
            assert!(found.contains(&(3, 4, 0)) && found.contains(&(7, 10, 2)) && found.contains(&(10, 11, 6)));
        }
    }

    #[test]
    fn a_rule_is_retired_by_its_rate_or_by_a_run_and_comes_back() {
        let config = SequenceConfig::default();
        let rule = Rule { left: 1, right: 2, ratio: 0, held: 300, broken: 0, rate: 0.0, run: 0, retired: false };
        let mut all = Invariants::new(10);
        all.rules.push(rule);
        let weight = 1.0 - 0.5_f64.powf(1.0 / 100.0);
        let run = config.run_that_retires();
        assert_eq!(run, 4, "0.05^3 is 1.25 in 10,000, 0.05^4 is 6.25 in a million");
        let (good, bad): (&[Count], &[Count]) = (&[(1, 2), (2, 2)], &[(1, 2), (2, 1)]);
        // Every other session: after n violations the rate is nearly n * 0.0069.
        let retired_after = (1..100)
            .find(|_| {
                all.follow(good, &config, weight, run);
                all.follow(bad, &config, weight, run).retired == 1
            })
            .unwrap();
        assert_eq!(retired_after, 8);
        assert_eq!(all.broken(bad).count(), 0, "a retired rule is silent");
        // From about 0.052 to 0.01 at a half-life of 100: log2(5.2) * 100 = 238.
        let restored_after = (1..1000)
            .find(|_| {
                all.follow(good, &config, weight, run);
                all.len() == (1, 0)
            })
            .unwrap();
        assert!((225..245).contains(&restored_after), "{restored_after}");
        let by_run = (1..100).find(|_| all.follow(bad, &config, weight, run).retired == 1).unwrap();
        assert_eq!(by_run, 4);
        all.follow(&[(9, 1)], &config, weight, run);
        assert_eq!(all.rules()[0].run, 4, "sessions with neither type say nothing");
    }

    #[test]
    fn united_types_keep_their_pairs() {
        let (mut types, mut all) = (Types::new(100, 1000), Invariants::new(1000));
        for session in [[(1, 2), (5, 1)], [(5, 1), (9, 2)]] {
            types.count_recent(session.iter().map(|entry| entry.0));
            all.count(&session, false);
        }
        all.unite(9, 1, 2);
        let pair = all.pairs.get(&(1, 5)).unwrap();
        assert_eq!((pair.both, pair.held[1]), (2, 2), "both times 1 * 2 = 2 * 1");
        assert_eq!(all.pairs.len(), 1);
    }
}
