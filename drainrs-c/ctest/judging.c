/* Scores, alerts, baselines and the guard, each by itself. */

#include "check.h"

#define SECOND INT64_C(1000000000)

static void scorer_and_alerter(void) {
    drainrs_scorer *scorer = NULL, *again = NULL;
    drainrs_alerter *alerter = NULL;
    drainrs_buffer *scores = drainrs_buffer_new(), *out = drainrs_buffer_new();
    CHECK_FAILS(drainrs_scorer_new(TEXT("fortune"), NULL, 0, &scorer, &error), DRAINRS_ERR_ARGUMENT, "name", "fortune");
    CHECK_OK(drainrs_scorer_new(TEXT("frequency"), NULL, 0, &scorer, &error));
    CHECK_OK(drainrs_alerter_new(NULL, 0, &alerter, &error));

    /* A template that comes five times a minute for two hours, and then five hundred times. */
    const uint64_t template_id = 1;
    int64_t minute = 0;
    for (; minute < 120; minute++) {
        const uint64_t count = 5;
        CHECK_OK(drainrs_scorer_close(scorer, minute * 60 * SECOND, (minute + 1) * 60 * SECOND, NULL, &template_id, &count, 1, 0,
                                      scores, &error));
    }
    CHECK(strcmp(text_of(scores), "[]") == 0);

    /* What it learned goes on elsewhere. */
    CHECK_OK(drainrs_scorer_snapshot(scorer, out, &error));
    size_t len = 0;
    const uint8_t *snapshot = drainrs_buffer_data(out, &len);
    CHECK_OK(drainrs_scorer_restore(TEXT("frequency"), snapshot, len, NULL, 0, &again, &error));
    CHECK(drainrs_scorer_restore(TEXT("frequency"), snapshot, len / 2, NULL, 0, &again, NULL) == DRAINRS_ERR_SNAPSHOT);
    CHECK(drainrs_scorer_memory(again) > 0);

    const uint64_t many = 500;
    CHECK_OK(drainrs_scorer_close(again, minute * 60 * SECOND, (minute + 1) * 60 * SECOND, NULL, &template_id, &many, 1, 0, scores,
                                  &error));
    CHECK(strstr(text_of(scores), "\"frequency\"") != NULL);
    CHECK_OK(drainrs_alerter_take(alerter, TEXT(text_of(scores)), &error));
    CHECK_OK(drainrs_alerter_finish(alerter, &error));
    CHECK_OK(drainrs_alerter_take_alerts(alerter, 10, out, &error));
    CHECK(strstr(text_of(out), "\"opened\"") != NULL && strstr(text_of(out), "\"frequency\"") != NULL);
    CHECK_OK(drainrs_alerter_counters(alerter, out, &error));
    CHECK(number_behind(text_of(out), "\"told\":") == 1);
    CHECK(drainrs_alerter_take(alerter, TEXT("[{}]"), NULL) != DRAINRS_OK);
    CHECK_FAILS(drainrs_scorer_set_mode(scorer, 9, &error), DRAINRS_ERR_ARGUMENT, "mode", "9");
    CHECK_OK(drainrs_scorer_set_mode(scorer, DRAINRS_MODE_DETECT, &error));
    drainrs_scorer_free(&scorer);
    drainrs_scorer_free(&again);
    drainrs_scorer_free(&again);
    drainrs_alerter_free(&alerter);
    drainrs_alerter_free(&alerter);
    drainrs_buffer_free(&scores);
    drainrs_buffer_free(&out);
}

static drainrs_baseline *learned_from(const char *what) {
    drainrs_baseline *baseline = NULL;
    static batch lines;
    lines.count = 0;
    CHECK_OK(drainrs_baseline_new(NULL, 0, &baseline, &error));
    for (unsigned i = 0; i < 100; i++) batch_add(&lines, TEXT(i % 2 == 0 ? "request 17 done in 3 ms" : what));
    CHECK_OK(drainrs_baseline_push_batch(baseline, BATCH(&lines), SECOND, &error));
    CHECK_OK(drainrs_baseline_finish(baseline, SECOND, &error));
    return baseline;
}

