//! `spath`: fields of JSON in a field.
//!
//! It reads by the lexer and the walk of `decode`, which is a station before this one:
//! the text of a field is a record in small, and one reader of JSON gives one meaning.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::command::Context;
use super::gathered::Gathered;
use super::row::Row;
use crate::decode::{FieldSink, Lexer, MAX_DEPTH, Token, json, unescape};
use crate::value::Value;

/// `spath input=field output=name path=a.b{}` [Search Reference, "spath"]. A text
/// that is no JSON gives what is read before it goes wrong, and what is not there
/// leaves fields as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spath {
    /// The field that has the JSON.
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
    /// `{2}`, from 0.
    Element(usize),
}

/// Without a path so many characters are read [Search Reference, "spath";
/// limits.conf, "extraction_cutoff"].
const CUTOFF: usize = 5000;

impl Path {
    /// Reads `a.b{}.c`; None where it has `{@attribute}` or another thing in
    /// braces, and where it is empty.
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
                steps.push(match inside {
                    "" => Step::Each,
                    number => Step::Element(number.parse().ok()?),
                });
                braces = rest;
            }
        }
        Some(Path(steps))
    }

    /// The elements of an array.
    pub(super) fn each() -> Path {
        Path(alloc::vec![Step::Each])
    }

    /// The values at the path: texts and numbers as they are, containers as the
    /// JSON that they are written in.
    pub(super) fn values(&self, text: &str) -> Vec<Value> {
        let mut walk = Walk {
            path: &self.0,
            text,
            lexer: Lexer::new(text.as_bytes()),
            levels: Vec::new(),
            found: Vec::new(),
        };
        // What was found before the text goes wrong stays.
        let _ = walk.run();
        walk.found
    }
}

/// A container that is open.
struct Level {
    is_object: bool,
    /// How many steps of the path lead to it, where they do.
    steps: Option<usize>,
    /// Which element comes next.
    element: usize,
    start: usize,
}

struct Walk<'p> {
    path: &'p [Step],
    text: &'p str,
    lexer: Lexer<'p>,
    levels: Vec<Level>,
    found: Vec<Value>,
}

/// The text goes wrong.
struct Wrong;

impl Walk<'_> {
    fn run(&mut self) -> Result<(), Wrong> {
        let mut steps = Some(0);
        loop {
            if !self.value(steps)? {
                // Behind a value its container goes on or ends, and those around it.
                while !self.goes_on()? {
                    if self.levels.is_empty() {
                        return Ok(());
                    }
                }
            }
            steps = self.next_steps()?;
        }
    }

    /// Takes a value or the begin of a container, to which so many steps lead; true
    /// where a value of that container comes next.
    fn value(&mut self, steps: Option<usize>) -> Result<bool, Wrong> {
        self.lexer.peek();
        let start = self.lexer.offset();
        let is_found = steps == Some(self.path.len());
        let token = self.lexer.value().map_err(|_| Wrong)?;
        let is_object = match token {
            Token::Object => true,
            Token::Array => false,
            Token::Null => return Ok(false),
            token @ (Token::Plain(_) | Token::Escaped(_)) => {
                if is_found {
                    let value = written(self.text, token).into_owned();
                    self.found.push(Value::Text(value));
                }
                return Ok(false);
            }
        };
        if self.levels.len() == MAX_DEPTH {
            return Err(Wrong);
        }
        self.levels.push(Level {
            is_object,
            steps,
            element: 0,
            start,
        });
        let closing = if is_object { b'}' } else { b']' };
        if self.lexer.skip(closing) {
            self.close();
            return Ok(false);
        }
        Ok(true)
    }

    /// After a value: true where another one comes in the same container, false where
    /// the container is closed, or nothing is open.
    fn goes_on(&mut self) -> Result<bool, Wrong> {
        let Some(level) = self.levels.last() else {
            return Ok(false);
        };
        let closing = if level.is_object { b'}' } else { b']' };
        if self.lexer.skip(b',') {
            return Ok(true);
        }
        if !self.lexer.skip(closing) {
            return Err(Wrong);
        }
        self.close();
        Ok(false)
    }

    fn close(&mut self) {
        if let Some(level) = self.levels.pop()
            && level.steps == Some(self.path.len())
        {
            let place = level.start..self.lexer.offset();
            let text = self.text.get(place).unwrap_or_default();
            self.found.push(Value::Text(String::from(text)));
        }
    }

    /// How many steps lead to the value that comes next, with its key taken.
    fn next_steps(&mut self) -> Result<Option<usize>, Wrong> {
        let level = self.levels.last_mut().ok_or(Wrong)?;
        let at = level.steps;
        let element = level.element;
        level.element += 1;
        let is_object = level.is_object;
        let step = at.and_then(|steps| self.path.get(steps));
        let leads = if is_object {
            let key = written(self.text, self.lexer.key().map_err(|_| Wrong)?);
            matches!(step, Some(Step::Key(wanted)) if *wanted == *key)
        } else {
            match step {
                Some(Step::Each) => true,
                Some(Step::Element(wanted)) => *wanted == element,
                _ => false,
            }
        };
        Ok(at.filter(|_| leads).map(|steps| steps + 1))
    }
}

/// The text of a token that is written out; empty for any other.
pub(super) fn written(text: &str, token: Token) -> Cow<'_, str> {
    match token {
        Token::Plain(place) => Cow::Borrowed(text.get(place).unwrap_or_default()),
        Token::Escaped(place) => {
            let mut value = String::new();
            unescape(text.get(place).unwrap_or_default(), &mut value);
            Cow::Owned(value)
        }
        Token::Object | Token::Array | Token::Null => Cow::Borrowed(""),
    }
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
                // What was read before the text goes wrong, or is cut, stays.
                let _ = json(text.get(..end).unwrap_or_default().as_bytes(), &mut all);
                drop(text);
                all.0.set(row, context);
            }
        }
    }
}
