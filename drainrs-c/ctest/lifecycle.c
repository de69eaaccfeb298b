/* Objects are made, freed, freed again, and freed where there is nothing. */

#include "check.h"

/* Frees through the variable, three ways; `type` is that of the object. */
#define FREES(type, object)                                                                                                  \
    do {                                                                                                                     \
        CHECK((object) != NULL);                                                                                             \
        type##_free(&(object));                                                                                              \
        CHECK((object) == NULL);                                                                                             \
        type##_free(&(object));                                                                                              \
        CHECK((object) == NULL);                                                                                             \
        type##_free(NULL);                                                                                                   \
    } while (0)

static void each_kind(void) {
    drainrs_miner *miner = NULL;
    CHECK_OK(drainrs_miner_new(NULL, 0, &miner, &error));
    FREES(drainrs_miner, miner);

    drainrs_pipeline *pipeline = NULL;
    CHECK_OK(drainrs_pipeline_new(NULL, 0, &pipeline, &error));
    FREES(drainrs_pipeline, pipeline);

    drainrs_buffer *buffer = drainrs_buffer_new();
    FREES(drainrs_buffer, buffer);

    drainrs_hits *hits = drainrs_hits_new(DRAINRS_WITH_PARAMETERS | DRAINRS_WITH_CONTENT_IDS);
    FREES(drainrs_hits, hits);

    drainrs_events *events = drainrs_events_new(DRAINRS_WITH_TEXTS);
    FREES(drainrs_events, events);

    drainrs_error *error = NULL;
    CHECK(drainrs_miner_new(TEXT("{"), &miner, &error) == DRAINRS_ERR_CONFIG);
    CHECK(miner == NULL);
    FREES(drainrs_error, error);
}

/* An error outlives what it is about; columns and buffers outlive the miner that filled them. */
static void any_order(void) {
    drainrs_miner *miner = NULL;
    drainrs_error *error = NULL;
    drainrs_hits *hits = drainrs_hits_new(0);
    drainrs_buffer *buffer = drainrs_buffer_new();
    CHECK_OK(drainrs_miner_new(NULL, 0, &miner, &error));
    const uint32_t end = 14;
    CHECK_OK(drainrs_miner_insert_batch(miner, (const uint8_t *)"disk 1 is full", 14, &end, 1, hits, &error));
    CHECK_OK(drainrs_miner_template_text(miner, 1, buffer, &error));
    CHECK(drainrs_miner_find(miner, NULL, 0, NULL, &error) == DRAINRS_ERR_NULL);
    drainrs_miner_free(&miner);

    size_t len = 0;
    CHECK(drainrs_hits_templates(hits, &len)[0] == 1 && len == 1);
    CHECK(strcmp(text_of(buffer), "disk <NUM> is full") == 0);
    CHECK(strcmp((const char *)drainrs_error_path(error, NULL), "template_id") == 0);
    drainrs_error_free(&error);
    drainrs_buffer_free(&buffer);
    drainrs_hits_free(&hits);
}

/* Nothing is an empty text, and the neutral value of a getter. */
static void nothing(void) {
    size_t len = 99;
    CHECK(strcmp((const char *)drainrs_buffer_data(NULL, &len), "") == 0 && len == 0);
    len = 99;
    CHECK(strcmp((const char *)drainrs_error_message(NULL, &len), "") == 0 && len == 0);
    CHECK(strcmp((const char *)drainrs_error_path(NULL, NULL), "") == 0);
    CHECK(drainrs_error_status(NULL) == DRAINRS_OK);
    CHECK(drainrs_miner_template_count(NULL) == 0);
    CHECK(drainrs_pipeline_next_deadline(NULL) == DRAINRS_NO_TIME);
    len = 99;
    CHECK(drainrs_hits_templates(NULL, &len) == NULL && len == 0);
    CHECK(drainrs_hits_parameter_tokens(NULL, NULL) == NULL);
    len = 99;
    CHECK(drainrs_events_times(NULL, &len) == NULL && len == 0);

    drainrs_buffer *buffer = drainrs_buffer_new();
    len = 99;
    CHECK(strcmp((const char *)drainrs_buffer_data(buffer, &len), "") == 0 && len == 0);
    drainrs_buffer_free(&buffer);
}

int main(void) {
    each_kind();
    any_order();
    nothing();
    return 0;
}
