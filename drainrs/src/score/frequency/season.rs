//! The factors of the hours: how many events came in each hour of the day, on working days and on weekends, for one that had
//! been expected without a season.
//!
//! Sums are kept in two bytes each, which is right to a fifth of a percent. The hour at hand is added up in full, so that
//! rounding happens once an hour and no small addition is lost to it.

use crate::wire::state;

/// 24 hours of a working day, 24 of a day of the weekend.
pub(super) const SLOTS: usize = 48;
/// How strongly a slot is drawn towards 1 until it has seen much: as if so many events had come as expected.
const SHRINK: f32 = 8.0;

/// A number that is not negative, as the upper bits of an `f32` without its sign: eight of exponent, eight of mantissa.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Short(u16);

impl Short {
    fn new(number: f32) -> Short {
        // The most that fits is finite, too: the bits of infinity begin above it.
        let bits = number.clamp(0.0, f32::MAX).to_bits();
        Short(u16::try_from((bits + (1 << 14)) >> 15).unwrap_or(u16::MAX).min(Short::MOST))
    }

    /// The greatest finite number.
    const MOST: u16 = 0xFEFF;

    fn get(self) -> f32 {
        f32::from_bits(u32::from(self.0.min(Short::MOST)) << 15)
    }
}

/// What an hour has day after day, in half a byte each: the greatest surprise when it was last, and how great it usually is when
/// the hour comes back; both in steps of one and a half, rounded, up to 22.5.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Habit(u8);

impl Habit {
    const STEP: f64 = 1.5;
    const MOST: u8 = 15;

    fn usual(self) -> f64 {
        f64::from(self.0 >> 4) * Habit::STEP
    }

    /// The hour is over, and this was its greatest surprise: what surprises twice in a row is on the way to being usual.
    fn after(self, surprise: f64) -> Habit {
        let (last, usual) = (self.0 & Habit::MOST, self.0 >> 4);
        #[allow(clippy::cast_sign_loss, reason = "surprises are not negative")]
        let now = (surprise / Habit::STEP + 0.5).min(f64::from(Habit::MOST)) as u8;
        let both = last.min(now);
        // Half of the way, in whole steps, so that it arrives.
        let half = both.abs_diff(usual).div_ceil(2);
        let usual = if both > usual { usual + half } else { usual - half };
        Habit(usual << 4 | now)
    }
}

/// Events that came, and that were expected without a season.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Sums {
    observed: f32,
    expected: f32,
}

state! { Sums { observed, expected } }

impl Sums {
    fn factor(self) -> f32 {
        (self.observed + SHRINK) / (self.expected + SHRINK)
    }
}

/// The season of one series.
#[derive(Debug, Clone)]
pub(super) struct Season {
    observed: [u16; SLOTS],
    expected: [u16; SLOTS],
    habits: [u8; SLOTS],
    /// The hour at hand, its slot, the slot's sums with those of this hour, and the greatest surprise of it.
    hour: i32,
    slot: u8,
    sums: Sums,
    greatest: f32,
}

state! { Season { observed, expected, habits, hour, slot, sums, greatest } }

impl Season {
    pub(super) fn new() -> Season {
        Season {
            observed: [0; SLOTS],
            expected: [0; SLOTS],
            habits: [0; SLOTS],
            hour: i32::MIN,
            slot: 0,
            sums: Sums::default(),
            greatest: 0.0,
        }
    }

    fn sums(&self, slot: usize) -> Sums {
        let of = |sums: &[u16; SLOTS]| Short(sums.get(slot).copied().unwrap_or_default()).get();
        Sums { observed: of(&self.observed), expected: of(&self.expected) }
    }

    /// The factor of an hour, by the days before.
    pub(super) fn factor(&self, slot: usize) -> f32 {
        self.sums(slot).factor()
    }

    /// The same with what this hour had so far.
    pub(super) fn factor_so_far(&self, slot: usize) -> f32 {
        if slot == usize::from(self.slot) { self.sums.factor() } else { self.factor(slot) }
    }

    /// The surprise that an hour has day after day; 0 for what surprised once.
    pub(super) fn usual_surprise(&self, slot: usize) -> f64 {
        Habit(self.habits.get(slot).copied().unwrap_or_default()).usual()
    }

    fn leave(&mut self) {
        if self.hour == i32::MIN {
            return;
        }
        let slot = usize::from(self.slot);
        self.put(slot, self.sums);
        if let Some(habit) = self.habits.get_mut(slot) {
            *habit = Habit(*habit).after(f64::from(self.greatest)).0;
        }
        self.greatest = 0.0;
    }

    /// Adds to an hour of a slot; `kept` is how much is left of what the slot had. The factor follows when the hour is over: what
    /// happens in an hour is not judged by itself.
    pub(super) fn add(&mut self, hour: i32, slot: usize, kept: f32, observed: f32, expected: f32, surprise: f64) {
        if hour != self.hour {
            self.leave();
            (self.hour, self.slot, self.sums) = (hour, u8::try_from(slot).unwrap_or_default(), self.sums(slot));
        }
        self.sums.observed = self.sums.observed * kept + observed;
        self.sums.expected = self.sums.expected * kept + expected;
        self.greatest = self.greatest.max(surprise as f32);
    }

