import type { Alert, Sample } from "rule-web";
import { useEffect, useRef, useState } from "preact/hooks";

import { pieces, wanted } from "../rules/marks";
import { client, explain } from "../state";
import { visible } from "../visible";
import { level } from "./Findings";
import { number, span, time } from "./format";

/** A finding, whole. */
export function Detail({ index, close }: { index: number; close: () => void }) {
  const [alert, setAlert] = useState<Alert>();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    void client.ask("alert", index).then(setAlert);
  }, [index]);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape") close();
  };
  return (
    <aside class="detail" aria-label="Finding" ref={panel} onKeyDown={onKey}>
      {alert !== undefined && <Whole alert={alert} close={close} />}
    </aside>
  );
}

function Whole({ alert, close }: { alert: Alert; close: () => void }) {
  const { rule, window, row, risk, attack, stories, samples = [] } = alert;
  return (
    <>
      <div class="detail-head">
        <div>
          <h3>{visible(rule.name)}</h3>
          <p class="meta">
            {window === undefined
              ? alert.time !== null && `last event ${time(alert.time)}`
              : `${span(window.start, window.end)} UTC`}
            {alert.kind !== "final" && ` · ${alert.kind}`}
            {rule.type !== undefined && ` · ${rule.type}`}
          </p>
        </div>
        <button type="button" class="quiet icon" aria-label="Close the finding" onClick={close}>
          ×
        </button>
      </div>
      {risk !== undefined && (
        <section class="detail-risk">
          {risk.message !== undefined && <p>{visible(risk.message)}</p>}
          <ul class="chips">
            {risk.objects.map(({ field, type, value, score }) => (
              <li key={`${field} ${value}`}>
                <span class={`risk ${level(score)}`}>{score}</span> {visible(value)}{" "}
                <span class="meta">{type}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {(attack.length > 0 || stories.length > 0) && (
        <ul class="chips techniques">
          {attack.map((technique) => (
            <li key={technique}>
              <a
                href={`https://attack.mitre.org/techniques/${technique.replace(".", "/")}/`}
                target="_blank"
                rel="noreferrer noopener"
                title={`${technique} at attack.mitre.org (opens a new tab)`}
              >
                {technique}
              </a>
            </li>
          ))}
          {stories.map((story) => (
            <li key={story} class="story">
              {story}
            </li>
          ))}
        </ul>
      )}
      <section>
        <h4>Row</h4>
        {row === null ? (
          <p class="meta">The row does not come out of the search any more.</p>
        ) : (
          <dl class="fields">
            {Object.entries(row).map(([name, value]) => (
              <div key={name}>
                <dt>{visible(name)}</dt>
                <dd>{shown(value)}</dd>
              </div>
            ))}
          </dl>
        )}
      </section>
      {samples.length > 0 && (
        <section>
          <h4>
            {samples.length === 1 ? "The event behind it" : `The first ${samples.length} events`}
          </h4>
          <ul class="samples">
            {samples.map((sample) => (
              <Event key={`${sample.input} ${sample.offset}`} sample={sample} rule={rule.id} />
            ))}
          </ul>
        </section>
      )}
      <p class="meta id">id {alert.id}</p>
    </>
  );
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "–";
  return Array.isArray(value) ? value.map(shown).join("\n") : visible(String(value));
}

/** An event, the parts marked that made it match. */
function Event({ sample, rule }: { sample: Sample; rule: string }) {
  const [words, setWords] = useState<string[]>([]);
  useEffect(() => {
    void client
      .ask("explain", { ofFindings: true, record: sample.text })
      .then(({ rules }) => {
        const found = rules.find(({ id }) => id === rule);
        if (found !== undefined) setWords(wanted(found.search));
      })
      // An event that cannot be read alone, a row of CSV, has no marks.
      .catch(() => undefined);
  }, [sample, rule]);
  return (
    <li>
      <div class="sample-head">
        <span class="meta">
          {visible(sample.input ?? "input")}, byte {number(sample.offset)}
        </span>
        <button type="button" class="link" onClick={() => explain(sample.text)}>
          Explain
        </button>
      </div>
      <pre tabIndex={0} aria-label="Event">
        {pieces(sample.text, words).map(({ text, marked }, place) =>
          marked ? <mark key={place}>{visible(text)}</mark> : visible(text),
        )}
      </pre>
    </li>
  );
}
