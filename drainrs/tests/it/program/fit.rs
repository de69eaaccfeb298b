//! `fit`: the answer on a terminal, the document, the exit code, the fragment.

use serde_json::Value;

use super::{complaint, file, folder, printed, run, run_on};

/// A log whose names nobody can know, with headers. Two side by side, which the miner takes for a text of its own.
fn log() -> String {
    let word = |n: u64| -> String {
        let mixed = (n + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (0..6).map(|at| char::from(b'a' + (mixed >> (10 * at) & 15) as u8)).collect()
    };
    let time = |n: u64| format!("2026-03-12 10:{:02}:{:02},000 INFO [main] shop.Web: ", n / 60 % 60, n % 60);
    (0..2000).map(|n| format!("{}member {} {} logged in\n", time(n), word(n), word(n + 90_000))).collect()
}

#[test]
fn the_sample_fits() {
    let text = printed(&run(["fit", "--check"]));
    assert!(text.contains("the miner fits") && text.contains("a sample") && !text.contains('\u{1b}'), "{text}");
    assert_eq!(printed(&run_on(b"not asked for\n", &["fit"])), text, "never standard input unasked");
}

#[test]
fn what_helps_can_be_pasted() {
    let folder = folder("fit");
    let log = file(&folder, "app.log", log().as_bytes());
    let text = printed(&run(["fit", &log]));
    assert!(text.contains("member … … logged in") && text.contains("What helps"), "{text}");
    let fragment = &text[text.find("\n[").unwrap()..];
    assert!(fragment.contains(r"pattern = '(?<=\bmember )[a-z]+(?=\s|$)'"), "{text}");
    let config = file(&folder, "pasted.toml", fragment.as_bytes());
    let again = printed(&run(["fit", &log, "--config", &config, "--check"]));
    assert!(again.contains("the miner fits"), "{again}");

    let document: Value = serde_json::from_str(&printed(&run(["fit", &log, "--json"]))).unwrap();
    assert_eq!((&document["status"], &document["sample"]["lines"]), (&"warn".into(), &2000.into()));
    assert_eq!(document["suggestions"][0]["adjustment"]["masks"][0]["name"], "MEMBER");
    assert_eq!(document["suggestions"][0]["after"]["templates"], 1);
}

#[test]
fn only_a_check_fails() {
    let log = log();
    assert_eq!(run_on(log.as_bytes(), &["fit", "-"]).status.code(), Some(0));
    let checked = run_on(log.as_bytes(), &["fit", "-", "--check", "--trials", "0"]);
    assert_eq!((checked.status.code(), checked.stderr.len()), (Some(3), 0));
    let text = String::from_utf8(checked.stdout).unwrap();
    assert!(!text.contains("What helps") && text.contains("family"), "{text}");
}

#[test]
fn lines_may_be_taken_raw_and_sampled() {
    let log = log();
    let arguments = ["fit", "-", "--json", "--format", "raw", "--lines", "500"];
    let document: Value = serde_json::from_str(&printed(&run_on(log.as_bytes(), &arguments))).unwrap();
    assert_eq!(document["sample"]["pushed"], 2000);
    assert!(document["sample"]["lines"].as_u64().unwrap() <= 500);
    let family = document["findings"].to_string();
    assert!(family.contains("INFO [main] shop.Web: member"), "a raw line has its header: {family}");
    assert!(complaint(&run(["fit", "--lines", "0"])).contains("limits.max_sample_lines"));
}
