//! `digest`, `ask`, `redact`, `index`: what goes out is redacted and bounded, what comes back is judged.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{complaint, documents, file, folder, printed, run, run_on};

const SAMPLE: &str = include_str!("../../../src/program/sample.log");

/// A small log with what is nobody's business.
fn private_log() -> String {
    let mut log = String::new();
    for n in 0..120 {
        log.push_str(&format!("2026-03-12T10:{:02}:{:02}Z INFO 1 --- [auth] [exec-1] c.s.Auth : login of user{}@example.org from 192.0.2.{}\n", n / 60, n % 60, n % 5, n % 50));
    }
    for n in 0..20 {
        log.push_str(&format!("2026-03-12T10:02:{n:02}Z ERROR 1 --- [auth] [exec-1] c.s.Auth : cannot reach ldap://svc:hunter2hunter2@192.0.2.99/ for user{}@example.org\n", n % 5));
    }
    log
}

#[test]
fn a_digest_has_its_bounds_and_keeps_secrets() {
    let folder = folder("digest");
    let log = file(&folder, "auth.log", private_log().as_bytes());
    let text = printed(&run(["digest", &log, "--tokens", "600"]));
    assert!(
        text.starts_with("auth.log: 140 lines, 140 events, 2026-03-12T10:00:00Z to 2026-03-12T10:02:19Z"),
        "{text}"
    );
    assert!(
        text.contains("cannot reach <URL> for <EMAIL>") && text.contains("Coverage: 2 of 2 templates, 100.0 %"),
        "{text}"
    );
    assert!(!text.contains("hunter2") && !text.contains("user1@"), "{text}");
    assert_eq!(text, printed(&run(["digest", &log, "--tokens", "600"])), "the same bytes each time");
    assert_eq!(
        text,
        printed(&run_on(private_log().as_bytes(), &["digest", "-", "--tokens", "600"])).replace("stdin", "auth.log")
    );
    let document: Value = serde_json::from_str(&printed(&run(["digest", &log, "--tokens", "600", "--json"]))).unwrap();
    assert_eq!(document["coverage"]["templates"], 2);
    assert!(document["tokens"].as_u64().unwrap() <= 600);
    let bytes = printed(&run(["digest", &log, "--tokens", "900", "--count", "bytes"]));
    assert!(bytes.len() <= 900);
    assert!(complaint(&run(["digest", &log, "--tokens", "5"])).contains("--tokens 5 has no room"));
    assert!(complaint(&run(["digest"])).contains("<FILES>"));
}

#[test]
fn a_question_goes_out_and_an_answer_comes_in_by_one_pipe() {
    let folder = folder("ask_pipe");
    file(&folder, "shop.log", SAMPLE.as_bytes());
    let program = env!("CARGO_BIN_EXE_drainrs");
    // Any program that takes a text and gives one: this one looks for an id, and answers as models do.
    let model = r#"sed -n '$!{/^m1 /s/.*/found/p}' | { read found; printf 'Here you are:\n```json\n{"root_cause":"%s","causal_chain":[{"step":"it moved first","evidence":["m1"]}],"contributing_factors":[],"recommended_fix":"look","confidence":0.9}\n```\n' "$found"; }"#;
    let pipe = format!("'{program}' ask plan shop.log --kind root_cause | {model} | '{program}' ask apply");
    let output = Command::new("sh").args(["-c", &pipe]).current_dir(&folder).stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&document["verdict"], &document["kind"]), (&json!("accepted"), &json!("root_cause")));
    assert_eq!(document["value"]["root_cause"], "found");
    assert_eq!(document["notes"], json!([{ "note": "fenced" }, { "note": "prose" }]));
    assert_eq!(document["sure"], true);
    assert!(folder.join("drainrs-task.json").exists());
}

