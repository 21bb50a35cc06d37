//! PCRE's syntax in ours: what is written differently is rewritten, what cannot run is
//! named.
//!
//! Decided here, once for all: `\b` and `\B` go by the letters, digits and `_` of ASCII, as
//! PCRE's do where its Unicode properties are not asked for. `$` is the end of the text
//! alone, where PCRE's also stands before a line feed that ends it.

mod class;

use alloc::string::String;
use core::fmt::Write;

/// What an expression has that cannot run, by the name it has in PCRE's manual.
pub(super) type Unsupported = &'static str;

/// Blanks within a line, `\h`, and ends of lines, `\v`: the insides of classes.
const HORIZONTAL: &str = r"\t\x{20}\x{A0}\x{1680}\x{180E}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}";
const VERTICAL: &str = r"\n\x{0B}\x{0C}\r\x{85}\x{2028}\x{2029}";

const LOOK_AROUND: Unsupported = "look-around";
const BACKREFERENCE: Unsupported = "a backreference";
const RECURSION: Unsupported = "recursion";

/// The expression in our syntax. What is no expression in either stays as it is, so that
/// the compiler says what is wrong.
pub(super) fn translate(pattern: &str) -> Result<String, Unsupported> {
    let mut translator = Translator {
        rest: pattern,
        out: String::with_capacity(pattern.len().saturating_add(16)),
    };
    translator.run()?;
    Ok(translator.out)
}

struct Translator<'p> {
    rest: &'p str,
    out: String,
}

