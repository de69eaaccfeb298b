//! Guards, baselines, and what a pipeline's detector does, beside the core's own.

use std::ptr::{null, null_mut};

use drainrs::baseline::{Baseline, CompareConfig, compare};
use drainrs::guard::{Outcome, Proposal, RunId};
use drainrs::{Guard, Timestamp};
use drainrs_c::baseline::*;
use drainrs_c::detector::*;
use drainrs_c::guard::*;
use drainrs_c::observation::*;
use drainrs_c::pipeline::*;
use drainrs_c::status::{DRAINRS_ERR_ARGUMENT, DRAINRS_ERR_CONFIG};
use serde_json::json;

use crate::support::{Buffer, batch, fails, fine, lines, made, now};

const RULES: &str =
    r#"{"autonomy": "auto_low_risk", "actions": [{"name": "restart", "targets": ["web-*"], "risk": "low"}]}"#;
const PROPOSAL: &str = r#"{"action": "restart", "target": "web-1", "risk": "low", "confidence": 0.99}"#;

#[test]
fn a_guard_decides_as_the_core_does() {
    let mut core = Guard::build(&serde_json::from_str(RULES).unwrap()).unwrap();
    let mut own = made(drainrs_guard_new, RULES);
    let out = Buffer::new();
    let at = Timestamp::from_nanos(now());
    let mut proposal: Proposal = serde_json::from_str(PROPOSAL).unwrap();
    proposal.at = at;
    let (document, len) = (PROPOSAL.as_ptr(), PROPOSAL.len());
    // SAFETY: all pointers are good.
    unsafe {
        for by in ["", "ann"] {
            proposal.approved_by = Some(by.to_owned()).filter(|by| !by.is_empty());
            fine(|error| drainrs_guard_decide(own, document, len, by.as_ptr(), by.len(), now(), out.0, error));
            assert_eq!(out.json(), json!(core.decide(&proposal)));
        }
        let forged = r#"{"action": "restart", "target": "web-1", "confidence": 1, "approved_by": "root"}"#;
        fails(DRAINRS_ERR_CONFIG, |error| {
            drainrs_guard_decide(own, forged.as_ptr(), forged.len(), null(), 0, now(), out.0, error)
        });
        let mut reported = 7;
        fine(|error| drainrs_guard_report(own, 1, DRAINRS_OUTCOME_ROLL_BACK_FAILED, now(), &raw mut reported, error));
        assert_eq!(reported, DRAINRS_REPORTED_SUSPENDED);
        core.report(RunId(1), Outcome::RollBackFailed, at);
        fine(|error| drainrs_guard_report(own, 1, DRAINRS_OUTCOME_FAILED, now(), &raw mut reported, error));
        assert_eq!(reported, DRAINRS_REPORTED_UNKNOWN);
        core.report(RunId(1), Outcome::Failed, at);
        fails(DRAINRS_ERR_ARGUMENT, |error| drainrs_guard_report(own, 1, 4, now(), &raw mut reported, error));
        let (action, len) = (b"restart".as_ptr(), 7);
        let mut said = 7;
        fine(|error| drainrs_guard_is_suspended(own, action, len, &raw mut said, error));
        assert_eq!(said, 1);
        fine(|error| drainrs_guard_resume(own, action, len, b"me".as_ptr(), 2, now(), &raw mut said, error));
        assert_eq!(said, 1);
        core.resume("restart", "me", at);
        fine(|error| drainrs_guard_correct_clock(own, now() - 1, &raw mut said, error));
        assert_eq!(said, 1);
        core.correct_clock(Timestamp::from_nanos(now() - 1));
        fine(|error| drainrs_guard_counters(own, out.0, error));
        assert_eq!(out.json(), json!(core.counters()));
        fine(|error| drainrs_guard_config(own, out.0, error));
        assert_eq!(out.json(), json!(core.config()));
        fine(|error| drainrs_guard_snapshot(own, out.0, error));
        assert_eq!(out.bytes(), core.snapshot());
        fine(|error| drainrs_guard_take_audit_lines(own, out.0, error));
        let mut lines = String::new();
        core.take_audit_lines(&mut lines);
        assert_eq!(out.text(), lines);
        assert_eq!(drainrs_guard_audit_dropped(own), 0);
        drainrs_guard_free(&raw mut own);
    }
}

fn learned(lines: &[&str]) -> (*mut drainrs_baseline, Baseline) {
    let own = made(drainrs_baseline_new, "");
    let mut core = Baseline::build(&drainrs::PipelineConfig::default()).unwrap();
    let (data, ends) = batch(lines);
    // SAFETY: all pointers are good.
    unsafe {
        let (data, len) = (data.as_ptr(), data.len());
        fine(|error| drainrs_baseline_push_batch(own, data, len, ends.as_ptr(), ends.len(), now(), error));
        fine(|error| drainrs_baseline_finish(own, now(), error));
    }
    let at = Timestamp::from_nanos(now());
    for line in lines {
        core.push(line.as_bytes(), at);
    }
    core.finish(at);
    (own, core)
}

