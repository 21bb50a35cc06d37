/** YAML with the search in it as SPL. */

import { yamlLanguage } from "@codemirror/lang-yaml";
import {
  HighlightStyle,
  LanguageSupport,
  StreamLanguage,
  type StreamParser,
  syntaxHighlighting,
} from "@codemirror/language";
import { parseMixed, type SyntaxNode } from "@lezer/common";
import { tags } from "@lezer/highlight";

const OPERATORS = /^(AND|OR|NOT|IN|XOR|BY|AS|by|as|where|over|OUTPUT|OUTPUTNEW)\b/;

interface State {
  /** The next word is a command. */
  command: boolean;
}

/** The language of searches, as far as its colours go. */
const parser: StreamParser<State> = {
  name: "spl",
  startState: () => ({ command: false }),
  token(stream, state) {
    if (stream.eatSpace()) return null;
    if (stream.match(/^"(?:\\.|[^"\\])*"?/)) return "string";
    if (stream.match(/^```.*?(```|$)/)) return "comment";
    if (stream.match(/^`[^`]*`?/)) return "macroName";
    if (stream.match(/^\$[\w.]+\$/)) return "variableName";
    if (stream.eat("|")) {
      state.command = true;
      return "separator";
    }
    if (state.command) {
      state.command = false;
      if (stream.match(/^\w+/)) return "keyword";
    }
    if (stream.match(OPERATORS)) return "operatorKeyword";
    if (stream.match(/^\w+(?=\()/)) return "function";
    if (stream.match(/^[\w.{}:-]+(?=\s*(=|!=|<|>|\s+IN\b))/)) return "propertyName";
    if (stream.match(/^-?\d+(\.\d+)?\b/)) return "number";
    if (stream.match(/^[=<>!+\-*/%.]+/)) return "operator";
    if (stream.match(/^[\w.{}:*\\-]+/)) return null;
    stream.next();
    return null;
  },
  tokenTable: { function: tags.function(tags.variableName) },
};

export const spl = StreamLanguage.define(parser);

/** The value of the key `search` is SPL. */
const mixed = yamlLanguage.configure({
  wrap: parseMixed((node, input) => {
    if (!/^(BlockLiteralContent|Literal|QuotedLiteral)$/.test(node.name)) return null;
    const pair = pairOf(node.node);
    const key = pair?.firstChild;
    if (!key || !/^["']?(search|definition)["']?$/.test(input.read(key.from, key.to))) return null;
    return key.to >= node.to ? null : { parser: spl.parser };
  }),
});

function pairOf(node: SyntaxNode): SyntaxNode | null {
  let at: SyntaxNode | null = node;
  for (let depth = 0; at && depth < 4; depth++, at = at.parent) if (at.name === "Pair") return at;
  return null;
}

/** The colours are the page's own, by classes: see style/editor.css. */
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], class: "tok-keyword" },
  { tag: [tags.string, tags.special(tags.string)], class: "tok-string" },
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], class: "tok-property" },
  { tag: tags.macroName, class: "tok-macro" },
  { tag: tags.function(tags.variableName), class: "tok-function" },
  { tag: tags.number, class: "tok-number" },
  { tag: [tags.comment, tags.lineComment], class: "tok-comment" },
  { tag: [tags.operator, tags.separator, tags.punctuation], class: "tok-operator" },
]);

export function rules(): LanguageSupport {
  return new LanguageSupport(mixed, syntaxHighlighting(colours));
}