    fn put(&mut self, slot: usize, sums: Sums) {
        let places = self.observed.get_mut(slot).zip(self.expected.get_mut(slot));
        if let Some((observed, expected)) = places {
            (*observed, *expected) = (Short::new(sums.observed).0, Short::new(sums.expected).0);
        }
    }

    /// Unites two seasons. What the other had of this hour is lost.
    pub(super) fn absorb(&mut self, other: &Season) {
        for slot in 0..SLOTS {
            let (own, others) = (self.sums(slot), other.sums(slot));
            let both = Sums { observed: own.observed + others.observed, expected: own.expected + others.expected };
            self.put(slot, both);
            if slot == usize::from(self.slot) {
                self.sums.observed += others.observed;
                self.sums.expected += others.expected;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_right_to_a_fifth_of_a_percent_and_never_infinite() {
        for number in [0.0, 1.0, 3.0, 0.1, 1234.5, 7e-9, 65_535.9, 3e38_f32] {
            let short = Short::new(number).get();
            assert!((short - number).abs() <= number / 500.0, "{number}: {short}");
        }
        for number in [f32::MAX, f32::INFINITY, 3.4e38] {
            assert!(Short::new(number).get().is_finite() && Short::new(number).get() > 3.3e38);
        }
        assert!(Short(u16::MAX).get().is_finite(), "whatever was read");
        assert!(Short::new(-1.0).get().abs() < f32::EPSILON);
    }

    #[test]
    fn by_hand() {
        let mut season = Season::new();
        assert!((season.factor(9) - 1.0).abs() < f32::EPSILON, "nothing is known");
        // Nine o'clock has 24 where 8 are expected: (24 + 8) / (8 + 8), as soon as it is ten.
        season.add(9, 9, 1.0, 24.0, 8.0, 0.0);
        assert!((season.factor(9) - 1.0).abs() < f32::EPSILON, "what happens in an hour is not judged by itself");
        assert!((season.factor_so_far(9) - 2.0).abs() < f32::EPSILON);
        season.add(10, 10, 1.0, 0.0, 8.0, 0.0);
        assert!((season.factor(9) - 2.0).abs() < f32::EPSILON);
        // The next day at nine, at half of what it was: (12 + 4 + 8) / (4 + 4 + 8). All of these numbers are held exactly.
        season.add(33, 9, 0.5, 4.0, 4.0, 0.0);
        assert!((season.factor(9) - 2.0).abs() < f32::EPSILON);
        season.add(34, 10, 1.0, 0.0, 0.0, 0.0);
        assert!((season.factor(9) - 1.5).abs() < f32::EPSILON);
        assert!((season.factor(10) - 0.5).abs() < f32::EPSILON);
        // And two such series: (2 * 16 + 8) / (2 * 8 + 8), and 8 / 24.
        let other = season.clone();
        season.absorb(&other);
        assert!((season.factor(9) - 40.0 / 24.0).abs() < 1e-6);
        assert!((season.factor(10) - 8.0 / 24.0).abs() < 1e-6);
        // Windows of a day are always in the same slot.
        let mut season = Season::new();
        (0..3).for_each(|day| season.add(24 * day, 0, 1.0, 8.0, 0.0, 0.0));
        assert!((season.factor(0) - 3.0).abs() < f32::EPSILON, "two days of three");
    }

    #[test]
    fn what_surprises_on_one_day_is_no_habit() {
        let mut season = Season::new();
        let mut hour = 0;
        let mut day = |surprise: f64| {
            hour += 24;
            season.add(hour, 9, 1.0, 0.0, 0.0, surprise);
            season.add(hour, 9, 1.0, 0.0, 0.0, 0.5);
            season.add(hour + 1, 10, 1.0, 0.0, 0.0, 0.0);
            season.usual_surprise(9)
        };
        let days: Vec<f64> = [20.0, 0.5, 9.0, 9.0, 9.0, 9.0, 0.0, 1e9, 0.0].map(&mut day).to_vec();
        // Nine is six steps: nothing for one day, then three, five, six. It is forgotten as fast.
        assert_eq!(days, [0.0, 0.0, 0.0, 4.5, 7.5, 9.0, 4.5, 1.5, 0.0]);
        (0..9).for_each(|_| _ = day(1e9));
        assert!((day(1e9) - 22.5).abs() < 1e-9, "the most that fits");
    }

    #[test]
    fn small_additions_add_up() {
        let mut season = Season::new();
        season.add(3, 3, 1.0, 100_000.0, 100_000.0, 0.0);
        for _ in 0..50_000 {
            season.add(3, 3, 1.0, 1.0, 0.0, 0.0);
        }
        season.add(4, 4, 1.0, 0.0, 0.0, 0.0);
        assert!((season.factor(3) - 1.5).abs() < 0.01, "{}", season.factor(3));
    }
}
