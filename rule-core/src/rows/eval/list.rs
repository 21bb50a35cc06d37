//! Several values in the making, with a bound on their bytes.

use alloc::vec::Vec;

use crate::rows::steps::Steps;
use crate::value::Value;

/// What the values that a function gives may take together, in bytes; more are null, as
/// is all that cannot be computed, and counted. Without it `eval a=mvappend(a,a)` would double what
/// a row holds as often as it is written.
const MAX_BYTES: usize = 2 << 20;

/// What a value takes besides its text.
const VALUE: usize = 32;

#[derive(Debug)]
pub(super) struct List<'s> {
    values: Vec<Value>,
    bytes: usize,
    steps: &'s Steps<'s>,
}

impl<'s> List<'s> {
    pub(super) fn new(steps: &'s Steps<'s>) -> Self {
        List {
            values: Vec::new(),
            bytes: 0,
            steps,
        }
    }

    /// Adds a value, or each of several; None where there is no room, or no steps are left.
    pub(super) fn push(&mut self, value: Value) -> Option<()> {
        let bytes = value.each().iter().map(|one| match one {
            Value::Text(text) => text.len().saturating_add(VALUE),
            _ => VALUE,
        });
        let bytes: usize = bytes.sum();
        self.steps.take(bytes / 16)?;
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > MAX_BYTES {
            self.steps.leave_out();
            return None;
        }
        match value {
            Value::Many(values) => self.values.extend(values),
            Value::Null => {}
            one => self.values.push(one),
        }
        Some(())
    }

    pub(super) fn into_value(self) -> Value {
        Value::from_list(self.values)
    }
}

/// What a function makes of each value, without the nulls.
pub(super) fn map(value: &Value, steps: &Steps<'_>, mut of: impl FnMut(&Value) -> Value) -> Value {
    let mut list = List::new(steps);
    let added = value.each().iter().try_for_each(|one| list.push(of(one)));
    added.map_or(Value::Null, |()| list.into_value())
}
