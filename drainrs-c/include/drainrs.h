/* drainrs: log lines in, templates and anomalies out. Generated from the sources; do not edit.
 *
 * CONVENTIONS
 *
 * Names. drainrs_<noun>_<verb>. The first parameter is what the call is about, then inputs, then outputs, then the error.
 *
 * Status. A call that can fail returns a drainrs_status: DRAINRS_OK, or why not. Its last parameter, `error`, may be NULL; if
 * not, a failure puts an error there, which is yours: read it, then drainrs_error_free it. Nothing is written there on success.
 * Outputs are written only on success. Nothing is kept per thread: a host may change threads between any two calls.
 *
 * Log lines never cause errors: any bytes are a line. Settings can be wrong, snapshots can be damaged, pointers can be NULL.
 *
 * Ownership. What a `_new` or a `_restore` gives is yours; free it with the `_free` of its type. A `_free` takes the address of
 * your variable and sets it to NULL, so that a second one does nothing. Objects do not depend on each other: free them in any
 * order. What you hand in is only read, and only during the call. What a getter gives a pointer to belongs to its object, until
 * the next call that changes or frees that object.
 *
 * NULL. A NULL where an object is needed is DRAINRS_ERR_NULL, or the neutral value (0, "") where the call cannot fail. A pointer
 * to nothing, (NULL, 0), is an empty text.
 *
 * Bytes are a pointer and a length: lines need not be UTF-8 and may hold NUL. A length that is greater than what is there cannot
 * be found out, and is undefined behaviour, as everywhere in C. Texts that the library gives have a NUL behind them, which their
 * length does not count.
 *
 * Many lines are one buffer and an array of ends (Arrow's layout): line i ends before data[ends[i]] and begins where line i - 1
 * ends. Ends that go down, or point behind the buffer, are DRAINRS_ERR_ARGUMENT.
 *
 * What is frequent (events, parameters) comes as columns, what is rare (alerts, templates, settings) as JSON (UTF-8), with the
 * same names in every language.
 *
 * Threads. There is no global state. Machines (miner, pipeline, scorer, ...) may be used from every thread: a call that changes
 * one waits for the calls at work on it; calls with a const first parameter run beside one another. Columns and buffers
 * (drainrs_hits, drainrs_events, drainrs_buffer) are for one thread at a time. Errors may be read from everywhere. Nothing is
 * called back, no thread is started, no file, clock or environment is touched.
 *
 * Time is nanoseconds since 1970-01-01 UTC, as the host says it.
 *
 * Bugs. A panic inside is caught: DRAINRS_ERR_PANIC. The machine that was being changed or read takes no more calls but its _free.
 * The message of a panic also goes to the standard error of the process.
 *
 * Binary interface. Everything is opaque; additions do not break programs. Compare drainrs_abi_version() with
 * DRAINRS_ABI_VERSION where the library is loaded at run time.
 *
 * Linking. `pkg-config --cflags --libs drainrs`, or find_package(drainrs) in CMake. Static: link
 * libdrainrs.a by its name (-l:libdrainrs.a) and what `pkg-config --static` adds.
 */


#ifndef DRAINRS_H
#define DRAINRS_H

#include <stddef.h>
#include <stdint.h>

#define DRAINRS_VERSION_MAJOR 0
#define DRAINRS_VERSION_MINOR 1
#define DRAINRS_VERSION_PATCH 0

/*
 Ask a `drainrs_events` for the columns of what was mined, and of the services.
 */
#define DRAINRS_WITH_TEXTS 4

/*
 The time of an event that does not tell one.
 */
#define DRAINRS_NO_TIME INT64_MIN

/*
 The template of an event that was skipped.
 */
#define DRAINRS_NO_TEMPLATE 0

/*
 The change of an event that was skipped, because its level is below the least one.
 */
#define DRAINRS_SKIPPED_BELOW_LEVEL 16

/*
 The change of an event that was skipped, because it was thinned out in a surge.
 */
#define DRAINRS_SKIPPED_SURGE 17

/*
 A run did what it should.
 */
#define DRAINRS_OUTCOME_SUCCEEDED 0

/*
 A run was not done, or did not help.
 */
#define DRAINRS_OUTCOME_FAILED 1

/*
 A run did not help, and was undone.
 */
#define DRAINRS_OUTCOME_ROLLED_BACK 2

/*
 A run did not help, and undoing it failed.
 */
#define DRAINRS_OUTCOME_ROLL_BACK_FAILED 3

/*
 The outcome is counted.
 */
#define DRAINRS_REPORTED_NOTED 0

/*
 The outcome is counted, and the action is suspended now.
 */
#define DRAINRS_REPORTED_SUSPENDED 1

/*
 No run with that number is awaited: it was reported before, or forgotten.
 */
#define DRAINRS_REPORTED_UNKNOWN 2

/*
 Ask a `drainrs_hits` or `drainrs_events` for the columns of parameters.
 */
#define DRAINRS_WITH_PARAMETERS 1

/*
 Ask a `drainrs_hits` or `drainrs_events` for the column of content ids.
 */
#define DRAINRS_WITH_CONTENT_IDS 2

/*
 An event did nothing to its template: it fits as it stands.
 */
#define DRAINRS_CHANGE_UNCHANGED 0

/*
 A new template was born.
 */
#define DRAINRS_CHANGE_CREATED 1

/*
 A template became more general.
 */
#define DRAINRS_CHANGE_WIDENED 2

/*
 Fail to restore a snapshot that was taken under other settings, and name each that differs.
 */
#define DRAINRS_OTHER_SETTINGS_REFUSE 0

/*
 Restore a snapshot under the settings that it was taken under.
 */
#define DRAINRS_OTHER_SETTINGS_ADOPT 1

/*
 Take everything for usual, and say nothing.
 */
#define DRAINRS_MODE_LEARN 0

/*
 Judge by what was learned, and learn no new things.
 */
#define DRAINRS_MODE_DETECT 1

/*
 Judge and learn at once: what was not flagged is usual from now on.
 */
#define DRAINRS_MODE_ADAPTIVE 2

/*
 Nothing tells the severity.
 */
#define DRAINRS_LEVEL_UNKNOWN 0

/*
 Trace.
 */
#define DRAINRS_LEVEL_TRACE 1

/*
 Debug.
 */
#define DRAINRS_LEVEL_DEBUG 2

/*
 Information.
 */
#define DRAINRS_LEVEL_INFO 3

/*
 Notice.
 */
#define DRAINRS_LEVEL_NOTICE 4

/*
 Warning.
 */
#define DRAINRS_LEVEL_WARN 5

/*
 Error.
 */
#define DRAINRS_LEVEL_ERROR 6

/*
 Critical.
 */
#define DRAINRS_LEVEL_CRITICAL 7

/*
 Fatal, alert, emergency.
 */
#define DRAINRS_LEVEL_FATAL 8

/*
 The version of the interface that this header describes. It grows whenever something is removed or changes its meaning;
 additions leave it.
 */
#define DRAINRS_ABI_VERSION 0

/*
 An alerter: takes scores, and gives alerts: what comes together is told once, what repeats is held back, and a day has a budget. A
 pipeline with a detector has one of its own. Who builds one frees it; any thread may use it: calls that change it wait for one
 another.
 */
typedef struct drainrs_alerter drainrs_alerter;

/*
 What became of a task, as an asker gave it. Who got one frees it; any thread may use it, and none waits: nothing changes it.
 */
typedef struct drainrs_answered drainrs_answered;

/*
 An asker: remembers what is worth asking about a pipeline's stream, makes tasks of it for the host's model, and judges what comes
 back. It never calls a model itself. Lines go through the asker into its pipeline, always the same one. Who builds one frees it,
 before the pipeline or after it; any thread may use it: calls that change it, or its pipeline, wait for one another.
 */
typedef struct drainrs_asker drainrs_asker;

/*
 A baseline: what is usual, learned from logs that are known to be good, to judge other logs by. Who makes one frees it; any thread
 may use it: calls that change it wait for one another.
 */
typedef struct drainrs_baseline drainrs_baseline;

/*
 Bytes that a call gives: a text, a JSON document, a snapshot. The host makes one, hands it to as many calls as it likes, and
 frees it; each call that succeeds replaces what is in it. One thread at a time.
 */
typedef struct drainrs_buffer drainrs_buffer;

/*
 A correlator: finds services that moved together within a short while. It names candidates for where to look first, never the
 cause. Who builds one frees it; any thread may use it: calls that change it wait for one another.
 */
typedef struct drainrs_correlator drainrs_correlator;

/*
 Why a call failed. The host owns it and frees it with `drainrs_error_free`; it may outlive everything else, and any thread
 may read it.
 */
typedef struct drainrs_error drainrs_error;

/*
 What a pipeline makes of many lines, as columns with an entry per completed event. The host makes one, hands it to as many
 calls as it likes, and frees it; each call that succeeds replaces what is in it, and reuses its memory. What a getter gives is
 valid until then. One thread at a time.
 */
typedef struct drainrs_events drainrs_events;

/*
 A guard: decides whether what is proposed may be done, by rules, limits, and what became of earlier runs. It does nothing itself. Who
 builds one frees it; any thread may use it: calls that change it wait for one another.
 */
typedef struct drainrs_guard drainrs_guard;

