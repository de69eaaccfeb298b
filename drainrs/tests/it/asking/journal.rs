//! What is remembered: limits, sums, windows, batches, context; and past incidents.

use drainrs::ask::AskConfig;
use drainrs::index::{Incident, IncidentConfig, IncidentLibrary};
use drainrs::prompt::{ShownLine, Subject, TaskKind};
use drainrs::{Level, Timestamp};

use super::story::{after, config, end, lines, roomy, told};

/// A line of a service.
fn line(second: i64, level: &str, service: &str, text: &str) -> String {
    let at = Timestamp::from_seconds(1_773_309_600 + second);
    format!("{at} {level:>5} 1 --- [{service}] [exec-1] com.shop.Main : {text}")
}

/// A word without digits for each number.
fn word(n: usize) -> String {
    let letter = |n: usize| char::from(b'a' + (n % 26) as u8);
    [letter(n), letter(n / 26), letter(n / 676), 'x', letter(n * 7), letter(n * 3)].iter().collect()
}

#[test]
fn a_flood_of_templates_stays_in_bounds_and_the_early_error_stays() {
    let mut config = config();
    config.journal.max_templates = 64;
    let mut flood = vec![line(0, "INFO", "db", "started well"); 60];
    flood.push(line(1, "ERROR", "db", "disk sda1 is full"));
    for n in 0..3_000 {
        flood.push(line(
            2 + n as i64 / 100,
            "INFO",
            "web",
            &format!("{} {} {}", word(n), word(n * 5 + 1), word(n * 11 + 2)),
        ));
    }
    let (pipeline, asker) = after(&flood, &config);
    let counters = asker.counters();
    let rows = asker.index_rows(&pipeline, false, false);
    assert!(rows.len() <= 64 && counters.forgotten_templates > 100, "{counters:?}");
    let remembered: u64 = rows.iter().map(|row| row.hits).sum();
    assert_eq!(counters.events, remembered + counters.skipped + counters.forgotten, "{counters:?}");
    let digest = asker.digest(&pipeline, "flood", 800, &drainrs::prompt::tokens_about);
    assert!(digest.text.contains("is full"), "one line of three thousand, the first: {}", digest.text);
    assert!(asker.memory() < 4 << 20, "{} bytes", asker.memory());
}

#[test]
fn windows_forget_counts_and_remember_what_is_usual() {
    let mut config = config();
    config.journal.window_ns = 60_000_000_000;
    let mut minutes: Vec<String> = Vec::new();
    for minute in 0..10 {
        for n in 0..20 {
            minutes.push(line(minute * 60 + n * 3, "WARN", "web", &format!("slow page {n}")));
        }
    }
    for n in 0..200 {
        minutes.push(line(600 + n / 10, "WARN", "web", &format!("slow page {n}")));
    }
    minutes.push(line(630, "WARN", "db", "pool is empty"));
    let (pipeline, asker) = after(&minutes, &config);
    let plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
    let window = plan.tasks.iter().find(|task| task.kind == TaskKind::SummariseWindow).unwrap();
    assert!(window.data.contains("200 (usual 20) events"), "{}", window.data);
    assert!(window.data.contains("1 events, new"), "{}", window.data);
    assert!(
        window.data.contains("201 events of 2 templates, 2026-03-12T10:10:00Z to 2026-03-12T10:10:30Z"),
        "{}",
        window.data
    );
}

#[test]
fn one_clock_that_lies_moves_no_window() {
    let mut config = config();
    config.journal.window_ns = 60_000_000_000;
    let minute = |from: i64| (0..30).map(move |n| line(from + n, "WARN", "web", &format!("slow page {n}")));
    let mut lines: Vec<String> = minute(0).collect();
    lines.push("2099-01-01T00:00:00Z  WARN 1 --- [web] [exec-1] com.shop.Main : slow page 1".to_owned());
    lines.extend(minute(60));
    lines.extend(minute(120));
    let (pipeline, asker) = after(&lines, &config);
    let plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
    let window = plan.tasks.iter().find(|task| task.kind == TaskKind::SummariseWindow).unwrap();
    assert!(window.data.contains("30 (usual 31) events") && !window.data.contains("2099"), "{}", window.data);
    assert!(window.data.contains("10:02:00Z to 2026-03-12T10:02:29Z"), "{}", window.data);
    // A stream whose clock was changed for good is followed.
    lines.extend(
        (0..40).map(|n| format!("2031-01-01T00:00:{n:02}Z  WARN 1 --- [web] [exec-1] com.shop.Main : slow page {n}")),
    );
    let (pipeline, asker) = after(&lines, &config);
    let plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
    let window = plan.tasks.iter().find(|task| task.kind == TaskKind::SummariseWindow).unwrap();
    assert!(window.data.contains("2031-01-01T00:00:39Z"), "{}", window.data);
}

