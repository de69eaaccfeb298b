/* What the test programs share: a check that says where it failed and ends the program, texts as bytes, and batches of lines. */

#ifndef CHECK_H
#define CHECK_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drainrs.h"

/* Ends the program with 1, saying where and what, unless the condition holds. */
#define CHECK(condition) ((condition) ? (void)0 : check_failed(__FILE__, __LINE__, #condition))

/* A call that must succeed; what it says if it does not. `call` uses the variable `error`, which CHECK_OK declares. */
#define CHECK_OK(call)                                                                                                       \
    do {                                                                                                                     \
        drainrs_error *error = NULL;                                                                                         \
        drainrs_status status = (call);                                                                                      \
        if (status != DRAINRS_OK || error != NULL) {                                                                         \
            fprintf(stderr, "%s: %s\n", drainrs_status_name(status), (const char *)drainrs_error_message(error, NULL));      \
            check_failed(__FILE__, __LINE__, #call);                                                                         \
        }                                                                                                                    \
    } while (0)

/* A call that must fail with this status, this path, and a message that holds these words. `call` uses the variable `error`. */
#define CHECK_FAILS(call, wanted, path, words)                                                                               \
    do {                                                                                                                     \
        drainrs_error *error = NULL;                                                                                         \
        drainrs_status status = (call);                                                                                      \
        if (!check_error(error, status, wanted, path, words)) check_failed(__FILE__, __LINE__, #call);                       \
        drainrs_error_free(&error);                                                                                          \
        CHECK(error == NULL);                                                                                                \
    } while (0)

/* A C text as the two arguments that the library takes for one. */
#define TEXT(text) (const uint8_t *)(text), strlen(text)

static inline void check_failed(const char *file, int line, const char *what) {
    fprintf(stderr, "%s:%d: failed: %s\n", file, line, what);
    exit(1);
}

/* Whether an error says what it should; tells the difference. */
static inline int check_error(const drainrs_error *error, drainrs_status status, drainrs_status wanted, const char *path,
                              const char *words) {
    size_t path_len = 0, message_len = 0;
    const char *got_path = (const char *)drainrs_error_path(error, &path_len);
    const char *message = (const char *)drainrs_error_message(error, &message_len);
    int good = error != NULL && status == wanted && drainrs_error_status(error) == wanted && strcmp(got_path, path) == 0 &&
               strstr(message, words) != NULL && path_len == strlen(got_path) && message_len == strlen(message);
    if (!good) {
        fprintf(stderr, "wanted %s at \"%s\" with \"%s\", got %s at \"%s\": %s\n", drainrs_status_name(wanted), path, words,
                drainrs_status_name(status), got_path, message);
    }
    return good;
}

/* What is in a buffer, as C text. */
static inline const char *text_of(const drainrs_buffer *buffer) {
    return (const char *)drainrs_buffer_data(buffer, NULL);
}

/* The first number behind a key of a JSON document, such as "\"seen\":". */
static inline long long number_behind(const char *json, const char *key) {
    const char *found = strstr(json, key);
    if (found == NULL) {
        fprintf(stderr, "no %s in %s\n", key, json);
        exit(1);
    }
    return strtoll(found + strlen(key), NULL, 10);
}

/* Lines as the library takes them: one buffer, and where each line ends. */
typedef struct {
    uint8_t data[1 << 16];
    uint32_t ends[2048];
    size_t count;
} batch;

static inline uint32_t batch_start(const batch *lines, size_t line) {
    return line == 0 ? 0 : lines->ends[line - 1];
}

static inline size_t batch_len(const batch *lines) {
    return batch_start(lines, lines->count);
}

static inline void batch_add(batch *lines, const uint8_t *line, size_t len) {
    size_t start = batch_len(lines);
    CHECK(start + len <= sizeof lines->data && lines->count < sizeof lines->ends / sizeof lines->ends[0]);
    if (len > 0) memcpy(lines->data + start, line, len);
    lines->ends[lines->count++] = (uint32_t)(start + len);
}

/* A batch as the four arguments that the library takes for one. */
#define BATCH(lines) (lines)->data, batch_len(lines), (lines)->ends, (lines)->count

#endif
