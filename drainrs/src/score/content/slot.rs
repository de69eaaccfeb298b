//! A place of values: what it had, what is unusual there, and what comes back often enough to be usual.

use super::ContentConfig;
use super::categorical::{Fit, Set};
use super::numeric::{Numbers, Outlier, Usual};
use super::show::{Grouped, OneIn, Shown, head};
use super::value::{Reading, Treatment, Value};
use crate::error::Error;
use crate::flow::ScoreKind;
use crate::stats::Portable;
use crate::text::Unit;
use crate::wire::{Reader, State, Writer, state};

/// What is known about the values of a place.
#[derive(Debug, Clone, PartialEq)]
enum Shape {
    /// Few different ones.
    Few(Set),
    /// Numbers of which there are many.
    Numbers(Box<Numbers>),
    /// The lengths of texts of which there are many.
    Lengths(Box<Numbers>),
    /// Identifiers, or texts without end: nothing is judged.
    Off,
}

/// A flagged value that may come back.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Suspect {
    /// The key of a value of a set; 0 or 1 for the side of a distribution.
    key: u64,
    /// The window it was seen in last.
    window: i64,
    /// In how many windows it was seen.
    windows: u32,
}

state! { Suspect { key, window, windows } }

/// Flagged values that may come back. Most places have none.
#[derive(Debug, Clone, PartialEq, Default)]
struct Quarantine {
    suspects: Vec<Suspect>,
}

state! { Quarantine { suspects } }

/// What is unusual about a value, before there are words for it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Finding {
    New,
    Rare(u32),
    Outlier(Outlier),
}

/// What becomes of a flagged value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is remembered.
    Waits,
    /// It is remembered in the place of another one.
    Displaced,
    /// It is usual from now on.
    Adopted,
}

/// A place of values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place {
    /// Values learned; halved now and then.
    count: u32,
    /// Values that did not fit the unit or kind of the place, and were left out.
    misfits: u32,
    /// The unit of its numbers; `None` until one other than 0 was seen.
    unit: Option<Unit>,
    shape: Shape,
    quarantine: Option<Box<Quarantine>>,
}

impl Place {
    pub(super) fn new() -> Place {
        Place { count: 0, misfits: 0, unit: None, shape: Shape::Few(Set::default()), quarantine: None }
    }

    /// Whether it holds values one by one: what does not learn new things does not learn from it at all.
    #[inline]
    pub(super) fn is_set(&self) -> bool {
        matches!(self.shape, Shape::Few(_))
    }

    /// Whether its values are not judged.
    #[inline]
    pub(super) fn is_off(&self) -> bool {
        matches!(self.shape, Shape::Off)
    }

    /// The number that a distribution is asked about.
    #[inline]
    fn measure(&self, reading: &Reading<'_>) -> Option<f64> {
        match &self.shape {
            Shape::Numbers(_) => match reading.number {
                Some((number, unit)) if self.unit.is_none_or(|own| own == unit) || number == 0.0 => Some(number),
                _ => None,
            },
            Shape::Lengths(_) => Some(reading.text.len() as f64),
            Shape::Few(_) | Shape::Off => None,
        }
    }

    /// Whether a value is unusual.
    #[inline]
    pub(super) fn check(&self, reading: &Reading<'_>, config: &ContentConfig) -> Option<Finding> {
        match &self.shape {
            Shape::Few(set) => match set.check(reading, self.count, config) {
                Fit::Usual => None,
                Fit::New => self.found(Finding::New, config),
                Fit::Rare(count) => self.found(Finding::Rare(count), config),
            },
            Shape::Numbers(numbers) | Shape::Lengths(numbers) => {
                numbers.check(self.measure(reading)?, config).map(Finding::Outlier)
            }
            Shape::Off => None,
        }
    }

    fn found(&self, finding: Finding, config: &ContentConfig) -> Option<Finding> {
        (self.surprise(&finding) >= config.threshold).then_some(finding)
    }

