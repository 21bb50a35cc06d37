//! `rex` and `regex`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::Planner;
use super::arguments::Given;
use crate::entries;
use crate::rows::eval::{Occurrences, Replacement};
use crate::rows::{Command, Matching, Rex, Script, Sed};
use crate::spl::ast::Name;
use crate::spl::{Code, Error};

impl Planner<'_> {
    /// `rex field=f "(?<name>...)"`, `rex field=f mode=sed "s/a/b/g"`
    pub(super) fn rex(&self, given: &Given<'_>) -> Result<Command, Error> {
        let (mut field, mut max_match, mut sed) = (String::from("_raw"), Some(1), false);
        for setting in &given.settings {
            match setting.key.text.to_lowercase().as_str() {
                "field" => {
                    let named = self.no_wildcard(given.command, &setting.value)?;
                    field = named.text.clone();
                }
                "max_match" => max_match = self.limit(&setting.value)?,
                "mode" if setting.value.text.eq_ignore_ascii_case("sed") => sed = true,
                _ => return Err(self.unsupported_option("rex", &setting.key)),
            }
        }
        let pattern = match given.words.as_slice() {
            [(pattern, _)] => pattern,
            [_, (word, _), ..] => return Err(self.unexpected(given, word)),
            [] => {
                let message = "`rex` needs a regular expression in quotes";
                return Err(self.error(Code::Syntax, message, None, given.command.span));
            }
        };
        if sed {
            let script = self.script(pattern)?;
            return Ok(Command::Sed(Sed { field, script }));
        }
        let regex = self.regex(&pattern.text, pattern.span)?;
        if regex.names().next().is_none() {
            let message = "`rex` needs a group with a name, as in `(?<name>...)`";
            return Err(self.error(Code::Syntax, message, None, pattern.span));
        }
        Ok(Command::Rex(Rex {
            field,
            regex,
            max_match,
        }))
    }

    /// `regex f="..."`, `regex f!="..."`, `regex "..."`
    pub(super) fn matching(&self, given: &Given<'_>) -> Result<Command, Error> {
        let (field, pattern, negated) = match (given.settings.as_slice(), given.words.as_slice()) {
            ([setting], []) => (Some(&setting.key), &setting.value, false),
            ([], [(pattern, true)]) => (None, *pattern, false),
            ([], [(field, _), (operator, false), (pattern, _)]) if operator.text == "!=" => {
                (Some(*field), *pattern, true)
            }
            _ => {
                let message = "`regex` is written `regex field=\"...\"` or `regex field!=\"...\"`";
                return Err(self.error(Code::Syntax, message, None, given.command.span));
            }
        };
        let field = match field {
            Some(field) => self.no_wildcard(given.command, field)?.text.clone(),
            None => String::from("_raw"),
        };
        Ok(Command::Matching(Matching {
            field,
            regex: self.regex(&pattern.text, pattern.span)?,
            negated,
        }))
    }

    /// `s/regex/text/g`, `s/regex/text/2`, `y/abc/xyz/`, with any character for `/`.
    fn script(&self, written: &Name) -> Result<Script, Error> {
        let wrong = || {
            let message = "a `sed` expression is written `s/regex/text/g` or `y/abc/xyz/`";
            self.error(Code::Syntax, message, None, written.span)
        };
        let mut letters = written.text.chars();
        let (Some(kind), Some(delimiter)) = (letters.next(), letters.next()) else {
            return Err(wrong());
        };
        let parts = parts(letters.as_str(), delimiter);
        let [from, to, flags] = parts.as_slice() else {
            return Err(wrong());
        };
        match (kind, flags.trim()) {
            ('s', flags) => {
                let which = match flags {
                    "g" => Occurrences::All,
                    "" => Occurrences::Only(1),
                    number => match number.parse() {
                        Ok(number) if number > 0 => Occurrences::Only(number),
                        _ => {
                            let what = format!("the flag `{number}` of `sed`");
                            return Err(self.unsupported(&what, written.span));
                        }
                    },
                };
                let regex = self.regex(from, written.span)?;
                Ok(Script::Substitute(regex, Replacement::new(to), which))
            }
            ('y', "") if from.chars().count() == to.chars().count() => {
                // Of a letter that is there twice the first counts.
                let pairs = from.chars().rev().zip(to.chars().rev());
                Ok(Script::Characters(entries::map(pairs)))
            }
            _ => Err(wrong()),
        }
    }
}

/// The parts between delimiters; one behind a backslash is part of the text.
fn parts(text: &str, delimiter: char) -> Vec<String> {
    let mut parts = alloc::vec![String::new()];
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == delimiter {
            parts.push(String::new());
            continue;
        }
        let Some(part) = parts.last_mut() else {
            continue;
        };
        match (letter, letters.peek()) {
            ('\\', Some(next)) if *next == delimiter => part.extend(letters.next()),
            ('\\', Some(_)) => {
                part.push(letter);
                part.extend(letters.next());
            }
            _ => part.push(letter),
        }
    }
    parts
}
