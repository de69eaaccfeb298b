/* Threads on one miner, readers beside a writer, and a miner per thread merged in the end: the counts add up. */

#include <pthread.h>

#include "check.h"

enum { WORKERS = 4, ROUNDS = 500 };

typedef struct {
    drainrs_miner *miner;
    drainrs_pipeline *pipeline;
    unsigned number;
} job;

/* The lines of a worker: three kinds that all workers write, and one that only this one does. */
static int line_of(unsigned worker, unsigned round, char *line, size_t size) {
    switch (round % 4) {
        case 0: return snprintf(line, size, "user %u logged in from 10.0.0.%u", round, worker);
        case 1: return snprintf(line, size, "disk %u is full", worker);
        case 2: return snprintf(line, size, "charge for ord-%u failed after %u ms", round, worker);
        default: return snprintf(line, size, "%c is a word of one worker alone", 'a' + (int)worker);
    }
}

static void *write_lines(void *argument) {
    const job *mine = argument;
    char line[128];
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t len = (size_t)line_of(mine->number, round, line, sizeof line);
        uint64_t id = 0;
        CHECK_OK(drainrs_miner_insert(mine->miner, (const uint8_t *)line, len, &id, NULL, &error));
        CHECK(id != 0);
    }
    return NULL;
}

static void *read_state(void *argument) {
    const job *mine = argument;
    drainrs_buffer *out = drainrs_buffer_new();
    long long seen = 0;
    for (unsigned round = 0; round < ROUNDS / 10; round++) {
        uint64_t id = 0;
        CHECK_OK(drainrs_miner_find(mine->miner, TEXT("disk 7 is full"), &id, &error));
        CHECK_OK(drainrs_miner_stats(mine->miner, out, &error));
        long long now = number_behind(text_of(out), "\"seen\":");
        CHECK(now >= seen); /* what was counted stays counted */
        seen = now;
        CHECK_OK(drainrs_miner_templates(mine->miner, out, &error));
        CHECK_OK(drainrs_miner_snapshot(mine->miner, out, &error));
        CHECK(drainrs_miner_template_count(mine->miner) <= 3 + WORKERS);
    }
    drainrs_buffer_free(&out);
    return NULL;
}

static drainrs_miner *new_miner(void) {
    drainrs_miner *miner = NULL;
    CHECK_OK(drainrs_miner_new(NULL, 0, &miner, &error));
    return miner;
}

static long long seen_by(const drainrs_miner *miner) {
    drainrs_buffer *out = drainrs_buffer_new();
    CHECK_OK(drainrs_miner_stats(miner, out, &error));
    long long seen = number_behind(text_of(out), "\"seen\":");
    drainrs_buffer_free(&out);
    return seen;
}

static void run(void *(*work)(void *), job *jobs, pthread_t *threads) {
    for (unsigned i = 0; i < WORKERS; i++) CHECK(pthread_create(&threads[i], NULL, work, &jobs[i]) == 0);
}

