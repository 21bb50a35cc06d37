//! The functions of expressions.

use alloc::string::String;
use alloc::vec::Vec;

use super::regex::Regex;
use super::{Expr, Outcome, like};
use crate::rows::Row;
use crate::value::{Number, Value};

/// A function [Search Reference, "Evaluation functions"].
#[derive(Clone, Debug)]
pub enum Function {
    /// `if(condition, then, else)`; else where the condition is null.
    If,
    /// `case(condition, value, ...)`: the value behind the first that is true.
    Case,
    /// `coalesce(x, ...)`: the first that is not null.
    Coalesce,
    /// `isnull(x)`
    IsNull,
    /// `isnotnull(x)`
    IsNotNull,
    /// `like(text, pattern)`
    Like,
    /// `match(text, "regex")`: anywhere in the text, with case; false for null.
    /// Compiled when the rule is opened.
    Match(Regex),
    /// `lower(x)`
    Lower,
    /// `upper(x)`
    Upper,
    /// `len(x)`, in characters.
    Len,
    /// `true()`
    True,
    /// `false()`
    False,
    /// `null()`
    Null,
}

impl Function {
    /// Does the function answer true or false?
    #[must_use]
    pub(super) fn is_condition(&self) -> bool {
        matches!(
            self,
            Function::IsNull
                | Function::IsNotNull
                | Function::Like
                | Function::Match(_)
                | Function::True
                | Function::False
        )
    }

    pub(super) fn call(&self, arguments: &[Expr], row: &Row) -> Outcome {
        let value = |index: usize| {
            arguments
                .get(index)
                .map_or(Value::Null, |one| one.value(row))
        };
        match self {
            Function::If => {
                let condition = arguments.first().is_some_and(|one| one.is_true(row));
                let branch = arguments.get(if condition { 1 } else { 2 });
                branch.map_or(Outcome::NULL, |branch| branch.run(row))
            }
            Function::Case => {
                let mut pairs = arguments.chunks_exact(2);
                let chosen = pairs.find_map(|pair| match pair {
                    [condition, value] if condition.is_true(row) => Some(value),
                    _ => None,
                });
                chosen.map_or(Outcome::NULL, |value| value.run(row))
            }
            Function::Coalesce => {
                let mut values = arguments.iter().map(|one| one.value(row));
                Outcome::Value(values.find(|value| !value.is_null()).unwrap_or_default())
            }
            Function::IsNull => Outcome::Truth(self.first_is_null(arguments, row)),
            Function::IsNotNull => Outcome::Truth(!self.first_is_null(arguments, row)),
            Function::Like => Outcome::from_truth(like::like(&value(0), &value(1))),
            Function::Match(pattern) => {
                let value = value(0);
                let mut texts = value.each().iter().filter_map(Value::text);
                Outcome::Truth(texts.any(|text| pattern.is_match(&text)))
            }
            Function::Lower => Outcome::Value(map_texts(&value(0), |text| text.to_lowercase())),
            Function::Upper => Outcome::Value(map_texts(&value(0), |text| text.to_uppercase())),
            Function::Len => {
                let length = |text: &str| Value::Number(Number::Int(text.chars().count() as i64));
                let lengths = value(0)
                    .each()
                    .iter()
                    .filter_map(Value::text)
                    .map(|t| length(&t))
                    .collect();
                Outcome::Value(Value::from_list(lengths))
            }
            Function::True => Outcome::Truth(true),
            Function::False => Outcome::Truth(false),
            Function::Null => Outcome::NULL,
        }
    }

    /// A condition is never null but where it compares with null.
    fn first_is_null(&self, arguments: &[Expr], row: &Row) -> bool {
        match arguments.first().map(|one| one.run(row)) {
            Some(Outcome::Value(value)) => value.is_null(),
            Some(Outcome::Truth(_)) => false,
            None => true,
        }
    }
}

fn map_texts(value: &Value, map: impl Fn(&str) -> String) -> Value {
    let texts: Vec<Value> = value
        .each()
        .iter()
        .filter_map(Value::text)
        .map(|text| Value::Text(map(&text)))
        .collect();
    Value::from_list(texts)
}
