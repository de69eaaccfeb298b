//! Secrets that templates, headers and cuts hide from the rules: none of them leaves.

use drainrs::Timestamp;
use drainrs::ask::AskConfig;
use drainrs::prompt::{TaskKind, fallback};
use drainrs::redact::{RedactConfig, Redactor};
use serde_json::{Value, json};

use super::story::{after, all_that_leaves, config, end, roomy};

const BEGIN: i64 = 1_773_309_600;

fn line(second: i64, text: &str) -> String {
    let at = Timestamp::from_seconds(BEGIN + second);
    format!("{at} ERROR 1 --- [web] [exec-1] com.shop.Main : {text}")
}

/// Asserts that nothing of some lines leaves that the rules find in them.
fn stays(lines: &[String], secret: &str, config: &AskConfig) {
    let redactor = Redactor::build(&RedactConfig::default()).unwrap();
    let with = lines.iter().find(|line| line.contains(secret)).unwrap();
    assert!(!redactor.redact(with.as_bytes()).contains(secret), "the rules find it: {with}");
    let (pipeline, asker) = after(lines, config);
    let all = all_that_leaves(&pipeline, &asker);
    let around = all.find(secret).map(|at| all[..at + secret.len()].chars().rev().take(160).collect::<String>());
    assert_eq!(around.map(|text| text.chars().rev().collect::<String>()), None, "{with}");
}

#[test]
fn what_masks_break_is_still_a_secret() {
    for (text, secret) in [
        ("token xoxb-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx refused", "AbCdEfGhIj"),
        ("token glpat-1234567890-abcdefghij refused", "abcdefghij"),
        ("token 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 refused", "TwL2iGABf9"),
        ("key sk-ant-api03-12345678-hunterzweiABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij refused", "hunterzwei"),
        ("key hvs.12345678-hunterzweiABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij refused", "hunterzwei"),
        ("sent Bearer 12345.hunterzwei99.abcdef refused", "hunterzwei"),
        ("set db_password=[\"deadbeef\", \"hunterzwei\"] refused", "hunterzwei"),
        ("set db_password=[\"12345678\", \"hunterzwei\"] refused", "hunterzwei"),
        ("set password=12345-hunterzwei refused", "hunterzwei"),
        ("open https://10.0.0.1:hunterzwei@db/x refused", "hunterzwei"),
        ("Authorization: Bearer 550e8400-e29b-41d4-a716-446655440000.hunterzwei99abcdef refused", "hunterzwei"),
    ] {
        stays(&(0..60).map(|n| line(n, text)).collect::<Vec<_>>(), secret, &config());
    }
}

#[test]
fn a_value_whose_name_varies_stays() {
    let names = ["db_password", "admin_password", "root_password"];
    let said = |make: &dyn Fn(&str, i64) -> String| -> Vec<String> {
        (0..90).map(|n| line(n, &make(names[n as usize % 3], n))).collect()
    };
    for lines in [
        said(&|name, n| {
            format!("config of tenant one has {{\"{name}\": \"hunterzwei\", \"job\": {n}}} and was loaded")
        }),
        said(&|name, _| format!("config of tenant one has {name} = hunterzwei and was loaded")),
        said(&|name, _| format!("login of user with {name}=\"alpha hunterzwei\" refused by server")),
        said(&|name, n| format!("set db_password=[\"{name}\", \"hunterzwei\"] for job {n}")),
    ] {
        stays(&lines, "hunterzwei", &config());
    }
}

#[test]
fn a_header_that_takes_the_name_gives_it_back() {
    for made in [
        "{t} ERROR password: hunterzwei",
        "{t} ERROR [main] db_password: hunterzwei",
        "{t} ERROR [web] db.password: hunterzwei",
        "{t} ERROR 1 --- [web] [exec-1] db.password : hunterzwei",
        "{t} ERROR 1 --- [exec-1] db.password : hunterzwei",
        "Mar 12 10:00:00 host db_password: hunterzwei",
        "ERROR:password:hunterzwei",
        "[ERROR] password: hunterzwei",
        "ERROR password: hunterzwei",
        "03-12 10:00:00.000  123  123 E password: hunterzwei",
    ] {
        let at = |n: i64| Timestamp::from_seconds(BEGIN + n).to_string();
        let lines: Vec<String> = (0..60).map(|n| made.replace("{t}", &at(n))).collect();
        stays(&lines, "hunterzwei", &config());
        // Also where it is one of many values, and so a place of the template.
        let word = |n: usize| ["hunterzwei", "alphaeins", "betadrei", "gammavier", "deltafunf"][n % 5];
        let varied: Vec<String> =
            lines.iter().enumerate().map(|(n, line)| line.replace("hunterzwei", word(n))).collect();
        stays(&varied, "hunterzwei", &config());
    }
}

