import { expect, test } from "vitest";

import { csv, text } from "../../src/engine/export";
import { Findings } from "../../src/engine/findings";
import { timeline } from "../../src/engine/timeline";

const bytes = (text: string) => new TextEncoder().encode(text);

/** The lines of the program's own test of this form. */
const LINES = [
  '{"id":"1a","kind":"final","rule":{"id":"r","name":"R"},"window":{"start":"s","end":"e"},"row":{"dest":"EX01","count":-3},"risk":{"message":"m","objects":[{"field":"dest","type":"system","value":"EX01","score":32}]}}',
  '{"id":"1b","kind":"final","rule":{"id":"q","name":"Q"},"row":{"user":["a","b"],"dest":null,"cmd":"=1+1"}}',
].map(bytes);

test("CSV as the program writes it", () => {
  expect(csv(LINES).join("")).toBe(
    "alert.rule,alert.kind,alert.id,alert.window_start,alert.window_end,dest,count,user,cmd,alert.risk_score,alert.risk_message\n" +
      "R,final,1a,s,e,EX01,-3,,,32,m\n" +
      "Q,final,1b,,,,,\"a\nb\",'=1+1,,\n",
  );
});

test("text for people", () => {
  expect(text(LINES.slice(0, 1)).join("")).toBe(
    "R\n\ns to e\n  dest        EX01\n  count       -3\n  risk score  32\n\n",
  );
});

function alerts(count: number): Findings {
  const findings = new Findings();
  const lines = Array.from({ length: count }, (_, place) => {
    const time = new Date(Date.UTC(2021, 2, 14) + place * 60_000).toISOString();
    const row = { dest: `EX0${place % 9}`, count: (place * 7) % 10, firstTime: time.slice(0, 19) };
    return JSON.stringify({ id: String(place), kind: "final", rule: { name: "R" }, row, attack: [] });
  });
  findings.add(bytes(`${lines.join("\n")}\n`));
  return findings;
}

test("findings sorted and filtered", () => {
  const findings = alerts(100);
  expect(findings.show({ sort: { column: "count", descending: true }, filter: "" })).toBe(100);
  expect(findings.rows(0, 2).map(({ count, index }) => [count, index])).toEqual([
    [9, 7],
    [9, 17],
  ]);
  expect(findings.show({ sort: undefined, filter: "ex03 R" })).toBe(11);
  expect(findings.rows(0, 1)[0]?.host).toBe("EX03");
  expect(findings.alert(3).id).toBe("3");
});

test("filtered by what is read, not by how JSON writes it", () => {
  const findings = new Findings();
  const row = { path: 'C:\\Windows\\"a b"', host: ["EX01", null, 7] };
  const alert = { id: "1", kind: "final", rule: { name: "R" }, row, attack: [] };
  findings.add(bytes(`${JSON.stringify(alert)}\n`));
  const left = (filter: string) => findings.show({ sort: undefined, filter });
  for (const filter of ["c:\\windows", '"a', "ex01 7", "path"]) expect(left(filter), filter).toBe(1);
  for (const filter of ["c:\\\\windows", "null", "{"]) expect(left(filter), filter).toBe(0);
});

test("a timeline by host, those beyond the first six as one", () => {
  const { starts, step, hosts } = timeline(alerts(300).rows(0, 300));
  expect(step).toBe(300);
  expect(starts.length).toBe(60);
  expect(hosts.length).toBe(7);
  expect(hosts.at(-1)?.name).toBe("3 others");
  const sum = hosts.reduce((sum, { total }) => sum + total, 0);
  expect(sum).toBe(alerts(300).rows(0, 300).reduce((sum, { count }) => sum + (count ?? 0), 0));
});
