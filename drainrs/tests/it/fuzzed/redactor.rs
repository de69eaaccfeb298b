//! Redaction: what was found is gone, and what a map has can be put back.

use drainrs::{RedactConfig, Redaction, Redactor};

use super::choices::split;

pub(super) fn run(data: &[u8]) {
    let (choices, text) = split::<1>(data);
    let mut config = RedactConfig::default();
    if choices.flag(0, 0) {
        (config.max_values, config.max_value_bytes) = (2, 16);
    }
    let redactor = Redactor::build(&config).expect("settings that are right");
    let mut last = 0;
    for finding in redactor.find(text) {
        assert!(
            last <= finding.span.start
                && finding.span.start < finding.span.end
                && finding.span.end as usize <= text.len()
        );
        last = finding.span.end;
    }
    let clean = redactor.redact(text);
    assert!(redactor.is_clean(clean.as_bytes()), "{clean:?}");
    assert!(clean.len() <= 32 * text.len() + 64);
    let mut redaction = Redaction::default();
    let with_map = redaction.redact(&redactor, text);
    assert!(redactor.is_clean(with_map.as_bytes()), "{with_map:?}");
    assert!(redaction.restore(&with_map).len() <= 64 * text.len() + 1024);
    assert!(redaction.values().count() <= config.max_values);
}
