#include "rule_module.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wasm.h>

/* The version of the interface that this host knows. */
#define ABI_MAJOR 1

/* The exports that this host uses, in the order of `names`. */
enum export {
    MEMORY,
    MALLOC,
    FREE,
    ABI_VERSION,
    OPEN,
    INPUT,
    PUSH,
    ADVANCE,
    FINISH,
    ALERTS,
    COUNTERS,
    DESCRIBE,
    EXPLAIN,
    SNAPSHOT,
    RESTORE,
    MERGE,
    LAST_ERROR,
    EXPORTS
};

static const char *const names[EXPORTS] = {
    "memory",        "malloc",        "free",          "rule_abi_version", "rule_open",
    "rule_input",    "rule_push",     "rule_advance",  "rule_finish",      "rule_alerts",
    "rule_counters", "rule_describe", "rule_explain",  "rule_snapshot",    "rule_restore",
    "rule_merge",    "rule_last_error"};

struct rule_module {
    wasm_engine_t *engine;
    wasm_shared_module_t *shared;
    /* Where each export stands among all of them. */
    size_t places[EXPORTS];
};

struct rule_session {
    wasm_store_t *store;
    wasm_instance_t *instance;
    wasm_extern_vec_t exports;
    wasm_memory_t *memory;
    wasm_func_t *functions[EXPORTS];
    /* While nothing is open it is 0, that of the errors of rule_open. */
    int32_t handle;
};

/* --- errors and bytes --- */

/* A copy with a NUL behind it; without memory for it, nothing. */
static rule_bytes copy_of(const void *data, size_t size) {
    rule_bytes bytes = {malloc(size + 1), 0};
    if (bytes.data != NULL) {
        memcpy(bytes.data, data, size);
        bytes.data[size] = '\0';
        bytes.size = size;
    }
    return bytes;
}

/* The runtime failed. Always false, to be returned. */
static bool broken(rule_error *error, const char *text) {
    error->refused = false;
    error->text = copy_of(text, strlen(text));
    return false;
}

/* There was no room in the module for bytes of the host's. Always false. */
static bool no_room(rule_error *error, size_t size) {
    char text[128];
    int length = snprintf(text, sizeof text,
                          "{\"code\":\"out_of_memory\",\"message\":"
                          "\"the module has no memory for %zu bytes\"}",
                          size);
    error->refused = true;
    error->text = copy_of(text, (size_t)length);
    return false;
}

/* --- calls --- */

/* Calls an export; what it gives, if anything, is one number. */
static bool call(rule_session *session, enum export export, wasm_val_t *arguments,
                 size_t count, wasm_val_t *result, rule_error *error) {
    wasm_func_t *function = session->functions[export];
    wasm_val_vec_t given = {count, arguments};
    wasm_val_vec_t taken = {wasm_func_result_arity(function), result};
    wasm_trap_t *trap = wasm_func_call(function, &given, &taken);
    if (trap == NULL) return true;
    wasm_message_t message;
    wasm_trap_message(trap, &message);
    error->refused = false;
    error->text = copy_of(message.data, message.size);
    wasm_byte_vec_delete(&message);
    wasm_trap_delete(trap);
    return false;
}

static wasm_val_t i32(uint32_t value) {
    return (wasm_val_t){.kind = WASM_I32, .of = {.i32 = (int32_t)value}};
}

static wasm_val_t of_handle(const rule_session *session) {
    return i32((uint32_t)session->handle);
}

/* Copies what a result points to: the module's next call may overwrite it, and the
 * memory may have moved with the call that gave it. */
static bool copy_out(rule_session *session, uint64_t packed, rule_bytes *bytes,
                     rule_error *error) {
    size_t pointer = packed >> 32, length = (uint32_t)packed;
    size_t size = wasm_memory_data_size(session->memory);
    if (pointer > size || length > size - pointer) {
        return broken(error, "the module gave bytes outside of its memory");
    }
    *bytes = copy_of(wasm_memory_data(session->memory) + pointer, length);
    return bytes->data != NULL || broken(error, "the host is out of memory");
}

/* Says why the module refused the last call. Always false. */
static bool refused(rule_session *session, rule_error *error) {
    wasm_val_t arguments[] = {of_handle(session)}, result;
    if (!call(session, LAST_ERROR, arguments, 1, &result, error)) return false;
    rule_bytes text;
    if (!copy_out(session, (uint64_t)result.of.i64, &text, error)) return false;
    error->refused = true;
    error->text = text;
    return false;
}

/* Calls an export that gives a number: below 0 it is an error. */
static bool number(rule_session *session, enum export export, wasm_val_t *arguments,
                   size_t count, size_t *number, rule_error *error) {
    wasm_val_t result;
    if (!call(session, export, arguments, count, &result, error)) return false;
    if (result.of.i32 < 0) return refused(session, error);
    *number = (size_t)result.of.i32;
    return true;
}

