//! What answers change: labels, names, formats; with records, and back again.

use drainrs::ask::{Asker, Change};
use drainrs::prompt::{Answered, Task, TaskKind};
use drainrs::{Parsed, Pipeline, PipelineConfig};
use serde_json::json;

use super::story::{after, config, end, odd_lines, roomy, told};

fn answered(
    asker: &mut Asker,
    pipeline: &Pipeline,
    kind: TaskKind,
    answer: impl Fn(&Task) -> serde_json::Value,
) -> Answered {
    let mut plan = asker.plan(pipeline, end(), &roomy()).unwrap();
    plan.tasks.retain(|task| task.kind == kind);
    plan.tasks.truncate(1);
    asker.offer(plan, end());
    let task = asker.next(end()).unwrap();
    let answer = answer(&task);
    asker.answer(&task.id, answer.to_string().as_bytes(), end(), pipeline).unwrap()
}

fn classification(id: &str, severity: &str, confidence: f64) -> serde_json::Value {
    json!({
        "id": id, "severity": severity, "category": "availability", "affected_component": "db for <EMAIL_1>",
        "root_cause_hypothesis": "a certificate expired", "recommended_action": "renew it", "confidence": confidence,
    })
}

/// The same where no address was sent.
fn plain(id: &str) -> serde_json::Value {
    let mut said = classification(id, "critical", 0.95);
    said["affected_component"] = json!("db");
    said
}

fn is_accepted(said: &Answered) -> bool {
    matches!(said.verdict, Some(drainrs::prompt::Verdict::Accepted(_)))
}

/// Lines of so many nodes that the node is a place.
fn more_nodes_come(pipeline: &mut Pipeline, asker: &mut Asker, said: impl Fn(&str, usize) -> String) {
    for (n, node) in ["gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"].into_iter().enumerate() {
        if let Some(event) = pipeline.push(said(node, n).as_bytes(), end()) {
            asker.observe(&event);
        }
    }
    if let Some(event) = pipeline.finish(end()) {
        asker.observe(&event);
    }
}

#[test]
fn labels_join_templates_and_leave_them_again() {
    let (mut pipeline, mut asker) = told();
    let said = answered(
        &mut asker,
        &pipeline,
        TaskKind::ClassifyTemplates,
        |_| json!({ "classifications": [classification("t1", "critical", 0.95), classification("t2", "high", 0.3)] }),
    );
    let template = |id: &str| said.task.evidence.iter().find(|sent| sent.id == id).unwrap().template.unwrap();
    let records = asker.adopt(&said, &mut pipeline, "model-x", false, end()).unwrap();
    assert_eq!(records.len(), 1, "one is not sure enough");
    let label = asker.label(template("t1")).unwrap();
    assert_eq!((label["severity"].as_str(), label["category"].as_str()), ("critical", "availability"));
    assert!(label["affected_component"].contains("@example."), "labels stay in the host: {label:?}");
    assert!(asker.label(template("t2")).is_none());
    let adoption = &asker.adoptions()[0];
    assert_eq!(
        (adoption.by.as_str(), adoption.task.as_str(), adoption.confidence),
        ("model-x", said.task.id.as_str(), Some(0.95))
    );
    assert!(matches!(&adoption.change, Change::Label { before: None, .. }));
    // What was asked is not asked again before a day is over, and what has a label not at all.
    let plan = asker.plan(&pipeline, end().plus_nanos(3_600_000_000_000), &roomy()).unwrap();
    let asked: Vec<_> = said.task.evidence.iter().filter_map(|sent| sent.template).collect();
    let again = plan.tasks.iter().filter(|task| task.kind == TaskKind::ClassifyTemplates);
    assert!(again.flat_map(|task| &task.evidence).all(|sent| !asked.contains(&sent.template.unwrap())));
    let plan = asker.plan(&pipeline, end().plus_nanos(86_400_000_000_000), &roomy()).unwrap();
    let next = plan.tasks.iter().find(|task| task.kind == TaskKind::ClassifyTemplates).unwrap();
    assert!(next.evidence.iter().all(|sent| sent.template != Some(template("t1"))));
    // They are in the index, too.
    let rows = asker.index_rows(&pipeline, true, true);
    let row = rows.iter().find(|row| row.template_id == Some(template("t1"))).unwrap();
    assert_eq!((row.labels["severity"].as_str(), row.vector.as_ref().unwrap().len()), ("critical", 256));
    assert!(asker.undo(records[0], &mut pipeline, "eve", end()));
    assert!(!asker.undo(records[0], &mut pipeline, "eve", end()), "once");
    assert!(asker.label(template("t1")).is_none());
    assert_eq!(asker.adoptions()[0].undone, Some((end(), "eve".to_owned())));
    // A person may take what is not sure.
    assert_eq!(asker.adopt(&said, &mut pipeline, "eve", true, end()).unwrap().len(), 2);
}