    /// The surprise. A set gives no probability: a value seen `k` of `n` times is taken for a thousandth of its bound
    /// `(k + 1) / (n + 1)`, which makes a new one after a hundred values an alarm of the usual threshold.
    fn surprise(&self, finding: &Finding) -> f64 {
        let rate =
            |seen: u32| 3.0 + (f64::from(self.count) + 1.0).portable_log10() - (f64::from(seen) + 1.0).portable_log10();
        match finding {
            Finding::New => rate(0),
            Finding::Rare(seen) => rate(*seen),
            Finding::Outlier(outlier) => outlier.surprise,
        }
    }

    /// Takes a value for usual.
    #[inline]
    pub(super) fn learn(&mut self, reading: &Reading<'_>, config: &ContentConfig) {
        let measure = self.measure(reading);
        match &mut self.shape {
            Shape::Few(set) => {
                let known = set.count(reading);
                self.count += 1;
                if !known {
                    self.learn_new(reading, config);
                }
                if self.count > config.max_history {
                    self.fade();
                }
            }
            Shape::Numbers(numbers) => {
                let Some(number) = measure else {
                    self.misfits = self.misfits.saturating_add(1);
                    return;
                };
                numbers.learn(number, config);
                let whole = number.fract().abs() < f64::EPSILON && self.unit.is_none_or(|unit| unit == Unit::Plain);
                if numbers.are_identifiers(number, whole) {
                    self.turn_off();
                }
            }
            Shape::Lengths(lengths) => lengths.learn(reading.text.len() as f64, config),
            Shape::Off => {}
        }
    }

    fn turn_off(&mut self) {
        self.shape = Shape::Off;
        self.quarantine = None;
    }

    fn fade(&mut self) {
        if let Shape::Few(set) = &mut self.shape {
            self.count = set.decay();
        }
    }

    /// Takes a value that a set does not have; the set may turn into something else.
    #[cold]
    fn learn_new(&mut self, reading: &Reading<'_>, config: &ContentConfig) {
        if let Some((number, unit)) = reading.number
            && number != 0.0
        {
            self.unit.get_or_insert(unit);
        }
        let Shape::Few(set) = &mut self.shape else { return };
        set.insert(reading);
        self.settle(reading.sized, config);
    }

    /// Turns a set that grew too large into a distribution.
    fn settle(&mut self, sized: bool, config: &ContentConfig) {
        let Shape::Few(set) = &mut self.shape else { return };
        let (numbers, texts) = split(set);
        let of_numbers = numbers * 20 >= self.count.saturating_mul(19);
        let most = if of_numbers { config.max_categories } else { config.max_texts };
        while set.len() > most {
            if set.make_room(self.count) {
                continue;
            }
            let different = set.len() as f64 / f64::from(self.count.max(1));
            self.shape = if of_numbers {
                let mut numbers = Numbers::new(true);
                for entry in set.entries() {
                    let Some(number) = entry.number() else { continue };
                    numbers.learn_times(number, entry.count());
                }
                self.misfits = self.misfits.saturating_add(texts);
                Shape::Numbers(Box::new(numbers))
            } else if sized && different <= 0.5 {
                let mut lengths = Numbers::new(false);
                set.entries().iter().for_each(|entry| lengths.learn_times(entry.len(), entry.count()));
                Shape::Lengths(Box::new(lengths))
            } else {
                Shape::Off
            };
            self.quarantine = None;
            return;
        }
    }

    /// Keeps a flagged value apart until it was seen in so many windows that it is usual from then on.
    pub(super) fn suspect(
        &mut self,
        reading: &Reading<'_>,
        finding: &Finding,
        at: i64,
        config: &ContentConfig,
    ) -> Fate {
        let key = match finding {
            Finding::Outlier(outlier) => u64::from(outlier.upper),
            _ => reading.key,
        };
        let window = at.div_euclid(config.adopt_window_ns.max(1));
        let suspects = &mut self.quarantine.get_or_insert_default().suspects;
        let place = suspects.iter().position(|suspect| suspect.key == key);
        let mut suspect = place.map_or(Suspect { key, window, windows: 1 }, |place| suspects.swap_remove(place));
        if suspect.window != window {
            suspect = Suspect { key, window, windows: suspect.windows.saturating_add(1) };
        }
        if config.adopt_windows > 0 && suspect.windows >= config.adopt_windows {
            self.adopt(reading, config);
            return Fate::Adopted;
        }
        let mut fate = Fate::Waits;
        if suspects.len() >= config.max_quarantined
            && let Some(oldest) = (0..suspects.len()).min_by_key(|at| suspects.get(*at).map(|s| s.window))
        {
            suspects.swap_remove(oldest);
            fate = Fate::Displaced;
        }
        suspects.push(suspect);
        fate
    }

