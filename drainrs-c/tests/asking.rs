//! Questions and answers, beside the core's own asker.

use std::ptr::{null, null_mut};

use drainrs::ask::{AskConfig, Asker};
use drainrs::prompt::{self, Budget, Task, tokens_about};
use drainrs::{Pipeline, PipelineConfig, Timestamp};
use drainrs_c::answered::*;
use drainrs_c::asker::*;
use drainrs_c::events::*;
use drainrs_c::pipeline::*;
use drainrs_c::status::{DRAINRS_ERR_CONFIG, DRAINRS_ERR_LIMIT};
use drainrs_c::task::*;
use serde_json::{Value, json};

use crate::support::{Buffer, batch, fails, fine, lines, made, now};

const DETECT: &str = r#"{"detect": {}}"#;

/// An asker and its pipeline that have seen the log, and the alerts of it.
struct Seen {
    asker: *mut drainrs_asker,
    pipeline: *mut drainrs_pipeline,
    alerts: Value,
}

impl Seen {
    fn new() -> Seen {
        let (asker, pipeline) = (made(drainrs_asker_new, ""), made(drainrs_pipeline_new, DETECT));
        let (data, ends) = batch(&lines());
        let out = Buffer::new();
        let mut events = drainrs_events_new(0);
        // SAFETY: all pointers are good.
        unsafe {
            fine(|error| {
                let (data, len) = (data.as_ptr(), data.len());
                drainrs_asker_push_batch(
                    asker,
                    pipeline,
                    data,
                    len,
                    ends.as_ptr(),
                    ends.len(),
                    now(),
                    events,
                    out.0,
                    error,
                )
            });
            let mut len = 0;
            drainrs_events_templates(events, &raw mut len);
            assert!(len > 1000);
            drainrs_events_free(&raw mut events);
        }
        Seen { asker, pipeline, alerts: out.json() }
    }

    /// The first task of the plan, sent.
    fn asked(&self) -> *mut drainrs_task {
        let (out, mut task) = (Buffer::new(), null_mut());
        // SAFETY: all pointers are good.
        unsafe {
            fine(|error| drainrs_asker_offer(self.asker, self.pipeline, now(), null(), 0, out.0, error));
            assert_eq!(out.json()[0]["offer"], "queued");
            fine(|error| drainrs_asker_next(self.asker, now(), &raw mut task, error));
        }
        assert!(!task.is_null());
        task
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        // SAFETY: both were given by `_new`. The pipeline goes first: objects do not depend on each other.
        unsafe {
            drainrs_pipeline_free(&raw mut self.pipeline);
            drainrs_asker_free(&raw mut self.asker);
        }
    }
}

/// A task of the log.
pub(crate) fn a_task() -> *mut drainrs_task {
    Seen::new().asked()
}

/// What became of a task whose answer was nothing.
pub(crate) fn an_answered() -> *mut drainrs_answered {
    let seen = Seen::new();
    let mut task = seen.asked();
    let (out, mut answered) = (Buffer::new(), null_mut());
    // SAFETY: all pointers are good.
    unsafe {
        fine(|error| drainrs_task_id(task, out.0, error));
        let id = out.bytes();
        fine(|error| {
            let (asker, pipeline) = (seen.asker, seen.pipeline);
            let place = &raw mut answered;
            drainrs_asker_answer(asker, pipeline, id.as_ptr(), id.len(), b"{}".as_ptr(), 2, now(), place, out.0, error)
        });
        assert_eq!(out.json()["accepted"], false);
        drainrs_task_free(&raw mut task);
    }
    answered
}

/// The same in the core.
fn core() -> (Asker, Pipeline, Vec<drainrs::Alert>) {
    let mut asker = Asker::build(&AskConfig::default()).unwrap();
    let config: PipelineConfig = serde_json::from_str(DETECT).unwrap();
    let mut pipeline = Pipeline::build(&config).unwrap();
    let mut alerts = Vec::new();
    for line in lines() {
        if let Some(event) = pipeline.push(line.as_bytes(), Timestamp::from_nanos(now())) {
            asker.observe(&event);
            alerts.extend(asker.take(&mut pipeline));
        }
    }
    (asker, pipeline, alerts)
}

