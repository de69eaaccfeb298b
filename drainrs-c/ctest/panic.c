/* A bug of the library is a status, and the end of the handle that it was found in. Needs a library with `testing`. */

#include "check.h"

/* Panics while it has the miner; only in libraries for tests. */
drainrs_status drainrs_testing_panic(drainrs_miner *miner, drainrs_error **error);

int main(void) {
    drainrs_miner *broken = NULL, *sound = NULL;
    drainrs_buffer *out = drainrs_buffer_new();
    CHECK_OK(drainrs_miner_new(NULL, 0, &broken, &error));
    CHECK_OK(drainrs_miner_new(NULL, 0, &sound, &error));
    CHECK_OK(drainrs_miner_insert(broken, TEXT("disk 1 is full"), NULL, NULL, &error));
    CHECK_OK(drainrs_miner_template_text(broken, 1, out, &error));

    CHECK_FAILS(drainrs_testing_panic(broken, &error), DRAINRS_ERR_PANIC, "", "on purpose, with 1 templates");

    /* Whoever comes later is told, whether he changes or reads, and what he had stays as it was. */
    uint64_t id = 77;
    CHECK_FAILS(drainrs_miner_insert(broken, TEXT("disk 2 is full"), &id, NULL, &error), DRAINRS_ERR_PANIC, "", "free it");
    CHECK_FAILS(drainrs_miner_find(broken, TEXT("disk 2 is full"), &id, &error), DRAINRS_ERR_PANIC, "", "free it");
    CHECK_FAILS(drainrs_miner_snapshot(broken, out, &error), DRAINRS_ERR_PANIC, "", "free it");
    CHECK_FAILS(drainrs_miner_merge(sound, broken, out, &error), DRAINRS_ERR_PANIC, "", "free it");
    CHECK_FAILS(drainrs_miner_merge(broken, sound, out, &error), DRAINRS_ERR_PANIC, "", "free it");
    CHECK_FAILS(drainrs_testing_panic(broken, &error), DRAINRS_ERR_PANIC, "", "free it");
    CHECK(drainrs_testing_panic(broken, NULL) == DRAINRS_ERR_PANIC);
    CHECK(drainrs_miner_template_count(broken) == 0);
    CHECK(id == 77);
    CHECK(strcmp(text_of(out), "disk <NUM> is full") == 0);

    /* The others go on. */
    CHECK_OK(drainrs_miner_insert(sound, TEXT("disk 2 is full"), &id, NULL, &error));
    CHECK(id == 1);

    /* Nobody asked why: nothing leaks. */
    CHECK(drainrs_testing_panic(sound, NULL) == DRAINRS_ERR_PANIC);
    CHECK(drainrs_testing_panic(NULL, NULL) == DRAINRS_ERR_NULL);

    drainrs_miner_free(&broken);
    CHECK(broken == NULL);
    drainrs_miner_free(&broken);
    drainrs_miner_free(&sound);
    drainrs_buffer_free(&out);
    return 0;
}