#[test]
fn baselines_differ_and_judge_as_in_the_core() {
    let lines = lines();
    let (usual, unusual) = lines.split_at(1000);
    let ((mut before, first), (mut after, second)) = (learned(usual), learned(unusual));
    let out = Buffer::new();
    let mut judge = null_mut();
    // SAFETY: all pointers are good.
    unsafe {
        fine(|error| drainrs_baseline_compare(before, after, null(), 0, out.0, error));
        assert_eq!(out.json(), json!(compare(&first, &second, &CompareConfig::default())));
        fine(|error| drainrs_baseline_save(before, out.0, error));
        assert_eq!(out.bytes(), first.save().unwrap());
        let saved = out.bytes();
        drainrs_baseline_free(&raw mut before);
        fine(|error| drainrs_baseline_load(saved.as_ptr(), saved.len(), &raw mut before, error));
        fine(|error| drainrs_baseline_counters(before, out.0, error));
        fine(|error| drainrs_baseline_templates(before, out.0, error));
        assert_eq!(out.json(), json!(first.pipeline().miner().templates().collect::<Vec<_>>()));

        fine(|error| drainrs_pipeline_from_baseline(before, &raw mut judge, error));
        let (data, ends) = batch(unusual);
        let (data, len) = (data.as_ptr(), data.len());
        fine(|error| {
            drainrs_pipeline_push_batch(judge, data, len, ends.as_ptr(), ends.len(), now(), null_mut(), error)
        });
        fine(|error| drainrs_pipeline_finish(judge, now(), null_mut(), error));
        fine(|error| drainrs_pipeline_take_alerts(judge, usize::MAX, out.0, error));
        let mut core = first.into_judge();
        let at = Timestamp::from_nanos(now());
        let mut alerts = Vec::new();
        for line in unusual {
            let _ = core.push(line.as_bytes(), at);
        }
        while core.finish(at).is_some() {}
        core.detector_mut().unwrap().finish();
        alerts.extend(std::iter::from_fn(|| core.poll_alert()));
        assert!(!alerts.is_empty());
        assert_eq!(out.json(), json!(alerts));
        drainrs_pipeline_free(&raw mut judge);
        drainrs_baseline_free(&raw mut before);
        drainrs_baseline_free(&raw mut after);
    }
}

#[test]
fn a_detector_gives_scores_metrics_and_takes_modes() {
    let mut own = made(drainrs_pipeline_new, r#"{"detect": {"max_scores": 100, "max_metrics": 5}}"#);
    let mut plain = made(drainrs_pipeline_new, "");
    let out = Buffer::new();
    let (data, ends) = batch(&lines());
    let (data, len) = (data.as_ptr(), data.len());
    // SAFETY: all pointers are good.
    unsafe {
        fine(|error| drainrs_pipeline_push_batch(own, data, len, ends.as_ptr(), ends.len(), now(), null_mut(), error));
        fine(|error| drainrs_pipeline_finish(own, now(), null_mut(), error));
        fine(|error| drainrs_pipeline_take_scores(own, 3, out.0, error));
        assert_eq!(out.json().as_array().unwrap().len(), 3);
        let service = u32::try_from(out.json()[0]["service"].as_u64().unwrap()).unwrap();
        fine(|error| drainrs_pipeline_service_name(own, service, out.0, error));
        fine(|error| drainrs_pipeline_take_metrics(own, usize::MAX, out.0, error));
        assert!(!out.json().as_array().unwrap().is_empty());
        fine(|error| drainrs_pipeline_set_mode(own, DRAINRS_MODE_DETECT, error));
        fails(DRAINRS_ERR_ARGUMENT, |error| drainrs_pipeline_set_mode(own, 3, error));
        fine(|error| drainrs_pipeline_accept(own, 1, error));
        fails(DRAINRS_ERR_ARGUMENT, |error| drainrs_pipeline_set_mode(plain, DRAINRS_MODE_LEARN, error));
        fails(DRAINRS_ERR_ARGUMENT, |error| drainrs_pipeline_take_scores(plain, 1, out.0, error));
        fails(DRAINRS_ERR_ARGUMENT, |error| drainrs_pipeline_service_name(plain, 0, out.0, error));

        let message = "a message that was never seen";
        let mut template = 7;
        fine(|error| drainrs_pipeline_find(own, message.as_ptr(), message.len(), &raw mut template, error));
        assert_eq!(template, 0);
        fine(|error| drainrs_pipeline_explain(own, message.as_ptr(), message.len(), out.0, error));
        assert!(out.json().is_object());
        fine(|error| drainrs_pipeline_poll_lineage(own, out.0, error));
        fine(|error| drainrs_pipeline_detected_formats(own, out.0, error));
        assert!(out.json().is_array());
        let format = r#"{"name": "mine", "pattern": "%{LEVEL:level}!%{GREEDYDATA:message}"}"#;
        fine(|error| drainrs_pipeline_add_format(own, format.as_ptr(), format.len(), error));
        let mut removed = 7;
        fine(|error| drainrs_pipeline_remove_format(own, b"mine".as_ptr(), 4, &raw mut removed, error));
        assert_eq!(removed, 1);
        drainrs_pipeline_free(&raw mut own);
        drainrs_pipeline_free(&raw mut plain);
    }
}