#[test]
fn a_stream_is_planned_asked_and_answered_as_in_the_core() {
    let (mut asker, pipeline, alerts) = core();
    let seen = Seen::new();
    let out = Buffer::new();
    let at = Timestamp::from_nanos(now());
    assert_eq!(seen.alerts, json!(alerts));

    let about = r#"{"max_tasks": 3, "count": "about"}"#;
    let budget = Budget { max_tasks: 3, count: &tokens_about, ..Budget::default() };
    // SAFETY: all pointers are good.
    unsafe {
        fine(|error| drainrs_asker_plan(seen.asker, seen.pipeline, now(), about.as_ptr(), about.len(), out.0, error));
        assert_eq!(out.json(), json!(asker.plan(&pipeline, at, &budget).unwrap()));
        let wrong = r#"{"max_task": 3}"#;
        fails(DRAINRS_ERR_CONFIG, |error| {
            drainrs_asker_plan(seen.asker, seen.pipeline, now(), wrong.as_ptr(), wrong.len(), out.0, error)
        });
        let small = r#"{"max_tokens": 1}"#;
        fails(DRAINRS_ERR_LIMIT, |error| {
            drainrs_asker_plan(seen.asker, seen.pipeline, now(), small.as_ptr(), small.len(), out.0, error)
        });
        fine(|error| drainrs_asker_digest(seen.asker, seen.pipeline, b"log".as_ptr(), 3, 4000, out.0, error));
        assert_eq!(out.json(), json!(asker.digest(&pipeline, "log", 4000, &prompt::tokens_at_most)));
        fine(|error| drainrs_asker_index_rows(seen.asker, seen.pipeline, 1, 0, out.0, error));
        assert_eq!(out.json(), json!(asker.index_rows(&pipeline, true, false)));
        fine(|error| drainrs_asker_incident_templates(seen.asker, seen.pipeline, out.0, error));
        assert_eq!(out.json(), json!(asker.incident_templates(&pipeline)));
    }

    let plan = asker.plan(&pipeline, at, &Budget::default()).unwrap();
    asker.offer(plan, at);
    let expected = asker.next(at).unwrap();
    let mut task = seen.asked();
    // SAFETY: all pointers are good.
    unsafe {
        fine(|error| drainrs_task_to_json(task, out.0, error));
        assert_eq!(out.json(), json!(expected));
        let became = asker.answer(&expected.id, b"{}", at, &pipeline).unwrap();
        let id = expected.id.as_bytes();
        let mut answered = null_mut();
        fine(|error| {
            let (own, inner) = (seen.asker, seen.pipeline);
            let place = &raw mut answered;
            drainrs_asker_answer(own, inner, id.as_ptr(), id.len(), b"{}".as_ptr(), 2, now(), place, out.0, error)
        });
        assert_eq!(out.json()["verdict"], json!(became.verdict));
        let direct = out.json();
        fine(|error| drainrs_answered_to_json(answered, out.0, error));
        assert_eq!(out.json(), direct);
        let mut repair = null_mut();
        fine(|error| drainrs_answered_repair(answered, &raw mut repair, error));
        fine(|error| drainrs_task_id(repair, out.0, error));
        assert_eq!(out.text(), became.repair.as_ref().unwrap().id);
        drainrs_task_free(&raw mut repair);
        fine(|error| {
            drainrs_asker_adopt(seen.asker, seen.pipeline, answered, b"me".as_ptr(), 2, 0, now(), out.0, error)
        });
        assert_eq!(out.text(), "[]", "what is rejected changes nothing");
        drainrs_answered_free(&raw mut answered);
        fine(|error| drainrs_asker_give_up(seen.asker, b"none".as_ptr(), 4, now(), &raw mut answered, out.0, error));
        assert!(answered.is_null() && out.text() == "null");
        fine(|error| drainrs_asker_stats(seen.asker, out.0, error));
        assert_eq!(out.json()["desk"], json!(asker.desk().counters()));
        assert_eq!(out.json()["journal"], json!(asker.counters()));
        fine(|error| drainrs_asker_snapshot(seen.asker, seen.pipeline, out.0, error));
        assert_eq!(out.bytes(), asker.snapshot(&pipeline).unwrap());
        let kept = out.bytes();
        fine(|error| drainrs_asker_resume(seen.asker, seen.pipeline, kept.as_ptr(), kept.len(), error));
        drainrs_task_free(&raw mut task);
    }
}

