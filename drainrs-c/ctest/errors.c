/* What is wrong is told: which status, where, and why. Outputs and columns stay as they were. */

#include "check.h"

typedef struct {
    const char *document;
    drainrs_status status;
    const char *path;
    const char *words;
} wrong;

/* Settings that do not read, of a pipeline; those of a miner are its parts `normalize` and `mine`. */
static const wrong SETTINGS[] = {
    {"{\"mien\": {}}", DRAINRS_ERR_CONFIG, "mien", "unknown field"},
    {"{\"mine\": {\"depth\": \"four\"}}", DRAINRS_ERR_CONFIG, "mine.depth", "invalid type"},
    {"{\"mine\": {\"similarity_threshold\": 1.5}}", DRAINRS_ERR_CONFIG, "mine.similarity_threshold", "between 0 and 1"},
    {"{\"normalize\": {\"masks\": [{\"name\": \"X\", \"pattern\": \"(\"}]}}", DRAINRS_ERR_PATTERN,
     "normalize.masks[0].pattern", "is not a pattern"},
    {"{\"filter\": {\"min_level\": \"loud\"}}", DRAINRS_ERR_CONFIG, "filter.min_level", "unknown variant"},
    {"{} {}", DRAINRS_ERR_CONFIG, "config", "trailing"},
    {"{\"mine\": {\"depth\": 1, \"max_children\": 0}}", DRAINRS_ERR_CONFIG, "mine.depth", "mine.max_children"},
};

static void settings(void) {
    for (size_t i = 0; i < sizeof SETTINGS / sizeof SETTINGS[0]; i++) {
        const wrong *this = &SETTINGS[i];
        drainrs_pipeline *pipeline = NULL;
        CHECK_FAILS(drainrs_pipeline_new(TEXT(this->document), &pipeline, &error), this->status, this->path, this->words);
        CHECK(drainrs_pipeline_new(TEXT(this->document), &pipeline, NULL) == this->status);
        CHECK(pipeline == NULL);
    }
    drainrs_miner *miner = NULL;
    CHECK_FAILS(drainrs_miner_new(TEXT("{\"mine\": {\"depth\": 1}}"), &miner, &error), DRAINRS_ERR_CONFIG, "mine.depth",
                "at least 3");
    CHECK(drainrs_miner_new(TEXT("{"), &miner, NULL) == DRAINRS_ERR_CONFIG);
    CHECK(drainrs_miner_new(TEXT("\xff\xfe"), &miner, NULL) == DRAINRS_ERR_CONFIG);
    CHECK(miner == NULL);
}

static void nothing_where_something_is_needed(drainrs_miner *miner, drainrs_pipeline *pipeline) {
    drainrs_buffer *out = drainrs_buffer_new();
    uint64_t id = 77;
    uint8_t change = 77;
    CHECK_FAILS(drainrs_miner_new(NULL, 0, NULL, &error), DRAINRS_ERR_NULL, "out", "must not be NULL");
    CHECK_FAILS(drainrs_miner_insert(NULL, TEXT("a"), &id, &change, &error), DRAINRS_ERR_NULL, "miner", "NULL");
    CHECK_FAILS(drainrs_miner_insert(miner, NULL, 3, &id, &change, &error), DRAINRS_ERR_NULL, "line", "NULL");
    CHECK_FAILS(drainrs_miner_find(miner, TEXT("a"), NULL, &error), DRAINRS_ERR_NULL, "template_id", "NULL");
    CHECK_FAILS(drainrs_miner_shard_key(miner, TEXT("a"), NULL, &error), DRAINRS_ERR_NULL, "key", "NULL");
    CHECK_FAILS(drainrs_miner_templates(miner, NULL, &error), DRAINRS_ERR_NULL, "out", "NULL");
    CHECK_FAILS(drainrs_miner_poll_lineage(miner, NULL, &error), DRAINRS_ERR_NULL, "out", "NULL");
    CHECK_FAILS(drainrs_miner_merge(miner, NULL, out, &error), DRAINRS_ERR_NULL, "other", "NULL");
    CHECK_FAILS(drainrs_miner_merge(NULL, miner, out, &error), DRAINRS_ERR_NULL, "miner", "NULL");
    CHECK(drainrs_miner_merge(NULL, NULL, out, NULL) == DRAINRS_ERR_NULL);
    CHECK_FAILS(drainrs_pipeline_new(NULL, 9, &pipeline, &error), DRAINRS_ERR_NULL, "config", "NULL");
    CHECK_FAILS(drainrs_pipeline_take_alerts(pipeline, 1, NULL, &error), DRAINRS_ERR_NULL, "out", "NULL");
    CHECK_FAILS(drainrs_pipeline_advance(NULL, 0, NULL, &error), DRAINRS_ERR_NULL, "pipeline", "NULL");
    CHECK(drainrs_miner_insert(NULL, NULL, 3, NULL, NULL, NULL) == DRAINRS_ERR_NULL);
    CHECK(id == 77 && change == 77);
    CHECK(strcmp(text_of(out), "") == 0);
    drainrs_buffer_free(&out);
}

