/** Which parts of an event's text made it match. */

import type { Part } from "rule-web";

/** Texts shorter than this are everywhere. */
const SHORTEST = 3;

/** The texts that the parts of a search that held ask for. */
export function wanted(part: Part): string[] {
  const found = new Set<string>();
  const visit = (part: Part) => {
    if (part.kind === "not" || !part.held) return;
    if (part.parts !== undefined && part.parts.length > 0) part.parts.forEach(visit);
    else for (const text of texts(part.text)) found.add(text);
  };
  visit(part);
  return [...found].sort((a, b) => b.length - a.length);
}

function texts(text: string): string[] {
  const quoted = [...text.matchAll(/"((?:\\.|[^"\\])*)"/g)].map(([, inside = ""]) => inside);
  const values = quoted.length > 0 ? quoted : [text.replace(/^[^=]*=/, "")];
  return values
    .flatMap((value) => value.replaceAll('\\"', '"').split("*"))
    .map((value) => value.trim())
    .filter((value) => value.length >= SHORTEST);
}

export interface Piece {
  text: string;
  marked: boolean;
}

/** A text cut where the wanted texts stand in it, without regard to case. */
export function pieces(text: string, wanted: string[]): Piece[] {
  if (wanted.length === 0) return [{ text, marked: false }];
  const escaped = wanted.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`(${escaped.join("|")})`, "gi");
  return text
    .split(pattern)
    .map((text, place) => ({ text, marked: place % 2 === 1 }))
    .filter(({ text }) => text !== "");
}
