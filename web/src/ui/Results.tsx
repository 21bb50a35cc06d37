import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import type { ExportForm, Summary } from "../engine/protocol";
import { isStale, run, running, save } from "../state";
import { visible } from "../visible";
import { bytes, duration, number } from "./format";
import { Figure } from "./Progress";
import { Prose } from "./Prose";
import { Timeline } from "./Timeline";

const FORMS: { form: ExportForm; label: string }[] = [
  { form: "ndjson", label: "JSON lines" },
  { form: "csv", label: "CSV" },
  { form: "text", label: "Text" },
];

/** Counters that are shown where they are not 0, and what they mean. */
const LEFT_OUT = {
  late: "late",
  outside: "outside every window",
  no_time: "without a time",
  future: "ahead of the clock",
  invalid_utf8: "not UTF-8",
  partial: "partial findings",
} as const;

export function Results({ summary, children }: { summary: Summary; children: ComponentChildren }) {
  const { counters, findings, seconds, cancelled, notices } = summary;
  const others = Object.entries(LEFT_OUT) as [keyof typeof LEFT_OUT, string][];
  return (
    <div class="results">
      {cancelled && (
        <p class="notice" role="status">
          Stopped early: these are the findings of what was read until then.
        </p>
      )}
      {isStale.value && (
        <p class="notice">
          The rules have changed since.{" "}
          <button type="button" class="link" disabled={running.value} onClick={() => void run()}>
            Search again
          </button>
        </p>
      )}
      <div class="overview">
        <div role="group" aria-label="Counters">
          <dl class="figures">
            <Figure name="events read" value={number(counters.records)} />
            <Figure name="matched" value={number(counters.matches)} />
            <Figure name="findings" value={number(findings)} />
            <Figure
              name="malformed"
              value={number(counters.malformed)}
              bad={counters.malformed > 0}
            />
            {others.map(
              ([key, name]) =>
                counters[key] > 0 && <Figure key={key} name={name} value={number(counters[key])} bad />,
            )}
            <Figure name="time" value={duration(seconds)} />
            <Figure name="speed" value={`${bytes(counters.bytes / Math.max(seconds, 0.001))}/s`} />
          </dl>
        </div>
        <div class="exports" role="group" aria-label="Export">
          <span class="label">Export</span>
          {FORMS.map(({ form, label }) => (
            <button
              key={form}
              type="button"
              disabled={findings === 0}
              onClick={() => void save(form)}
            >
              {label}
            </button>
          ))}
        </div>
      </div>
      <Unread summary={summary} />
      {notices.length > 0 && (
        <details class="notice">
          <summary>
            {number(notices.length)} {notices.length === 1 ? "note" : "notes"} about the inputs
          </summary>
          <ul>
            {notices.slice(0, 100).map(({ input, text }, place) => (
              <li key={place}>
                <code>{visible(input)}</code> <Prose text={visible(text)} />
              </li>
            ))}
          </ul>
        </details>
      )}
      <Timeline timeline={summary.timeline} />
      {children}
    </div>
  );
}

/** Samples of records that could not be read. */
function Unread({ summary: { counters } }: { summary: Summary }) {
  const [open, setOpen] = useState(false);
  if (counters.malformed === 0) return null;
  return (
    <details class="notice" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {number(counters.malformed)} {counters.malformed === 1 ? "record" : "records"} could not be
        read
      </summary>
      <ul class="unread">
        {counters.malformed_samples.map(({ input, offset, reason, text }) => (
          <li key={`${input} ${offset}`}>
            <span>
              {visible(reason)} <span class="meta">{`${visible(input ?? "input")}, byte ${number(offset)}`}</span>
            </span>
            <pre>{visible(text)}</pre>
          </li>
        ))}
      </ul>
    </details>
  );
}