static void batches(drainrs_miner *miner, drainrs_pipeline *pipeline) {
    const uint8_t data[] = "abcdef";
    const uint32_t good[] = {2, 4, 6}, down[] = {2, 1, 6}, past[] = {2, 4, 7}, huge[] = {UINT32_MAX};
    const uint8_t levels[] = {DRAINRS_LEVEL_INFO, DRAINRS_LEVEL_FATAL + 1, DRAINRS_LEVEL_INFO};
    drainrs_hits *hits = drainrs_hits_new(0);
    drainrs_events *events = drainrs_events_new(0);
    CHECK_FAILS(drainrs_miner_insert_batch(miner, data, 6, down, 3, hits, &error), DRAINRS_ERR_ARGUMENT, "ends",
                "ends[1] is 1, after 2");
    CHECK_FAILS(drainrs_miner_insert_batch(miner, data, 6, past, 3, hits, &error), DRAINRS_ERR_ARGUMENT, "ends",
                "data has 6 bytes");
    CHECK_FAILS(drainrs_miner_insert_batch(miner, data, 6, huge, 1, hits, &error), DRAINRS_ERR_ARGUMENT, "ends",
                "data has 6 bytes");
    CHECK_FAILS(drainrs_miner_insert_batch(miner, NULL, 6, good, 3, hits, &error), DRAINRS_ERR_NULL, "data", "NULL");
    CHECK_FAILS(drainrs_miner_insert_batch(miner, data, 6, NULL, 3, hits, &error), DRAINRS_ERR_NULL, "ends", "NULL");
    CHECK_FAILS(drainrs_miner_insert_batch(miner, data, 6, good, SIZE_MAX / 2, hits, &error), DRAINRS_ERR_ARGUMENT, "ends",
                "no memory is");
    CHECK_FAILS(drainrs_miner_insert(miner, data, SIZE_MAX, NULL, NULL, &error), DRAINRS_ERR_ARGUMENT, "line",
                "no memory is");
    CHECK_FAILS(drainrs_pipeline_push_batch(pipeline, data, 6, down, 3, 0, events, &error), DRAINRS_ERR_ARGUMENT, "ends",
                "ends[1] is 1");
    CHECK_FAILS(drainrs_pipeline_push_records(pipeline, data, 6, good, 3, NULL, levels, NULL, 0, 0, events, &error),
                DRAINRS_ERR_ARGUMENT, "levels", "has 9");
    CHECK_FAILS(drainrs_pipeline_push_records(pipeline, data, 6, good, 3, NULL, NULL, NULL, 4, 0, events, &error),
                DRAINRS_ERR_NULL, "service", "NULL");
    CHECK(drainrs_miner_template_count(miner) == 0); /* nothing of them was mined */

    /* Nothing at all is no error: no lines, lines without bytes, a line that is NULL. */
    const uint32_t none[] = {0, 0};
    size_t len = 0;
    CHECK_OK(drainrs_miner_insert_batch(miner, NULL, 0, NULL, 0, hits, &error));
    CHECK_OK(drainrs_miner_insert_batch(miner, NULL, 0, none, 2, hits, &error));
    const uint64_t *templates = drainrs_hits_templates(hits, &len);
    CHECK(len == 2 && templates[0] == templates[1]);
    CHECK_OK(drainrs_miner_insert_batch(miner, data, 6, NULL, 0, hits, &error)); /* bytes of no line */
    CHECK_OK(drainrs_miner_insert(miner, NULL, 0, NULL, NULL, &error));
    CHECK(drainrs_miner_template_count(miner) == 1);
    CHECK_OK(drainrs_pipeline_push_batch(pipeline, NULL, 0, NULL, 0, 0, events, &error));
    CHECK_OK(drainrs_pipeline_push_records(pipeline, NULL, 0, NULL, 0, NULL, NULL, NULL, 0, 0, events, &error));
    drainrs_hits_free(&hits);
    drainrs_events_free(&events);
}

