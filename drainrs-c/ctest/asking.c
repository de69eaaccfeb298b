/* A question for a model, from the stream to its answer, without any model. */

#include "check.h"

#define SECOND INT64_C(1000000000)

static void feed(drainrs_asker *asker, drainrs_pipeline *pipeline) {
    static batch lines;
    lines.count = 0;
    for (unsigned i = 0; i < 200; i++) {
        char line[128];
        int len = snprintf(line, sizeof line, i % 10 == 9 ? "2026-04-02T02:%02u:00Z ERROR payment: charge %u for ann@example.org failed"
                                                          : "2026-04-02T02:%02u:00Z INFO shop: request %u done",
                           i / 10, i);
        batch_add(&lines, (const uint8_t *)line, (size_t)len);
    }
    drainrs_events *events = drainrs_events_new(0);
    drainrs_buffer *alerts = drainrs_buffer_new();
    CHECK_OK(drainrs_asker_push_batch(asker, pipeline, BATCH(&lines), SECOND, events, alerts, &error));
    size_t count = 0;
    drainrs_events_lines(events, &count);
    CHECK(count == 199 && text_of(alerts)[0] == '[');
    CHECK_OK(drainrs_asker_finish(asker, pipeline, 2 * SECOND, events, alerts, &error));
    drainrs_events_lines(events, &count);
    CHECK(count == 1);
    drainrs_events_free(&events);
    drainrs_buffer_free(&alerts);
}

/* A task goes to another process and back, and says nothing that must stay. */
static void task_alone(const drainrs_task *task, drainrs_buffer *out) {
    drainrs_task *loaded = NULL;
    drainrs_buffer *again = drainrs_buffer_new();
    CHECK_OK(drainrs_task_text(task, out, &error));
    CHECK(strstr(text_of(out), "ann@example.org") == NULL);
    CHECK_OK(drainrs_task_messages(task, out, &error));
    CHECK(text_of(out)[0] == '[' && strstr(text_of(out), "ann@example.org") == NULL);
    CHECK_OK(drainrs_task_schema(task, out, &error));
    CHECK(text_of(out)[0] == '{');
    CHECK_OK(drainrs_task_save(task, out, &error));
    size_t len = 0;
    const uint8_t *saved = drainrs_buffer_data(out, &len);
    CHECK_OK(drainrs_task_load(saved, len, &loaded, &error));
    CHECK_OK(drainrs_task_save(loaded, again, &error));
    CHECK(strcmp(text_of(out), text_of(again)) == 0);
    drainrs_task_free(&loaded);
    CHECK(drainrs_task_load(saved, len / 2, &loaded, NULL) == DRAINRS_ERR_TASK);
    CHECK(loaded == NULL);
    CHECK_OK(drainrs_task_judge(task, TEXT("no JSON at all"), 3 * SECOND, NULL, 0, out, &error));
    CHECK(text_of(out)[0] == '{');
    drainrs_buffer_free(&again);
}

int main(void) {
    drainrs_asker *asker = NULL;
    drainrs_pipeline *pipeline = NULL;
    drainrs_task *task = NULL, *none = NULL;
    drainrs_answered *answered = NULL;
    drainrs_buffer *out = drainrs_buffer_new(), *id = drainrs_buffer_new();
    CHECK_OK(drainrs_pipeline_new(TEXT("{\"detect\": {}}"), &pipeline, &error));
    CHECK_OK(drainrs_asker_new(NULL, 0, &asker, &error));
    feed(asker, pipeline);

    CHECK_OK(drainrs_asker_plan(asker, pipeline, 3 * SECOND, NULL, 0, out, &error));
    CHECK(strstr(text_of(out), "\"tasks\":") != NULL && strstr(text_of(out), "ann@example.org") == NULL);
    CHECK(drainrs_asker_plan(asker, pipeline, 3 * SECOND, TEXT("{\"max_tokens\": 1}"), out, NULL) == DRAINRS_ERR_LIMIT);
    CHECK_OK(drainrs_asker_offer(asker, pipeline, 3 * SECOND, NULL, 0, out, &error));
    CHECK(strstr(text_of(out), "\"queued\"") != NULL);
    CHECK_OK(drainrs_asker_next(asker, 3 * SECOND, &task, &error));
    CHECK(task != NULL);
    task_alone(task, out);

    /* An answer that is none: refused, and the answer by rules stands in. */
    CHECK_OK(drainrs_task_id(task, id, &error));
    CHECK_OK(drainrs_asker_answer(asker, pipeline, TEXT(text_of(id)), TEXT("\xff I cannot say"), 4 * SECOND, &answered, out, &error));
    CHECK(answered != NULL && strstr(text_of(out), "\"accepted\":false") != NULL);
    drainrs_buffer *same = drainrs_buffer_new();
    CHECK_OK(drainrs_answered_to_json(answered, same, &error));
    CHECK(strcmp(text_of(out), text_of(same)) == 0);
    CHECK_OK(drainrs_answered_repair(answered, &none, &error));
    drainrs_task_free(&none);
    drainrs_answered_free(&answered);
    drainrs_answered_free(&answered);
    CHECK_OK(drainrs_asker_answer(asker, pipeline, TEXT("nobody"), TEXT("{}"), 4 * SECOND, &answered, out, &error));
    CHECK(answered == NULL && strcmp(text_of(out), "null") == 0);

    CHECK_OK(drainrs_asker_digest(asker, pipeline, TEXT("app.log"), 500, out, &error));
    CHECK(strstr(text_of(out), "ann@example.org") == NULL);
    CHECK_OK(drainrs_asker_index_rows(asker, pipeline, 1, 0, out, &error));
    CHECK(text_of(out)[0] == '[' && strstr(text_of(out), "ann@example.org") == NULL);
    CHECK_OK(drainrs_asker_stats(asker, out, &error));
    CHECK(strstr(text_of(out), "\"desk\":") != NULL);

    /* Freed in any order. */
    drainrs_pipeline_free(&pipeline);
    drainrs_asker_free(&asker);
    drainrs_asker_free(&asker);
    CHECK_OK(drainrs_task_kind(task, out, &error));
    drainrs_task_free(&task);
    drainrs_task_free(&task);
    drainrs_buffer_free(&same);
    drainrs_buffer_free(&out);
    drainrs_buffer_free(&id);
    return 0;
}