static void baselines(void) {
    drainrs_baseline *before = learned_from("cache is warm"), *after = learned_from("cache was lost"), *loaded = NULL;
    drainrs_pipeline *judge = NULL;
    drainrs_buffer *out = drainrs_buffer_new();
    CHECK_OK(drainrs_baseline_compare(before, after, NULL, 0, out, &error));
    CHECK(strstr(text_of(out), "cache was lost") != NULL && strstr(text_of(out), "cache is warm") != NULL);
    CHECK(strstr(text_of(out), "request") == NULL);
    CHECK_OK(drainrs_baseline_compare(before, before, NULL, 0, out, &error)); /* with itself, too */
    CHECK(strstr(text_of(out), "cache") == NULL);
    CHECK_OK(drainrs_baseline_save(before, out, &error));
    size_t len = 0;
    const uint8_t *saved = drainrs_buffer_data(out, &len);
    CHECK_OK(drainrs_baseline_load(saved, len, &loaded, &error));
    CHECK(drainrs_baseline_load(saved, len - 1, &loaded, NULL) == DRAINRS_ERR_SNAPSHOT);
    CHECK_OK(drainrs_pipeline_from_baseline(loaded, &judge, &error));
    drainrs_baseline_free(&before);
    drainrs_baseline_free(&after);
    drainrs_baseline_free(&loaded);

    /* What the good log never had is told. */
    static batch lines;
    batch_add(&lines, TEXT("ERROR the house is on fire"));
    CHECK_OK(drainrs_pipeline_push_batch(judge, BATCH(&lines), 2 * SECOND, NULL, &error));
    CHECK_OK(drainrs_pipeline_finish(judge, 600 * SECOND, NULL, &error));
    CHECK_OK(drainrs_pipeline_take_alerts(judge, 10, out, &error));
    CHECK(strstr(text_of(out), "the house is on fire") != NULL);
    drainrs_pipeline_free(&judge);
    drainrs_buffer_free(&out);
}

static void guards(void) {
    drainrs_guard *guard = NULL;
    drainrs_buffer *out = drainrs_buffer_new();
    const char *proposal = "{\"action\": \"restart\", \"target\": \"payment\", \"confidence\": 0.99}";
    const char *rules = "{\"autonomy\": \"auto_low_risk\", "
                        "\"actions\": [{\"name\": \"restart\", \"risk\": \"low\", \"targets\": [\"pay*\"]}]}";
    CHECK_OK(drainrs_guard_new(NULL, 0, &guard, &error));
    CHECK_OK(drainrs_guard_decide(guard, TEXT(proposal), TEXT("ann"), SECOND, out, &error));
    CHECK(strstr(text_of(out), "\"verdict\":\"suggest\"") != NULL); /* by default nothing runs */
    drainrs_guard_free(&guard);
    CHECK_OK(drainrs_guard_new(TEXT(rules), &guard, &error));
    CHECK_OK(drainrs_guard_decide(guard, TEXT(proposal), NULL, 0, SECOND, out, &error));
    CHECK(strstr(text_of(out), "\"verdict\":\"run\"") != NULL);
    uint64_t run = (uint64_t)number_behind(text_of(out), "\"run\":");
    uint32_t reported = 77;
    CHECK_FAILS(drainrs_guard_report(guard, run, 9, SECOND, &reported, &error), DRAINRS_ERR_ARGUMENT, "outcome", "9");
    CHECK_OK(drainrs_guard_report(guard, run, DRAINRS_OUTCOME_SUCCEEDED, SECOND, &reported, &error));
    CHECK(reported == DRAINRS_REPORTED_NOTED);
    CHECK_OK(drainrs_guard_report(guard, run, DRAINRS_OUTCOME_SUCCEEDED, SECOND, &reported, &error));
    CHECK(reported == DRAINRS_REPORTED_UNKNOWN);
    uint8_t suspended = 77;
    CHECK_OK(drainrs_guard_is_suspended(guard, TEXT("restart"), &suspended, &error));
    CHECK(suspended == 0);
    CHECK_OK(drainrs_guard_take_audit_lines(guard, out, &error));
    CHECK(strchr(text_of(out), '\n') != NULL && strstr(text_of(out), "payment") != NULL);
    CHECK_OK(drainrs_guard_take_audit_lines(guard, out, &error));
    CHECK(strcmp(text_of(out), "") == 0 && drainrs_guard_audit_dropped(guard) == 0);
    drainrs_guard_free(&guard);
    drainrs_guard_free(&guard);
    drainrs_buffer_free(&out);
}

static void correlators(void) {
    drainrs_correlator *correlator = NULL;
    drainrs_buffer *out = drainrs_buffer_new();
    CHECK_OK(drainrs_correlator_new(NULL, 0, &correlator, &error));
    CHECK_OK(drainrs_correlator_advance(correlator, 600 * SECOND, &error));
    CHECK_OK(drainrs_correlator_finish(correlator, &error));
    CHECK_OK(drainrs_correlator_take_correlations(correlator, 10, out, &error));
    CHECK(strcmp(text_of(out), "[]") == 0 && drainrs_correlator_dropped(correlator) == 0);
    drainrs_correlator_free(&correlator);
    drainrs_correlator_free(&correlator);
    drainrs_buffer_free(&out);
}

int main(void) {
    scorer_and_alerter();
    baselines();
    guards();
    correlators();
    return 0;
}
