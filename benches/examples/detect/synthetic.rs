//! Simulated counts of templates, three weeks in windows of five minutes, with planted anomalies of the kinds and sizes that the
//! files have: to see whether what holds on the files holds elsewhere. They are held to no bar.
//!
//! | generator | season | noise | besides |
//! |---|---|---|---|
//! | like | a sine of a day, quieter weekends | negative binomial | |
//! | other | a square wave of a day, quieter weekends | log-normal and autoregressive, Poisson on top | a fifth of the templates steps to another level for good, which is no anomaly |

use drainrs_bench::corpus::Random;

use crate::Failure;
use crate::frequency::{Counts, Planted, score};
use crate::table::Table;

const TEMPLATES: usize = 200;
const DAY: usize = 288;
const WINDOWS: usize = 21 * DAY;
/// What is planted stands behind the first week, and a day apart from others of its template.
const FIRST: usize = 7 * DAY + 12;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Generator {
    Like,
    Other,
}

pub fn run(table: &mut Table) -> Result<(), Failure> {
    for (generator, name) in [(Generator::Like, "like"), (Generator::Other, "other")] {
        for seed in 1..=3 {
            let (counts, planted) = generate(generator, seed);
            score(&format!("simulated, {name}, {seed}"), &counts, &planted, table, false)?;
        }
    }
    Ok(())
}

/// Numbers of distributions.
struct Draw(Random);

impl Draw {
    fn unit(&mut self) -> f64 {
        (self.0.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.unit() * (high - low)
    }

    /// Equally likely on the scale of logarithms.
    fn log_between(&mut self, low: f64, high: f64) -> f64 {
        self.between(low.ln(), high.ln()).exp()
    }

    /// Box and Muller 1958.
    fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.unit()).ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Knuth's product for small means, the normal approximation beyond.
    fn poisson(&mut self, mean: f64) -> u64 {
        if mean > 60.0 {
            return (mean + mean.sqrt() * self.normal()).round().max(0.0) as u64;
        }
        let (limit, mut product, mut count) = ((-mean).exp(), self.unit(), 0);
        while product > limit {
            product *= self.unit();
            count += 1;
        }
        count
    }

    /// Marsaglia and Tsang 2000, of scale 1.
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * (1.0 - self.unit()).powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && (1.0 - self.unit()).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }
}

/// How the classes of templates share the set: as in the files.
fn class(template: usize) -> &'static str {
    match template {
        0..59 => "poisson",
        59..127 => "diurnal",
        127..142 => "bursty",
        142..173 => "cron",
        _ => "rare",
    }
}

pub fn generate(generator: Generator, seed: u64) -> (Counts, Vec<Planted>) {
    let mut draw = Draw(Random::new(seed));
    let mut counts: Vec<Vec<u64>> = (0..TEMPLATES).map(|template| row(&mut draw, generator, class(template))).collect();
    let planted = plant(&mut draw, &mut counts);
    (Counts(counts), planted)
}

fn row(draw: &mut Draw, generator: Generator, class: &str) -> Vec<u64> {
    if class == "cron" {
        let period = [1, 3, 12, 72, 288][draw.0.below(5) as usize];
        let offset = draw.0.below(period as u64) as usize;
        let each = [1, 2, 10][draw.0.below(3) as usize];
        return (0..WINDOWS).map(|at| if at % period == offset { each } else { 0 }).collect();
    }
    if class == "rare" {
        let mean = draw.log_between(0.0003, 0.01);
        return (0..WINDOWS).map(|_| draw.poisson(mean)).collect();
    }
    let mean = draw.log_between(0.1, 1400.0);
    // The busiest hour has twice to seventeen times the events of the quietest.
    let ratio = draw.log_between(2.0, 17.0);
    let amplitude = if class == "diurnal" { (ratio - 1.0) / (ratio + 1.0) } else { 0.0 };
    let peak = draw.between(0.0, DAY as f64);
    let weekend = if class == "diurnal" { draw.between(0.5, 1.0) } else { 1.0 };
    // The size of the negative binomial; none: Poisson.
    let size = match class {
        "bursty" => Some(draw.between(0.5, 2.5)),
        "diurnal" if draw.unit() < 0.5 => Some(draw.log_between(4.0, 100.0)),
        _ => None,
    };
    // For the other generator: a slow swing of the rate, noise of each window, and a step.
    let (swing, noise) = (draw.between(0.05, 0.2), draw.between(0.05, if class == "bursty" { 0.8 } else { 0.25 }));
    let step = if draw.unit() < 0.2 { draw.between(0.7, 1.4) } else { 1.0 };
    let step_at = draw.0.between(FIRST as u64, WINDOWS as u64 - DAY as u64) as usize;
    let mut state = 0.0;
    (0..WINDOWS)
        .map(|at| {
            let turn = std::f64::consts::TAU * (at as f64 - peak) / DAY as f64;
            let wave = match generator {
                Generator::Like => turn.cos(),
                Generator::Other => turn.cos().signum(),
            };
            let days = if at / DAY % 7 >= 5 { weekend } else { 1.0 };
            let rate = mean * days * (1.0 + amplitude * wave);
            match generator {
                Generator::Like => {
                    let rate = size.map_or(rate, |size| rate * draw.gamma(size) / size);
                    draw.poisson(rate)
                }
                Generator::Other => {
                    state = 0.9 * state + swing * (1.0 - 0.9_f64 * 0.9).sqrt() * draw.normal();
                    let moved = if at >= step_at { step } else { 1.0 };
                    let rate = rate * moved * (state + noise * draw.normal()).exp();
                    draw.poisson(rate)
                }
            }
        })
        .collect()
}

