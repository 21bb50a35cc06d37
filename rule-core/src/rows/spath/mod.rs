//! `spath`: fields of JSON or XML in a field.

mod json;
mod xml;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

pub(super) use json::written;

use super::command::Context;
use super::gathered::Gathered;
use super::row::Row;
use crate::decode::{self, FieldSink, MAX_PATH_BYTES};
use crate::value::Value;

/// `spath input=field output=name path=a.b{}` [Search Reference, "spath"]. A text
/// that is neither JSON nor XML gives what is read before it goes wrong, and what is not
/// there leaves fields as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spath {
    /// The field that has the JSON or XML.
    pub input: String,
    /// What of it goes where; None for all, by the names of their paths.
    pub path: Option<(Path, String)>,
}

/// Where a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    /// `{}`
    Each,
    /// `{2}`: of JSON from 0, of XML from 1.
    Element(usize),
    /// `{@name}`, the last step, of XML alone.
    Attribute(String),
}

/// Without a path so many characters are read [Search Reference, "spath";
/// limits.conf, "extraction_cutoff"].
const CUTOFF: usize = 5000;

impl Path {
    /// Reads `a.b{}.c{@d}`; None where it is empty, has another thing in braces, or
    /// goes on behind an attribute.
    #[must_use]
    pub fn parse(text: &str) -> Option<Path> {
        let mut steps = Vec::new();
        for part in text.split('.') {
            let (key, mut braces) = match part.find('{') {
                Some(at) => part.split_at_checked(at)?,
                None => (part, ""),
            };
            if !key.is_empty() {
                steps.push(Step::Key(String::from(key)));
            } else if braces.is_empty() {
                return None;
            }
            while !braces.is_empty() {
                let (inside, rest) = braces.strip_prefix('{')?.split_once('}')?;
                steps.push(match (inside, inside.strip_prefix('@')) {
                    ("", _) => Step::Each,
                    (_, Some("")) => return None,
                    (_, Some(name)) => Step::Attribute(String::from(name)),
                    (number, None) => Step::Element(number.parse().ok()?),
                });
                braces = rest;
            }
        }
        let (_, before) = steps.split_last()?;
        let goes_on = before.iter().any(|one| matches!(one, Step::Attribute(_)));
        (!goes_on).then_some(Path(steps))
    }

    /// The elements of an array.
    pub(super) fn each() -> Path {
        Path(alloc::vec![Step::Each])
    }

    /// The values at the path: see [`json::values`] and [`xml::read`].
    pub(super) fn values(&self, text: &str) -> Vec<Value> {
        if !is_xml(text) {
            return json::values(&self.0, text);
        }
        let mut found = Vec::new();
        xml::read(text, Some(&self.0), &mut |_, value| {
            found.push(Value::Text(value));
        });
        found
    }
}

fn is_xml(text: &str) -> bool {
    text.trim_start().starts_with('<')
}

/// Takes every field.
#[derive(Default)]
struct All(Gathered);

impl<'r> FieldSink<'r> for All {
    fn wants(&mut self, _path: &str) -> bool {
        true
    }

    fn field(&mut self, path: &str, value: Cow<'r, str>) {
        self.0.add(path, value.into_owned());
    }

    fn too_long(&mut self) {
        self.0.leave_out();
    }
}

impl All {
    /// What was read before the text goes wrong, or is cut, stays.
    fn read(&mut self, text: &str) {
        if !is_xml(text) {
            let _ = decode::json(text.as_bytes(), self);
            return;
        }
        xml::read(text, None, &mut |path, value| {
            // As of JSON.
            if path.len() <= MAX_PATH_BYTES {
                self.0.add(path, value);
            } else {
                self.0.leave_out();
            }
        });
    }
}

impl Spath {
    pub(super) fn apply(&self, row: &mut Row, context: &Context<'_>) {
        let Some(text) = row.get(&self.input).text() else {
            return;
        };
        match &self.path {
            Some((path, output)) => {
                let values = path.values(&text);
                if !values.is_empty() {
                    row.set(output, Value::from_list(values));
                }
            }
            None => {
                let end = text
                    .char_indices()
                    .nth(CUTOFF)
                    .map_or(text.len(), |(at, _)| at);
                let mut all = All::default();
                all.read(text.get(..end).unwrap_or_default());
                drop(text);
                all.0.set(row, context);
            }
        }
    }
}
