//! `fromjson`: the keys of a JSON object as fields.

use alloc::string::String;

use super::command::Context;
use super::gathered::Gathered;
use super::row::Row;
use super::spath::{Path, written};
use crate::decode::{Lexer, MAX_DEPTH, Token};
use crate::value::Value;

/// `fromjson prefix=p field` [Search Reference, "fromjson"]: the elements of an array
/// are values of its key, an object in it is its JSON. A text that is no JSON gives what
/// is read before it goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FromJson {
    /// The field that has the JSON.
    pub field: String,
    /// What stands before the names of the fields.
    pub prefix: String,
}

impl FromJson {
    pub(super) fn apply(&self, row: &mut Row, context: &Context<'_>) {
        let Some(text) = row.get(&self.field).text() else {
            return;
        };
        let mut found = Gathered::default();
        let _ = self.gather(&text, &mut found);
        drop(text);
        found.set(row, context);
    }

    /// None where the text goes wrong.
    fn gather(&self, text: &str, found: &mut Gathered) -> Option<()> {
        let mut lexer = Lexer::new(text.as_bytes());
        if !lexer.skip(b'{') || lexer.skip(b'}') {
            return None;
        }
        loop {
            let key = written(text, lexer.key().ok()?);
            let name = alloc::format!("{}{key}", self.prefix);
            lexer.peek();
            let start = lexer.offset();
            match lexer.value().ok()? {
                Token::Null => {}
                token @ (Token::Plain(_) | Token::Escaped(_)) => {
                    found.add(&name, written(text, token).into_owned());
                }
                token => {
                    let is_array = matches!(token, Token::Array);
                    let place = start..end(&mut lexer, is_array)?;
                    let json = text.get(place).unwrap_or_default();
                    match is_array {
                        true => {
                            for value in Path::each().values(json) {
                                if let Value::Text(text) = value {
                                    found.add(&name, text);
                                }
                            }
                        }
                        false => found.add(&name, String::from(json)),
                    }
                }
            }
            if !lexer.skip(b',') {
                return None;
            }
        }
    }
}

/// The byte behind a container that was opened.
fn end(lexer: &mut Lexer<'_>, is_array: bool) -> Option<usize> {
    let mut open = alloc::vec![is_array];
    // Right behind an opening bracket a container may end.
    let mut is_first = true;
    while let Some(is_array) = open.last().copied() {
        let closing = if is_array { b']' } else { b'}' };
        if lexer.skip(closing) {
            open.pop();
            is_first = false;
            continue;
        }
        if !is_first && !lexer.skip(b',') {
            return None;
        }
        if !is_array {
            lexer.key().ok()?;
        }
        let token = lexer.value().ok()?;
        is_first = matches!(token, Token::Array | Token::Object);
        if is_first {
            open.push(matches!(token, Token::Array));
            if open.len() > MAX_DEPTH {
                return None;
            }
        }
    }
    Some(lexer.offset())
}
