//! A question for a model, with its bounds and the schema of its answer.

use drainrs::Timestamp;
use drainrs::prompt::{self, JudgeLimits, Reason, Task};

use crate::buffer::{drainrs_buffer, fill};
use crate::error::drainrs_error;
use crate::ffi::{Handle, Out, bytes, call, free, from_json, give, opaque, read_json, shared, text, write_json};
use crate::status::drainrs_status;

/// A task: a question for a model, bounded, redacted, with the schema of its answer. What its getters give may leave the host; what
/// `_save` and `_restore` give may not. Who got one frees it; any thread may use it, and none waits: nothing changes it.
#[derive(Debug)]
pub struct drainrs_task(pub(crate) Handle<Task>);

opaque!(drainrs_task, Task);

/// The name of a task, by which its answer is given back.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_task_id(
    task: *const drainrs_task,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || fill(out, shared(task, "task")?.id.clone().into_bytes())) }
}

/// What is asked for: `root_cause`, `classify_templates`, ...
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_task_kind(
    task: *const drainrs_task,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || fill(out, shared(task, "task")?.kind.name().as_bytes().to_vec())) }
}

/// The question as one text: system, instruction and data.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_task_text(
    task: *const drainrs_task,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || fill(out, shared(task, "task")?.text().into_bytes())) }
}

/// The question as the `messages` of a chat API: a JSON array of objects with `role` and `content`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_task_messages(
    task: *const drainrs_task,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || write_json(&shared(task, "task")?.messages(), out)) }
}

/// The JSON Schema of the answer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_task_schema(
    task: *const drainrs_task,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || write_json(&shared(task, "task")?.schema, out)) }
}

/// The document that may leave the host, as a JSON object: `id`, `kind`, `system`, `instruction`, `data`, `schema`, `evidence`,
/// `max_output_tokens`, `expires_at` and more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_task_to_json(
    task: *const drainrs_task,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || write_json(&*shared(task, "task")?, out)) }
}

/// Everything, for a host that answers in another process. Not to be sent: it holds the values behind the placeholders.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_task_save(
    task: *const drainrs_task,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || fill(out, shared(task, "task")?.save()?)) }
}

/// Reads what `drainrs_task_save` gave; anything else is `DRAINRS_ERR_TASK`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_task_load(
    saved: *const u8,
    saved_len: usize,
    out: *mut *mut drainrs_task,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            let saved = bytes(saved, saved_len, "saved")?;
            give(out, drainrs_task(Handle::new(Task::load(saved)?)));
            Ok(())
        })
    }
}

/// Judges an answer without an asker, as a JSON object: whether it came in time, is one JSON object of the schema, and points at what
/// was sent. Any bytes will do. Templates are taken as they were when the task was made. `limits` is a JSON document of settings;
/// nothing at all is the default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_task_judge(
    task: *const drainrs_task,
    answer: *const u8,
    answer_len: usize,
    now: i64,
    limits: *const u8,
    limits_len: usize,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let answer = bytes(answer, answer_len, "answer")?;
            let limits: JudgeLimits = read_json(limits, limits_len, "limits")?;
            let task = shared(task, "task")?;
            let now = Timestamp::from_nanos(now);
            write_json(&prompt::judge(&task, answer, now, &limits, &task.as_sent()), out)
        })
    }
}

/// The answer by rules, without a model, as a JSON object; `null` where rules know none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_task_fallback(
    task: *const drainrs_task,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || write_json(&prompt::fallback(&*shared(task, "task")?), out)) }
}

/// The task to be asked instead, with the `reasons` why an answer was rejected: the JSON array that a verdict has. It is the host's;
/// NULL where there is no room for them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_task_repair(
    task: *const drainrs_task,
    reasons: *const u8,
    reasons_len: usize,
    out: *mut *mut drainrs_task,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            let task = shared(task, "task")?;
            let reasons: Vec<Reason> = from_json(bytes(reasons, reasons_len, "reasons")?, "reasons")?;
            match prompt::repair(&task, &reasons) {
                Some(task) => give(out, drainrs_task(Handle::new(task))),
                None => out.set(std::ptr::null_mut()),
            }
            Ok(())
        })
    }
}

/// A text of an answer, which is UTF-8, with the values instead of their placeholders, for the eyes of the host.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_task_restore(
    task: *const drainrs_task,
    text: *const u8,
    text_len: usize,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let text = self::text(text, text_len, "text")?;
            fill(out, shared(task, "task")?.restore(text).into_bytes())
        })
    }
}

/// Frees a task and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_task_free(task: *mut *mut drainrs_task) {
    // SAFETY: by the contract of the header.
    unsafe { free(task) }
}
