//! The content scorer: golden cases, a naive reference, bad input, and lines through a miner.

use crate::cases;
use drainrs::score::{Content, ContentConfig, Scorer, Value, ValueModel};
use drainrs::{ErrorKind, Miner, MinerConfig, Observation, ScoreKind, Timestamp};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Learn {
    value: Option<String>,
    geometric: Option<(f64, f64, i32)>,
    times: u32,
    #[serde(default)]
    suffix: String,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Judge {
    value: String,
    kind: Option<ScoreKind>,
    surprise: Option<f64>,
    observed: Option<f64>,
    low: Option<f64>,
    expected: Option<f64>,
    high: Option<f64>,
    unverified: Option<bool>,
    reason: Option<String>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    config: ContentConfig,
    learn: Vec<Learn>,
    judge: Vec<Judge>,
}

#[derive(serde::Deserialize)]
struct File {
    case: Vec<Case>,
}

fn near(found: f64, wanted: Option<f64>, tolerance: f64, what: &str) {
    if let Some(wanted) = wanted {
        assert!((found - wanted).abs() <= tolerance * wanted.abs(), "{what}: {found} where {wanted} is wanted");
    }
}

#[test]
fn golden_cases() {
    let text = cases::read("score").into_iter().find(|file| file.name == "content.toml").unwrap().text;
    let file: File = toml::from_str(&text).unwrap();
    for case in file.case {
        let name = &case.name;
        let mut model = ValueModel::new(&case.config).unwrap();
        for learn in &case.learn {
            let values = match (&learn.value, learn.geometric) {
                (Some(value), None) => vec![value.clone()],
                // Not in order: what only rises is a counter.
                (None, Some((first, ratio, number))) => {
                    (0..number).map(|at| format!("{}{}", first * ratio.powi(at * 37 % number), learn.suffix)).collect()
                }
                _ => panic!("{name}: either a value or a row"),
            };
            (0..learn.times).for_each(|_| values.iter().for_each(|value| assert!(model.learn(value.as_str()))));
        }
        for judge in &case.judge {
            let what = format!("{name}: {:?}", judge.value);
            let found = model.judge(judge.value.as_str());
            assert_eq!(found.as_ref().map(|found| &found.kind), judge.kind.as_ref(), "{what}: {found:?}");
            let Some(found) = found else { continue };
            near(found.surprise, judge.surprise, 0.01, &what);
            near(found.observed, judge.observed, 1e-9, &what);
            near(found.low, judge.low, 0.006, &what);
            near(found.expected, judge.expected, 0.006, &what);
            near(found.high, judge.high, 0.006, &what);
            assert!(judge.unverified.is_none_or(|unverified| unverified == found.unverified), "{what}");
            assert!(judge.reason.as_ref().is_none_or(|reason| *reason == found.reason), "{what}: {}", found.reason);
        }
    }
}

/// `SplitMix64`, as a fraction.
struct Random(u64);

impl Random {
    fn fraction(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (((mixed ^ (mixed >> 31)) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.fraction().ln()).sqrt() * (std::f64::consts::TAU * self.fraction()).cos()
    }
}

/// The rule for distributions, over a sorted list of all values.
struct Naive(Vec<f64>);

impl Naive {
    fn surprise(&self, value: f64) -> f64 {
        let last = (self.0.len() - 1) as f64;
        let at = |share: f64| self.0[(share * last) as usize];
        let upper = value > at(0.5);
        let sign = if upper { 1.0 } else { -1.0 };
        let (edge, median) = if upper { (at(0.95), at(0.975)) } else { (-at(0.05), -at(0.025)) };
        let least = 0.05 * (at(0.75) - at(0.25));
        let widen = (1000.0 / self.0.len() as f64).max(1.0).powf(0.25);
        let scale = ((median - edge) / std::f64::consts::LN_2).max(least) * widen;
        let mut beyond = (sign * value - edge) / scale;
        if edge > 0.0 {
            let shape = (libm::log(median / edge) / std::f64::consts::LN_2).max(least / edge) * widen;
            beyond = beyond.min(libm::log(sign * value / edge) / shape);
        }
        let as_far = self.0.iter().filter(|own| sign * **own >= sign * value).count();
        let vetoed = as_far >= 2 && as_far as f64 >= 0.002 * self.0.len() as f64;
        if vetoed || beyond <= 0.0 { 0.0 } else { 20.0_f64.log10() + beyond / std::f64::consts::LN_10 }
    }
}

#[test]
fn the_sketch_agrees_with_a_sorted_list() {
    let (mut said, mut apart) = (0, 0);
    for (seed, family) in (0..24).map(|seed| (seed, seed % 4)) {
        let mut random = Random(seed);
        let draw = |random: &mut Random| match family {
            0 => 50.0 * (0.8 * random.normal()).exp(),
            1 => 10.0 * random.fraction().powf(-0.5),
            2 => 300.0 + 20.0 * random.normal(),
            _ => -5.0 * (0.5 * random.normal()).exp(),
        };
        let mut model = ValueModel::new(&ContentConfig::default()).unwrap();
        let mut all = Vec::new();
        for _ in 0..[300, 3000][(seed / 4 % 2) as usize] {
            let value = draw(&mut random);
            assert!(model.learn(value));
            all.push(value);
        }
        all.sort_by(f64::total_cmp);
        let naive = Naive(all);
        for _ in 0..500 {
            // From well inside to a thousandfold.
            let value = draw(&mut random) * 10.0_f64.powf(3.0 * random.fraction());
            let exact = naive.surprise(value);
            let found = model.judge(value);
            if let Some(found) = &found {
                let ratio = found.surprise / exact.max(0.1);
                assert!((0.5..2.0).contains(&ratio), "{family}: {value} has {} where {exact} is exact", found.surprise);
                said += 1;
            }
            let wanted = exact >= 5.0;
            apart += i32::from(found.is_some() != wanted && !(4.0..6.5).contains(&exact));
        }
    }
    assert!(said > 3000, "{said}");
    assert_eq!(apart, 0, "of 12,000 decisions beyond the narrow");
}

#[test]
fn bad_input_is_refused_or_says_nothing() {
    let mut model = ValueModel::new(&ContentConfig::default()).unwrap();
    assert!(model.judge("anything").is_none() && model.quantile(0.5).is_none());
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(!model.learn(value));
        assert!(model.judge(value).is_none());
    }
    for _ in 0..200 {
        for value in [b"".as_slice(), b"\xFF\xFE", b"NaN", b"inf", b"1e999", b"0x10"] {
            assert!(model.learn(value), "texts");
        }
    }
    assert!(model.judge(b"\xFF\xFD".as_slice()).is_some_and(|found| found.reason.starts_with('\u{fffd}')));
    assert!(model.quantile(f64::NAN).is_none());

    // Numbers of all sizes, then the greatest and the least there are.
    let mut model = ValueModel::new(&ContentConfig::default()).unwrap();
    let mut random = Random(3);
    for _ in 0..2000 {
        let value = random.normal() * 10.0_f64.powf(600.0 * random.fraction() - 300.0);
        assert!(model.learn(value));
        for value in [f64::MAX, f64::MIN, f64::MIN_POSITIVE, 0.0, -0.0, value] {
            let found = model.judge(value);
            let numbers = found.map(|found| [found.surprise, found.observed, found.expected, found.low, found.high]);
            assert!(numbers.is_none_or(|numbers| numbers.iter().all(|number| !number.is_nan())));
        }
    }
    for value in [f64::MAX, f64::MIN, 1e308, f64::MIN_POSITIVE] {
        let mut model = ValueModel::new(&ContentConfig::default()).unwrap();
        (0..500).for_each(|_| assert!(model.learn(value)));
        assert!(model.judge(value).is_none(), "all are equal");
        assert!(model.judge(value / 2.0).is_some());
    }
    let one = Value::from(5.0);
    let mut model = ValueModel::new(&ContentConfig::default()).unwrap();
    model.learn(one);
    assert!(model.judge(1e9).is_none(), "one value");
    assert_eq!(model.quantile(0.5), Some(5.0));
}

#[test]
fn all_wrong_settings_are_told_at_once() {
    let config = ContentConfig {
        threshold: f64::NAN,
        min_values: 1,
        min_values_rare: 0,
        rare_share: 2.0,
        veto_share: -1.0,
        max_categories: 0,
        max_texts: 5000,
        max_history: 10,
        max_slots: 0,
        max_quarantined: 65,
        adopt_window_ns: 0,
        ..ContentConfig::default()
    };
    let error = Content::build(&config).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let paths: Vec<&str> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    let names = [
        "threshold",
        "min_values",
        "min_values_rare",
        "rare_share",
        "veto_share",
        "max_categories",
        "max_texts",
        "max_slots",
        "max_quarantined",
        "max_history",
        "adopt_window_ns",
    ];
    assert_eq!(paths, names.map(|name| format!("score.content.{name}")));
    assert!(ValueModel::new(&config).is_err());
    assert!(serde_json::from_str::<ContentConfig>(r#"{"treshold": 5}"#).is_err());
    let json = serde_json::to_string(&ContentConfig::default()).unwrap();
    assert_eq!(serde_json::from_str::<ContentConfig>(&json).unwrap(), ContentConfig::default());
}

#[test]
fn lines_through_a_miner() {
    let mut miner = Miner::build(&MinerConfig::default()).unwrap();
    let mut content = Content::build(&ContentConfig::default()).unwrap();
    let mut random = Random(1);
    let mut scores = Vec::new();
    for second in 0..2000 {
        let took = if second == 1500 { 50_000.0 } else { 50.0 * (0.3 * random.normal()).exp() };
        let status = if second == 1600 { 503 } else { [200, 200, 200, 404][(random.fraction() * 4.0) as usize] };
        let line = format!("Request {second} completed in {took:.0}ms with status {status}");
        let hit = miner.insert(line.as_bytes());
        let parameters: Vec<_> = hit.parameters().collect();
        let mut event = Observation::new(Timestamp::from_seconds(second), hit.template);
        event.text = line.as_bytes();
        event.parameters = &parameters;
        content.observe(&event, &mut scores);
    }
    let reasons: Vec<&str> = scores.iter().map(|score| score.reason.as_str()).collect();
    assert_eq!(scores.len(), 2, "{reasons:#?}");
    assert!(reasons[0].starts_with("50 s where ") && reasons[0].contains("(median 5"), "{}", reasons[0]);
    assert!(reasons[1].starts_with("503 was never seen in 1,600 values (2 different: 200, 404)"), "{}", reasons[1]);
    assert_eq!(scores[1].sample.as_deref().map(|line| line.contains("status 503")), Some(true));
    assert_eq!(content.slots().count(), 3);
    assert!(content.memory() < 4096, "{}", content.memory());
}
