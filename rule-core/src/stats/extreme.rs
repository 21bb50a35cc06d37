//! `min` and `max`.
//!
//! Over numbers where all values are, else over text by its bytes [Search
//! Reference, "min"; for a mix of both `[U]`]. Among the texts a value
//! that came as a number stands with its decimal form, of several such the
//! extreme one.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use core::cmp::Ordering;

use super::Item;
use crate::value::{Number, Value, parse_number};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Least,
    Greatest,
}

impl Side {
    /// Does something of this order to what is kept take its place?
    fn prefers(self, order: Ordering) -> bool {
        match self {
            Side::Least => order.is_lt(),
            Side::Greatest => order.is_gt(),
        }
    }
}

/// The least or greatest value so far.
#[derive(Clone, Debug)]
pub(super) struct Extreme {
    side: Side,
    /// Of all values that are numbers.
    number: Option<Number>,
    /// Of all values that came as text; kept even while all of those are
    /// numbers, for the day that one is not.
    text: Option<Box<str>>,
    /// Did a value come that is no number?
    mixed: bool,
    /// Did a value come as a number?
    computed: bool,
}

impl Extreme {
    pub(super) fn new(side: Side) -> Self {
        Extreme {
            side,
            number: None,
            text: None,
            mixed: false,
            computed: false,
        }
    }

    /// Bytes that the state grew by.
    pub(super) fn add(&mut self, item: Item<'_>) -> usize {
        let number = match item {
            Item::Number(number) => {
                self.computed = true;
                Some(number)
            }
            Item::Text(text) => parse_number(text),
        };
        match number {
            Some(number) => {
                if self
                    .number
                    .is_none_or(|kept| self.side.prefers(number.cmp_with_form(&kept)))
                {
                    self.number = Some(number);
                }
            }
            None => self.mixed = true,
        }
        let Item::Text(text) = item else { return 0 };
        match &self.text {
            Some(kept) if !self.side.prefers(text.cmp(kept)) => 0,
            kept => {
                let before = kept.as_ref().map_or(0, |kept| kept.len());
                self.text = Some(Box::from(text));
                text.len().saturating_sub(before)
            }
        }
    }

    pub(super) fn value(&self) -> Value {
        if !self.mixed {
            return self.number.map_or(Value::Null, Value::Number);
        }
        let computed = self
            .number
            .filter(|_| self.computed)
            .map(|number| number.to_string());
        let text = self.text.as_deref().map(String::from);
        match (text, computed) {
            (Some(text), Some(computed)) if self.side.prefers(computed.cmp(&text)) => {
                Value::Text(computed)
            }
            (Some(text), _) => Value::Text(text),
            (None, _) => Value::Null,
        }
    }
}