#[test]
fn a_task_says_what_the_core_says() {
    let mut task = a_task();
    let out = Buffer::new();
    // SAFETY: all pointers are good.
    unsafe {
        fine(|error| drainrs_task_save(task, out.0, error));
        let core = Task::load(&out.bytes()).unwrap();
        let saved = out.bytes();
        drainrs_task_free(&raw mut task);
        fine(|error| drainrs_task_load(saved.as_ptr(), saved.len(), &raw mut task, error));
        fine(|error| drainrs_task_id(task, out.0, error));
        assert_eq!(out.text(), core.id);
        fine(|error| drainrs_task_kind(task, out.0, error));
        assert_eq!(out.text(), core.kind.name());
        fine(|error| drainrs_task_text(task, out.0, error));
        assert_eq!(out.text(), core.text());
        fine(|error| drainrs_task_messages(task, out.0, error));
        assert_eq!(out.json(), core.messages());
        fine(|error| drainrs_task_schema(task, out.0, error));
        assert_eq!(out.json(), core.schema);
        fine(|error| drainrs_task_fallback(task, out.0, error));
        assert_eq!(out.json(), json!(prompt::fallback(&core)));
        fine(|error| drainrs_task_judge(task, b"no".as_ptr(), 2, now(), null(), 0, out.0, error));
        let at = Timestamp::from_nanos(now());
        let verdict = prompt::judge(&core, b"no", at, &prompt::JudgeLimits::default(), &core.as_sent());
        assert_eq!(out.json(), json!(verdict));
        let reasons = out.json()["reasons"].to_string();
        let mut repair = null_mut();
        fine(|error| drainrs_task_repair(task, reasons.as_ptr(), reasons.len(), &raw mut repair, error));
        assert!(!repair.is_null());
        drainrs_task_free(&raw mut repair);
        let text = "about <IP_1> and <NONE_1>";
        fine(|error| drainrs_task_restore(task, text.as_ptr(), text.len(), out.0, error));
        assert_eq!(out.text(), core.restore(text));
        drainrs_task_free(&raw mut task);
    }
}

#[test]
fn an_asker_takes_the_end_of_a_stream_and_time_that_passes() {
    let seen = Seen::new();
    let out = Buffer::new();
    let later = now() + 3_600_000_000_000;
    // SAFETY: all pointers are good; those that may be NULL are.
    unsafe {
        fine(|error| drainrs_asker_advance(seen.asker, seen.pipeline, later, null_mut(), out.0, error));
        assert!(out.json().is_array());
        fine(|error| drainrs_asker_flush(seen.asker, seen.pipeline, later, null_mut(), error));
        fine(|error| drainrs_asker_finish(seen.asker, seen.pipeline, later, null_mut(), null_mut(), error));
        fine(|error| drainrs_asker_lost(seen.asker, later, out.0, error));
        assert_eq!(out.text(), "[]");
        fine(|error| drainrs_asker_label(seen.asker, 1, out.0, error));
        assert_eq!(out.json(), json!({ "label": null, "parameters": null }));
        fine(|error| drainrs_asker_adoptions(seen.asker, out.0, error));
        assert_eq!(out.text(), "[]");
        let mut undone = 7;
        fine(|error| {
            drainrs_asker_undo(seen.asker, seen.pipeline, 1, b"me".as_ptr(), 2, later, &raw mut undone, error)
        });
        assert_eq!(undone, 0);
    }
}
