/**
 * A gigabyte of JSON lines: no frame is late, and memory stays flat. It takes a while and
 * is right on a machine that does nothing else, so it runs where `MEASURE` is set:
 * `MEASURE=1 npm test large`.
 */

import { createWriteStream, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";

import { expect, test } from "vitest";

import { executable, open } from "../support/chromium";
import { page as folder } from "../support/data";
import { serve } from "../support/serve";

const BYTES = 1_000_000_000;

/** Frames are late from here, in milliseconds. */
const LATE = 100;

const EVENT = {
  EventTime: "2021-03-14T01:40:12Z",
  Hostname: "EX01.example.com",
  Channel: "Security",
  EventID: 4688,
  SourceName: "Microsoft-Windows-Security-Auditing",
  Message: `A new process has been created. ${"Creator subject and process information. ".repeat(30)}`,
};
const HIT = {
  ...EVENT,
  Channel: "MSExchange Management",
  EventID: 1,
  Message: "Cmdlet suceeded. Cmdlet Get-Recipient, parameters -Identity x.",
};

async function write(path: string): Promise<void> {
  const lines = [...new Array<object>(5000).fill(EVENT), HIT].map((event) => JSON.stringify(event));
  const piece = Buffer.from(`${lines.join("\n")}\n`);
  const file = createWriteStream(path);
  for (let written = 0; written < BYTES; written += piece.length) {
    if (!file.write(piece)) await once(file, "drain");
  }
  file.end();
  await once(file, "close");
}

/** What the largest process of the page has in memory, in MB; as Linux tells it. */
function resident(): number {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const sizes = processes.map((name) => {
    try {
      const isPage = readFileSync(`/proc/${name}/cmdline`, "utf8").includes("--type=renderer");
      const [, size = "0"] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${name}/status`, "utf8")) ?? [];
      return isPage ? Number(size) / 1000 : 0;
    } catch {
      return 0;
    }
  });
  return Math.round(Math.max(...sizes));
}

test.skipIf(executable === undefined || process.env["MEASURE"] === undefined)(
  "a gigabyte",
  { timeout: 600_000 },
  async () => {
    const place = await mkdtemp(join(tmpdir(), "large-"));
    const path = join(place, "large.ndjson");
    await write(path);
    const serving = await serve(folder);
    const { page, close } = await open(serving.origin);
    try {
      await page.evaluate(() => {
        const gaps: number[] = [];
        Object.assign(globalThis, { gaps });
        let last = performance.now();
        const frame = (now: number) => {
          gaps.push(now - last);
          last = now;
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      });
      const before = resident();
      const chooser = page.waitForEvent("filechooser");
      await page.getByRole("button", { name: "Choose files" }).click();
      await (await chooser).setFiles(path);
      const memory: number[] = [];
      const counters = page.getByRole("group", { name: "Counters" });
      while (!(await counters.isVisible())) {
        await page.waitForTimeout(250);
        memory.push(resident());
      }
      const gaps = await page.evaluate(() => (globalThis as never as { gaps: number[] }).gaps);
      const longest = Math.round(Math.max(...gaps));
      console.log((await counters.innerText()).replaceAll("\n", " "));
      console.log(`longest frame ${longest} ms of ${gaps.length}; MB before ${before}, then ${memory}`);
      expect(longest).toBeLessThan(LATE);
      expect(Math.max(...memory)).toBeLessThan(before + 300);
    } finally {
      await close();
      serving.close();
      await rm(place, { recursive: true });
    }
  },
);
