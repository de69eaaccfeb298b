//! Parameters that are simulated: eight families of slots, fifteen slots each, five seeds.
//!
//! The recipe. A slot draws its own settings (in the table), learns 1,000 or 10,000 of its values of which one in a thousand is
//! replaced by an anomaly, and is then shown 2,000 usual values, each learned unless it is flagged, and 100 anomalies, none of
//! them learned. Anomalies of the distributions lie beyond what the distribution itself gives once in a million values.
//! Everything follows from the seed of the row (1 to 5), the number of the family and the number of the slot.
//!
//! | family | usual | anomaly |
//! |---|---|---|
//! | `lognormal` | median 10^0..4, sigma 0.2..1.5; in ms with 3 digits, or whole | the one-in-a-million quantile times 10^0..2 |
//! | `pareto` | least value 10^0..3, exponent 1.1..3; whole bytes or a fraction | the same |
//! | `bimodal` | two lognormal modes of sigma 0.3, the slower 10 to 100 times as slow with a share of 5..40 % | 10 to 1,000 times the slower mode |
//! | `constant` | one number or word | another one |
//! | `enum` | 3 to 6 status codes, the rarest 0.5 % or more | a code from 100 to 599 that is none of them |
//! | `normal` | mean 10^0..4 or 0, deviation 0.1..30 % of it | 5.5 to 30 deviations off, either side |
//! | `percent` | mean 15..60, deviation 1..7, within 0..100, whole or one digit | 98 to 100 |
//! | `identifier` | a counter with steps of 1 to 50, numbers below 2^31, hexadecimal words | none |

use drainrs::score::{ContentConfig, ValueModel};

use crate::table::{Row, Table};

const SEEDS: u64 = 5;
const SLOTS: u64 = 15;
const USUAL: u32 = 2000;
const ANOMALIES: u32 = 100;
const FAMILIES: [(&str, &str); 8] = [
    ("lognormal", BAR),
    ("pareto", BAR),
    ("bimodal", ""),
    ("constant", ""),
    ("enum", ""),
    ("normal", BAR),
    ("percent", BAR),
    ("identifier", "no false alarms"),
];
const BAR: &str = "<= 1 false alarm in 10,000 at recall >= 0.6";

