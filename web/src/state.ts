/** What the page knows, as signals; what can be done, as functions. */

import { computed, signal } from "@preact/signals";
import type { Description } from "rule-web";

import { CallError, Client } from "./engine/client";
import type { Column, ExportForm, Failed, Rules, Source, Summary, Window } from "./engine/protocol";
import { type Problem, read } from "./rules/document";
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
export const simd = signal<boolean | undefined>(undefined);

/** The rules of the editor, where they are not the built-in ones. */
export const text = signal("");
export const rules = signal<Rules>({});
export const described = signal<Description | undefined>(undefined);
export const problems = signal<Problem[]>([]);
export const picture = signal<string | undefined>(undefined);
export const isBuiltin = computed(() => text.value === builtinText.value);
/** The rules that the findings on the page are of. */
const used = signal<Rules>({});
export const isStale = computed(() => summary.value !== undefined && used.value !== rules.value);
export const usedRules = computed(() => used.value);

export const sort = signal<{ column: Column; descending: boolean } | undefined>(undefined);
export const filter = signal("");

/** The record of the tab `Explain`. */
export const record = signal("");

/** How often the rules were edited. */
let edits = 0;

export async function start(): Promise<void> {
  try {
    const started = await client.ask("start", undefined);
    simd.value = started.simd;
    // Rules may have been dropped meanwhile.
    if (edits === 0) described.value = started.described;
    const detections = [started.builtin.detections ?? []].flat();
    builtinText.value = detections.map(published).join("---\n");
    if (text.value === "") text.value = builtinText.value;
  } catch (error) {
    failure.value = `the engine cannot be loaded: ${said(error)}`;
  }
}

/** Runs the rules over the sources, or over those of the last run. */
export async function run(given: Source[] = sources.value): Promise<void> {
  if (given.length === 0 || problems.value.length > 0) return;
  sources.value = given;
  summary.value = undefined;
  failure.value = undefined;
  client.progress.value = undefined;
  stopping.value = false;
  running.value = true;
  tab.value = "findings";
  filter.value = "";
  sort.value = undefined;
  used.value = rules.value;
  const request = { sources: given, rules: rules.value, window: window_.value };
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

/** Takes the text of the editor: what is wrong with it is shown there. */
export async function edit(next: string): Promise<void> {
  text.value = next;
  const number = ++edits;
  const isLast = () => number === edits;
  picture.value = undefined;
  if (next === builtinText.value) {
    problems.value = [];
    rules.value = {};
    const description = await client.ask("check", {});
    if (isLast()) described.value = description;
    return;
  }
  const document = await read(next);
  if (!isLast()) return;
  if (document.problems.length > 0) {
    problems.value = document.problems;
    return;
  }
  try {
    const description = await client.ask("check", document.rules);
    if (!isLast()) return;
    problems.value = [];
    rules.value = document.rules;
    described.value = description;
  } catch (error) {
    if (!isLast()) return;
    const failed: Failed =
      error instanceof CallError ? error.failed : { message: said(error) };
    problems.value = [document.locate(failed)];
    picture.value = failed.picture;
  }
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
