import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Rule } from "rule-web";

import {
  builtinText,
  described,
  edit,
  errors,
  isBuiltin,
  picture,
  problems,
  run,
  running,
  sources,
  tab,
} from "../state";
import type { Problem } from "../rules/document";
import { number } from "./format";
import { Prose } from "./Prose";

export function RuleEditor() {
  const [Editor, setEditor] = useState<ComponentType>();
  // The editor is most of the page's code, and is loaded when it is first looked at.
  useEffect(() => {
    if (tab.value === "rule" && Editor === undefined) {
      void import("./Editor").then((loaded) => setEditor(() => loaded.Editor));
    }
  }, [tab.value]);
  return (
    <div class="rule-view">
      <div class="card editor-card">
        <div class="editor-head">
          <h2>{isBuiltin.value ? "Built-in detection" : "Your rules"}</h2>
          <p class="meta">
            Detections and macros as YAML, one document after the other, or a bare search
          </p>
          <div class="row">
            <button
              type="button"
              disabled={isBuiltin.value}
              onClick={() => void edit(builtinText.value)}
            >
              Back to the built-in
            </button>
            {sources.value.length > 0 && (
              <button
                type="button"
                class="primary"
                disabled={running.value || errors.value.length > 0}
                onClick={() => void run()}
              >
                Search again
              </button>
            )}
          </div>
        </div>
        {Editor === undefined ? <div class="editor" /> : <Editor />}
      </div>
      <Check />
    </div>
  );
}

/** As many are listed, and as many shown whole. */
const LISTED = 50;
const WHOLE = 3;

/** What is wrong with the rules, or what they are. */
function Check() {
  if (errors.value.length > 0) {
    return (
      <div class="card check bad" role="alert">
        <h2>
          {errors.value.length === 1 ? "This cannot run" : `${number(errors.value.length)} errors`}
        </h2>
        <Problems found={errors.value} />
        {picture.value !== undefined && <pre>{picture.value}</pre>}
      </div>
    );
  }
  const rules = described.value?.rules ?? [];
  const warnings = problems.value;
  return (
    <div class="card check" role="status">
      <h2>{rules.length === 1 ? "Ready" : `${number(rules.length)} rules are ready`}</h2>
      {warnings.length > 0 && (
        <details>
          <summary>{number(warnings.length)} cannot run, and are left out</summary>
          <Problems found={warnings} />
        </details>
      )}
      {rules.slice(0, LISTED).map((rule) =>
        rules.length > WHOLE ? (
          <details key={rule.id}>
            <summary>{rule.name}</summary>
            <About rule={rule} />
          </details>
        ) : (
          <section key={rule.id}>
            <h3>{rule.name}</h3>
            <About rule={rule} />
          </section>
        ),
      )}
      {rules.length > LISTED && <p class="meta">and {number(rules.length - LISTED)} more</p>}
    </div>
  );
}

function About({ rule }: { rule: Rule }) {
  return (
    <>
      <dl class="fields">
        <div>
          <dt>fields</dt>
          <dd>{rule.fields.join(", ") || "–"}</dd>
        </div>
        <div>
          <dt>schedule</dt>
          <dd>{schedule(rule.schedule)}</dd>
        </div>
      </dl>
      <details>
        <summary>With its macros</summary>
        <pre>{rule.expanded}</pre>
      </details>
    </>
  );
}

function Problems({ found }: { found: Problem[] }) {
  return (
    <ul>
      {found.slice(0, LISTED).map(({ from, line, message }) => (
        <li key={`${from} ${message}`}>
          <Prose text={message} /> <span class="meta">line {number(line)}</span>
        </li>
      ))}
      {found.length > LISTED && <li class="meta">and {number(found.length - LISTED)} more</li>}
    </ul>
  );
}

function schedule(schedule: unknown): string {
  if (typeof schedule !== "object" || schedule === null) return String(schedule ?? "–");
  return Object.values(schedule).filter((value) => typeof value !== "object").join("  ");
}
