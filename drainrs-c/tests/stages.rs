//! The stages that are used alone, beside the core's own.

use std::ptr::null_mut;

use drainrs::{Normalizer, Parser, Redaction, Redactor, Timestamp, Tokens};
use drainrs_c::normalizer::*;
use drainrs_c::parser::*;
use drainrs_c::redaction::*;
use drainrs_c::redactor::*;
use serde_json::json;

use crate::support::{Buffer, batch, fine, lines, made, now};

const LINE: &str = "retry 3 for 10.0.0.7:443  by ann@shop.test took 35ms";

#[test]
fn a_normalizer_gives_what_the_core_gives() {
    let core = Normalizer::build(&drainrs::NormalizeConfig::default()).unwrap();
    let mut own = made(drainrs_normalizer_new, "");
    let out = Buffer::new();
    // SAFETY: all pointers are good.
    unsafe {
        fine(|error| drainrs_normalizer_masked_text(own, LINE.as_ptr(), LINE.len(), out.0, error));
        assert_eq!(out.text(), core.masked_text(LINE.as_bytes()));
        fine(|error| drainrs_normalizer_tokens(own, LINE.as_ptr(), LINE.len(), out.0, error));
    }
    let mut tokens = Tokens::new();
    core.normalize(LINE.as_bytes(), &mut tokens);
    let expected: Vec<_> = (0..tokens.len())
        .map(|at| {
            let span = tokens.origin(at);
            let text = std::str::from_utf8(span.of(LINE.as_bytes())).unwrap();
            json!({ "span": span, "text": text, "masks": tokens.masks(at) })
        })
        .collect();
    assert_eq!(out.json(), json!(expected));
    // SAFETY: all pointers are good.
    unsafe {
        fine(|error| drainrs_normalizer_class_names(own, out.0, error));
        assert_eq!(out.json().as_array().unwrap().len(), 64);
        assert_eq!(drainrs_normalizer_exhausted_masks(own), 0);
        drainrs_normalizer_free(&raw mut own);
    }
    assert!(own.is_null());
}

#[test]
fn a_parser_gives_what_the_core_gives() {
    let mut core = Parser::build(&drainrs::ParseConfig::default()).unwrap();
    core.set_reference_time(Timestamp::from_nanos(now()));
    let mut own = made(drainrs_parser_new, "");
    let out = Buffer::new();
    let lines = lines();
    let (data, ends) = batch(&lines);
    let format = r#"{"name": "mine", "pattern": "%{LEVEL:level}!%{GREEDYDATA:message}"}"#;
    // SAFETY: all pointers are good.
    unsafe {
        fine(|error| drainrs_parser_set_reference_time(own, now(), error));
        fine(|error| {
            drainrs_parser_parse_batch(own, data.as_ptr(), data.len(), ends.as_ptr(), ends.len(), out.0, error)
        });
        let expected: Vec<_> = lines.iter().map(|line| json!(core.parse(line.as_bytes()))).collect();
        assert_eq!(out.json(), json!(expected));
        fine(|error| drainrs_parser_counters(own, out.0, error));
        assert_eq!(out.json(), json!(core.counters()));
        fine(|error| drainrs_parser_detected(own, out.0, error));
        assert_eq!(out.json(), json!(core.detected().collect::<Vec<_>>()));

        fine(|error| drainrs_parser_add_format(own, format.as_ptr(), format.len(), error));
        core.add_format(&serde_json::from_str(format).unwrap()).unwrap();
        fine(|error| drainrs_parser_formats(own, out.0, error));
        assert_eq!(out.json(), json!(core.formats()));
        let line = "WARN!hot";
        fine(|error| drainrs_parser_parse(own, line.as_ptr(), line.len(), out.0, error));
        assert_eq!(out.json(), json!(core.parse(line.as_bytes())));
        let mut removed = 7;
        fine(|error| drainrs_parser_remove_format(own, b"mine".as_ptr(), 4, &raw mut removed, error));
        assert_eq!(removed, 1);
        fine(|error| drainrs_parser_remove_format(own, b"mine".as_ptr(), 4, &raw mut removed, error));
        assert_eq!(removed, 0);
        fine(|error| drainrs_parser_built_in_formats(out.0, error));
        assert_eq!(out.json(), json!(Parser::built_in_formats().collect::<Vec<_>>()));
        drainrs_parser_free(&raw mut own);
    }
}

#[test]
fn secrets_are_found_replaced_and_put_back() {
    let core = Redactor::build(&drainrs::RedactConfig::default()).unwrap();
    let mut own = made(drainrs_redactor_new, "");
    let out = Buffer::new();
    // SAFETY: all pointers are good.
    unsafe {
        fine(|error| drainrs_redactor_redact(own, LINE.as_ptr(), LINE.len(), out.0, error));
        assert_eq!(out.text(), core.redact(LINE.as_bytes()));
        fine(|error| drainrs_redactor_find(own, LINE.as_ptr(), LINE.len(), out.0, error));
        assert_eq!(out.json().as_array().unwrap().len(), core.find(LINE.as_bytes()).len());
        assert_eq!(out.json()[0]["rule"], core.find(LINE.as_bytes())[0].rule);
        fine(|error| drainrs_redactor_rules(own, out.0, error));
        assert_eq!(out.json(), json!(core.rules().collect::<Vec<_>>()));
        let mut clean = 7;
        fine(|error| drainrs_redactor_is_clean(own, LINE.as_ptr(), LINE.len(), &raw mut clean, error));
        assert_eq!(clean, 0);
        fine(|error| drainrs_redactor_is_clean(own, LINE.as_ptr(), 5, &raw mut clean, error));
        assert_eq!(clean, 1);

        let (mut told, mut task) = (Redaction::default(), null_mut());
        fine(|error| drainrs_redaction_new(&raw mut task, error));
        fine(|error| drainrs_redaction_redact(task, own, LINE.as_ptr(), LINE.len(), out.0, error));
        let redacted = told.redact(&core, LINE.as_bytes());
        assert_eq!(out.text(), redacted);
        fine(|error| drainrs_redaction_save(task, out.0, error));
        let saved = out.bytes();
        drainrs_redaction_free(&raw mut task);
        fine(|error| drainrs_redaction_load(saved.as_ptr(), saved.len(), &raw mut task, error));
        fine(|error| drainrs_redaction_restore(task, redacted.as_ptr(), redacted.len(), out.0, error));
        assert_eq!(out.text(), LINE);
        fine(|error| drainrs_redaction_values(task, out.0, error));
        let expected: std::collections::BTreeMap<_, _> = told.values().collect();
        assert_eq!(out.json(), json!(expected));
        fine(|error| drainrs_redaction_counts(task, out.0, error));
        assert_eq!(out.json()["counts"], json!(told.counts()));
        drainrs_redaction_free(&raw mut task);
        drainrs_redactor_free(&raw mut own);
    }
}