/// `SplitMix64`: Steele, Lea, Flood 2014.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Between the two; never the ends.
    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (((self.next() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// Box and Muller.
    fn normal(&mut self) -> f64 {
        let (radius, angle) = (self.between(0.0, 1.0), self.between(0.0, std::f64::consts::TAU));
        (-2.0 * radius.ln()).sqrt() * angle.cos()
    }
}

/// The settings of a slot.
struct Slot {
    family: usize,
    middle: f64,
    spread: f64,
    share: f64,
    whole: bool,
    codes: Vec<u64>,
    counter: u64,
}

impl Slot {
    fn new(family: usize, number: u64, random: &mut Random) -> Slot {
        let power = |random: &mut Random, low, high| f64::powf(10.0, random.between(low, high));
        let (middle, spread) = match family {
            0 => (power(random, 0.0, 4.0), random.between(0.2, 1.5)),
            1 => (power(random, 0.0, 3.0), random.between(1.1, 3.0)),
            2 => (power(random, 0.0, 2.0), power(random, 1.0, 2.0)),
            5 if number.is_multiple_of(5) => (0.0, power(random, 0.0, 2.0)),
            5 => {
                let mean = power(random, 0.0, 4.0);
                (mean, mean * random.between(0.001, 0.3))
            }
            6 => (random.between(15.0, 60.0), random.between(1.0, 7.0)),
            _ => (random.below(1000) as f64, 1.0),
        };
        let mut codes = Vec::new();
        while family == 4 && codes.len() < 3 + (number % 4) as usize {
            let code =
                [200, 201, 204, 301, 302, 304, 400, 401, 403, 404, 409, 429, 500, 502, 503][random.below(15) as usize];
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        let (share, counter) = (random.between(0.05, 0.4), random.below(1 << 20));
        Slot { family, middle, spread, share, whole: number.is_multiple_of(2), codes, counter }
    }

    fn usual(&mut self, random: &mut Random) -> String {
        match self.family {
            0 => self.number(self.middle * (self.spread * random.normal()).exp(), "ms"),
            1 => self.number(self.middle * random.between(0.0, 1.0).powf(-1.0 / self.spread), ""),
            2 => {
                let slow = if random.between(0.0, 1.0) < self.share { self.spread } else { 1.0 };
                self.number(self.middle * slow * (0.3 * random.normal()).exp(), "ms")
            }
            3 if self.whole => format!("{}", self.middle),
            3 => "primary".to_owned(),
            4 => {
                // The first code has most, each further one a third of the one before, at least 0.5 %.
                let mut at = 0;
                while at + 1 < self.codes.len() && random.between(0.0, 1.0) < 0.25 {
                    at += 1;
                }
                if random.between(0.0, 1.0) < 0.03 {
                    at = random.below(self.codes.len() as u64) as usize;
                }
                self.codes[at].to_string()
            }
            5 => format!("{:.3}", self.middle + self.spread * random.normal()),
            6 => self.percent(self.middle + self.spread * random.normal()),
            _ => {
                self.counter += 1 + random.below(50);
                match self.share {
                    share if share < 0.15 => self.counter.to_string(),
                    share if share < 0.25 => random.below(1 << 31).to_string(),
                    _ => format!("{:012x}", random.next() >> 16),
                }
            }
        }
    }

    fn anomaly(&mut self, random: &mut Random) -> String {
        let far = f64::powf(10.0, random.between(0.0, 2.0));
        match self.family {
            // 4.753 deviations: one in a million.
            0 => self.number(self.middle * (self.spread * 4.753).exp() * far, "ms"),
            1 => self.number(self.middle * f64::powf(1e-6, -1.0 / self.spread) * far, ""),
            2 => self.number(self.middle * self.spread * 10.0 * far, "ms"),
            3 if self.whole => format!("{}", self.middle + 1.0 + random.below(100) as f64),
            3 => ["secondary", "unknown", "none"][random.below(3) as usize].to_owned(),
            4 => loop {
                let code = 100 + random.below(500);
                if !self.codes.contains(&code) {
                    return code.to_string();
                }
            },
            5 => {
                let side = if random.below(2) == 0 { 1.0 } else { -1.0 };
                format!("{:.3}", self.middle + side * self.spread * random.between(5.5, 30.0))
            }
            _ => self.percent(random.between(98.0, 100.0)),
        }
    }

    fn number(&self, number: f64, unit: &str) -> String {
        if self.whole { format!("{number:.0}{unit}") } else { format!("{number:.3}{unit}") }
    }

    fn percent(&self, number: f64) -> String {
        let number = number.clamp(0.0, 100.0);
        if self.whole { format!("{number:.0}%") } else { format!("{number:.1}%") }
    }
}

#[derive(Default)]
struct Counts {
    usual: u32,
    false_alarms: u32,
    anomalies: u32,
    hits: u32,
    bytes: usize,
    slots: usize,
}

fn slot(family: usize, number: u64, seed: u64, train: u32, counts: &mut Counts) {
    let mut random = Random(seed << 32 | (family as u64) << 16 | number);
    let mut slot = Slot::new(family, number, &mut random);
    let mut model = ValueModel::new(&ContentConfig::default()).expect("the defaults are in range");
    let planted = family != 7;
    for _ in 0..train {
        let bad = planted && random.below(1000) == 0;
        let value = if bad { slot.anomaly(&mut random) } else { slot.usual(&mut random) };
        model.learn(value.as_str());
    }
    for _ in 0..USUAL {
        let value = slot.usual(&mut random);
        counts.usual += 1;
        if model.judge(value.as_str()).is_some() {
            counts.false_alarms += 1;
        } else {
            model.learn(value.as_str());
        }
    }
    for _ in 0..if planted { ANOMALIES } else { 0 } {
        counts.anomalies += 1;
        counts.hits += u32::from(model.judge(slot.anomaly(&mut random).as_str()).is_some());
    }
    counts.bytes += model.memory();
    counts.slots += 1;
}

pub fn run(table: &mut Table) {
    for train in [1000, 10_000] {
        for (family, (name, bar)) in FAMILIES.iter().enumerate() {
            let mut counts = Counts::default();
            for (seed, number) in (1..=SEEDS).flat_map(|seed| (0..SLOTS).map(move |number| (seed, number))) {
                slot(family, number, seed, train, &mut counts);
            }
            let recall = f64::from(counts.hits) / f64::from(counts.anomalies.max(1));
            let rate = f64::from(counts.false_alarms) * 10_000.0 / f64::from(counts.usual);
            let held = match *bar {
                BAR => Some(rate <= 1.0 && recall >= 0.6),
                "" => None,
                _ => Some(counts.false_alarms == 0),
            };
            table.row(&Row {
                file: format!("simulated {name}, n = {train}"),
                scorer: format!("content, {} B a slot", counts.bytes / counts.slots),
                recall: (counts.anomalies > 0).then_some(recall),
                false_alarms: Some(format!("{rate:.2} in 10^4")),
                bar: (*bar).to_owned(),
                held,
                ..Row::default()
            });
        }
    }
}
