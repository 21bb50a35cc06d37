/** The cases of `tests/cases`, and how they are played: as tests/src does in Rust. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "smol-toml";

import { root } from "./data";

type Table = Record<string, unknown>;

export interface ExpectedError {
  code: string;
  message: string;
  what?: string;
  detection?: string;
  where?: Table;
  picture?: string;
}

export interface Case {
  name: string;
  config?: string | Table;
  search?: string;
  input?: string;
  steps?: Table[];
  uncut?: boolean;
  hits?: string[];
  misses?: string[];
  alerts?: string[];
  members?: Record<string, string[]>;
  rows?: string[];
  windows?: string[];
  counters?: Table;
  describe?: Table;
  error?: ExpectedError;
  explain?: { record: string; gives?: string; holds?: Table; error?: ExpectedError };
}

export interface Ready {
  subject: string;
  case: Case;
  /** What it opens with, as JSON. */
  config: string;
}

export function collection(): Ready[] {
  const folder = join(root, "tests/cases");
  const names = readdirSync(folder).filter((name) => name.endsWith(".toml"));
  return names.sort().flatMap((name) => {
    const text = readFileSync(join(folder, name), "utf8");
    const subject = plain(parse(text, { integersAsBigInt: "asNeeded" })) as {
      config?: Table;
      case: Case[];
    };
    return subject.case.map((one) => ({
      subject: name.replace(".toml", ""),
      case: one,
      config: configuration(one, subject.config ?? {}),
    }));
  });
}

/** Tables of TOML as objects that JSON can have. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, inside) => (typeof inside === "bigint" ? Number(inside) : inside)),
  );
}

function configuration({ config, search }: Case, common: Table): string {
  if (typeof config === "string") return config;
  const joined: Table = { ...common, ...config };
  if (search !== undefined) joined["detections"] = { name: "Case", id: "case", search };
  return Object.keys(joined).length === 0 ? "" : JSON.stringify(joined);
}