#[test]
fn parameters_get_names() {
    let (mut pipeline, mut asker) = told();
    let said = answered(&mut asker, &pipeline, TaskKind::NameParameters, |task| {
        let places = task.evidence.iter().filter(|sent| sent.id.starts_with('p'));
        let names = places
            .enumerate()
            .map(|(nth, sent)| json!({ "id": sent.id, "name": format!("value_{nth}"), "unit": "ms" }));
        json!({ "names": names.collect::<Vec<_>>(), "confidence": 0.9 })
    });
    let template = said.task.evidence.iter().find(|sent| sent.id == "t1").unwrap().template.unwrap();
    let records = asker.adopt(&said, &mut pipeline, "model-x", false, end()).unwrap();
    let names = asker.parameter_names(template).unwrap();
    let first = names[0].as_ref().unwrap();
    assert_eq!((first.name.as_str(), first.unit.as_deref()), ("value_0", Some("ms")));
    let rows = asker.index_rows(&pipeline, false, false);
    assert_eq!(rows.iter().find(|row| row.template_id == Some(template)).unwrap().labels["parameter.1"], "value_0");
    assert!(asker.undo(records[0], &mut pipeline, "eve", end()));
    assert!(asker.parameter_names(template).is_none());
}

#[test]
fn a_header_pattern_joins_the_parser_and_leaves_it() {
    let lines = odd_lines();
    let (mut pipeline, mut asker) = after(&lines, &config());
    let said = answered(
        &mut asker,
        &pipeline,
        TaskKind::WriteHeaderPattern,
        |_| json!({ "pattern": "{<service>/<thread>} -<level>- <message>", "confidence": 0.9 }),
    );
    let before = pipeline.counters().events;
    let records = asker.adopt(&said, &mut pipeline, "model-x", false, end()).unwrap();
    assert_eq!(records.len(), 1, "{said:?}");
    let mut read = 0;
    for line in lines.iter().chain(&lines[..100]) {
        if let Some(event) = pipeline.push(line.as_bytes(), end())
            && event.record.parsed == Parsed::Exact
        {
            assert_eq!((event.record.service, event.record.thread.is_some()), (Some(&b"cart"[..]), true));
            assert!(event.record.message.starts_with(b"took "));
            read += 1;
        }
    }
    assert!(read > 290, "{read} of 300");
    assert_eq!(pipeline.counters().events, before + 299, "no line is lost");
    assert!(asker.undo(records[0], &mut pipeline, "eve", end()));
    assert!(pipeline.parser().formats().is_empty());
    let after_undo = pipeline.push(lines[1].as_bytes(), end()).map(|event| event.record.parsed);
    assert!(after_undo.is_some());
    let raw = pipeline.push(lines[2].as_bytes(), end()).map(|event| event.record.parsed);
    assert_ne!(raw, Some(Parsed::Exact));
}

