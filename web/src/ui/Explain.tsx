import { useSignal } from "@preact/signals";
import type { Explanation, Part } from "rule-web";
import { useEffect } from "preact/hooks";

import { client, ready, record, said } from "../state";
import { visible } from "../visible";

export function Explain() {
  const answer = useSignal<Explanation | undefined>(undefined);
  const error = useSignal<string | undefined>(undefined);
  useEffect(() => {
    const text = record.value.trim();
    error.value = undefined;
    if (text === "") {
      answer.value = undefined;
      return;
    }
    let current = true;
    const pause = setTimeout(() => {
      client.ask("explain", { ofFindings: false, record: text }).then(
        (given) => current && (answer.value = given),
        (failed) => {
          if (!current) return;
          answer.value = undefined;
          error.value = said(failed);
        },
      );
    }, 200);
    return () => {
      current = false;
      clearTimeout(pause);
    };
  }, [record.value, ready.value]);
  return (
    <div class="explain">
      <div class="card explain-in">
        <h2>
          <label for="record">Why did an event match, or not?</label>
        </h2>
        <p class="meta">One event, as it stands in the log: JSON, XML or text</p>
        <textarea
          id="record"
          spellcheck={false}
          value={record.value}
          placeholder='{"EventID":1,"Channel":"MSExchange Management", …}'
          onInput={(event) => (record.value = event.currentTarget.value)}
        />
      </div>
      <div class="card explain-out" aria-live="polite">
        {error.value !== undefined && <p class="notice error">{error.value}</p>}
        {answer.value === undefined && error.value === undefined && (
          <p class="meta">The parts of each search appear here, with the values that they saw.</p>
        )}
        {answer.value !== undefined && <Answer {...answer.value} />}
      </div>
    </div>
  );
}

function Answer({ record, rules }: Explanation) {
  const fields = Object.entries(record.fields);
  return (
    <>
      {rules.map(({ id, name, matched, search }) => (
        <section key={id}>
          <h3>
            <span class={matched ? "verdict yes" : "verdict no"}>
              {matched ? "matches" : "does not match"}
            </span>{" "}
            {visible(name)}
          </h3>
          <ul class="tree">
            <Node part={search} />
          </ul>
        </section>
      ))}
      <section>
        <h4>The event as the search sees it</h4>
        <p class="meta">
          {record.format}
          {record.time !== null && `, ${record.time}`}
        </p>
        <dl class="fields">
          {fields.map(([name, value]) => (
            <div key={name}>
              <dt>{visible(name)}</dt>
              <dd>{values(value)}</dd>
            </div>
          ))}
        </dl>
      </section>
    </>
  );
}

const JOINED: Record<string, string> = { and: "all of", or: "one of", not: "not", all: "every event" };

function Node({ part }: { part: Part }) {
  const { kind, text, held, parts = [] } = part;
  const seen = part.values === undefined ? undefined : values(part.values);
  return (
    <li class={held ? "held" : "failed"}>
      <span class="mark" aria-hidden="true">
        {held ? "✓" : "✗"}
      </span>
      <span class="sr-only">{held ? "held:" : "did not hold:"}</span>
      {parts.length > 0 ? <em>{JOINED[kind] ?? kind}</em> : <code>{visible(text)}</code>}
      {parts.length === 0 && kind !== "all" && (
        <span class="meta">{seen === undefined || seen === "" ? "no value" : `saw ${seen}`}</span>
      )}
      {parts.length > 0 && (
        <ul>
          {parts.map((inside, place) => (
            <Node key={place} part={inside} />
          ))}
        </ul>
      )}
    </li>
  );
}

function values(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(values).join(", ");
  return visible(typeof value === "object" ? JSON.stringify(value) : String(value));
}
