//! Letter case: the simple case folding of Unicode.
//!
//! The search command compares "without case" [Search Manual, "Use CASE() and
//! TERM()"]. Which folding that is nobody documents; ours is simple folding,
//! one character to one, so that a folded text has as many characters as the
//! text. Two letters fold to ASCII from outside it: U+017F to `s` and U+212A to
//! `k`.

use alloc::borrow::Cow;
use alloc::string::String;

/// The character that all of its case variants fold to.
pub(crate) fn fold_char(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    // The dotless i has its capital in ASCII, and folds to itself all the same:
    // only Turkish takes the two for one.
    if c == '\u{131}' {
        return c;
    }
    // Three pairs of letters are variants of one another with no capital of one
    // character to meet in.
    match c {
        '\u{1fd3}' => return '\u{390}',
        '\u{1fe3}' => return '\u{3b0}',
        '\u{fb05}' => return '\u{fb06}',
        _ => {}
    }
    // Up and down again brings the variants with more than one small form
    // together (sigma, the long s). A case mapping to several characters is no
    // simple one, and leaves the character as it is.
    single(single(c, char::to_uppercase), char::to_lowercase)
}

fn single<I: Iterator<Item = char>>(c: char, map: impl Fn(char) -> I) -> char {
    let mut mapped = map(c);
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// A text with every character folded.
pub(crate) fn fold(text: &str) -> Cow<'_, str> {
    if text
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase())
    {
        return Cow::Borrowed(text);
    }
    if text.is_ascii() {
        return Cow::Owned(text.to_ascii_lowercase());
    }
    Cow::Owned(text.chars().map(fold_char).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};
    use std::vec::Vec;

    /// The Unicode database by way of regex-syntax: two characters are variants
    /// of one another exactly where they fold to the same.
    #[test]
    fn agrees_with_the_unicode_database() {
        let mut wrong = Vec::new();
        for c in (0..=0x10_FFFF).filter_map(char::from_u32) {
            let mut class = ClassUnicode::new([ClassUnicodeRange::new(c, c)]);
            class.case_fold_simple();
            for range in class.ranges() {
                for variant in range.start()..=range.end() {
                    if fold_char(variant) != fold_char(c) {
                        wrong.push((c, variant));
                    }
                }
            }
            let folded = fold_char(c);
            // Rust's own tables may be of a later Unicode, with letters that
            // the other database does not have yet.
            let known = class.iter().map(|r| r.len()).sum::<usize>() > 1;
            if known
                && !class
                    .ranges()
                    .iter()
                    .any(|r| (r.start()..=r.end()).contains(&folded))
            {
                wrong.push((c, folded));
            }
        }
        assert!(wrong.is_empty(), "{wrong:x?}");
    }
}
