//! Bare words and phrases, looked for in the raw event.
//!
//! Splunk breaks an event into segments at major breakers (blanks, brackets,
//! quotes, commas, ...) and these again at minor breakers (`/ : = @ . - $ # % \
//! _`) [segmenters.conf]. A word matches a segment, not a part of one: `foo` is
//! not in `foobar`. So a word must be bounded by breakers on both sides, or by
//! the ends of the event; `TERM(x)` by major breakers. A wildcard stands for a
//! run of characters within one major segment.

use alloc::string::String;
use alloc::vec::Vec;

use super::fold::fold;
use super::pattern::Case;

/// A compiled word, phrase or `TERM(...)`.
#[derive(Clone, Debug)]
pub struct Term {
    /// The literal parts between wildcards, folded; never empty texts.
    parts: Vec<String>,
    /// Does the text begin (end) with a wildcard?
    open_start: bool,
    open_end: bool,
    /// Only major breakers bound it.
    major_only: bool,
    case_sensitive: bool,
}

/// The breakers of several bytes, percent-encoded forms of the others, that
/// segmenters.conf counts as major.
const ENCODED_BREAKERS: [&[u8]; 17] = [
    b"%21", b"%26", b"%2526", b"%3b", b"%7c", b"%20", b"%2b", b"%3d", b"--", b"%2520", b"%5d",
    b"%5b", b"%3a", b"%0a", b"%2c", b"%28", b"%29",
];

impl Term {
    /// Compiles a word or phrase.
    #[must_use]
    pub fn new(text: &str, major_only: bool, case_sensitive: bool) -> Self {
        let prepare = |part: &str| {
            if case_sensitive {
                String::from(part)
            } else {
                fold(part).into_owned()
            }
        };
        Term {
            parts: text
                .split('*')
                .filter(|part| !part.is_empty())
                .map(prepare)
                .collect(),
            open_start: text.starts_with('*'),
            open_end: text.ends_with('*'),
            major_only,
            case_sensitive,
        }
    }

    /// What stands between the wildcards, folded where case does not count.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(String::as_str)
    }

    /// Does the raw event hold the term?
    #[must_use]
    pub fn found_in(&self, raw: &str) -> bool {
        if self.case_sensitive {
            self.found(raw.as_bytes(), Case::Exact)
        } else if raw.is_ascii() {
            self.found(raw.as_bytes(), Case::Ascii)
        } else {
            self.found(fold(raw).as_bytes(), Case::Exact)
        }
    }

    /// Looks at each place of the first part in turn. Where the others do not
    /// follow one, they follow no later one of the same segment either, for a
    /// wildcard does not leave its segment; so the search goes on behind it,
    /// and each byte is looked at a bounded number of times.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "places in the record, of a part that was found there"
    )]
    fn found(&self, raw: &[u8], case: Case) -> bool {
        let Some((first, others)) = self.parts.split_first() else {
            return true;
        };
        let mut from = 0;
        while let Some(step) = raw
            .get(from..)
            .and_then(|rest| case.find(rest, first.as_bytes()))
        {
            let start = from + step;
            let end = start + first.len();
            from = start + 1;
            if !self.open_start && !self.bounded_before(raw, start) {
                continue;
            }
            if others.is_empty() {
                if self.open_end || self.bounded_after(raw, end) {
                    return true;
                }
                continue;
            }
            if self.rest_follows(raw, end, others, case) {
                return true;
            }
            from = from.max(segment_end(raw, end));
        }
        false
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "places in the record, of parts that were found there, and the length of one, \
                  each below half of what a number holds"
    )]
    fn rest_follows(&self, raw: &[u8], mut end: usize, parts: &[String], case: Case) -> bool {
        for (index, part) in parts.iter().enumerate() {
            let last = index + 1 == parts.len();
            let limit = segment_end(raw, end);
            let found = loop {
                // No further than the part could begin within the segment.
                let reach = raw.len().min(limit + part.len());
                let Some(step) = raw
                    .get(end..reach)
                    .and_then(|rest| case.find(rest, part.as_bytes()))
                else {
                    return false;
                };
                let start = end + step;
                let after = start + part.len();
                if !last || self.open_end || self.bounded_after(raw, after) {
                    break after;
                }
                end = start + 1;
            };
            end = found;
        }
        true
    }

    fn bounded_before(&self, raw: &[u8], start: usize) -> bool {
        let before = raw.get(..start).unwrap_or_default();
        let Some(&byte) = before.last() else {
            return true;
        };
        self.breaks(byte)
            || raw.get(start).is_some_and(|&byte| self.breaks(byte))
            || ENCODED_BREAKERS.iter().any(|breaker| {
                (before.len().checked_sub(breaker.len()))
                    .and_then(|begin| before.get(begin..))
                    .is_some_and(|tail| tail.eq_ignore_ascii_case(breaker))
            })
    }

    fn bounded_after(&self, raw: &[u8], end: usize) -> bool {
        let after = raw.get(end..).unwrap_or_default();
        let Some(&byte) = after.first() else {
            return true;
        };
        self.breaks(byte)
            || end
                .checked_sub(1)
                .and_then(|last| raw.get(last))
                .is_some_and(|&b| self.breaks(b))
            || ENCODED_BREAKERS.iter().any(|breaker| {
                after
                    .get(..breaker.len())
                    .is_some_and(|head| head.eq_ignore_ascii_case(breaker))
            })
    }

    fn breaks(&self, byte: u8) -> bool {
        is_major(byte) || (!self.major_only && is_minor(byte))
    }
}

