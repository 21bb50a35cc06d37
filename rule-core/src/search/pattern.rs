//! Values with wildcards: `*` stands for any run of characters.
//!
//! A pattern covers the whole value; there is no other wildcard and no escape
//! [SPL2 Search Reference, "search command syntax details"]. Whether `*` goes
//! across line breaks no document says; it does here `[U]`.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use memchr::{memchr, memchr2};

use super::fold::fold;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// What stands before the first `*`, folded where case does not count.
    prefix: String,
    /// What stands between one `*` and the next; never empty.
    middle: Vec<String>,
    /// What stands behind the last `*`; None where there is no `*`.
    suffix: Option<String>,
    case_sensitive: bool,
}

impl Pattern {
    /// Compiles a text; each `*` in it is a wildcard.
    #[must_use]
    pub fn new(text: &str, case_sensitive: bool) -> Self {
        let prepare = |part: &str| {
            if case_sensitive {
                String::from(part)
            } else {
                fold(part).into_owned()
            }
        };
        let mut parts = text.split('*');
        let prefix = prepare(parts.next().unwrap_or_default());
        let mut rest: Vec<&str> = parts.collect();
        let suffix = rest.pop().map(prepare);
        let middle = rest
            .into_iter()
            .filter(|part| !part.is_empty())
            .map(prepare)
            .collect();
        Pattern {
            prefix,
            middle,
            suffix,
            case_sensitive,
        }
    }

    /// Does the pattern match every value (`*`)?
    #[must_use]
    pub fn matches_all(&self) -> bool {
        self.prefix.is_empty()
            && self.middle.is_empty()
            && self.suffix.as_ref().is_some_and(String::is_empty)
    }

    /// What stands between the wildcards, folded where case does not count.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &str> {
        let ends = [Some(&self.prefix), self.suffix.as_ref()];
        let ends = ends.into_iter().flatten();
        ends.chain(&self.middle).map(String::as_str)
    }

    /// Does the pattern cover the whole of `value`?
    ///
    /// Takes time in the length of the value times that of the pattern at the
    /// worst: the leftmost place of each part is the right one, so there is
    /// nothing to go back for.
    #[must_use]
    pub fn matches(&self, value: &str) -> bool {
        if self.case_sensitive {
            return self.matches_bytes(value.as_bytes(), Case::Exact);
        }
        if value.is_ascii() {
            return self.matches_bytes(value.as_bytes(), Case::Ascii);
        }
        let folded: Cow<'_, str> = fold(value);
        self.matches_bytes(folded.as_bytes(), Case::Exact)
    }

    #[inline]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "the part was found, and ends no further than what it is in"
    )]
    fn matches_bytes(&self, value: &[u8], case: Case) -> bool {
        let Some(suffix) = &self.suffix else {
            return case.equal(value, self.prefix.as_bytes());
        };
        let Some((start, mut rest)) = value.split_at_checked(self.prefix.len()) else {
            return false;
        };
        if !case.equal(start, self.prefix.as_bytes()) {
            return false;
        }
        for part in &self.middle {
            let Some(at) = case.find(rest, part.as_bytes()) else {
                return false;
            };
            rest = rest.get(at + part.len()..).unwrap_or_default();
        }
        match rest.len().checked_sub(suffix.len()) {
            Some(at) => case.equal(rest.get(at..).unwrap_or_default(), suffix.as_bytes()),
            None => false,
        }
    }
}

/// How bytes compare with the folded bytes of a pattern.
#[derive(Clone, Copy)]
pub(super) enum Case {
    /// As they are.
    Exact,
    /// The value is ASCII and its letters may be capitals.
    Ascii,
}

impl Case {
    #[inline]
    pub(super) fn equal(self, value: &[u8], folded: &[u8]) -> bool {
        match self {
            Case::Exact => value == folded,
            Case::Ascii => value.eq_ignore_ascii_case(folded),
        }
    }

    /// The first place of `folded` in `value`.
    #[inline]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "places in the value, and the length of another text in memory, each below half \
                  of what a number holds"
    )]
    pub(super) fn find(self, value: &[u8], folded: &[u8]) -> Option<usize> {
        let Some((&first, _)) = folded.split_first() else {
            return Some(0);
        };
        if folded.len() > LONG {
            return self.find_long(value, folded);
        }
        let mut at = 0;
        loop {
            let rest = value.get(at..)?;
            let step = match self {
                Case::Ascii if first.is_ascii_lowercase() => {
                    memchr2(first, first.to_ascii_uppercase(), rest)?
                }
                _ => memchr(first, rest)?,
            };
            at += step;
            let candidate = value.get(at..at + folded.len())?;
            if self.equal(candidate, folded) {
                return Some(at);
            }
            at += 1;
        }
    }

    /// The same by the table of Knuth, Morris and Pratt: for each start of the part the
    /// longest one that it ends with.
    #[cold]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "where the part ends, a byte that is there, no part is longer than what went by"
    )]
    fn find_long(self, value: &[u8], folded: &[u8]) -> Option<usize> {
        let mut longest: Vec<u32> = Vec::with_capacity(folded.len());
        let mut matched = 0_usize;
        for (at, byte) in folded.iter().enumerate() {
            if at > 0 {
                matched = shorter(folded, &longest, matched, *byte);
            }
            longest.push(u32::try_from(matched).unwrap_or(u32::MAX));
        }
        let mut matched = 0;
        for (at, byte) in value.iter().enumerate() {
            let byte = match self {
                Case::Exact => *byte,
                Case::Ascii => byte.to_ascii_lowercase(),
            };
            matched = shorter(folded, &longest, matched, byte);
            if matched == folded.len() {
                return Some(at + 1 - matched);
            }
        }
        None
    }
}