#[test]
fn a_host_asks_about_what_it_knows_itself() {
    let (_, asker) = told();
    let line = ShownLine { text: "mail to ann@example.org bounced".to_owned(), ..ShownLine::default() };
    let subject = Subject::Batch { lines: vec![line; 3] };
    let task = asker.task_of(subject, 1.0, end(), &roomy()).unwrap();
    assert_eq!((task.kind, task.evidence.len()), (TaskKind::JudgeBatch, 3));
    assert!(task.data.contains("mail to <EMAIL_1> bounced") && !task.text().contains("ann@"));
}

#[test]
fn batches_have_fifty_to_two_hundred_lines_and_the_severe_ones_stay() {
    let mut config = config();
    config.journal.max_batches = 2;
    let mut many: Vec<String> = Vec::new();
    for n in 0..700 {
        // Ten a second: two hundred are full before a minute is over.
        let level = if n == 250 { "ERROR" } else { "INFO" };
        many.push(line(n / 10, level, "web", &format!("request {n} served")));
    }
    for n in 0..90 {
        // One in two seconds: a minute has only thirty.
        many.push(line(100 + n * 2, "INFO", "web", &format!("request {n} served")));
    }
    let (pipeline, asker) = after(&many, &config);
    let plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
    let batches: Vec<_> = plan.tasks.iter().filter(|task| task.kind == TaskKind::JudgeBatch).collect();
    let sizes: Vec<usize> = batches.iter().map(|task| task.evidence.len()).collect();
    assert!(sizes.len() == 2 && sizes.iter().all(|size| (1..=200).contains(size)), "{sizes:?}");
    assert!(batches[0].data.contains("error web | request 250 served"), "the severe one is first, and was kept");
    assert!(asker.counters().dropped_batches >= 2);
}

