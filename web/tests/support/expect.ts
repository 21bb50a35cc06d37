/** An outcome beside what its case expects: all that differs. */

import type { Case, ExpectedError } from "./cases";
import type { Outcome } from "./play";

export function differences({ case: one }: { case: Case }, outcome: Outcome): string[] {
  const found: string[] = [];
  const note = (what: string, expected: unknown, got: unknown) => {
    const [a, b] = [expected, got].map((value) => JSON.stringify(value));
    if (a !== b) found.push(`${what}:\n  expected: ${a}\n  got:      ${b}`);
  };
  const failed = (what: string, expected: ExpectedError | undefined, got: string | undefined) => {
    if (expected === undefined || got === undefined) return note(what, expected, got);
    const error = JSON.parse(got);
    if (!error.message.includes(expected.message)) note(what, expected.message, error.message);
    for (const key of ["code", "what", "detection"] as const) {
      if (expected[key] !== undefined) note(key, expected[key], error[key]);
    }
    if (expected.where !== undefined) part("where", expected.where, error.where);
    if (expected.picture !== undefined) {
      note("picture", expected.picture.trimEnd(), error.picture?.trimEnd());
    }
  };
  const part = (at: string, expected: unknown, got: unknown): void => {
    if (typeof expected !== "object" || expected === null) return note(at, expected, got);
    if (Array.isArray(expected) && expected.length !== (got as unknown[])?.length) {
      return note(at, expected, got);
    }
    for (const [key, value] of Object.entries(expected)) {
      part(`${at}.${key}`, value, (got as Record<string, unknown>)?.[key]);
    }
  };

  failed("a call", one.error, outcome.errors[0]);
  const lines = outcome.alerts.split("\n").filter(Boolean);
  if (one.alerts !== undefined) note("alerts", one.alerts, lines);
  // A member as it is written: what stands between its key and the next one.
  const members = { ...one.members, ...(one.rows === undefined ? {} : { row: one.rows }) };
  for (const [key, expected] of Object.entries(members)) {
    note(key, expected, lines.map((line) => member(line, key)));
  }
  if (one.windows !== undefined) {
    const windows = lines.map((line) => {
      const { start, end } = JSON.parse(line).window;
      return `${start}/${end}`;
    });
    note("windows", one.windows, windows);
  }
  if (outcome.described !== "") {
    const waits = (one.steps ?? []).flatMap((step) => ("waiting" in Object(step) ? [step["waiting"]] : []));
    note("the alerts that wait", waits, outcome.waiting);
  }
  if (one.counters !== undefined) part("counters", one.counters, parsed(outcome.counters));
  if (one.describe !== undefined) part("describe", one.describe, parsed(outcome.described));
  if (one.explain !== undefined && outcome.explained !== undefined) {
    const { explained } = outcome;
    const error = "error" in explained ? explained.error : undefined;
    failed("explain", one.explain.error, error);
    if ("given" in explained) {
      if (one.explain.gives !== undefined) note("explain", one.explain.gives, explained.given);
      if (one.explain.holds !== undefined) part("explain", one.explain.holds, parsed(explained.given));
    }
  }
  const hits = one.hits?.length ?? 0;
  outcome.probes.forEach((counters, place) =>
    note(`record ${place}`, place < hits ? 1 : 0, JSON.parse(counters).matches),
  );
  return found;
}

function parsed(json: string): unknown {
  return json === "" ? undefined : JSON.parse(json);
}

/** The value of a top-level key of a line of JSON, as it is written; empty without it. */
export function member(line: string, key: string): string {
  let [depth, at] = [0, 0];
  const text = () => {
    const start = at++;
    while (line[at] !== '"') at += line[at] === "\\" ? 2 : 1;
    at++;
    return line.slice(start, at);
  };
  let found = -1;
  while (at < line.length) {
    const letter = line[at];
    if (letter === '"') {
      const word = text();
      if (depth === 1 && line[at] === ":" && found < 0 && word === JSON.stringify(key)) found = ++at;
      continue;
    }
    const ends = depth === 1 && (letter === "," || letter === "}");
    if (found >= 0 && ends) return line.slice(found, at);
    if (letter === "{" || letter === "[") depth++;
    if (letter === "}" || letter === "]") depth--;
    at++;
  }
  return "";
}
