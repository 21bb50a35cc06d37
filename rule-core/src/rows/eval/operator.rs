//! Arithmetic and joining of text.

use alloc::string::String;

use super::MAX_TEXT;
use crate::value::{Number, Value};

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `+`: adds numbers, joins two texts.
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `.`: joins as text.
    Concat,
}

impl Operator {
    pub(in crate::rows) fn apply(self, left: Value, right: &Value) -> Value {
        if left.is_null() || right.is_null() {
            return Value::Null;
        }
        if self == Operator::Concat {
            return join(left, right);
        }
        match (left.number(), right.number()) {
            (Some(left), Some(right)) => {
                self.compute(left, right).map_or(Value::Null, Value::Number)
            }
            _ if self == Operator::Add && both_text(&left, right) => join(left, right),
            _ => Value::Null,
        }
    }

    /// What two numbers come to; none for what is infinite or no number.
    pub(super) fn compute(self, left: Number, right: Number) -> Option<Number> {
        // Whole numbers stay exact as long as they fit.
        if let (Number::Int(left), Number::Int(right)) = (left, right) {
            let exact = match self {
                Operator::Add => left.checked_add(right),
                Operator::Subtract => left.checked_sub(right),
                Operator::Multiply => left.checked_mul(right),
                Operator::Remainder => left.checked_rem(right),
                Operator::Divide | Operator::Concat => None,
            };
            if let Some(value) = exact {
                return Some(Number::Int(value));
            }
        }
        let (left, right) = (left.as_f64(), right.as_f64());
        Number::from_f64(match self {
            Operator::Add => left + right,
            Operator::Subtract => left - right,
            Operator::Multiply => left * right,
            // By zero: infinite or no number, and so null.
            Operator::Divide => left / right,
            Operator::Remainder => left % right,
            Operator::Concat => return None,
        })
    }
}

pub(super) fn negate(value: &Value) -> Value {
    Operator::Subtract.apply(Value::Number(Number::Int(0)), value)
}

fn both_text(left: &Value, right: &Value) -> bool {
    matches!((left, right), (Value::Text(_), Value::Text(_)))
}

/// Onto the text that is there: copied, a chain of them would take the square of it.
fn join(left: Value, right: &Value) -> Value {
    let mut joined = match left {
        Value::Text(text) => text,
        other => other.text().map(String::from).unwrap_or_default(),
    };
    match right.text() {
        Some(right) if joined.len().saturating_add(right.len()) <= MAX_TEXT => {
            joined.push_str(&right);
            Value::Text(joined)
        }
        _ => Value::Null,
    }
}
