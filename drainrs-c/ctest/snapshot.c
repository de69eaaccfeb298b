/* A snapshot goes on where it was taken, byte by byte; every cut and every changed byte is noticed. */

#include "check.h"

static const char *const LINES[] = {
    "disk 1 is full", "disk 2 is full", "user 17 logged in from 10.0.0.7", "user 23 logged in from 10.0.0.9",
};
enum { COUNT = sizeof LINES / sizeof LINES[0] };

static drainrs_miner *fed_miner(void) {
    drainrs_miner *miner = NULL;
    CHECK_OK(drainrs_miner_new(NULL, 0, &miner, &error));
    for (size_t i = 0; i < COUNT; i++) CHECK_OK(drainrs_miner_insert(miner, TEXT(LINES[i]), NULL, NULL, &error));
    return miner;
}

static int same_bytes(const drainrs_buffer *a, const drainrs_buffer *b) {
    size_t a_len = 0, b_len = 0;
    const uint8_t *a_data = drainrs_buffer_data(a, &a_len), *b_data = drainrs_buffer_data(b, &b_len);
    return a_len > 0 && a_len == b_len && memcmp(a_data, b_data, a_len) == 0;
}

/* A snapshot that must not be taken; the place for the miner stays as it was. */
static void refused(const uint8_t *snapshot, size_t len) {
    drainrs_miner *miner = NULL;
    drainrs_error *error = NULL;
    drainrs_status status =
        drainrs_miner_restore(snapshot, len, NULL, 0, DRAINRS_OTHER_SETTINGS_ADOPT, &miner, &error);
    CHECK(status == DRAINRS_ERR_SNAPSHOT || status == DRAINRS_ERR_SNAPSHOT_VERSION);
    CHECK(miner == NULL && drainrs_error_status(error) == status);
    drainrs_error_free(&error);
}

static void goes_on(void) {
    drainrs_miner *before = fed_miner(), *after = NULL;
    drainrs_buffer *taken = drainrs_buffer_new(), *again = drainrs_buffer_new();
    size_t len = 0;
    CHECK_OK(drainrs_miner_snapshot(before, taken, &error));
    const uint8_t *data = drainrs_buffer_data(taken, &len);
    CHECK_OK(drainrs_miner_restore(data, len, NULL, 0, DRAINRS_OTHER_SETTINGS_REFUSE, &after, &error));
    CHECK_OK(drainrs_miner_snapshot(after, again, &error));
    CHECK(same_bytes(taken, again));

    /* Both do the same from here on. */
    const char *const more[] = {"disk 3 is full", "fan 2 stopped", "user root logged in from ::1"};
    for (size_t i = 0; i < 3; i++) {
        uint64_t here = 0, there = 0;
        CHECK_OK(drainrs_miner_insert(before, TEXT(more[i]), &here, NULL, &error));
        CHECK_OK(drainrs_miner_insert(after, TEXT(more[i]), &there, NULL, &error));
        CHECK(here == there);
    }
    CHECK_OK(drainrs_miner_snapshot(before, taken, &error));
    CHECK_OK(drainrs_miner_snapshot(after, again, &error));
    CHECK(same_bytes(taken, again));
    drainrs_buffer_free(&taken);
    drainrs_buffer_free(&again);
    drainrs_miner_free(&before);
    drainrs_miner_free(&after);
}

static void damage_is_noticed(void) {
    drainrs_miner *miner = fed_miner();
    drainrs_buffer *taken = drainrs_buffer_new();
    size_t len = 0;
    CHECK_OK(drainrs_miner_snapshot(miner, taken, &error));
    const uint8_t *data = drainrs_buffer_data(taken, &len);
    for (size_t cut = 0; cut < len; cut++) {
        /* Memory that ends where the snapshot does, so that a byte too far is seen. */
        uint8_t *part = malloc(cut > 0 ? cut : 1);
        CHECK(part != NULL);
        memcpy(part, data, cut);
        refused(part, cut);
        free(part);
    }
    uint8_t *changed = malloc(len + 1);
    CHECK(changed != NULL);
    memcpy(changed, data, len);
    for (size_t at = 0; at < len; at++) {
        changed[at] ^= 0xff;
        refused(changed, len);
        changed[at] ^= 0xff ^ 0x01;
        refused(changed, len);
        changed[at] = data[at];
    }
    changed[len] = 0;
    refused(changed, len + 1); /* a byte too many */
    free(changed);
    drainrs_buffer_free(&taken);
    drainrs_miner_free(&miner);
}

