/** The editor's colours: the page's own custom properties, which reach into its root. */
export function editorStyle(): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    .cm-editor { height: 100%; font-size: 13px; color: var(--text); background: var(--surface); }
    .cm-editor.cm-focused { outline: none; }
    .cm-scroller { font-family: var(--mono) !important; line-height: 1.55 !important; }
    .cm-editor .cm-content { caret-color: var(--text); padding: 10px 0; }
    .cm-editor .cm-cursor { border-left-color: var(--text); }
    .cm-editor .cm-gutters { background: var(--surface); color: var(--faint); border: 0; }
    .cm-editor .cm-activeLine, .cm-editor .cm-activeLineGutter { background: var(--hover); }
    .cm-editor .cm-selectionBackground,
    .cm-editor.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground {
      background: var(--selection);
    }
    .cm-editor .cm-tooltip {
      background: var(--raised); color: var(--text); border: 1px solid var(--line-strong);
      border-radius: 6px; max-width: 48em; font-family: var(--sans);
    }
    .cm-editor .cm-diagnostic { padding: 6px 10px; border-left: 3px solid var(--bad); }
    .cm-editor .cm-lintRange-error {
      background-image: none; text-decoration: underline wavy var(--bad) 1px;
      text-underline-offset: 3px;
    }
    .tok-keyword { color: var(--code-keyword); font-weight: 600; }
    .tok-string { color: var(--code-string); }
    .tok-property { color: var(--code-property); }
    .tok-macro { color: var(--code-macro); }
    .tok-function { color: var(--code-function); }
    .tok-number { color: var(--code-number); }
    .tok-comment { color: var(--faint); font-style: italic; }
    .tok-operator { color: var(--muted); }
  `);
  return sheet;
}
