import type { Place } from "./error.js";

/** A macro: its text, or that and the names of its arguments. */
export type Macro = string | { definition: string; arguments?: string[] };

/** A detection: the published YAML as JSON. */
export interface Detection {
  name: string;
  id: string;
  search: string;
  [key: string]: unknown;
}

/** What a session is opened with; every key is optional. ABI.md, "Configuration". */
export interface Config {
  detections?: Detection | Detection[];
  refused?: "error" | "skip";
  macros?: Record<string, Macro>;
  lookups?: Record<string, unknown>;
  sources?: Record<string, unknown>;
  defaults?: { sourcetype?: string; host?: string; source?: string; timezone?: unknown };
  window?: "schedule" | "all" | { every: string; offset?: string; delay?: string };
  clock?: "end" | "host" | "record";
  late?: "report" | "amend" | { mode: "report" | "amend"; keep?: string };
  early?: boolean | "running";
  samples?: number;
  strict?: boolean;
  limits?: Partial<
    Record<"record" | "state" | "groups" | "windows" | "key" | "late" | "future", number>
  >;
  records?: "annotate" | "alerts";
  sealed?: boolean;
}

/** An input. ABI.md, "Input". */
export interface Input {
  /** For messages and samples. */
  name?: string;
  format?: "auto" | "json" | "xml" | "text" | "csv";
  host?: string;
  sourcetype?: string;
  source?: string;
  timezone?: unknown;
  offset?: number;
  stream?: string;
  goes_on?: boolean;
  ends?: boolean;
}

/** A record that could not be read. */
export interface Malformed {
  input?: string;
  offset: number;
  reason: string;
  text: string;
}

/** What was read, matched and left out. ABI.md, "Counters, description, explanation". */
export interface Counters {
  bytes: number;
  records: number;
  candidates: number;
  matches: number;
  malformed: number;
  malformed_samples: Malformed[];
  invalid_utf8: number;
  late: number;
  outside: number;
  no_time: number;
  future: number;
  combinations: number;
  fields: number;
  expanded: number;
  groups: number;
  alerts: number;
  partial: number;
  early: number;
  amended: number;
  clock_back: number;
}

/** A rule that is open. */
export interface Rule {
  id: string;
  name: string;
  version?: number;
  type?: string;
  search: string;
  expanded: string;
  macros: unknown;
  fields: string[];
  schedule: unknown;
  risk?: unknown;
  attack: string[];
  stories: string[];
}

/** A detection that does not run, and why. */
export interface Refused {
  code: string;
  message: string;
  what?: string;
  detection?: string;
  where?: Place;
  picture?: string;
}

/** What a session runs. */
export interface Description {
  abi: string;
  engine: string;
  digest: string;
  rules: Rule[];
  /** With `refused: "skip"`: what does not run, and why. */
  refused?: Refused[];
  fields: string[];
  literals: string[] | null;
  limits: Record<string, number>;
  memory: { needed: number; state: number };
}

/** A part of a search, against one record. */
export interface Part {
  kind: "all" | "and" | "or" | "not" | "compare" | "in" | "term" | "never";
  text: string;
  held: boolean;
  values?: unknown;
  parts?: Part[];
}

/** One record against each rule. */
export interface Explanation {
  record: { format: string; time: string | null; fields: Record<string, unknown> };
  rules: { id: string; name: string; matched: boolean; search: Part }[];
}

/** An alert: a line of what {@link Session.alerts} gives. ABI.md, "The alert". */
export interface Alert {
  schema: string;
  kind: "final" | "early" | "late" | "amended" | "partial";
  id: string;
  part: number;
  revision: number;
  time: string | null;
  rule: { id: string; name: string; version?: number; type?: string };
  window?: { start: string; end: string };
  row: Record<string, unknown> | null;
  risk?: {
    message?: string;
    objects: { field: string; type: string; value: string; score: number }[];
    threats: unknown[];
  };
  attack: string[];
  stories: string[];
  samples?: Sample[];
}

/** An event behind a row. */
export interface Sample {
  input?: string;
  offset: number;
  record?: string | number;
  text: string;
}