/*
 What a miner makes of many lines, as columns with an entry per line. The host makes one, hands it to as many calls as it
 likes, and frees it; each call that succeeds replaces what is in it, and reuses its memory. What a getter gives is valid until
 then. One thread at a time.
 */
typedef struct drainrs_hits drainrs_hits;

/*
 A miner: takes messages without headers, and gives each its template. Any thread may use it: calls that change it wait for one
 another. For speed give each thread its own and merge them.
 */
typedef struct drainrs_miner drainrs_miner;

/*
 A normalizer: takes messages, and gives their tokens and masked values: what templates are made of. To see what masks and
 settings do. Who builds one frees it; any thread may use it, and none waits: nothing changes it.
 */
typedef struct drainrs_normalizer drainrs_normalizer;

/*
 A parser: takes lines, or joined events, and gives what their headers say. It finds out by itself what the lines of a stream
 look like, so one parser serves one stream. Who builds one frees it; any thread may use it: calls that change it, `_parse` among
 them, wait for one another.
 */
typedef struct drainrs_parser drainrs_parser;

/*
 A pipeline: joins the lines of an event, reads its header, mines its message, and with a `detect` part in its settings tells
 alerts. One pipeline serves one source of lines. Any thread may use it: calls that change it wait for one another.
 */
typedef struct drainrs_pipeline drainrs_pipeline;

/*
 The placeholders of texts that are read together, such as one prompt: equal values get equal placeholders, and the values can be
 put back. It holds what was hidden, so it stays with the host. Who makes one frees it; any thread may use it: calls that change it
 wait for one another.
 */
typedef struct drainrs_redaction drainrs_redaction;

/*
 A redactor: the compiled rules that find personal data and secrets in texts. It keeps nothing of what it sees. Who builds one
 frees it; any thread may use it, and none waits: nothing changes it.
 */
typedef struct drainrs_redactor drainrs_redactor;

/*
 A scorer: takes events and windows that are over, and gives the scores that are past its threshold. A pipeline with a detector
 has scorers of its own; this one is fed by hand. Who builds one frees it; any thread may use it: calls that change it wait for one
 another.
 */
typedef struct drainrs_scorer drainrs_scorer;

/*
 A task: a question for a model, bounded, redacted, with the schema of its answer. What its getters give may leave the host; what
 `_save` and `_restore` give may not. Who got one frees it; any thread may use it, and none waits: nothing changes it.
 */
typedef struct drainrs_task drainrs_task;

/*
 What became of a call: `DRAINRS_OK`, or one of the other constants. More can be added.
 */
typedef int32_t drainrs_status;

/*
 It was done.
 */
#define DRAINRS_OK 0

/*
 A pointer is NULL that must not be.
 */
#define DRAINRS_ERR_NULL 1

/*
 An argument has a value that makes no sense: a text that is not UTF-8, ends that go down, an unknown constant.
 */
#define DRAINRS_ERR_ARGUMENT 2

/*
 A bug of the library, caught. The handle that was changed when it happened takes no more calls but `_free`: they return this.
 */
#define DRAINRS_ERR_PANIC 3

/*
 A setting is unknown, missing, of the wrong type or out of its range.
 */
#define DRAINRS_ERR_CONFIG 100

/*
 A pattern (a mask, a format) does not compile.
 */
#define DRAINRS_ERR_PATTERN 101

/*
 A value is larger than a fixed limit of the library.
 */
#define DRAINRS_ERR_LIMIT 102

/*
 A snapshot is damaged, truncated or not a snapshot.
 */
#define DRAINRS_ERR_SNAPSHOT 200

/*
 A snapshot was written by a format version that this library does not know.
 */
#define DRAINRS_ERR_SNAPSHOT_VERSION 201

/*
 A snapshot was taken under other settings than the ones given.
 */
#define DRAINRS_ERR_SNAPSHOT_CONFIG 202

/*
 What should be a saved task is none.
 */
#define DRAINRS_ERR_TASK 300

/*
 The part that was asked for is not compiled in.
 */
#define DRAINRS_ERR_FEATURE 900

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/*
 Builds an alerter. `config` is a JSON document of settings; nothing at all is the default.
 */
drainrs_status drainrs_alerter_new(const uint8_t *config,
                                   size_t config_len,
                                   drainrs_alerter **out,
                                   drainrs_error **error);

/*
 Takes scores, in the order of notice: a JSON array of them, as `drainrs_scorer_close` gives it, or a single object. Alerts wait for
 `drainrs_alerter_take_alerts`.
 */
drainrs_status drainrs_alerter_take(drainrs_alerter *alerter,
                                    const uint8_t *scores,
                                    size_t scores_len,
                                    drainrs_error **error);

/*
 Looks whether an event's text matches one of the fixed rules of the settings, and if so takes it as an alert. `level` is
 `DRAINRS_LEVEL_...`.
 */
drainrs_status drainrs_alerter_check(drainrs_alerter *alerter,
                                     int64_t at,
                                     uint32_t service,
                                     uint64_t template_id,
                                     uint8_t level,
                                     const uint8_t *text,
                                     size_t text_len,
                                     drainrs_error **error);

/*
 Takes notice that it is `now`, in event time: what waited long enough is told.
 */
drainrs_status drainrs_alerter_advance(drainrs_alerter *alerter, int64_t now, drainrs_error **error);

/*
 Tells what still waits for company, at the end of a stream.
 */
drainrs_status drainrs_alerter_finish(drainrs_alerter *alerter, drainrs_error **error);

/*
 When `drainrs_alerter_advance` has something to tell; `DRAINRS_NO_TIME`: never.
 */
int64_t drainrs_alerter_next_deadline(const drainrs_alerter *alerter);

/*
 The alerts that wait, at most `most` of them, as a JSON array of objects, the oldest first. Names of services and texts of templates
 are not filled in: only a pipeline knows them.
 */
drainrs_status drainrs_alerter_take_alerts(drainrs_alerter *alerter,
                                           size_t most,
                                           drainrs_buffer *out,
                                           drainrs_error **error);

/*
 What became of scores, as a JSON object.
 */
drainrs_status drainrs_alerter_counters(const drainrs_alerter *alerter, drainrs_buffer *out, drainrs_error **error);

/*
 What it remembers, as bytes: versioned, checksummed, the same bytes for the same state in every language.
 */
drainrs_status drainrs_alerter_snapshot(const drainrs_alerter *alerter, drainrs_buffer *out, drainrs_error **error);

/*
 An alerter that goes on where a snapshot was taken, under the settings that it had.
 */
drainrs_status drainrs_alerter_restore(const uint8_t *snapshot,
                                       size_t snapshot_len,
                                       const uint8_t *config,
                                       size_t config_len,
                                       drainrs_alerter **out,
                                       drainrs_error **error);

/*
 Frees an alerter and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
 */
void drainrs_alerter_free(drainrs_alerter **alerter);

/*
 What became of a task, as a JSON object: whether the answer is `accepted`; the `value` to use, of the model or by rules, with what
 was redacted put back, so it stays in the host; the `verdict` with its reasons (`null` if no answer came); in `repair` the task to
 be asked instead, which is open already under its own id; the answer by rules in `fallback`; whether it is `repeated`, no news; and
 the `task`.
 */
drainrs_status drainrs_answered_to_json(const drainrs_answered *answered,
                                        drainrs_buffer *out,
                                        drainrs_error **error);

/*
 The task to be asked instead, where the answer was refused and may be repaired; it is the host's. Else NULL.
 */
drainrs_status drainrs_answered_repair(const drainrs_answered *answered, drainrs_task **out, drainrs_error **error);

/*
 Frees what became of a task and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
 */
void drainrs_answered_free(drainrs_answered **answered);

/*
 Builds an asker. `config` is a JSON document of settings; nothing at all is the default.
 */
drainrs_status drainrs_asker_new(const uint8_t *config, size_t config_len, drainrs_asker **out, drainrs_error **error);

/*
 Takes many lines through the asker into its pipeline, see `drainrs_pipeline_push_batch`. `events` (may be NULL) gets an entry per
 completed event, `alerts` (may be NULL) a JSON array of the alerts: they are taken from the pipeline either way.
 */
drainrs_status drainrs_asker_push_batch(drainrs_asker *asker,
                                        drainrs_pipeline *pipeline,
                                        const uint8_t *data,
                                        size_t data_len,
                                        const uint32_t *ends,
                                        size_t count,
                                        int64_t now,
                                        drainrs_events *events,
                                        drainrs_buffer *alerts,
                                        drainrs_error **error);

/*
 Takes many records through the asker into its pipeline, see `drainrs_pipeline_push_records`; `events` and `alerts` as for
 `drainrs_asker_push_batch`.
 */
drainrs_status drainrs_asker_push_records(drainrs_asker *asker,
                                          drainrs_pipeline *pipeline,
                                          const uint8_t *data,
                                          size_t data_len,
                                          const uint32_t *ends,
                                          size_t count,
                                          const int64_t *times,
                                          const uint8_t *levels,
                                          const uint8_t *service,
                                          size_t service_len,
                                          int64_t now,
                                          drainrs_events *events,
                                          drainrs_buffer *alerts,
                                          drainrs_error **error);

/*
 Lets time pass without lines, see `drainrs_pipeline_advance`; `events` and `alerts` as for `drainrs_asker_push_batch`.
 */