/* Calls an export that gives bytes: 0 is an error. */
static bool take(rule_session *session, enum export export, wasm_val_t *arguments,
                 size_t count, rule_bytes *bytes, rule_error *error) {
    wasm_val_t result;
    if (!call(session, export, arguments, count, &result, error)) return false;
    if (result.of.i64 == 0) return refused(session, error);
    return copy_out(session, (uint64_t)result.of.i64, bytes, error);
}

/* Copies bytes into the module's memory; nothing is at 0. */
static bool put(rule_session *session, const void *data, size_t size, uint32_t *pointer,
                rule_error *error) {
    *pointer = 0;
    if (size == 0) return true;
    if (size > UINT32_MAX) return no_room(error, size);
    wasm_val_t arguments[] = {i32((uint32_t)size)}, result;
    if (!call(session, MALLOC, arguments, 1, &result, error)) return false;
    if (result.of.i32 == 0) return no_room(error, size);
    *pointer = (uint32_t)result.of.i32;
    memcpy(wasm_memory_data(session->memory) + *pointer, data, size);
    return true;
}

/* Gives back what `put` took, after a call that went well or not: an error that is
 * there already is the one to tell. */
static bool give_back(rule_session *session, uint32_t pointer, bool went_well,
                      rule_error *error) {
    rule_error own;
    wasm_val_t arguments[] = {i32(pointer)};
    if (call(session, FREE, arguments, 1, NULL, &own)) return went_well;
    if (went_well) {
        *error = own;
    } else {
        free(own.text.data);
    }
    return false;
}

/* Calls an export with the handle and bytes; it gives a number. */
static bool give(rule_session *session, enum export export, const void *data, size_t size,
                 size_t *count, rule_error *error) {
    uint32_t pointer;
    if (!put(session, data, size, &pointer, error)) return false;
    wasm_val_t arguments[] = {of_handle(session), i32(pointer), i32((uint32_t)size)};
    bool went_well = number(session, export, arguments, 3, count, error);
    return give_back(session, pointer, went_well, error);
}

/* --- the module --- */

/* Some runtimes count a NUL at the end of a name. */
static bool is_called(const wasm_name_t *name, const char *text) {
    size_t length = strlen(text);
    bool counts_nul = name->size == length + 1 && name->data[length] == '\0';
    return (name->size == length || counts_nul) && memcmp(name->data, text, length) == 0;
}

/* Where the exports stand; false where one is missing. */
static bool find_exports(rule_module *module, const wasm_module_t *compiled) {
    wasm_exporttype_vec_t types;
    wasm_module_exports(compiled, &types);
    size_t found = 0;
    for (size_t export = 0; export < EXPORTS; export++) {
        for (size_t place = 0; place < types.size; place++) {
            const wasm_name_t *name = wasm_exporttype_name(types.data[place]);
            if (is_called(name, names[export])) {
                module->places[export] = place;
                found++;
            }
        }
    }
    wasm_exporttype_vec_delete(&types);
    return found == EXPORTS;
}

rule_module *rule_module_new(const void *wasm, size_t size, rule_error *error) {
    rule_module *module = calloc(1, sizeof *module);
    if (module == NULL) {
        broken(error, "the host is out of memory");
        return NULL;
    }
    module->engine = wasm_engine_new();
    wasm_store_t *store = wasm_store_new(module->engine);
    wasm_byte_vec_t binary;
    wasm_byte_vec_new(&binary, size, wasm);
    wasm_module_t *compiled = wasm_module_new(store, &binary);
    wasm_byte_vec_delete(&binary);
    if (compiled == NULL) {
        broken(error, "this is no WebAssembly module");
    } else if (!find_exports(module, compiled)) {
        broken(error, "this module has another interface");
    } else {
        module->shared = wasm_module_share(compiled);
    }
    if (compiled != NULL) wasm_module_delete(compiled);
    wasm_store_delete(store);
    if (module->shared != NULL) return module;
    rule_module_delete(module);
    return NULL;
}

void rule_module_delete(rule_module *module) {
    if (module == NULL) return;
    if (module->shared != NULL) wasm_shared_module_delete(module->shared);
    wasm_engine_delete(module->engine);
    free(module);
}

/* --- sessions --- */