    /// Makes a value usual.
    pub(super) fn adopt(&mut self, reading: &Reading<'_>, config: &ContentConfig) {
        let measure = self.measure(reading);
        match &mut self.shape {
            Shape::Few(_) => {
                self.learn(reading, config);
                if let Shape::Few(set) = &mut self.shape {
                    set.adopt(reading);
                }
            }
            Shape::Numbers(numbers) | Shape::Lengths(numbers) => {
                if let Some(number) = measure {
                    numbers.adopt(number, config);
                }
            }
            Shape::Off => {}
        }
    }

    /// Takes what another place of the same kind had.
    pub(super) fn merge(&mut self, other: &Place, config: &ContentConfig) {
        self.unit = self.unit.or(other.unit);
        self.misfits = self.misfits.saturating_add(other.misfits);
        if other.unit.is_some() && other.unit != self.unit {
            // Numbers that cannot be compared: those of which there are more stay.
            if other.count() > self.count() {
                let misfits = self.misfits;
                *self = Place { misfits, ..other.clone() };
            }
            return;
        }
        let own = std::mem::replace(&mut self.shape, Shape::Off);
        self.shape = match (own, other.shape.clone()) {
            (Shape::Few(mut a), Shape::Few(b)) => {
                self.count = self.count.saturating_add(other.count).min(u32::MAX / 2);
                a.merge(&b);
                Shape::Few(a)
            }
            (Shape::Numbers(mut a), Shape::Numbers(b)) => {
                a.merge(&b);
                Shape::Numbers(a)
            }
            (Shape::Lengths(mut a), Shape::Lengths(b)) => {
                a.merge(&b);
                Shape::Lengths(a)
            }
            (Shape::Numbers(mut a), Shape::Few(b)) | (Shape::Few(b), Shape::Numbers(mut a)) => {
                let numbers = b.entries().iter().filter_map(|entry| Some((entry.number()?, entry.count())));
                numbers.for_each(|(number, count)| a.learn_times(number, count));
                Shape::Numbers(a)
            }
            (Shape::Lengths(mut a), Shape::Few(b)) | (Shape::Few(b), Shape::Lengths(mut a)) => {
                b.entries().iter().for_each(|entry| a.learn_times(entry.len(), entry.count()));
                Shape::Lengths(a)
            }
            _ => Shape::Off,
        };
        self.settle(false, config);
        if self.is_off() {
            self.turn_off();
        }
    }

    /// Values learned that still count.
    pub(super) fn count(&self) -> u64 {
        match &self.shape {
            Shape::Few(_) | Shape::Off => u64::from(self.count),
            Shape::Numbers(numbers) | Shape::Lengths(numbers) => numbers.sketch.count(),
        }
    }

    pub(super) fn unit(&self) -> Unit {
        match &self.shape {
            Shape::Lengths(_) => Unit::Plain,
            _ => self.unit.unwrap_or_default(),
        }
    }

    /// How many different values there are, where they are held one by one.
    pub(super) fn distinct(&self) -> Option<usize> {
        if let Shape::Few(set) = &self.shape { Some(set.len()) } else { None }
    }

    /// Whether the numbers are lengths of texts.
    pub(super) fn are_lengths(&self) -> bool {
        matches!(self.shape, Shape::Lengths(_))
    }

    pub(super) fn quantiles<const N: usize>(&self, shares: [f64; N]) -> Option<[f64; N]> {
        match &self.shape {
            Shape::Few(set) => set.quantiles(shares),
            Shape::Numbers(numbers) | Shape::Lengths(numbers) => numbers.sketch.quantiles(shares),
            Shape::Off => None,
        }
    }

    pub(super) fn quantile(&self, share: f64) -> Option<f64> {
        match &self.shape {
            Shape::Few(set) => set.quantiles([share]).map(|[value]| value),
            Shape::Numbers(numbers) | Shape::Lengths(numbers) => numbers.sketch.quantile(share),
            Shape::Off => None,
        }
    }

