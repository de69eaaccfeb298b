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
 * Linking. `pkg-config --cflags --libs drainrs`, add --static for libdrainrs.a; or find_package(drainrs) in CMake.
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
 Bytes that a call gives: a text, a JSON document, a snapshot. The host makes one, hands it to as many calls as it likes, and
 frees it; each call that succeeds replaces what is in it. One thread at a time.
 */
typedef struct drainrs_buffer drainrs_buffer;

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
 A pipeline: joins the lines of an event, reads its header, mines its message, and with a `detect` part in its settings tells
 alerts. One pipeline serves one source of lines. Any thread may use it: calls that change it wait for one another.
 */
typedef struct drainrs_pipeline drainrs_pipeline;

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
 empty unless asked for.
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
 Empty columns; `drainrs_hits_free` frees them. `with` is 0 or a sum of `DRAINRS_WITH_...`: columns that cost time, and are
 empty unless asked for.
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
 Gives the event that is held back, and leaves the detector alone: before a snapshot, which would not hold it.
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
 What was counted, as a JSON object with the parts `pipeline`, `miner` and, where there is a detector, `detector`:
 `pipeline.events` equals `miner.counters.matched` plus `created` plus what `pipeline` has skipped. Memory is in bytes.
 */
drainrs_status drainrs_pipeline_stats(const drainrs_pipeline *pipeline, drainrs_buffer *out, drainrs_error **error);

/*
 The whole state as bytes: versioned, checksummed, the same bytes for the same state in every language. What the joiner holds
 back is not part of it: call `drainrs_pipeline_flush` before.
 */
drainrs_status drainrs_pipeline_snapshot(const drainrs_pipeline *pipeline,
                                         drainrs_buffer *out,
                                         drainrs_error **error);

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
 The name of a status, such as "snapshot_version", for logs: NUL-terminated text that lives as long as the program;
 "unknown" for any other number.
 */
const char *drainrs_status_name(drainrs_status status);

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
