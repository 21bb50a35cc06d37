/**
 * Text with nothing in it that does something instead of being seen: control characters as
 * their pictures, and a mark in place of those that turn the direction of text. Line breaks
 * stay. The same as in the program's outputs for people.
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, (sign) => {
    const code = sign.charCodeAt(0);
    if (sign === "\t") return " ";
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "\u2421" : "\ufffd";
  });
}

const UNSEEN =
  /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
