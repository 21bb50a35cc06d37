import { failure, running, sources, summary, tab, type Tab, errors } from "../state";
import { DropTarget } from "./DropTarget";
import { Explain } from "./Explain";
import { Findings } from "./Findings";
import { Header } from "./Header";
import { Progress } from "./Progress";
import { Prose } from "./Prose";
import { RuleEditor } from "./RuleEditor";
import { Start } from "./Start";
import { Results } from "./Results";

const TABS: { id: Tab; label: string }[] = [
  { id: "findings", label: "Findings" },
  { id: "rule", label: "Rules" },
  { id: "explain", label: "Explain" },
];

export function App() {
  return (
    <DropTarget>
      <Header />
      <Tabs />
      <main id="main">
        {failure.value !== undefined && (
          <p class="notice error" role="alert">
            <Prose text={failure.value} />
          </p>
        )}
        <section
          id="panel-findings"
          role="tabpanel"
          aria-labelledby="tab-findings"
          hidden={tab.value !== "findings"}
        >
          {running.value && <Progress />}
          {!running.value && summary.value === undefined && <Start />}
          {summary.value !== undefined && (
            <Results summary={summary.value}>
              <Findings summary={summary.value} />
            </Results>
          )}
        </section>
        <section
          id="panel-rule"
          role="tabpanel"
          aria-labelledby="tab-rule"
          hidden={tab.value !== "rule"}
        >
          <RuleEditor />
        </section>
        <section
          id="panel-explain"
          role="tabpanel"
          aria-labelledby="tab-explain"
          hidden={tab.value !== "explain"}
        >
          <Explain />
        </section>
      </main>
    </DropTarget>
  );
}

/** The tabs, moved through with the arrow keys. */
function Tabs() {
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const place = TABS.findIndex(({ id }) => id === tab.value);
    const next = TABS[(place + step + TABS.length) % TABS.length];
    if (next === undefined) return;
    tab.value = next.id;
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <nav class="tabs" aria-label="Views">
      <div role="tablist" aria-label="Views" onKeyDown={move}>
        {TABS.map(({ id, label }) => (
          <button
            key={id}
            id={`tab-${id}`}
            type="button"
            role="tab"
            aria-selected={tab.value === id}
            aria-controls={`panel-${id}`}
            tabIndex={tab.value === id ? 0 : -1}
            onClick={() => (tab.value = id)}
          >
            {label}
            {id === "findings" && summary.value !== undefined && (
              <span class="badge">{summary.value.findings.toLocaleString("en")}</span>
            )}
            {id === "rule" && errors.value.length > 0 && (
              <span class="badge bad" aria-label="with an error">
                !
              </span>
            )}
          </button>
        ))}
      </div>
      <span class="tabs-files" title={sources.value.map(({ name }) => name).join("\n")}>
        {named(sources.value.map(({ name }) => name))}
      </span>
    </nav>
  );
}

function named([first, ...more]: string[]): string {
  if (first === undefined) return "";
  return more.length === 0 ? first : `${first} and ${more.length.toLocaleString("en")} more`;
}
