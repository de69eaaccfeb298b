//! The digest: its bounds, what it keeps, what it says of itself.

use drainrs::Level;
use drainrs::prompt::{tokens_about, tokens_at_most};

use super::story::{after, config, told};

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
