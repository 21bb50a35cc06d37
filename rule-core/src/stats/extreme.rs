//! `min` and `max`.
//!
//! Over numbers where all values are, else over text by its bytes [Search
//! Reference, "min"; for a mix of both `[U]`]. Among the texts a value
//! that came as a number stands with its decimal form, of several such the
//! extreme one.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use core::cmp::Ordering;

use super::{Item, size};
use crate::snapshot::{Damaged, Reader, Writer};
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
    pub(super) fn add(&mut self, item: Item<'_>) -> isize {
        match item {
            Item::Number(number) => {
                self.computed = true;
                self.offer_number(number);
                0
            }
            Item::Text(text) => {
                match parse_number(text) {
                    Some(number) => self.offer_number(number),
                    None => self.mixed = true,
                }
                self.offer_text(text)
            }
        }
    }

    fn offer_number(&mut self, number: Number) {
        let kept = self.number.as_ref();
        if kept.is_none_or(|kept| self.side.prefers(number.cmp_with_form(kept))) {
            self.number = Some(number);
        }
    }

    fn offer_text(&mut self, text: &str) -> isize {
        let kept = self.text.as_deref();
        if kept.is_some_and(|kept| !self.side.prefers(text.cmp(kept))) {
            return 0;
        }
        let before = self.size();
        self.text = Some(Box::from(text));
        size::growth(before, self.size())
    }

    /// Takes what another part of the same group has; gives the bytes that the
    /// state grew by.
    pub(super) fn merge(&mut self, other: &Extreme) -> isize {
        self.mixed |= other.mixed;
        self.computed |= other.computed;
        if let Some(number) = other.number {
            self.offer_number(number);
        }
        let text = other.text.as_deref();
        text.map_or(0, |text| self.offer_text(text))
    }

    /// Bytes of what is kept.
    pub(super) fn size(&self) -> usize {
        self.text.as_ref().map_or(0, |text| text.len())
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.option(self.number, |writer, number| number.write(writer));
        writer.option(self.text.as_deref(), Writer::text);
        writer.flag(self.mixed);
        writer.flag(self.computed);
    }

    /// Reads what was kept into a new one.
    pub(super) fn read(self, reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let extreme = Extreme {
            side: self.side,
            number: reader.option(Number::read)?,
            text: reader.option(|reader| reader.text().map(Box::from))?,
            mixed: reader.flag()?,
            computed: reader.flag()?,
        };
        // A number came as one or as text; what is no number came as text; and
        // each text is one of the two.
        let (number, text) = (extreme.number.is_some(), extreme.text.is_some());
        let numbers_fit = if number {
            extreme.computed || text
        } else {
            !extreme.computed
        };
        let texts_fit = if text {
            extreme.mixed || number
        } else {
            !extreme.mixed
        };
        (numbers_fit && texts_fit).then_some(extreme).ok_or(Damaged)
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
