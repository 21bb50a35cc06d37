/* Answers what tests/src/host/child.rs asks, over the host of examples/c:
 * play RULE.wasm */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule_module.h"

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "%s\n", what);
    exit(EXIT_FAILURE);
}

static rule_bytes read_bytes(FILE *file, size_t size) {
    rule_bytes bytes = {malloc(size + 1), size};
    if (bytes.data == NULL || fread(bytes.data, 1, size, file) != size) fail("a short read");
    bytes.data[size] = '\0';
    return bytes;
}

static void write_bytes(const char *kind, rule_bytes bytes) {
    printf("%s %zu\n", kind, bytes.size);
    fwrite(bytes.data, 1, bytes.size, stdout);
    fflush(stdout);
}

/* What a call gives: bytes, or else a number, or else nothing. */
typedef struct given {
    rule_bytes bytes;
    size_t number;
    bool is_number;
} given;

static bool answer(rule_session *session, const char *verb, rule_bytes data, given *given,
                   rule_error *error) {
    size_t *number = &given->number;
    rule_bytes *bytes = &given->bytes;
    if (strcmp(verb, "input") == 0)
        return rule_session_input(session, data.data, data.size, error);
    if (strcmp(verb, "restore") == 0)
        return rule_session_restore(session, data.data, data.size, error);
    if (strcmp(verb, "explain") == 0)
        return rule_session_explain(session, data.data, data.size, bytes, error);
    if (strcmp(verb, "alerts") == 0) return rule_session_alerts(session, bytes, error);
    if (strcmp(verb, "counters") == 0) return rule_session_counters(session, bytes, error);
    if (strcmp(verb, "describe") == 0) return rule_session_describe(session, bytes, error);
    if (strcmp(verb, "snapshot") == 0) return rule_session_snapshot(session, bytes, error);
    given->is_number = true;
    if (strcmp(verb, "push") == 0)
        return rule_session_push(session, data.data, data.size, number, error);
    if (strcmp(verb, "advance") == 0)
        return rule_session_advance(session, strtoll(data.data, NULL, 10), number, error);
    if (strcmp(verb, "finish") == 0) return rule_session_finish(session, number, error);
    if (strcmp(verb, "merge") == 0)
        return rule_session_merge(session, data.data, data.size, number, error);
    fail(verb);
}

int main(int count, char **arguments) {
    FILE *file = count == 2 ? fopen(arguments[1], "rb") : NULL;
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) fail("usage: play RULE.wasm");
    size_t size = (size_t)ftell(file);
    rewind(file);
    rule_bytes wasm = read_bytes(file, size);
    fclose(file);
    rule_error error;
    rule_module *module = rule_module_new(wasm.data, wasm.size, &error);
    if (module == NULL) fail(error.text.data);
    free(wasm.data);

    rule_session *session = NULL;
    char verb[16];
    while (scanf("%15s %zu", verb, &size) == 2 && getchar() == '\n') {
        rule_bytes data = read_bytes(stdin, size);
        given given = {{NULL, 0}, 0, false};
        bool went_well;
        if (strcmp(verb, "open") == 0) {
            rule_session_delete(session);
            session = rule_session_new(module, data.data, data.size, &error);
            went_well = session != NULL;
        } else {
            went_well = answer(session, verb, data, &given, &error);
        }
        if (went_well && given.is_number) {
            char text[24];
            int length = snprintf(text, sizeof text, "%zu", given.number);
            write_bytes("ok", (rule_bytes){text, (size_t)length});
        } else if (went_well) {
            write_bytes("ok", given.bytes);
        } else if (error.refused) {
            write_bytes("refused", error.text);
            free(error.text.data);
        } else {
            fail(error.text.data);
        }
        free(given.bytes.data);
        free(data.data);
    }
    rule_session_delete(session);
    rule_module_delete(module);
    return EXIT_SUCCESS;
}
