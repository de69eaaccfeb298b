/* Many lines in one call give what each gives alone; parameters are spans of their lines; any bytes are a line. */

#include "check.h"

static drainrs_miner *new_miner(void) {
    drainrs_miner *miner = NULL;
    CHECK_OK(drainrs_miner_new(NULL, 0, &miner, &error));
    return miner;
}

/* Lines of a few kinds, with bytes that are no text among them. */
static void fill(batch *lines) {
    lines->count = 0;
    for (unsigned i = 0; i < 200; i++) {
        char line[128];
        int len = 0;
        switch (i % 5) {
            case 0: len = snprintf(line, sizeof line, "user %u logged in from 10.0.%u.%u", i, i % 7, i % 250); break;
            case 1: len = snprintf(line, sizeof line, "disk sd%c is %u%% full\n", 'a' + (int)(i % 4), i % 100); break;
            case 2: len = snprintf(line, sizeof line, "broken \xff\xfe\xc3 bytes %u", i); break;
            case 3: len = snprintf(line, sizeof line, "nul%cin%cside %u", 0, 0, i); break;
            case 4: break; /* the empty line */
        }
        batch_add(lines, (const uint8_t *)line, (size_t)len);
    }
}

static void equals_one_by_one(const batch *lines) {
    drainrs_miner *one = new_miner(), *many = new_miner();
    drainrs_hits *hits = drainrs_hits_new(0);
    CHECK_OK(drainrs_miner_insert_batch(many, BATCH(lines), hits, &error));
    size_t templates_len = 0, changes_len = 0, len = 99;
    const uint64_t *templates = drainrs_hits_templates(hits, &templates_len);
    const uint8_t *changes = drainrs_hits_changes(hits, &changes_len);
    CHECK(templates_len == lines->count && changes_len == lines->count);
    drainrs_hits_content_ids(hits, &len);
    CHECK(len == 0); /* not asked for */
    drainrs_hits_parameter_ends(hits, &len);
    CHECK(len == 0);
    for (size_t i = 0; i < lines->count; i++) {
        uint64_t id = 0;
        uint8_t change = 99;
        const uint8_t *line = lines->data + batch_start(lines, i);
        CHECK_OK(drainrs_miner_insert(one, line, lines->ends[i] - batch_start(lines, i), &id, &change, &error));
        CHECK(id == templates[i] && change == changes[i]);
        CHECK(id >= 1 && change <= DRAINRS_CHANGE_WIDENED);
    }

    /* Nobody wants to know: the same state. */
    drainrs_miner *silent = new_miner();
    drainrs_buffer *a = drainrs_buffer_new(), *b = drainrs_buffer_new();
    CHECK_OK(drainrs_miner_insert_batch(silent, BATCH(lines), NULL, &error));
    CHECK_OK(drainrs_miner_templates(silent, a, &error));
    CHECK_OK(drainrs_miner_templates(one, b, &error));
    CHECK(strcmp(text_of(a), text_of(b)) == 0);

    drainrs_buffer_free(&a);
    drainrs_buffer_free(&b);
    drainrs_hits_free(&hits);
    drainrs_miner_free(&one);
    drainrs_miner_free(&many);
    drainrs_miner_free(&silent);
}

