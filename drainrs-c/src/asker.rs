//! The asker: what is worth asking a model about a pipeline's stream, and what became of the answers.
//!
//! Every function here that takes an asker and a pipeline locks the asker first, so that no two of them wait for each other.

use drainrs::ask::{AskConfig, Asker, Plan};
use drainrs::prompt::{Answered, Budget, Offer, tokens_about, tokens_at_most};
use drainrs::{Event, Pipeline, Timestamp};
use serde_json::{Value, json};

use crate::answered::{drainrs_answered, shown};
use crate::buffer::{self, drainrs_buffer, fill};
use crate::error::drainrs_error;
use crate::events::drainrs_events;
use crate::ffi::{
    Failure, Handle, Out, batch, bytes, call, exclusive, free, give, opaque, read_json, shared, text, write_json,
};
use crate::pipeline::{Records, drainrs_pipeline, note};
use crate::status::drainrs_status;
use crate::task::drainrs_task;

/// An asker: remembers what is worth asking about a pipeline's stream, makes tasks of it for the host's model, and judges what comes
/// back. It never calls a model itself. Lines go through the asker into its pipeline, always the same one. Who builds one frees it,
/// before the pipeline or after it; any thread may use it: calls that change it, or its pipeline, wait for one another.
#[derive(Debug)]
pub struct drainrs_asker(pub(crate) Handle<Asker>);

opaque!(drainrs_asker, Asker);

/// The bounds of tasks as documents have them.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Bounds {
    max_tokens: usize,
    max_bytes: usize,
    max_text_bytes: usize,
    max_tasks: usize,
    count: Count,
}

/// How tokens are counted. A host's own counter would have to be called back.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Count {
    AtMost,
    About,
}

impl Default for Bounds {
    fn default() -> Bounds {
        let Budget { max_tokens, max_bytes, max_text_bytes, max_tasks, .. } = Budget::default();
        Bounds { max_tokens, max_bytes, max_text_bytes, max_tasks, count: Count::AtMost }
    }
}

impl Bounds {
    fn plan(&self, asker: &Asker, pipeline: &Pipeline, now: i64) -> Result<Plan, Failure> {
        let Bounds { max_tokens, max_bytes, max_text_bytes, max_tasks, count } = *self;
        let count = match count {
            Count::AtMost => tokens_at_most,
            Count::About => tokens_about,
        };
        let budget = Budget { max_tokens, max_bytes, max_text_bytes, max_tasks, count: &count };
        Ok(asker.plan(pipeline, Timestamp::from_nanos(now), &budget)?)
    }
}

/// Writes what was told, if anybody wants to know.
///
/// Safety: `alerts` is NULL, or was given by `drainrs_buffer_new` and not freed.
unsafe fn tell(told: &[drainrs::Alert], alerts: *mut drainrs_buffer) -> Result<(), Failure> {
    // SAFETY: the contract.
    if alerts.is_null() { Ok(()) } else { unsafe { write_json(told, alerts) } }
}

/// What became of a task that was offered.
fn offered(offer: &Offer) -> Result<Value, Failure> {
    let word = |word: &str| Ok(json!({ "offer": word }));
    match offer {
        Offer::Queued => word("queued"),
        Offer::Repeated => word("repeated"),
        Offer::Refused(why) => Ok(json!({ "offer": "refused", "why": why })),
        Offer::Cached(cached) => {
            Ok(json!({ "offer": "cached", "value": cached.task.restore_value(&cached.accepted.value) }))
        }
        _ => word("other"),
    }
}

/// Builds an asker. `config` is a JSON document of settings; nothing at all is the default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_new(
    config: *const u8,
    config_len: usize,
    out: *mut *mut drainrs_asker,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            let config: AskConfig = read_json(config, config_len, "config")?;
            give(out, drainrs_asker(Handle::new(Asker::build(&config)?)));
            Ok(())
        })
    }
}

