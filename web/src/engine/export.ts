/** Findings as files, in the forms of the program's outputs. */

import type { Alert } from "rule-web";

import { visible } from "../visible";
import type { Findings } from "./findings";
import type { ExportForm } from "./protocol";

const decoder = new TextDecoder();

/** A number in the digits that it came with. */
class Digits {
  constructor(readonly text: string) {}
}

export function exported(findings: Findings, form: ExportForm): Blob {
  switch (form) {
    case "ndjson": {
      const lines = findings.lines().flatMap((line) => [line as Uint8Array<ArrayBuffer>, "\n"]);
      return new Blob(lines, { type: "application/x-ndjson" });
    }
    case "csv":
      return new Blob(csv(findings.lines()), { type: "text/csv" });
    case "text":
      return new Blob(text(findings.lines()), { type: "text/plain" });
  }
}

/** An alert, its numbers in their digits where the browser tells them. */
function parse(line: Uint8Array): Alert {
  const exact = (_: string, value: unknown, context?: { source?: string }) =>
    typeof value === "number" ? new Digits(context?.source ?? String(value)) : value;
  return JSON.parse(decoder.decode(line), exact);
}

const BEFORE = ["alert.rule", "alert.kind", "alert.id", "alert.window_start", "alert.window_end"];
const AFTER = ["alert.risk_score", "alert.risk_message"];

/** As `--output csv`: the fields of all rows between columns of ours. */
export function csv(lines: Uint8Array[]): string[] {
  const fields = new Set<string>();
  for (const line of lines) for (const name of Object.keys(parse(line).row ?? {})) fields.add(name);
  const row = (cells: string[]) => `${cells.map(quoted).join(",")}\n`;
  const header = row([...BEFORE, ...fields, ...AFTER].map(harmless));
  return [
    header,
    ...lines.map((line) => {
      const alert = parse(line);
      const found = alert.row ?? {};
      // A field may be called as what every object has: `constructor`.
      const cells = [...fields].map((name) => cell(Object.hasOwn(found, name) ? found[name] : null));
      const score = scores(alert);
      return row([
        harmless(alert.rule.name),
        alert.kind,
        alert.id,
        alert.window?.start ?? "",
        alert.window?.end ?? "",
        ...cells,
        score.length === 0 ? "" : String(Math.max(...score)),
        harmless(alert.risk?.message ?? ""),
      ]);
    }),
  ];
}

function cell(value: unknown): string {
  return value instanceof Digits ? value.text : harmless(values(value).join("\n"));
}

function values(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap(values);
  return [value instanceof Digits ? value.text : String(value)];
}

function scores(alert: Alert): number[] {
  return alert.risk?.objects.map(({ score }) => Number(values(score)[0])) ?? [];
}

/** A text that no spreadsheet takes for a formula. */
function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function oneLine(text: string): string {
  return visible(text).replaceAll("\n", " ");
}

/** For people: as `--output table` is on a narrow terminal, a block for each alert. */
export function text(lines: Uint8Array[]): string[] {
  let rule: string | undefined;
  return lines.map((line) => {
    const alert = parse(line);
    const head = alert.rule.name === rule ? "" : `${oneLine(alert.rule.name)}\n\n`;
    rule = alert.rule.name;
    const fields = Object.entries(alert.row ?? {}).map(
      ([name, value]): [string, string[]] => [
        oneLine(name),
        visible(values(value).join("\n").replaceAll("\r\n", "\n")).split("\n"),
      ],
    );
    const score = scores(alert);
    if (score.length > 0) fields.push(["risk score", [score.join(", ")]]);
    const width = Math.max(0, ...fields.map(([name]) => name.length));
    const body = fields.map(([name, [first = "", ...rest]]) => {
      const more = rest.map((text) => `\n  ${" ".repeat(width)}  ${text}`);
      return `  ${name.padEnd(width)}  ${first}${more.join("")}\n`;
    });
    const when = alert.window === undefined ? "" : `${alert.window.start} to ${alert.window.end}`;
    const kind = alert.kind === "final" ? "" : `  ${alert.kind}`;
    return `${head}${when}${kind}\n${body.join("")}\n`.replace(/^\n/, "");
  });
}
