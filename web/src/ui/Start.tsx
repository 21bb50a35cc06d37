import { useRef, useState } from "preact/hooks";

import { described, isBuiltin, run, tab } from "../state";
import { chooseFiles, pasted } from "./choose";
import { take } from "./DropTarget";

const FORMATS: [string, string][] = [
  [".evtx", "Windows event logs"],
  ["JSON", "lines or arrays: NXLog, Winlogbeat, Fluent Bit, Vector, Splunk"],
  ["XML", "Event XML"],
  ["Text", "classic Windows events, lines"],
  ["CSV", "with a header"],
  [".gz", "any of these, packed"],
];

/** The page before anything was opened. */
export function Start() {
  const [pasting, setPasting] = useState(false);
  return (
    <div class="start">
      <div class="drop">
        <svg viewBox="0 0 48 48" width="44" height="44" aria-hidden="true">
          <path
            d="M14 6h14l8 8v28H14zM28 6v8h8M25 36V22m-6 6 6-6 6 6"
            fill="none"
            stroke="currentColor"
            stroke-width="2"
            stroke-linejoin="round"
            stroke-linecap="round"
          />
        </svg>
        <h2>Drop log files or a folder</h2>
        <p>They are read here, in this browser, however large they are.</p>
        <div class="row">
          <button type="button" class="primary" onClick={() => chooseFiles(take)}>
            Choose files
          </button>
          <button type="button" onClick={() => chooseFiles(take, true)}>
            Choose a folder
          </button>
          <button type="button" aria-expanded={pasting} onClick={() => setPasting(!pasting)}>
            Paste text
          </button>
        </div>
        {pasting && <Paste />}
      </div>
      <div class="start-side">
        <Active />
        <section>
          <h3>What it reads</h3>
          <dl class="formats">
            {FORMATS.map(([name, what]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </div>
  );
}

function Paste() {
  const area = useRef<HTMLTextAreaElement>(null);
  const search = () => {
    const text = area.current?.value ?? "";
    if (text.trim() !== "") void run([pasted(text)]);
  };
  return (
    <div class="paste">
      <label for="paste">Events</label>
      <textarea
        id="paste"
        ref={area}
        rows={6}
        spellcheck={false}
        placeholder='{"EventID":1,"Channel":"MSExchange Management", …}'
      />
      <button type="button" class="primary" onClick={search}>
        Search
      </button>
    </div>
  );
}

/** The rules that will run. */
function Active() {
  const rules = described.value?.rules ?? [];
  return (
    <section>
      <h3>{rules.length > 1 ? `${rules.length} rules run` : "The rule that runs"}</h3>
      <ul class="rules">
        {rules.slice(0, 5).map((rule) => (
          <li key={rule.id}>
            <strong>{rule.name}</strong>
            <span class="meta">
              {isBuiltin.value ? "built in" : "yours"}
              {rule.type ? ` · ${rule.type}` : ""}
              {rule.attack.length > 0 ? ` · ${rule.attack.join(", ")}` : ""}
            </span>
          </li>
        ))}
        {rules.length > 5 && <li class="meta">and {rules.length - 5} more</li>}
      </ul>
      <button type="button" class="link" onClick={() => (tab.value = "rule")}>
        See it, or use your own
      </button>
    </section>
  );
}
