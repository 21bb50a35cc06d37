//! `like`: `%` is any run of characters, `_` any one. With case, and without an
//! escape: Splunk's own searches write `like(MemberSid, "%\%")` for what ends in
//! a backslash and something.

use alloc::vec::Vec;

use crate::rows::steps::Steps;
use crate::value::Value;

/// Null where either is, or where there are no steps left; of several values any will do.
pub(super) fn like(value: &Value, pattern: &Value, steps: &Steps<'_>) -> Option<bool> {
    let pattern = pattern.text()?;
    if value.is_null() {
        return None;
    }
    let pattern: Vec<char> = pattern.chars().collect();
    for text in value.each().iter().filter_map(Value::text) {
        if covers(&pattern, &text, steps)? {
            return Some(true);
        }
    }
    Some(false)
}

/// The longest pattern, in characters. Time goes with the length of the text times
/// that of the pattern, which may come from an event; a longer one covers
/// nothing.
const MAX_PATTERN: usize = 1000;

/// Does the pattern cover the whole text? After a `%` the leftmost place of what
/// follows is the right one. None where there are no steps left.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "places of characters that are there, or behind one"
)]
fn covers(pattern: &[char], text: &str, steps: &Steps<'_>) -> Option<bool> {
    if pattern.len() > MAX_PATTERN {
        return Some(false);
    }
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    // Where to go on when what stands behind the last `%` does not fit here:
    // one character later.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        steps.take(1)?;
        match (pattern.get(p), text.get(t)) {
            (Some('%'), _) => {
                retry = Some((p + 1, t));
                p += 1;
            }
            (Some('_'), Some(_)) => {
                p += 1;
                t += 1;
            }
            (Some(wanted), Some(found)) if wanted == found => {
                p += 1;
                t += 1;
            }
            (None, None) => return Some(true),
            _ => match retry {
                Some((after, from)) if from < text.len() => {
                    retry = Some((after, from + 1));
                    p = after;
                    t = from + 1;
                }
                _ => return Some(false),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::steps::asked;
    use proptest::prelude::*;

    #[test]
    fn patterns() {
        for (pattern, text, wanted) in [
            ("%", "", true),
            ("a%", "abc", true),
            ("%c", "abc", true),
            ("%b%", "abc", true),
            ("a_c", "abc", true),
            ("a_c", "ac", false),
            ("A%", "abc", false),
            ("%\\%", "a\\b", true),
            ("%ab", "aab", true),
            ("%\u{e4}_", "x\u{e4}\u{f6}", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(covers_text(pattern, text), wanted, "{pattern} on {text}");
        }
    }

    fn covers_text(pattern: &str, text: &str) -> bool {
        let pattern: Vec<char> = pattern.chars().collect();
        asked(|steps| covers(&pattern, text, steps)).0.unwrap()
    }

    /// Each `a` of the text is a place where the pattern may begin.
    #[test]
    fn a_text_takes_a_bounded_number_of_steps() {
        let pattern: Vec<char> = std::format!("%{}b%", "a".repeat(900)).chars().collect();
        let text = "a".repeat(4 << 20);
        assert_eq!(asked(|steps| covers(&pattern, &text, steps)), (None, false));
    }

    fn naive(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some(('%', rest)), None) => naive(rest, text),
            (Some(('%', rest)), Some((_, after))) => naive(rest, text) || naive(pattern, after),
            (Some((p, rest)), Some((t, after))) => (*p == '_' || p == t) && naive(rest, after),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(pattern in "[ab%_]{0,8}", text in "[ab]{0,10}") {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(covers_text(&pattern, &text), naive(&letters(&pattern), &letters(&text)));
        }
    }
}
