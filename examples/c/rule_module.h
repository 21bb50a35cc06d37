/* The detection module over wasm.h, the C interface that wasmtime, WAMR, wasmer and
 * others share.
 *
 * A rule_module is the module, compiled once. Each rule_session is an instance of it
 * with one open session: they share nothing, so each may have a thread of its own.
 *
 * A function that can fail returns false and says in `error` why. ABI.md says what
 * each call means, and the form of all JSON. */

#ifndef RULE_MODULE_H
#define RULE_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rule_module rule_module;
typedef struct rule_session rule_session;

/* Bytes that a function gave, with a NUL behind them. They are the caller's, who
 * gives them back with free(data). */
typedef struct rule_bytes {
    char *data;
    size_t size;
} rule_bytes;

/* Why a call failed. */
typedef struct rule_error {
    /* The module refused it, and the session is as it was before; or else the
     * runtime failed, and the session is of no more use. */
    bool refused;
    /* The JSON of rule_last_error; or else what the runtime says. */
    rule_bytes text;
} rule_error;

/* Compiles the module in `wasm`. NULL where it is none. */
rule_module *rule_module_new(const void *wasm, size_t size, rule_error *error);

/* Gives back the module; its sessions are to be deleted before. */
void rule_module_delete(rule_module *module);

/* Opens a session with a configuration in JSON; an empty one runs the detections
 * that the module carries. NULL where the module refuses the configuration. */
rule_session *rule_session_new(rule_module *module, const void *config, size_t size,
                               rule_error *error);

/* Gives back the session and all that it held. */
void rule_session_delete(rule_session *session);

/* Begins an input, such as {"name":"a.xml","format":"xml"}. */
bool rule_session_input(rule_session *session, const void *settings, size_t size,
                        rule_error *error);

/* Bytes of the input, cut anywhere. `waiting` is how many alerts wait. */
bool rule_session_push(rule_session *session, const void *data, size_t size,
                       size_t *waiting, rule_error *error);

/* Tells the time, in milliseconds since 1970. */
bool rule_session_advance(rule_session *session, int64_t now_ms, size_t *waiting,
                          rule_error *error);

/* The end of all input and of time. */
bool rule_session_finish(rule_session *session, size_t *waiting, rule_error *error);

/* Alerts that wait, as lines of JSON, taken. There may be more than are given at
 * once: none wait any more when nothing is given. */
bool rule_session_alerts(rule_session *session, rule_bytes *lines, rule_error *error);

/* What was read, matched and left out, as JSON. */
bool rule_session_counters(rule_session *session, rule_bytes *json, rule_error *error);

/* The rules, limits and memory, as JSON. */
bool rule_session_describe(rule_session *session, rule_bytes *json, rule_error *error);

/* Which part of each search holds for a record, as JSON. */
bool rule_session_explain(rule_session *session, const void *record, size_t size,
                          rule_bytes *json, rule_error *error);

/* The whole state, to be kept. */
bool rule_session_snapshot(rule_session *session, rule_bytes *state, rule_error *error);

/* Goes on from a state that was kept, of the same rules and settings. */
bool rule_session_restore(rule_session *session, const void *state, size_t size,
                          rule_error *error);

/* Joins the state of a session that read another part of the same events. */
bool rule_session_merge(rule_session *session, const void *state, size_t size,
                        size_t *waiting, rule_error *error);

#endif
