//! What an expression found in a text.

use alloc::vec::Vec;
use core::ops::Range;

use regex_automata::util::primitives::NonMaxUsize;

use super::Regex;
use super::machine::Slot;
use crate::rows::steps::Steps;

/// A match, with its groups.
#[derive(Clone, Debug)]
pub struct Found<'t> {
    text: &'t str,
    slots: Vec<Slot>,
}

impl<'t> Found<'t> {
    pub(super) fn new(text: &'t str, slots: Vec<Slot>) -> Self {
        Found { text, slots }
    }

    /// The bytes of the whole match.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.group_range(0).unwrap_or_default()
    }

    /// The text of a group; 0 is the whole match. None where there is no such group, or
    /// it took no part in the match.
    #[must_use]
    pub fn group(&self, number: usize) -> Option<&'t str> {
        self.text.get(self.group_range(number)?)
    }

    fn group_range(&self, number: usize) -> Option<Range<usize>> {
        let slot = |at: usize| self.slots.get(at).copied().flatten().map(NonMaxUsize::get);
        let begin = number.checked_mul(2)?;
        Some(slot(begin)?..slot(begin.checked_add(1)?)?)
    }
}

/// The matches in a text from left to right. An empty one does not stand at the end of
/// the match before it.
#[derive(Debug)]
pub struct Matches<'r, 't> {
    regex: &'r Regex,
    text: &'t str,
    steps: &'r Steps<'r>,
    /// Where to look on; None at the end.
    from: Option<usize>,
    last_end: Option<usize>,
}

impl<'r, 't> Matches<'r, 't> {
    pub(super) fn new(regex: &'r Regex, text: &'t str, steps: &'r Steps<'r>) -> Self {
        Matches {
            regex,
            text,
            steps,
            from: Some(0),
            last_end: None,
        }
    }

    /// The byte behind the character at a byte.
    fn behind(&self, at: usize) -> Option<usize> {
        let next = self.text.get(at..)?.chars().next()?;
        at.checked_add(next.len_utf8())
    }
}

impl<'t> Iterator for Matches<'_, 't> {
    type Item = Found<'t>;

    fn next(&mut self) -> Option<Found<'t>> {
        let mut found = self.regex.find_at(self.text, self.from?, self.steps);
        if let Some(empty) = found.as_ref().map(Found::range)
            && empty.is_empty()
            && self.last_end == Some(empty.end)
        {
            found = self
                .behind(empty.end)
                .and_then(|from| self.regex.find_at(self.text, from, self.steps));
        }
        self.from = found.as_ref().map(|found| found.range().end);
        self.last_end = self.from;
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::steps::asked;
    use std::string::String;

    fn all(pattern: &str, text: &str) -> Vec<String> {
        let regex = Regex::new(pattern).unwrap();
        let text_of = |found: Found<'_>| found.group(0).unwrap().into();
        asked(|steps| regex.matches(text, steps).map(text_of).collect()).0
    }

    #[test]
    fn matches_from_left_to_right() {
        for (pattern, text, wanted) in [
            ("a.", "abacad", &["ab", "ac", "ad"][..]),
            ("a*", "baac", &["", "aa", ""]),
            ("", "\u{e4}b", &["", "", ""]),
            ("x", "abc", &[]),
            (r"^a|b$", "aab", &["a", "b"]),
            (r"\bb", "ab b", &["b"]),
        ] {
            assert_eq!(all(pattern, text), wanted, "{pattern} on {text}");
            // The machine, which reads long texts.
            let long = std::format!("{text}{}", "\n".repeat(200));
            if !pattern.is_empty() && !pattern.contains(['*', '$']) {
                assert_eq!(all(pattern, &long), wanted, "{pattern} on {long}");
            }
        }
    }

    #[test]
    fn groups() {
        let regex = Regex::new(r"(?<key>\w+)=(?<value>\d+)?(x)?").unwrap();
        let names: Vec<_> = regex.names().collect();
        assert_eq!(names, [(1, "key"), (2, "value")]);
        assert_eq!(regex.groups(), 4);
        for filling in ["", "\n"] {
            let text = std::format!("{} a=12", filling.repeat(200));
            let (found, _) = asked(|steps| regex.find_at(&text, 0, steps).unwrap());
            let groups: Vec<_> = (0..5).map(|number| found.group(number)).collect();
            let wanted = [Some("a=12"), Some("a"), Some("12"), None, None];
            assert_eq!(groups, wanted);
            assert_eq!(&text[found.range()], "a=12");
        }
        let (beyond, _) = asked(|steps| regex.find_at("a=1", 4, steps).is_none());
        assert!(beyond);
    }
}