/// Takes many lines through the asker into its pipeline, see `drainrs_pipeline_push_batch`. `events` (may be NULL) gets an entry per
/// completed event, `alerts` (may be NULL) a JSON array of the alerts: they are taken from the pipeline either way.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_push_batch(
    asker: *mut drainrs_asker,
    pipeline: *mut drainrs_pipeline,
    data: *const u8,
    data_len: usize,
    ends: *const u32,
    count: usize,
    now: i64,
    events: *mut drainrs_events,
    alerts: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let lines = batch(data, data_len, ends, count)?;
            let mut asker = exclusive(asker, "asker")?;
            let mut pipeline = exclusive(pipeline, "pipeline")?;
            let mut note = note(events.as_mut());
            let mut told = Vec::new();
            for line in lines.iter() {
                if let Some(event) = pipeline.push(line, Timestamp::from_nanos(now)) {
                    asker.observe(&event);
                    note(&event);
                    told.extend(asker.take(&mut pipeline));
                }
            }
            tell(&told, alerts)
        })
    }
}

/// Takes many records through the asker into its pipeline, see `drainrs_pipeline_push_records`; `events` and `alerts` as for
/// `drainrs_asker_push_batch`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_push_records(
    asker: *mut drainrs_asker,
    pipeline: *mut drainrs_pipeline,
    data: *const u8,
    data_len: usize,
    ends: *const u32,
    count: usize,
    times: *const i64,
    levels: *const u8,
    service: *const u8,
    service_len: usize,
    now: i64,
    events: *mut drainrs_events,
    alerts: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let lines = batch(data, data_len, ends, count)?;
            let service = bytes(service, service_len, "service")?;
            let records = Records::new(lines, times, levels, count, service)?;
            let mut asker = exclusive(asker, "asker")?;
            let mut pipeline = exclusive(pipeline, "pipeline")?;
            let mut note = note(events.as_mut());
            let mut told = Vec::new();
            for record in records.iter() {
                let event = pipeline.push_record(record, Timestamp::from_nanos(now));
                asker.observe(&event);
                note(&event);
                told.extend(asker.take(&mut pipeline));
            }
            tell(&told, alerts)
        })
    }
}

/// Lets time pass without lines, see `drainrs_pipeline_advance`; `events` and `alerts` as for `drainrs_asker_push_batch`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_advance(
    asker: *mut drainrs_asker,
    pipeline: *mut drainrs_pipeline,
    now: i64,
    events: *mut drainrs_events,
    alerts: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let mut asker = exclusive(asker, "asker")?;
            let mut pipeline = exclusive(pipeline, "pipeline")?;
            let mut note = note(events.as_mut());
            let now = Timestamp::from_nanos(now);
            if let Some(event) = pipeline.advance(now) {
                asker.observe(&event);
                note(&event);
            }
            if let Some(detector) = pipeline.detector_mut() {
                detector.advance(now);
            }
            tell(&asker.take(&mut pipeline), alerts)
        })
    }
}

/// Gives the event that the pipeline holds back, and leaves the detector alone: before a snapshot, see `drainrs_pipeline_flush`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_flush(
    asker: *mut drainrs_asker,
    pipeline: *mut drainrs_pipeline,
    now: i64,
    events: *mut drainrs_events,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let mut asker = exclusive(asker, "asker")?;
            let mut pipeline = exclusive(pipeline, "pipeline")?;
            take_held_back(&mut asker, &mut pipeline, now, note(events.as_mut()));
            Ok(())
        })
    }
}

/// The end of the stream: takes what is held back, closes the detector's windows, completes what waited for more. `events` and
/// `alerts` as for `drainrs_asker_push_batch`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_finish(
    asker: *mut drainrs_asker,
    pipeline: *mut drainrs_pipeline,
    now: i64,
    events: *mut drainrs_events,
    alerts: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let mut asker = exclusive(asker, "asker")?;
            let mut pipeline = exclusive(pipeline, "pipeline")?;
            take_held_back(&mut asker, &mut pipeline, now, note(events.as_mut()));
            if let Some(detector) = pipeline.detector_mut() {
                detector.finish();
            }
            let told = asker.take(&mut pipeline);
            asker.finish();
            tell(&told, alerts)
        })
    }
}

