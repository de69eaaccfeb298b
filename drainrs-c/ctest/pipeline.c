/* Raw lines become events: stack traces joined, headers read, levels filtered; alerts come; everything is accounted for. */

#include "check.h"

#define SECOND INT64_C(1000000000)

static drainrs_pipeline *new_pipeline(const char *config) {
    drainrs_pipeline *pipeline = NULL;
    CHECK_OK(drainrs_pipeline_new(TEXT(config), &pipeline, &error));
    return pipeline;
}

/* `pipeline.events` equals what was matched, created and skipped; and whether there are so many. */
static void accounted(const drainrs_pipeline *pipeline, long long events, long long lines) {
    drainrs_buffer *out = drainrs_buffer_new();
    CHECK_OK(drainrs_pipeline_stats(pipeline, out, &error));
    const char *stats = text_of(out);
    CHECK(number_behind(stats, "\"lines\":") == lines);
    CHECK(number_behind(stats, "\"events\":") == events);
    CHECK(events == number_behind(stats, "\"matched\":") + number_behind(stats, "\"created\":") +
                        number_behind(stats, "\"skipped_below_level\":") + number_behind(stats, "\"skipped_surge\":"));
    drainrs_buffer_free(&out);
}

static const char *const LOG[] = {
    "2026-04-02T02:10:06.422Z  INFO 1 --- [invoice] [exec-1] c.a.Render : rendered inv-38977 in 25 ms",
    "2026-04-02T02:10:07.736Z ERROR 1 --- [invoice] [exec-5] c.a.Export : export of inv-27455 failed",
    "java.lang.IllegalStateException: no renderer for locale de_AT",
    "\tat com.acme.invoice.Renderers.pick(Renderers.java:57)",
    "\tat com.acme.invoice.Export.run(Export.java:112)",
    "Caused by: java.lang.NullPointerException: template of inv-27455 is null",
    "\tat com.acme.invoice.Templates.load(Templates.java:31)",
    "2026-04-02T02:10:08.774Z DEBUG 1 --- [invoice] [exec-5] c.a.Render : rendered inv-83434 in 43 ms",
    "2026-04-02T02:10:09.180Z  WARN 1 --- [invoice] [exec-6] c.a.Render : rendered inv-22770 in 90 ms",
};
enum { LINES = sizeof LOG / sizeof LOG[0] };