#[test]
fn a_bad_answer_is_refused_and_may_be_asked_again() {
    let folder = folder("ask_bad");
    let log = file(&folder, "auth.log", private_log().as_bytes());
    let task = folder.join("task.json").to_str().unwrap().to_owned();
    let plan = ["ask", "plan", &log, "--kind", "summarise_window", "--task", &task];
    let question = printed(&run(plan));
    assert!(
        question.contains("<EMAIL_1>") && !question.contains("user1@") && !question.contains("hunter2"),
        "{question}"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&task).unwrap().permissions().mode() & 0o077, 0, "for its owner alone");
    }
    let refused = run_on(b"everything is fine", &["ask", "apply", "--task", &task]);
    assert_eq!(refused.status.code(), Some(3));
    let document: Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert_eq!(document["reasons"][0]["code"], "no_json");
    assert!(document["fallback"]["headline"].is_string(), "the rules have an answer: {document}");
    assert!(document["fallback"].to_string().contains("cannot reach"));
    let again = run_on(b"everything is fine", &["ask", "apply", "--task", &task, "--repair"]);
    let question = String::from_utf8(again.stdout).unwrap();
    assert!(again.status.code() == Some(4) && question.contains("Your answer was refused"), "{question}");
    // Once, by default.
    let third = run_on(b"everything is fine", &["ask", "apply", "--task", &task, "--repair"]);
    let document: Value = serde_json::from_slice(&third.stdout).unwrap();
    assert!(third.status.code() == Some(3) && document["fallback"]["headline"].is_string(), "{document}");
    let good = json!({
        "headline": "login of <EMAIL_1> failed", "confidence": 0.9, "likely_actions": [],
        "top_issues": [{ "summary": "s", "severity": "high", "evidence": ["t1"] }],
    });
    let answer = file(&folder, "answer.json", good.to_string().as_bytes());
    let document: Value = serde_json::from_str(&printed(&run(["ask", "apply", &answer, "--task", &task]))).unwrap();
    let headline = document["value"]["headline"].as_str().unwrap();
    assert!(
        headline.starts_with("login of user") && headline.contains("@example.org"),
        "values for the host: {headline}"
    );
    let document: Value =
        serde_json::from_str(&printed(&run(["ask", "apply", &answer, "--task", &task, "--redacted"]))).unwrap();
    assert_eq!(document["value"]["headline"], "login of <EMAIL_1> failed");
    fs::write(&task, "{}").unwrap();
    assert!(complaint(&run(["ask", "apply", &answer, "--task", &task])).contains("this is no saved task"));
    assert!(
        complaint(&run(["ask", "apply", &answer, "--task", "/nowhere/task.json"])).contains("cannot read /nowhere")
    );
}

#[test]
fn a_shell_asks_until_the_answer_will_do() {
    let folder = folder("ask_until");
    file(&folder, "shop.log", SAMPLE.as_bytes());
    let program = env!("CARGO_BIN_EXE_drainrs");
    // It chatters until somebody complains.
    let model = r#"{ if grep -q 'was refused'; then printf '{"root_cause":"x","causal_chain":[{"step":"s","evidence":["m1"]}],"contributing_factors":[],"recommended_fix":"look","confidence":0.9}'; else echo 'Hello!'; fi; }"#;
    let script = format!(
        "set -u\nmodel() {model}\n'{program}' ask plan shop.log --kind root_cause | model > answer\n\
         until '{program}' ask apply answer --repair > verdict; [ $? -ne 4 ]; do model < verdict > answer; done\ncat verdict"
    );
    let output = Command::new("sh").args(["-c", &script]).current_dir(&folder).stdin(Stdio::null()).output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&document["verdict"], &document["value"]["root_cause"]), (&json!("accepted"), &json!("x")));
    let deaf = script.replace("grep -q 'was refused'", "false");
    let output = Command::new("sh").args(["-c", &deaf]).current_dir(&folder).stdin(Stdio::null()).output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["verdict"], "rejected", "it comes to an end");
    assert!(document["fallback"]["root_cause"].is_string());
}

