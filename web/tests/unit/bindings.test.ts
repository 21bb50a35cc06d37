import { RuleError } from "rule-web";
import { expect, test } from "vitest";

import { engine } from "../support/node";

test("an error says what, where and in which words", () => {
  const detections = { name: "n", id: "i", search: "a=1 | outlier x" };
  const error = (() => {
    try {
      engine.open({ detections });
    } catch (error) {
      return error;
    }
    return undefined;
  })();
  expect(error).toBeInstanceOf(RuleError);
  expect(error).toMatchObject({
    code: "unsupported_command",
    what: "outlier",
    detection: "n",
    where: { line: 1, column: 7, offset: 6, length: 7 },
  });
});

test("after an error the session goes on", () => {
  const session = engine.open({ window: "all" });
  expect(() => session.input({ format: "yaml" as never })).toThrow(RuleError);
  session.push(new TextEncoder().encode('{"a":1}\n'));
  session.finish();
  expect(() => session.finish()).toThrow(/finished/);
  expect(session.counters().records).toBe(1);
  session.close();
});

test("memory is given back", () => {
  for (let round = 0; round < 200; round++) engine.open({}).close();
});

test("to close a session twice does no harm", () => {
  const session = engine.open({});
  session.close();
  session.close();
});

test("what is built in", () => {
  expect(engine.builtin().detections).toHaveLength(1);
});