#[test]
fn answers_that_change_nothing_change_nothing() {
    let (mut pipeline, mut asker) = told();
    let said =
        answered(&mut asker, &pipeline, TaskKind::SummariseWindow, |task| drainrs::prompt::fallback(task).unwrap());
    assert_eq!(asker.adopt(&said, &mut pipeline, "model-x", true, end()).unwrap(), Vec::<u64>::new());
    assert!(!asker.undo(1, &mut pipeline, "eve", end()));
}

#[test]
fn what_was_adopted_outlives_a_restart() {
    let (mut pipeline, mut asker) = told();
    let said = answered(
        &mut asker,
        &pipeline,
        TaskKind::ClassifyTemplates,
        |_| json!({ "classifications": [classification("t1", "critical", 0.95)] }),
    );
    let records = asker.adopt(&said, &mut pipeline, "model-x", false, end()).unwrap();
    let template = said.task.evidence.iter().find(|sent| sent.id == "t1").unwrap().template.unwrap();
    let format = drainrs::CustomFormat {
        name: "model-abc".to_owned(),
        pattern: "^(?P<level>[A-Z]+) (?P<message>.*)$".to_owned(),
        needs_time: false,
    };
    pipeline.add_format(&format).unwrap();
    let (state, mined) = (asker.snapshot(&pipeline).unwrap(), pipeline.snapshot().unwrap());
    let spent = asker.desk().today();

    let settings = PipelineConfig {
        detect: Some(drainrs::DetectConfig { max_scores: 64, ..Default::default() }),
        ..Default::default()
    };
    let mut pipeline = Pipeline::restore(&mined, &settings, drainrs::OnOtherSettings::Refuse).unwrap();
    let mut asker = Asker::build(&config()).unwrap();
    asker.resume(&state, &mut pipeline).unwrap();
    assert_eq!(asker.label(template).unwrap()["severity"], "critical");
    assert_eq!(asker.adoptions().len(), 1);
    assert_eq!(pipeline.parser().formats(), [format]);
    assert_eq!(asker.desk().today(), spent, "a restart does not open the budget of the day");
    assert!(asker.undo(records[0], &mut pipeline, "eve", end()));
    assert!(asker.label(template).is_none());
    for cut in [0, 3, state.len() / 2, state.len() - 1] {
        assert!(asker.resume(&state[..cut], &mut pipeline).is_err(), "cut at {cut}");
    }
    let mut flipped = state.clone();
    flipped[state.len() / 2] ^= 1;
    assert!(asker.resume(&flipped, &mut pipeline).is_err());
    assert!(asker.resume(&mined, &mut pipeline).unwrap_err().to_string().contains("no answers in it"));
    // Where the templates are not, neither are their labels.
    let mut other = Pipeline::build(&settings).unwrap();
    asker.resume(&state, &mut other).unwrap();
    assert!(asker.label(template).is_none());
}

#[test]
fn changes_are_taken_back_in_any_order() {
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [0, 2, 1], [2, 0, 1], [1, 2, 0]] {
        let (mut pipeline, mut asker) = told();
        let said = answered(
            &mut asker,
            &pipeline,
            TaskKind::ClassifyTemplates,
            |_| json!({ "classifications": [classification("t1", "low", 0.95)] }),
        );
        let template = said.task.evidence.iter().find(|sent| sent.id == "t1").unwrap().template.unwrap();
        let severities = ["low", "medium", "high"];
        let mut records = Vec::new();
        for severity in severities {
            let mut said = said.clone();
            let Some(drainrs::prompt::Verdict::Accepted(accepted)) = &mut said.verdict else { panic!() };
            accepted.value["classifications"][0]["severity"] = json!(severity);
            records.extend(asker.adopt(&said, &mut pipeline, "model-x", false, end()).unwrap());
            assert_eq!(asker.adopt(&said, &mut pipeline, "model-x", false, end()).unwrap(), Vec::<u64>::new(), "once");
        }
        let mut left = vec![0, 1, 2];
        for nth in order {
            assert!(asker.undo(records[nth], &mut pipeline, "eve", end()));
            left.retain(|other| *other != nth);
            let severity = asker.label(template).map(|label| label["severity"].as_str());
            assert_eq!(severity, left.last().map(|&last| severities[last]), "{order:?}, after {nth}");
        }
    }
}

