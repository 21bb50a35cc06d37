import { RuleError } from "./error.js";
import type { RawSession } from "../wasm/rule.js";
import type { Config, Counters, Description, Explanation, Input } from "./types.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A value as JSON; text and bytes are JSON already. */
function json(value: object | string | Uint8Array | undefined): Uint8Array {
  if (value === undefined) return new Uint8Array();
  if (value instanceof Uint8Array) return value;
  return encoder.encode(typeof value === "string" ? value : JSON.stringify(value));
}

/** Runs a call of the module; what it throws as text is an error of the engine. */
function run<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw typeof error === "string" ? new RuleError(error) : error;
  }
}

function parsed(bytes: Uint8Array): any {
  return JSON.parse(decoder.decode(bytes));
}

/** The calls of a session that give bytes as they are, which no reading has changed. */
export interface Raw {
  counters(): Uint8Array;
  describe(): Uint8Array;
  explain(record: Uint8Array): Uint8Array;
}

/**
 * An open session: it is given bytes of logs and gives alerts. Each call that the engine
 * refuses throws a {@link RuleError}, and leaves the session as it was.
 */
export class Session {
  readonly #raw: RawSession;
  #closed = false;

  private constructor(raw: RawSession) {
    this.#raw = raw;
  }

  /** Used by `Engine.open`. */
  static of(Raw: typeof RawSession, config?: Config | string | Uint8Array): Session {
    return new Session(run(() => Raw.open(json(config))));
  }

  /** Begins an input; the record in progress ends. Not needed where one is all there is. */
  input(settings: Input | string | Uint8Array = {}): void {
    run(() => this.#raw.input(json(settings)));
  }

  /** Takes bytes of the input, cut anywhere; gives how many alerts wait. */
  push(bytes: Uint8Array): number {
    return run(() => this.#raw.push(bytes));
  }

  /** Whether none of the events stored in these bytes can match. ABI.md, "Stored events". */
  pass(bytes: Uint8Array, records: number): boolean {
    return run(() => this.#raw.pass(bytes, records));
  }

  /** Tells the time, in milliseconds since 1970; gives how many alerts wait. */
  advance(nowMs: number | bigint): number {
    return run(() => this.#raw.advance(BigInt(nowMs)));
  }

  /** The end of all input and of time; gives how many alerts wait. */
  finish(): number {
    return run(() => this.#raw.finish());
  }

  /**
   * Alerts that wait, as lines of JSON, taken: about 256 KiB at once. None wait any more
   * when nothing is given.
   */
  alerts(): Uint8Array {
    return run(() => this.#raw.alerts());
  }

  /** All alerts that wait, part after part. */
  *allAlerts(): Generator<Uint8Array> {
    for (let lines; (lines = this.alerts()).length > 0; ) yield lines;
  }

  /** What was read, matched and left out. */
  counters(): Counters {
    return parsed(this.raw.counters());
  }

  /** The rules, their fields and schedules, and the limits. */
  describe(): Description {
    return parsed(this.raw.describe());
  }

  /** The first record of these bytes against each rule. Changes nothing. */
  explain(record: Uint8Array | string): Explanation {
    return parsed(this.raw.explain(json(record)));
  }

  /** The whole state, to be kept. */
  snapshot(): Uint8Array {
    return run(() => this.#raw.snapshot());
  }

  /** Goes on from a state that was kept, of the same rules and settings. */
  restore(snapshot: Uint8Array): void {
    run(() => this.#raw.restore(snapshot));
  }

  /** Joins the state of a session that read another part of the same events. */
  merge(snapshot: Uint8Array): number {
    return run(() => this.#raw.merge(snapshot));
  }

  /** Gives its memory back; it is of no use any more. A second time it does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#raw.free();
  }

  /** The JSON of some calls as bytes, as the engine wrote it. */
  get raw(): Raw {
    const raw = this.#raw;
    return {
      counters: () => raw.counters(),
      describe: () => raw.describe(),
      explain: (record) => run(() => raw.explain(record)),
    };
  }
}