drainrs_status drainrs_asker_advance(drainrs_asker *asker,
                                     drainrs_pipeline *pipeline,
                                     int64_t now,
                                     drainrs_events *events,
                                     drainrs_buffer *alerts,
                                     drainrs_error **error);

/*
 Gives the event that the pipeline holds back, and leaves the detector alone: before a snapshot, see `drainrs_pipeline_flush`.
 */
drainrs_status drainrs_asker_flush(drainrs_asker *asker,
                                   drainrs_pipeline *pipeline,
                                   int64_t now,
                                   drainrs_events *events,
                                   drainrs_error **error);

/*
 The end of the stream: takes what is held back, closes the detector's windows, completes what waited for more. `events` and
 `alerts` as for `drainrs_asker_push_batch`.
 */
drainrs_status drainrs_asker_finish(drainrs_asker *asker,
                                    drainrs_pipeline *pipeline,
                                    int64_t now,
                                    drainrs_events *events,
                                    drainrs_buffer *alerts,
                                    drainrs_error **error);

/*
 What could be asked now, the most valuable first, as a JSON object: `tasks`, redacted, as they may leave the host, and in `left_out`
 how many there was no room for, by kind. Changes nothing. `budget` is a JSON object of `max_tokens`, `max_bytes`,
 `max_text_bytes`, `max_tasks`, and `count`, how tokens are counted: `at_most` (one per byte, never too few) or `about` (an
 estimate above the truth for all logs that were measured); nothing at all is the default. `DRAINRS_ERR_LIMIT` if it has no room for
 any task.
 */
drainrs_status drainrs_asker_plan(const drainrs_asker *asker,
                                  const drainrs_pipeline *pipeline,
                                  int64_t now,
                                  const uint8_t *budget,
                                  size_t budget_len,
                                  drainrs_buffer *out,
                                  drainrs_error **error);

/*
 Plans the same, and puts the tasks on the desk, where they wait for `drainrs_asker_next`. `out` gets a JSON array with an object per
 task: its `task` (the id), its `kind`, and in `offer` what became of it: "queued", "repeated" (it waits or is asked already),
 "refused" (and `why`), or "cached": the same was answered lately, `value` is the answer.
 */
drainrs_status drainrs_asker_offer(drainrs_asker *asker,
                                   const drainrs_pipeline *pipeline,
                                   int64_t now,
                                   const uint8_t *budget,
                                   size_t budget_len,
                                   drainrs_buffer *out,
                                   drainrs_error **error);

/*
 The most valuable task that waits and fits the day's budget, to be sent now; it is the host's, who frees it with
 `drainrs_task_free`. NULL if there is none, or too many are open.
 */
drainrs_status drainrs_asker_next(drainrs_asker *asker, int64_t now, drainrs_task **out, drainrs_error **error);

/*
 Takes the answer to an open task, by its id; any bytes are an answer. `out` gets what became of it, see
 `drainrs_answered_to_json`; `answered` (may be NULL) the same as an object, for `drainrs_asker_adopt`. `null` and NULL if no such
 task is open.
 */
drainrs_status drainrs_asker_answer(drainrs_asker *asker,
                                    const drainrs_pipeline *pipeline,
                                    const uint8_t *id,
                                    size_t id_len,
                                    const uint8_t *answer,
                                    size_t answer_len,
                                    int64_t now,
                                    drainrs_answered **answered,
                                    drainrs_buffer *out,
                                    drainrs_error **error);

/*
 Takes notice that a task was not asked: the model cannot be reached. Its price is given back, and its topic rests for a while. Gives
 the same as `drainrs_asker_answer`: the answer by rules.
 */
drainrs_status drainrs_asker_give_up(drainrs_asker *asker,
                                     const uint8_t *id,
                                     size_t id_len,
                                     int64_t now,
                                     drainrs_answered **answered,
                                     drainrs_buffer *out,
                                     drainrs_error **error);

/*
 The tasks whose answers did not come in time, with the answers by rules, as a JSON array of objects, see
 `drainrs_answered_to_json`. Ask now and then: the oldest makes room.
 */
drainrs_status drainrs_asker_lost(drainrs_asker *asker, int64_t now, drainrs_buffer *out, drainrs_error **error);

/*
 Lets an answer take effect, on the word of `by`: labels and names on templates, a format in the pipeline's parser. An answer that is
 not sure changes nothing unless `even_unsure` is 1. `out` gets the numbers of the records as a JSON array, for
 `drainrs_asker_undo`.
 */
drainrs_status drainrs_asker_adopt(drainrs_asker *asker,
                                   drainrs_pipeline *pipeline,
                                   const drainrs_answered *answered,
                                   const uint8_t *by,
                                   size_t by_len,
                                   uint8_t even_unsure,
                                   int64_t now,
                                   drainrs_buffer *out,
                                   drainrs_error **error);

/*
 Takes a change back, by the number of its record. `undone` (may be NULL) gets 1, or 0 if there is no such record, it was taken back
 already, or its format is the only one expected.
 */
drainrs_status drainrs_asker_undo(drainrs_asker *asker,
                                  drainrs_pipeline *pipeline,
                                  uint64_t record,
                                  const uint8_t *by,
                                  size_t by_len,
                                  int64_t now,
                                  uint8_t *undone,
                                  drainrs_error **error);

/*
 What answers said of a template, as a JSON object: its `label`, and in `parameters` the names of its parameters in the order of the
 text; `null` where nobody said anything.
 */
drainrs_status drainrs_asker_label(const drainrs_asker *asker,
                                   uint64_t template_id,
                                   drainrs_buffer *out,
                                   drainrs_error **error);

/*
 All changes that were adopted, the oldest first, those that were taken back included, as a JSON array of objects.
 */
drainrs_status drainrs_asker_adoptions(const drainrs_asker *asker, drainrs_buffer *out, drainrs_error **error);

/*
 The log that was seen as a text of at most `max_tokens` tokens, redacted, as a JSON object: the `text`, and what it covers. `name` is
 what the text calls the log.
 */
drainrs_status drainrs_asker_digest(const drainrs_asker *asker,
                                    const drainrs_pipeline *pipeline,
                                    const uint8_t *name,
                                    size_t name_len,
                                    size_t max_tokens,
                                    drainrs_buffer *out,
                                    drainrs_error **error);

/*
 A row for each template that was seen, as a JSON array of objects: service, times, hits, level, labels, examples, and with `vectors`
 (1, else 0) the built-in vector of its text. `redacted` (1, else 0) puts texts through the redactor.
 */
drainrs_status drainrs_asker_index_rows(const drainrs_asker *asker,
                                        const drainrs_pipeline *pipeline,
                                        uint8_t redacted,
                                        uint8_t vectors,
                                        drainrs_buffer *out,
                                        drainrs_error **error);

/*
 The templates that stand out now, weighed, as a JSON array of objects: what an incident is made of.
 */
drainrs_status drainrs_asker_incident_templates(const drainrs_asker *asker,
                                                const drainrs_pipeline *pipeline,
                                                drainrs_buffer *out,
                                                drainrs_error **error);

/*
 What was counted, as a JSON object: in `journal` what was kept and forgotten of the stream, in `desk` what became of tasks, in
 `waiting` how many wait, in `memory` bytes.
 */
drainrs_status drainrs_asker_stats(const drainrs_asker *asker,
                                   drainrs_buffer *out,
                                   drainrs_error **error);

/*
 What was learned from answers, as bytes, to be kept beside the pipeline's own snapshot. Tasks are not part of it.
 */
drainrs_status drainrs_asker_snapshot(const drainrs_asker *asker,
                                      const drainrs_pipeline *pipeline,
                                      drainrs_buffer *out,
                                      drainrs_error **error);

/*
 Goes on where a snapshot was taken, beside a pipeline that was restored from its own: labels, names and formats are there again.
 After an error nothing is changed.
 */
drainrs_status drainrs_asker_resume(drainrs_asker *asker,
                                    drainrs_pipeline *pipeline,
                                    const uint8_t *snapshot,
                                    size_t snapshot_len,
                                    drainrs_error **error);

/*
 Frees an asker and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
 */
void drainrs_asker_free(drainrs_asker **asker);

/*
 Makes a baseline that knows nothing yet. `config` is a JSON document of a pipeline's settings; without a `detect` part it gets the
 default one.
 */
drainrs_status drainrs_baseline_new(const uint8_t *config,
                                    size_t config_len,
                                    drainrs_baseline **out,
                                    drainrs_error **error);

/*
 Learns from many lines that arrive at `now`. Line `i` ends before `data[ends[i]]` and begins where the line before it ends.
 */
drainrs_status drainrs_baseline_push_batch(drainrs_baseline *baseline,
                                           const uint8_t *data,
                                           size_t data_len,
                                           const uint32_t *ends,
                                           size_t count,
                                           int64_t now,
                                           drainrs_error **error);

/*
 Takes in what is held back, at the end of a log. Others may follow.
 */
drainrs_status drainrs_baseline_finish(drainrs_baseline *baseline, int64_t now, drainrs_error **error);

/*
 The templates that are usual, as a JSON array of objects, by number.
 */
drainrs_status drainrs_baseline_templates(const drainrs_baseline *baseline, drainrs_buffer *out, drainrs_error **error);

/*
 How many lines and events were learned from, as a JSON object.
 */