#[test]
fn a_place_that_nobody_named_has_no_name() {
    let (mut pipeline, mut asker) = told();
    let said = answered(
        &mut asker,
        &pipeline,
        TaskKind::NameParameters,
        |_| json!({ "names": [{ "id": "p1", "name": "p2", "unit": null }], "confidence": 0.9 }),
    );
    let template = said.task.evidence.iter().find(|sent| sent.id == "t1").unwrap().template.unwrap();
    asker.adopt(&said, &mut pipeline, "model-x", false, end()).unwrap();
    let names = asker.parameter_names(template).unwrap();
    assert!(names.len() == 2 && names[0].as_ref().unwrap().name == "p2" && names[1].is_none(), "{names:?}");
    let rows = asker.index_rows(&pipeline, false, false);
    let row = rows.iter().find(|row| row.template_id == Some(template)).unwrap();
    assert!(row.labels["parameter.1"] == "p2" && !row.labels.contains_key("parameter.2"), "{:?}", row.labels);
}

#[test]
fn a_template_that_changed_meanwhile_gets_no_label() {
    let lines: Vec<String> = (0..60)
        .map(|n| {
            format!("2026-03-12T10:00:{n:02}Z ERROR 1 --- [db] [exec-1] com.shop.Main : disk sda is full on node alpha")
        })
        .collect();
    let (mut pipeline, mut asker) = after(&lines, &config());
    let said =
        answered(&mut asker, &pipeline, TaskKind::ClassifyTemplates, |_| json!({ "classifications": [plain("t1")] }));
    assert!(is_accepted(&said), "{said:?}");
    let template = said.task.evidence.iter().find(|sent| sent.id == "t1").unwrap().template.unwrap();
    for node in ["beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda"] {
        let line =
            format!("2026-03-12T10:01:00Z ERROR 1 --- [db] [exec-1] com.shop.Main : disk sda is full on node {node}");
        if let Some(event) = pipeline.push(line.as_bytes(), end()) {
            asker.observe(&event);
        }
    }
    if let Some(event) = pipeline.finish(end()) {
        asker.observe(&event);
    }
    let texts: Vec<String> = pipeline.miner().templates().map(|view| view.text).collect();
    assert!(pipeline.miner().template(template).is_none_or(|view| view.text.contains("<*>")), "{texts:?}");
    assert_eq!(asker.adopt(&said, &mut pipeline, "model-x", false, end()).unwrap(), Vec::<u64>::new());
    assert!(asker.label(template).is_none());
}

#[test]
fn formats_of_answers_stand_behind_those_of_the_host() {
    let lines = odd_lines();
    let (mut pipeline, mut asker) = after(&lines, &config());
    let own = drainrs::CustomFormat {
        name: "own".to_owned(),
        pattern: r"^\{(?P<thread>[^}]+)\} (?P<message>.*)$".to_owned(),
        needs_time: false,
    };
    pipeline.add_format(&own).unwrap();
    let said = answered(
        &mut asker,
        &pipeline,
        TaskKind::WriteHeaderPattern,
        |_| json!({ "pattern": "{<service>/<thread>} -<level>- <message>", "confidence": 0.9 }),
    );
    let unparsed = asker.counters().unparsed;
    assert_eq!(asker.adopt(&said, &mut pipeline, "model-x", false, end()).unwrap().len(), 1);
    assert_eq!(asker.adopt(&said, &mut pipeline, "model-x", false, end()).unwrap().len(), 0, "once");
    assert_eq!(asker.counters().unparsed, unparsed, "what was seen was seen");
    let names: Vec<&str> = pipeline.parser().formats().iter().map(|format| format.name.as_str()).collect();
    assert!(names.len() == 2 && names[0] == "own" && names[1].starts_with("model-"), "{names:?}");
}

