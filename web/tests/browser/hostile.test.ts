/** Logs and rules that attackers wrote: the page shows them, and does nothing that they say. */

import { gzipSync } from "node:zlib";

import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { executable, open, type Opened } from "../support/chromium";
import { page as folder } from "../support/data";
import { serve, type Serving } from "../support/serve";
import { download, drop, figure, write } from "../support/user";

/** What a page that took text for its own would run. */
const MARKUP = [
  "<script>window.taken = 1</script>",
  '<img src=x onerror="window.taken = 2">',
  "<svg onload=\"window.taken = 3\"></svg>",
  '"><iframe srcdoc="<script>parent.taken = 4</script>">',
  "javascript:window.taken=5",
  "{{constructor.constructor('window.taken = 6')()}}",
  "</pre></textarea><style>*{display:none}</style>",
];

const RULE = `name: ${JSON.stringify("Mine <img src=x onerror='window.taken = 7'>")}
id: mine
search: a=hit | stats values(b) as b values(f_*) as f_* by host
`;

describe.skipIf(executable === undefined)("hostile", () => {
  let serving: Serving;
  let opened: Opened;
  let page: Page;

  beforeAll(async () => {
    serving = await serve(folder);
  });
  afterAll(() => serving?.close());
  beforeEach(async () => {
    opened = await open(serving.origin);
    page = opened.page;
  });
  afterEach(async () => {
    const taken = await page.evaluate(() => (window as { taken?: number }).taken);
    await opened.close();
    expect(taken).toBe(undefined);
    expect(opened.elsewhere).toEqual([]);
    expect(opened.console).toEqual([]);
  });

  const line = (event: object) =>
    `${JSON.stringify({ EventTime: "2021-03-14T01:40:12Z", ...event })}\n`;
  const log = (events: object[]) => [
    { name: `${MARKUP[1]}.json`, bytes: Buffer.from(events.map(line).join("")) },
  ];

  test("markup is text wherever it stands", async () => {
    await write(page, RULE);
    await page.getByRole("heading", { name: /^Mine <img/ }).waitFor();
    const events = MARKUP.map((text) => ({ a: "hit", host: text, b: text, [`f_${text}`]: text }));
    await drop(page, log([...events, { a: `broken ${MARKUP[0]}` }]));
    expect(await figure(page, "findings")).toBe(String(MARKUP.length));
    for (const text of MARKUP) {
      await page.getByRole("cell", { name: text, exact: true }).first().click();
      const finding = page.getByRole("complementary", { name: "Finding" });
      await finding.getByText(text, { exact: true }).first().waitFor();
      await page.getByRole("button", { name: "Close the finding" }).click();
    }
    await page.getByRole("tab", { name: "Explain" }).click();
    const event = line(events[0] ?? {});
    await page.getByLabel("Why did an event match, or not?").fill(event);
    await page.getByText("matches", { exact: true }).waitFor();
  });

  test("control characters and marks that turn text are shown, not obeyed", async () => {
    await write(page, RULE);
    const b = "\u001b[2J\u202egnp.exe\u0007 \u200f";
    await drop(page, log([{ a: "hit", host: `h\u202e`, b }]));
    expect(await figure(page, "findings")).toBe("1");
    await page.getByRole("row").nth(1).click();
    const finding = page.getByRole("complementary", { name: "Finding" });
    await finding.getByText("\u241b[2J\ufffdgnp.exe\u2407 \ufffd", { exact: true }).waitFor();
    const shown = (await page.locator("body").innerText()) + (await download(page, "Text"));
    expect(shown.match(/.{0,10}[\u0000-\u0008\u001b\u202e\u200f].{0,10}/)).toBe(null);
    // What machines read has all of it, as JSON says it.
    const alert = JSON.parse(await download(page, "JSON lines"));
    expect(alert.row.b).toBe(b);
  });

  test("a spreadsheet takes nothing for a formula, and no field for one of its own", async () => {
    await write(page, RULE);
    const formulas = ["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"];
    const events = formulas.map((text) => ({ a: "hit", host: text, b: text }));
    const named = { a: "hit", host: "z", f_x: "1", f___proto__: "2", f_constructor: "3" };
    await drop(page, log([...events, named]));
    expect(await figure(page, "findings")).toBe(String(formulas.length + 1));
    const csv = await download(page, "CSV");
    for (const text of formulas) expect(csv).toContain(`'${text}`);
    for (const row of csv.split("\n")) expect(row).not.toMatch(/(^|,)"?[=+@\t\r-]/);
    expect(csv).not.toContain("function");
    expect(csv).not.toContain("[object");
  });

  test("fields that are called as what every object has", async () => {
    const search = "a=hit | stats values(b) as constructor values(c) as __proto__ by host";
    await write(page, `name: Mine\nid: mine\nsearch: ${search}\n`);
    await drop(page, log([{ a: "hit", host: "one", b: "1", c: "2" }, { a: "hit", host: "two" }]));
    expect(await figure(page, "findings")).toBe("2");
    const [, first, second] = (await download(page, "CSV")).split("\n");
    expect(first).toContain(",one,1,2,");
    expect(second).toContain(",two,,,");
    expect(await download(page, "Text")).not.toContain("function");
  });

  test("half a gigabyte out of a few kilobytes", async () => {
    // Packed twice: 512 MiB of one record that never ends, out of less than 4 KiB.
    const packed = gzipSync(gzipSync(Buffer.alloc(512 << 20, 0x20), { level: 9 }), { level: 9 });
    expect(packed.length).toBeLessThan(4096);
    const hit = Buffer.from(line({ a: "hit", host: "one", b: "1" }));
    await write(page, RULE);
    await drop(page, [{ name: "bomb.gz", bytes: packed }, { name: "good.json", bytes: hit }]);
    expect(await figure(page, "findings")).toBe("1");
  });
});