drainrs_status drainrs_baseline_counters(const drainrs_baseline *baseline, drainrs_buffer *out, drainrs_error **error);

/*
 The baseline as bytes: versioned, checksummed, the same bytes for the same state in every language.
 */
drainrs_status drainrs_baseline_save(const drainrs_baseline *baseline, drainrs_buffer *out, drainrs_error **error);

/*
 A baseline that was saved, with the settings of the miner and the detector that it was learned under.
 */
drainrs_status drainrs_baseline_load(const uint8_t *saved,
                                     size_t saved_len,
                                     drainrs_baseline **out,
                                     drainrs_error **error);

/*
 How two baselines differ, as a JSON object: templates that are new, gone, more frequent, rarer, or have other values, the most
 important first. Rates are compared as shares of all events, so logs need not be of one length. `config` is a JSON document of
 settings; nothing at all is the default.
 */
drainrs_status drainrs_baseline_compare(const drainrs_baseline *before,
                                        const drainrs_baseline *after,
                                        const uint8_t *config,
                                        size_t config_len,
                                        drainrs_buffer *out,
                                        drainrs_error **error);

/*
 A pipeline that judges logs by a baseline and learns nothing new. The baseline stays as it is, and may make others.
 */
drainrs_status drainrs_pipeline_from_baseline(const drainrs_baseline *baseline,
                                              drainrs_pipeline **out,
                                              drainrs_error **error);

/*
 Frees a baseline and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
 */
void drainrs_baseline_free(drainrs_baseline **baseline);

/*
 An empty buffer; `drainrs_buffer_free` frees it.
 */
drainrs_buffer *drainrs_buffer_new(void);

/*
 What is in a buffer, with a NUL behind it, until the next call that writes to the buffer or frees it. `len` (may be NULL) is
 the number of bytes, without that NUL. "" for NULL.
 */
const uint8_t *drainrs_buffer_data(const drainrs_buffer *buffer,
                                   size_t *len);

/*
 Frees a buffer and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL.
 */
void drainrs_buffer_free(drainrs_buffer **buffer);

/*
 The settings of a Drain3 installation, from the text of its `drain3.ini`, as the JSON document of a miner that gives its
 results: clusters, numbers, texts and sizes, line by line.
 */
drainrs_status drainrs_config_from_drain3_ini(const uint8_t *ini,
                                              size_t ini_len,
                                              drainrs_buffer *out,
                                              drainrs_error **error);

/*
 Builds a correlator. `config` is a JSON document of settings; nothing at all is the default.
 */
drainrs_status drainrs_correlator_new(const uint8_t *config,
                                      size_t config_len,
                                      drainrs_correlator **out,
                                      drainrs_error **error);

/*
 Takes scores of one service, in the order of notice: a JSON array of them, or a single object. Those that are no movement, but
 information, or that something is back, are passed over.
 */
drainrs_status drainrs_correlator_take(drainrs_correlator *correlator,
                                       const uint8_t *scores,
                                       size_t scores_len,
                                       const uint8_t *service,
                                       size_t service_len,
                                       drainrs_error **error);

/*
 Takes notice that it is `now`, in event time; ends the window at hand if it is over.
 */
drainrs_status drainrs_correlator_advance(drainrs_correlator *correlator, int64_t now, drainrs_error **error);

/*
 Ends the window at hand, at the end of a stream.
 */
drainrs_status drainrs_correlator_finish(drainrs_correlator *correlator, drainrs_error **error);

/*
 When `drainrs_correlator_advance` ends the window at hand; `DRAINRS_NO_TIME`: never.
 */
int64_t drainrs_correlator_next_deadline(const drainrs_correlator *correlator);

/*
 The correlations that wait, at most `most` of them, as a JSON array of objects, the oldest first.
 */
drainrs_status drainrs_correlator_take_correlations(drainrs_correlator *correlator,
                                                    size_t most,
                                                    drainrs_buffer *out,
                                                    drainrs_error **error);

/*
 How many correlations nobody took in time; 0 for NULL.
 */
uint64_t drainrs_correlator_dropped(const drainrs_correlator *correlator);

/*
 Frees a correlator and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
 */
void drainrs_correlator_free(drainrs_correlator **correlator);

/*
 Lets the detector learn and be silent, judge and learn nothing new, or do both: `mode` is `DRAINRS_MODE_...`. This call and the
 following are `DRAINRS_ERR_ARGUMENT` for a pipeline without a detector.
 */
drainrs_status drainrs_pipeline_set_mode(drainrs_pipeline *pipeline,
                                         uint32_t mode,
                                         drainrs_error **error);

/*
 The single scores that wait, at most `most` of them, as a JSON array of objects, the oldest first. As many wait as the setting
 `detect.max_scores` says: 0 unless told otherwise.
 */
drainrs_status drainrs_pipeline_take_scores(drainrs_pipeline *pipeline,
                                            size_t most,
                                            drainrs_buffer *out,
                                            drainrs_error **error);

/*
 The metrics of windows that wait, at most `most` of them, as a JSON array of objects, the oldest first. As many wait as the setting
 `detect.max_metrics` says: 0 unless told otherwise.
 */
drainrs_status drainrs_pipeline_take_metrics(drainrs_pipeline *pipeline,
                                             size_t most,
                                             drainrs_buffer *out,
                                             drainrs_error **error);

/*
 Takes a template, as new as it is, for usual from now on.
 */
drainrs_status drainrs_pipeline_accept(drainrs_pipeline *pipeline, uint64_t template_id, drainrs_error **error);

/*
 The name of a service by its number in scores and metrics; empty for events that name none.
 */
drainrs_status drainrs_pipeline_service_name(const drainrs_pipeline *pipeline,
                                             uint32_t service,
                                             drainrs_buffer *out,
                                             drainrs_error **error);

/*
 The status that the call returned; `DRAINRS_OK` for NULL.
 */
drainrs_status drainrs_error_status(const drainrs_error *error);

/*
 The path of the first wrong setting, such as "mine.depth", the name of the wrong argument, or "". UTF-8 with a NUL behind
 it, as long as the error lives; "" for NULL. `len` (may be NULL) is its length.
 */
const uint8_t *drainrs_error_path(const drainrs_error *error,
                                  size_t *len);

/*
 What is wrong and what to do, all problems at once. UTF-8 with a NUL behind it, as long as the error lives; "" for NULL.
 `len` (may be NULL) is its length.
 */
const uint8_t *drainrs_error_message(const drainrs_error *error,
                                     size_t *len);

/*
 Frees an error and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL.
 */
void drainrs_error_free(drainrs_error **error);

/*
 Empty columns; `drainrs_events_free` frees them. `with` is 0 or a sum of `DRAINRS_WITH_...`: columns that cost time, and are
 empty unless asked for. Bits that no constant has are ignored.
 */
drainrs_events *drainrs_events_new(uint32_t with);

/*
 The number of the first line of each event in its stream, from 0.
 */
const uint64_t *drainrs_events_first_lines(const drainrs_events *events, size_t *len);

/*
 How many lines each event has.
 */
const uint32_t *drainrs_events_lines(const drainrs_events *events, size_t *len);

/*
 When each event happened, as it says itself: nanoseconds since 1970-01-01 UTC, or `DRAINRS_NO_TIME`.
 */
const int64_t *drainrs_events_times(const drainrs_events *events, size_t *len);

/*
 How severe each event says it is: `DRAINRS_LEVEL_...`.
 */
const uint8_t *drainrs_events_levels(const drainrs_events *events, size_t *len);

/*
 The template of each event: numbers from 1 on, never reused; `DRAINRS_NO_TEMPLATE` where the event was skipped.
 */
const uint64_t *drainrs_events_templates(const drainrs_events *events, size_t *len);

/*
 What each event did to its template: `DRAINRS_CHANGE_...`, or why it was skipped: `DRAINRS_SKIPPED_...`.
 */
const uint8_t *drainrs_events_changes(const drainrs_events *events, size_t *len);

/*
 The content ids of the templates as they stood then, one per event, 0 where it was skipped: the same number on every host and
 in every language for the same template. Empty unless `DRAINRS_WITH_CONTENT_IDS`.
 */
const uint64_t *drainrs_events_content_ids(const drainrs_events *events,
                                           size_t *len);

/*
 Where the parameters of each event end, one per event: those of event `i` are the entries from `ends[i - 1]` (0 for the first)
 to before `ends[i]` of the columns below. Empty unless `DRAINRS_WITH_PARAMETERS`.
 */
const uint32_t *drainrs_events_parameter_ends(const drainrs_events *events,
                                              size_t *len);

/*
 The byte of what was mined (see `drainrs_events_mined`) at which each parameter starts, one per parameter.
 */
const uint32_t *drainrs_events_parameter_starts(const drainrs_events *events, size_t *len);

/*
 The byte of what was mined before which each parameter stops, one per parameter.
 */
const uint32_t *drainrs_events_parameter_stops(const drainrs_events *events, size_t *len);

/*
 What each parameter is, one per parameter: a number below 64 that `drainrs_pipeline_class_names` has a name for.
 */
const uint8_t *drainrs_events_parameter_classes(const drainrs_events *events, size_t *len);

/*
 The token of the template that each parameter stands in, from 0, one per parameter.
 */
