//! Wrong settings of every noun: refused, and nothing is given.

use std::ptr::null_mut;

use drainrs_c::status::{DRAINRS_ERR_CONFIG, drainrs_status};
use drainrs_c::{
    alerter, asker, baseline, correlator, error::drainrs_error, guard, miner, normalizer, parser, pipeline, redactor,
    scorer,
};

use crate::support::{New, fails};

/// Not JSON, cut off, no object, an unknown name, something behind.
const WRONG: [&[u8]; 5] = [b"\xff\xfe", br#"{"a": "#, b"[1]", br#"{"no_such_setting": 1}"#, b"{} {}"];

fn refused<T>(new: impl Fn(&[u8], *mut *mut T, *mut *mut drainrs_error) -> drainrs_status) {
    for config in WRONG {
        let mut out = null_mut();
        let message = fails(DRAINRS_ERR_CONFIG, |error| new(config, &raw mut out, error));
        assert!(!message.is_empty());
        assert!(out.is_null(), "nothing is given");
    }
}

fn plainly_refused<T>(new: New<T>) {
    // SAFETY: all pointers are good.
    refused(|config, out, error| unsafe { new(config.as_ptr(), config.len(), out, error) });
}

#[test]
fn wrong_settings_are_refused_by_every_noun() {
    plainly_refused(miner::drainrs_miner_new);
    plainly_refused(pipeline::drainrs_pipeline_new);
    plainly_refused(normalizer::drainrs_normalizer_new);
    plainly_refused(parser::drainrs_parser_new);
    plainly_refused(redactor::drainrs_redactor_new);
    plainly_refused(alerter::drainrs_alerter_new);
    plainly_refused(correlator::drainrs_correlator_new);
    plainly_refused(asker::drainrs_asker_new);
    plainly_refused(guard::drainrs_guard_new);
    plainly_refused(baseline::drainrs_baseline_new);
    for name in crate::scorers::NAMES {
        // SAFETY: all pointers are good.
        refused(|config, out, error| unsafe {
            scorer::drainrs_scorer_new(name.as_ptr(), name.len(), config.as_ptr(), config.len(), out, error)
        });
    }
}
