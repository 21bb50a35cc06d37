/**
 * The text of the editor as rules: YAML documents in their published form, detections
 * (which have `search`) and macros (which have `definition`), or a bare search.
 */

import type { Macro } from "rule-web";
import { isScalar, LineCounter, parseAllDocuments, type Document, type Scalar } from "yaml";

import type { Failed, Rules } from "../engine/protocol";
import { indented } from "./indent";
import { placeInScalar } from "./place";

/** Something wrong at a place of the text. */
export interface Problem {
  from: number;
  to: number;
  /** From 1. */
  line: number;
  message: string;
  /** An error stops all rules; with a warning the others run. */
  severity: "error" | "warning";
}

type Spot = Omit<Problem, "severity" | "line">;
type Placed = Omit<Problem, "severity">;

/** A search in the text. */
interface Search {
  name: string;
  text: string;
  /** Where its value stands; a bare search is all of the text. */
  node: Scalar | undefined;
}

export interface Read {
  rules: Rules;
  problems: Problem[];
  /** Where in the text the engine's error is. */
  locate(failed: Failed): Placed;
}

export async function read(given: string): Promise<Read> {
  const { text, back } = indented(given);
  const starts = [0, ...[...given.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const placed = <S extends Spot>(spot: S): S & { line: number } => {
    const from = back(spot.from);
    return { ...spot, from, to: back(spot.to), line: lineAt(starts, from) };
  };
  const searches: Search[] = [];
  const problems: Omit<Problem, "line">[] = [];
  const detections: Record<string, unknown>[] = [];
  const macros: Record<string, Macro> = {};
  if (isBare(text)) {
    const search = text.trim();
    detections.push({ name: "search", id: await digest(search), search });
    searches.push({ name: "search", text: search, node: undefined });
  } else {
    const documents = parsed(text, problems);
    for (const document of documents) {
      const value: unknown = document.toJS();
      if (value === null) continue;
      if (isDetection(value)) {
        detections.push(value);
        const node = document.get("search", true);
        const name = String(value["name"] ?? "");
        if (isScalar(node)) searches.push({ name, text: String(node.value), node });
      } else if (isMacro(value)) {
        const { definition, arguments: names } = value;
        macros[value.name] = { definition, ...(names ? { arguments: names } : {}) };
      } else {
        const [from, to] = extent(document, text);
        const message =
          "this is neither a detection nor a macro: it has no key `search` and no `definition`";
        const severity = documents.length > 1 ? "warning" : "error";
        problems.push({ from, to, message, severity });
      }
    }
  }
  const rules: Rules = {};
  if (detections.length > 0) rules.detections = detections as never;
  if (Object.keys(macros).length > 0) rules.macros = macros;
  // Of several the others run where one cannot, as of a folder of the program.
  if (detections.length > 1) rules.refused = "skip";
  return {
    rules,
    problems: problems.map(placed),
    locate: (failed) => placed(locate(text, searches, failed)),
  };
}

function parsed(text: string, problems: Omit<Problem, "line">[]): Document[] {
  // Of a key that stands twice the last counts, as in the program.
  const documents = parseAllDocuments(text, { lineCounter: new LineCounter(), uniqueKeys: false });
  if (!Array.isArray(documents)) return [];
  for (const { errors } of documents) {
    for (const { message, pos } of errors) {
      const [line = message] = message.split("\n");
      const [from, to] = [pos[0], Math.max(pos[1], pos[0] + 1)];
      problems.push({ from, to, message: line, severity: "error" });
    }
  }
  return documents.filter(({ errors }) => errors.length === 0);
}

/** A search without anything around it: its first line is no key of YAML. */
function isBare(text: string): boolean {
  const first = text.split("\n").find((line) => line.trim() !== "" && !/^\s*#/.test(line)) ?? "";
  return first !== "" && !/^(---|[{[%]|\s*["']?[\w-]+["']?\s*:(\s|$))/.test(first);
}

function isDetection(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && "search" in value;
}

function isMacro(
  value: unknown,
): value is { name: string; definition: string; arguments?: string[] } {
  const macro = value as { name?: unknown; definition?: unknown };
  return typeof macro?.name === "string" && typeof macro.definition === "string";
}

/** The id of a bare search, as the program makes it. */
async function digest(search: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(search));
  const bytes = [...new Uint8Array(hash).subarray(0, 16)];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function extent(document: Document, text: string): [number, number] {
  const [from = 0] = document.contents?.range ?? [];
  const end = text.indexOf("\n", from);
  return [from, end < 0 ? text.length : end];
}

function locate(text: string, searches: Search[], failed: Failed): Spot {
  const message = failed.message;
  const named = searches.find(({ name }) => name === failed.detection);
  const search = named ?? (searches.length === 1 ? searches[0] : undefined);
  if (search === undefined) return { from: 0, to: firstLine(text), message };
  const { where } = failed;
  if (where === undefined) return { ...whole(text, search), message };
  if (where.macro !== undefined) {
    const at = search.text.indexOf(`\`${where.macro}`);
    const within = `in the macro \`${where.macro}\`: ${message}`;
    if (at < 0) return { ...whole(text, search), message: within };
    return { ...spot(text, search, at, where.macro.length + 1), message: within };
  }
  const bytes = new TextEncoder().encode(search.text);
  const decoder = new TextDecoder();
  const at = decoder.decode(bytes.subarray(0, where.offset)).length;
  const length = decoder.decode(bytes.subarray(where.offset, where.offset + where.length)).length;
  return { ...spot(text, search, at, length), message };
}

/** The line of a place, by where lines start. */
function lineAt(starts: number[], place: number): number {
  let [low, high] = [0, starts.length];
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= place) low = middle;
    else high = middle;
  }
  return low + 1;
}

function firstLine(text: string): number {
  const end = text.indexOf("\n");
  return end < 0 ? text.length : end;
}

function whole(text: string, { node }: Search): { from: number; to: number } {
  const [from = 0, to = text.length] = node?.range ?? [];
  return { from, to };
}

function spot(
  text: string,
  search: Search,
  at: number,
  length: number,
): { from: number; to: number } {
  if (search.node === undefined) {
    const before = text.length - text.trimStart().length;
    const from = Math.min(before + at, text.length);
    return { from, to: Math.min(Math.max(from + length, from + 1), text.length) };
  }
  const { from, to } = whole(text, search);
  return placeInScalar(text, from, to, search.text, at, length);
}