static void events_of_a_log(void) {
    drainrs_pipeline *pipeline = new_pipeline("{\"filter\": {\"min_level\": \"info\"}}");
    drainrs_events *events = drainrs_events_new(DRAINRS_WITH_TEXTS | DRAINRS_WITH_PARAMETERS | DRAINRS_WITH_CONTENT_IDS);
    static batch lines;
    for (size_t i = 0; i < LINES; i++) batch_add(&lines, TEXT(LOG[i]));
    CHECK(drainrs_pipeline_next_deadline(pipeline) == DRAINRS_NO_TIME);
    CHECK_OK(drainrs_pipeline_push_batch(pipeline, BATCH(&lines), 5 * SECOND, events, &error));

    /* The last line may go on: its event is held back until it cannot. */
    size_t count = 0, len = 0;
    const uint64_t *first = drainrs_events_first_lines(events, &count);
    CHECK(count == 3);
    const uint64_t firsts[] = {0, 1, 7};
    const uint32_t sizes[] = {1, 6, 1};
    const uint8_t levels[] = {DRAINRS_LEVEL_INFO, DRAINRS_LEVEL_ERROR, DRAINRS_LEVEL_DEBUG};
    CHECK(memcmp(first, firsts, sizeof firsts) == 0);
    CHECK(memcmp(drainrs_events_lines(events, &len), sizes, sizeof sizes) == 0 && len == 3);
    CHECK(memcmp(drainrs_events_levels(events, &len), levels, sizeof levels) == 0 && len == 3);
    const int64_t *times = drainrs_events_times(events, &len);
    CHECK(len == 3 && times[1] - times[0] == 1314 * SECOND / 1000 && times[0] == 1775095806422 * (SECOND / 1000));
    const uint64_t *templates = drainrs_events_templates(events, &len);
    const uint8_t *changes = drainrs_events_changes(events, &len);
    CHECK(templates[0] == 1 && templates[1] == 2 && templates[2] == DRAINRS_NO_TEMPLATE);
    CHECK(changes[0] == DRAINRS_CHANGE_CREATED && changes[2] == DRAINRS_SKIPPED_BELOW_LEVEL);
    const uint64_t *content_ids = drainrs_events_content_ids(events, &len);
    CHECK(len == 3 && content_ids[0] != 0 && content_ids[2] == 0);

    /* The texts, and the parameters in them. */
    const uint8_t *mined = drainrs_events_mined(events, &len);
    const uint32_t *mined_ends = drainrs_events_mined_ends(events, &len);
    CHECK(len == 3 && mined_ends[0] == strlen("rendered inv-38977 in 25 ms"));
    CHECK(memcmp(mined, "rendered inv-38977 in 25 ms", mined_ends[0]) == 0);
    const uint8_t *services = drainrs_events_services(events, &len);
    const uint32_t *services_ends = drainrs_events_services_ends(events, &len);
    CHECK(len == 3 && services_ends[0] == 7 && memcmp(services, "invoice", 7) == 0);
    const uint32_t *ends = drainrs_events_parameter_ends(events, &len);
    CHECK(len == 3 && ends[0] == 2 && ends[2] == ends[1]);
    const uint32_t *starts = drainrs_events_parameter_starts(events, &len);
    const uint32_t *stops = drainrs_events_parameter_stops(events, NULL);
    CHECK(len == ends[2]);
    CHECK(stops[0] - starts[0] == 5 && memcmp(mined + starts[0], "38977", 5) == 0);
    CHECK(drainrs_events_parameter_classes(events, NULL)[0] < 64);
    CHECK(drainrs_events_parameter_tokens(events, NULL)[0] == 1);

    /* Time passes, and what waited comes. */
    int64_t deadline = drainrs_pipeline_next_deadline(pipeline);
    CHECK(deadline > 5 * SECOND);
    CHECK_OK(drainrs_pipeline_advance(pipeline, deadline - 1, events, &error));
    drainrs_events_lines(events, &len);
    CHECK(len == 0);
    CHECK_OK(drainrs_pipeline_advance(pipeline, deadline, events, &error));
    CHECK(drainrs_events_first_lines(events, &len)[0] == 8 && len == 1);
    CHECK(drainrs_events_levels(events, NULL)[0] == DRAINRS_LEVEL_WARN);
    CHECK_OK(drainrs_pipeline_finish(pipeline, deadline, events, &error));
    drainrs_events_lines(events, &len);
    CHECK(len == 0);
    accounted(pipeline, 4, LINES);
    drainrs_events_free(&events);
    drainrs_pipeline_free(&pipeline);
}