fn take_held_back(asker: &mut Asker, pipeline: &mut Pipeline, now: i64, mut note: impl FnMut(&Event<'_>)) {
    while let Some(event) = pipeline.finish(Timestamp::from_nanos(now)) {
        asker.observe(&event);
        note(&event);
    }
}

/// What could be asked now, the most valuable first, as a JSON object: `tasks`, redacted, as they may leave the host, and in `left_out`
/// how many there was no room for, by kind. Changes nothing. `budget` is a JSON object of `max_tokens`, `max_bytes`,
/// `max_text_bytes`, `max_tasks`, and `count`, how tokens are counted: `at_most` (one per byte, never too few) or `about` (an
/// estimate above the truth for all logs that were measured); nothing at all is the default. `DRAINRS_ERR_LIMIT` if it has no room for
/// any task.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_plan(
    asker: *const drainrs_asker,
    pipeline: *const drainrs_pipeline,
    now: i64,
    budget: *const u8,
    budget_len: usize,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let bounds: Bounds = read_json(budget, budget_len, "budget")?;
            let asker = shared(asker, "asker")?;
            let pipeline = shared(pipeline, "pipeline")?;
            write_json(&bounds.plan(&asker, &pipeline, now)?, out)
        })
    }
}

/// Plans the same, and puts the tasks on the desk, where they wait for `drainrs_asker_next`. `out` gets a JSON array with an object per
/// task: its `task` (the id), its `kind`, and in `offer` what became of it: "queued", "repeated" (it waits or is asked already),
/// "refused" (and `why`), or "cached": the same was answered lately, `value` is the answer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_offer(
    asker: *mut drainrs_asker,
    pipeline: *const drainrs_pipeline,
    now: i64,
    budget: *const u8,
    budget_len: usize,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let bounds: Bounds = read_json(budget, budget_len, "budget")?;
            buffer::wanted(out)?;
            let mut asker = exclusive(asker, "asker")?;
            let plan = bounds.plan(&asker, &*shared(pipeline, "pipeline")?, now)?;
            let mut became: Vec<_> = plan.tasks.iter().map(|task| (task.id.clone(), task.kind)).collect();
            let offers = asker.offer(plan, Timestamp::from_nanos(now));
            let mut documents = Vec::with_capacity(offers.len());
            for ((id, kind), offer) in became.drain(..).zip(&offers) {
                let mut document = offered(offer)?;
                document["task"] = json!(id);
                document["kind"] = json!(kind);
                documents.push(document);
            }
            write_json(&documents, out)
        })
    }
}

/// The most valuable task that waits and fits the day's budget, to be sent now; it is the host's, who frees it with
/// `drainrs_task_free`. NULL if there is none, or too many are open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_next(
    asker: *mut drainrs_asker,
    now: i64,
    out: *mut *mut drainrs_task,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            match exclusive(asker, "asker")?.next(Timestamp::from_nanos(now)) {
                Some(task) => give(out, drainrs_task(Handle::new(task))),
                None => out.set(std::ptr::null_mut()),
            }
            Ok(())
        })
    }
}

/// Takes the answer to an open task, by its id; any bytes are an answer. `out` gets what became of it, see
/// `drainrs_answered_to_json`; `answered` (may be NULL) the same as an object, for `drainrs_asker_adopt`. `null` and NULL if no such
/// task is open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_answer(
    asker: *mut drainrs_asker,
    pipeline: *const drainrs_pipeline,
    id: *const u8,
    id_len: usize,
    answer: *const u8,
    answer_len: usize,
    now: i64,
    answered: *mut *mut drainrs_answered,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let id = text(id, id_len, "id")?;
            let answer = bytes(answer, answer_len, "answer")?;
            buffer::wanted(out)?;
            let mut asker = exclusive(asker, "asker")?;
            let pipeline = shared(pipeline, "pipeline")?;
            finished(asker.answer(id, answer, Timestamp::from_nanos(now), &pipeline), answered, out)
        })
    }
}

