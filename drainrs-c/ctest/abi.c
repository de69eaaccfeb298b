/* Which library this is, and that it belongs to this header. */

#include "check.h"

int main(void) {
    CHECK(drainrs_abi_version() == DRAINRS_ABI_VERSION);

    char expected[32];
    snprintf(expected, sizeof expected, "%d.%d.%d", DRAINRS_VERSION_MAJOR, DRAINRS_VERSION_MINOR, DRAINRS_VERSION_PATCH);
    size_t len = 0;
    CHECK(strcmp((const char *)drainrs_version(&len), expected) == 0);
    CHECK(len == strlen(expected));
    CHECK(drainrs_version(NULL) == drainrs_version(&len));

    CHECK(sizeof(drainrs_status) == 4);
    CHECK(DRAINRS_NO_TIME == INT64_MIN);

    /* Statuses have names, each its own; any other number has one, too. */
    const drainrs_status statuses[] = {
        DRAINRS_OK,           DRAINRS_ERR_NULL,     DRAINRS_ERR_ARGUMENT,         DRAINRS_ERR_PANIC,
        DRAINRS_ERR_CONFIG,   DRAINRS_ERR_PATTERN,  DRAINRS_ERR_LIMIT,            DRAINRS_ERR_SNAPSHOT,
        DRAINRS_ERR_TASK,     DRAINRS_ERR_FEATURE,  DRAINRS_ERR_SNAPSHOT_VERSION, DRAINRS_ERR_SNAPSHOT_CONFIG,
    };
    size_t count = sizeof statuses / sizeof statuses[0];
    for (size_t i = 0; i < count; i++) {
        CHECK(strcmp(drainrs_status_name(statuses[i]), "unknown") != 0);
        for (size_t j = 0; j < i; j++) {
            CHECK(strcmp(drainrs_status_name(statuses[i]), drainrs_status_name(statuses[j])) != 0);
        }
    }
    CHECK(strcmp(drainrs_status_name(DRAINRS_ERR_SNAPSHOT_VERSION), "snapshot_version") == 0);
    CHECK(strcmp(drainrs_status_name(-1), "unknown") == 0);
    CHECK(strcmp(drainrs_status_name(INT32_MAX), "unknown") == 0);
    return 0;
}
