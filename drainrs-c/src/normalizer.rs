//! The normalizer alone: what masks and settings make of a message.

use drainrs::{MaskSpan, NormalizeConfig, Normalizer, Span, Tokens};
use serde::Serialize;

use crate::buffer::{drainrs_buffer, fill};
use crate::error::drainrs_error;
use crate::ffi::{Handle, Out, bytes, call, free, give, neutral, opaque, read_json, shared, write_json};
use crate::miner::class_names;
use crate::status::drainrs_status;

/// A normalizer: takes messages, and gives their tokens and masked values: what templates are made of. To see what masks and
/// settings do. Who builds one frees it; any thread may use it, and none waits: nothing changes it.
#[derive(Debug)]
pub struct drainrs_normalizer(Handle<Normalizer>);

opaque!(drainrs_normalizer, Normalizer);

/// A token as documents have it.
#[derive(Serialize)]
struct Token<'a> {
    span: Span,
    text: std::borrow::Cow<'a, str>,
    masks: &'a [MaskSpan],
}

/// Builds a normalizer. `config` is a JSON document of settings, the `normalize` part of a miner's; nothing at all is the default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_normalizer_new(
    config: *const u8,
    config_len: usize,
    out: *mut *mut drainrs_normalizer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            let config: NormalizeConfig = read_json(config, config_len, "config")?;
            give(out, drainrs_normalizer(Handle::new(Normalizer::build(&config)?)));
            Ok(())
        })
    }
}

/// A line with a placeholder for every masked value, and its white space as it was. What was cut at a limit is missing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_normalizer_masked_text(
    normalizer: *const drainrs_normalizer,
    line: *const u8,
    line_len: usize,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let line = bytes(line, line_len, "line")?;
            fill(out, shared(normalizer, "normalizer")?.masked_text(line).into_bytes())
        })
    }
}

/// The tokens of a line as a JSON array of objects: the `span` in the line (in bytes), the `text` there, and in `masks` the span and
/// the class of each masked value in it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_normalizer_tokens(
    normalizer: *const drainrs_normalizer,
    line: *const u8,
    line_len: usize,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let line = bytes(line, line_len, "line")?;
            let mut tokens = Tokens::new();
            shared(normalizer, "normalizer")?.normalize(line, &mut tokens);
            let token = |at: usize| {
                let span = tokens.origin(at);
                Token { span, text: String::from_utf8_lossy(span.of(line)), masks: tokens.masks(at) }
            };
            write_json(&(0..tokens.len()).map(token).collect::<Vec<_>>(), out)
        })
    }
}

/// The names of the classes of masked values, such as "NUM", as a JSON array with 64 entries.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_normalizer_class_names(
    normalizer: *const drainrs_normalizer,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let normalizer = shared(normalizer, "normalizer")?;
            write_json(&class_names(normalizer.placeholders()), out)
        })
    }
}

/// How often a mask used up its steps on a line and counted as not matching there: only masks with look-around or backreferences
/// can. 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_normalizer_exhausted_masks(normalizer: *const drainrs_normalizer) -> u64 {
    neutral(0, || {
        // SAFETY: by the contract of the header.
        unsafe { shared(normalizer, "normalizer") }.map_or(0, |normalizer| normalizer.exhausted_masks())
    })
}

/// Frees a normalizer and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_normalizer_free(normalizer: *mut *mut drainrs_normalizer) {
    // SAFETY: by the contract of the header.
    unsafe { free(normalizer) }
}
