/* Headers and tokens alone, without a miner: what a parser and a normalizer see in a line. */

#include "check.h"

static const char LINE[] = "2026-04-02T02:10:06.422Z ERROR 1 --- [invoice] [exec-1] c.a.Render : rendered inv-38977 in 25 ms";

static void parser(void) {
    drainrs_parser *parser = NULL;
    drainrs_buffer *out = drainrs_buffer_new();
    CHECK(drainrs_parser_new(TEXT("{\"formats\": 7}"), &parser, NULL) == DRAINRS_ERR_CONFIG);
    CHECK_OK(drainrs_parser_new(NULL, 0, &parser, &error));
    CHECK_OK(drainrs_parser_parse(parser, TEXT(LINE), out, &error));
    CHECK(strstr(text_of(out), "\"error\"") != NULL && strstr(text_of(out), "\"invoice\"") != NULL);
    CHECK(strstr(text_of(out), "\"message\":\"rendered inv-38977 in 25 ms\"") != NULL);
    CHECK(number_behind(text_of(out), "\"at\":") == 1775095806422000000);
    CHECK_OK(drainrs_parser_parse(parser, (const uint8_t *)"\xff\xfe", 2, out, &error)); /* any bytes are a line */

    static batch lines;
    for (unsigned i = 0; i < 3; i++) batch_add(&lines, TEXT(LINE));
    CHECK_OK(drainrs_parser_parse_batch(parser, BATCH(&lines), out, &error));
    unsigned objects = 0;
    for (const char *at = text_of(out); (at = strstr(at, "\"message\":")) != NULL; at++) objects++;
    CHECK(objects == 3);

    /* A format of one's own, and away with it. */
    uint8_t removed = 77;
    CHECK(drainrs_parser_add_format(parser, TEXT("{\"name\": \"own\", \"pattern\": \"(\"}"), NULL) != DRAINRS_OK);
    CHECK_OK(drainrs_parser_add_format(parser, TEXT("{\"name\": \"own\", \"pattern\": \"<<%{LEVEL:level}>> %{GREEDYDATA:message}\"}"), &error));
    CHECK_OK(drainrs_parser_formats(parser, out, &error));
    CHECK(strstr(text_of(out), "own") != NULL);
    CHECK_OK(drainrs_parser_remove_format(parser, TEXT("other"), &removed, &error));
    CHECK(removed == 0);
    CHECK_OK(drainrs_parser_built_in_formats(out, &error));
    CHECK(text_of(out)[0] == '[');
    CHECK_OK(drainrs_parser_counters(parser, out, &error));
    CHECK(text_of(out)[0] == '{');
    drainrs_parser_free(&parser);
    drainrs_parser_free(&parser);
    drainrs_buffer_free(&out);
}

static void normalizer(void) {
    drainrs_normalizer *normalizer = NULL;
    drainrs_buffer *out = drainrs_buffer_new();
    CHECK_OK(drainrs_normalizer_new(NULL, 0, &normalizer, &error));
    CHECK_OK(drainrs_normalizer_masked_text(normalizer, TEXT("user 17  came from 10.0.0.7"), out, &error));
    CHECK(strcmp(text_of(out), "user <NUM>  came from <IP>") == 0);
    CHECK_OK(drainrs_normalizer_tokens(normalizer, TEXT("user 17  came from 10.0.0.7"), out, &error));
    CHECK(strstr(text_of(out), "\"10.0.0.7\"") != NULL);
    CHECK_OK(drainrs_normalizer_masked_text(normalizer, (const uint8_t *)"\xff 17", 4, out, &error));
    CHECK_OK(drainrs_normalizer_class_names(normalizer, out, &error));
    CHECK(strncmp(text_of(out), "[\"*\",\"NUM\"", 10) == 0);
    CHECK(drainrs_normalizer_exhausted_masks(normalizer) == 0);
    drainrs_normalizer_free(&normalizer);
    drainrs_normalizer_free(&normalizer);
    drainrs_buffer_free(&out);
}

int main(void) {
    parser();
    normalizer();
    return 0;
}