/// Takes notice that a task was not asked: the model cannot be reached. Its price is given back, and its topic rests for a while. Gives
/// the same as `drainrs_asker_answer`: the answer by rules.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_give_up(
    asker: *mut drainrs_asker,
    id: *const u8,
    id_len: usize,
    now: i64,
    answered: *mut *mut drainrs_answered,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let id = text(id, id_len, "id")?;
            buffer::wanted(out)?;
            let mut asker = exclusive(asker, "asker")?;
            finished(asker.desk_mut().give_up(id, Timestamp::from_nanos(now)), answered, out)
        })
    }
}

/// Gives what became of a task, in both ways.
///
/// Safety: by the contract of the header, for both places.
unsafe fn finished(
    became: Option<Answered>,
    answered: *mut *mut drainrs_answered,
    out: *mut drainrs_buffer,
) -> Result<(), Failure> {
    let document = became.as_ref().map(shown);
    // SAFETY: the contract.
    unsafe { write_json(&document, out) }?;
    // SAFETY: the contract.
    let place = unsafe { Out::optional(answered) };
    place.set_with(|| match became {
        Some(became) => Box::into_raw(Box::new(drainrs_answered(Handle::new(became)))),
        None => std::ptr::null_mut(),
    });
    Ok(())
}

/// The tasks whose answers did not come in time, with the answers by rules, as a JSON array of objects, see
/// `drainrs_answered_to_json`. Ask now and then: the oldest makes room.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_lost(
    asker: *mut drainrs_asker,
    now: i64,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            buffer::wanted(out)?;
            let lost = exclusive(asker, "asker")?.desk_mut().lost(Timestamp::from_nanos(now));
            write_json(&lost.iter().map(shown).collect::<Vec<_>>(), out)
        })
    }
}

/// Lets an answer take effect, on the word of `by`: labels and names on templates, a format in the pipeline's parser. An answer that is
/// not sure changes nothing unless `even_unsure` is 1. `out` gets the numbers of the records as a JSON array, for
/// `drainrs_asker_undo`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_adopt(
    asker: *mut drainrs_asker,
    pipeline: *mut drainrs_pipeline,
    answered: *const drainrs_answered,
    by: *const u8,
    by_len: usize,
    even_unsure: u8,
    now: i64,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let by = text(by, by_len, "by")?;
            buffer::wanted(out)?;
            // A copy, so that the order of locks stays that of the asker and its pipeline.
            let answered = shared(answered, "answered")?.clone();
            let mut asker = exclusive(asker, "asker")?;
            let mut pipeline = exclusive(pipeline, "pipeline")?;
            let now = Timestamp::from_nanos(now);
            write_json(&asker.adopt(&answered, &mut pipeline, by, even_unsure != 0, now)?, out)
        })
    }
}

/// Takes a change back, by the number of its record. `undone` (may be NULL) gets 1, or 0 if there is no such record, it was taken back
/// already, or its format is the only one expected.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_undo(
    asker: *mut drainrs_asker,
    pipeline: *mut drainrs_pipeline,
    record: u64,
    by: *const u8,
    by_len: usize,
    now: i64,
    undone: *mut u8,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let by = text(by, by_len, "by")?;
            let mut asker = exclusive(asker, "asker")?;
            let mut pipeline = exclusive(pipeline, "pipeline")?;
            let was = asker.undo(record, &mut pipeline, by, Timestamp::from_nanos(now));
            Out::optional(undone).set(u8::from(was));
            Ok(())
        })
    }
}

