import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { read } from "../../src/rules/document";
import { indented } from "../../src/rules/indent";
import { pieces, wanted } from "../../src/rules/marks";
import { placeInScalar } from "../../src/rules/place";
import { has, release } from "../support/data";
import { engine } from "../support/node";

/** What the editor marks for a text that the engine refuses. */
async function marked(text: string): Promise<[string, string]> {
  const document = await read(text);
  const [problem] = document.problems;
  if (problem !== undefined) return [text.slice(problem.from, problem.to), problem.message];
  try {
    const session = engine.open({ ...document.rules });
    const [refused] = session.describe().refused ?? [];
    session.close();
    if (refused === undefined) return ["", ""];
    const { from, to, message } = document.locate(refused);
    return [text.slice(from, to), message];
  } catch (error) {
    const { from, to, message } = document.locate(JSON.parse((error as { json: string }).json));
    return [text.slice(from, to), message];
  }
}

const rule = (search: string) => `name: A\nid: a\nsearch: ${search}\ntype: TTP\n`;

describe("an error stands at its place", () => {
  test.each([
    ["plain", rule("a=1 | outlier x"), "outlier"],
    ["folded", rule(">-\n  a=1 b=2\n  | stats count by a\n  | outlier x"), "outlier"],
    ["literal", rule("|\n    a=1\n    | outlier x"), "outlier"],
    ["single quotes", rule("'a=''x'' | outlier y'"), "outlier"],
    ["double quotes", rule('"a=\\"x\\" | outlier y"'), "outlier"],
    ["over lines", rule("a=1\n  | stats count\n  | outlier x"), "outlier"],
    ["not ASCII", rule("a=\"Ünïcödé\" | outlier x"), "outlier"],
    ["a macro", rule("'`nobody_knows` | stats count'"), "`nobody_knows`"],
    ["of the second", `${rule("a=1")}---\n${rule("b=1 | outlier x").replace("A", "B")}`, "outlier"],
    ["a quote that goes on at the margin", "name: A\nid: a\nsearch: 'a=1\n| stats count\n| outlier x'\n", "outlier"],
    ["a bare search", "EventCode=1\n| outlier x\n", "outlier"],
  ])("%s", async (_, text, expected) => {
    expect((await marked(text))[0]).toBe(expected);
  });

  test("in a macro of the text", async () => {
    const macro = "name: mine\ndefinition: a=1 | outlier x\n";
    const [place, message] = await marked(`${rule("'`mine` | stats count'")}---\n${macro}`);
    expect(place).toBe("`mine");
    expect(message).toMatch(/^in the macro `mine`: can't run/);
  });

  test("of YAML", async () => {
    const [, message] = await marked("name: [A\nsearch: b\n");
    expect(message).not.toBe("");
  });

  test("what is neither", async () => {
    expect((await marked("name: A\nid: b\n"))[1]).toMatch(/^this is neither a detection nor a macro/);
  });
});

test("detections and macros in one text", async () => {
  const text = `${rule("'`mine(x)`'")}---\nname: mine\ndefinition: a=$v$\narguments: [v]\n`;
  const { rules, problems } = await read(text);
  expect(problems).toEqual([]);
  expect(rules.macros).toEqual({ mine: { definition: "a=$v$", arguments: ["v"] } });
  expect(rules.detections).toMatchObject([{ name: "A", id: "a", search: "`mine(x)`" }]);
});

test("lines at the margin of a quoted value", () => {
  const given = "a: 'x\ny''s\n\n  z'\nb: \"c\\\"\nd\"\ne: f\n";
  const { text, back } = indented(given);
  expect(text).toBe("a: 'x\n y''s\n\n  z'\nb: \"c\\\"\n d\"\ne: f\n");
  expect(given.slice(back(text.indexOf("e: f")))).toBe("e: f\n");
});

test("of several the others run where one cannot", async () => {
  const { rules } = await read(`${rule("a=1")}---\n${rule("b=1 | outlier x").replace(": A", ": B")}`);
  const session = engine.open({ ...rules });
  const { rules: open, refused } = session.describe();
  session.close();
  expect(open.map(({ name }) => name)).toEqual(["A"]);
  expect(refused?.map(({ detection }) => detection)).toEqual(["B"]);
});

test.skipIf(!has(release))("the published content is read, all of it", async () => {
  const folders = ["detections", "macros"].map((name) => join(release, name));
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name))),
  );
  const texts = files.filter((name) => name.endsWith(".yml")).map((name) => readFileSync(name, "utf8"));
  const { problems, rules } = await read(texts.map((text) => text.replace(/^---\n/, "")).join("\n---\n"));
  expect(problems).toEqual([]);
  expect([rules.detections].flat().length).toBeGreaterThan(900);
});

test("a bare search has the id that the program gives it", async () => {
  const { rules } = await read("EventCode=1\n| stats count\n");
  expect(rules.detections).toEqual([
    { name: "search", id: "593ae6ca36686ecc5950d31607d47299", search: "EventCode=1\n| stats count" },
  ]);
});

test("a place in blanks", () => {
  expect(placeInScalar("a: b  c", 3, 7, "b  c", 3, 1)).toEqual({ from: 6, to: 7 });
});

test("the parts that matched are marked", () => {
  const session = engine.open({
    detections: { name: "n", id: "i", search: 'a=1 Message IN ("*Get-Recipient*", "*Else*") NOT b=two' },
  });
  const event = '{"a":1,"Message":"ran get-recipient now","b":"three"}';
  const [rule] = session.explain(event).rules;
  session.close();
  expect(rule?.matched).toBe(true);
  const words = rule === undefined ? [] : wanted(rule.search);
  const found = pieces(event, words).filter(({ marked }) => marked);
  expect(found.map(({ text }) => text)).toEqual(["get-recipient"]);
  expect(pieces(event, words).map(({ text }) => text).join("")).toBe(event);
});
