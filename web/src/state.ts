/** What the page knows, as signals; what can be done, as functions. */

import { computed, signal } from "@preact/signals";
import type { Description } from "rule-web";

import { Client } from "./engine/client";
import type { Column, ExportForm, Source, Summary, Window } from "./engine/protocol";
import type { Problem } from "./rules/document";
import { published } from "./rules/published";

export const client = new Client();

export type Tab = "findings" | "rule" | "explain";

export const tab = signal<Tab>("findings");
export const sources = signal<Source[]>([]);
export const window_ = signal<Window>("schedule");
export const running = signal(false);
export const stopping = signal(false);
export const summary = signal<Summary | undefined>(undefined);
export const failure = signal<string | undefined>(undefined);
export const builtinText = signal("");

/** After so many milliseconds without a key the rules are checked. */
const PAUSE = 250;

/** The text of the editor. */
export const text = signal("");
/** The last text that can run: its rules are those of the next search. */
export const ready = signal("");
export const described = signal<Description | undefined>(undefined);
export const problems = signal<Problem[]>([]);
export const picture = signal<string | undefined>(undefined);
export const isBuiltin = computed(() => text.value === builtinText.value);
/** What stops all rules. */
export const errors = computed(() => problems.value.filter(({ severity }) => severity === "error"));
/** The text whose rules the findings on the page are of. */
const used = signal("");
export const isStale = computed(() => summary.value !== undefined && used.value !== ready.value);

export const sort = signal<{ column: Column; descending: boolean } | undefined>(undefined);
export const filter = signal("");

/** The record of the tab `Explain`. */
export const record = signal("");

/** How often the rules were edited. */
let edits = 0;

let started: Promise<void> | undefined;

/** Loads the engine, once. */
export function start(): Promise<void> {
  return (started ??= load());
}

async function load(): Promise<void> {
  try {
    const started = await client.ask("start", undefined);
    // Rules may have been dropped meanwhile.
    if (edits === 0) described.value = started.described;
    const detections = [started.builtin.detections ?? []].flat();
    builtinText.value = detections.map(published).join("---\n");
    if (text.value === "") text.value = ready.value = builtinText.value;
  } catch (error) {
    failure.value = `the engine cannot be loaded: ${said(error)}`;
  }
}

/** Runs the rules over the sources, or over those of the last run. */
export async function run(given: Source[] = sources.value): Promise<void> {
  await start();
  if (pause !== undefined) await edit(text.value);
  if (given.length === 0) return;
  if (errors.value.length > 0) {
    failure.value = "the rules cannot run: mend them first, or go back to the built-in ones";
    return;
  }
  sources.value = given;
  summary.value = undefined;
  failure.value = undefined;
  client.progress.value = undefined;
  stopping.value = false;
  running.value = true;
  tab.value = "findings";
  filter.value = "";
  sort.value = undefined;
  used.value = ready.value;
  const request = { sources: given, window: window_.value };
  try {
    summary.value = await client.ask("run", request);
  } catch (error) {
    failure.value = said(error);
  } finally {
    running.value = false;
  }
}

export function cancel(): void {
  stopping.value = true;
  void client.ask("cancel", undefined);
}

let pause: ReturnType<typeof setTimeout> | undefined;

/** Takes a text that is still being written: it is checked after a pause. */
export function typed(next: string): void {
  clearTimeout(pause);
  text.value = next;
  pause = setTimeout(() => void edit(next), PAUSE);
}

/** Takes the text of the editor: what is wrong with it is shown there. */
export async function edit(next: string): Promise<void> {
  clearTimeout(pause);
  pause = undefined;
  text.value = next;
  const number = ++edits;
  const given = next === builtinText.value ? "" : next;
  const checked = await client.ask("check", given);
  if (number !== edits) return;
  problems.value = checked.problems;
  picture.value = checked.picture;
  if (checked.described === undefined) return;
  described.value = checked.described;
  ready.value = next;
}

/** Puts rules that were dropped into the editor, behind one another. */
export async function takeRules(files: File[]): Promise<void> {
  const texts = await Promise.all(files.map((file) => file.text()));
  tab.value = "rule";
  await edit(texts.map((text) => text.replace(/^---\n/, "").trimEnd()).join("\n---\n") + "\n");
}

export async function save(form: ExportForm): Promise<void> {
  const blob = await client.ask("export", form);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `findings.${form === "text" ? "txt" : form}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export function explain(event: string): void {
  record.value = event;
  tab.value = "explain";
}

export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