const uint32_t *drainrs_events_parameter_tokens(const drainrs_events *events, size_t *len);

/*
 What was mined of each event, one behind the other: its message, or for a stack trace its summary. Empty unless
 `DRAINRS_WITH_TEXTS`.
 */
const uint8_t *drainrs_events_mined(const drainrs_events *events, size_t *len);

/*
 Where what was mined of each event ends in `drainrs_events_mined`, one per event. Empty unless `DRAINRS_WITH_TEXTS`.
 */
const uint32_t *drainrs_events_mined_ends(const drainrs_events *events, size_t *len);

/*
 The services of the events, by their headers, one behind the other; nothing where the header tells none. Empty unless
 `DRAINRS_WITH_TEXTS`.
 */
const uint8_t *drainrs_events_services(const drainrs_events *events, size_t *len);

/*
 Where the service of each event ends in `drainrs_events_services`, one per event. Empty unless `DRAINRS_WITH_TEXTS`.
 */
const uint32_t *drainrs_events_services_ends(const drainrs_events *events, size_t *len);

/*
 Frees columns and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL.
 */
void drainrs_events_free(drainrs_events **events);

/*
 Builds a guard. `config` is a JSON document of settings, `{"autonomy": "auto_low_risk", "actions": [...]}`; nothing at all is the
 default, which lets nothing run.
 */
drainrs_status drainrs_guard_new(const uint8_t *config,
                                 size_t config_len,
                                 drainrs_guard **out,
                                 drainrs_error **error);

/*
 What is to be done with a proposal, a JSON object (`action`, `target`, `confidence`, perhaps `risk`, `task`, `evidence`) as a model
 may have written it: who approved it (`approved_by`, empty for nobody) and when come from the host only. `out` gets the decision
 as a JSON object: the `verdict`, its `reasons`, and where the verdict is "run" the number of the `run`, which counts from now on and
 whose outcome is to be reported.
 */
drainrs_status drainrs_guard_decide(drainrs_guard *guard,
                                    const uint8_t *proposal,
                                    size_t proposal_len,
                                    const uint8_t *approved_by,
                                    size_t approved_by_len,
                                    int64_t now,
                                    drainrs_buffer *out,
                                    drainrs_error **error);

/*
 Takes notice of what came of a run: `outcome` is `DRAINRS_OUTCOME_...`. `reported` (may be NULL) gets `DRAINRS_REPORTED_...`.
 */
drainrs_status drainrs_guard_report(drainrs_guard *guard,
                                    uint64_t run,
                                    uint32_t outcome,
                                    int64_t now,
                                    uint32_t *reported,
                                    drainrs_error **error);

/*
 Whether an action is suspended, because it failed too often; actions without a rule are so all together. `suspended` gets 1 or 0.
 */
drainrs_status drainrs_guard_is_suspended(const drainrs_guard *guard,
                                          const uint8_t *action,
                                          size_t action_len,
                                          uint8_t *suspended,
                                          drainrs_error **error);

/*
 Ends the suspension of an action, on the word of `by`. `resumed` (may be NULL) gets 1, or 0 if there was none.
 */
drainrs_status drainrs_guard_resume(drainrs_guard *guard,
                                    const uint8_t *action,
                                    size_t action_len,
                                    const uint8_t *by,
                                    size_t by_len,
                                    int64_t now,
                                    uint8_t *resumed,
                                    drainrs_error **error);

/*
 Sets the clock of the limits back, when a time that was told turned out to be wrong. Nothing is let through that was not before.
 `corrected` (may be NULL) gets 1, or 0 if `now` is not earlier.
 */
drainrs_status drainrs_guard_correct_clock(drainrs_guard *guard,
                                           int64_t now,
                                           uint8_t *corrected,
                                           drainrs_error **error);

/*
 Takes the records of the audit that wait, the earliest first, as JSON lines: an object and a newline for each.
 */
drainrs_status drainrs_guard_take_audit_lines(drainrs_guard *guard, drainrs_buffer *out, drainrs_error **error);

/*
 How many records of the audit made room because nobody took them in time; 0 for NULL.
 */
uint64_t drainrs_guard_audit_dropped(const drainrs_guard *guard);

/*
 What was decided, and what came of it, as a JSON object.
 */
drainrs_status drainrs_guard_counters(const drainrs_guard *guard, drainrs_buffer *out, drainrs_error **error);

/*
 The settings that the guard has, as a JSON document: those given, completed by defaults.
 */
drainrs_status drainrs_guard_config(const drainrs_guard *guard, drainrs_buffer *out, drainrs_error **error);

/*
 Limits, suspensions, runs that are awaited, counters and the audit, as bytes: versioned, checksummed, the same bytes for the same
 state in every language.
 */
drainrs_status drainrs_guard_snapshot(const drainrs_guard *guard,
                                      drainrs_buffer *out,
                                      drainrs_error **error);

/*
 A guard that goes on where a snapshot was taken. The settings may be others than they were.
 */
drainrs_status drainrs_guard_restore(const uint8_t *snapshot,
                                     size_t snapshot_len,
                                     const uint8_t *config,
                                     size_t config_len,
                                     drainrs_guard **out,
                                     drainrs_error **error);

/*
 Frees a guard and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
 */
void drainrs_guard_free(drainrs_guard **guard);

/*
 Empty columns; `drainrs_hits_free` frees them. `with` is 0 or a sum of `DRAINRS_WITH_...`: columns that cost time, and are
 empty unless asked for. Bits that no constant has are ignored.
 */
drainrs_hits *drainrs_hits_new(uint32_t with);

/*
 The templates, one per line: numbers from 1 on, never reused.
 */
const uint64_t *drainrs_hits_templates(const drainrs_hits *hits, size_t *len);

/*
 What each line did to its template: `DRAINRS_CHANGE_...`, one per line.
 */
const uint8_t *drainrs_hits_changes(const drainrs_hits *hits, size_t *len);

/*
 The content ids of the templates as they stood then, one per line: the same number on every host and in every language for
 the same template. Empty unless `DRAINRS_WITH_CONTENT_IDS`.
 */
const uint64_t *drainrs_hits_content_ids(const drainrs_hits *hits,
                                         size_t *len);

/*
 Where the parameters of each line end, one per line: those of line `i` are the entries from `ends[i - 1]` (0 for the first) to
 before `ends[i]` of the columns below. Empty unless `DRAINRS_WITH_PARAMETERS`.
 */
const uint32_t *drainrs_hits_parameter_ends(const drainrs_hits *hits,
                                            size_t *len);

/*
 The byte of its line at which each parameter starts, one per parameter.
 */
const uint32_t *drainrs_hits_parameter_starts(const drainrs_hits *hits, size_t *len);

/*
 The byte of its line before which each parameter stops, one per parameter.
 */
const uint32_t *drainrs_hits_parameter_stops(const drainrs_hits *hits, size_t *len);

/*
 What each parameter is, one per parameter: a number below 64 that `drainrs_miner_class_names` has a name for.
 */
const uint8_t *drainrs_hits_parameter_classes(const drainrs_hits *hits, size_t *len);

/*
 The token of the template that each parameter stands in, from 0, one per parameter.
 */
const uint32_t *drainrs_hits_parameter_tokens(const drainrs_hits *hits, size_t *len);

/*
 Frees columns and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL.
 */
void drainrs_hits_free(drainrs_hits **hits);

/*
 Builds a miner. `config` is a JSON document of settings, `{"mine": {"similarity_threshold": 0.5}}`; nothing at all is the
 default. Wrong settings are an error that names every one of them.
 */
drainrs_status drainrs_miner_new(const uint8_t *config,
                                 size_t config_len,
                                 drainrs_miner **out,
                                 drainrs_error **error);

/*
 Mines a line: finds or founds its template and counts the line. Any bytes are a line. `change` is `DRAINRS_CHANGE_...`; both
 places may be NULL.
 */
drainrs_status drainrs_miner_insert(drainrs_miner *miner,
                                    const uint8_t *line,
                                    size_t line_len,
                                    uint64_t *template_id,
                                    uint8_t *change,
                                    drainrs_error **error);

/*
 Mines many lines. Line `i` ends before `data[ends[i]]` and begins where the line before it ends; newlines are part of a line.
 `hits` gets an entry per line; NULL if nobody wants to know.
 */
drainrs_status drainrs_miner_insert_batch(drainrs_miner *miner,
                                          const uint8_t *data,
                                          size_t data_len,
                                          const uint32_t *ends,
                                          size_t count,
                                          drainrs_hits *hits,
                                          drainrs_error **error);

/*
 The template that a line belongs to, without learning from it; 0 if there is none. Finds every line that was mined, as long as
 its template lives.
 */
drainrs_status drainrs_miner_find(const drainrs_miner *miner,
                                  const uint8_t *line,
                                  size_t line_len,
                                  uint64_t *template_id,
                                  drainrs_error **error);

/*
 Plants a template, such as "user <NUM> logged in": it is never widened and never makes room. `template_id` (may be NULL) gets
 its number.
 */
drainrs_status drainrs_miner_seed(drainrs_miner *miner,
                                  const uint8_t *template_,
                                  size_t template_len,
                                  uint64_t *template_id,
                                  drainrs_error **error);

/*
 The text of a template, such as "user <NUM> logged in"; empty if there is none of this number.
 */
