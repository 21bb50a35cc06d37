/** The findings of a run: kept here, and shown to the page a part at a time. */

import type { Alert } from "rule-web";

import { visible } from "../visible";
import type { Finding, Timeline, View } from "./protocol";
import { timeline } from "./timeline";

const decoder = new TextDecoder();
const NEWLINE = 10;

/** Fields that say where something happened, the first that a row has. */
const HOSTS = ["dest", "host", "Computer", "ComputerName", "dvc", "src"];

export class Findings {
  readonly #lines: Uint8Array[] = [];
  readonly #shown: Finding[] = [];
  /** What stands on the page, as places in the two above. */
  #order: number[] = [];
  /** For the filter: what a line says, in lower case, made when it is first asked for. */
  readonly #lower: string[] = [];

  get length(): number {
    return this.#lines.length;
  }

  /** Takes alerts as the engine gives them: JSON lines. */
  add(lines: Uint8Array): void {
    let start = 0;
    for (let end; (end = lines.indexOf(NEWLINE, start)) >= 0; start = end + 1) {
      const line = lines.slice(start, end);
      this.#order.push(this.#lines.length);
      this.#shown.push(summary(this.#lines.length, parse(line)));
      this.#lines.push(line);
    }
  }

  /** Sorts and filters; gives how many are left. */
  show({ sort, filter }: View): number {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    const all = this.#lines.map((_, index) => index);
    const kept = words.length === 0 ? all : all.filter((index) => this.#has(index, words));
    if (sort !== undefined) {
      const value = (index: number) => this.#shown[index]?.[sort.column];
      const sign = sort.descending ? -1 : 1;
      kept.sort((a, b) => sign * compare(value(a), value(b)) || a - b);
    }
    this.#order = kept;
    return kept.length;
  }

  rows(from: number, to: number): Finding[] {
    return this.#order.slice(from, to).flatMap((index) => this.#shown[index] ?? []);
  }

  alert(index: number): Alert {
    const line = this.#lines[index];
    if (line === undefined) throw new Error("that finding is of an earlier run");
    return parse(line);
  }

  /** All lines, as the engine gave them. */
  lines(): Uint8Array[] {
    return this.#lines;
  }

  timeline(): Timeline {
    return timeline(this.#shown);
  }

  #has(index: number, words: string[]): boolean {
    const said = (this.#lower[index] ??= texts(this.alert(index)).join("\n").toLowerCase());
    return words.every((word) => said.includes(word));
  }
}

function parse(line: Uint8Array): Alert {
  return JSON.parse(decoder.decode(line));
}

/** All that is said anywhere in a value, as it reads and not as JSON writes it. */
function texts(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== "object") return [String(value)];
  return Object.entries(value).flatMap(([name, inside]) =>
    Array.isArray(value) ? texts(inside) : [name, ...texts(inside)],
  );
}

function compare(a: string | number | undefined, b: string | number | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a) < String(b) ? -1 : 1;
}

function summary(index: number, alert: Alert): Finding {
  const row = alert.row ?? {};
  const field = HOSTS.find((name) => row[name] !== undefined && row[name] !== null);
  const scores = alert.risk?.objects.map((object) => object.score) ?? [];
  const host = field === undefined ? alert.risk?.objects[0]?.value : text(row[field]);
  return {
    index,
    time: first(row) ?? alert.window?.start ?? alert.time ?? "",
    end: alert.window?.end ?? alert.time ?? "",
    rule: visible(alert.rule.name),
    kind: alert.kind,
    host: visible(host ?? ""),
    what: visible(what(row, field)),
    count: typeof row["count"] === "number" ? row["count"] : undefined,
    score: scores.length > 0 ? Math.max(...scores) : undefined,
  };
}

/** When the first event of a row was, where the row says it. */
function first(row: Record<string, unknown>): string | undefined {
  const time = text(row["firstTime"] ?? row["_time"]);
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z?$/.test(time)) return time.endsWith("Z") ? time : `${time}Z`;
  if (!/^\d{9,11}(\.\d+)?$/.test(time)) return undefined;
  return new Date(Number(time) * 1000).toISOString().replace(/\.000Z$/, "Z");
}

/** The rest of a row in a line. */
function what(row: Record<string, unknown>, host: string | undefined): string {
  const said = new Set([host, "count", "firstTime", "lastTime", "_time"]);
  const parts = Object.entries(row).filter(([name, value]) => !said.has(name) && value !== null);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return text(only[1]);
  return parts.map(([name, value]) => `${name}=${text(value)}`).join("  ");
}

function text(value: unknown): string {
  if (value === null || value === undefined) return "";
  return Array.isArray(value) ? value.map(text).join(", ") : String(value);
}

