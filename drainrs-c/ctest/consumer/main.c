#include <drainrs.h>
#include <stdio.h>
#include <string.h>

int main(void) {
    if (drainrs_abi_version() != DRAINRS_ABI_VERSION) return 1;
    drainrs_miner *miner = NULL;
    drainrs_buffer *text = drainrs_buffer_new();
    const char *line = "disk 1 is full";
    uint64_t id = 0;
    if (drainrs_miner_new(NULL, 0, &miner, NULL) != DRAINRS_OK) return 1;
    if (drainrs_miner_insert(miner, (const uint8_t *)line, strlen(line), &id, NULL, NULL) != DRAINRS_OK) return 1;
    if (drainrs_miner_template_text(miner, id, text, NULL) != DRAINRS_OK) return 1;
    const char *found = (const char *)drainrs_buffer_data(text, NULL);
    puts(found);
    int good = strcmp(found, "disk <NUM> is full") == 0;
    drainrs_buffer_free(&text);
    drainrs_miner_free(&miner);
    return good ? 0 : 1;
}
