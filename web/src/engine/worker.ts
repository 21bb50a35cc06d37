/** The worker: the engine and the findings live here, so that the page never waits. */

import { Engine, RuleError, type Session } from "rule-web";
import plainUrl from "rule-web/wasm/rule_bg.wasm?url";
import simdUrl from "rule-web/wasm/rule_simd_bg.wasm?url";

import { Findings } from "./findings";
import { exported } from "./export";
import { Run } from "./run";
import type { Answer, Call, Calls, Failed, Request, Rules, RunRequest } from "./protocol";

const engine = Engine.load((simd) => fetch(simd ? simdUrl : plainUrl));
let findings = new Findings();
let running: Run | undefined;

type Handlers = {
  [C in Call]: (value: Calls[C]["takes"]) => Calls[C]["gives"] | Promise<Calls[C]["gives"]>;
};

const handlers: Handlers = {
  async start() {
    const loaded = await engine;
    const builtin = loaded.builtin();
    return { simd: loaded.simd, builtin, described: await check({}) };
  },
  run,
  cancel() {
    running?.cancel();
    return undefined;
  },
  check,
  explain: ({ rules, record }) => withSession(rules, (session) => session.explain(record)),
  view: (view) => findings.show(view),
  rows: ({ from, to }) => findings.rows(from, to),
  alert: (index) => findings.alert(index),
  export: (form) => exported(findings, form),
};

async function run(request: RunRequest) {
  running?.cancel();
  const run = new Run(await engine, request, (progress) => post({ progress }));
  running = run;
  findings = new Findings();
  try {
    return await run.go(findings);
  } finally {
    if (running === run) running = undefined;
  }
}

function check(rules: Rules) {
  return withSession(rules, (session) => session.describe());
}

async function withSession<T>(rules: Rules, call: (session: Session) => T): Promise<T> {
  const session = (await engine).open({ ...rules });
  try {
    return call(session);
  } finally {
    session.close();
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