drainrs_status drainrs_miner_template_text(const drainrs_miner *miner,
                                           uint64_t template_id,
                                           drainrs_buffer *out,
                                           drainrs_error **error);

/*
 A template as a JSON object; `null` if there is none of this number.
 */
drainrs_status drainrs_miner_template(const drainrs_miner *miner,
                                      uint64_t template_id,
                                      drainrs_buffer *out,
                                      drainrs_error **error);

/*
 The same by the template's content id.
 */
drainrs_status drainrs_miner_template_by_content(const drainrs_miner *miner,
                                                 uint64_t content_id,
                                                 drainrs_buffer *out,
                                                 drainrs_error **error);

/*
 All templates as a JSON array of objects, by number.
 */
drainrs_status drainrs_miner_templates(const drainrs_miner *miner, drainrs_buffer *out, drainrs_error **error);

/*
 How the miner stands, as a JSON object: what was counted, how many templates and nodes there are, memory in bytes.
 */
drainrs_status drainrs_miner_stats(const drainrs_miner *miner, drainrs_buffer *out, drainrs_error **error);

/*
 How many templates there are; 0 for NULL.
 */
size_t drainrs_miner_template_count(const drainrs_miner *miner);

/*
 The names of the classes of parameters, such as "NUM", as a JSON array with 64 entries.
 */
drainrs_status drainrs_miner_class_names(const drainrs_miner *miner, drainrs_buffer *out, drainrs_error **error);

/*
 Why a line belongs where it does, as a JSON object: its tokens, its way through the tree, the templates that were compared.
 */
drainrs_status drainrs_miner_explain(const drainrs_miner *miner,
                                     const uint8_t *line,
                                     size_t line_len,
                                     drainrs_buffer *out,
                                     drainrs_error **error);

/*
 A number by which lines are dealt out to miners so that those of one template meet: lines with the same key go to the same
 miner.
 */
drainrs_status drainrs_miner_shard_key(const drainrs_miner *miner,
                                       const uint8_t *line,
                                       size_t line_len,
                                       uint64_t *key,
                                       drainrs_error **error);

/*
 Takes in what another miner with equal settings has learned; that one stays as it is. `map` (may be NULL) gets a JSON object:
 in `ids` pairs of a template there and the template here.
 */
drainrs_status drainrs_miner_merge(drainrs_miner *miner,
                                   const drainrs_miner *other,
                                   drainrs_buffer *map,
                                   drainrs_error **error);

/*
 The oldest change of a template's identity that nobody took yet, as a JSON object; `null` if there is none.
 */
drainrs_status drainrs_miner_poll_lineage(drainrs_miner *miner, drainrs_buffer *out, drainrs_error **error);

/*
 The settings that the miner has, as a JSON document: those given, completed by defaults, or those of an adopted snapshot.
 */
drainrs_status drainrs_miner_config(const drainrs_miner *miner,
                                    drainrs_buffer *out,
                                    drainrs_error **error);

/*
 The whole state as bytes: versioned, checksummed, the same bytes for the same state in every language.
 */
drainrs_status drainrs_miner_snapshot(const drainrs_miner *miner, drainrs_buffer *out, drainrs_error **error);

/*
 A miner that goes on where a snapshot was taken. `on_other_settings` is `DRAINRS_OTHER_SETTINGS_...`.
 */
drainrs_status drainrs_miner_restore(const uint8_t *snapshot,
                                     size_t snapshot_len,
                                     const uint8_t *config,
                                     size_t config_len,
                                     uint32_t on_other_settings,
                                     drainrs_miner **out,
                                     drainrs_error **error);

/*
 A miner that goes on where a Drain3 installation stopped: `state` is what its persistence wrote, read as data, never run.
 `config` is best taken from its ini file, see `drainrs_config_from_drain3_ini`.
 */
drainrs_status drainrs_miner_from_drain3_state(const uint8_t *state,
                                               size_t state_len,
                                               const uint8_t *config,
                                               size_t config_len,
                                               drainrs_miner **out,
                                               drainrs_error **error);

/*
 Frees a miner and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
 */
void drainrs_miner_free(drainrs_miner **miner);

/*
 Builds a normalizer. `config` is a JSON document of settings, the `normalize` part of a miner's; nothing at all is the default.
 */
drainrs_status drainrs_normalizer_new(const uint8_t *config,
                                      size_t config_len,
                                      drainrs_normalizer **out,
                                      drainrs_error **error);

/*
 A line with a placeholder for every masked value, and its white space as it was. What was cut at a limit is missing.
 */
drainrs_status drainrs_normalizer_masked_text(const drainrs_normalizer *normalizer,
                                              const uint8_t *line,
                                              size_t line_len,
                                              drainrs_buffer *out,
                                              drainrs_error **error);

/*
 The tokens of a line as a JSON array of objects: the `span` in the line (in bytes), the `text` there, and in `masks` the span and
 the class of each masked value in it.
 */
drainrs_status drainrs_normalizer_tokens(const drainrs_normalizer *normalizer,
                                         const uint8_t *line,
                                         size_t line_len,
                                         drainrs_buffer *out,
                                         drainrs_error **error);

/*
 The names of the classes of masked values, such as "NUM", as a JSON array with 64 entries.
 */
drainrs_status drainrs_normalizer_class_names(const drainrs_normalizer *normalizer,
                                              drainrs_buffer *out,
                                              drainrs_error **error);

/*
 How often a mask used up its steps on a line and counted as not matching there: only masks with look-around or backreferences
 can. 0 for NULL.
 */
uint64_t drainrs_normalizer_exhausted_masks(const drainrs_normalizer *normalizer);

/*
 Frees a normalizer and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
 */
void drainrs_normalizer_free(drainrs_normalizer **normalizer);

/*
 Builds a parser. `config` is a JSON document of settings, the `parse` part of a pipeline's; nothing at all is the default.
 */
drainrs_status drainrs_parser_new(const uint8_t *config,
                                  size_t config_len,
                                  drainrs_parser **out,
                                  drainrs_error **error);

/*
 Reads a line, or a joined event, as a JSON object: `at`, `level`, `service`, `message`, and what else headers have. What the line
 does not say is `null`; nothing is an error. Text that is not UTF-8 has replacement characters in it.
 */
drainrs_status drainrs_parser_parse(drainrs_parser *parser,
                                    const uint8_t *line,
                                    size_t line_len,
                                    drainrs_buffer *out,
                                    drainrs_error **error);

/*
 Reads many lines, as a JSON array with an object per line. Line `i` ends before `data[ends[i]]` and begins where the line before
 it ends.
 */
drainrs_status drainrs_parser_parse_batch(drainrs_parser *parser,
                                          const uint8_t *data,
                                          size_t data_len,
                                          const uint32_t *ends,
                                          size_t count,
                                          drainrs_buffer *out,
                                          drainrs_error **error);

/*
 Adds a format, a JSON object with `name` and `pattern`, to those of the settings; it is tried after them. What the lines of the
 stream look like is found out anew. After an error the parser is as it was.
 */
drainrs_status drainrs_parser_add_format(drainrs_parser *parser,
                                         const uint8_t *format,
                                         size_t format_len,
                                         drainrs_error **error);

/*
 Takes a format that was added, or is in the settings, away by its name. `removed` (may be NULL) gets 1, or 0 if there is none of
 that name or it is the only one expected.
 */
drainrs_status drainrs_parser_remove_format(drainrs_parser *parser,
                                            const uint8_t *name,
                                            size_t name_len,
                                            uint8_t *removed,
                                            drainrs_error **error);

/*
 The formats that were added or are in the settings, in the order in which they are tried, as a JSON array of objects.
 */
drainrs_status drainrs_parser_formats(const drainrs_parser *parser, drainrs_buffer *out, drainrs_error **error);

/*
 The names of the formats that were detected or set, the most specific first, as a JSON array; an empty one before enough lines
 were seen.
 */
drainrs_status drainrs_parser_detected(const drainrs_parser *parser,
                                       drainrs_buffer *out,
                                       drainrs_error **error);

/*
 How lines were read, by a known format, by guessing, or not at all, as a JSON object.
 */
drainrs_status drainrs_parser_counters(const drainrs_parser *parser, drainrs_buffer *out, drainrs_error **error);

/*
 Tells the present, from which missing years and dates are inferred.
 */
drainrs_status drainrs_parser_set_reference_time(drainrs_parser *parser, int64_t now, drainrs_error **error);

/*
 The names of all formats that are built in, as a JSON array.
 */
drainrs_status drainrs_parser_built_in_formats(drainrs_buffer *out, drainrs_error **error);

/*
 Frees a parser and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
 */
void drainrs_parser_free(drainrs_parser **parser);

/*
 Builds a pipeline. `config` is a JSON document of settings, `{"filter": {"min_level": "info"}, "detect": {}}`; nothing at all
 is the default, which has no detector. Wrong settings are an error that names every one of them.
 */
drainrs_status drainrs_pipeline_new(const uint8_t *config,
                                    size_t config_len,
                                    drainrs_pipeline **out,
                                    drainrs_error **error);

/*
 Takes many lines that arrive at `now`, in nanoseconds since 1970-01-01 UTC. Line `i` ends before `data[ends[i]]` and begins
 where the line before it ends; newlines are not taken off. `events` gets an entry per completed event, which is the one before
 the line that completes it; NULL if nobody wants to know.
 */
