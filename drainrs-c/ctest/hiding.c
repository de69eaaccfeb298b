/* What must not leave the host is found, replaced, and put back. */

#include "check.h"

static const char LETTER[] = "login of ann@example.org from 10.8.3.21 with password=Tr0ub4dor-3";

static void redactor(const drainrs_redactor *redactor) {
    drainrs_buffer *out = drainrs_buffer_new(), *found = drainrs_buffer_new();
    uint8_t clean = 77;
    CHECK_OK(drainrs_redactor_redact(redactor, TEXT(LETTER), out, &error));
    CHECK(strstr(text_of(out), "login of <EMAIL_1> from <") != NULL);
    CHECK(strstr(text_of(out), "ann@") == NULL && strstr(text_of(out), "Tr0ub4dor") == NULL);
    CHECK_OK(drainrs_redactor_is_clean(redactor, TEXT(LETTER), &clean, &error));
    CHECK(clean == 0);
    CHECK_OK(drainrs_redactor_is_clean(redactor, TEXT("disk 1 is full"), &clean, &error));
    CHECK(clean == 1);

    /* The spans are those of the text. */
    CHECK_OK(drainrs_redactor_find(redactor, TEXT(LETTER), found, &error));
    long long start = number_behind(text_of(found), "\"start\":"), end = number_behind(text_of(found), "\"end\":");
    CHECK(end - start == (long long)strlen("ann@example.org") && strncmp(LETTER + start, "ann@example.org", 15) == 0);
    CHECK_OK(drainrs_redactor_rules(redactor, out, &error));
    CHECK(text_of(out)[0] == '[' && strstr(text_of(out), "email") != NULL);

    /* Any bytes are a text. */
    const uint8_t bytes[] = {0xff, 0, 'a', '@', 'b', '.', 'o', 'r', 'g', 0xc3};
    CHECK_OK(drainrs_redactor_redact(redactor, bytes, sizeof bytes, out, &error));
    CHECK_OK(drainrs_redactor_redact(redactor, NULL, 0, out, &error));
    CHECK(strcmp(text_of(out), "") == 0);
    drainrs_buffer_free(&out);
    drainrs_buffer_free(&found);
}

static void redaction(const drainrs_redactor *redactor) {
    drainrs_redaction *redaction = NULL, *loaded = NULL;
    drainrs_buffer *hidden = drainrs_buffer_new(), *out = drainrs_buffer_new();
    CHECK_OK(drainrs_redaction_new(&redaction, &error));
    CHECK_OK(drainrs_redaction_redact(redaction, redactor, TEXT("mail to ann@example.org"), out, &error));
    CHECK(strcmp(text_of(out), "mail to <EMAIL_1>") == 0);
    CHECK_OK(drainrs_redaction_redact(redaction, redactor, TEXT(LETTER), hidden, &error));
    CHECK(strstr(text_of(hidden), "<EMAIL_1>") != NULL); /* equal values, equal placeholders */

    /* It goes on where it was saved, and puts the values back. */
    CHECK_OK(drainrs_redaction_save(redaction, out, &error));
    size_t len = 0;
    const uint8_t *saved = drainrs_buffer_data(out, &len);
    CHECK_OK(drainrs_redaction_load(saved, len, &loaded, &error));
    drainrs_redaction_free(&redaction);
    CHECK_OK(drainrs_redaction_restore(loaded, TEXT(text_of(hidden)), out, &error));
    CHECK(strcmp(text_of(out), LETTER) == 0);
    CHECK_OK(drainrs_redaction_redact(loaded, redactor, TEXT("and to bo@example.org"), out, &error));
    CHECK(strcmp(text_of(out), "and to <EMAIL_2>") == 0);
    CHECK_OK(drainrs_redaction_values(loaded, out, &error));
    CHECK(strstr(text_of(out), "bo@example.org") != NULL);
    CHECK_OK(drainrs_redaction_counts(loaded, out, &error));
    CHECK(strstr(text_of(out), "ann@") == NULL);

    drainrs_redaction *none = NULL;
    CHECK(drainrs_redaction_load(TEXT("{\"values\": \"bo@example.org\"}"), &none, NULL) == DRAINRS_ERR_ARGUMENT);
    CHECK(none == NULL);
    drainrs_redaction_free(&loaded);
    drainrs_redaction_free(&loaded);
    drainrs_buffer_free(&hidden);
    drainrs_buffer_free(&out);
}

int main(void) {
    drainrs_redactor *rules = NULL;
    CHECK(drainrs_redactor_new(TEXT("{\"rules\": 1}"), &rules, NULL) == DRAINRS_ERR_CONFIG);
    CHECK(rules == NULL);
    CHECK_OK(drainrs_redactor_new(NULL, 0, &rules, &error));
    redactor(rules);
    redaction(rules);
    drainrs_redactor_free(&rules);
    drainrs_redactor_free(&rules);
    CHECK(rules == NULL);
    return 0;
}
