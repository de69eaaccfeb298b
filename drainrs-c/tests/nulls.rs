//! Every function with a NULL in each of its places: a status, or nothing, and never a crash. What fails writes no output.

use std::collections::BTreeMap;
use std::ffi::c_void;
use std::ptr::null_mut;

use drainrs_c::status::{DRAINRS_ERR_NULL, DRAINRS_OK, drainrs_status};
use drainrs_c::{
    alerter, answered, asker, baseline, buffer, config, correlator, detector, error, events, guard, hits, miner,
    normalizer, parser, pipeline, redaction, redactor, scorer, status, task, version,
};

use crate::header::declared;
use crate::support::{Buffer, fails, made};

/// Places that may be NULL, by their names in the header.
const OPTIONAL: &[&str] = &[
    "error",
    "len",
    "hits",
    "events",
    "alerts",
    "map",
    "template_id",
    "change",
    "times",
    "levels",
    "services",
    "removed",
    "answered",
    "undone",
    "reported",
    "resumed",
    "corrected",
];

/// How a call is to be made, and what came of it.
struct Call<'a> {
    fixture: &'a Fixture,
    names: Vec<&'a str>,
    /// The next argument.
    at: usize,
    /// Which are NULL; all of them, and every number 0, for `None`.
    null: Option<usize>,
    /// Whether the call frees what it gets.
    frees: bool,
    numbers: Numbers,
    places: Vec<Place>,
}

/// What numbers and texts are pointed at.
#[derive(Debug, Clone, PartialEq)]
struct Numbers {
    text: [u8; 2],
    classes: [u8; 2],
    u32s: [u32; 2],
    u64s: [u64; 2],
    i64s: [i64; 2],
    sizes: [usize; 2],
}

/// A place for a handle, and how the handle is freed.
struct Place {
    value: Box<*mut c_void>,
    free: fn(*mut c_void),
    is_error: bool,
}

/// What no handle is at.
const UNTOUCHED: usize = 8;

impl Call<'_> {
    fn step(&mut self) -> (bool, usize) {
        let at = self.at;
        self.at += 1;
        (self.null.is_none_or(|null| null == at), at)
    }
}

/// A value that is handed in.
trait Argument {
    fn of(call: &mut Call<'_>) -> Self;
}

macro_rules! numbers {
    ($($number:ty = $value:expr;)*) => {$(
        impl Argument for $number {
            fn of(call: &mut Call<'_>) -> $number {
                call.step();
                if call.null.is_none() { 0 } else { $value }
            }
        }
    )*};
}

// Two of everything: "{}" is a text, a document, and two lines.
numbers! { u8 = 0; u32 = 0; i32 = 0; u64 = 1; i64 = 0; usize = 2; }

/// What a pointer points at.
trait Pointee {
    fn place(call: &mut Call<'_>, at: usize) -> *mut Self;
}

impl<T: Pointee> Argument for *mut T {
    fn of(call: &mut Call<'_>) -> *mut T {
        let (is_null, at) = call.step();
        if is_null { null_mut() } else { T::place(call, at) }
    }
}

impl<T: Pointee> Argument for *const T {
    fn of(call: &mut Call<'_>) -> *const T {
        <*mut T>::of(call)
    }
}

impl Pointee for u8 {
    fn place(call: &mut Call<'_>, at: usize) -> *mut u8 {
        let is_number = matches!(call.names[at], "levels" | "classes");
        if is_number { call.numbers.classes.as_mut_ptr() } else { call.numbers.text.as_mut_ptr() }
    }
}

macro_rules! pointees {
    ($($number:ty: $field:ident;)*) => {$(
        impl Pointee for $number {
            fn place(call: &mut Call<'_>, _: usize) -> *mut $number {
                call.numbers.$field.as_mut_ptr()
            }
        }
    )*};
}

pointees! { u32: u32s; u64: u64s; i64: i64s; usize: sizes; }

impl<T: Handle> Pointee for *mut T {
    fn place(call: &mut Call<'_>, _: usize) -> *mut *mut T {
        let is_error = std::any::type_name::<T>().ends_with("drainrs_error");
        let untouched = if call.frees || is_error { null_mut() } else { std::ptr::without_provenance_mut(UNTOUCHED) };
        let free = |value: *mut c_void| {
            let mut value = value.cast::<T>();
            // SAFETY: a call gave it.
            unsafe { T::free(&raw mut value) };
        };
        call.places.push(Place { value: Box::new(untouched), free, is_error });
        let place = call.places.last_mut().unwrap();
        (&raw mut *place.value).cast()
    }
}

/// An opaque type.
trait Handle: Sized {
    /// One that lives as long as the test.
    fn sample(fixture: &Fixture) -> *mut Self;

