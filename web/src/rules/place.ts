/**
 * Where a part of a YAML scalar's value stands in its text.
 *
 * Folding joins lines and indentation, quotes have escapes: the two are walked side by
 * side, and what is in the text alone is passed over.
 */
export function placeInScalar(
  text: string,
  from: number,
  to: number,
  value: string,
  at: number,
  length: number,
): { from: number; to: number } {
  let place = header(text, from);
  let begin: number | undefined;
  const end = Math.min(at + Math.max(length, 1), value.length);
  for (let index = 0; index < end; index++) {
    const letter = value.charAt(index);
    if (/\s/.test(letter)) {
      if (index === at) begin = place;
      while (place < to && /\s/.test(text.charAt(place))) place++;
      // Several blanks of the value may have been passed over at once.
      while (index + 1 < end && index + 1 !== at && /\s/.test(value.charAt(index + 1))) index++;
      continue;
    }
    while (place < to && text.charAt(place) !== letter) place++;
    if (index === at) begin = place;
    place++;
  }
  const last = Math.min(Math.max(place, from + 1), to);
  return { from: Math.min(begin ?? last - 1, last - 1), to: last };
}

/** The content's start: behind the mark of a block, or a quote. */
function header(text: string, from: number): number {
  const mark = text.charAt(from);
  if (mark === "|" || mark === ">") {
    const end = text.indexOf("\n", from);
    return end < 0 ? from : end + 1;
  }
  return mark === '"' || mark === "'" ? from + 1 : from;
}