    /// Words for a finding.
    pub(super) fn judgement(&self, reading: &Reading<'_>, finding: &Finding, config: &ContentConfig) -> ValueJudgement {
        let unit = self.unit();
        let surprise = self.surprise(finding);
        let count = self.count();
        let text = || head(reading.text, 64);
        let mut judgement = ValueJudgement {
            kind: ScoreKind::Value,
            surprise,
            observed: 0.0,
            expected: 0.0,
            low: 0.0,
            high: 0.0,
            count,
            unit,
            unverified: count < u64::from(config.min_values_rare),
            reason: String::new(),
        };
        let set_numbers = |judgement: &mut ValueJudgement, observed: f64, usual: Usual| {
            judgement.observed = observed;
            (judgement.low, judgement.expected, judgement.high) = (usual.low, usual.median, usual.high);
        };
        let values = Grouped(count);
        match (finding, &self.shape) {
            (Finding::Outlier(outlier), _) => {
                let observed = self.measure(reading).unwrap_or_default();
                let Usual { low, median, high } = outlier.usual;
                set_numbers(&mut judgement, observed, outlier.usual);
                let (low, median, high) = (Shown(low, unit), Shown(median, unit), Shown(high, unit));
                let one_in = OneIn(surprise);
                judgement.reason = if self.are_lengths() {
                    format!(
                        "{} bytes long where {low} to {high} is usual (median {median}, {values} values); {one_in}: {}",
                        Grouped(reading.text.len() as u64),
                        text()
                    )
                } else {
                    let observed = Shown(observed, unit);
                    format!("{observed} where {low} to {high} is usual (median {median}, {values} values); {one_in}")
                };
            }
            (_, Shape::Few(set)) => {
                judgement.kind = ScoreKind::NewValue;
                if let Some((number, _)) = reading.number
                    && let Some([low, median, high]) = set.quantiles([0.05, 0.5, 0.95])
                {
                    set_numbers(&mut judgement, number, Usual { low, median, high });
                }
                let value = match reading.number {
                    Some((number, own)) if reading.text.is_empty() => Shown(number, own).to_string(),
                    _ => text(),
                };
                let known = format!("{} different: {}", set.len(), set.examples(unit));
                judgement.reason = match finding {
                    Finding::Rare(seen) => {
                        format!("{value} was seen {} times in {values} values ({known})", Grouped(u64::from(*seen)))
                    }
                    _ => format!("{value} was never seen in {values} values ({known})"),
                };
            }
            _ => {}
        }
        judgement
    }

    /// Bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        let shape = match &self.shape {
            Shape::Few(set) => set.memory(),
            Shape::Numbers(numbers) | Shape::Lengths(numbers) => size_of::<Numbers>() + numbers.memory(),
            Shape::Off => 0,
        };
        let suspects =
            |quarantine: &Quarantine| size_of::<Quarantine>() + quarantine.suspects.capacity() * size_of::<Suspect>();
        shape + self.quarantine.as_deref().map_or(0, suspects)
    }
}

/// How many values of a set were numbers, and how many texts.
fn split(set: &Set) -> (u32, u32) {
    set.entries().iter().fold((0_u32, 0_u32), |(numbers, texts), entry| match entry.number() {
        Some(_) => (numbers.saturating_add(entry.count()), texts),
        None => (numbers, texts.saturating_add(entry.count())),
    })
}

