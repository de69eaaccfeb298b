//! The redactor: personal data and secrets out of texts.

use drainrs::{RedactConfig, Redactor};
use serde::Serialize;

use crate::buffer::{drainrs_buffer, fill};
use crate::error::drainrs_error;
use crate::ffi::{Handle, Out, bytes, call, free, give, opaque, read_json, shared, write_json};
use crate::status::drainrs_status;

/// A redactor: the compiled rules that find personal data and secrets in texts. It keeps nothing of what it sees. Who builds one
/// frees it; any thread may use it, and none waits: nothing changes it.
#[derive(Debug)]
pub struct drainrs_redactor(Handle<Redactor>);

opaque!(drainrs_redactor, Redactor);

/// A finding as documents have it: never what was found.
#[derive(Serialize)]
struct Found<'a> {
    start: u32,
    end: u32,
    word: &'a str,
    rule: &'a str,
}

/// Builds a redactor. `config` is a JSON document of settings; nothing at all is the default. Wrong settings are an error that names
/// every one of them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_redactor_new(
    config: *const u8,
    config_len: usize,
    out: *mut *mut drainrs_redactor,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            let config: RedactConfig = read_json(config, config_len, "config")?;
            give(out, drainrs_redactor(Handle::new(Redactor::build(&config)?)));
            Ok(())
        })
    }
}

/// A text with its secrets replaced, numbered from 1: `login of <EMAIL_1>`. To number several texts together, or to put values back,
/// use a `drainrs_redaction`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_redactor_redact(
    redactor: *const drainrs_redactor,
    text: *const u8,
    text_len: usize,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let text = bytes(text, text_len, "text")?;
            fill(out, shared(redactor, "redactor")?.redact(text).into_bytes())
        })
    }
}

/// The secrets of a text in their order, as a JSON array of objects: `start` and `end` in bytes, the `word` of the placeholder, and
/// the `rule` that found it. None overlaps another.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_redactor_find(
    redactor: *const drainrs_redactor,
    text: *const u8,
    text_len: usize,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let text = bytes(text, text_len, "text")?;
            let redactor = shared(redactor, "redactor")?;
            let found: Vec<_> = redactor
                .find(text)
                .into_iter()
                .map(|found| Found { start: found.span.start, end: found.span.end, word: found.word, rule: found.rule })
                .collect();
            write_json(&found, out)
        })
    }
}

/// Whether no rule finds anything: the last look at what is about to leave. `clean` gets 1 or 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_redactor_is_clean(
    redactor: *const drainrs_redactor,
    text: *const u8,
    text_len: usize,
    clean: *mut u8,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let text = bytes(text, text_len, "text")?;
            let clean = Out::required(clean, "clean")?;
            clean.set(u8::from(shared(redactor, "redactor")?.is_clean(text)));
            Ok(())
        })
    }
}

/// The names of the rules that work, those of the settings last, as a JSON array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_redactor_rules(
    redactor: *const drainrs_redactor,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let redactor = shared(redactor, "redactor")?;
            write_json(&redactor.rules().collect::<Vec<_>>(), out)
        })
    }
}

/// Frees a redactor and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_redactor_free(redactor: *mut *mut drainrs_redactor) {
    // SAFETY: by the contract of the header.
    unsafe { free(redactor) }
}
