//! The digest: its bounds, what it keeps, what it says of itself.

use drainrs::Level;
use drainrs::prompt::{tokens_about, tokens_at_most};

use super::story::{after, config, end, told};

#[test]
fn a_digest_keeps_what_is_rare_and_says_what_it_covers() {
    let (pipeline, asker) = told();
    for tokens in [300, 600, 1_000, 4_000] {
        let digest = asker.digest(&pipeline, "shop.log", tokens, &tokens_about);
        assert!(
            digest.tokens <= tokens && tokens_about(&digest.text) == digest.tokens,
            "{tokens} asked, {} are",
            digest.tokens
        );
        assert!(digest.text.contains("expires today"), "one line of a thousand, the first: {}", digest.text);
        let shown = format!("Coverage: {} of {} templates", digest.coverage.templates_shown, digest.coverage.templates);
        assert!(digest.text.contains(&shown), "{}", digest.text);
    }
    let whole = asker.digest(&pipeline, "shop.log", 20_000, &tokens_at_most);
    let coverage = &whole.coverage;
    assert_eq!((coverage.templates_shown, coverage.events_shown), (coverage.templates, coverage.events));
    assert_eq!(coverage.greatest_level_left_out, Level::Unknown);
    assert!(!whole.text.contains("left out") && coverage.redacted > 0);
    assert!(!whole.text.contains("s3cr3t-pw") && !whole.text.contains("ann@example.org"));
    assert!(whole.text.starts_with("shop.log: 1718 lines, 1718 events, 2026-03-12T10:00:00Z to "), "{}", whole.text);
}

#[test]
fn the_same_log_gives_the_same_digest() {
    let digest = || {
        let (pipeline, asker) = told();
        asker.digest(&pipeline, "shop.log", 1_000, &tokens_about).text
    };
    assert_eq!(digest(), digest());
}

#[test]
fn what_is_left_out_is_counted() {
    let lines: Vec<String> = (0..60)
        .flat_map(|n: usize| {
            let name: String = (0..6).map(|k| char::from(b'a' + (n * 7 + k * (n + 3)) as u8 % 26)).collect();
            let level = if n == 41 { "ERROR" } else { "INFO" };
            vec![
                format!(
                    "2026-03-12T10:00:00Z {level} 1 --- [db] [exec-1] com.shop.Main : stage {name} of {name}{name} done"
                );
                n + 1
            ]
        })
        .collect();
    let (pipeline, asker) = after(&lines, &config());
    let digest = asker.digest(&pipeline, "x", 400, &tokens_about);
    let coverage = &digest.coverage;
    assert!(coverage.templates_shown < coverage.templates && coverage.templates_shown > 2, "{}", digest.text);
    let left_out = coverage.templates - coverage.templates_shown;
    let sentence = format!("left out: {left_out} templates, {} events", coverage.events - coverage.events_shown);
    assert!(digest.text.contains(&sentence), "{}", digest.text);
    assert!(digest.text.contains("error 42x"), "the error is shown: {}", digest.text);
}

#[test]
fn too_little_room_and_nothing_at_all() {
    let (pipeline, asker) = told();
    assert_eq!(asker.digest(&pipeline, "shop.log", 20, &tokens_about).text, "");
    let (pipeline, asker) = after(&[], &config());
    let empty = asker.digest(&pipeline, "shop.log", 300, &tokens_about);
    assert!(empty.text.contains("0 lines") && empty.text.contains("Coverage: 0 of 0 templates"), "{}", empty.text);
}

#[test]
fn a_digest_speaks_of_all_that_was_seen() {
    let line = |second: i64, level: &str, text: &str| {
        let at = drainrs::Timestamp::from_seconds(1_773_309_600 + second);
        format!("{at} {level:>5} 1 --- [db] [exec-1] com.shop.Main : {text}")
    };
    let letters =
        |n: usize| -> String { (0..4).map(|k| char::from(b'a' + (n / 26_usize.pow(k) % 26) as u8)).collect() };
    let mut lines = vec![line(0, "ERROR", "disk sda is full")];
    lines.extend(
        (0..900).map(|n| line(1 + n as i64, "INFO", &format!("{} {}", letters(n * 37 + 5), letters(n * 91 + 7)))),
    );
    let mut small = config();
    small.journal.window_ns = 60_000_000_000;
    small.journal.max_templates = 64;
    let (pipeline, asker) = after(&lines, &small);
    let counters = asker.counters();
    assert!(counters.forgotten_templates > 100);
    let digest = asker.digest(&pipeline, "x", 20_000, &tokens_about);
    let coverage = &digest.coverage;
    assert_eq!(coverage.templates as u64, coverage.templates_shown as u64 + counters.forgotten_templates);
    assert_eq!(coverage.events, 901);
    let left_out = coverage.templates - coverage.templates_shown;
    assert!(digest.text.contains(&format!("left out: {left_out} templates")), "{}", digest.text);
    assert_eq!(coverage.greatest_level_left_out, counters.forgotten_level);
    assert!(digest.text.contains("disk sda is full"), "of an earlier window: {}", digest.text);
}

