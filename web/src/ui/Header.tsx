import { signal } from "@preact/signals";

import { run, running, sources, window_ } from "../state";
import type { Window } from "../engine/protocol";
import { chooseFiles } from "./choose";

type Theme = "light" | "dark";

const preferred = matchMedia("(prefers-color-scheme: dark)");
export const theme = signal<Theme>(preferred.matches ? "dark" : "light");
setTheme(theme.value);
preferred.addEventListener("change", ({ matches }) => setTheme(matches ? "dark" : "light"));

function setTheme(next: Theme): void {
  theme.value = next;
  document.documentElement.dataset["theme"] = next;
}

const WINDOWS: { id: Window; label: string; title: string }[] = [
  { id: "schedule", label: "Schedule", title: "A finding for each scheduled run, as published" },
  { id: "all", label: "All time", title: "All time is one window: a finding for each group" },
];

export function Header() {
  const choose = (id: Window) => {
    if (window_.value === id) return;
    window_.value = id;
    if (!running.value) void run();
  };
  const other = theme.value === "dark" ? "light" : "dark";
  return (
    <header>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <div class="brand">
        <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
          <rect width="32" height="32" rx="7" class="brand-back" />
          <path d="M8 10h16M8 16h10M8 22h13" class="brand-lines" />
          <circle cx="23.5" cy="16" r="2.6" class="brand-dot" />
        </svg>
        <h1>Log triage</h1>
        <span class="local">
          <span class="dot" aria-hidden="true" /> nothing leaves this machine
        </span>
      </div>
      <div class="actions">
        <fieldset class="segments" disabled={running.value}>
          <legend class="sr-only">Time windows</legend>
          {WINDOWS.map(({ id, label, title }) => (
            <label key={id} title={title}>
              <input
                type="radio"
                name="window"
                checked={window_.value === id}
                onChange={() => choose(id)}
              />
              <span>{label}</span>
            </label>
          ))}
        </fieldset>
        {sources.value.length > 0 && (
          <button type="button" disabled={running.value} onClick={() => chooseFiles(run)}>
            Open files
          </button>
        )}
        <button
          type="button"
          class="quiet icon"
          aria-label={`Use the ${other} theme`}
          title={`Use the ${other} theme`}
          onClick={() => setTheme(other)}
        >
          <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
            <circle cx="10" cy="10" r="7" fill="none" stroke="currentColor" stroke-width="1.6" />
            <path d="M10 3a7 7 0 0 1 0 14z" fill="currentColor" />
          </svg>
        </button>
      </div>
    </header>
  );
}
