/* Lines per second of a miner, one call per line and one call per batch:
 *
 *     batch FILE [ROUNDS]
 *
 * Every round mines the whole file with a new miner. The fastest round counts, in processor time of the thread, as in the
 * benchmark of the Rust library: `cargo run --release -p drainrs-bench --example throughput -- --no-peers FILE`.
 */

#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "drainrs.h"

enum { BATCH = 1024 }; /* lines */

typedef struct {
    uint8_t *data;
    uint32_t *ends;
    size_t count;
} lines;

static void must(int good, const char *what) {
    if (!good) {
        perror(what);
        exit(2);
    }
}

/* The lines of a file without their ends, as far as 4 GiB go. */
static lines read_lines(const char *path) {
    FILE *file = fopen(path, "rb");
    must(file != NULL && fseek(file, 0, SEEK_END) == 0, path);
    long size = ftell(file);
    must(size >= 0 && (unsigned long)size < UINT32_MAX, path);
    rewind(file);
    lines all = {malloc((size_t)size + 1), malloc(((size_t)size + 1) * sizeof(uint32_t)), 0};
    must(all.data != NULL && all.ends != NULL, path);
    size_t len = fread(all.data, 1, (size_t)size, file), to = 0;
    fclose(file);
    if (len > 0 && all.data[len - 1] != '\n') all.data[len++] = '\n';
    for (size_t from = 0; from < len; from++) {
        if (all.data[from] == '\n') {
            all.ends[all.count++] = (uint32_t)to;
        } else {
            all.data[to++] = all.data[from];
        }
    }
    must(all.count > 0, "no lines");
    return all;
}

static double seconds(void) {
    struct timespec at;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void one_by_one(drainrs_miner *miner, const lines *all, drainrs_hits *hits) {
    (void)hits;
    uint32_t start = 0;
    for (size_t i = 0; i < all->count; i++) {
        uint64_t id = 0;
        must(drainrs_miner_insert(miner, all->data + start, all->ends[i] - start, &id, NULL, NULL) == DRAINRS_OK, "insert");
        start = all->ends[i];
    }
}

static void in_batches(drainrs_miner *miner, const lines *all, drainrs_hits *hits) {
    static uint32_t ends[BATCH];
    uint32_t start = 0;
    for (size_t i = 0; i < all->count; i += BATCH) {
        size_t count = all->count - i < BATCH ? all->count - i : BATCH;
        for (size_t j = 0; j < count; j++) ends[j] = all->ends[i + j] - start;
        must(drainrs_miner_insert_batch(miner, all->data + start, ends[count - 1], ends, count, hits, NULL) == DRAINRS_OK,
             "insert_batch");
        start = all->ends[i + count - 1];
    }
}

typedef struct {
    const char *name;
    void (*work)(drainrs_miner *, const lines *, drainrs_hits *);
    uint32_t with;
    double best;
    size_t templates;
} contender;

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: batch FILE [ROUNDS]\n");
        return 2;
    }
    unsigned long rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 5;
    lines all = read_lines(argv[1]);
    contender contenders[] = {
        {"insert, a call per line", one_by_one, 0, 1e9, 0},
        {"insert_batch, templates", in_batches, 0, 1e9, 0},
        {"insert_batch, parameters, too", in_batches, DRAINRS_WITH_PARAMETERS, 1e9, 0},
    };
    size_t count = sizeof contenders / sizeof contenders[0];
    /* They take turns, so that a slow minute of the machine hits them all; the first round warms up. */
    for (unsigned long round = 0; round <= rounds; round++) {
        for (size_t i = 0; i < count; i++) {
            drainrs_miner *miner = NULL;
            drainrs_hits *hits = drainrs_hits_new(contenders[i].with);
            must(drainrs_miner_new(NULL, 0, &miner, NULL) == DRAINRS_OK, "miner");
            double began = seconds();
            contenders[i].work(miner, &all, hits);
            double took = seconds() - began;
            if (round > 0 && took < contenders[i].best) contenders[i].best = took;
            contenders[i].templates = drainrs_miner_template_count(miner);
            drainrs_hits_free(&hits);
            drainrs_miner_free(&miner);
        }
    }
    printf("%zu lines, %u bytes per line\n", all.count, (unsigned)(all.ends[all.count - 1] / all.count));
    for (size_t i = 0; i < count; i++) {
        printf("%-30s %6.2f M lines/s  %5.0f ns/line  %zu templates\n", contenders[i].name,
               (double)all.count / contenders[i].best / 1e6, contenders[i].best * 1e9 / (double)all.count,
               contenders[i].templates);
    }
    free(all.data);
    free(all.ends);
    return 0;
}
