/** A browser of this machine, and what it may not do: ask anybody, or complain. */

import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type BrowserContext, chromium, type Page } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser: `CHROMIUM` names it, else it is where distributions have it. */
export const executable = [process.env["CHROMIUM"], ...PLACES].find(
  (path) => path !== undefined && existsSync(path),
);

export const MISSING = "there is no Chromium: install it, or name it in `CHROMIUM`";

export interface Opened {
  context: BrowserContext;
  page: Page;
  /** Requests to elsewhere than the page's origin. */
  elsewhere: string[];
  /** What was written to the console, and errors that nobody caught. */
  console: string[];
  close(): Promise<void>;
}

export async function open(origin: string, options: object = {}): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), "triage-"));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: executable ?? "",
    headless: true,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
    acceptDownloads: true,
    ...options,
  });
  const [elsewhere, console]: [string[], string[]] = [[], []];
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith(`blob:${origin}`)) elsewhere.push(url);
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.on("console", (message) => console.push(message.text()));
  page.on("pageerror", (error) => console.push(String(error)));
  await page.goto(`${origin}/`);
  await page.getByRole("heading", { name: "Drop log files or a folder" }).waitFor();
  const close = async () => {
    await context.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { context, page, elsewhere, console, close };
}
