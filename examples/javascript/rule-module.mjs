// @ts-check
/**
 * The detection module in a JavaScript engine: Node, Deno, Bun, a browser.
 *
 * {@link RuleModule} is the module, compiled once. Each {@link Session} is an
 * instance of it with one open session: they share nothing, so each may have a
 * worker of its own.
 *
 *     const module = await RuleModule.compile(bytes);
 *     const session = module.open();
 *     if (session.push(events) > 0) console.log(new TextDecoder().decode(session.alerts()));
 *
 * ABI.md says what each call means, and the form of all JSON.
 *
 * @module
 */

/** The version of the interface that this host knows. */
const ABI_MAJOR = 1;

/**
 * The module refused a call. The session is as it was before.
 *
 * What else can happen is the engine's `WebAssembly.RuntimeError`, after which a
 * session is of no more use.
 */
export class RuleError extends Error {
  /** @param {Uint8Array} error What `rule_last_error` gave. */
  constructor(error) {
    /** @type {{ code: string, message: string }} */
    const { code, message } = JSON.parse(new TextDecoder().decode(error));
    super(`${code}: ${message}`);
    this.name = "RuleError";
    /** Which error it is, such as `unknown_key`. */
    this.code = code;
    /** All that `rule_last_error` gave, which may say more. */
    this.json = error;
  }
}

/** The module, compiled. */
export class RuleModule {
  #module;

  /** @param {WebAssembly.Module} module */
  constructor(module) {
    this.#module = module;
  }

  /**
   * Compiles the module in `wasm`.
   *
   * @param {Uint8Array<ArrayBuffer>} wasm
   */
  static async compile(wasm) {
    return new RuleModule(await WebAssembly.compile(wasm));
  }

  /**
   * Opens a session with a configuration in JSON; an empty one runs the detections
   * that the module carries.
   *
   * @param {Uint8Array} [config]
   * @returns {Session}
   * @throws {RuleError} where the module refuses the configuration
   */
  open(config = new Uint8Array()) {
    return new Session(new WebAssembly.Instance(this.#module, {}), config);
  }
}

/**
 * An open session. Each call that the module refuses throws a {@link RuleError}.
 * The instance goes, with all that it holds, when the session is no longer held.
 */
export class Session {
  /** @type {Record<string, (...values: (number | bigint)[]) => any>} */
  #exports;
  /** @type {WebAssembly.Memory} */
  #memory;
  /** The handle; while nothing is open 0, that of the errors of `rule_open`. */
  #handle = 0;

  /**
   * Used by {@link RuleModule.open}.
   *
   * @param {WebAssembly.Instance} instance
   * @param {Uint8Array} config
   */
  constructor(instance, config) {
    this.#exports = /** @type {any} */ (instance.exports);
    this.#memory = /** @type {any} */ (instance.exports.memory);
    const major = this.#exports.rule_abi_version() >> 16;
    if (major !== ABI_MAJOR) {
      throw new Error(`the module's interface is version ${major}, not ${ABI_MAJOR}`);
    }
    this.#handle = this.#withBytes(config, (pointer, length) =>
      this.#check(this.#exports.rule_open(pointer, length)),
    );
  }

  /**
   * Begins an input, such as `{"name":"a.xml","format":"xml"}`.
   *
   * @param {Uint8Array} settings
   */
  input(settings) {
    this.#give("rule_input", settings);
  }

  /**
   * Bytes of the input, cut anywhere.
   *
   * @param {Uint8Array} bytes
   * @returns {number} how many alerts wait
   */
  push(bytes) {
    return this.#give("rule_push", bytes);
  }

  /**
   * Tells the time.
   *
   * @param {number | bigint} nowMs whole milliseconds since 1970
   * @returns {number} how many alerts wait
   */
  advance(nowMs) {
    return this.#check(this.#exports.rule_advance(this.#handle, BigInt(nowMs)));
  }

  /**
   * The end of all input and of time.
   *
   * @returns {number} how many alerts wait
   */
  finish() {
    return this.#check(this.#exports.rule_finish(this.#handle));
  }

  /**
   * Alerts that wait, as lines of JSON, taken. There may be more than are given at
   * once: none wait any more when nothing is given.
   */
  alerts() {
    return this.#take(this.#exports.rule_alerts(this.#handle));
  }

  /** What was read, matched and left out, as JSON. */
  counters() {
    return this.#take(this.#exports.rule_counters(this.#handle));
  }

  /** The rules, limits and memory, as JSON. */
  describe() {
    return this.#take(this.#exports.rule_describe(this.#handle));
  }

  /**
   * Which part of each search holds for a record, as JSON.
   *
   * @param {Uint8Array} record
   */
  explain(record) {
    return this.#withBytes(record, (pointer, length) =>
      this.#take(this.#exports.rule_explain(this.#handle, pointer, length)),
    );
  }

  /** The whole state, to be kept. */
  snapshot() {
    return this.#take(this.#exports.rule_snapshot(this.#handle));
  }

  /**
   * Goes on from a state that was kept, of the same rules and settings.
   *
   * @param {Uint8Array} snapshot
   */
  restore(snapshot) {
    this.#give("rule_restore", snapshot);
  }

  /**
   * Joins the state of a session that read another part of the same events.
   *
   * @param {Uint8Array} snapshot
   * @returns {number} how many alerts wait
   */
  merge(snapshot) {
    return this.#give("rule_merge", snapshot);
  }

  /**
   * Calls an export with bytes, and checks the number that it gives.
   *
   * @param {string} name
   * @param {Uint8Array} bytes
   */
  #give(name, bytes) {
    return this.#withBytes(bytes, (pointer, length) =>
      this.#check(this.#exports[name](this.#handle, pointer, length)),
    );
  }

  /**
   * Runs `call` while a copy of `bytes` is in the module's memory.
   *
   * @template T
   * @param {Uint8Array} bytes
   * @param {(pointer: number, length: number) => T} call
   */
  #withBytes(bytes, call) {
    if (bytes.length === 0) return call(0, 0);
    const pointer = this.#exports.malloc(bytes.length) >>> 0;
    if (pointer === 0) throw noRoom(bytes.length);
    try {
      this.#view().set(bytes, pointer);
      return call(pointer, bytes.length);
    } finally {
      this.#exports.free(pointer);
    }
  }

  /**
   * A number from the module: below 0 it is an error.
   *
   * @param {number} number
   */
  #check(number) {
    if (number < 0) throw this.#lastError();
    return number;
  }

  /**
   * Copies the bytes that a result points to: 0 is an error.
   *
   * @param {bigint} packed
   */
  #take(packed) {
    if (packed === 0n) throw this.#lastError();
    return this.#copy(packed);
  }

  #lastError() {
    return new RuleError(this.#copy(this.#exports.rule_last_error(this.#handle)));
  }

  /** @param {bigint} packed */
  #copy(packed) {
    const pointer = Number(BigInt.asUintN(32, packed >> 32n));
    const length = Number(BigInt.asUintN(32, packed));
    return this.#view().slice(pointer, pointer + length);
  }

  /** The memory as it is now: when a call grows it, an older view is of no use. */
  #view() {
    return new Uint8Array(this.#memory.buffer);
  }
}

/** @param {number} length */
function noRoom(length) {
  const message = `the module has no memory for ${length} bytes`;
  const error = JSON.stringify({ code: "out_of_memory", message });
  return new RuleError(new TextEncoder().encode(error));
}