/// The end of the major segment that `from` is in.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "as far behind a place as bytes are there"
)]
fn segment_end(raw: &[u8], from: usize) -> usize {
    let rest = raw.get(from..).unwrap_or_default();
    from + rest
        .iter()
        .position(|&byte| is_major(byte))
        .unwrap_or(rest.len())
}

fn is_major(byte: u8) -> bool {
    matches!(
        byte,
        b'[' | b']'
            | b'<'
            | b'>'
            | b'('
            | b')'
            | b'{'
            | b'}'
            | b'|'
            | b'!'
            | b';'
            | b','
            | b'\''
            | b'"'
            | b'*'
            | b'\n'
            | b'\r'
            | b' '
            | b'\t'
            | b'&'
            | b'?'
            | b'+'
    )
}

fn is_minor(byte: u8) -> bool {
    matches!(
        byte,
        b'/' | b':' | b'=' | b'@' | b'.' | b'-' | b'$' | b'#' | b'%' | b'\\' | b'_'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_and_phrases() {
        for (term, raw, wanted) in [
            ("foo", "a foo b", true),
            ("foo", "FOO", true),
            ("foo", "foobar", false),
            ("foo", "foobar foo", true),
            ("foo", "x=foo;y", true),
            ("foo", "c:\\foo\\bar", true),
            ("foo", "a_foo", true),
            ("foo", "xfoo", false),
            ("foo", "a%20foo", true),
            ("foo*", "foobar", true),
            ("foo*", "xfoobar", false),
            ("*bar", "foobar", true),
            ("*bar", "foobarx", false),
            ("f*r", "foobar", true),
            ("f*r", "foo bar", false),
            ("f*r", "fo far", true),
            ("*", "", true),
            ("failed password", "sshd: Failed password for x", true),
            ("failed password", "sshd: Failed passwords", false),
            ("get-mailbox", "Cmdlet Get-Mailbox, parameters", true),
            ("mailbox", "Cmdlet Get-Mailbox, parameters", true),
            ("\u{e4}rger", "Der \u{c4}RGER", true),
            ("", "x", true),
        ] {
            assert_eq!(
                Term::new(term, false, false).found_in(raw),
                wanted,
                "{term} in {raw}"
            );
        }
    }

    #[test]
    fn term_takes_major_breakers_alone() {
        for (term, raw, wanted) in [
            ("127.0.0.1", "from 127.0.0.1 to", true),
            ("127.0.0.1", "ip=127.0.0.1", false),
            ("ip=127.0.0.1", "x ip=127.0.0.1,y", true),
        ] {
            assert_eq!(
                Term::new(term, true, false).found_in(raw),
                wanted,
                "{term} in {raw}"
            );
        }
        assert!(!Term::new("foo", false, true).found_in("FOO"));
    }

    /// All ways to cut a run of the event that the term may cover.
    fn naive(term: &str, raw: &str) -> bool {
        let parsed = Term::new(term, false, false);
        if parsed.parts.is_empty() {
            return true;
        }
        let pattern = super::super::pattern::Pattern::new(term.trim_matches('*'), false);
        (0..raw.len()).any(|start| {
            (start + 1..=raw.len()).any(|end| {
                let run = &raw[start..end];
                let stars_inside = term.trim_matches('*').contains('*');
                (parsed.open_start || parsed.bounded_before(raw.as_bytes(), start))
                    && (parsed.open_end || parsed.bounded_after(raw.as_bytes(), end))
                    && pattern.matches(run)
                    && (!stars_inside || !run.bytes().any(is_major))
            })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn agrees_with_trying_every_run(term in "\\*?[abc]{1,2}(\\*[ab]{1,2}){0,2}\\*?", raw in "[abcC .,-]{0,14}") {
            prop_assert_eq!(Term::new(&term, false, false).found_in(&raw), naive(&term, &raw));
        }
    }
}
