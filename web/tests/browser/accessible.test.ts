/** What axe finds wrong with the page: names, roles, contrast; in both themes and on a phone. */

import { readdirSync } from "node:fs";
import { join } from "node:path";

import axe from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { executable, open } from "../support/chromium";
import { page as folder, samples } from "../support/data";
import { serve, type Serving } from "../support/serve";

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as never as { axe: typeof axe }).axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target.join(" ")}: ${failureSummary}`),
    );
  });
  return found;
}

const WAYS = [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["a phone", { colorScheme: "light", viewport: { width: 390, height: 844 } }],
] as const;

describe.skipIf(executable === undefined)("accessible", () => {
  let serving: Serving;
  beforeAll(async () => {
    serving = await serve(folder);
  });
  afterAll(() => serving?.close());

  test.each(WAYS)("%s", async (_, options) => {
    const { page, close } = await open(serving.origin, options);
    try {
      await page.locator(".rules strong").first().waitFor();
      expect.soft(await violations(page), "the start").toEqual([]);
      const chooser = page.waitForEvent("filechooser");
      await page.getByRole("button", { name: "Choose files" }).click();
      await (await chooser).setFiles(readdirSync(samples).map((name) => join(samples, name)));
      await page.locator("[data-place='0']").click();
      await page.locator(".detail dt", { hasText: "lastTime" }).waitFor();
      expect.soft(await violations(page), "a finding").toEqual([]);
      await page.getByRole("button", { name: "Explain" }).first().click();
      await page.getByText("matches", { exact: true }).waitFor();
      expect.soft(await violations(page), "explain").toEqual([]);
      await page.getByRole("tab", { name: /Rules/ }).click();
      await page.getByRole("textbox", { name: "Rules" }).waitFor();
      expect.soft(await violations(page), "rules").toEqual([]);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, "nothing to the right").toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
    } finally {
      await close();
    }
  });
});