#[test]
fn a_task_of_another_day_judges_nothing_and_no_link_is_followed() {
    let folder = folder("ask_stale");
    let log = file(&folder, "auth.log", private_log().as_bytes());
    let task = folder.join("task.json").to_str().unwrap().to_owned();
    printed(&run(["ask", "plan", &log, "--task", &task]));
    assert!(Path::new(&task).exists());
    printed(&run(["ask", "plan", &log, "--task", &task, "--list"]));
    assert!(Path::new(&task).exists(), "a list asks nothing");
    complaint(&run(["ask", "plan", "/nowhere.log", "--task", &task]));
    assert!(complaint(&run_on(b"{}", &["ask", "apply", "--task", &task])).contains("cannot read"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let other = file(&folder, "other.txt", b"somebody else's");
        std::os::unix::fs::symlink(&other, &task).unwrap();
        printed(&run(["ask", "plan", &log, "--task", &task]));
        assert_eq!(fs::read(&other).unwrap(), b"somebody else's");
        // A file that all could read is none any more.
        fs::set_permissions(&task, fs::Permissions::from_mode(0o644)).unwrap();
        printed(&run(["ask", "plan", &log, "--task", &task]));
        assert_eq!(fs::symlink_metadata(&task).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn settings_of_asking_are_those_of_judging() {
    let folder = folder("ask_judge");
    let log = file(&folder, "auth.log", private_log().as_bytes());
    let task = folder.join("task.json").to_str().unwrap().to_owned();
    printed(&run(["ask", "plan", &log, "--kind", "summarise_window", "--task", &task]));
    let good = json!({ "headline": "x", "top_issues": [], "likely_actions": [], "confidence": 0.8 }).to_string();
    let judged = |settings: &str| {
        let settings = file(&folder, "ask.toml", settings.as_bytes());
        run_on(good.as_bytes(), &["ask", "apply", "--task", &task, "--ask-config", &settings])
    };
    let sure = |output: &std::process::Output| serde_json::from_slice::<Value>(&output.stdout).unwrap()["sure"].clone();
    assert_eq!(sure(&judged("")), json!(true));
    assert_eq!(sure(&judged("[prompt.answers]\nmin_confidence = 0.9\n")), json!(false));
    assert_eq!(judged("[prompt.answers]\nmax_answer_bytes = 10\n").status.code(), Some(3));
    assert!(complaint(&judged("[prompt.answers]\nmin_confidence = 9\n")).contains("prompt.answers.min_confidence"));
}

#[test]
fn what_could_be_asked_is_listed_with_its_price() {
    let folder = folder("ask_list");
    let log = file(&folder, "shop.log", SAMPLE.as_bytes());
    let list = printed(&run(["ask", "plan", &log, "--list", "--price", "3,15"]));
    assert!(list.starts_with("root_cause"), "{list}");
    for part in ["summarise_window", "explain_anomaly", "a day at this pace, at most: ", " at these prices"] {
        assert!(list.contains(part), "{part} in {list}");
    }
    assert!(complaint(&run(["ask", "plan", &log, "--list", "--price", "cheap"])).contains("write two prices"));
    assert!(complaint(&run(["ask", "plan", &log, "--kind", "poem"])).contains("known are summarise_window"));
    let calm = file(&folder, "calm.log", b"2026-03-12T10:00:00Z INFO 1 --- [a] [b] c.D : fine\n");
    let calm = run(["ask", "plan", &calm, "--kind", "root_cause"]);
    assert!(complaint(&calm).contains("there is nothing to ask about"));
    let messages: Value = serde_json::from_str(&printed(&run([
        "ask",
        "plan",
        &log,
        "--output",
        "messages",
        "--task",
        folder.join("t").to_str().unwrap(),
    ])))
    .unwrap();
    assert_eq!(messages[0]["role"], "system");
}

#[test]
fn settings_of_asking_are_read_and_wrong_ones_are_told() {
    let folder = folder("ask_config");
    let log = file(&folder, "auth.log", private_log().as_bytes());
    let task = folder.join("task.json").to_str().unwrap().to_owned();
    let notes = file(&folder, "notes.toml", b"[prompt]\nnotes = [\"ldap is slow on mondays\"]\n");
    let question = printed(&run(["ask", "plan", &log, "--ask-config", &notes, "--task", &task]));
    assert!(question.contains("- ldap is slow on mondays"));
    let wrong = file(&folder, "wrong.toml", b"[prompt]\nnotez = 1\n");
    assert!(complaint(&run(["ask", "plan", &log, "--ask-config", &wrong])).contains("line 2: unknown field `notez`"));
    let wrong = file(&folder, "wrong.json", b"{\"prompt\": {\"max_templates\": 0}}");
    assert!(complaint(&run(["digest", &log, "--ask-config", &wrong])).contains("prompt.max_templates: must be from 1"));
}

#[test]
fn a_log_is_copied_without_what_is_private() {
    let output = run_on(private_log().as_bytes(), &["redact"]);
    let text = printed(&output);
    assert_eq!(text.lines().count(), 140);
    assert!(
        text.lines().next().unwrap().ends_with("login of <EMAIL_1> from <IP_1>"),
        "{}",
        text.lines().next().unwrap()
    );
    assert!(!text.contains("example.org") && !text.contains("hunter2") && !text.contains("192.0.2"));
    assert_eq!(text.lines().nth(5).unwrap().matches("<EMAIL_1>").count(), 1, "the same value has the same number");
    let (begin, end) = ("-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----");
    let key = format!("a key:\n{begin}\nMIIEpAIBAAKCAQEA7bq9\nq8zKx0w2yQ1mZ3\n{end}\nand on\n");
    let text = printed(&run_on(key.as_bytes(), &["redact"]));
    assert!(!text.contains("MIIE") && !text.contains("q8zK"), "line by line a key is nothing: {text}");
    assert!(text.starts_with("a key:\n") && text.ends_with("and on\n"), "{text}");
    let summary = run_on(b"mail a@example.org\n", &["redact", "--summary"]);
    assert!(String::from_utf8_lossy(&summary.stderr).contains("redacted: 1 email"), "{summary:?}");
}

#[test]
fn templates_become_rows_of_a_store() {
    let folder = folder("index");
    let log = file(&folder, "auth.log", private_log().as_bytes());
    let rows = documents(&printed(&run(["index", &log])));
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (&rows[0]["service"], &rows[0]["hits"], &rows[1]["severity"]),
        (&json!("auth"), &json!(120), &json!("error"))
    );
    assert!(rows[0]["examples"][0].as_str().unwrap().contains("<EMAIL_1>"), "{}", rows[0]);
    assert!(rows[0]["vector"].is_null());
    let raw = documents(&printed(&run(["index", &log, "--raw", "--vectors"])));
    assert!(raw[0]["examples"][0].as_str().unwrap().contains("user0@example.org"));
    assert_eq!(raw[0]["vector"].as_array().unwrap().len(), 256);
    let csv = printed(&run(["index", &log, "--output", "csv"]));
    assert!(csv.starts_with("service,id,template") && csv.lines().count() >= 3, "{csv}");
    let sql = printed(&run(["index", &log, "--output", "postgres", "--vectors", "--table", "shop_templates"]));
    assert!(sql.contains("CREATE TABLE IF NOT EXISTS \"shop_templates\"") && sql.contains("vector(256)"), "{sql}");
    assert!(sql.trim_end().ends_with("COMMIT;"));
    #[cfg(feature = "arrow")]
    {
        let file = run(["index", &log, "--output", "arrow"]).stdout;
        assert!(file.starts_with(b"ARROW1") && file.ends_with(b"ARROW1"), "{} bytes", file.len());
    }
    assert!(complaint(&run(["index", &log, "--output", "sqlite", "--table", "x; drop"])).contains("sql.table"));
    assert!(Path::new(&log).exists());
}
