/* Mines a file on several threads: each has a miner of its own, and in the end one takes in what the others learned.
 *
 *     parallel [-t THREADS] [-c] FILE
 *
 * Lines are dealt out by their key, so that those of one template meet in one miner, and the result is that of one miner alone;
 * with -c in chunks, which costs nothing to deal out, but each miner meets every template. Templates go to the standard output,
 * timings to the standard error.
 */

#define _POSIX_C_SOURCE 200809L

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "drainrs.h"

enum { MOST_THREADS = 256 };

/* What one thread mines. */
typedef struct {
    drainrs_miner *miner;
    uint8_t *data;
    size_t len;
    uint32_t *ends;
    size_t count;
} shard;

static void *must_have(void *memory) {
    if (memory == NULL) {
        perror("parallel");
        exit(2);
    }
    return memory;
}

/* Ends the program if a call failed, with what the library says. It takes where the
 * error will be: C may evaluate this before the call that leaves the error there. */
static void must(drainrs_status status, drainrs_error **error) {
    if (status != DRAINRS_OK) {
        fprintf(stderr, "parallel: %s: %s\n", drainrs_status_name(status), (const char *)drainrs_error_message(*error, NULL));
        drainrs_error_free(error);
        exit(2);
    }
}

static double seconds(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static uint8_t *read_file(const char *path, size_t *len) {
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        exit(2);
    }
    long size = ftell(file);
    rewind(file);
    uint8_t *data = must_have(malloc((size_t)size + 1));
    *len = fread(data, 1, (size_t)size, file);
    fclose(file);
    if (*len > UINT32_MAX) {
        fprintf(stderr, "parallel: %s has more than 4 GiB: cut it, or mine it in batches\n", path);
        exit(2);
    }
    return data;
}

static size_t count_lines(const uint8_t *data, size_t len) {
    size_t count = len > 0 && data[len - 1] != '\n';
    for (size_t i = 0; i < len; i++) count += data[i] == '\n';
    return count;
}

/* Deals the lines out, without their ends. */
static void deal(const uint8_t *data, size_t len, shard *shards, size_t threads, int in_chunks) {
    size_t lines = count_lines(data, len), number = 0;
    for (size_t i = 0; i < threads; i++) {
        shards[i].data = must_have(malloc(len + 1));
        shards[i].ends = must_have(malloc((lines + 1) * sizeof *shards[i].ends));
    }
    for (const uint8_t *line = data, *end = data + len; line < end; number++) {
        const uint8_t *newline = memchr(line, '\n', (size_t)(end - line));
        const uint8_t *stop = newline == NULL ? end : newline;
        uint64_t key = 0;
        drainrs_error *error = NULL;
        if (!in_chunks) {
            must(drainrs_miner_shard_key(shards[0].miner, line, (size_t)(stop - line), &key, &error), &error);
        }
        shard *to = &shards[in_chunks ? number * threads / lines : key % threads];
        memcpy(to->data + to->len, line, (size_t)(stop - line));
        to->len += (size_t)(stop - line);
        to->ends[to->count++] = (uint32_t)to->len;
        line = stop + 1;
    }
}

static void *mine(void *argument) {
    shard *mine = argument;
    drainrs_error *error = NULL;
    must(drainrs_miner_insert_batch(mine->miner, mine->data, mine->len, mine->ends, mine->count, NULL, &error), &error);
    return NULL;
}

/* Templates with their counts. A number of a JSON object is behind its key: quotes inside of texts are escaped. */
static void print_templates(const drainrs_miner *miner) {
    drainrs_error *error = NULL;
    drainrs_buffer *out = drainrs_buffer_new();
    size_t left = drainrs_miner_template_count(miner);
    for (uint64_t id = 1; left > 0; id++) {
        must(drainrs_miner_template(miner, id, out, &error), &error);
        const char *count = strstr((const char *)drainrs_buffer_data(out, NULL), "\"count\":");
        if (count == NULL) continue; /* it was united with another */
        printf("%llu\t", strtoull(count + strlen("\"count\":"), NULL, 10));
        must(drainrs_miner_template_text(miner, id, out, &error), &error);
        printf("%s\n", (const char *)drainrs_buffer_data(out, NULL));
        left--;
    }
    drainrs_buffer_free(&out);
}

int main(int argc, char **argv) {
    size_t threads = 4;
    int in_chunks = 0;
    for (int option; (option = getopt(argc, argv, "t:c")) != -1;) {
        switch (option) {
            case 't': threads = strtoul(optarg, NULL, 10); break;
            case 'c': in_chunks = 1; break;
            default: threads = 0;
        }
    }
    if (threads < 1 || threads > MOST_THREADS || optind + 1 != argc) {
        fprintf(stderr, "usage: parallel [-t THREADS] [-c] FILE\n");
        return 2;
    }
    drainrs_error *error = NULL;
    static shard shards[MOST_THREADS];
    for (size_t i = 0; i < threads; i++) must(drainrs_miner_new(NULL, 0, &shards[i].miner, &error), &error);
    size_t len = 0;
    uint8_t *data = read_file(argv[optind], &len);

    double began = seconds();
    deal(data, len, shards, threads, in_chunks);
    free(data);
    double dealt = seconds();
    pthread_t workers[MOST_THREADS];
    for (size_t i = 0; i < threads; i++) {
        if (pthread_create(&workers[i], NULL, mine, &shards[i]) != 0) must_have(NULL);
    }
    for (size_t i = 0; i < threads; i++) pthread_join(workers[i], NULL);
    double mined = seconds();
    for (size_t i = 1; i < threads; i++) must(drainrs_miner_merge(shards[0].miner, shards[i].miner, NULL, &error), &error);
    double merged = seconds();

    print_templates(shards[0].miner);
    size_t lines = 0;
    for (size_t i = 0; i < threads; i++) lines += shards[i].count;
    fprintf(stderr, "%zu lines on %zu threads: dealt out in %.3f s, mined in %.3f s, merged in %.3f s\n", lines, threads,
            dealt - began, mined - dealt, merged - mined);
    for (size_t i = 0; i < threads; i++) {
        drainrs_miner_free(&shards[i].miner);
        free(shards[i].data);
        free(shards[i].ends);
    }
    return 0;
}