static void texts(drainrs_miner *miner, drainrs_pipeline *pipeline) {
    const uint8_t broken[] = {'o', 'k', ' ', 0xff, 0xfe};
    drainrs_buffer *out = drainrs_buffer_new();
    uint64_t id = 0;
    CHECK_FAILS(drainrs_miner_seed(miner, broken, 5, &id, &error), DRAINRS_ERR_ARGUMENT, "template", "from byte 3 on");
    CHECK_FAILS(drainrs_pipeline_seed(pipeline, broken, 5, &id, &error), DRAINRS_ERR_ARGUMENT, "template", "UTF-8");
    CHECK_FAILS(drainrs_config_from_drain3_ini(broken, 5, out, &error), DRAINRS_ERR_ARGUMENT, "ini", "UTF-8");
    CHECK(drainrs_config_from_drain3_ini(TEXT("[DRAIN]\nsim_th = much\n"), out, NULL) == DRAINRS_ERR_CONFIG);
    CHECK(id == 0 && strcmp(text_of(out), "") == 0);
    CHECK_OK(drainrs_config_from_drain3_ini(TEXT("[DRAIN]\nsim_th = 0.5\n"), out, &error));
    CHECK(strstr(text_of(out), "\"similarity_threshold\":0.5") != NULL);

    /* What the library wrote it reads. */
    size_t len = 0;
    const uint8_t *document = drainrs_buffer_data(out, &len);
    drainrs_miner *drain3 = NULL;
    CHECK_OK(drainrs_miner_new(document, len, &drain3, &error));
    drainrs_miner_free(&drain3);
    drainrs_buffer_free(&out);
}

/* A template that is not there is no error. */
static void not_there(const drainrs_miner *miner) {
    drainrs_buffer *out = drainrs_buffer_new();
    CHECK_OK(drainrs_miner_template_text(miner, 99, out, &error));
    CHECK(strcmp(text_of(out), "") == 0);
    CHECK_OK(drainrs_miner_template(miner, 0, out, &error));
    CHECK(strcmp(text_of(out), "null") == 0);
    CHECK_OK(drainrs_miner_template_by_content(miner, UINT64_MAX, out, &error));
    CHECK(strcmp(text_of(out), "null") == 0);
    drainrs_buffer_free(&out);
}

static void foreign_states(void) {
    drainrs_miner *miner = NULL;
    CHECK(drainrs_miner_restore(NULL, 0, NULL, 0, 0, &miner, NULL) == DRAINRS_ERR_SNAPSHOT);
    CHECK(drainrs_miner_restore(TEXT("not a snapshot"), NULL, 0, 0, &miner, NULL) == DRAINRS_ERR_SNAPSHOT);
    CHECK(drainrs_miner_restore(NULL, 9, NULL, 0, 0, &miner, NULL) == DRAINRS_ERR_NULL);
    CHECK(drainrs_miner_from_drain3_state(TEXT("not a state"), NULL, 0, &miner, NULL) == DRAINRS_ERR_SNAPSHOT);
    CHECK(drainrs_miner_from_drain3_state(NULL, 0, NULL, 0, &miner, NULL) == DRAINRS_ERR_SNAPSHOT);
    CHECK(miner == NULL);
}

int main(void) {
    drainrs_miner *miner = NULL;
    drainrs_pipeline *pipeline = NULL;
    CHECK_OK(drainrs_miner_new(NULL, 0, &miner, &error));
    CHECK_OK(drainrs_pipeline_new(NULL, 0, &pipeline, &error));
    settings();
    nothing_where_something_is_needed(miner, pipeline);
    batches(miner, pipeline);
    texts(miner, pipeline);
    not_there(miner);
    foreign_states();
    drainrs_miner_free(&miner);
    drainrs_pipeline_free(&pipeline);
    return 0;
}
