/** Every case of `tests/cases` in a browser: what comes of it is what comes in Node. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { build } from "vite";
import { describe, expect, test } from "vitest";

import { collection } from "../support/cases";
import { executable } from "../support/chromium";
import { root } from "../support/data";
import { engine } from "../support/node";
import { play } from "../support/play";
import { serve } from "../support/serve";

describe.skipIf(executable === undefined)("the cases in a browser", () => {
  test("are those in Node, byte for byte", async () => {
    const folder = await mkdtemp(join(tmpdir(), "cases-"));
    await build({
      configFile: false,
      root: join(root, "web/tests/support/player"),
      base: "./",
      logLevel: "error",
      build: { outDir: folder, emptyOutDir: true, assetsInlineLimit: 0, target: "es2022" },
    });
    const serving = await serve(folder);
    const { chromium } = await import("playwright-core");
    const browser = await chromium.launch({
      executablePath: executable ?? "",
      args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"],
    });
    try {
      const page = await browser.newPage();
      await page.goto(`${serving.origin}/`);
      await page.waitForFunction(() => "playCase" in globalThis);
      for (const { subject, case: one, config } of collection()) {
        const outcome = await page.evaluate(
          ([one, config]) => (globalThis as never as Player).playCase(one, config),
          [one, config] as const,
        );
        expect(outcome, `${subject}::${one.name}`).toEqual(play(engine, one, config));
      }
    } finally {
      await browser.close();
      serving.close();
      await rm(folder, { recursive: true });
    }
  });
});

interface Player {
  playCase(one: unknown, config: string): unknown;
}
