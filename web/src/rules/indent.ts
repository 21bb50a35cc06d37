/**
 * Quoted values whose lines go on at the margin. YAML does not allow that, what Splunk's
 * content is published with does, and some of it is written so.
 */

export interface Indented {
  text: string;
  /** A place in that text as one in the text that was given. */
  back(place: number): number;
}

/** The text with a blank before each such line. */
export function indented(text: string): Indented {
  const added: number[] = [];
  let result = "";
  let [taken, at] = [0, 0];
  const begins = /^[\w-]+:[ \t]+(['"])/gm;
  for (let found; (found = begins.exec(text)) !== null; begins.lastIndex = at) {
    const quote = found[1];
    at = found.index + found[0].length;
    for (; at < text.length && text[at] !== quote; at++) {
      if (quote === '"' && text[at] === "\\") at++;
      else if (text[at] === "\n" && /[^\s]/.test(text.charAt(at + 1)) && !isEnd(text, at + 1)) {
        result += `${text.slice(taken, at + 1)} `;
        taken = at + 1;
        added.push(result.length - 1);
      }
      // A quote that is doubled is one of the value.
      if (quote === "'" && text.startsWith("''", at + 1)) at += 2;
    }
    at++;
  }
  const back = (place: number) => place - added.filter((blank) => blank < place).length;
  return { text: result + text.slice(taken), back };
}

/** Whether a document ends here, whatever quote is open. */
function isEnd(text: string, at: number): boolean {
  return /^(---|\.\.\.)(\s|$)/.test(text.slice(at, at + 4));
}