#[test]
fn a_text_is_cut_in_front_of_a_secret_that_goes_on() {
    for (text, secret) in [
        ("card 4111 1111 1111 1111 refused", "4111 1111"),
        ("iban DE89 3704 0044 0532 0130 00 refused", "3704 0044"),
        ("password=\"alpha hunterzwei gammadrei deltavier\" refused", "hunterzwei"),
        ("<password>alpha hunterzwei gammadrei</password> refused", "hunterzwei"),
        ("Authorization: Digest username=\"ann\", response=\"hunterzwei99\", opaque=\"x\" refused", "hunterzwei99"),
    ] {
        let mut config = config();
        config.journal.max_line_bytes = 128;
        config.journal.max_header_samples = 0;
        for before in (10..130).step_by(7) {
            let filler = &"word ".repeat(30)[..before];
            let text = format!("{filler} {text} and so on {}", "x ".repeat(100));
            stays(&(0..60).map(|n| line(n, &text)).collect::<Vec<_>>(), secret, &config);
        }
    }
}

#[test]
fn a_value_that_a_label_got_back_does_not_leave_with_it() {
    let lines: Vec<String> = (0..60).map(|n| line(n, "login with password=hunterzwei refused")).collect();
    let (mut pipeline, mut asker) = after(&lines, &config());
    let mut plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
    plan.tasks.retain(|task| task.kind == TaskKind::ClassifyTemplates);
    asker.offer(plan, end());
    let task = asker.next(end()).unwrap();
    let mut value = fallback(&task).unwrap();
    value["classifications"][0]["root_cause_hypothesis"] = json!("The server refuses <SECRET_1> since it was rotated.");
    value["classifications"][0]["confidence"] = json!(0.9);
    let answered = asker.answer(&task.id, value.to_string().as_bytes(), end(), &pipeline).unwrap();
    assert_eq!(asker.adopt(&answered, &mut pipeline, "model", false, end()).unwrap().len(), 1);
    let hypothesis = |redacted: bool| -> Value {
        let rows = json!(asker.index_rows(&pipeline, redacted, false));
        rows[0]["labels"]["root_cause_hypothesis"].clone()
    };
    assert_eq!(hypothesis(false), "The server refuses hunterzwei since it was rotated.");
    assert_eq!(hypothesis(true), "The server refuses <SECRET> since it was rotated.");
    // Nor does what a desk prints say what it is about.
    assert!(!format!("{:?}", asker.desk()).contains(&task.id[..8]));
}

#[test]
fn what_cannot_be_read_is_not_quoted() {
    let lines: Vec<String> = (0..60).map(|n| line(n, "login with password=hunterzwei refused")).collect();
    let (pipeline, asker) = after(&lines, &config());
    let plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
    let mut saved: Value = serde_json::from_slice(&plan.tasks[0].save().unwrap()).unwrap();
    saved["kept"]["values"] = json!("hunterzwei");
    let error = drainrs::prompt::Task::load(saved.to_string().as_bytes()).unwrap_err().to_string();
    assert!(error.contains("no saved task, from line 1") && !error.contains("hunterzwei"), "{error}");
}

#[test]
fn an_object_over_several_lines_is_one() {
    for body in
        ["{\n  \"name\": \"DB_PASSWORD\",\n  \"value\": \"hunterzwei\"\n}", "{\n  \"password\":\n    \"hunterzwei\"\n}"]
    {
        let redactor = Redactor::build(&RedactConfig::default()).unwrap();
        assert!(redactor.redact(body.as_bytes()).contains("<SECRET_1>"), "{body}");
        let lines: Vec<String> = (0..60)
            .flat_map(|n| line(n, &format!("body {body}")).lines().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        let (pipeline, asker) = after(&lines, &config());
        assert!(!all_that_leaves(&pipeline, &asker).contains("hunterzwei"), "{body}");
    }
}
