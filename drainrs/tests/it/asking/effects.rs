//! What answers change: labels, names, formats; with records, and back again.

use drainrs::ask::{Asker, Change};
use drainrs::prompt::{Answered, Task, TaskKind};
use drainrs::{Parsed, Pipeline};
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
    // What has a label is not asked about.
    let plan = asker.plan(&pipeline, end(), &roomy()).unwrap();
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
    assert_eq!((names[0].name.as_str(), names[0].unit.as_deref()), ("value_0", Some("ms")));
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
    };
    pipeline.add_format(&format).unwrap();
    let (state, mined) = (asker.snapshot(&pipeline).unwrap(), pipeline.snapshot().unwrap());
    let spent = asker.desk().today();

    let settings = drainrs::PipelineConfig {
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