#[test]
fn names_of_two_templates_that_become_one_are_asked_for_again() {
    let said = |node: &str, n: usize| {
        let text = format!("disk sda is full on node {node} with {n} files");
        format!("2026-03-12T10:00:{:02}Z ERROR 1 --- [db] [exec-1] com.shop.Main : {text}", n % 60)
    };
    let lines: Vec<String> =
        ["alpha", "beta"].into_iter().flat_map(|node| (0..30).map(move |n| said(node, n))).collect();
    let (mut pipeline, mut asker) = after(&lines, &config());
    for _ in 0..2 {
        let named = answered(
            &mut asker,
            &pipeline,
            TaskKind::NameParameters,
            |_| json!({ "names": [{ "id": "p1", "name": "files", "unit": null }], "confidence": 0.9 }),
        );
        assert_eq!(asker.adopt(&named, &mut pipeline, "model-x", false, end()).unwrap().len(), 1);
    }
    let asks = |asker: &Asker, pipeline: &Pipeline| {
        let plan = asker.plan(pipeline, end(), &roomy()).unwrap();
        plan.tasks.iter().any(|task| task.kind == TaskKind::NameParameters)
    };
    assert!(!asks(&asker, &pipeline), "both have names");
    more_nodes_come(&mut pipeline, &mut asker, said);
    let texts: Vec<String> = pipeline.miner().templates().map(|view| view.text).collect();
    assert_eq!(texts, ["disk sda is full on node <*> with <NUM> files"]);
    assert!(asks(&asker, &pipeline));
}

#[test]
fn a_snapshot_takes_back_formats_that_came_after_it() {
    let lines = odd_lines();
    let (mut pipeline, mut asker) = after(&lines, &config());
    let before = asker.snapshot(&pipeline).unwrap();
    let said = answered(
        &mut asker,
        &pipeline,
        TaskKind::WriteHeaderPattern,
        |_| json!({ "pattern": "{<service>/<thread>} -<level>- <message>", "confidence": 0.9 }),
    );
    asker.adopt(&said, &mut pipeline, "model-x", false, end()).unwrap();
    assert_eq!(pipeline.parser().formats().len(), 1);
    asker.resume(&before, &mut pipeline).unwrap();
    assert!(pipeline.parser().formats().is_empty() && asker.adoptions().is_empty(), "no format without a record");
}

#[test]
fn labels_stay_with_the_templates_that_they_were_given_to() {
    let (mut pipeline, mut asker) = told();
    let said = answered(
        &mut asker,
        &pipeline,
        TaskKind::ClassifyTemplates,
        |_| json!({ "classifications": [classification("t1", "critical", 0.95)] }),
    );
    let template = said.task.evidence.iter().find(|sent| sent.id == "t1").unwrap().template.unwrap();
    asker.adopt(&said, &mut pipeline, "model-x", false, end()).unwrap();
    let state = asker.snapshot(&pipeline).unwrap();
    // In a pipeline of another stream the number is that of something else.
    let others: Vec<String> = (1..30).map(|n| format!("2026-03-12T10:00:{n:02}Z WARN{}", " up".repeat(n))).collect();
    let (mut other, mut fresh) = after(&others, &config());
    assert!(other.miner().template(template).is_some());
    fresh.resume(&state, &mut other).unwrap();
    assert!(fresh.label(template).is_none());
    let (mut same, mut fresh) = told();
    fresh.resume(&state, &mut same).unwrap();
    assert_eq!(fresh.label(template).unwrap()["severity"], "critical");
}