#[test]
fn what_stood_before_a_line_is_its_context() {
    let mut config = config();
    config.journal.ring_lines = 5;
    config.prompt.max_context = 3;
    // Three factors between 1 and 3: most are small, none is large.
    let took = |n: i64| {
        let mixed = (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        [16, 32, 48].iter().fold(50.0, |took, shift| took * (1.0 + f64::from((mixed >> shift) as u8) / 128.0))
    };
    let usual = |n: i64| line(n, "ERROR", "web", &format!("request took {:.0} ms", took(n)));
    let mut calm: Vec<String> = (0..1_600).map(usual).collect();
    calm.push(line(1_600, "ERROR", "web", "request took 90000 ms"));
    calm.extend((1_601..1_700).map(usual));
    let (pipeline, asker) = after(&calm, &config);
    let plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
    let found =
        plan.tasks.iter().find(|task| task.kind == TaskKind::ExplainAnomaly && task.data.contains("90000")).unwrap();
    let after_it: Vec<&str> = found.data.lines().filter(|line| line.starts_with('c')).collect();
    assert_eq!(after_it.len(), 3, "{}", found.data);
    assert!(after_it[2].contains("10:26:39Z"), "the second before, though the alert was told later: {}", found.data);
    assert!(found.data.contains("a1 2026-03-12T10:26:40Z error web | request took 90000 ms"), "{}", found.data);
}

#[test]
fn known_trouble_is_named_without_a_model() {
    let (pipeline, asker) = told();
    let mut incident = Incident::new("INC-7", "expired certificate", end(), asker.incident_templates(&pipeline));
    incident.cause = "the certificate of the database expired".to_owned();
    incident.verified_by = "eve".to_owned();
    let mut library = IncidentLibrary::build(&IncidentConfig::default()).unwrap();
    library.add(incident).unwrap();
    let found = asker.known_incidents(&library, &pipeline, 3);
    assert_eq!((found[0].incident.id.as_str(), found[0].missing.len()), ("INC-7", 0));
    assert!(found[0].similarity > 0.8 && !found[0].shared.is_empty(), "{}", found[0].similarity);
    // The quiet first half of the story is no such thing.
    let quiet: Vec<String> = lines().into_iter().take(600).collect();
    let (pipeline, asker) = after(&quiet, &config());
    assert!(asker.known_incidents(&library, &pipeline, 3).is_empty());
}

#[test]
fn events_without_a_level_pass_and_the_filter_is_said() {
    let bare: Vec<String> = (0..80).map(|n| format!("worker {n} is late by {n} rounds")).collect();
    let (pipeline, asker) = after(&bare, &AskConfig::default());
    let plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
    let window = plan.tasks.iter().find(|task| task.kind == TaskKind::SummariseWindow).unwrap();
    assert!(window.data.contains("worker <NUM> is late"), "{}", window.data);
    let mut loud = config();
    loud.prompt.min_level = Level::Error;
    let (pipeline, asker) = after(&lines(), &loud);
    let plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
    let window = plan.tasks.iter().find(|task| task.kind == TaskKind::SummariseWindow).unwrap();
    assert!(
        window.cut.iter().any(|sentence| sentence.contains("below level error")) && !window.data.contains("slow page")
    );
}

#[test]
fn a_subject_is_plain_data() {
    let subject = Subject::Batch { lines: Vec::new() };
    let text = serde_json::to_string(&subject).unwrap();
    assert_eq!(serde_json::from_str::<Subject>(&text).unwrap(), subject);
    assert_eq!(subject.kind(), TaskKind::JudgeBatch);
}

#[test]
fn one_line_of_another_age_spoils_no_span() {
    for lie in ["1970-01-01T00:00:00Z", "2099-01-01T00:00:00Z"] {
        let mut lines = vec![format!("{lie}  WARN 1 --- [web] [exec-1] com.shop.Main : slow page 1")];
        lines.extend((0..100).map(|n| line(n, "WARN", "web", &format!("slow page {n}"))));
        let (pipeline, asker) = after(&lines, &config());
        let plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
        let window = plan.tasks.iter().find(|task| task.kind == TaskKind::SummariseWindow).unwrap();
        let head = window.data.lines().nth(1).unwrap();
        assert!(head.contains("2026-03-12T10:00:") && !head.contains(&lie[..4]), "{head}");
        let batch = plan.tasks.iter().find(|task| task.kind == TaskKind::JudgeBatch).unwrap();
        assert!(batch.per_day > 20.0, "in less than an hour: {}", batch.per_day);
    }
}

#[test]
fn a_clock_that_was_changed_ends_the_window() {
    let mut config = config();
    config.journal.window_ns = 60_000_000_000;
    let mut lines: Vec<String> = (0..30).map(|n| line(n, "WARN", "web", &format!("slow page {n}"))).collect();
    let at = |n: usize| format!("2031-01-01T00:00:{n:02}Z  WARN 1 --- [web] [exec-1] com.shop.Main : slow page {n}");
    lines.extend((0..40).map(at));
    let (pipeline, asker) = after(&lines, &config);
    let plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
    let window = plan.tasks.iter().find(|task| task.kind == TaskKind::SummariseWindow).unwrap();
    assert!(window.data.contains("33 (usual 37) events"), "those of the old clock are over: {}", window.data);
}

#[test]
fn some_lines_are_always_kept_back_to_try_a_pattern_on() {
    let mut config = config();
    config.journal.max_header_samples = 80;
    config.prompt.max_header_lines = 500;
    let (pipeline, asker) = after(&super::story::odd_lines(), &config);
    let plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
    let task = plan.tasks.iter().find(|task| task.kind == TaskKind::WriteHeaderPattern).unwrap();
    assert!(task.evidence.len() <= 40, "{}", task.evidence.len());
    let nonsense = br#"{"pattern": "[<service>/<thread>] -<level>- <message>", "confidence": 0.9}"#;
    let limits = drainrs::prompt::JudgeLimits::default();
    let verdict = drainrs::prompt::judge(task, nonsense, end(), &limits, &task.as_sent());
    assert!(matches!(verdict, drainrs::prompt::Verdict::Rejected(_)), "{verdict:?}");
}

#[test]
fn a_pattern_must_not_read_what_a_general_reader_reads() {
    // Half of the lines parse as nothing; the others by a reader that knows no format by name.
    let mut lines: Vec<String> = Vec::new();
    for n in 0..300 {
        lines.push(format!("{{cart/w-{}}} -W- took {n} ms for {}", n % 7, n * 3));
        lines.push(format!("2026-03-12 10:{:02}:{:02} -W- cart=w{n} took {n} ms", n / 60, n % 60));
    }
    let (pipeline, asker) = after(&lines, &config());
    let plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
    let Some(task) = plan.tasks.iter().find(|task| task.kind == TaskKind::WriteHeaderPattern) else {
        panic!("{:?}", asker.counters());
    };
    let saved: serde_json::Value = serde_json::from_slice(&task.save().unwrap()).unwrap();
    let others = saved["kept"]["subject"]["samples"]["must_not"].as_array().unwrap();
    assert!(
        others.len() > 100 && others.iter().all(|line| line.as_str().unwrap().starts_with("2026")),
        "{}",
        others.len()
    );
    let late = others.iter().filter(|line| line.as_str().unwrap().contains(" 10:04:")).count();
    assert!(late > 10, "of all times, the last as well: {late}");
}

#[test]
fn names_of_services_are_bounded() {
    let service = "s".repeat(5_000);
    let lines: Vec<String> = (0..60).map(|n| line(n, "ERROR", &service, "disk full")).collect();
    let (pipeline, asker) = after(&lines, &config());
    let rows = asker.index_rows(&pipeline, false, false);
    assert!(rows[0].service.len() <= 256, "{}", rows[0].service.len());
    let lots: Vec<String> = (0..5_000).map(|n| line(n, "ERROR", &format!("s{n}"), &"disk full ".repeat(40))).collect();
    let (_, asker) = after(&lots, &config());
    let held = asker.memory();
    assert!((100 << 10..8 << 20).contains(&held), "{held} bytes");
}
