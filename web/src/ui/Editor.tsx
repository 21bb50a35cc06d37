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
import { problems, text, typed } from "../state";
import { editorStyle } from "./editor-style";

/** The editor. In a shadow root its styles are adopted sheets, which the page's policy allows. */
export function Editor() {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const root = element.shadowRoot ?? element.attachShadow({ mode: "open", delegatesFocus: true });
    root.adoptedStyleSheets = [editorStyle()];
    const changed = EditorView.updateListener.of(({ docChanged, state }) => {
      if (docChanged && state.doc.toString() !== text.value) typed(state.doc.toString());
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
          EditorView.contentAttributes.of({ "aria-label": "Rules", tabindex: "0" }),
          language(),
          changed,
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
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
    const diagnostics = problems.value.map(({ from, to, message, severity }) => ({
      from: Math.min(from, end),
      to: Math.min(to, end),
      message,
      severity,
    }));
    editor.dispatch(setDiagnostics(editor.state, diagnostics));
  }, [problems.value]);
  return <div class="editor" ref={place} />;
}