impl State for Place {
    fn write(&self, to: &mut Writer) {
        self.count.write(to);
        self.misfits.write(to);
        to.byte(self.unit.map_or(0, |unit| unit as u8 + 1));
        match &self.shape {
            Shape::Few(set) => {
                to.byte(0);
                set.write(to);
            }
            Shape::Numbers(numbers) => {
                to.byte(1);
                numbers.write(to);
            }
            Shape::Lengths(lengths) => {
                to.byte(2);
                lengths.write(to);
            }
            Shape::Off => to.byte(3),
        }
        self.quarantine.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Place, Error> {
        let count = u32::read(from)?;
        if count > u32::MAX / 2 {
            return Err(Reader::damaged("a place with more values than are counted"));
        }
        let misfits = u32::read(from)?;
        let unit = match from.byte()? {
            0 => None,
            1 => Some(Unit::Plain),
            2 => Some(Unit::Seconds),
            3 => Some(Unit::Bytes),
            4 => Some(Unit::Percent),
            other => return Err(Reader::damaged(format!("the unit {other} does not exist"))),
        };
        let shape = match from.byte()? {
            0 => Shape::Few(Set::read(from)?),
            1 => Shape::Numbers(Box::new(Numbers::read(from)?)),
            2 => Shape::Lengths(Box::new(Numbers::read(from)?)),
            3 => Shape::Off,
            other => return Err(Reader::damaged(format!("the kind of place {other} does not exist"))),
        };
        Ok(Place { count, misfits, unit, shape, quarantine: State::read(from)? })
    }
}

/// What is unusual about a value.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ValueJudgement {
    /// [`ScoreKind::Value`] for a number or length out of range, [`ScoreKind::NewValue`] for a new or rare value of few.
    pub kind: ScoreKind,
    /// `-log10 p`; finite or infinite, not less than the threshold.
    pub surprise: f64,
    /// The number that was seen, in the base unit; 0 for texts.
    pub observed: f64,
    /// The median of the usual ones.
    pub expected: f64,
    /// Their 5 % quantile.
    pub low: f64,
    /// Their 95 % quantile.
    pub high: f64,
    /// How many values this rests on.
    pub count: u64,
    /// The unit of the numbers.
    pub unit: Unit,
    /// Whether it rests on fewer than `min_values_rare` values.
    pub unverified: bool,
    /// A sentence for people.
    pub reason: String,
}

/// The values of one place, without templates: learns and judges what it is given.
///
/// # Example: a request that took a thousand times as long
///
/// ```
/// use drainrs::ScoreKind;
/// use drainrs::score::{ContentConfig, ValueModel};
///
/// let mut model = ValueModel::new(&ContentConfig::default())?;
/// for request in 0..1000 {
///     model.learn(format!("{}ms", 30 + request * 7919 % 41).as_str()); // `Request completed in 50ms`
/// }
/// assert!(model.judge("64ms").is_none());
/// let found = model.judge("50000ms").unwrap();
/// assert_eq!(found.kind, ScoreKind::Value);
/// assert!((found.expected - 0.05).abs() < 0.002);
/// assert!(found.reason.starts_with("50 s where 31"), "{}", found.reason);
/// # Ok::<(), drainrs::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ValueModel {
    config: ContentConfig,
    place: Place,
}

impl ValueModel {
    /// Of no values.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), listing every setting that is out of its range.
    pub fn new(config: &ContentConfig) -> Result<ValueModel, Error> {
        config.checked()?;
        Ok(ValueModel { config: config.clone(), place: Place::new() })
    }

    /// Takes a value for usual. `false`: a number that is infinite or none, which is ignored.
    pub fn learn<'a>(&mut self, value: impl Into<Value<'a>>) -> bool {
        let reading = Reading::new(value.into(), Treatment::Number);
        if let Some(reading) = &reading {
            self.place.learn(reading, &self.config);
        }
        reading.is_some()
    }

    /// What is unusual about a value, measured by those learned; nothing is learned from it. `None`: nothing, or too little
    /// is known, or a number that is infinite or none.
    pub fn judge<'a>(&self, value: impl Into<Value<'a>>) -> Option<ValueJudgement> {
        let reading = Reading::new(value.into(), Treatment::Number)?;
        let finding = self.place.check(&reading, &self.config)?;
        Some(self.place.judgement(&reading, &finding, &self.config))
    }

    /// The value below which a share of those learned lies, 0 to 1, within 2 % where they span a factor of 160, within 4 %
    /// up to 25,000. `None`: no numbers, identifiers, or a share that is none.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        self.place.quantile(share)
    }

    /// Memory in bytes, heap included.
    pub fn memory(&self) -> usize {
        size_of::<ValueModel>() + self.place.memory()
    }

    /// Writes the state.
    pub(crate) fn write(&self, to: &mut Writer) {
        self.place.write(to);
    }

    /// Reads what was written.
    pub(crate) fn read(from: &mut Reader<'_>, config: &ContentConfig) -> Result<ValueModel, Error> {
        Ok(ValueModel { place: State::read(from)?, ..ValueModel::new(config)? })
    }
}
