//! Why an event matched or did not: the predicate with each part's answer.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::{Condition, Fields, Test};

/// A part of a predicate, whether it held, and what it saw.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// What kind of part it is.
    pub kind: Kind,
    /// How the search says it; empty for `and`, `or` and `not`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Did it hold?
    pub held: bool,
    /// The values of the field that it asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// How many values more it has, for which there was no room.
    #[serde(skip_serializing_if = "is_none")]
    pub left_out: usize,
    /// The parts of `and`, `or` and `not`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Explanation>,
}

/// The kinds of part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Matches everything.
    All,
    /// Each part must hold.
    And,
    /// Any part must hold.
    Or,
    /// Its part must not hold.
    Not,
    /// `field=value` and its like.
    Compare,
    /// `field IN (...)`.
    In,
    /// A word or phrase.
    Term,
    /// Something that no event can have.
    Never,
}

/// What a value takes besides its text.
const VALUE: usize = 32;

fn is_none(count: &usize) -> bool {
    *count == 0
}

impl Test {
    /// The predicate with each part's answer for one event. No part is skipped,
    /// as [`Test::matches`] would. The values that it shows take so many bytes at the
    /// most: each part that asks for a field shows them anew.
    #[must_use]
    pub fn explain(&self, fields: &dyn Fields, room: &mut usize) -> Explanation {
        let mut several = |kind, parts: &[Test]| {
            let parts = parts.iter().map(|part| part.explain(fields, room));
            let parts: Vec<Explanation> = parts.collect();
            Explanation {
                kind,
                text: String::new(),
                held: self.matches(fields),
                values: Vec::new(),
                left_out: 0,
                parts,
            }
        };
        match self {
            Test::All => several(Kind::All, &[]),
            Test::And(parts) => several(Kind::And, parts),
            Test::Or(parts) => several(Kind::Or, parts),
            Test::Not(part) => several(Kind::Not, core::slice::from_ref(part)),
            Test::Leaf { condition, text } => {
                let (values, left_out) = condition.values(fields, room);
                Explanation {
                    kind: condition.kind(),
                    text: text.clone(),
                    held: condition.holds(fields),
                    values,
                    left_out,
                    parts: Vec::new(),
                }
            }
        }
    }
}

impl Condition {
    fn kind(&self) -> Kind {
        match self {
            Condition::In(_, wanted) if wanted.len() > 1 => Kind::In,
            Condition::In(..)
            | Condition::Differs(..)
            | Condition::Order(..)
            | Condition::Stored(..) => Kind::Compare,
            Condition::Term(_) => Kind::Term,
            Condition::Never => Kind::Never,
        }
    }

    /// The values that there is room for, and how many more there are.
    fn values(&self, fields: &dyn Fields, room: &mut usize) -> (Vec<String>, usize) {
        let (mut values, mut left_out) = (Vec::new(), 0);
        if let Some(field) = self.field() {
            let _ = fields.any(field, &mut |value| {
                match room.checked_sub(value.len().saturating_add(VALUE)) {
                    Some(rest) => {
                        *room = rest;
                        values.push(String::from(value));
                    }
                    None => left_out = usize::saturating_add(left_out, 1),
                }
                false
            });
        }
        (values, left_out)
    }
}
