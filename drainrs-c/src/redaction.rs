//! The redaction: placeholders that are remembered, so that values can be put back.

use drainrs::Redaction;
use serde::{Serialize, Serializer};

use crate::buffer::{self, drainrs_buffer, fill};
use crate::error::drainrs_error;
use crate::ffi::{Failure, Handle, Out, bytes, call, exclusive, free, give, opaque, shared, text, write_json};
use crate::redactor::drainrs_redactor;
use crate::status::drainrs_status;

/// The placeholders of texts that are read together, such as one prompt: equal values get equal placeholders, and the values can be
/// put back. It holds what was hidden, so it stays with the host. Who makes one frees it; any thread may use it: calls that change it
/// wait for one another.
#[derive(Debug)]
pub struct drainrs_redaction(Handle<Redaction>);

opaque!(drainrs_redaction, Redaction);

/// Values by placeholder, in the order in which they were given out.
struct Values<'a>(&'a Redaction);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.values())
    }
}

/// A redaction that holds nothing yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_redaction_new(
    out: *mut *mut drainrs_redaction,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            give(out, drainrs_redaction(Handle::new(Redaction::default())));
            Ok(())
        })
    }
}

/// A text with its secrets replaced. Give it texts as they are: one that it wrote itself looks forged to it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_redaction_redact(
    redaction: *mut drainrs_redaction,
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
            buffer::wanted(out)?;
            let mut redaction = exclusive(redaction, "redaction")?;
            let redacted = redaction.redact(&*shared(redactor, "redactor")?, text);
            fill(out, redacted.into_bytes())
        })
    }
}

/// A text, which is UTF-8, with the values in place of their placeholders. Other placeholders stay.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_redaction_restore(
    redaction: *const drainrs_redaction,
    text: *const u8,
    text_len: usize,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let text = self::text(text, text_len, "text")?;
            fill(out, shared(redaction, "redaction")?.restore(text).into_bytes())
        })
    }
}

/// All values by placeholder, in the order in which they were given out, as a JSON object. They are what was to be hidden.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_redaction_values(
    redaction: *const drainrs_redaction,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let redaction = shared(redaction, "redaction")?;
            write_json(&Values(&redaction), out)
        })
    }
}

/// What was found, as a JSON object: in `counts` how often each rule did, in `forged` how many texts held a placeholder of a given
/// value that somebody else wrote, in `more` how many findings got `<EMAIL_MORE>` or the like because there were too many values.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_redaction_counts(
    redaction: *const drainrs_redaction,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let redaction = shared(redaction, "redaction")?;
            let counts = serde_json::json!({
                "counts": redaction.counts(),
                "forged": redaction.forged(),
                "more": redaction.more(),
            });
            write_json(&counts, out)
        })
    }
}

/// Everything, values included, as JSON. Not to be sent anywhere.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_redaction_save(
    redaction: *const drainrs_redaction,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let redaction = shared(redaction, "redaction")?;
            write_json(&*redaction, out)
        })
    }
}

/// A redaction that goes on where one was saved. Anything else is `DRAINRS_ERR_ARGUMENT`, and the message quotes no value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_redaction_load(
    saved: *const u8,
    saved_len: usize,
    out: *mut *mut drainrs_redaction,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            let redaction: Redaction = serde_json::from_slice(bytes(saved, saved_len, "saved")?).map_err(|cause| {
                // The cause would quote values.
                let (line, column) = (cause.line(), cause.column());
                Failure::Argument("saved", format!("is no saved redaction, from line {line}, column {column} on"))
            })?;
            give(out, drainrs_redaction(Handle::new(redaction)));
            Ok(())
        })
    }
}

/// Frees a redaction and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_redaction_free(redaction: *mut *mut drainrs_redaction) {
    // SAFETY: by the contract of the header.
    unsafe { free(redaction) }
}