static void wait_for(const pthread_t *threads) {
    for (unsigned i = 0; i < WORKERS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
}

static void one_for_all(void) {
    drainrs_miner *miner = new_miner();
    job jobs[WORKERS];
    pthread_t writers[WORKERS], readers[WORKERS];
    for (unsigned i = 0; i < WORKERS; i++) jobs[i] = (job){miner, NULL, i};
    run(write_lines, jobs, writers);
    run(read_state, jobs, readers);
    wait_for(writers);
    wait_for(readers);
    CHECK(seen_by(miner) == (long long)WORKERS * ROUNDS);
    CHECK(drainrs_miner_template_count(miner) == 3 + WORKERS);
    drainrs_miner_free(&miner);
}

static void one_each(void) {
    job jobs[WORKERS];
    pthread_t threads[WORKERS];
    for (unsigned i = 0; i < WORKERS; i++) jobs[i] = (job){new_miner(), NULL, i};
    run(write_lines, jobs, threads);
    wait_for(threads);
    drainrs_miner *all = jobs[0].miner;
    for (unsigned i = 1; i < WORKERS; i++) {
        CHECK_OK(drainrs_miner_merge(all, jobs[i].miner, NULL, &error));
        CHECK(seen_by(jobs[i].miner) == ROUNDS); /* it stays as it is */
    }
    CHECK(seen_by(all) == (long long)WORKERS * ROUNDS);
    CHECK(drainrs_miner_template_count(all) == 3 + WORKERS);
    CHECK_FAILS(drainrs_miner_merge(all, all, NULL, &error), DRAINRS_ERR_ARGUMENT, "other", "another miner");
    for (unsigned i = 0; i < WORKERS; i++) drainrs_miner_free(&jobs[i].miner);
}

typedef struct {
    drainrs_miner *to;
    const drainrs_miner *from;
} move;

static void *merge(void *argument) {
    const move *mine = argument;
    for (unsigned round = 0; round < 20; round++) CHECK_OK(drainrs_miner_merge(mine->to, mine->from, NULL, &error));
    return NULL;
}

/* Two that take each other in do not wait for each other for ever. */
static void into_each_other(void) {
    drainrs_miner *a = new_miner(), *b = new_miner();
    CHECK_OK(drainrs_miner_insert(a, TEXT("disk 1 is full"), NULL, NULL, &error));
    CHECK_OK(drainrs_miner_insert(b, TEXT("fan 1 stopped"), NULL, NULL, &error));
    move there = {a, b}, back = {b, a};
    pthread_t threads[2];
    CHECK(pthread_create(&threads[0], NULL, merge, &there) == 0);
    CHECK(pthread_create(&threads[1], NULL, merge, &back) == 0);
    CHECK(pthread_join(threads[0], NULL) == 0 && pthread_join(threads[1], NULL) == 0);
    CHECK(drainrs_miner_template_count(a) == 2 && drainrs_miner_template_count(b) == 2);
    drainrs_miner_free(&a);
    drainrs_miner_free(&b);
}

/* Each thread its own columns, all the same pipeline. */
static void *push_records(void *argument) {
    const job *mine = argument;
    drainrs_events *events = drainrs_events_new(DRAINRS_WITH_TEXTS);
    for (unsigned round = 0; round < ROUNDS / 10; round++) {
        batch *lines = calloc(1, sizeof *lines);
        CHECK(lines != NULL);
        char line[128];
        for (unsigned i = 0; i < 10; i++) {
            size_t len = (size_t)line_of(mine->number, round * 10 + i, line, sizeof line);
            batch_add(lines, (const uint8_t *)line, len);
        }
        CHECK_OK(drainrs_pipeline_push_records(mine->pipeline, BATCH(lines), NULL, NULL, TEXT("shop"), round, events, &error));
        size_t len = 0, mined_len = 0;
        drainrs_events_templates(events, &len);
        const uint8_t *mined = drainrs_events_mined(events, &mined_len);
        CHECK(len == 10 && mined_len == batch_len(lines) && memcmp(mined, lines->data, mined_len) == 0);
        free(lines);
    }
    drainrs_events_free(&events);
    return NULL;
}

static void one_pipeline(void) {
    job jobs[WORKERS];
    pthread_t threads[WORKERS];
    drainrs_pipeline *pipeline = NULL;
    drainrs_buffer *out = drainrs_buffer_new();
    CHECK_OK(drainrs_pipeline_new(NULL, 0, &pipeline, &error));
    for (unsigned i = 0; i < WORKERS; i++) jobs[i] = (job){NULL, pipeline, i};
    run(push_records, jobs, threads);
    wait_for(threads);
    CHECK_OK(drainrs_pipeline_stats(pipeline, out, &error));
    CHECK(number_behind(text_of(out), "\"events\":") == (long long)WORKERS * ROUNDS);
    CHECK(number_behind(text_of(out), "\"seen\":") == (long long)WORKERS * ROUNDS);
    drainrs_buffer_free(&out);
    drainrs_pipeline_free(&pipeline);
}

int main(void) {
    one_for_all();
    one_each();
    into_each_other();
    one_pipeline();
    return 0;
}
