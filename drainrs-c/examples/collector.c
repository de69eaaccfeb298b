/* A collector of logs: reads lines from its standard input as they come, tells every template when it is born and every alert
 * when it comes, and in the end which templates there were most of.
 *
 *     collector [-c SETTINGS.json] [-n TEMPLATES] < app.log
 *     kubectl logs -f deployment/shop | collector
 *
 * SIGINT and SIGTERM end it as the end of its input does. Alerts are JSON, one per line.
 */

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "drainrs.h"

enum {
    CHUNK = 1 << 16,    /* bytes that are read at once */
    LONGEST = 1 << 20,  /* a line that is longer is taken in pieces */
    PATIENCE_MS = 1000, /* how long a signal may wait that comes just before the program does */
};

static const char DETECTING[] = "{\"detect\": {}}";

/* Lines, one behind the other, as the library takes them; behind them the beginning of one that is not complete yet. */
typedef struct {
    uint8_t data[LONGEST + CHUNK];
    size_t len;
    uint32_t ends[LONGEST + CHUNK];
    size_t count;
} input;

static volatile sig_atomic_t told_to_end = 0;

static void on_signal(int number) {
    (void)number;
    told_to_end = 1;
}

/* Ends the program if a call failed, with what the library says. It takes where the
 * error will be: C may evaluate this before the call that leaves the error there. */
static void must(drainrs_status status, drainrs_error **error) {
    if (status != DRAINRS_OK) {
        fprintf(stderr, "collector: %s: %s\n", drainrs_status_name(status), (const char *)drainrs_error_message(*error, NULL));
        drainrs_error_free(error);
        exit(2);
    }
}

static int64_t now(void) {
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    return (int64_t)at.tv_sec * 1000000000 + at.tv_nsec;
}

/* A file as text; ends the program if it cannot be read. */
static char *read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    size_t size = 0, len = 0;
    char *text = NULL;
    if (file == NULL) goto unreadable;
    do {
        size = 2 * size + 4096;
        char *more = realloc(text, size);
        if (more == NULL) goto unreadable;
        text = more;
        len += fread(text + len, 1, size - 1 - len, file);
    } while (len == size - 1);
    if (ferror(file)) goto unreadable;
    fclose(file);
    text[len] = '\0';
    return text;
unreadable:
    perror(path);
    exit(2);
}

/* Tells of what an input has completed: templates that are new, and alerts. */
static void tell(drainrs_pipeline *pipeline, const drainrs_events *events, drainrs_buffer *text) {
    drainrs_error *error = NULL;
    size_t count = 0;
    const uint64_t *templates = drainrs_events_templates(events, &count);
    const uint8_t *changes = drainrs_events_changes(events, NULL);
    for (size_t i = 0; i < count; i++) {
        if (changes[i] != DRAINRS_CHANGE_CREATED) continue;
        must(drainrs_pipeline_template_text(pipeline, templates[i], text, &error), &error);
        const char *name = (const char *)drainrs_buffer_data(text, NULL);
        /* Later lines of the same chunk can have united it with another. */
        if (name[0] != '\0') printf("new %" PRIu64 ": %s\n", templates[i], name);
    }
    for (;;) {
        must(drainrs_pipeline_take_alerts(pipeline, 1, text, &error), &error);
        size_t len = 0;
        const char *one = (const char *)drainrs_buffer_data(text, &len);
        if (len <= 2) break; /* "[]" */
        printf("alert %.*s\n", (int)(len - 2), one + 1);
    }
}

/* Waits for the standard input, at most until something is due; whether there is something to read. */
static int wait_for_input(const drainrs_pipeline *pipeline) {
    int64_t due = drainrs_pipeline_next_deadline(pipeline), at = now();
    int64_t wait = PATIENCE_MS;
    if (due != DRAINRS_NO_TIME && due < at + wait * 1000000) wait = due <= at ? 0 : (due - at) / 1000000 + 1;
    struct pollfd in = {STDIN_FILENO, POLLIN, 0};
    return poll(&in, 1, (int)wait) > 0;
}

/* Reads a chunk and cuts it into lines, without their ends; 0 at the end of the input. */
static int read_lines(input *in) {
    ssize_t got = read(STDIN_FILENO, in->data + in->len, CHUNK);
    if (got < 0 && errno != EINTR) {
        perror("collector");
        exit(2);
    }
    if (got < 0) return 1;
    size_t from = in->len, to = in->len, start = 0;
    in->len += (size_t)got;
    in->count = 0;
    for (; from < in->len; from++) {
        if (in->data[from] == '\n') {
            if (to > start && in->data[to - 1] == '\r') to--;
            in->ends[in->count++] = (uint32_t)to;
            start = to;
        } else {
            in->data[to++] = in->data[from];
        }
    }
    in->len = to;
    /* The last line of all needs no newline, and the longest not to wait for one. */
    if ((got == 0 || to - start > LONGEST) && to > start) in->ends[in->count++] = (uint32_t)to;
    return got > 0;
}

