/** The worker: the engine and the findings live here, so that the page never waits. */

import { Engine, RuleError } from "rule-web";
import plainUrl from "rule-web/wasm/rule_bg.wasm?url";
import simdUrl from "rule-web/wasm/rule_simd_bg.wasm?url";

import { Findings } from "./findings";
import { exported } from "./export";
import { Run } from "./run";
import { Opened } from "./opened";
import type { Answer, Call, Calls, Checked, Failed, Request, RunRequest } from "./protocol";
import { type Problem, read } from "../rules/document";

const engine = Engine.load((simd) => fetch(simd ? simdUrl : plainUrl));
let findings = new Findings();
let running: Run | undefined;
/** The rules of the editor, and those of the findings. */
let rules = new Opened({});
let used = rules;

type Handlers = {
  [C in Call]: (value: Calls[C]["takes"]) => Calls[C]["gives"] | Promise<Calls[C]["gives"]>;
};

const handlers: Handlers = {
  async start() {
    const loaded = await engine;
    return { builtin: loaded.builtin(), described: rules.session(loaded).describe() };
  },
  run,
  cancel() {
    running?.cancel();
    return undefined;
  },
  check,
  explain: async ({ ofFindings, record }) =>
    (ofFindings ? used : rules).session(await engine).explain(record),
  view: (view) => findings.show(view),
  rows: ({ from, to }) => findings.rows(from, to),
  alert: (index) => findings.alert(index),
  export: (form) => exported(findings, form),
};

async function run(request: RunRequest) {
  running?.cancel();
  if (used !== rules) used.close();
  used = rules;
  const run = new Run(await engine, used.rules, request, (progress) => post({ progress }));
  running = run;
  findings = new Findings();
  try {
    return await run.go(findings);
  } finally {
    if (running === run) running = undefined;
  }
}

let checks = 0;

async function check(text: string): Promise<Checked> {
  const number = ++checks;
  const document = await read(text);
  const { problems } = document;
  if (problems.some(({ severity }) => severity === "error")) return { problems };
  const next = new Opened(document.rules);
  try {
    const described = next.session(await engine).describe();
    const refused = described.refused ?? [];
    const warnings = refused.map(
      (failed): Problem => ({ ...document.locate(failed), severity: "warning" }),
    );
    if (number === checks) {
      if (rules !== used) rules.close();
      rules = next;
    } else {
      next.close();
    }
    return { problems: [...problems, ...warnings], described };
  } catch (error) {
    const why = failed(error);
    return {
      problems: [...problems, { ...document.locate(why), severity: "error" }],
      ...(why.picture === undefined ? {} : { picture: why.picture }),
    };
  }
}

function failed(error: unknown): Failed {
  if (error instanceof RuleError) {
    const { message, code, what, detection, where, picture } = error;
    return JSON.parse(JSON.stringify({ message, code, what, detection, where, picture }));
  }
  return { message: error instanceof Error ? error.message : String(error) };
}

function post(answer: Answer): void {
  self.postMessage(answer);
}

self.onmessage = async ({ data: { id, call, value } }: MessageEvent<Request>) => {
  try {
    const handler = handlers[call] as (value: unknown) => unknown;
    post({ id, value: await handler(value) });
  } catch (error) {
    post({ id, failed: failed(error) });
  }
};
