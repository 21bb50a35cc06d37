//! Matches replaced by a text.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Found, Regex};
use crate::rows::eval::MAX_TEXT;
use crate::rows::steps::Steps;

/// What matches are replaced by: text, and groups of the match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Group(usize),
}

/// Which matches are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occurrences {
    /// Each.
    All,
    /// The one of this number, from 1.
    Only(usize),
}

impl Replacement {
    /// Reads `\1` to `\9` as groups and `\0` as the whole match, `\\` as a backslash; another
    /// backslash is itself. A group that the expression has not, or that took no part,
    /// is empty `[U]`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut letters = text.chars().peekable();
        while let Some(next) = letters.next() {
            if next != '\\' {
                plain.push(next);
                continue;
            }
            match letters.peek().map(|next| (*next, next.to_digit(10))) {
                Some((_, Some(digit))) => {
                    letters.next();
                    if !plain.is_empty() {
                        parts.push(Part::Text(core::mem::take(&mut plain)));
                    }
                    parts.push(Part::Group(digit as usize));
                }
                Some(('\\', _)) => {
                    letters.next();
                    plain.push('\\');
                }
                _ => plain.push('\\'),
            }
        }
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Replacement { parts }
    }

    fn texts<'a>(&'a self, found: &'a Found<'_>) -> impl Iterator<Item = &'a str> {
        self.parts.iter().map(|part| match part {
            Part::Text(text) => text.as_str(),
            Part::Group(number) => found.group(*number).unwrap_or_default(),
        })
    }
}

impl Regex {
    /// The text with matches replaced. None where it would become too long (a MiB), or
    /// where there are no steps left.
    pub(in crate::rows) fn replace(
        &self,
        text: &str,
        by: &Replacement,
        which: Occurrences,
        steps: &Steps<'_>,
    ) -> Option<String> {
        let mut out = String::new();
        let mut done = 0;
        for (place, found) in (1..).zip(self.matches(text, steps)) {
            match which {
                Occurrences::Only(number) if place < number => continue,
                Occurrences::Only(number) if place > number => break,
                _ => {}
            }
            let range = found.range();
            let before = text.get(done..range.start).unwrap_or_default();
            for part in core::iter::once(before).chain(by.texts(&found)) {
                push(&mut out, part, steps)?;
            }
            done = range.end;
        }
        push(&mut out, text.get(done..).unwrap_or_default(), steps)?;
        steps.sufficed().then_some(out)
    }
}

fn push(out: &mut String, part: &str, steps: &Steps<'_>) -> Option<()> {
    if out.len().saturating_add(part.len()) > MAX_TEXT {
        steps.leave_out();
        return None;
    }
    out.push_str(part);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::steps::asked;

    #[test]
    fn replaces() {
        use Occurrences::{All, Only};
        for (pattern, text, by, which, wanted) in [
            ("a", "banana", "o", All, "bonono"),
            ("a", "banana", "o", Only(1), "bonana"),
            ("a", "banana", "o", Only(2), "banona"),
            ("a", "banana", "o", Only(4), "banana"),
            (r"(\d)/(\d)", "1/2", r"\2/\1", All, "2/1"),
            (r"b", "abc", r"[\0]", All, "a[b]c"),
            (r"b", "abc", r"\\1\n\", All, r"a\1\n\c"),
            (r"(x)?b", "abc", r"<\1\2>", All, "a<>c"),
            ("x*", "abc", "-", All, "-a-b-c-"),
            ("$", "\u{e4}", "!", All, "\u{e4}!"),
        ] {
            let regex = Regex::new(pattern).unwrap();
            let by_text = Replacement::new(by);
            let (found, _) = asked(|steps| regex.replace(text, &by_text, which, steps));
            assert_eq!(
                found.as_deref(),
                Some(wanted),
                "{pattern} by {by} in {text}"
            );
        }
    }

    #[test]
    fn a_text_does_not_grow_without_bound() {
        let regex = Regex::new("a").unwrap();
        let by = Replacement::new(&"x".repeat(1 << 12));
        let text = "a".repeat(1 << 9);
        let (replaced, _) = asked(|steps| regex.replace(&text, &by, Occurrences::All, steps));
        assert!(replaced.is_none());
    }
}