#[test]
fn two_patterns_are_two_formats_and_the_only_one_expected_stays() {
    let lines = odd_lines();
    let (mut pipeline, mut asker) = after(&lines, &config());
    let mut said = answered(
        &mut asker,
        &pipeline,
        TaskKind::WriteHeaderPattern,
        |_| json!({ "pattern": "{<service>/<thread>} -<level>- <message>", "confidence": 0.9 }),
    );
    let mut records = asker.adopt(&said, &mut pipeline, "model-x", false, end()).unwrap();
    // Somebody has another idea about the same question.
    let other = br#"{"pattern": "{<*>} -<level>- <message>", "confidence": 0.9}"#;
    let limits = drainrs::prompt::JudgeLimits::default();
    said.verdict = Some(drainrs::prompt::judge(&said.task, other, end(), &limits, &said.task.as_sent()));
    records.extend(asker.adopt(&said, &mut pipeline, "model-y", false, end()).unwrap());
    let formats = pipeline.parser().formats().to_vec();
    assert!(records.len() == 2 && formats.len() == 2 && formats[0].name != formats[1].name, "{formats:?}");
    // A parser that expects one of them and nothing else cannot be without it.
    let mut only = PipelineConfig::default();
    only.parse.format = Some(formats[0].name.clone());
    only.parse.formats = formats.clone();
    let mut only = Pipeline::build(&only).unwrap();
    assert!(!asker.undo(records[0], &mut only, "eve", end()));
    assert!(only.parser().formats() == formats && asker.adoptions()[0].undone.is_none());
    assert!(asker.undo(records[1], &mut pipeline, "eve", end()));
    assert_eq!(pipeline.parser().formats(), &formats[..1]);
    assert!(asker.undo(records[0], &mut pipeline, "eve", end()));
    assert!(pipeline.parser().formats().is_empty());
}

#[test]
fn a_pattern_for_headers_reads_no_prose_with_a_level_in_it() {
    let lines: Vec<String> = (0..200).map(|n| format!("<{}> [WARN ] cart took {n} ms", n % 7)).collect();
    let (mut pipeline, mut asker) = after(&lines, &config());
    let said = answered(
        &mut asker,
        &pipeline,
        TaskKind::WriteHeaderPattern,
        |_| json!({ "pattern": "\\<<pid>> [<level>] <service> <message>", "confidence": 0.9 }),
    );
    assert!(is_accepted(&said), "{said:?}");
    asker.adopt(&said, &mut pipeline, "model-x", false, end()).unwrap();
    let mut levels = |line: &str| {
        pipeline.push(b"<1> [INFO ] cart took 1 ms", end());
        // A line comes when the next one begins.
        pipeline.push(line.as_bytes(), end());
        pipeline.push(b"<1> [INFO ] cart took 1 ms", end()).map(|event| (event.record.parsed, event.record.level))
    };
    assert_eq!(levels("<5> [ERROR] cart is down"), Some((Parsed::Exact, drainrs::Level::Error)));
    assert_ne!(levels("<5> [Error] of the device"), Some((Parsed::Exact, drainrs::Level::Error)));
}

#[test]
fn a_format_with_a_time_reads_no_line_without_one() {
    let lines: Vec<String> = (0..200).map(|n| format!("081109 2035{:02} cart: took {n} ms", n % 60)).collect();
    let (mut pipeline, mut asker) = after(&lines, &config());
    let said = answered(
        &mut asker,
        &pipeline,
        TaskKind::WriteHeaderPattern,
        |_| json!({ "pattern": "<ts> <service>: <message>", "confidence": 0.9 }),
    );
    assert!(is_accepted(&said), "{said:?}");
    asker.adopt(&said, &mut pipeline, "model-x", false, end()).unwrap();
    let mut read = |line: &str| {
        pipeline.push(lines[0].as_bytes(), end());
        pipeline.push(line.as_bytes(), end());
        pipeline.push(lines[1].as_bytes(), end()).map(|event| {
            let service = event.record.service.map(|name| String::from_utf8_lossy(name).into_owned());
            (event.lines, event.record.parsed, event.record.at.is_some(), service)
        })
    };
    assert_eq!(read("081109 203559 cart: took 1 ms"), Some((1, Parsed::Exact, true, Some("cart".to_owned()))));
    // Without a header it belongs to the event before it, and is none of a service called seconds.
    assert_eq!(read("took 5 seconds: too slow"), Some((2, Parsed::Exact, true, Some("cart".to_owned()))));
}

