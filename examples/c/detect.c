/* Runs the module over a file: detect RULE.wasm EVENTS [CONFIG.json].
 *
 * Alerts go to standard output as lines of JSON, the counters to standard error. */

#include <stdio.h>
#include <stdlib.h>

#include "rule_module.h"

/* How many bytes are read, and given to the module, at once. */
#define PIECE ((size_t)64 * 1024)

/* Reads a whole file. */
static bool read_file(const char *path, rule_bytes *bytes) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return false;
    }
    size_t room = PIECE;
    *bytes = (rule_bytes){malloc(room), 0};
    while (bytes->data != NULL) {
        bytes->size += fread(bytes->data + bytes->size, 1, room - bytes->size, file);
        if (bytes->size < room) break;
        room *= 2;
        char *larger = realloc(bytes->data, room);
        if (larger == NULL) free(bytes->data);
        bytes->data = larger;
    }
    bool failed = bytes->data == NULL || ferror(file);
    if (failed) perror(path);
    fclose(file);
    return !failed;
}

static bool print_alerts(rule_session *session, rule_error *error) {
    for (;;) {
        rule_bytes lines;
        if (!rule_session_alerts(session, &lines, error)) return false;
        bool done = lines.size == 0;
        fwrite(lines.data, 1, lines.size, stdout);
        free(lines.data);
        if (done) return true;
    }
}

static bool detect(rule_session *session, FILE *events, rule_error *error) {
    static char piece[PIECE];
    size_t length, waiting;
    while ((length = fread(piece, 1, PIECE, events)) > 0) {
        if (!rule_session_push(session, piece, length, &waiting, error)) return false;
        if (waiting > 0 && !print_alerts(session, error)) return false;
    }
    if (!rule_session_finish(session, &waiting, error)) return false;
    if (waiting > 0 && !print_alerts(session, error)) return false;
    rule_bytes counters;
    if (!rule_session_counters(session, &counters, error)) return false;
    fprintf(stderr, "%s\n", counters.data);
    free(counters.data);
    return true;
}

int main(int count, char **arguments) {
    if (count != 3 && count != 4) {
        fputs("usage: detect RULE.wasm EVENTS [CONFIG.json]\n", stderr);
        return EXIT_FAILURE;
    }
    rule_bytes wasm, config = {NULL, 0};
    if (!read_file(arguments[1], &wasm)) return EXIT_FAILURE;
    if (count == 4 && !read_file(arguments[3], &config)) return EXIT_FAILURE;
    FILE *events = fopen(arguments[2], "rb");
    if (events == NULL) {
        perror(arguments[2]);
        return EXIT_FAILURE;
    }

    rule_error error;
    rule_session *session = NULL;
    rule_module *module = rule_module_new(wasm.data, wasm.size, &error);
    if (module != NULL) session = rule_session_new(module, config.data, config.size, &error);
    bool went_well = session != NULL && detect(session, events, &error);
    if (!went_well) {
        fprintf(stderr, "error: %s\n", error.text.data);
        free(error.text.data);
    } else if (ferror(events)) {
        perror(arguments[2]);
        went_well = false;
    }
    rule_session_delete(session);
    rule_module_delete(module);
    fclose(events);
    free(config.data);
    free(wasm.data);
    return went_well ? EXIT_SUCCESS : EXIT_FAILURE;
}