/// What answers said of a template, as a JSON object: its `label`, and in `parameters` the names of its parameters in the order of the
/// text; `null` where nobody said anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_label(
    asker: *const drainrs_asker,
    template_id: u64,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let asker = shared(asker, "asker")?;
            let template = drainrs::TemplateId(template_id);
            let said = json!({ "label": asker.label(template), "parameters": asker.parameter_names(template) });
            write_json(&said, out)
        })
    }
}

/// All changes that were adopted, the oldest first, those that were taken back included, as a JSON array of objects.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_adoptions(
    asker: *const drainrs_asker,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || write_json(shared(asker, "asker")?.adoptions(), out)) }
}

/// The log that was seen as a text of at most `max_tokens` tokens, redacted, as a JSON object: the `text`, and what it covers. `name` is
/// what the text calls the log.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_digest(
    asker: *const drainrs_asker,
    pipeline: *const drainrs_pipeline,
    name: *const u8,
    name_len: usize,
    max_tokens: usize,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let name = text(name, name_len, "name")?;
            let asker = shared(asker, "asker")?;
            let pipeline = shared(pipeline, "pipeline")?;
            write_json(&asker.digest(&pipeline, name, max_tokens, &tokens_at_most), out)
        })
    }
}

/// A row for each template that was seen, as a JSON array of objects: service, times, hits, level, labels, examples, and with `vectors`
/// (1, else 0) the built-in vector of its text. `redacted` (1, else 0) puts texts through the redactor.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_index_rows(
    asker: *const drainrs_asker,
    pipeline: *const drainrs_pipeline,
    redacted: u8,
    vectors: u8,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let asker = shared(asker, "asker")?;
            let pipeline = shared(pipeline, "pipeline")?;
            write_json(&asker.index_rows(&pipeline, redacted != 0, vectors != 0), out)
        })
    }
}

/// The templates that stand out now, weighed, as a JSON array of objects: what an incident is made of.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_incident_templates(
    asker: *const drainrs_asker,
    pipeline: *const drainrs_pipeline,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let asker = shared(asker, "asker")?;
            let pipeline = shared(pipeline, "pipeline")?;
            write_json(&asker.incident_templates(&pipeline), out)
        })
    }
}

/// What was counted, as a JSON object: in `journal` what was kept and forgotten of the stream, in `desk` what became of tasks, in
/// `waiting` how many wait, in `memory` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_stats(
    asker: *const drainrs_asker,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let asker = shared(asker, "asker")?;
            let stats = json!({
                "journal": asker.counters(),
                "desk": asker.desk().counters(),
                "waiting": asker.desk().waiting(),
                "memory": asker.memory(),
            });
            write_json(&stats, out)
        })
    }
}

/// What was learned from answers, as bytes, to be kept beside the pipeline's own snapshot. Tasks are not part of it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_snapshot(
    asker: *const drainrs_asker,
    pipeline: *const drainrs_pipeline,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let asker = shared(asker, "asker")?;
            let pipeline = shared(pipeline, "pipeline")?;
            fill(out, asker.snapshot(&pipeline)?)
        })
    }
}

/// Goes on where a snapshot was taken, beside a pipeline that was restored from its own: labels, names and formats are there again.
/// After an error nothing is changed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_resume(
    asker: *mut drainrs_asker,
    pipeline: *mut drainrs_pipeline,
    snapshot: *const u8,
    snapshot_len: usize,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let snapshot = bytes(snapshot, snapshot_len, "snapshot")?;
            let mut asker = exclusive(asker, "asker")?;
            let mut pipeline = exclusive(pipeline, "pipeline")?;
            Ok(asker.resume(snapshot, &mut pipeline)?)
        })
    }
}

/// Frees an asker and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_asker_free(asker: *mut *mut drainrs_asker) {
    // SAFETY: by the contract of the header.
    unsafe { free(asker) }
}