/// What an escape stands for.
enum Escape {
    /// One character.
    Char(char),
    /// A class, or a place: in our syntax, outside a class and inside one.
    Other(&'static str),
    /// The insides of a class, and whether it is the others that are meant.
    Set(&'static str, bool),
}

impl Translator<'_> {
    fn bump(&mut self) -> Option<char> {
        let mut letters = self.rest.chars();
        let next = letters.next();
        self.rest = letters.as_str();
        next
    }

    fn take(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn run(&mut self) -> Result<(), Unsupported> {
        while let Some(next) = self.bump() {
            match next {
                '\\' => self.escape()?,
                '[' => self.class()?,
                '(' => self.group()?,
                '*' | '+' | '?' => {
                    self.out.push(next);
                    self.after_quantifier()?;
                }
                '{' => match quantifier(self.rest) {
                    Some(length) => {
                        let (inside, rest) = self.rest.split_at(length);
                        self.out.push('{');
                        self.out.push_str(inside);
                        self.rest = rest;
                        self.after_quantifier()?;
                    }
                    None => self.out.push_str("\\{"),
                },
                '}' => self.out.push_str("\\}"),
                other => self.out.push(other),
            }
        }
        Ok(())
    }

    /// A `?` makes a quantifier lazy, a `+` possessive.
    fn after_quantifier(&mut self) -> Result<(), Unsupported> {
        if self.rest.starts_with('+') {
            return Err("a possessive quantifier");
        }
        if self.take("?") {
            self.out.push('?');
        }
        Ok(())
    }

    /// A group, whose parenthesis is read.
    fn group(&mut self) -> Result<(), Unsupported> {
        if self.rest.starts_with('*') {
            return Err("a verb such as `(*SKIP)`");
        }
        if self.take("?#") {
            while self.bump().is_some_and(|next| next != ')') {}
            return Ok(());
        }
        for (sign, what) in [
            ("?=", LOOK_AROUND),
            ("?!", LOOK_AROUND),
            ("?<=", LOOK_AROUND),
            ("?<!", LOOK_AROUND),
            ("?>", "an atomic group"),
            ("?|", "a branch reset group"),
            ("?(", "a conditional group"),
            ("?P=", BACKREFERENCE),
            ("?P>", RECURSION),
            ("?&", RECURSION),
            ("?R", RECURSION),
        ] {
            if self.rest.starts_with(sign) {
                return Err(what);
            }
        }
        if let Some(after) = self.rest.strip_prefix('?')
            && after
                .trim_start_matches(['+', '-'])
                .starts_with(|next: char| next.is_ascii_digit())
        {
            return Err(RECURSION);
        }
        self.out.push('(');
        if self.take("?'") {
            self.out.push_str("?P<");
            while let Some(next) = self.bump() {
                if next == '\'' {
                    break;
                }
                self.out.push(next);
            }
            self.out.push('>');
        } else if self.take("?") {
            // Not to be taken for a quantifier.
            self.out.push('?');
        }
        Ok(())
    }

    /// An escape outside a class, whose backslash is read.
    fn escape(&mut self) -> Result<(), Unsupported> {
        if self.take("Q") {
            self.quoted();
            return Ok(());
        }
        let special = match self.rest.chars().next() {
            Some('b') => r"(?-u:\b)",
            Some('B') => r"(?-u:\B)",
            Some('A') => r"\A",
            Some('z') => r"\z",
            Some('N') => r"[^\n]",
            Some('R') => r"(?:\r\n|[\n\x{0B}\x{0C}\r\x{85}\x{2028}\x{2029}])",
            Some('1'..='9' | 'g' | 'k') => return Err(BACKREFERENCE),
            Some('G') => return Err(r"`\G`"),
            Some('K') => return Err(r"`\K`"),
            Some('X') => return Err(r"`\X`"),
            Some('C') => return Err(r"`\C`"),
            // Before a line feed that ends the text: that is a look ahead.
            Some('Z') => return Err(r"`\Z`"),
            _ => "",
        };
        if !special.is_empty() {
            self.bump();
            self.out.push_str(special);
            return Ok(());
        }
        match self.common_escape()? {
            Some(Escape::Char(one)) => character(&mut self.out, one),
            Some(Escape::Other(class)) => self.out.push_str(class),
            Some(Escape::Set(inside, negated)) => set(&mut self.out, inside, negated),
            None => self.out.push('\\'),
        }
        Ok(())
    }

    /// What means the same in a class and outside; None for what is no escape, of which
    /// nothing is read.
    fn common_escape(&mut self) -> Result<Option<Escape>, Unsupported> {
        let Some(next) = self.rest.chars().next() else {
            return Ok(None);
        };
        let found = match next {
            'd' => Escape::Other(r"\d"),
            'D' => Escape::Other(r"\D"),
            'w' => Escape::Other(r"\w"),
            'W' => Escape::Other(r"\W"),
            's' => Escape::Other(r"\s"),
            'S' => Escape::Other(r"\S"),
            'h' => Escape::Set(HORIZONTAL, false),
            'H' => Escape::Set(HORIZONTAL, true),
            'v' => Escape::Set(VERTICAL, false),
            'V' => Escape::Set(VERTICAL, true),
            'a' => Escape::Char('\u{7}'),
            'e' => Escape::Char('\u{1b}'),
            'f' => Escape::Char('\u{c}'),
            'n' => Escape::Char('\n'),
            'r' => Escape::Char('\r'),
            't' => Escape::Char('\t'),
            'p' | 'P' => return Err("a Unicode property"),
            'x' => return Ok(self.hexadecimal().map(Escape::Char)),
            'c' => {
                self.bump();
                let control = self.bump().filter(char::is_ascii).map(|letter| {
                    let code = letter.to_ascii_uppercase() as u8 ^ 0x40;
                    Escape::Char(char::from(code))
                });
                return Ok(control);
            }
            '0' => {
                let digits = digits(self.rest, 3, 8);
                let code = self
                    .rest
                    .get(..digits)
                    .and_then(|text| u32::from_str_radix(text, 8).ok());
                self.rest = self.rest.get(digits..).unwrap_or_default();
                return Ok(code.and_then(char::from_u32).map(Escape::Char));
            }
            letter if letter.is_ascii_alphanumeric() => return Ok(None),
            other => Escape::Char(other),
        };
        self.bump();
        Ok(Some(found))
    }

    /// `x41`, `xA`, `x{1F600}`; nothing is read of what is none.
    fn hexadecimal(&mut self) -> Option<char> {
        let after = self.rest.get(1..)?;
        let (text, rest) = match after.strip_prefix('{') {
            Some(braced) => braced.split_once('}')?,
            None => after.split_at(digits(after, 2, 16)),
        };
        let code = if text.is_empty() {
            0
        } else {
            u32::from_str_radix(text, 16).ok()?
        };
        let found = char::from_u32(code)?;
        self.rest = rest;
        Some(found)
    }

    /// `\Q...\E`, whose `\Q` is read: each character is itself.
    fn quoted(&mut self) {
        while !self.rest.is_empty() && !self.take("\\E") {
            if let Some(next) = self.bump() {
                character(&mut self.out, next);
            }
        }
    }
}

/// The length of `2}`, `2,}` or `2,3}`; all else behind a `{` is text.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "lengths of what stands there, one behind the other"
)]
fn quantifier(rest: &str) -> Option<usize> {
    let count = |text: &str| digits(text, text.len(), 10);
    let least = count(rest);
    let after = rest.get(least..)?;
    let length = match after.strip_prefix(',') {
        Some(most) => least + 1 + count(most),
        None => least,
    };
    (least > 0 && rest.get(length..)?.starts_with('}')).then_some(length + 1)
}

/// How many digits, at most `most`, a text begins with.
fn digits(text: &str, most: usize, radix: u32) -> usize {
    let letters = text.chars().take(most);
    letters.take_while(|next| next.is_digit(radix)).count()
}

fn set(out: &mut String, inside: &str, negated: bool) {
    out.push_str(if negated { "[^" } else { "[" });
    out.push_str(inside);
    out.push(']');
}

/// A character that is itself, in a class or outside.
fn character(out: &mut String, one: char) {
    if one.is_ascii() && !one.is_ascii_alphanumeric() {
        // Writing to a String cannot fail.
        let _ = write!(out, "\\x{{{:X}}}", one as u32);
    } else {
        out.push(one);
    }
}

#[cfg(test)]
mod tests;
