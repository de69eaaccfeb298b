//! Fit: what is found, what is suggested, and that the numbers are those of a miner with the suggested settings.

use drainrs::{
    Adjustment, ErrorKind, Finding, FindingKind, Fit, FitConfig, FitReport, FitStatus, Mask, Miner, MinerConfig,
};
use proptest::prelude::*;

/// A word without digits, a different one for each number.
fn word(n: usize) -> String {
    let mixed = (n as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (0..6).map(|at| char::from(b'a' + (mixed >> (10 * at) & 15) as u8)).collect()
}

/// A line with two names side by side, which the miner takes for a text of its own.
fn member(n: usize) -> String {
    format!("member {} {} logged in", word(n), word(n + 90_000))
}

/// A log that every setting fits.
fn good(n: usize) -> String {
    match n % 5 {
        0 => format!("user {n} logged in from 10.0.0.{}", n % 250),
        1 => format!("charged order {n} in {} ms", n % 90),
        2 => "cache flushed to disk".to_owned(),
        3 => format!("job {n} took {} rows", n % 7),
        _ => format!("replica lags {} s behind", n % 20),
    }
}

fn report(config: &FitConfig, lines: &[String]) -> FitReport {
    let mut fit = Fit::build(config).unwrap();
    lines.iter().for_each(|line| fit.push(line.as_bytes()));
    let report = fit.finish();
    assert_eq!(report, fit.finish(), "asking changes nothing");
    assert_eq!(report.status == FitStatus::Warn, !report.findings.is_empty());
    as_a_miner_has_it(config, lines, &report);
    report
}

/// Mines the lines again, suggestion after suggestion, and compares.
fn as_a_miner_has_it(config: &FitConfig, lines: &[String], report: &FitReport) {
    let mut settings = config.miner.clone();
    compare(&settings, lines, &report.measure);
    let mut before = report.measure;
    for suggestion in &report.suggestions {
        assert_eq!(suggestion.before, before, "each stands on those before it");
        suggestion.adjustment.apply(&mut settings);
        compare(&settings, lines, &suggestion.after);
        before = suggestion.after;
    }
    assert_eq!(report.suggested.as_ref(), (!report.suggestions.is_empty()).then_some(&settings));
    assert_eq!(report.cost.lines_mined, (report.cost.trials + 1) * lines.len() as u64);
}

fn compare(settings: &MinerConfig, lines: &[String], measure: &drainrs::Measure) {
    let mut miner = Miner::build(settings).unwrap();
    for line in lines {
        miner.insert(line.as_bytes());
    }
    let stats = miner.stats();
    assert_eq!(measure.lines, lines.len() as u64);
    assert_eq!(measure.templates, miner.len() as u64);
    assert_eq!(measure.singletons, miner.templates().filter(|template| template.count == 1).count() as u64);
    assert_eq!(measure.evicted_templates, stats.counters.evicted_templates);
    assert_eq!(measure.cut_lines, stats.cut_lines);
}

fn found(report: &FitReport, kind: FindingKind) -> &Finding {
    report.findings.iter().find(|finding| finding.kind == kind).unwrap_or_else(|| panic!("no {kind:?}: {report:#?}"))
}

fn masks(report: &FitReport) -> Vec<Mask> {
    report.suggested.as_ref().map(|suggested| suggested.normalize.masks.clone()).unwrap_or_default()
}

#[test]
fn a_good_sample_is_left_alone() {
    let lines: Vec<String> = (0..3000).map(good).collect();
    let report = report(&FitConfig::default(), &lines);
    assert_eq!(report.status, FitStatus::Ok);
    assert!(report.findings.is_empty() && report.suggestions.is_empty() && report.cost.trials == 0, "{report:#?}");
}

#[test]
fn names_that_no_rule_knows_get_a_mask() {
    let line = |n: usize| if n.is_multiple_of(4) { member(n) } else { good(n) };
    let lines: Vec<String> = (0..4000).map(line).collect();
    let report = report(&FitConfig::default(), &lines);
    let family = found(&report, FindingKind::Family);
    let [first, last] = family.places.as_slice() else { panic!("{family:#?}") };
    assert_eq!((first.before.as_str(), last.after.as_str()), ("member", "logged"));
    assert_eq!((family.templates, first.distinct, last.distinct), (1000, 1000, 1000), "{family:#?}");
    assert!(first.values.len() > 3 && last.values.len() > 3, "{family:#?}");
    assert!(family.examples.len() == 3 && family.examples.iter().all(|example| example.starts_with("member ")));
    let expected = [("MEMBER", r"(?<=\bmember )[a-z]+(?=\s|$)"), ("MEMBER_2", r"(?<!\S)[a-z]+(?= logged)")];
    assert_eq!(masks(&report), expected.map(|(name, pattern)| Mask::new(name, pattern)));
    let suggestion = &report.suggestions[0];
    assert_eq!((suggestion.mask_matches, suggestion.mask_matches_elsewhere), (2000, 0));
    assert!(suggestion.after.templates < 10 && suggestion.regrouped_share > 0.2);
    assert_eq!(report.remaining, Some(vec![]));
}

#[test]
fn identifiers_are_masked_by_what_they_are() {
    let line = |n: usize| format!("us-{}x{} joined the ring {n} as member", &word(n)[..3], n % 7);
    let lines: Vec<String> = (0..2000).map(line).collect();
    let mut config = FitConfig::default();
    // What the lexer takes for an identifier shall stay text.
    config.miner.normalize.keep = vec!["ID".into(), "HEX".into(), "POD".into(), "NUM".into()];
    config.miner.mine.similarity_threshold = 0.9;
    let report = report(&config, &lines);
    let masks = masks(&report);
    assert!(masks.iter().any(|mask| mask.pattern.starts_with(r"\bus\-")), "{masks:?}");
}

#[test]
fn two_places_are_masked_at_once() {
    let line = |n: usize| format!("session {} opened by {} on console", word(n), word(n + 90_000));
    let lines: Vec<String> = (0..2000).map(line).collect();
    let mut config = FitConfig::default();
    config.miner.mine.max_children = 1000;
    let report = report(&config, &lines);
    assert_eq!(found(&report, FindingKind::Family).places.len(), 2);
    assert!(found(&report, FindingKind::Explosion).value > config.thresholds.max_template_share);
    let Adjustment::AddMasks { masks } = &report.suggestions[0].adjustment else { panic!("{report:#?}") };
    assert_eq!(masks.len(), 2);
    assert_eq!(report.suggestions[0].after.templates, 1);
}

#[test]
fn a_mask_is_not_made_of_words_that_stand_elsewhere() {
    // Behind `member` stands a name in one kind of line, and words of the language in many others.
    let line = |n: usize| match n % 3 {
        0 => format!("member {} logged in", word(n)),
        1 => "member is not known here at all".to_owned(),
        _ => "member has left the house again".to_owned(),
    };
    let lines: Vec<String> = (0..3000).map(line).collect();
    let mut config = FitConfig::default();
    // More words than there are: the names stay apart.
    config.miner.mine.distinct_values = 10_000;
    let report = report(&config, &lines);
    assert_eq!(masks(&report), [Mask::new("MEMBER", r"(?<=\bmember )[a-z]+(?= logged)")], "both neighbours");
}

#[test]
fn a_mask_that_swallows_everything_is_taken_out() {
    for pattern in [".+", r"\S+", r"[a-z0-9. ]+"] {
        let mut config = FitConfig::default();
        config.miner.normalize.masks = vec![Mask::new("ANY", pattern)];
        let lines: Vec<String> = (0..2000).map(good).collect();
        let report = report(&config, &lines);
        let hole = found(&report, FindingKind::BlackHole);
        assert!(hole.lines >= 400 && hole.shown[0].text.contains("<ANY>") && !hole.examples.is_empty(), "{hole:#?}");
        let Adjustment::RemoveMask { mask } = &report.suggestions[0].adjustment else { panic!("{report:#?}") };
        assert_eq!(mask.pattern, pattern);
        assert_eq!((report.remaining.as_deref(), masks(&report).len()), (Some(&[][..]), 0));
    }
}

#[test]
fn a_mask_over_lines_of_one_kind_is_no_black_hole() {
    let mut config = FitConfig::default();
    config.miner.normalize.masks = vec![Mask::new("FLUSH", "cache .+")];
    let lines: Vec<String> = (0..2000).map(good).collect();
    assert_eq!(report(&config, &lines).status, FitStatus::Ok);
}

#[test]
fn typed_values_alone_are_no_black_hole() {
    let lines: Vec<String> = (0..2000).map(|n| format!("{n} 10.0.0.{} {} ms", n % 200, n % 90)).collect();
    assert_eq!(report(&FitConfig::default(), &lines).status, FitStatus::Ok);
}

#[test]
fn a_wildcard_that_hides_opposites_is_shown() {
    let line = |n: usize| {
        let state = ["started", "stopped"][n / 3 % 2];
        format!("the worker of queue cart {state} by request of the operator {n}")
    };
    let lines: Vec<String> = (0..1000).map(line).collect();
    let config = FitConfig { miner: MinerConfig::drain3(), ..FitConfig::default() };
    let report = report(&config, &lines);
    let finding = found(&report, FindingKind::Opposites);
    let mut values: Vec<&str> = finding.places[0].values.iter().map(|(value, _)| value.as_str()).collect();
    values.sort_unstable();
    assert_eq!(values, ["started", "stopped"]);
    assert_eq!(finding.setting, "thresholds.min_state_share");
}

#[test]
fn a_limit_that_evicts_is_raised() {
    const THINGS: [&str; 40] = [
        "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "jetty", "knoll", "ledge",
        "marsh", "north", "ocean", "prism", "quarry", "ridge", "shore", "thorn", "umbra", "vault", "wharf", "xenon",
        "yield", "zebra", "acorn", "basin", "cliff", "drift", "eagle", "flint", "glade", "haven", "iris", "jade",
        "kelp", "loom", "mesa", "nook",
    ];
    // Forty kinds of lines that have nothing in common.
    let line = |n: usize| {
        let at = |k: usize| THINGS[(n + k * 7) % 40];
        format!("{} {} {} {} {n}", at(0), at(1), at(2), at(3))
    };
    let lines: Vec<String> = (0..2000).map(line).collect();
    let mut config = FitConfig::default();
    config.miner.mine.max_templates = Some(10);
    let report = report(&config, &lines);
    assert_eq!(found(&report, FindingKind::Eviction).setting, "miner.mine.max_templates");
    let last = report.suggestions.last().unwrap();
    assert!(matches!(last.adjustment, Adjustment::MaxTemplates { from: Some(10), .. }), "{last:?}");
    assert_eq!((last.after.evicted_templates, last.after.templates), (0, 40));
}

#[test]
fn lines_that_are_cut_are_told() {
    let mut config = FitConfig::default();
    config.miner.normalize.max_line_bytes = 100;
    let lines: Vec<String> =
        (0..1000_usize).map(|n| if n.is_multiple_of(10) { "x ".repeat(200) } else { good(n) }).collect();
    let mut fit = Fit::build(&config).unwrap();
    lines.iter().for_each(|line| fit.push(line.as_bytes()));
    let report = fit.finish();
    assert_eq!((found(&report, FindingKind::Cut).lines, report.sample.cut_lines), (100, 100));
}

#[test]
fn the_sample_and_the_trials_are_bounded() {
    let mut config = FitConfig::default();
    config.limits.max_sample_lines = 600;
    config.limits.max_trials = 1;
    let mut fit = Fit::build(&config).unwrap();
    (0..20_000).for_each(|n| fit.push(format!("user {} logged in", word(n)).as_bytes()));
    let report = fit.finish();
    assert_eq!(report.sample.pushed, 20_000);
    assert!((300..=600).contains(&report.sample.lines) && report.cost.trials <= 1, "{:?}", report.sample);
    config.limits.max_trials = 0;
    assert!(Fit::build(&config).unwrap().finish().suggestions.is_empty());
}

#[test]
fn settings_are_checked_and_documents() {
    let mut config: FitConfig = serde_json::from_str(r#"{ "thresholds": { "max_growth": 10.5 } }"#).unwrap();
    assert!(serde_json::from_str::<FitConfig>(r#"{ "treshold": {} }"#).is_err());
    let text = toml::to_string(&config).unwrap();
    assert_eq!(toml::from_str::<FitConfig>(&text).unwrap(), config);
    config.miner.mine.depth = 1;
    config.limits.max_sample_lines = 0;
    config.thresholds.min_gain = 7.0;
    let error = Fit::build(&config).unwrap_err();
    let paths: Vec<&str> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["miner.mine.depth", "limits.max_sample_lines", "thresholds.min_gain"]);
    assert_eq!(error.kind(), ErrorKind::Config);
}

#[test]
fn a_report_is_a_document() {
    let lines: Vec<String> = (0..1500).map(member).collect();
    let report = report(&FitConfig::default(), &lines);
    let text = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<FitReport>(&text).unwrap(), report);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["status"], "warn");
    assert_eq!(document["suggestions"][0]["adjustment"]["kind"], "add_masks");
    assert_eq!(document["findings"][1]["kind"], "family");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_lines_are_judged(lines in prop::collection::vec("([a-c<*>=é]{1,3}[ \t]?){0,5}", 0..150), drain3: bool) {
        let mut config = FitConfig::default();
        if drain3 {
            config.miner = MinerConfig::drain3();
        }
        config.thresholds.min_lines = 10;
        config.thresholds.min_family_templates = 2;
        config.thresholds.min_black_hole_lines = 2;
        config.thresholds.min_swallowed_words = 0;
        report(&config, &lines);
    }

    #[test]
    fn any_bytes_are_judged(lines: Vec<Vec<u8>>) {
        let mut fit = Fit::build(&FitConfig::default()).unwrap();
        lines.iter().for_each(|line| fit.push(line));
        prop_assert_eq!(fit.finish().sample.lines, lines.len() as u64);
    }
}
