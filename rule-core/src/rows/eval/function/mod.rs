//! The functions of expressions [Search Reference, "Evaluation functions"], by kind.
//!
//! What the planner lets through has as many arguments as the function takes; one that
//! is missing is null.

mod calculation;
mod check;
mod choice;
mod clock;
mod conversion;
mod pattern;
mod texts;
mod values;

pub use calculation::Calculation;
pub use check::Check;
pub use choice::Choice;
pub use clock::Clock;
pub use conversion::Conversion;
pub(crate) use conversion::FORMS;
pub use pattern::Computed;
pub use texts::TextFunction;
pub use values::ValuesFunction;

use alloc::borrow::Cow;
use alloc::string::String;

use super::view::View;
use super::{Expr, Outcome};
use crate::value::{Number, Value};

/// A function.
#[derive(Clone, Debug)]
pub enum Function {
    /// One that chooses among its arguments.
    Choice(Choice),
    /// One that answers true or false.
    Check(Check),
    /// One of texts.
    Text(TextFunction),
    /// One between texts and numbers.
    Conversion(Conversion),
    /// One of several values.
    Values(ValuesFunction),
    /// One of numbers.
    Calculation(Calculation),
    /// One of times.
    Clock(Clock),
}

macro_rules! kinds {
    ($($variant:ident($kind:ty))*) => {
        $(impl From<$kind> for Function {
            fn from(kind: $kind) -> Function {
                Function::$variant(kind)
            }
        })*
    };
}

kinds! {
    Choice(Choice)
    Check(Check)
    Text(TextFunction)
    Conversion(Conversion)
    Values(ValuesFunction)
    Calculation(Calculation)
    Clock(Clock)
}

impl Function {
    /// Does the function answer true or false?
    #[must_use]
    pub(super) fn is_condition(&self) -> bool {
        matches!(self, Function::Check(_))
    }

    pub(super) fn call(&self, arguments: &[Expr], view: &View<'_>) -> Outcome {
        let arguments = Arguments {
            all: arguments,
            view,
        };
        let value = match self {
            Function::Choice(choice) => return choice.call(&arguments),
            Function::Check(check) => return Outcome::from_truth(check.call(&arguments)),
            Function::Text(function) => function.call(&arguments),
            Function::Conversion(conversion) => conversion.call(&arguments),
            Function::Values(function) => function.call(&arguments),
            Function::Calculation(calculation) => calculation.call(&arguments),
            Function::Clock(clock) => clock.call(&arguments),
        };
        Outcome::Value(value.unwrap_or_default())
    }
}

/// The arguments of a call, each computed when it is asked for.
struct Arguments<'a> {
    all: &'a [Expr],
    view: &'a View<'a>,
}

impl Arguments<'_> {
    fn run(&self, index: usize) -> Outcome {
        let one = self.all.get(index);
        one.map_or(Outcome::NULL, |one| one.run(self.view))
    }

    fn value(&self, index: usize) -> Value {
        self.run(index).into_value()
    }

    /// None for null.
    fn text(&self, index: usize) -> Option<String> {
        self.value(index).text().map(Cow::into_owned)
    }

    /// None for what is no number.
    fn number(&self, index: usize) -> Option<Number> {
        self.value(index).number()
    }

    /// A whole number; a fraction is cut off. None for what is no number.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a fraction is cut off, and a double beyond i64 comes to its end"
    )]
    fn whole(&self, index: usize) -> Option<i64> {
        match self.number(index)? {
            Number::Int(value) => Some(value),
            other => Some(other.as_f64() as i64),
        }
    }

    fn is_true(&self, index: usize) -> bool {
        self.run(index).truth() == Some(true)
    }

    /// The values of all arguments, those of several one by one.
    fn each(&self) -> impl Iterator<Item = Value> {
        self.all.iter().flat_map(|one| {
            let value = one.run(self.view).into_value();
            match value {
                Value::Many(values) => values,
                Value::Null => alloc::vec::Vec::new(),
                one => alloc::vec![one],
            }
        })
    }
}
