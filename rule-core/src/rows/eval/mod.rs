//! Expressions of `eval` and `where`.
//!
//! Unlike `search`, they compare with case, and they know null: an expression
//! that cannot be computed is null, null goes through every operator, and
//! `where` keeps a row only for true [Search Reference, "where", "eval"]. A text
//! that is a number counts as one wherever a number is wanted.

mod function;
mod like;
mod list;
mod operator;
mod regex;
mod view;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

pub(crate) use function::FORMS;
pub use function::{
    Calculation, Check, Choice, Clock, Computed, Conversion, Function, TextFunction, ValuesFunction,
};
pub use regex::{Found, Matches, Occurrences, Regex, RegexError, Replacement};

use super::command::Context;
use super::row::Row;
use super::steps::Steps;
use crate::value::Value;
pub use operator::Operator;
use view::View;

/// The longest text that an expression makes, in bytes; a longer one is null, as
/// is all that cannot be computed, and counted. Without it twenty times `eval a=a.a` would
/// make a million times of every value.
const MAX_TEXT: usize = 1 << 20;

/// The steps that looking at a part of an expression costs.
const EXPRESSION: usize = 4;

/// The steps that comparing two values costs.
const PAIR: usize = 8;

/// An expression, ready to run.
#[derive(Clone, Debug)]
pub enum Expr {
    /// A text or a number.
    Constant(Value),
    /// A column of the row.
    Field(String),
    /// `NOT`.
    Not(Box<Expr>),
    /// `-`.
    Negate(Box<Expr>),
    /// All are true.
    And(Vec<Expr>),
    /// Any is true.
    Or(Vec<Expr>),
    /// An odd number of them is true.
    Xor(Vec<Expr>),
    /// Two values in an order.
    Compare(Box<Expr>, Relation, Box<Expr>),
    /// `x LIKE y`.
    Like(Box<Expr>, Box<Expr>),
    /// `x IN (...)`: equal to any of them.
    In(Box<Expr>, Vec<Expr>),
    /// Operators of one precedence, from the left.
    Chain(Box<Expr>, Vec<(Operator, Expr)>),
    /// A function of its arguments.
    Call(Function, Vec<Expr>),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `=`, `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// What an expression comes to: a value, or a truth that only conditions see.
#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    Value(Value),
    Truth(bool),
}

impl Outcome {
    const NULL: Outcome = Outcome::Value(Value::Null);

    /// True, false, or neither.
    fn truth(&self) -> Option<bool> {
        match self {
            Outcome::Truth(truth) => Some(*truth),
            Outcome::Value(_) => None,
        }
    }

    /// The value. A truth is none: `eval x=(a=b)` is an error in Splunk, which
    /// the planner reports.
    fn into_value(self) -> Value {
        match self {
            Outcome::Value(value) => value,
            Outcome::Truth(_) => Value::Null,
        }
    }

    fn from_truth(truth: Option<bool>) -> Outcome {
        truth.map_or(Outcome::NULL, Outcome::Truth)
    }
}

impl Expr {
    /// The value for a row; null where there is none.
    #[must_use]
    pub fn value(&self, row: &Row, context: &Context<'_>) -> Value {
        self.outcome(row, context).into_value()
    }

    /// Is the expression true for a row?
    #[must_use]
    pub fn is_true(&self, row: &Row, context: &Context<'_>) -> bool {
        self.truth(row, context) == Some(true)
    }

    /// Is the expression true or false for a row? None for null.
    pub(super) fn truth(&self, row: &Row, context: &Context<'_>) -> Option<bool> {
        self.outcome(row, context).truth()
    }

    fn outcome(&self, row: &Row, context: &Context<'_>) -> Outcome {
        let steps = Steps::of(row, context);
        self.run(&View::new(row, context, &steps))
    }

    /// Is the expression a condition, true or false rather than a value?
    #[must_use]
    pub fn is_condition(&self) -> bool {
        match self {
            Expr::Not(_)
            | Expr::And(_)
            | Expr::Or(_)
            | Expr::Xor(_)
            | Expr::Compare(..)
            | Expr::Like(..)
            | Expr::In(..) => true,
            Expr::Call(function, _) => function.is_condition(),
            Expr::Constant(_) | Expr::Field(_) | Expr::Negate(_) | Expr::Chain(..) => false,
        }
    }

    /// The value, where it is one and the same for every row.
    #[must_use]
    pub fn constant(&self) -> Option<Value> {
        match self {
            Expr::Constant(value) => Some(value.clone()),
            Expr::Negate(inner) => Some(operator::negate(&inner.constant()?)),
            Expr::Chain(first, rest) => rest
                .iter()
                .try_fold(first.constant()?, |left, (op, right)| {
                    Some(op.apply(left, &right.constant()?))
                }),
            _ => None,
        }
    }

    /// Calls `visit` with the name of each field that the expression reads.
    pub fn visit_fields(&self, visit: &mut dyn FnMut(&str)) {
        self.walk(&mut |expr| match expr {
            Expr::Field(name) => visit(name),
            Expr::Call(Function::Check(Check::Search(test)), _) => {
                if test.asks_raw() {
                    visit("_raw");
                }
                test.clone().visit_fields(&mut |field| visit(&field.name));
            }
            _ => {}
        });
    }

    /// Does it ask for the time of the run?
    #[must_use]
    pub fn asks_now(&self) -> bool {
        let mut asks = false;
        self.walk(&mut |expr| {
            asks |= matches!(expr, Expr::Call(Function::Clock(Clock::Now), _));
        });
        asks
    }

    /// Calls `visit` with the expression and each that it is made of.
    fn walk(&self, visit: &mut dyn FnMut(&Expr)) {
        visit(self);
        match self {
            Expr::Constant(_) | Expr::Field(_) => {}
            Expr::Not(inner) | Expr::Negate(inner) => inner.walk(visit),
            Expr::And(parts) | Expr::Or(parts) | Expr::Xor(parts) | Expr::Call(_, parts) => {
                parts.iter().for_each(|part| part.walk(visit));
            }
            Expr::Compare(left, _, right) | Expr::Like(left, right) => {
                left.walk(visit);
                right.walk(visit);
            }
            Expr::In(value, among) => {
                value.walk(visit);
                among.iter().for_each(|one| one.walk(visit));
            }
            Expr::Chain(first, rest) => {
                first.walk(visit);
                rest.iter().for_each(|(_, operand)| operand.walk(visit));
            }
        }
    }

    /// Changes each name of a field and each text of it.
    pub(super) fn rewrite(&mut self, change: &dyn Fn(&mut String)) {
        match self {
            Expr::Constant(Value::Text(text)) | Expr::Field(text) => change(text),
            Expr::Constant(_) => {}
            Expr::Not(inner) | Expr::Negate(inner) => inner.rewrite(change),
            Expr::And(parts) | Expr::Or(parts) | Expr::Xor(parts) => {
                parts.iter_mut().for_each(|part| part.rewrite(change));
            }
            Expr::Call(function, parts) => {
                if let Function::Values(ValuesFunction::Filter(name) | ValuesFunction::Map(name)) =
                    function
                {
                    change(name);
                }
                parts.iter_mut().for_each(|part| part.rewrite(change));
            }
            Expr::Compare(left, _, right) | Expr::Like(left, right) => {
                left.rewrite(change);
                right.rewrite(change);
            }
            Expr::In(value, among) => {
                value.rewrite(change);
                among.iter_mut().for_each(|one| one.rewrite(change));
            }
            Expr::Chain(first, rest) => {
                first.rewrite(change);
                rest.iter_mut()
                    .for_each(|(_, operand)| operand.rewrite(change));
            }
        }
    }

    /// The value for what it sees.
    fn seen(&self, view: &View<'_>) -> Value {
        self.run(view).into_value()
    }

    /// Recurses as deep as the expression has parentheses and calls, which the
    /// parser bounds. Null where there are no steps left.
    fn run(&self, view: &View<'_>) -> Outcome {
        let enough = view.steps.take(EXPRESSION).and_then(|()| match self {
            Expr::Constant(value) => view.steps.take(weight(value)),
            Expr::Field(name) => view.steps.take(weight(view.get(name))),
            _ => Some(()),
        });
        if enough.is_none() {
            return Outcome::NULL;
        }
        match self {
            Expr::Constant(value) => Outcome::Value(value.clone()),
            Expr::Field(name) => Outcome::Value(view.get(name).clone()),
            Expr::Not(inner) => Outcome::from_truth(inner.run(view).truth().map(|truth| !truth)),
            Expr::Negate(inner) => Outcome::Value(operator::negate(&inner.seen(view))),
            Expr::And(parts) => Outcome::from_truth(all(parts, view, false)),
            Expr::Or(parts) => Outcome::from_truth(all(parts, view, true)),
            Expr::Xor(parts) => {
                let mut truths = parts.iter().map(|part| part.run(view).truth());
                let odd = truths.try_fold(false, |odd, truth| Some(odd != truth?));
                Outcome::from_truth(odd)
            }
            Expr::Compare(left, relation, right) => Outcome::from_truth(compare(
                &left.seen(view),
                *relation,
                &right.seen(view),
                view.steps,
            )),
            Expr::Like(value, pattern) => {
                let (value, pattern) = (value.seen(view), pattern.seen(view));
                Outcome::from_truth(like::like(&value, &pattern, view.steps))
            }
            Expr::In(value, among) => {
                let value = value.seen(view);
                let truths = among
                    .iter()
                    .map(|one| compare(&value, Relation::Equal, &one.seen(view), view.steps));
                Outcome::from_truth(any(truths))
            }
            Expr::Chain(first, rest) => {
                let first = first.seen(view);
                let value = rest.iter().fold(first, |left, (op, right)| {
                    let right = right.seen(view);
                    // Of numbers what is none is null; of texts what is too long.
                    let joins = *op == Operator::Concat && !left.is_null() && !right.is_null();
                    let value = op.apply(left, &right);
                    if joins && value.is_null() {
                        view.steps.leave_out();
                    }
                    value
                });
                Outcome::Value(value)
            }
            Expr::Call(function, arguments) => {
                let outcome = function.call(arguments, view);
                let made = match &outcome {
                    Outcome::Value(value) => weight(value),
                    Outcome::Truth(_) => 0,
                };
                match view.steps.take(made) {
                    Some(()) => outcome,
                    None => Outcome::NULL,
                }
            }
        }
    }
}

/// AND with `stop` false, OR with `stop` true, in the logic of three values.
fn all(parts: &[Expr], view: &View<'_>, stop: bool) -> Option<bool> {
    let mut result = Some(!stop);
    for part in parts {
        match part.run(view).truth() {
            Some(truth) if truth == stop => return Some(stop),
            Some(_) => {}
            None => result = None,
        }
    }
    result
}

fn any(truths: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(false);
    for truth in truths {
        match truth {
            Some(true) => return Some(true),
            Some(false) => {}
            None => result = None,
        }
    }
    result
}

/// The steps that a value costs whoever reads all of it.
fn weight(value: &Value) -> usize {
    let each = value.each().iter().map(|one| match one {
        Value::Text(text) => (text.len() / 4).saturating_add(1),
        _ => 1,
    });
    each.sum()
}

/// Compares values: as numbers where both are, else as text with case; null
/// where either is, or where there are no steps left. Of several values any will do
/// `[U]`.
fn compare(left: &Value, relation: Relation, right: &Value, steps: &Steps<'_>) -> Option<bool> {
    if left.is_null() || right.is_null() {
        return None;
    }
    let pairs = left.each().len().saturating_mul(right.each().len());
    steps.take(pairs.saturating_mul(PAIR))?;
    Some(left.each().iter().any(|left| {
        right
            .each()
            .iter()
            .any(|right| relation.holds(order(left, right)))
    }))
}

fn order(left: &Value, right: &Value) -> Ordering {
    match (left.number(), right.number()) {
        (Some(left), Some(right)) => left.cmp(&right),
        _ => left
            .text()
            .unwrap_or_default()
            .cmp(&right.text().unwrap_or_default()),
    }
}

impl Relation {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Relation::Equal => order.is_eq(),
            Relation::NotEqual => order.is_ne(),
            Relation::Less => order.is_lt(),
            Relation::LessOrEqual => order.is_le(),
            Relation::Greater => order.is_gt(),
            Relation::GreaterOrEqual => order.is_ge(),
        }
    }
}

#[cfg(test)]
mod tests;
