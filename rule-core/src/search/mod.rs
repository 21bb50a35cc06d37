//! The predicate of `search`: which events and rows match.
//!
//! A [`Test`] is what the planner makes of a written predicate. It asks
//! something that has [`Fields`] — an event or a result row — and answers yes
//! or no, or explains itself part by part. The rules of meaning are those of
//! semantics.md, "The search command"; the module of each says where it comes
//! from.

mod cidr;
mod explain;
mod fold;
mod name_pattern;
mod pattern;
mod term;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

pub use cidr::Cidr;
pub use explain::{Explanation, Kind};
pub use name_pattern::NamePattern;
pub use pattern::Pattern;
pub use term::Term;

use crate::value::{Number, parse_number};
pub(crate) use fold::fold;

/// A field as a plan names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name, with case.
    pub name: String,
    /// Where an event keeps it, among the fields that its session asks for.
    pub slot: usize,
}

/// What a predicate can be asked of.
pub trait Fields {
    /// Tries each value of a field in turn until `test` takes one. None where
    /// the field has no value.
    fn any(&self, field: &Field, test: &mut dyn FnMut(&str) -> bool) -> Option<bool>;

    /// The raw event; empty where there is none.
    fn raw(&self) -> Cow<'_, str>;
}

/// A predicate, ready to run.
#[derive(Clone, Debug)]
pub enum Test {
    /// Every event.
    All,
    /// Each of these.
    And(Vec<Test>),
    /// Any of these.
    Or(Vec<Test>),
    /// Not this. Keeps events that lack the field, where `!=` does not
    /// ["Difference between != and NOT"].
    Not(Box<Test>),
    /// A condition, with its text as it was written.
    Leaf {
        /// What is asked.
        condition: Condition,
        /// How the search says it, for explanations.
        text: String,
    },
}

/// A condition on one field, or on the raw event.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Any value of the field is one of these: `=` and `IN`.
    In(Field, Vec<Wanted>),
    /// The field is there and any of its values is another [U: any].
    Differs(Field, Wanted),
    /// Any value of the field stands in this order to the bound.
    Order(Field, Comparison, Bound),
    /// `index=x` is about where events are stored: it holds where the event has
    /// no such field, and asks the value where it has one.
    Stored(Field, Box<Condition>),
    /// A word or phrase of the raw event.
    Term(Term),
    /// Never: what was asked for does not exist, such as an eventtype that no
    /// table defines.
    Never,
}

/// A value that is looked for.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// A text, with wildcards.
    Pattern(Pattern),
    /// A network, or the text itself.
    Network(Cidr, Pattern),
}

/// An order of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// Does an order satisfy the comparison?
    #[must_use]
    pub fn holds(self, ordering: Ordering) -> bool {
        match self {
            Comparison::Less => ordering.is_lt(),
            Comparison::LessOrEqual => ordering.is_le(),
            Comparison::Greater => ordering.is_gt(),
            Comparison::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

/// The right-hand side of an order: a number where it is one.
#[derive(Clone, Debug)]
pub struct Bound {
    text: String,
    number: Option<Number>,
}

impl Bound {
    /// A bound from its text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Bound {
            text: fold(text).into_owned(),
            number: parse_number(text),
        }
    }

    /// As numbers where both are, else as text without case.
    fn order(&self, value: &str) -> Ordering {
        match (self.number, parse_number(value)) {
            (Some(bound), Some(value)) => value.cmp(&bound),
            _ => fold(value).as_ref().cmp(self.text.as_str()),
        }
    }
}

impl Wanted {
    /// A value as `search` takes it: a network where it has the form of one.
    #[must_use]
    pub fn new(text: &str, case_sensitive: bool) -> Self {
        let pattern = Pattern::new(text, case_sensitive);
        match Cidr::parse(text) {
            Some(network) => Wanted::Network(network, pattern),
            None => Wanted::Pattern(pattern),
        }
    }

    /// A text without case, with wildcards, and no network.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Wanted::Pattern(Pattern::new(text, false))
    }

    fn matches(&self, value: &str) -> bool {
        match self {
            Wanted::Pattern(pattern) => pattern.matches(value),
            Wanted::Network(network, pattern) => network.contains(value) || pattern.matches(value),
        }
    }
}

impl Test {
    /// Does the event or row match?
    ///
    /// Recurses as deep as the search has parentheses, which the parser bounds.
    #[must_use]
    pub fn matches(&self, fields: &dyn Fields) -> bool {
        match self {
            Test::All => true,
            Test::And(parts) => parts.iter().all(|part| part.matches(fields)),
            Test::Or(parts) => parts.iter().any(|part| part.matches(fields)),
            Test::Not(part) => !part.matches(fields),
            Test::Leaf { condition, .. } => condition.holds(fields),
        }
    }

    /// Calls `visit` with each field that the predicate asks for.
    pub fn visit_fields(&mut self, visit: &mut dyn FnMut(&mut Field)) {
        match self {
            Test::All => {}
            Test::And(parts) | Test::Or(parts) => {
                for part in parts {
                    part.visit_fields(visit);
                }
            }
            Test::Not(part) => part.visit_fields(visit),
            Test::Leaf { condition, .. } => condition.visit_fields(visit),
        }
    }

    /// Does the predicate look into the raw event?
    #[must_use]
    pub fn asks_raw(&self) -> bool {
        match self {
            Test::All => false,
            Test::And(parts) | Test::Or(parts) => parts.iter().any(Test::asks_raw),
            Test::Not(part) => part.asks_raw(),
            Test::Leaf { condition, .. } => matches!(condition, Condition::Term(_)),
        }
    }
}

impl Condition {
    fn holds(&self, fields: &dyn Fields) -> bool {
        match self {
            Condition::In(field, wanted) => fields
                .any(field, &mut |value| {
                    wanted.iter().any(|one| one.matches(value))
                })
                .unwrap_or(false),
            Condition::Differs(field, wanted) => fields
                .any(field, &mut |value| !wanted.matches(value))
                .unwrap_or(false),
            Condition::Order(field, comparison, bound) => fields
                .any(field, &mut |value| comparison.holds(bound.order(value)))
                .unwrap_or(false),
            Condition::Stored(field, condition) => {
                fields.any(field, &mut |_| true).is_none() || condition.holds(fields)
            }
            Condition::Term(term) => term.found_in(&fields.raw()),
            Condition::Never => false,
        }
    }

    fn field(&self) -> Option<&Field> {
        match self {
            Condition::In(field, _)
            | Condition::Differs(field, _)
            | Condition::Order(field, ..)
            | Condition::Stored(field, _) => Some(field),
            Condition::Term(_) | Condition::Never => None,
        }
    }

    fn visit_fields(&mut self, visit: &mut dyn FnMut(&mut Field)) {
        match self {
            Condition::In(field, _)
            | Condition::Differs(field, _)
            | Condition::Order(field, ..) => visit(field),
            Condition::Stored(field, condition) => {
                visit(field);
                condition.visit_fields(visit);
            }
            Condition::Term(_) | Condition::Never => {}
        }
    }
}

#[cfg(test)]
mod tests;
