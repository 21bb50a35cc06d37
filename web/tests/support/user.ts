/** What a user does with the page. */

import { readFile } from "node:fs/promises";

import type { Page } from "playwright-core";

export interface Given {
  name: string;
  bytes: Uint8Array;
}

/** Drops files. */
export async function drop(page: Page, files: Given[]): Promise<void> {
  const packed = files.map(({ name, bytes }) => ({
    name,
    base64: Buffer.from(bytes).toString("base64"),
  }));
  await page.evaluate((files) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of files) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([bytes], name));
    }
    for (const kind of ["dragenter", "dragover", "drop"]) {
      const event = new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
    }
  }, packed);
}

/** Reads a counter of the results. */
export async function figure(page: Page, name: string): Promise<string> {
  const term = page.getByRole("group", { name: "Counters" });
  await term.waitFor();
  return (await term.locator(".figure", { hasText: name }).locator("dd").innerText()).trim();
}

export const editor = (page: Page) => page.getByRole("textbox", { name: "Rules" });

/** Writes rules in place of those that are there. */
export async function write(page: Page, rules: string): Promise<void> {
  await page.getByRole("tab", { name: /Rules/ }).click();
  await editor(page).click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(rules);
}

/** Saves the findings in a form; gives what is in the file. */
export async function download(page: Page, form: string): Promise<string> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: form }).click(),
  ]);
  return readFile(await file.path(), "utf8");
}
