//! Functions that choose among their arguments, or say what one is.

use alloc::string::String;

use super::Arguments;
use crate::rows::eval::{Outcome, Relation, compare};
use crate::value::Value;

/// A function that chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// `if(condition, then, else)`; else where the condition is null.
    If,
    /// `case(condition, value, ...)`: the value behind the first that is true.
    Case,
    /// `validate(condition, value, ...)`: the value behind the first that is false.
    Validate,
    /// `coalesce(x, ...)`: the first that is not null.
    Coalesce,
    /// `nullif(x, y)`: null where they are equal, else x.
    NullIf,
    /// `null()`
    Null,
    /// `typeof(x)`
    TypeOf,
}

impl Choice {
    pub(super) fn call(self, arguments: &Arguments<'_>) -> Outcome {
        match self {
            Choice::If => arguments.run(if arguments.is_true(0) { 1 } else { 2 }),
            Choice::Case => behind_first(arguments, true),
            Choice::Validate => behind_first(arguments, false),
            Choice::Coalesce => {
                let mut values = (0..arguments.all.len()).map(|index| arguments.value(index));
                Outcome::Value(values.find(|value| !value.is_null()).unwrap_or_default())
            }
            Choice::NullIf => {
                let (value, other) = (arguments.value(0), arguments.value(1));
                match compare(&value, Relation::Equal, &other, arguments.view.steps) {
                    Some(true) => Outcome::NULL,
                    _ => Outcome::Value(value),
                }
            }
            Choice::Null => Outcome::NULL,
            Choice::TypeOf => {
                let name = match arguments.run(0) {
                    Outcome::Truth(_) => "Boolean",
                    Outcome::Value(Value::Null) => "Invalid",
                    Outcome::Value(value) if value.number().is_some() => "Number",
                    // Of several values too [U].
                    Outcome::Value(_) => "String",
                };
                Outcome::Value(Value::Text(String::from(name)))
            }
        }
    }
}

/// The argument behind the first condition that comes to `wanted`.
fn behind_first(arguments: &Arguments<'_>, wanted: bool) -> Outcome {
    let behind = (1..arguments.all.len()).step_by(2);
    let mut pairs = (0..).step_by(2).zip(behind);
    let chosen = pairs.find(|(condition, _)| arguments.run(*condition).truth() == Some(wanted));
    chosen.map_or(Outcome::NULL, |(_, behind)| arguments.run(behind))
}