#[test]
fn a_state_that_does_not_fit_changes_nothing() {
    let (mut pipeline, mut asker) = told();
    let said = answered(
        &mut asker,
        &pipeline,
        TaskKind::ClassifyTemplates,
        |_| json!({ "classifications": [classification("t1", "critical", 0.95)] }),
    );
    asker.adopt(&said, &mut pipeline, "model-x", false, end()).unwrap();
    let template = said.task.evidence.iter().find(|sent| sent.id == "t1").unwrap().template.unwrap();
    let format = |n: usize| drainrs::CustomFormat {
        name: format!("model-{n}"),
        pattern: "^(?P<level>[A-Z]+) (?P<message>.*)$".to_owned(),
        needs_time: false,
    };
    let mut most = 0;
    while pipeline.add_format(&format(most)).is_ok() {
        most += 1;
    }
    let state = asker.snapshot(&pipeline).unwrap();
    // A parser with one format of its own has room for all but the last.
    let (mut other, mut fresh) = told();
    let own = drainrs::CustomFormat { name: "own".to_owned(), ..format(0) };
    other.add_format(&own).unwrap();
    let error = fresh.resume(&state, &mut other).unwrap_err();
    assert_eq!(error.kind(), drainrs::ErrorKind::Limit, "{error}");
    assert_eq!(other.parser().formats(), [own]);
    assert!(fresh.label(template).is_none() && fresh.adoptions().is_empty());
}

#[test]
fn a_label_goes_with_its_template_where_that_becomes_part_of_another() {
    let said = |node: &str, n: usize| {
        format!("2026-03-12T10:00:{n:02}Z ERROR 1 --- [db] [exec-1] com.shop.Main : disk sda is full on node {node}")
    };
    let lines: Vec<String> =
        ["alpha", "beta"].into_iter().flat_map(|node| (0..30).map(move |n| said(node, n))).collect();
    let (mut pipeline, mut asker) = after(&lines, &config());
    assert_eq!(pipeline.miner().templates().count(), 2, "two nodes may be two things");
    let answer = |task: &Task| {
        let ids = task.evidence.iter().filter(|sent| sent.id.starts_with('t'));
        let items = ids.map(|sent| plain(&sent.id));
        json!({ "classifications": items.collect::<Vec<_>>() })
    };
    let labelled = answered(&mut asker, &pipeline, TaskKind::ClassifyTemplates, answer);
    assert!(is_accepted(&labelled), "{labelled:?}");
    let records = asker.adopt(&labelled, &mut pipeline, "model-x", false, end()).unwrap();
    assert_eq!(records.len(), 2);
    more_nodes_come(&mut pipeline, &mut asker, said);
    let templates: Vec<(drainrs::TemplateId, String)> =
        pipeline.miner().templates().map(|view| (view.id, view.text)).collect();
    assert_eq!(templates.len(), 1, "{templates:?}");
    assert_eq!(asker.label(templates[0].0).unwrap()["severity"], "critical");
    for record in records.into_iter().rev() {
        assert!(asker.undo(record, &mut pipeline, "eve", end()));
    }
    assert!(asker.label(templates[0].0).is_none());
}