static void parameters_lie_inside(const batch *lines) {
    drainrs_miner *miner = new_miner();
    drainrs_hits *hits = drainrs_hits_new(DRAINRS_WITH_PARAMETERS | DRAINRS_WITH_CONTENT_IDS);
    CHECK_OK(drainrs_miner_insert_batch(miner, BATCH(lines), hits, &error));
    size_t count = 0, len[4] = {0}, ids = 0;
    const uint32_t *ends = drainrs_hits_parameter_ends(hits, &count);
    const uint32_t *starts = drainrs_hits_parameter_starts(hits, &len[0]);
    const uint32_t *stops = drainrs_hits_parameter_stops(hits, &len[1]);
    const uint8_t *classes = drainrs_hits_parameter_classes(hits, &len[2]);
    const uint32_t *tokens = drainrs_hits_parameter_tokens(hits, &len[3]);
    const uint64_t *content_ids = drainrs_hits_content_ids(hits, &ids);
    CHECK(count == lines->count && ids == lines->count);
    for (size_t i = 0; i < 4; i++) CHECK(len[i] == ends[count - 1]);
    for (size_t i = 0; i < count; i++) {
        uint32_t line_len = lines->ends[i] - batch_start(lines, i), before = 0;
        uint32_t first = i == 0 ? 0 : ends[i - 1];
        CHECK(first <= ends[i]);
        for (uint32_t p = first; p < ends[i]; p++) {
            CHECK(before <= starts[p] && starts[p] <= stops[p] && stops[p] <= line_len);
            CHECK(classes[p] < 64 && tokens[p] < line_len);
            before = stops[p];
        }
        CHECK(content_ids[i] != 0);
    }

    /* The last line of the first kind: its number and its address, and what they are. */
    size_t last = 195;
    CHECK(ends[last] - ends[last - 1] == 2);
    uint32_t user = ends[last - 1], address = user + 1;
    const uint8_t *line = lines->data + batch_start(lines, last);
    CHECK(stops[user] - starts[user] == 3 && memcmp(line + starts[user], "195", 3) == 0 && tokens[user] == 1);
    CHECK(stops[address] - starts[address] == 10 && memcmp(line + starts[address], "10.0.6.195", 10) == 0);
    drainrs_buffer *names = drainrs_buffer_new();
    CHECK_OK(drainrs_miner_class_names(miner, names, &error));
    const char *name = text_of(names);
    for (unsigned n = 0; n < classes[address]; n++) name = strchr(name, ',') + 1;
    CHECK(strncmp(name, "\"IP\"", 4) == 0);

    /* The content id leads to the template. */
    drainrs_buffer *template = drainrs_buffer_new(), *same = drainrs_buffer_new();
    CHECK_OK(drainrs_miner_template(miner, drainrs_hits_templates(hits, NULL)[last], template, &error));
    CHECK_OK(drainrs_miner_template_by_content(miner, content_ids[last], same, &error));
    CHECK(strstr(text_of(template), "user <NUM> logged in from <IP>") != NULL);
    CHECK(strcmp(text_of(template), text_of(same)) == 0);

    drainrs_buffer_free(&names);
    drainrs_buffer_free(&template);
    drainrs_buffer_free(&same);
    drainrs_hits_free(&hits);
    drainrs_miner_free(&miner);
}

/* Columns are replaced by each call that succeeds, and by no other. */
static void columns_are_replaced(const batch *lines) {
    drainrs_miner *miner = new_miner();
    drainrs_hits *hits = drainrs_hits_new(0);
    size_t len = 0;
    CHECK_OK(drainrs_miner_insert_batch(miner, BATCH(lines), hits, &error));
    CHECK_OK(drainrs_miner_insert_batch(miner, lines->data, batch_len(lines), lines->ends, 3, hits, &error));
    drainrs_hits_templates(hits, &len);
    CHECK(len == 3);
    uint32_t down[2] = {5, 4};
    CHECK_FAILS(drainrs_miner_insert_batch(miner, lines->data, batch_len(lines), down, 2, hits, &error),
                DRAINRS_ERR_ARGUMENT, "ends", "ends[1] is 4");
    drainrs_hits_templates(hits, &len);
    CHECK(len == 3);
    CHECK_OK(drainrs_miner_insert_batch(miner, NULL, 0, NULL, 0, hits, &error));
    drainrs_hits_templates(hits, &len);
    CHECK(len == 0);
    drainrs_hits_free(&hits);
    drainrs_miner_free(&miner);
}

/* What was mined is found again, under its number or that of the twin it was united with; asking changes nothing. */
static void found_again(const batch *lines) {
    drainrs_miner *miner = new_miner();
    drainrs_hits *hits = drainrs_hits_new(0);
    CHECK_OK(drainrs_miner_insert_batch(miner, BATCH(lines), hits, &error));
    size_t before = drainrs_miner_template_count(miner);
    const uint64_t *templates = drainrs_hits_templates(hits, NULL);
    drainrs_buffer *text = drainrs_buffer_new();
    for (size_t i = 0; i < lines->count; i++) {
        uint64_t id = 0;
        const uint8_t *line = lines->data + batch_start(lines, i);
        CHECK_OK(drainrs_miner_find(miner, line, lines->ends[i] - batch_start(lines, i), &id, &error));
        CHECK_OK(drainrs_miner_template_text(miner, templates[i], text, &error));
        size_t len = 0;
        drainrs_buffer_data(text, &len);
        int empty_line = lines->ends[i] == batch_start(lines, i);
        CHECK(len > 0 || empty_line ? id == templates[i] : id != 0 && id < templates[i]);
    }
    drainrs_buffer_free(&text);
    uint64_t none = 99;
    CHECK_OK(drainrs_miner_find(miner, TEXT("nothing that was ever seen here"), &none, &error));
    CHECK(none == 0 && drainrs_miner_template_count(miner) == before);
    drainrs_hits_free(&hits);
    drainrs_miner_free(&miner);
}

int main(void) {
    static batch lines;
    fill(&lines);
    equals_one_by_one(&lines);
    parameters_lie_inside(&lines);
    columns_are_replaced(&lines);
    found_again(&lines);
    return 0;
}
