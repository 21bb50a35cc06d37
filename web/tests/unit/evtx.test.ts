import { readFileSync } from "node:fs";

import { EventLog, oldestChunk } from "rule-web/evtx";
import { beforeAll, expect, test } from "vitest";

import { evtx, has } from "../support/data";
import { engine, evtxReady } from "../support/node";

beforeAll(evtxReady);

function decoded(bytes: Uint8Array, cut: number): string {
  const log = new EventLog();
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += cut) parts.push(log.push(bytes.subarray(at, at + cut)));
  parts.push(log.finish());
  expect(log.takeDamage()).toEqual([]);
  log.free();
  return Buffer.concat(parts).toString();
}

test.skipIf(!has(evtx))("a real log, in whatever pieces", () => {
  const bytes = readFileSync(evtx);
  const xml = decoded(bytes, bytes.length);
  expect(xml).toMatch(/^<Event /);
  expect(decoded(bytes, 1000)).toBe(xml);
  const session = engine.open({
    detections: { name: "n", id: "i", search: "EventCode=6 | stats count by host" },
    window: "all",
  });
  session.input({ format: "xml" });
  session.push(new TextEncoder().encode(xml));
  expect(session.finish()).toBe(1);
  session.close();
});

test("a log that has wrapped around begins at its oldest chunk", async () => {
  const log = (numbers: number[]) => {
    const bytes = new Uint8Array(4096 + 65536 * numbers.length);
    numbers.forEach((number, place) => {
      bytes.set(new TextEncoder().encode("ElfChnk\0"), 4096 + 65536 * place);
      bytes[4096 + 65536 * place + 24] = number;
    });
    return bytes;
  };
  for (const [numbers, expected] of [
    [[1, 80, 160], 4096],
    [[200, 80, 160], 4096 + 65536],
    [[], 4096],
  ] as const) {
    const bytes = log([...numbers]);
    const start = await oldestChunk(bytes.length, async (from, to) => bytes.subarray(from, to));
    expect(start).toBe(expected);
  }
});