    unsafe fn free(place: *mut *mut Self);
}

macro_rules! handles {
    ($($field:ident: $handle:ty, $free:path = $made:expr;)*) => {
        /// One of each.
        struct Fixture {
            $($field: *mut $handle,)*
        }

        impl Fixture {
            fn new() -> Fixture {
                let mut fixture = Fixture { $($field: null_mut(),)* };
                $(fixture.$field = $made(&fixture);)*
                fixture
            }
        }

        impl Drop for Fixture {
            fn drop(&mut self) {
                // SAFETY: each was given by a call, and nobody freed it.
                $(unsafe { $free(&raw mut self.$field) };)*
            }
        }

        $(
            impl Handle for $handle {
                fn sample(fixture: &Fixture) -> *mut $handle {
                    fixture.$field
                }

                unsafe fn free(place: *mut *mut $handle) {
                    // SAFETY: the caller's.
                    unsafe { $free(place) }
                }
            }

            impl Pointee for $handle {
                fn place(call: &mut Call<'_>, _: usize) -> *mut $handle {
                    <$handle>::sample(call.fixture)
                }
            }
        )*
    };
}

handles! {
    buffer: buffer::drainrs_buffer, buffer::drainrs_buffer_free = |_: &Fixture| buffer::drainrs_buffer_new();
    hits: hits::drainrs_hits, hits::drainrs_hits_free = |_: &Fixture| hits::drainrs_hits_new(3);
    events: events::drainrs_events, events::drainrs_events_free = |_: &Fixture| events::drainrs_events_new(7);
    error: error::drainrs_error, error::drainrs_error_free = |_: &Fixture| an_error();
    miner: miner::drainrs_miner, miner::drainrs_miner_free = |_: &Fixture| made(miner::drainrs_miner_new, "");
    pipeline: pipeline::drainrs_pipeline, pipeline::drainrs_pipeline_free =
        |_: &Fixture| made(pipeline::drainrs_pipeline_new, r#"{"detect": {}}"#);
    normalizer: normalizer::drainrs_normalizer, normalizer::drainrs_normalizer_free =
        |_: &Fixture| made(normalizer::drainrs_normalizer_new, "");
    parser: parser::drainrs_parser, parser::drainrs_parser_free = |_: &Fixture| made(parser::drainrs_parser_new, "");
    redactor: redactor::drainrs_redactor, redactor::drainrs_redactor_free =
        |_: &Fixture| made(redactor::drainrs_redactor_new, "");
    redaction: redaction::drainrs_redaction, redaction::drainrs_redaction_free = |_: &Fixture| a_redaction();
    scorer: scorer::drainrs_scorer, scorer::drainrs_scorer_free = |_: &Fixture| crate::scorers::scorer("all", "");
    alerter: alerter::drainrs_alerter, alerter::drainrs_alerter_free =
        |_: &Fixture| made(alerter::drainrs_alerter_new, "");
    correlator: correlator::drainrs_correlator, correlator::drainrs_correlator_free =
        |_: &Fixture| made(correlator::drainrs_correlator_new, "");
    asker: asker::drainrs_asker, asker::drainrs_asker_free = |_: &Fixture| made(asker::drainrs_asker_new, "");
    task: task::drainrs_task, task::drainrs_task_free = |_: &Fixture| crate::asking::a_task();
    answered: answered::drainrs_answered, answered::drainrs_answered_free =
        |_: &Fixture| crate::asking::an_answered();
    guard: guard::drainrs_guard, guard::drainrs_guard_free = |_: &Fixture| made(guard::drainrs_guard_new, "");
    baseline: baseline::drainrs_baseline, baseline::drainrs_baseline_free =
        |_: &Fixture| made(baseline::drainrs_baseline_new, "");
}

fn an_error() -> *mut error::drainrs_error {
    let mut error = null_mut();
    // SAFETY: NULL is allowed.
    unsafe { miner::drainrs_miner_stats(null_mut(), null_mut(), &raw mut error) };
    error
}

fn a_redaction() -> *mut redaction::drainrs_redaction {
    let mut out = null_mut();
    // SAFETY: both places are ours.
    unsafe { redaction::drainrs_redaction_new(&raw mut out, null_mut()) };
    out
}

/// What a function gives back, if it may be a status.
trait Answer {
    fn status(self) -> Option<drainrs_status>;
}

macro_rules! answers {
    ($($answer:ty)*) => {$(
        impl Answer for $answer {
            fn status(self) -> Option<drainrs_status> {
                None
            }
        }
    )*};
}

answers! { () u32 u64 i64 usize }

impl Answer for drainrs_status {
    fn status(self) -> Option<drainrs_status> {
        Some(self)
    }
}

impl<T> Answer for *const T {
    fn status(self) -> Option<drainrs_status> {
        None
    }
}

// What a `_new` without settings gives is not NULL; it is lost to the test.
impl<T> Answer for *mut T {
    fn status(self) -> Option<drainrs_status> {
        assert!(!self.is_null());
        None
    }
}

/// A function that can be called with whatever it takes.
trait Callable {
    fn call(&self, call: &mut Call<'_>) -> Option<drainrs_status>;
}

macro_rules! callable {
    ($($alias:ident $of:ident: $($parameter:ident)*;)*) => {$(
        type $alias<$($parameter,)* R> = unsafe extern "C" fn($($parameter),*) -> R;

        /// The function as a pointer.
        fn $of<$($parameter: Argument + 'static,)* R: Answer + 'static>(
            function: $alias<$($parameter,)* R>,
        ) -> Box<dyn Callable> {
            Box::new(function)
        }

        impl<$($parameter: Argument,)* R: Answer> Callable for $alias<$($parameter,)* R> {
            #[allow(non_snake_case, unused_variables, reason = "types and values have the same names")]
            fn call(&self, call: &mut Call<'_>) -> Option<drainrs_status> {
                $(let $parameter = $parameter::of(call);)*
                // SAFETY: pointers are NULL or good, and lengths are those of what is pointed at.
                unsafe { self($($parameter),*) }.status()
            }
        }
    )*};
}

callable! {
    F0 f0: ;
    F1 f1: A;
    F2 f2: A B;
    F3 f3: A B C;
    F4 f4: A B C D;
    F5 f5: A B C D E;
    F6 f6: A B C D E F;
    F7 f7: A B C D E F G;
    F8 f8: A B C D E F G H;
    F9 f9: A B C D E F G H I;
    F10 f10: A B C D E F G H I J;
    F12 f12: A B C D E F G H I J K L;
    F14 f14: A B C D E F G H I J K L M N;
    F18 f18: A B C D E F G H I J K L M N O P Q S;
}

type Table = BTreeMap<&'static str, Box<dyn Callable>>;

macro_rules! functions {
    ($table:ident; $($of:ident: $($module:ident::$name:ident),*;)*) => {
        $($($table.insert(stringify!($name), $of($module::$name));)*)*
    };
}

/// All functions. One that is missing here fails the test.
#[allow(clippy::too_many_lines, reason = "it is a table")]
fn table() -> Table {
    let mut table = Table::new();
    functions! { table;
        f0:
            buffer::drainrs_buffer_new,
            version::drainrs_abi_version;
        f1:
            alerter::drainrs_alerter_next_deadline,
            alerter::drainrs_alerter_free,
            answered::drainrs_answered_free,
            asker::drainrs_asker_free,
            baseline::drainrs_baseline_free,
            buffer::drainrs_buffer_free,
            correlator::drainrs_correlator_next_deadline,
            correlator::drainrs_correlator_dropped,
            correlator::drainrs_correlator_free,
            error::drainrs_error_status,
            error::drainrs_error_free,
            events::drainrs_events_new,
            events::drainrs_events_free,
            guard::drainrs_guard_audit_dropped,
            guard::drainrs_guard_free,
            hits::drainrs_hits_new,
            hits::drainrs_hits_free,
            miner::drainrs_miner_template_count,
            miner::drainrs_miner_free,
            normalizer::drainrs_normalizer_exhausted_masks,
            normalizer::drainrs_normalizer_free,
            parser::drainrs_parser_free,
            pipeline::drainrs_pipeline_next_deadline,
            pipeline::drainrs_pipeline_free,
            redaction::drainrs_redaction_free,
            redactor::drainrs_redactor_free,
            scorer::drainrs_scorer_next_deadline,
            scorer::drainrs_scorer_memory,
            scorer::drainrs_scorer_free,
            status::drainrs_status_name,
            task::drainrs_task_free,
            version::drainrs_version;
        f2:
            alerter::drainrs_alerter_finish,
            buffer::drainrs_buffer_data,
            correlator::drainrs_correlator_finish,
            error::drainrs_error_path,
            error::drainrs_error_message,
            events::drainrs_events_first_lines,
            events::drainrs_events_lines,
            events::drainrs_events_times,
            events::drainrs_events_levels,
            events::drainrs_events_templates,
            events::drainrs_events_changes,
            events::drainrs_events_content_ids,
            events::drainrs_events_parameter_ends,
            events::drainrs_events_parameter_starts,
            events::drainrs_events_parameter_stops,
            events::drainrs_events_parameter_classes,
            events::drainrs_events_parameter_tokens,
            events::drainrs_events_mined,
            events::drainrs_events_mined_ends,
            events::drainrs_events_services,
            events::drainrs_events_services_ends,
            hits::drainrs_hits_templates,
            hits::drainrs_hits_changes,
            hits::drainrs_hits_content_ids,
            hits::drainrs_hits_parameter_ends,
            hits::drainrs_hits_parameter_starts,
            hits::drainrs_hits_parameter_stops,
            hits::drainrs_hits_parameter_classes,
            hits::drainrs_hits_parameter_tokens,
            parser::drainrs_parser_built_in_formats,
            redaction::drainrs_redaction_new;
        f3:
            alerter::drainrs_alerter_advance,
            alerter::drainrs_alerter_counters,
            alerter::drainrs_alerter_snapshot,
            answered::drainrs_answered_to_json,
            answered::drainrs_answered_repair,
            asker::drainrs_asker_adoptions,
            asker::drainrs_asker_stats,
            baseline::drainrs_baseline_finish,
            baseline::drainrs_baseline_templates,
            baseline::drainrs_baseline_counters,
            baseline::drainrs_baseline_save,
            baseline::drainrs_pipeline_from_baseline,
            correlator::drainrs_correlator_advance,
            detector::drainrs_pipeline_set_mode,
            detector::drainrs_pipeline_accept,
            guard::drainrs_guard_take_audit_lines,
            guard::drainrs_guard_counters,
            guard::drainrs_guard_config,
            guard::drainrs_guard_snapshot,
            miner::drainrs_miner_templates,
            miner::drainrs_miner_stats,
            miner::drainrs_miner_class_names,
            miner::drainrs_miner_poll_lineage,
            miner::drainrs_miner_config,
            miner::drainrs_miner_snapshot,
            normalizer::drainrs_normalizer_class_names,
            parser::drainrs_parser_formats,
            parser::drainrs_parser_detected,
            parser::drainrs_parser_counters,
            parser::drainrs_parser_set_reference_time,
            pipeline::drainrs_pipeline_templates,
            pipeline::drainrs_pipeline_class_names,
            pipeline::drainrs_pipeline_poll_lineage,
            pipeline::drainrs_pipeline_detected_formats,
            pipeline::drainrs_pipeline_stats,
            pipeline::drainrs_pipeline_snapshot,
            redaction::drainrs_redaction_values,
            redaction::drainrs_redaction_counts,
            redaction::drainrs_redaction_save,
            redactor::drainrs_redactor_rules,
            scorer::drainrs_scorer_set_mode,
            scorer::drainrs_scorer_snapshot,
            task::drainrs_task_id,
            task::drainrs_task_kind,
            task::drainrs_task_text,
            task::drainrs_task_messages,
            task::drainrs_task_schema,
            task::drainrs_task_to_json,
            task::drainrs_task_save,
            task::drainrs_task_fallback;
        f4:
            alerter::drainrs_alerter_new,
            alerter::drainrs_alerter_take,
            alerter::drainrs_alerter_take_alerts,
            asker::drainrs_asker_new,
            asker::drainrs_asker_next,
            asker::drainrs_asker_lost,
            asker::drainrs_asker_label,
            asker::drainrs_asker_incident_templates,
            asker::drainrs_asker_snapshot,
            baseline::drainrs_baseline_new,
            baseline::drainrs_baseline_load,
            config::drainrs_config_from_drain3_ini,
            correlator::drainrs_correlator_new,
            correlator::drainrs_correlator_take_correlations,
            detector::drainrs_pipeline_take_scores,
            detector::drainrs_pipeline_take_metrics,
            detector::drainrs_pipeline_service_name,
            guard::drainrs_guard_new,
            guard::drainrs_guard_correct_clock,
            miner::drainrs_miner_new,
            miner::drainrs_miner_template_text,
            miner::drainrs_miner_template,
            miner::drainrs_miner_template_by_content,
            miner::drainrs_miner_merge,
            normalizer::drainrs_normalizer_new,
            parser::drainrs_parser_new,
            parser::drainrs_parser_add_format,
            pipeline::drainrs_pipeline_new,
            pipeline::drainrs_pipeline_advance,
            pipeline::drainrs_pipeline_flush,
            pipeline::drainrs_pipeline_finish,
            pipeline::drainrs_pipeline_take_alerts,
            pipeline::drainrs_pipeline_template_text,
            pipeline::drainrs_pipeline_template,
            pipeline::drainrs_pipeline_add_format,
            redaction::drainrs_redaction_load,
            redactor::drainrs_redactor_new,
            scorer::drainrs_scorer_advance,
            scorer::drainrs_scorer_merged,
            task::drainrs_task_load;
        f5:
            asker::drainrs_asker_flush,
            asker::drainrs_asker_resume,
            guard::drainrs_guard_is_suspended,
            miner::drainrs_miner_find,
            miner::drainrs_miner_seed,
            miner::drainrs_miner_explain,
            miner::drainrs_miner_shard_key,
            normalizer::drainrs_normalizer_masked_text,
            normalizer::drainrs_normalizer_tokens,
            parser::drainrs_parser_parse,
            parser::drainrs_parser_remove_format,
            pipeline::drainrs_pipeline_seed,
            pipeline::drainrs_pipeline_find,
            pipeline::drainrs_pipeline_explain,
            pipeline::drainrs_pipeline_remove_format,
            redaction::drainrs_redaction_restore,
            redactor::drainrs_redactor_redact,
            redactor::drainrs_redactor_find,
            redactor::drainrs_redactor_is_clean,
            task::drainrs_task_repair,
            task::drainrs_task_restore;
        f6:
            alerter::drainrs_alerter_restore,
            asker::drainrs_asker_advance,
            asker::drainrs_asker_finish,
            asker::drainrs_asker_index_rows,
            baseline::drainrs_baseline_compare,
            correlator::drainrs_correlator_take,
            guard::drainrs_guard_report,
            guard::drainrs_guard_restore,
            miner::drainrs_miner_insert,
            miner::drainrs_miner_from_drain3_state,
            redaction::drainrs_redaction_redact,
            scorer::drainrs_scorer_new;
        f7:
            asker::drainrs_asker_plan,
            asker::drainrs_asker_offer,
            asker::drainrs_asker_give_up,
            asker::drainrs_asker_digest,
            baseline::drainrs_baseline_push_batch,
            miner::drainrs_miner_insert_batch,
            miner::drainrs_miner_restore,
            parser::drainrs_parser_parse_batch,
            pipeline::drainrs_pipeline_restore;
        f8:
            alerter::drainrs_alerter_check,
            asker::drainrs_asker_undo,
            guard::drainrs_guard_decide,
            guard::drainrs_guard_resume,
            pipeline::drainrs_pipeline_push_batch,
            scorer::drainrs_scorer_restore,
            task::drainrs_task_judge;
        f9:
            asker::drainrs_asker_adopt;
        f10:
            asker::drainrs_asker_push_batch,
            asker::drainrs_asker_answer,
            scorer::drainrs_scorer_close;
        f12:
            pipeline::drainrs_pipeline_push_records;
        f14:
            asker::drainrs_asker_push_records;
        f18:
            scorer::drainrs_scorer_observe;
    }
    table
}

fn called(
    fixture: &Fixture,
    function: &dyn Callable,
    names: &[(String, String)],
    null: Option<usize>,
    frees: bool,
) -> Option<drainrs_status> {
    let numbers = Numbers { text: *b"{}", classes: [1, 1], u32s: [1, 2], u64s: [1, 2], i64s: [0, 0], sizes: [0, 0] };
    let names = names.iter().map(|(_, name)| name.as_str()).collect();
    let mut call = Call { fixture, names, at: 0, null, frees, numbers: numbers.clone(), places: Vec::new() };
    let held = std::mem::ManuallyDrop::new(Buffer(fixture.buffer));
    let before = held.bytes();
    let status = function.call(&mut call);
    let failed = status.is_some_and(|status| status != DRAINRS_OK);
    if failed {
        assert_eq!(call.numbers, numbers, "a number is written");
        assert_eq!(held.bytes(), before, "the buffer is written");
    }
    for place in call.places {
        let value = *place.value;
        if place.is_error {
            assert_eq!(failed, !value.is_null(), "an error for each failure");
        } else if failed {
            assert_eq!(value.addr(), UNTOUCHED, "a handle is given");
        }
        if value.addr() != UNTOUCHED {
            (place.free)(value);
        }
    }
    status
}

#[test]
fn null_in_every_place_is_a_status_and_writes_nothing() {
    let fixture = Fixture::new();
    let table = table();
    let declared = declared();
    for function in &declared {
        let name = function.name.as_str();
        let callable = table.get(name).unwrap_or_else(|| panic!("{name} is not in the table of this test"));
        let frees = name.ends_with("_free");
        let call = |null| called(&fixture, callable.as_ref(), &function.parameters, null, frees);
        let status = call(None);
        if function.can_fail() {
            assert_eq!(status, Some(DRAINRS_ERR_NULL), "{name} with nothing at all");
        }
        for (at, (kind, place)) in function.parameters.iter().enumerate() {
            if !kind.contains('*') {
                continue;
            }
            let status = call(Some(at));
            if !function.can_fail() || OPTIONAL.contains(&place.as_str()) {
                continue;
            }
            if at == 0 && kind.contains("drainrs_") {
                assert_eq!(status, Some(DRAINRS_ERR_NULL), "{name}: {place}");
            } else {
                assert_ne!(status, Some(DRAINRS_OK), "{name}: {place}");
            }
        }
        // Nothing is NULL: whatever it says of "{}", it says it well.
        call(Some(usize::MAX));
    }
    assert_eq!(table.len(), declared.len(), "the table has functions that the header has not");
}

#[test]
fn an_error_says_which_pointer_is_null() {
    // SAFETY: NULL is allowed.
    let message = fails(DRAINRS_ERR_NULL, |error| unsafe { miner::drainrs_miner_stats(null_mut(), null_mut(), error) });
    assert_eq!(message, "miner must not be NULL");
}
