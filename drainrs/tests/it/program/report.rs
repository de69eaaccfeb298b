//! `report`: what the sample tells, and the document.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{file, folder, printed, run, run_on};

const SAMPLE: &str = include_str!("../../../src/program/sample.log");

fn document(arguments: &[&str]) -> Value {
    let output = run([&["report", "--json"], arguments].concat());
    serde_json::from_str(&printed(&output)).unwrap()
}

#[test]
fn the_sample_tells_the_story_of_a_deploy() {
    let top = printed(&run(["report", "--sample"]));
    assert_eq!(printed(&run_on(b"not asked for\n", &["report"])).lines().nth(2), top.lines().nth(2), "without a file");
    let text = printed(&run(["report", "--sample", "--top", "100"]));
    // All but the blanks that align its columns.
    let news_of = |text: &str| -> Vec<String> {
        let (news, _) = text.split_once("All other templates").unwrap();
        news.split_whitespace().map(str::to_owned).collect()
    };
    assert_eq!(news_of(&top), news_of(&text), "news is never left out");
    assert!(!text.contains('\u{1b}'), "no colours in a pipe");
    let (news, others) = text.split_once("All other templates").unwrap();
    assert!(news.contains("New errors"));
    let (new_errors, anomalies) = news.split_once("  Anomalies").unwrap();
    assert!(anomalies.contains("usual (median"), "checkouts take half a minute: {anomalies}");
    for born_with_the_deploy in [
        "charge for ord-<NUM> failed after <NUM> ms",
        "order ord-<NUM> rolled back: payment state is UNKNOWN",
        "upstream payment is failing: <NUM> of <NUM> checks lost",
        "com.shop.payment.GatewayTimeoutException",
    ] {
        assert!(news.contains(born_with_the_deploy), "{text}");
    }
    // An error that has always been there is no news.
    assert!(others.contains("refresh of feed supplier-<NUM> failed") && !new_errors.contains("refresh of feed"));
    assert!(others.contains("found <NUM> products in <NUM> ms"));
    assert!(others.contains("spring_boot") && others.contains("2026-03-12 18:00"));
    assert!(text.contains('█') && text.contains("2,200 lines"));
}

#[test]
fn the_sample_is_what_its_generator_writes() {
    assert!(SAMPLE.len() < 250_000);
    let generator = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/program/sample.py");
    // Where there is no Python, somebody else's machine checks this.
    if let Ok(output) = Command::new("python3").arg(generator).output() {
        assert!(output.stdout == SAMPLE.as_bytes(), "sample.log differs: python3 sample.py > sample.log");
    }
}

#[test]
fn the_document_has_its_fields() {
    let found = document(&["--sample"]);
    assert_eq!(found["version"], 1);
    assert_eq!(found["axis"], "time");
    let input = &found["input"];
    assert_eq!((&input["lines"], &input["bytes"]), (&2200.into(), &SAMPLE.len().into()));
    assert!(input["multi_line_events"].as_u64().unwrap() > 5);
    assert!(input["formats"]["clf"].as_u64().unwrap() > 500);
    assert!(input["first_seen"].as_str().unwrap().starts_with("2026-03-12T18:00"));
    assert_eq!(input["names"][0], "sample.log");
    assert!(found["compression"]["ratio"].as_f64().unwrap() > 50.0);
    assert!(found["levels"]["error"].as_u64().unwrap() > 100);
    assert!(found["services"]["payment"].as_u64().unwrap() > 100);
    assert!(found["run"]["lines_per_second"].as_f64().unwrap() > 0.0);

    let templates = found["templates"].as_array().unwrap();
    assert_eq!(found["compression"]["templates"], templates.len());
    assert_eq!(found["omitted"]["templates"], 0);
    let counts: Vec<u64> = templates.iter().map(|template| template["count"].as_u64().unwrap()).collect();
    assert!(counts.is_sorted_by(|a, b| a >= b), "ranked by count");
    assert_eq!(counts.iter().sum::<u64>(), input["events"].as_u64().unwrap(), "every event is counted once");
    for template in templates {
        assert_eq!(template["series"].as_array().unwrap().len(), 60);
        let sum: f64 = template["series"].as_array().unwrap().iter().map(|cell| cell.as_f64().unwrap()).sum();
        assert!((sum - template["count"].as_f64().unwrap()).abs() < 1e-6, "{template}");
        assert!(template["first_seen"].as_str() <= template["last_seen"].as_str());
        assert!(template["example"].is_string() && template["content_id"].as_str().unwrap().len() == 16);
    }
    let news: Vec<&Value> = templates.iter().filter(|template| template["new_error"] == true).collect();
    assert_eq!(news.len(), found["new_errors"].as_array().unwrap().len());
    assert!(news.iter().all(|template| template["first_seen"].as_str().unwrap() > "2026-03-12T19:10"));
}

#[test]
fn what_is_shown_can_be_narrowed() {
    let errors = document(&["--sample", "--level", "error"]);
    let levels = errors["templates"].as_array().unwrap();
    assert!(!levels.is_empty() && levels.iter().all(|template| template["level"] == "error"));

    let top = document(&["--sample", "--top", "3"]);
    let others = top["templates"].as_array().unwrap().iter().filter(|template| template["new_error"] == false);
    assert_eq!(others.count(), 3);
    assert!(top["omitted"]["templates"].as_u64().unwrap() > 5);

    let payment = document(&["--sample", "--service", "payment"]);
    assert_eq!(payment["services"].as_object().unwrap().len(), 1);
    assert!(payment["input"]["events_of_other_services"].as_u64().unwrap() > 1000);
    let strangers =
        payment["templates"].as_array().unwrap().iter().filter(|t| t["services"] != serde_json::json!(["payment"]));
    assert_eq!(strangers.count(), 0);
}

#[test]
fn a_log_without_times_runs_over_its_lines() {
    let log: String = (0..500).map(|n| format!("step {n} of job {} finished\n", ["a", "b"][n / 250])).collect();
    let found: Value = serde_json::from_str(&printed(&run_on(log.as_bytes(), &["report", "--json", "-"]))).unwrap();
    assert_eq!(found["axis"], "lines");
    assert_eq!(found["input"]["first_seen"], Value::Null);
    assert_eq!(found["templates"][0]["first_line"], 1);
    let text = printed(&run_on(log.as_bytes(), &["report", "-"]));
    assert!(text.contains("line 1 → "), "{text}");
}

#[test]
fn several_files_are_one_report() {
    let folder = folder("several");
    let a = file(&folder, "a.log", b"2026-03-12 10:00:00 ERROR disk is full: sda1");
    let b = file(&folder, "b.log", b"2026-03-12 10:00:05 ERROR disk is full: sda2\n");
    let found = document(&[&a, &b]);
    assert_eq!((&found["input"]["lines"], &found["compression"]["templates"]), (&2.into(), &1.into()));
    assert!(printed(&run(["report", &a, &b])).contains("2 files"));
}

#[test]
fn nothing_of_a_log_reaches_the_terminal_as_a_command() {
    let text = printed(&run_on(b"title \x1b]0;evil\x07 set\nbidi \xE2\x80\xAE txet\n", &["report", "-"]));
    assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202E}']), "{text:?}");
}
