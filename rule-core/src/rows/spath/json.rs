//! What a path leads to in JSON.
//!
//! It reads by the lexer of `decode`, which is a station before this one: the text of a
//! field is a record in small, and one reader of JSON gives one meaning.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::Step;
use crate::decode::{Lexer, MAX_DEPTH, Token, unescape};
use crate::value::Value;

/// The values at a path: texts and numbers as they are, containers as the JSON that they
/// are written in. What was found before the text goes wrong stays.
pub(super) fn values(path: &[Step], text: &str) -> Vec<Value> {
    let mut walk = Walk {
        path,
        text,
        lexer: Lexer::new(text.as_bytes()),
        levels: Vec::new(),
        found: Vec::new(),
    };
    let _ = walk.run();
    walk.found
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
        level.element = level.element.saturating_add(1);
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
        Ok(at.filter(|_| leads).map(|steps| steps.saturating_add(1)))
    }
}

/// The text of a token that is written out; empty for any other.
pub(in crate::rows) fn written(text: &str, token: Token) -> Cow<'_, str> {
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
