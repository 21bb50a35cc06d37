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

impl Test {
    /// The predicate with each part's answer for one event. No part is skipped,
    /// as [`Test::matches`] would.
    #[must_use]
    pub fn explain(&self, fields: &dyn Fields) -> Explanation {
        let several = |kind, parts: &[Test]| {
            let parts: Vec<Explanation> = parts.iter().map(|part| part.explain(fields)).collect();
            Explanation {
                kind,
                text: String::new(),
                held: self.matches(fields),
                values: Vec::new(),
                parts,
            }
        };
        match self {
            Test::All => several(Kind::All, &[]),
            Test::And(parts) => several(Kind::And, parts),
            Test::Or(parts) => several(Kind::Or, parts),
            Test::Not(part) => several(Kind::Not, core::slice::from_ref(part)),
            Test::Leaf { condition, text } => Explanation {
                kind: condition.kind(),
                text: text.clone(),
                held: condition.holds(fields),
                values: condition.values(fields),
                parts: Vec::new(),
            },
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

    fn values(&self, fields: &dyn Fields) -> Vec<String> {
        let mut values = Vec::new();
        if let Some(field) = self.field() {
            let _ = fields.any(field, &mut |value| {
                values.push(String::from(value));
                false
            });
        }
        values
    }
}