/* Records that somebody else has read: each an event, as it is told. */
static void records(void) {
    drainrs_pipeline *pipeline = new_pipeline("{}");
    drainrs_events *events = drainrs_events_new(DRAINRS_WITH_TEXTS);
    drainrs_buffer *out = drainrs_buffer_new();
    static batch lines;
    batch_add(&lines, TEXT("disk 1 is full"));
    batch_add(&lines, TEXT("\tat the beginning"));
    batch_add(&lines, TEXT("disk 2 is full"));
    const int64_t times[] = {7, DRAINRS_NO_TIME, 9};
    const uint8_t levels[] = {DRAINRS_LEVEL_FATAL, DRAINRS_LEVEL_UNKNOWN, DRAINRS_LEVEL_TRACE};
    CHECK_OK(drainrs_pipeline_push_records(pipeline, BATCH(&lines), times, levels, TEXT("store"), 10, events, &error));
    size_t len = 0;
    CHECK(memcmp(drainrs_events_times(events, &len), times, sizeof times) == 0 && len == 3);
    CHECK(memcmp(drainrs_events_levels(events, &len), levels, sizeof levels) == 0 && len == 3);
    CHECK(memcmp(drainrs_events_services(events, &len), "storestorestore", 15) == 0 && len == 15);
    const uint64_t *templates = drainrs_events_templates(events, NULL);
    CHECK(templates[0] == templates[2] && templates[0] != templates[1]);
    CHECK_OK(drainrs_pipeline_template_text(pipeline, templates[0], out, &error));
    CHECK(strcmp(text_of(out), "disk <NUM> is full") == 0);
    CHECK_OK(drainrs_pipeline_push_records(pipeline, BATCH(&lines), NULL, NULL, NULL, 0, 11, events, &error));
    CHECK(drainrs_events_times(events, NULL)[0] == DRAINRS_NO_TIME);
    drainrs_events_services(events, &len);
    CHECK(len == 0);
    accounted(pipeline, 6, 6);
    drainrs_buffer_free(&out);
    drainrs_events_free(&events);
    drainrs_pipeline_free(&pipeline);
}

/* A seeded template is there before any line, and its number is given. */
static void seeds(void) {
    drainrs_pipeline *pipeline = new_pipeline("");
    drainrs_events *events = drainrs_events_new(0);
    uint64_t id = 0;
    CHECK_OK(drainrs_pipeline_seed(pipeline, TEXT("disk <NUM> is full"), &id, &error));
    CHECK(id == 1);
    static batch lines;
    batch_add(&lines, TEXT("disk 9 is full"));
    CHECK_OK(drainrs_pipeline_push_records(pipeline, BATCH(&lines), NULL, NULL, NULL, 0, 0, events, &error));
    CHECK(drainrs_events_templates(events, NULL)[0] == 1);
    CHECK(drainrs_events_changes(events, NULL)[0] == DRAINRS_CHANGE_UNCHANGED);
    drainrs_events_free(&events);
    drainrs_pipeline_free(&pipeline);
}

static void alerts(void) {
    drainrs_pipeline *pipeline = new_pipeline(
        "{\"detect\": {\"alert\": {\"rules\": [{\"name\": \"oom\", \"pattern\": \"Out of memory\"}]}}}");
    drainrs_buffer *out = drainrs_buffer_new();
    CHECK_OK(drainrs_pipeline_take_alerts(pipeline, 10, out, &error));
    CHECK(strcmp(text_of(out), "[]") == 0);
    static batch lines;
    for (unsigned i = 0; i < 50; i++) batch_add(&lines, TEXT("request 17 done in 3 ms"));
    batch_add(&lines, TEXT("Out of memory: killed process 4711"));
    int64_t now = 0;
    CHECK_OK(drainrs_pipeline_push_records(pipeline, BATCH(&lines), NULL, NULL, NULL, 0, now, NULL, &error));
    for (unsigned minute = 1; minute <= 5; minute++) {
        now += 60 * SECOND;
        CHECK_OK(drainrs_pipeline_advance(pipeline, now, NULL, &error));
    }
    CHECK_OK(drainrs_pipeline_finish(pipeline, now, NULL, &error));
    CHECK_OK(drainrs_pipeline_take_alerts(pipeline, 0, out, &error));
    CHECK(strcmp(text_of(out), "[]") == 0);
    CHECK_OK(drainrs_pipeline_take_alerts(pipeline, 10, out, &error));
    const char *told = text_of(out);
    CHECK(told[0] == '[' && strstr(told, "oom") != NULL && strstr(told, "Out of memory") != NULL);
    CHECK_OK(drainrs_pipeline_take_alerts(pipeline, 10, out, &error));
    CHECK(strcmp(text_of(out), "[]") == 0); /* taken is taken */
    accounted(pipeline, 51, 51);
    drainrs_buffer_free(&out);
    drainrs_pipeline_free(&pipeline);
}

int main(void) {
    events_of_a_log();
    records();
    seeds();
    alerts();
    return 0;
}