#[test]
fn a_label_of_its_own_goes_before_that_of_a_template_that_became_part() {
    let said = |node: &str, n: usize| {
        format!("2026-03-12T10:00:{n:02}Z ERROR 1 --- [db] [exec-1] com.shop.Main : disk sda is full on node {node}")
    };
    let lines: Vec<String> =
        ["alpha", "beta"].into_iter().flat_map(|node| (0..30).map(move |n| said(node, n))).collect();
    let (mut pipeline, mut asker) = after(&lines, &config());
    let severities = ["low", "high"];
    let labelled = answered(&mut asker, &pipeline, TaskKind::ClassifyTemplates, |task| {
        let ids = task.evidence.iter().filter(|sent| sent.id.starts_with('t')).zip(severities);
        let items = ids.map(|(sent, severity)| {
            let mut item = plain(&sent.id);
            item["severity"] = json!(severity);
            item
        });
        json!({ "classifications": items.collect::<Vec<_>>() })
    });
    asker.adopt(&labelled, &mut pipeline, "model-x", false, end()).unwrap();
    more_nodes_come(&mut pipeline, &mut asker, said);
    let only = pipeline.miner().templates().map(|view| view.id).next().unwrap();
    let severity = |asker: &Asker| asker.label(only).map(|label| label["severity"].clone());
    let own = severity(&asker);
    assert!(own.is_some() && pipeline.miner().templates().count() == 1);
    let view = pipeline.miner().template(only).unwrap();
    let shown = drainrs::prompt::ShownTemplate {
        template: only,
        content: view.content_id,
        ..super::story::shown(&view.text, "", "", &[])
    };
    // Another label, and back: the one that was there is there again, not that of the one that became a part.
    let mut again = labelled.clone();
    again.task =
        asker.task_of(drainrs::prompt::Subject::Templates { shown: vec![shown] }, 1.0, end(), &roomy()).unwrap();
    let mut other = plain("t1");
    other["severity"] = json!("medium");
    let answer = json!({ "classifications": [other] }).to_string();
    let limits = drainrs::prompt::JudgeLimits::default();
    let verdict = drainrs::prompt::judge(&again.task, answer.as_bytes(), end(), &limits, &again.task.as_sent());
    again.verdict = Some(verdict);
    let records = asker.adopt(&again, &mut pipeline, "model-y", false, end()).unwrap();
    assert_eq!(severity(&asker).as_deref(), Some("medium"));
    assert!(asker.undo(records[0], &mut pipeline, "eve", end()));
    assert_eq!(severity(&asker), own);
    // Without its own that of the part is the best there is.
    let own_record = asker.adoptions().iter().find(|record| match &record.change {
        Change::Label { after, .. } => Some(&after["severity"]) == own.as_ref(),
        _ => false,
    });
    let own_record = own_record.unwrap().id;
    assert!(asker.undo(own_record, &mut pipeline, "eve", end()));
    let rest = severity(&asker);
    assert!(rest.is_some() && rest != own, "{rest:?}");
}

#[test]
fn names_do_not_stay_where_the_places_are_others() {
    let said = |who: &str, n: usize| {
        let text = format!("worker {who} of the pool has finished job {n} quite well indeed today");
        format!("2026-03-12T10:00:{:02}Z INFO 1 --- [db] [exec-1] com.shop.Main : {text}", n % 60)
    };
    let lines: Vec<String> = (0..60).map(|n| said("alpha", n)).collect();
    let (mut pipeline, mut asker) = after(&lines, &config());
    let named = answered(
        &mut asker,
        &pipeline,
        TaskKind::NameParameters,
        |_| json!({ "names": [{ "id": "p1", "name": "job_id", "unit": null }], "confidence": 0.9 }),
    );
    assert!(is_accepted(&named), "{named:?}");
    let template = named.task.evidence.iter().find(|sent| sent.id == "t1").unwrap().template.unwrap();
    let records = asker.adopt(&named, &mut pipeline, "model-x", false, end()).unwrap();
    assert_eq!(asker.parameter_names(template).unwrap().len(), 1);
    for (n, who) in ["beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota"].into_iter().enumerate() {
        if let Some(event) = pipeline.push(said(who, n).as_bytes(), end()) {
            asker.observe(&event);
        }
    }
    if let Some(event) = pipeline.finish(end()) {
        asker.observe(&event);
    }
    let (id, text) = pipeline.miner().templates().map(|view| (view.id, view.text)).next().unwrap();
    assert!(text.starts_with("worker <*> of the pool"), "{text}");
    assert!(asker.parameter_names(id).is_none() && asker.parameter_names(template).is_none());
    assert!(!asker.undo(records[0], &mut pipeline, "eve", end()), "it is taken back already");
    let plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
    assert!(plan.tasks.iter().any(|task| task.kind == TaskKind::NameParameters), "and asked for again");
}