/* Makes the instance, in a store of its own: it lives as long as its store. */
static bool start(rule_session *session, const rule_module *module, rule_error *error) {
    session->store = wasm_store_new(module->engine);
    wasm_module_t *compiled = wasm_module_obtain(session->store, module->shared);
    wasm_extern_vec_t imports = WASM_EMPTY_VEC;
    wasm_trap_t *trap = NULL;
    session->instance = wasm_instance_new(session->store, compiled, &imports, &trap);
    wasm_module_delete(compiled);
    if (trap != NULL) wasm_trap_delete(trap);
    if (session->instance == NULL) {
        return broken(error, "the module cannot be instantiated");
    }
    wasm_instance_exports(session->instance, &session->exports);
    wasm_extern_t **exports = session->exports.data;
    session->memory = wasm_extern_as_memory(exports[module->places[MEMORY]]);
    for (size_t export = MALLOC; export < EXPORTS; export++) {
        session->functions[export] = wasm_extern_as_func(exports[module->places[export]]);
    }
    return true;
}

static bool open(rule_session *session, const void *config, size_t size,
                 rule_error *error) {
    wasm_val_t version;
    if (!call(session, ABI_VERSION, NULL, 0, &version, error)) return false;
    if (version.of.i32 >> 16 != ABI_MAJOR) {
        return broken(error, "the module's interface is of another version");
    }
    uint32_t pointer;
    if (!put(session, config, size, &pointer, error)) return false;
    wasm_val_t arguments[] = {i32(pointer), i32((uint32_t)size)};
    size_t handle = 0;
    bool went_well = number(session, OPEN, arguments, 2, &handle, error);
    session->handle = (int32_t)handle;
    return give_back(session, pointer, went_well, error);
}

rule_session *rule_session_new(rule_module *module, const void *config, size_t size,
                               rule_error *error) {
    rule_session *session = calloc(1, sizeof *session);
    if (session == NULL) {
        broken(error, "the host is out of memory");
        return NULL;
    }
    if (start(session, module, error) && open(session, config, size, error)) {
        return session;
    }
    rule_session_delete(session);
    return NULL;
}

void rule_session_delete(rule_session *session) {
    if (session == NULL) return;
    if (session->instance != NULL) {
        wasm_extern_vec_delete(&session->exports);
        wasm_instance_delete(session->instance);
    }
    wasm_store_delete(session->store);
    free(session);
}

bool rule_session_input(rule_session *session, const void *settings, size_t size,
                        rule_error *error) {
    size_t nothing;
    return give(session, INPUT, settings, size, &nothing, error);
}

bool rule_session_push(rule_session *session, const void *data, size_t size,
                       size_t *waiting, rule_error *error) {
    return give(session, PUSH, data, size, waiting, error);
}

bool rule_session_advance(rule_session *session, int64_t now_ms, size_t *waiting,
                          rule_error *error) {
    wasm_val_t now = {.kind = WASM_I64, .of = {.i64 = now_ms}};
    wasm_val_t arguments[] = {of_handle(session), now};
    return number(session, ADVANCE, arguments, 2, waiting, error);
}

bool rule_session_finish(rule_session *session, size_t *waiting, rule_error *error) {
    wasm_val_t arguments[] = {of_handle(session)};
    return number(session, FINISH, arguments, 1, waiting, error);
}

bool rule_session_alerts(rule_session *session, rule_bytes *lines, rule_error *error) {
    wasm_val_t arguments[] = {of_handle(session)};
    return take(session, ALERTS, arguments, 1, lines, error);
}

bool rule_session_counters(rule_session *session, rule_bytes *json, rule_error *error) {
    wasm_val_t arguments[] = {of_handle(session)};
    return take(session, COUNTERS, arguments, 1, json, error);
}

bool rule_session_describe(rule_session *session, rule_bytes *json, rule_error *error) {
    wasm_val_t arguments[] = {of_handle(session)};
    return take(session, DESCRIBE, arguments, 1, json, error);
}

bool rule_session_explain(rule_session *session, const void *record, size_t size,
                          rule_bytes *json, rule_error *error) {
    uint32_t pointer;
    if (!put(session, record, size, &pointer, error)) return false;
    wasm_val_t arguments[] = {of_handle(session), i32(pointer), i32((uint32_t)size)};
    bool went_well = take(session, EXPLAIN, arguments, 3, json, error);
    return give_back(session, pointer, went_well, error);
}

bool rule_session_snapshot(rule_session *session, rule_bytes *state, rule_error *error) {
    wasm_val_t arguments[] = {of_handle(session)};
    return take(session, SNAPSHOT, arguments, 1, state, error);
}

bool rule_session_restore(rule_session *session, const void *state, size_t size,
                          rule_error *error) {
    size_t nothing;
    return give(session, RESTORE, state, size, &nothing, error);
}

bool rule_session_merge(rule_session *session, const void *state, size_t size,
                        size_t *waiting, rule_error *error) {
    return give(session, MERGE, state, size, waiting, error);
}