drainrs_status drainrs_pipeline_push_batch(drainrs_pipeline *pipeline,
                                           const uint8_t *data,
                                           size_t data_len,
                                           const uint32_t *ends,
                                           size_t count,
                                           int64_t now,
                                           drainrs_events *events,
                                           drainrs_error **error);

/*
 Takes many records: messages whose headers somebody else has read, each an event of its own. Message `i` ends before
 `data[ends[i]]`. `times` are nanoseconds since 1970-01-01 UTC or `DRAINRS_NO_TIME`, `levels` are `DRAINRS_LEVEL_...`; each has
 `count` entries, or is NULL where nothing is known. All are of one service, whose name may be empty. `events` gets an entry per
 record; NULL if nobody wants to know.
 */
drainrs_status drainrs_pipeline_push_records(drainrs_pipeline *pipeline,
                                             const uint8_t *data,
                                             size_t data_len,
                                             const uint32_t *ends,
                                             size_t count,
                                             const int64_t *times,
                                             const uint8_t *levels,
                                             const uint8_t *service,
                                             size_t service_len,
                                             int64_t now,
                                             drainrs_events *events,
                                             drainrs_error **error);

/*
 Lets time pass without lines: an event that waited long enough for more lines is given, and the detector closes its windows, so
 that silence is noticed. Call it when nothing came for a while.
 */
drainrs_status drainrs_pipeline_advance(drainrs_pipeline *pipeline,
                                        int64_t now,
                                        drainrs_events *events,
                                        drainrs_error **error);

/*
 Gives the event that is held back, and leaves the detector alone: at the end of one source of several. A snapshot needs none of it.
 */
drainrs_status drainrs_pipeline_flush(drainrs_pipeline *pipeline,
                                      int64_t now,
                                      drainrs_events *events,
                                      drainrs_error **error);

/*
 The end of the stream: gives the event that is held back, and closes the detector's windows.
 */
drainrs_status drainrs_pipeline_finish(drainrs_pipeline *pipeline,
                                       int64_t now,
                                       drainrs_events *events,
                                       drainrs_error **error);

/*
 When `drainrs_pipeline_advance` has something to give, if nothing is pushed before; `DRAINRS_NO_TIME`: never.
 */
int64_t drainrs_pipeline_next_deadline(const drainrs_pipeline *pipeline);

/*
 The alerts that wait, at most `most` of them, as a JSON array of objects, the oldest first. Ask after every batch: those that
 nobody takes make room.
 */
drainrs_status drainrs_pipeline_take_alerts(drainrs_pipeline *pipeline,
                                            size_t most,
                                            drainrs_buffer *out,
                                            drainrs_error **error);

/*
 The text of a template, such as "user <NUM> logged in"; empty if there is none of this number.
 */
drainrs_status drainrs_pipeline_template_text(const drainrs_pipeline *pipeline,
                                              uint64_t template_id,
                                              drainrs_buffer *out,
                                              drainrs_error **error);

/*
 A template as a JSON object; `null` if there is none of this number.
 */
drainrs_status drainrs_pipeline_template(const drainrs_pipeline *pipeline,
                                         uint64_t template_id,
                                         drainrs_buffer *out,
                                         drainrs_error **error);

/*
 All templates as a JSON array of objects, by number.
 */
drainrs_status drainrs_pipeline_templates(const drainrs_pipeline *pipeline, drainrs_buffer *out, drainrs_error **error);

/*
 The names of the classes of parameters, such as "NUM", as a JSON array with 64 entries.
 */
drainrs_status drainrs_pipeline_class_names(const drainrs_pipeline *pipeline,
                                            drainrs_buffer *out,
                                            drainrs_error **error);

/*
 Plants a template in the pipeline's miner, see `drainrs_miner_seed`.
 */
drainrs_status drainrs_pipeline_seed(drainrs_pipeline *pipeline,
                                     const uint8_t *template_,
                                     size_t template_len,
                                     uint64_t *template_id,
                                     drainrs_error **error);

/*
 The template that a message (no header) belongs to, without learning from it; 0 if there is none.
 */
drainrs_status drainrs_pipeline_find(const drainrs_pipeline *pipeline,
                                     const uint8_t *message,
                                     size_t message_len,
                                     uint64_t *template_id,
                                     drainrs_error **error);

/*
 Why a message belongs where it does, see `drainrs_miner_explain`.
 */
drainrs_status drainrs_pipeline_explain(const drainrs_pipeline *pipeline,
                                        const uint8_t *message,
                                        size_t message_len,
                                        drainrs_buffer *out,
                                        drainrs_error **error);

/*
 The oldest change of a template's identity that nobody took yet, as a JSON object; `null` if there is none.
 */
drainrs_status drainrs_pipeline_poll_lineage(drainrs_pipeline *pipeline, drainrs_buffer *out, drainrs_error **error);

/*
 Adds a header format, a JSON object with `name` and `pattern`, see `drainrs_parser_add_format`.
 */
drainrs_status drainrs_pipeline_add_format(drainrs_pipeline *pipeline,
                                           const uint8_t *format,
                                           size_t format_len,
                                           drainrs_error **error);

/*
 Takes a header format of the host's away, see `drainrs_parser_remove_format`.
 */
drainrs_status drainrs_pipeline_remove_format(drainrs_pipeline *pipeline,
                                              const uint8_t *name,
                                              size_t name_len,
                                              uint8_t *removed,
                                              drainrs_error **error);

/*
 The names of the header formats that were detected or set, see `drainrs_parser_detected`.
 */
drainrs_status drainrs_pipeline_detected_formats(const drainrs_pipeline *pipeline,
                                                 drainrs_buffer *out,
                                                 drainrs_error **error);

/*
 What was counted, as a JSON object with the parts `pipeline`, `miner` and, where there is a detector, `detector`:
 `pipeline.events` equals `miner.counters.matched` plus `created` plus what `pipeline` has skipped; `held_lines` wait for their event
 to be complete. Memory is in bytes; `memory` is that of the whole pipeline.
 */
drainrs_status drainrs_pipeline_stats(const drainrs_pipeline *pipeline,
                                      drainrs_buffer *out,
                                      drainrs_error **error);

/*
 The whole state as bytes: versioned, checksummed, the same bytes for the same state in every language. The event
 that is held back is part of it.
 */
drainrs_status drainrs_pipeline_snapshot(const drainrs_pipeline *pipeline, drainrs_buffer *out, drainrs_error **error);

/*
 A pipeline that goes on where a snapshot was taken; one of a miner will do, too. `on_other_settings` is
 `DRAINRS_OTHER_SETTINGS_...`.
 */
drainrs_status drainrs_pipeline_restore(const uint8_t *snapshot,
                                        size_t snapshot_len,
                                        const uint8_t *config,
                                        size_t config_len,
                                        uint32_t on_other_settings,
                                        drainrs_pipeline **out,
                                        drainrs_error **error);

/*
 Frees a pipeline and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on
 it.
 */
void drainrs_pipeline_free(drainrs_pipeline **pipeline);

/*
 A redaction that holds nothing yet.
 */
drainrs_status drainrs_redaction_new(drainrs_redaction **out, drainrs_error **error);

/*
 A text with its secrets replaced. Give it texts as they are: one that it wrote itself looks forged to it.
 */
drainrs_status drainrs_redaction_redact(drainrs_redaction *redaction,
                                        const drainrs_redactor *redactor,
                                        const uint8_t *text,
                                        size_t text_len,
                                        drainrs_buffer *out,
                                        drainrs_error **error);

/*
 A text, which is UTF-8, with the values in place of their placeholders. Other placeholders stay.
 */
drainrs_status drainrs_redaction_restore(const drainrs_redaction *redaction,
                                         const uint8_t *text,
                                         size_t text_len,
                                         drainrs_buffer *out,
                                         drainrs_error **error);

/*
 All values by placeholder, in the order in which they were given out, as a JSON object. They are what was to be hidden.
 */
drainrs_status drainrs_redaction_values(const drainrs_redaction *redaction, drainrs_buffer *out, drainrs_error **error);

/*
 What was found, as a JSON object: in `counts` how often each rule did, in `forged` how many texts held a placeholder of a given
 value that somebody else wrote, in `more` how many findings got `<EMAIL_MORE>` or the like because there were too many values.
 */
drainrs_status drainrs_redaction_counts(const drainrs_redaction *redaction,
                                        drainrs_buffer *out,
                                        drainrs_error **error);

/*
 Everything, values included, as JSON. Not to be sent anywhere.
 */
drainrs_status drainrs_redaction_save(const drainrs_redaction *redaction, drainrs_buffer *out, drainrs_error **error);

/*
 A redaction that goes on where one was saved. Anything else is `DRAINRS_ERR_ARGUMENT`, and the message quotes no value.
 */
drainrs_status drainrs_redaction_load(const uint8_t *saved,
                                      size_t saved_len,
                                      drainrs_redaction **out,
                                      drainrs_error **error);

/*
 Frees a redaction and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
 */
void drainrs_redaction_free(drainrs_redaction **redaction);

/*
 Builds a redactor. `config` is a JSON document of settings; nothing at all is the default. Wrong settings are an error that names
 every one of them.
 */