/// How much of the part is matched with a byte more.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a byte of the part is there"
)]
fn shorter(part: &[u8], longest: &[u32], mut matched: usize, byte: u8) -> usize {
    loop {
        if part.get(matched) == Some(&byte) {
            return matched + 1;
        }
        let Some(last) = matched.checked_sub(1) else {
            return 0;
        };
        matched = longest.get(last).copied().unwrap_or_default() as usize;
    }
}

/// Parts longer than this are looked for in a way that does not go back: else a value
/// that begins to be one at each of its places would cost the square of their length.
const LONG: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Each place of the value begins to be the part, and is none.
    #[test]
    fn a_long_part_costs_no_more_than_value_and_part() {
        let part = "a".repeat(4 << 20);
        let value = "A".repeat(8 << 20);
        for (pattern, wanted) in [
            (std::format!("*{part}b*"), false),
            (std::format!("*b{part}*"), false),
            (std::format!("*{part}*{part}*"), true),
            (std::format!("*{part}*a{part}*"), false),
        ] {
            assert_eq!(Pattern::new(&pattern, false).matches(&value), wanted);
            let lower = value.to_ascii_lowercase();
            assert_eq!(Pattern::new(&pattern, true).matches(&lower), wanted);
        }
    }

    #[test]
    fn cases() {
        for (pattern, value, wanted) in [
            (
                "*Get-Recipient*",
                "Cmdlet suceeded. Cmdlet Get-RecipientPermission, parameters .",
                true,
            ),
            ("*get-recipient*", "GET-RECIPIENT", true),
            ("Get-Recipient", "get-recipient", true),
            ("Get-Recipient", "get-recipients", false),
            ("*", "", true),
            ("*", "a\nb", true),
            ("**", "x", true),
            ("a*", "a", true),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("*ab*ab", "abab", true),
            ("*ab*ab", "ab", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b", "a\nb", true),
            ("", "", true),
            ("", "x", false),
            ("1", "1.0", false),
            ("a?c", "abc", false),
            ("stra\u{df}e", "STRA\u{df}E", true),
            ("\u{c4}rger*", "\u{e4}RGER macht", true),
            ("*kelvin*", "300 \u{212a}ELVIN", true),
            ("*\u{17f}earch*", "SEARCH-MAILBOX", true),
            ("*Search-Mailbox*", "\u{17f}earch-mailbo\u{78}", true),
            ("C:\\Windows\\*", "c:\\windows\\system32", true),
        ] {
            assert_eq!(
                Pattern::new(pattern, false).matches(value),
                wanted,
                "{pattern} on {value}"
            );
        }
        assert!(!Pattern::new("Get*", true).matches("get-recipient"));
        assert!(Pattern::new("Get*", true).matches("Get-Recipient"));
    }

    /// The definition, read off: a star is nothing, or one more character.
    fn naive(pattern: &[char], value: &[char]) -> bool {
        match (pattern.split_first(), value.split_first()) {
            (None, None) => true,
            (None, Some(_)) => false,
            (Some(('*', rest)), None) => naive(rest, value),
            (Some(('*', rest)), Some((_, after))) => naive(rest, value) || naive(pattern, after),
            (Some(_), None) => false,
            (Some((p, rest)), Some((v, after))) => {
                super::super::fold::fold_char(*p) == super::super::fold::fold_char(*v)
                    && naive(rest, after)
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn agrees_with_the_definition(
            pattern in "[aAbk\u{212a}s\u{17f}\u{e4}\u{c4}*]{0,8}",
            value in "[aAbBkKsS\u{212a}\u{17f}\u{e4}\u{c4}]{0,12}",
        ) {
            let letters = |text: &str| text.chars().collect::<alloc::vec::Vec<_>>();
            let wanted = naive(&letters(&pattern), &letters(&value));
            prop_assert_eq!(Pattern::new(&pattern, false).matches(&value), wanted);
        }
    }
}