/* Forgets the lines that were taken, and keeps the beginning of the next. */
static void keep_rest(input *in) {
    size_t taken = in->count == 0 ? 0 : in->ends[in->count - 1];
    memmove(in->data, in->data + taken, in->len - taken);
    in->len -= taken;
    in->count = 0;
}

typedef struct {
    uint64_t id;
    unsigned long long count;
} row;

static int by_count(const void *a, const void *b) {
    const row *left = a, *right = b;
    if (left->count != right->count) return left->count < right->count ? 1 : -1;
    return left->id < right->id ? -1 : left->id > right->id;
}

/* A number of a JSON object. Quotes inside of texts are escaped, so that the key can be nowhere else. */
static unsigned long long number_of(const drainrs_buffer *json, const char *key) {
    const char *found = strstr((const char *)drainrs_buffer_data(json, NULL), key);
    return found == NULL ? 0 : strtoull(found + strlen(key), NULL, 10);
}

/* The templates that there were most of. */
static void table(const drainrs_pipeline *pipeline, uint64_t last, size_t most, drainrs_buffer *text) {
    drainrs_error *error = NULL;
    row *rows = calloc((size_t)last + 1, sizeof *rows);
    if (rows == NULL) exit(2);
    size_t count = 0;
    for (uint64_t id = 1; id <= last; id++) {
        must(drainrs_pipeline_template(pipeline, id, text, &error), &error);
        rows[count] = (row){id, number_of(text, "\"count\":")};
        if (rows[count].count > 0) count++;
    }
    qsort(rows, count, sizeof *rows, by_count);
    printf("%8s  template\n", "events");
    for (size_t i = 0; i < count && i < most; i++) {
        must(drainrs_pipeline_template_text(pipeline, rows[i].id, text, &error), &error);
        printf("%8llu  %s\n", rows[i].count, (const char *)drainrs_buffer_data(text, NULL));
    }
    if (count > most) printf("%8s  and %zu more\n", "", count - most);
    free(rows);
}

static uint64_t last_template(const drainrs_events *events, uint64_t last) {
    size_t count = 0;
    const uint64_t *templates = drainrs_events_templates(events, &count);
    for (size_t i = 0; i < count; i++) {
        if (templates[i] > last) last = templates[i];
    }
    return last;
}

int main(int argc, char **argv) {
    char *settings = NULL;
    size_t most = 10;
    for (int option; (option = getopt(argc, argv, "c:n:")) != -1;) {
        switch (option) {
            case 'c':
                free(settings);
                settings = read_file(optarg);
                break;
            case 'n': most = strtoul(optarg, NULL, 10); break;
            default: fprintf(stderr, "usage: collector [-c SETTINGS.json] [-n TEMPLATES] < LOG\n"); return 2;
        }
    }
    if (drainrs_abi_version() != DRAINRS_ABI_VERSION) {
        fprintf(stderr, "collector: the library has interface %u, the program was built for %u\n",
                (unsigned)drainrs_abi_version(), (unsigned)DRAINRS_ABI_VERSION);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0); /* who reads along sees it at once */
    struct sigaction action = {0};
    action.sa_handler = on_signal;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);

    drainrs_error *error = NULL;
    drainrs_pipeline *pipeline = NULL;
    const char *config = settings != NULL ? settings : DETECTING;
    must(drainrs_pipeline_new((const uint8_t *)config, strlen(config), &pipeline, &error), &error);
    free(settings);
    drainrs_events *events = drainrs_events_new(0);
    drainrs_buffer *text = drainrs_buffer_new();

    static input in;
    uint64_t last = 0;
    int more = 1;
    while (more && !told_to_end) {
        if (wait_for_input(pipeline)) {
            more = read_lines(&in);
            must(drainrs_pipeline_push_batch(pipeline, in.data, in.len, in.ends, in.count, now(), events, &error), &error);
            keep_rest(&in);
        } else {
            must(drainrs_pipeline_advance(pipeline, now(), events, &error), &error);
        }
        last = last_template(events, last);
        tell(pipeline, events, text);
    }
    must(drainrs_pipeline_finish(pipeline, now(), events, &error), &error);
    last = last_template(events, last);
    tell(pipeline, events, text);

    table(pipeline, last, most, text);
    must(drainrs_pipeline_stats(pipeline, text, &error), &error);
    printf("%llu lines, %llu events, %llu templates\n", number_of(text, "\"lines\":"), number_of(text, "\"events\":"),
           number_of(text, "\"templates\":"));
    drainrs_buffer_free(&text);
    drainrs_events_free(&events);
    drainrs_pipeline_free(&pipeline);
    return 0;
}
