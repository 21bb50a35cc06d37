//! Functions that answer true or false.

use alloc::boxed::Box;

use super::Arguments;
use super::pattern::Computed;
use crate::rows::eval::{Outcome, Regex, like};
use crate::rows::steps::Steps;
use crate::search::{Cidr, Test};
use crate::value::{Number, Value};

/// A function that answers true or false.
#[derive(Clone, Debug)]
pub enum Check {
    /// `true()`
    True,
    /// `false()`
    False,
    /// `isnull(x)`
    IsNull,
    /// `isnotnull(x)`
    IsNotNull,
    /// `isnum(x)`: a text that is a number is one.
    IsNumber,
    /// `isint(x)`
    IsInteger,
    /// `isstr(x)`: there, and no number.
    IsText,
    /// `isbool(x)`: a condition.
    IsBoolean,
    /// `like(text, pattern)`
    Like,
    /// `match(text, "regex")`: anywhere in the text, with case; false for null.
    Match(Regex),
    /// `match` with an expression that is computed.
    MatchComputed(Computed),
    /// `cidrmatch(network, address)`: null where either is.
    Cidr,
    /// `searchmatch("search")`, planned.
    Search(Box<Test>),
}

impl Check {
    pub(super) fn call(&self, arguments: &Arguments<'_>) -> Option<bool> {
        let steps = arguments.view.steps;
        Some(match self {
            Check::True => true,
            Check::False => false,
            Check::IsNull => is_null(arguments),
            Check::IsNotNull => !is_null(arguments),
            Check::IsNumber => arguments.number(0).is_some(),
            Check::IsInteger => matches!(arguments.number(0), Some(Number::Int(_))),
            Check::IsText => {
                let value = arguments.value(0);
                !value.is_null() && value.number().is_none()
            }
            Check::IsBoolean => matches!(arguments.run(0), Outcome::Truth(_)),
            Check::Like => return like::like(&arguments.value(0), &arguments.value(1), steps),
            Check::Match(regex) => any_match(regex, &arguments.value(0), steps)?,
            Check::MatchComputed(cache) => {
                let pattern = arguments.text(1)?;
                let value = arguments.value(0);
                return cache.with(&pattern, steps, |regex| any_match(regex, &value, steps))?;
            }
            Check::Cidr => {
                let network = Cidr::parse(&arguments.text(0)?)?;
                let value = arguments.value(1);
                if value.is_null() {
                    return None;
                }
                let mut addresses = value.each().iter().filter_map(Value::text);
                addresses.any(|address| network.contains(&address))
            }
            Check::Search(test) => test.matches(arguments.view),
        })
    }
}

/// A condition is never null but where it compares with null.
fn is_null(arguments: &Arguments<'_>) -> bool {
    match arguments.run(0) {
        Outcome::Value(value) => value.is_null(),
        Outcome::Truth(_) => false,
    }
}

/// None where there are no steps left.
fn any_match(regex: &Regex, value: &Value, steps: &Steps<'_>) -> Option<bool> {
    let mut texts = value.each().iter().filter_map(Value::text);
    let matches = texts.any(|text| regex.is_match(&text, steps));
    (matches || steps.sufficed()).then_some(matches)
}