static void other_settings(void) {
    const char *other = "{\"mine\": {\"max_templates\": 77}}";
    drainrs_miner *miner = fed_miner(), *adopted = NULL, *refused_one = NULL;
    drainrs_buffer *taken = drainrs_buffer_new(), *config = drainrs_buffer_new(), *same = drainrs_buffer_new();
    size_t len = 0;
    CHECK_OK(drainrs_miner_snapshot(miner, taken, &error));
    const uint8_t *data = drainrs_buffer_data(taken, &len);
    CHECK_FAILS(drainrs_miner_restore(data, len, TEXT(other), DRAINRS_OTHER_SETTINGS_REFUSE, &refused_one, &error),
                DRAINRS_ERR_SNAPSHOT_CONFIG, "mine.max_templates", "77");
    CHECK(refused_one == NULL);
    CHECK_FAILS(drainrs_miner_restore(data, len, NULL, 0, 2, &refused_one, &error), DRAINRS_ERR_ARGUMENT,
                "on_other_settings", "is 2");
    CHECK(refused_one == NULL);
    CHECK_OK(drainrs_miner_restore(data, len, TEXT(other), DRAINRS_OTHER_SETTINGS_ADOPT, &adopted, &error));
    CHECK_OK(drainrs_miner_config(miner, config, &error));
    CHECK_OK(drainrs_miner_config(adopted, same, &error));
    CHECK(same_bytes(config, same));
    drainrs_buffer_free(&taken);
    drainrs_buffer_free(&config);
    drainrs_buffer_free(&same);
    drainrs_miner_free(&miner);
    drainrs_miner_free(&adopted);
}

/* A pipeline with a detector; and one that goes on from a miner's snapshot. */
static void pipelines(void) {
    const char *settings = "{\"detect\": {}}";
    drainrs_pipeline *before = NULL, *after = NULL, *grown = NULL;
    drainrs_buffer *taken = drainrs_buffer_new(), *again = drainrs_buffer_new();
    CHECK_OK(drainrs_pipeline_new(TEXT(settings), &before, &error));
    static batch lines;
    for (size_t i = 0; i < COUNT; i++) batch_add(&lines, TEXT(LINES[i]));
    CHECK_OK(drainrs_pipeline_push_batch(before, BATCH(&lines), 1000, NULL, &error));
    CHECK_OK(drainrs_pipeline_flush(before, 1000, NULL, &error));
    CHECK_OK(drainrs_pipeline_snapshot(before, taken, &error));
    size_t len = 0;
    const uint8_t *data = drainrs_buffer_data(taken, &len);
    CHECK_OK(drainrs_pipeline_restore(data, len, TEXT(settings), DRAINRS_OTHER_SETTINGS_REFUSE, &after, &error));
    CHECK_OK(drainrs_pipeline_snapshot(after, again, &error));
    CHECK(same_bytes(taken, again));
    for (size_t cut = 0; cut < len; cut += 7) {
        drainrs_pipeline *none = NULL;
        CHECK(drainrs_pipeline_restore(data, cut, TEXT(settings), DRAINRS_OTHER_SETTINGS_REFUSE, &none, NULL) ==
              DRAINRS_ERR_SNAPSHOT);
        CHECK(none == NULL);
    }

    drainrs_miner *miner = fed_miner();
    CHECK_OK(drainrs_miner_snapshot(miner, taken, &error));
    data = drainrs_buffer_data(taken, &len);
    CHECK_OK(drainrs_pipeline_restore(data, len, NULL, 0, DRAINRS_OTHER_SETTINGS_REFUSE, &grown, &error));
    CHECK_OK(drainrs_pipeline_template_text(grown, 1, again, &error));
    CHECK(strcmp(text_of(again), "disk <NUM> is full") == 0);

    drainrs_buffer_free(&taken);
    drainrs_buffer_free(&again);
    drainrs_miner_free(&miner);
    drainrs_pipeline_free(&before);
    drainrs_pipeline_free(&after);
    drainrs_pipeline_free(&grown);
}

int main(void) {
    goes_on();
    damage_is_noticed();
    other_settings();
    pipelines();
    return 0;
}
