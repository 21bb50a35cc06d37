/** Every case of `tests/cases` in the bindings: the bytes are those of every other host. */

import { describe, expect, test } from "vitest";

import { collection } from "../support/cases";
import { differences } from "../support/expect";
import { engine } from "../support/node";
import { play, total } from "../support/play";

const cases = collection();

describe.each([...new Set(cases.map(({ subject }) => subject))])("%s", (subject) => {
  const of = cases.filter((ready) => ready.subject === subject);
  test.each(of.map((ready) => [ready.case.name, ready] as const))("%s", (_, ready) => {
    const outcome = play(engine, ready.case, ready.config);
    expect(differences(ready, outcome).join("\n")).toBe("");
    const bytes = total(ready.case);
    if (ready.case.uncut || bytes === 0) return;
    const alone = { ...ready.case, hits: [], misses: [] };
    const restarted = play(engine, alone, ready.config, Math.ceil(bytes / 2));
    expect(restarted).toEqual({ ...outcome, probes: [] });
  });
});