#[test]
fn only_what_is_shown_counts_as_redacted() {
    let lines: Vec<String> = (0..60)
        .map(|n| {
            format!("2026-03-12T10:00:{n:02}Z ERROR 1 --- [db] [exec-1] com.shop.Main : mail to ann{n}@example.org")
        })
        .collect();
    let (pipeline, asker) = after(&lines, &config());
    let digest = asker.digest(&pipeline, "x", 4_000, &tokens_about);
    let shown = digest.text.matches("<EMAIL_").count() as u64;
    assert!(shown > 0 && digest.coverage.redacted == shown, "{} of {shown}: {}", digest.coverage.redacted, digest.text);
}

/// Two words that no other number has.
fn two_words(n: usize) -> String {
    let word = |n: usize| -> String { (0..5).map(|k| char::from(b'a' + (n / 26_usize.pow(k) % 26) as u8)).collect() };
    format!("{} {}", word(n * 37 + 5), word(n * 91 + 7))
}

fn said(second: usize, level: &str, text: &str) -> String {
    let at = drainrs::Timestamp::from_seconds(1_773_309_600 + second as i64);
    format!("{at} {level:>5} 1 --- [db] [exec-1] com.shop.Main : {text}")
}

#[test]
fn the_greatest_level_left_out_is_that_of_any_line() {
    // One fatal line among harmless ones of the same template.
    let mut config = config();
    config.journal.max_templates = 64;
    let mut lines: Vec<String> =
        (0..60).map(|n| said(n, if n == 7 { "FATAL" } else { "INFO" }, "disk state changed")).collect();
    lines.extend((0..40).map(|n| said(61 + n, "WARN", &two_words(n))));
    let (pipeline, asker) = after(&lines, &config);
    let mut left_out = 0;
    for tokens in (120..300).step_by(10) {
        let digest = asker.digest(&pipeline, "x", tokens, &tokens_about);
        if !digest.text.is_empty() && !digest.text.contains("disk state") {
            left_out += 1;
            assert!(digest.text.contains("greatest level fatal"), "{}", digest.text);
        }
    }
    assert!(left_out > 0);
    // A template that the miner had no room for any more.
    let mut settings = drainrs::PipelineConfig::default();
    settings.mine.max_templates = Some(64);
    let mut pipeline = drainrs::Pipeline::build(&settings).unwrap();
    let mut asker = drainrs::ask::Asker::build(&super::story::config()).unwrap();
    let mut lines = vec![said(0, "ERROR", "disk sda is full")];
    lines.extend((0..900).map(|n| said(1 + n, "INFO", &two_words(n))));
    for line in &lines {
        if let Some(event) = pipeline.push(line.as_bytes(), end()) {
            asker.observe(&event);
        }
    }
    if let Some(event) = pipeline.finish(end()) {
        asker.observe(&event);
    }
    let digest = asker.digest(&pipeline, "x", 50_000, &tokens_about);
    assert!(!digest.text.contains("disk sda"), "{}", digest.text);
    assert_eq!(digest.coverage.greatest_level_left_out, Level::Error);
}

#[test]
fn a_template_that_comes_again_counts_once() {
    let mut config = config();
    (config.journal.max_templates, config.journal.window_ns) = (64, 0);
    let lines: Vec<String> = (0..600).map(|n| said(n, "INFO", &two_words(n % 100))).collect();
    let (pipeline, asker) = after(&lines, &config);
    assert_eq!(pipeline.miner().len(), 100);
    assert_eq!(asker.digest(&pipeline, "x", 100_000, &tokens_about).coverage.templates, 100);
}

#[test]
fn all_is_all() {
    let mut lines: Vec<String> = (0..9_999).map(|n| said(n / 10, "INFO", "served")).collect();
    lines.push(said(1_000, "INFO", &"a long line of words ".repeat(20)));
    let (pipeline, asker) = after(&lines, &config());
    let texts: Vec<String> =
        (100..400).map(|tokens| asker.digest(&pipeline, "x", tokens, &tokens_about).text).collect();
    let one = texts.iter().find(|text| text.contains("1 of 2 templates")).unwrap();
    assert!(one.contains("99.9 % of the events"), "{one}");
    assert!(texts.last().unwrap().contains("2 of 2 templates, 100.0 % of the events"), "{texts:?}");
}
