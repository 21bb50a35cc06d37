/** What the page and its worker say to each other. */

import type {
  Alert,
  Config,
  Counters,
  Description,
  Explanation,
  Place,
} from "rule-web";

import type { Problem } from "../rules/document";

/** An input, as the page has it. */
export interface Source {
  name: string;
  blob: Blob;
}

/** A detection's rules, ready for the engine. */
export interface Rules {
  detections?: Config["detections"];
  macros?: Config["macros"];
  refused?: Config["refused"];
}

/** What becomes of the text of the editor. */
export interface Checked {
  problems: Problem[];
  /** The place of the one error in its search, as the engine draws it. */
  picture?: string;
  /** What runs; nothing where there is an error. */
  described?: Description;
}

export type Window = "schedule" | "all";

export interface RunRequest {
  sources: Source[];
  window: Window;
}

/** How the findings are to be shown. */
export interface View {
  sort: { column: Column; descending: boolean } | undefined;
  filter: string;
}

export type Column = "time" | "rule" | "host" | "what" | "count" | "score";
export type ExportForm = "ndjson" | "csv" | "text";

/** A finding, as far as the table shows it. */
export interface Finding {
  index: number;
  time: string;
  end: string;
  rule: string;
  kind: string;
  host: string;
  what: string;
  count: number | undefined;
  score: number | undefined;
}

export interface Progress {
  read: number;
  total: number;
  /** The input at hand; empty where all are read. */
  name: string;
  /** Bytes a second. */
  speed: number;
  events: number;
  matched: number;
}

/** Something about an input that the user should know. */
export interface Notice {
  input: string;
  text: string;
}

export interface Summary {
  counters: Counters;
  findings: number;
  seconds: number;
  cancelled: boolean;
  notices: Notice[];
  timeline: Timeline;
}

/** Matches over time: for each host how many in each stretch. */
export interface Timeline {
  /** Seconds since 1970. */
  starts: number[];
  step: number;
  hosts: { name: string; counts: number[]; total: number }[];
}

export interface Failed {
  message: string;
  code?: string;
  what?: string;
  detection?: string;
  where?: Place;
  picture?: string;
}

/** The calls of the worker, each with what it takes and gives. */
export interface Calls {
  start: { takes: undefined; gives: { builtin: Config; described: Description } };
  run: { takes: RunRequest; gives: Summary };
  cancel: { takes: undefined; gives: undefined };
  /** Takes the text of the editor as the rules of what follows; empty is what is built in. */
  check: { takes: string; gives: Checked };
  /** With the rules of the editor, or with those of the findings. */
  explain: { takes: { ofFindings: boolean; record: string }; gives: Explanation };
  view: { takes: View; gives: number };
  rows: { takes: { from: number; to: number }; gives: Finding[] };
  alert: { takes: number; gives: Alert };
  export: { takes: ExportForm; gives: Blob };
}

export type Call = keyof Calls;

export interface Request<C extends Call = Call> {
  id: number;
  call: C;
  value: Calls[C]["takes"];
}

export type Answer =
  | { id: number; value: unknown }
  | { id: number; failed: Failed }
  | { progress: Progress };
