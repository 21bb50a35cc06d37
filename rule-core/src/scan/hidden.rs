//! The search without vectors for what could hide a text: one for each byte that it
//! begins with.

use memchr::{memchr, memchr2};

use super::needles::{Kind, Needle, Needles};

#[derive(Clone, Copy, Debug)]
pub(super) struct Hidden {
    /// The first bytes of the letters that are not ASCII and can hide a text.
    variants: Option<[u8; 2]>,
}

impl Hidden {
    pub(super) fn new(needles: &Needles) -> Self {
        let all = hiding(needles);
        let mut variants = all
            .filter_map(|needle| needle.bytes.first().copied())
            .filter(|first| !first.is_ascii());
        let first = variants.next();
        Hidden {
            variants: first.map(|first| [first, variants.next().unwrap_or(first)]),
        }
    }

    /// Does anything stand in the bytes that could hide a text?
    pub(super) fn is_in(self, needles: &Needles, bytes: &[u8]) -> bool {
        let hiding_begins = |rest: &[u8]| {
            let mut all = hiding(needles);
            all.any(|needle| needles.stands_before(needle, rest))
        };
        // Whether a backslash is itself escaped does not matter: a text may carry JSON.
        let escape = |rest: &[u8]| matches!(rest, [_, b'u' | b'U', ..]) && hiding_begins(rest);
        any_at(bytes, |rest| memchr(b'\\', rest), escape)
            || any_at(bytes, |rest| memchr2(b'<', b'&', rest), hiding_begins)
            || self.variants.is_some_and(|[one, other]| {
                any_at(bytes, |rest| memchr2(one, other, rest), hiding_begins)
            })
    }
}

/// The needles that are no texts, which come first.
fn hiding(needles: &Needles) -> impl Iterator<Item = &Needle> {
    let all = needles.all().iter();
    all.take_while(|needle| needle.kind != Kind::Text)
}

/// Does one of the places that `next` finds hold?
fn any_at(
    bytes: &[u8],
    next: impl Fn(&[u8]) -> Option<usize>,
    holds: impl Fn(&[u8]) -> bool,
) -> bool {
    let mut rest = bytes;
    while let Some(at) = next(rest) {
        rest = rest.get(at..).unwrap_or_default();
        if holds(rest) {
            return true;
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    false
}
