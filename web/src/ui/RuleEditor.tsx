import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { useEffect, useRef } from "preact/hooks";

import { rules as language } from "../rules/language";
import {
  builtinText,
  described,
  edit,
  isBuiltin,
  picture,
  problems,
  run,
  running,
  sources,
  text,
} from "../state";
import { editorStyle } from "./editor-style";

/** After so many milliseconds without a key the rules are checked. */
const PAUSE = 250;

export function RuleEditor() {
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
                disabled={running.value || problems.value.length > 0}
                onClick={() => void run()}
              >
                Search again
              </button>
            )}
          </div>
        </div>
        <Editor />
      </div>
      <Check />
    </div>
  );
}

/** The editor. In a shadow root its styles are adopted sheets, which the page's policy allows. */
function Editor() {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const root = element.shadowRoot ?? element.attachShadow({ mode: "open", delegatesFocus: true });
    root.adoptedStyleSheets = [editorStyle()];
    let pause: ReturnType<typeof setTimeout> | undefined;
    const changed = EditorView.updateListener.of(({ docChanged, state }) => {
      if (!docChanged) return;
      clearTimeout(pause);
      pause = setTimeout(() => void edit(state.doc.toString()), PAUSE);
    });
    const editor = new EditorView({
      parent: root,
      root,
      state: EditorState.create({
        doc: text.value,
        extensions: [
          lineNumbers(),
          lintGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          highlightActiveLine(),
          EditorView.lineWrapping,
          keymap.of([...defaultKeymap, ...historyKeymap, ...lintKeymap, indentWithTab]),
          EditorView.contentAttributes.of({ "aria-label": "Rules" }),
          language(),
          changed,
        ],
      }),
    });
    view.current = editor;
    return () => {
      clearTimeout(pause);
      editor.destroy();
    };
  }, []);
  // What is set elsewhere, a dropped rule or the built-in one, goes into the editor.
  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || editor.state.doc.toString() === text.value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text.value } });
  }, [text.value]);
  useEffect(() => {
    const editor = view.current;
    if (editor === undefined) return;
    const end = editor.state.doc.length;
    const diagnostics = problems.value.map(({ from, to, message }) => ({
      from: Math.min(from, end),
      to: Math.min(to, end),
      message,
      severity: "error" as const,
    }));
    editor.dispatch(setDiagnostics(editor.state, diagnostics));
  }, [problems.value]);
  return <div class="editor" ref={place} />;
}

/** What is wrong with the rules, or what they are. */
function Check() {
  const found = problems.value;
  if (found.length > 0) {
    return (
      <div class="card check bad" role="alert">
        <h2>{found.length === 1 ? "This cannot run" : `${found.length} errors`}</h2>
        <ul>
          {found.map(({ from, message }) => (
            <li key={`${from} ${message}`}>
              {message} <span class="meta">line {line(from)}</span>
            </li>
          ))}
        </ul>
        {picture.value !== undefined && <pre>{picture.value}</pre>}
      </div>
    );
  }
  const rules = described.value?.rules ?? [];
  return (
    <div class="card check" role="status">
      <h2>{rules.length === 1 ? "Ready" : `${rules.length} rules are ready`}</h2>
      {rules.slice(0, 20).map((rule) => (
        <section key={rule.id}>
          <h3>{rule.name}</h3>
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
        </section>
      ))}
    </div>
  );
}

function line(offset: number): number {
  return text.value.slice(0, offset).split("\n").length;
}

function schedule(schedule: unknown): string {
  if (typeof schedule !== "object" || schedule === null) return String(schedule ?? "–");
  return Object.values(schedule).filter((value) => typeof value !== "object").join("  ");
}
