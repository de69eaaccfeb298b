//! What became of a task: of its answer, or that none came.

use drainrs::prompt::{Answered, Verdict};
use serde_json::{Value, json};

use crate::buffer::drainrs_buffer;
use crate::error::drainrs_error;
use crate::ffi::{Handle, Out, call, free, give, opaque, shared, write_json};
use crate::status::drainrs_status;
use crate::task::drainrs_task;

/// What became of a task, as an asker gave it. Who got one frees it; any thread may use it, and none waits: nothing changes it.
#[derive(Debug)]
pub struct drainrs_answered(pub(crate) Handle<Answered>);

opaque!(drainrs_answered, Answered);

/// As a document: what the core says, and which answer is to be used.
pub(crate) fn shown(answered: &Answered) -> Value {
    let accepted = match &answered.verdict {
        Some(Verdict::Accepted(accepted)) => Some(&accepted.value),
        _ => None,
    };
    let value = accepted.or(answered.fallback.as_ref());
    json!({
        "accepted": accepted.is_some(),
        "value": value.map(|value| answered.task.restore_value(value)),
        "verdict": answered.verdict,
        "repair": answered.repair,
        "fallback": answered.fallback,
        "repeated": answered.repeated,
        "task": answered.task,
    })
}

/// What became of a task, as a JSON object: whether the answer is `accepted`; the `value` to use, of the model or by rules, with what
/// was redacted put back, so it stays in the host; the `verdict` with its reasons (`null` if no answer came); in `repair` the task to
/// be asked instead, which is open already under its own id; the answer by rules in `fallback`; whether it is `repeated`, no news; and
/// the `task`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_answered_to_json(
    answered: *const drainrs_answered,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || write_json(&shown(&*shared(answered, "answered")?), out)) }
}

/// The task to be asked instead, where the answer was refused and may be repaired; it is the host's. Else NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_answered_repair(
    answered: *const drainrs_answered,
    out: *mut *mut drainrs_task,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            match &shared(answered, "answered")?.repair {
                Some(task) => give(out, drainrs_task(Handle::new(task.clone()))),
                None => out.set(std::ptr::null_mut()),
            }
            Ok(())
        })
    }
}

/// Frees what became of a task and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_answered_free(answered: *mut *mut drainrs_answered) {
    // SAFETY: by the contract of the header.
    unsafe { free(answered) }
}