/// Anomalies of one kind.
struct Plant {
    kind: &'static str,
    times: usize,
    /// The classes of templates they fall on.
    classes: &'static [&'static str],
    /// From and to how many windows.
    windows: (u64, u64),
    /// How large they are, by the kind.
    size: (f64, f64),
}

const fn of(
    kind: &'static str,
    times: usize,
    classes: &'static [&'static str],
    windows: (u64, u64),
    size: (f64, f64),
) -> Plant {
    Plant { kind, times, classes, windows, size }
}

const PLANTS: [Plant; 6] = [
    of("spike", 60, &["poisson", "diurnal", "bursty"], (1, 3), (3.0, 10.0)),
    of("drop", 40, &["poisson", "diurnal"], (3, 12), (0.1, 0.4)),
    of("silence", 40, &["poisson", "diurnal", "cron"], (6, 24), (1.0, 1.0)),
    of("drift", 25, &["poisson", "diurnal"], (288, 288), (1.0, 3.0)),
    of("shift", 25, &["poisson", "diurnal"], (144, 144), (2.0, 3.5)),
    of("rare", 25, &["rare"], (1, 1), (3.0, 6.0)),
];

fn plant(draw: &mut Draw, counts: &mut [Vec<u64>]) -> Vec<Planted> {
    let mut planted: Vec<Planted> = Vec::new();
    for Plant { kind, times, classes, windows: (shortest, longest), size: (least, most) } in PLANTS {
        let mut left = times;
        while left > 0 {
            let template = draw.0.below(TEMPLATES as u64) as usize;
            let start = draw.0.between(FIRST as u64, WINDOWS as u64 - 2 * DAY as u64) as usize;
            let end = start + draw.0.between(shortest, longest) as usize;
            let mean = counts[template].iter().sum::<u64>() as f64 / WINDOWS as f64;
            // What nobody could see is not planted: too few events to fall, or to be missed.
            let visible = match kind {
                "drop" => mean >= 15.0,
                "silence" => mean * (end - start) as f64 >= 10.0,
                "shift" | "drift" => mean >= 3.0,
                _ => true,
            };
            let free =
                planted.iter().all(|one| one.template != template || end + DAY < one.start || start > one.end + DAY);
            if !classes.contains(&class(template)) || !visible || !free {
                continue;
            }
            left -= 1;
            let factor = draw.log_between(least, most);
            for (at, count) in counts[template][start..end].iter_mut().enumerate() {
                *count = match kind {
                    "silence" => 0,
                    "drop" => (*count as f64 * factor).round() as u64,
                    "drift" => {
                        let share = at as f64 / (end - start) as f64;
                        draw.poisson(*count as f64 * (1.0 + (most - 1.0) * share))
                    }
                    "rare" => *count + factor.round() as u64,
                    _ => *count + draw.poisson(mean.max(1.0) * (factor - 1.0)),
                };
            }
            planted.push(Planted { kind: kind.to_owned(), template, start, end });
        }
    }
    planted
}