drainrs_status drainrs_redactor_new(const uint8_t *config,
                                    size_t config_len,
                                    drainrs_redactor **out,
                                    drainrs_error **error);

/*
 A text with its secrets replaced, numbered from 1: `login of <EMAIL_1>`. To number several texts together, or to put values back,
 use a `drainrs_redaction`.
 */
drainrs_status drainrs_redactor_redact(const drainrs_redactor *redactor,
                                       const uint8_t *text,
                                       size_t text_len,
                                       drainrs_buffer *out,
                                       drainrs_error **error);

/*
 The secrets of a text in their order, as a JSON array of objects: `start` and `end` in bytes, the `word` of the placeholder, and
 the `rule` that found it. None overlaps another.
 */
drainrs_status drainrs_redactor_find(const drainrs_redactor *redactor,
                                     const uint8_t *text,
                                     size_t text_len,
                                     drainrs_buffer *out,
                                     drainrs_error **error);

/*
 Whether no rule finds anything: the last look at what is about to leave. `clean` gets 1 or 0.
 */
drainrs_status drainrs_redactor_is_clean(const drainrs_redactor *redactor,
                                         const uint8_t *text,
                                         size_t text_len,
                                         uint8_t *clean,
                                         drainrs_error **error);

/*
 The names of the rules that work, those of the settings last, as a JSON array.
 */
drainrs_status drainrs_redactor_rules(const drainrs_redactor *redactor, drainrs_buffer *out, drainrs_error **error);

/*
 Frees a redactor and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
 */
void drainrs_redactor_free(drainrs_redactor **redactor);

/*
 Builds a scorer by its `name`: "frequency", "novelty", "silence", "sequence", "content", "centroid", or "all" for a battery of
 them. `config` is a JSON document of its settings; nothing at all is the default.
 */
drainrs_status drainrs_scorer_new(const uint8_t *name,
                                  size_t name_len,
                                  const uint8_t *config,
                                  size_t config_len,
                                  drainrs_scorer **out,
                                  drainrs_error **error);

/*
 Takes an event, in the order of arrival. `level` is `DRAINRS_LEVEL_...`, `change` is `DRAINRS_CHANGE_...`; a `content_id` of 0 is
 one that follows from the template; `session` and `text` may be empty. The parameters are `count` entries of the columns that
 `drainrs_hits_parameter_...` give: spans of `text`, in order. `out` gets the scores as a JSON array, an empty one as a rule.
 */
drainrs_status drainrs_scorer_observe(drainrs_scorer *scorer,
                                      int64_t at,
                                      uint32_t service,
                                      uint64_t template_id,
                                      uint8_t level,
                                      uint8_t change,
                                      uint64_t content_id,
                                      const uint8_t *session,
                                      size_t session_len,
                                      const uint8_t *text,
                                      size_t text_len,
                                      const uint32_t *starts,
                                      const uint32_t *stops,
                                      const uint8_t *classes,
                                      const uint32_t *tokens,
                                      size_t count,
                                      drainrs_buffer *out,
                                      drainrs_error **error);

/*
 Takes a window that is over, its `end` not included; windows come in order, none left out. Each of the `count` entries says how many
 events a template of a service had; `services` may be NULL: all are of service 0. Where the input was away for long the window is a
 `gap` (1, else 0), and its counts are not looked at. `out` gets the scores as a JSON array.
 */
drainrs_status drainrs_scorer_close(drainrs_scorer *scorer,
                                    int64_t start,
                                    int64_t end,
                                    const uint32_t *services,
                                    const uint64_t *template_ids,
                                    const uint64_t *counts,
                                    size_t count,
                                    uint8_t gap,
                                    drainrs_buffer *out,
                                    drainrs_error **error);

/*
 Takes notice that it is `now`, in event time, and that everything before was observed; an earlier time changes nothing. `out` gets
 the scores as a JSON array.
 */
drainrs_status drainrs_scorer_advance(drainrs_scorer *scorer,
                                      int64_t now,
                                      drainrs_buffer *out,
                                      drainrs_error **error);

/*
 When `drainrs_scorer_advance` will have something to say if no event comes before; `DRAINRS_NO_TIME`: never.
 */
int64_t drainrs_scorer_next_deadline(const drainrs_scorer *scorer);

/*
 Takes notice that a template was united with another, in all services.
 */
drainrs_status drainrs_scorer_merged(drainrs_scorer *scorer, uint64_t gone, uint64_t into, drainrs_error **error);

/*
 Changes between learning and judging: `mode` is `DRAINRS_MODE_...`. A snapshot does not keep it: a restored scorer has the mode of
 its settings.
 */
drainrs_status drainrs_scorer_set_mode(drainrs_scorer *scorer,
                                       uint32_t mode,
                                       drainrs_error **error);

/*
 Memory in bytes of what was learned; 0 for NULL.
 */
size_t drainrs_scorer_memory(const drainrs_scorer *scorer);

/*
 What was learned as bytes: versioned, checksummed, the same bytes for the same state in every language.
 */
drainrs_status drainrs_scorer_snapshot(const drainrs_scorer *scorer, drainrs_buffer *out, drainrs_error **error);

/*
 A scorer that goes on where a snapshot was taken, by its name and under the settings that it had.
 */
drainrs_status drainrs_scorer_restore(const uint8_t *name,
                                      size_t name_len,
                                      const uint8_t *snapshot,
                                      size_t snapshot_len,
                                      const uint8_t *config,
                                      size_t config_len,
                                      drainrs_scorer **out,
                                      drainrs_error **error);

/*
 Frees a scorer and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
 */
void drainrs_scorer_free(drainrs_scorer **scorer);

/*
 The name of a status, such as `snapshot_version`, for logs: NUL-terminated text that lives as long as the program;
 "unknown" for any other number.
 */
const char *drainrs_status_name(drainrs_status status);

/*
 The name of a task, by which its answer is given back.
 */
drainrs_status drainrs_task_id(const drainrs_task *task, drainrs_buffer *out, drainrs_error **error);

/*
 What is asked for: `root_cause`, `classify_templates`, ...
 */
drainrs_status drainrs_task_kind(const drainrs_task *task, drainrs_buffer *out, drainrs_error **error);

/*
 The question as one text: system, instruction and data.
 */
drainrs_status drainrs_task_text(const drainrs_task *task, drainrs_buffer *out, drainrs_error **error);

/*
 The question as the `messages` of a chat API: a JSON array of objects with `role` and `content`.
 */
drainrs_status drainrs_task_messages(const drainrs_task *task, drainrs_buffer *out, drainrs_error **error);

/*
 The JSON Schema of the answer.
 */
drainrs_status drainrs_task_schema(const drainrs_task *task, drainrs_buffer *out, drainrs_error **error);

/*
 The document that may leave the host, as a JSON object: `id`, `kind`, `system`, `instruction`, `data`, `schema`, `evidence`,
 `max_output_tokens`, `expires_at` and more.
 */
drainrs_status drainrs_task_to_json(const drainrs_task *task,
                                    drainrs_buffer *out,
                                    drainrs_error **error);

/*
 Everything, for a host that answers in another process. Not to be sent: it holds the values behind the placeholders.
 */
drainrs_status drainrs_task_save(const drainrs_task *task, drainrs_buffer *out, drainrs_error **error);

/*
 Reads what `drainrs_task_save` gave; anything else is `DRAINRS_ERR_TASK`.
 */
drainrs_status drainrs_task_load(const uint8_t *saved, size_t saved_len, drainrs_task **out, drainrs_error **error);

/*
 Judges an answer without an asker, as a JSON object: whether it came in time, is one JSON object of the schema, and points at what
 was sent. Any bytes will do. Templates are taken as they were when the task was made. `limits` is a JSON document of settings;
 nothing at all is the default.
 */
drainrs_status drainrs_task_judge(const drainrs_task *task,
                                  const uint8_t *answer,
                                  size_t answer_len,
                                  int64_t now,
                                  const uint8_t *limits,
                                  size_t limits_len,
                                  drainrs_buffer *out,
                                  drainrs_error **error);

/*
 The answer by rules, without a model, as a JSON object; `null` where rules know none.
 */
drainrs_status drainrs_task_fallback(const drainrs_task *task, drainrs_buffer *out, drainrs_error **error);

/*
 The task to be asked instead, with the `reasons` why an answer was rejected: the JSON array that a verdict has. It is the host's;
 NULL where there is no room for them.
 */
drainrs_status drainrs_task_repair(const drainrs_task *task,
                                   const uint8_t *reasons,
                                   size_t reasons_len,
                                   drainrs_task **out,
                                   drainrs_error **error);

/*
 A text of an answer, which is UTF-8, with the values instead of their placeholders, for the eyes of the host.
 */
drainrs_status drainrs_task_restore(const drainrs_task *task,
                                    const uint8_t *text,
                                    size_t text_len,
                                    drainrs_buffer *out,
                                    drainrs_error **error);

/*
 Frees a task and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
 */
void drainrs_task_free(drainrs_task **task);

/*
 The version of the interface that the library was built with. A program that was compiled against this header works with
 the library if it equals `DRAINRS_ABI_VERSION`.
 */
uint32_t drainrs_abi_version(void);

/*
 The version of the library, such as "0.1.0": text that lives as long as the program. `len` (may be NULL) is its length.
 */
const uint8_t *drainrs_version(size_t *len);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* DRAINRS_H */
