/** A case in the bindings, in Node or in a browser: what tests/src/play.rs does. */

import type { Engine, Session } from "rule-web";

import type { Case } from "./cases";

export interface Outcome {
  described: string;
  explained?: { given: string } | { error: string };
  waiting: number[];
  errors: string[];
  alerts: string;
  counters: string;
  /** The counters of the records of `hits`, then of `misses`. */
  probes: string[];
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (text: string) => new TextEncoder().encode(text);

/** The JSON of an error of the engine. */
function refused(error: unknown): string {
  if (error instanceof Error && "json" in error) return String(error.json);
  throw error;
}

/** Plays a case; where it is cut, each push is of so many bytes, and behind each the
 * session is put aside as a snapshot and goes on in a new one. */
export function play(engine: Engine, one: Case, config: string, cut?: number): Outcome {
  const outcome: Outcome = {
    described: "",
    waiting: [],
    errors: [],
    alerts: "",
    counters: "",
    probes: [],
  };
  let session: Session;
  try {
    session = engine.open(config);
  } catch (error) {
    outcome.errors.push(refused(error));
    return outcome;
  }
  outcome.described = text(session.raw.describe());
  if (one.explain !== undefined) {
    try {
      outcome.explained = { given: text(session.raw.explain(bytes(one.explain.record))) };
    } catch (error) {
      outcome.explained = { error: refused(error) };
    }
  }
  const push = (given: Uint8Array) => {
    if (cut === undefined) return session.push(given);
    let waiting = session.push(new Uint8Array());
    for (let at = 0; at < given.length; at += cut) {
      const snapshot = session.snapshot();
      session.close();
      session = engine.open(config);
      session.restore(snapshot);
      waiting = session.push(given.subarray(at, at + cut));
    }
    return waiting;
  };
  let [waiting, finished] = [0, false];
  const steps = [...(one.input === undefined ? [] : [{ text: one.input }]), ...(one.steps ?? [])];
  for (const step of steps) {
    try {
      const [[verb, value] = ["finish", undefined]] =
        typeof step === "string" ? [[step, undefined]] : Object.entries(step);
      const given = pushed(verb, value);
      if (given !== undefined) waiting = push(given);
      else if (verb === "input") session.input(JSON.stringify(value));
      else if (verb === "settings") session.input(String(value));
      else if (verb === "advance") waiting = session.advance(Number(value));
      else if (verb === "waiting") outcome.waiting.push(waiting);
      else if (verb === "finish") {
        finished = true;
        waiting = session.finish();
      } else throw new Error(`the step \`${verb}\` is not known`);
    } catch (error) {
      outcome.errors.push(refused(error));
    }
  }
  if (!finished) {
    outcome.alerts = taken(session);
    session.finish();
  }
  outcome.alerts += taken(session);
  outcome.counters = text(session.raw.counters());
  session.close();
  for (const record of [...(one.hits ?? []), ...(one.misses ?? [])]) {
    const alone = engine.open(config);
    alone.push(bytes(record));
    alone.finish();
    outcome.probes.push(text(alone.raw.counters()));
    alone.close();
  }
  return outcome;
}

function taken(session: Session): string {
  return [...session.allAlerts()].map(text).join("");
}

/** How many bytes a case pushes. */
export function total(one: Case): number {
  const steps = (one.steps ?? []).map((step) => {
    const [[verb, value] = ["", undefined]] = Object.entries(step);
    return typeof step === "string" ? 0 : (pushed(verb, value)?.length ?? 0);
  });
  return steps.reduce((sum, length) => sum + length, bytes(one.input ?? "").length);
}

function pushed(verb: string, value: unknown): Uint8Array | undefined {
  switch (verb) {
    case "text":
      return bytes(String(value));
    case "hex": {
      const digits = String(value).replace(/\s/g, "").match(/../g) ?? [];
      return Uint8Array.from(digits, (pair) => parseInt(pair, 16));
    }
    case "repeat": {
      const [text, count] = value as [string, number];
      return bytes(text.repeat(count));
    }
    default:
      return undefined;
  }
}
