/** The page in a real browser: what a user does, and what must never happen meanwhile. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

import type { Page } from "playwright-core";
import { EventLog } from "rule-web/evtx";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { executable, MISSING, open, type Opened } from "../support/chromium";
import { evtx, has, otrf, page as folder, samples } from "../support/data";
import { engine, evtxReady } from "../support/node";
import { serve, type Serving } from "../support/serve";
import * as user from "../support/user";
import type { Given } from "../support/user";

if (executable === undefined) console.log(`skipped: ${MISSING}`);

const given = (path: string): Given => ({ name: basename(path), bytes: readFileSync(path) });

const BROKEN = "name: Mine\nid: mine\nsearch: >-\n  EventCode=1\n  | outlier x\n";
const MINE = "name: Mine\nid: mine\nsearch: EventCode=6 | stats count by host\n";

describe.skipIf(executable === undefined)("the page", () => {
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
    await opened.close();
    expect(opened.elsewhere).toEqual([]);
    expect(opened.console).toEqual([]);
  });

  const drop = (files: Given[]) => user.drop(page, files);
  const download = (form: string) => user.download(page, form);

  const figure = (name: string) => user.figure(page, name);

  const editor = () => user.editor(page);

  const write = (rules: string) => user.write(page, rules);

  /** What any other host gives for the same configuration and bytes. */
  function alerts(config: object, inputs: { name: string; text: Uint8Array }[]): string {
    const limits = { record: 8 << 20, state: 128 << 20 };
    const session = engine.open({ window: "schedule", samples: 5, limits, ...config });
    for (const { name, text } of inputs) {
      session.input({ name, format: "auto" });
      session.push(text);
    }
    session.finish();
    const lines = [...session.allAlerts()].map((part) => Buffer.from(part).toString());
    session.close();
    return lines.join("");
  }

  const logs = () => readdirSync(samples).map((name) => given(join(samples, name)));

  test("the samples, by drop: the bytes of every other host", async () => {
    await drop(logs());
    expect(await figure("events read")).toBe("40");
    expect(await figure("matched")).toBe("18");
    expect(await figure("findings")).toBe("15");
    const inputs = logs().map(({ name, bytes }) => ({ name, text: bytes }));
    expect(await download("JSON lines")).toBe(alerts({}, inputs));
    const csv = await download("CSV");
    expect(csv.startsWith("alert.rule,alert.kind,alert.id,")).toBe(true);
    expect(await download("Text")).toContain("EX01.example.com");
  });

  test("a finding: the row, the events behind it with what matched, the techniques", async () => {
    await drop(logs());
    await page.getByRole("row").nth(1).click();
    const finding = page.getByRole("complementary", { name: "Finding" });
    await finding.getByText("lastTime").waitFor();
    expect(await finding.locator("mark").first().innerText()).toMatch(/^Get-Recipient$/i);
    const link = finding.getByRole("link", { name: "T1059.001" });
    expect(await link.getAttribute("href")).toBe("https://attack.mitre.org/techniques/T1059/001/");
    await finding.getByRole("button", { name: "Explain" }).first().click();
    await page.getByText("matches", { exact: true }).waitFor();
  });

  test("sort, filter, all time", async () => {
    await drop(logs());
    const events = page.locator(".grid-body .cell.count");
    await events.first().waitFor();
    await page.getByRole("button", { name: "Events" }).click();
    await page.getByRole("button", { name: "Events" }).click();
    await expect.poll(() => events.first().innerText()).toBe("3");
    await page.getByRole("searchbox", { name: "Filter the findings" }).fill("ex01 export");
    const inputs = logs().map(({ name, bytes }) => ({ name, text: bytes }));
    const lines = alerts({}, inputs).toLowerCase().split("\n");
    const kept = lines.filter((line) => line.includes("ex01") && line.includes("export"));
    await expect
      .poll(() => page.getByRole("status").first().innerText())
      .toBe(`${kept.length} of 15`);
    await page.getByText("All time").click();
    await expect.poll(() => figure("findings")).not.toBe("15");
  });

  test("the keyboard reaches a finding and leaves it", async () => {
    await drop(logs());
    await page.locator("[data-place='0']").focus();
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("data-place"))).toBe("1");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Close the finding" }).focus();
    await page.keyboard.press("Escape");
    await page.getByRole("complementary", { name: "Finding" }).waitFor({ state: "detached" });
  });

  test.skipIf(!has(evtx))("a real .evtx file, with a rule of one's own", async () => {
    await write(MINE);
    await page.getByRole("heading", { name: "Mine" }).waitFor();
    await drop([given(evtx)]);
    expect(Number(await figure("matched"))).toBeGreaterThan(0);
    await evtxReady();
    const log = new EventLog();
    const { name, bytes } = given(evtx);
    const text = Buffer.concat([log.push(bytes), log.finish()]);
    const detections = { name: "Mine", id: "mine", search: "EventCode=6 | stats count by host" };
    expect(await download("JSON lines")).toBe(alerts({ detections }, [{ name, text }]));
  });

  test.skipIf(!has(otrf))("real events, packed", async () => {
    await drop([given(otrf)]);
    expect(await figure("events read")).toBe("10,487");
    expect(await figure("findings")).toBe("0");
    await page.getByText("Nothing found").waitFor();
    await write("EventID=1 | stats count by Image");
    await page.getByRole("heading", { name: "search", exact: true }).waitFor();
    await page.getByRole("button", { name: "Search again" }).first().click();
    await expect.poll(() => figure("findings")).not.toBe("0");
    const search = "EventID=1 | stats count by Image";
    const id = createHash("sha256").update(search).digest("hex").slice(0, 32);
    const text = new Uint8Array(gunzipSync(readFileSync(otrf)));
    const input = { name: basename(otrf), text };
    const expected = alerts({ detections: { name: "search", id, search } }, [input]);
    expect(await download("JSON lines")).toBe(expected);
  });

  test("pasted events", async () => {
    await page.getByRole("button", { name: "Paste text" }).click();
    await page.getByLabel("Events").fill(readFileSync(join(samples, "exchange-nxlog.ndjson"), "utf8"));
    await page.getByRole("button", { name: "Search", exact: true }).click();
    expect(Number(await figure("matched"))).toBeGreaterThan(0);
  });

  test("a rule that is broken shows where, one that is mended runs", async () => {
    await write(BROKEN);
    const alert = page.getByRole("alert");
    await alert.getByText("can't run the command outlier").waitFor();
    expect(await alert.innerText()).toContain("line 5");
    expect(await page.locator(".editor .cm-lintRange-error").innerText()).toBe("outlier");
    await write(MINE);
    await page.getByRole("heading", { name: "Mine" }).waitFor();
  });

  test("a rule that is dropped is in the editor", async () => {
    await drop([{ name: "mine.yml", bytes: Buffer.from(MINE) }]);
    await page.getByRole("heading", { name: "Mine" }).waitFor();
    expect(await editor().innerText()).toContain("EventCode=6");
  });

  test("why an event does not match", async () => {
    await page.getByRole("tab", { name: "Explain" }).click();
    const event =
      '{"EventTime":"2021-03-14T01:40:12Z","EventID":2,"Channel":"MSExchange Management","Hostname":"EX01","Message":"x"}';
    await page.getByLabel("Why did an event match, or not?").fill(event);
    await page.getByText("does not match").waitFor();
    expect(await page.locator(".tree .failed > code").first().innerText()).toBe("EventCode=1");
  });

  test("records that cannot be read are shown", async () => {
    const bytes = Buffer.from('{"EventID":1}\n{"EventID":1,"Message":"*Get-Recipient*"\n{"EventID":1}\n');
    await drop([{ name: "broken.ndjson", bytes }]);
    expect(await figure("malformed")).toBe("1");
    await page.getByText("1 record could not be read").click();
    await page.getByText("broken.ndjson, byte").waitFor();
  });

  test("what cannot be unpacked is told, and the others are read", async () => {
    const whole = gzipSync(readFileSync(join(samples, "exchange-nxlog.ndjson")));
    await drop([
      { name: "a.gz", bytes: whole.subarray(0, whole.length - 20) },
      { name: "b.gz", bytes: whole },
      { name: "c.zst", bytes: new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0]) },
    ]);
    expect(Number((await figure("events read")).replace(",", ""))).toBeGreaterThan(0);
    await page.getByText("2 notes about the inputs").waitFor();
  });

  test("several packed files in one, and one packed twice", async () => {
    const lines = '{"EventID":1}\n'.repeat(100_000);
    const member = gzipSync(lines);
    await drop([
      { name: "two.gz", bytes: Buffer.concat([member, member]) },
      { name: "twice.gz", bytes: gzipSync(Buffer.concat([member, member])) },
    ]);
    expect(await figure("events read")).toBe("400,000");
    expect(await page.locator(".notice").count()).toBe(0);
  });

  test("a long run that is cancelled keeps what was found", async () => {
    await page.evaluate(() => {
      const line = '{"EventID":5,"Channel":"Security","Message":"nothing of note"}\n';
      const piece = new Blob([line.repeat(100_000)]);
      const hit = `{"EventTime":"2021-03-14T01:40:12Z","EventID":1,"Channel":"MSExchange Management","Hostname":"EX01","Message":"Get-Recipient"}\n`;
      const file = new File([hit, ...new Array<Blob>(200).fill(piece)], "long.ndjson");
      const transfer = new DataTransfer();
      transfer.items.add(file);
      const event = new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
    });
    await page.getByRole("progressbar").waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Stopped early").waitFor();
    expect(await figure("findings")).toBe("1");
    expect(Number((await figure("events read")).replaceAll(",", ""))).toBeLessThan(20_000_000);
  });
});
