//! Arguments of commands that are words and `key=value`.

use alloc::format;
use alloc::vec::Vec;

use super::Planner;
use crate::spl::ast::{self, Argument, Name, Setting};
use crate::spl::{Code, Error};

/// What a command is given.
pub(super) struct Given<'a> {
    /// The command's name.
    pub(super) command: &'a Name,
    /// Its options.
    pub(super) settings: Vec<&'a Setting>,
    /// Its words, commas left out; and whether each was in quotes.
    pub(super) words: Vec<(&'a Name, bool)>,
}

impl Planner<'_> {
    /// The arguments of a command that takes no parentheses.
    pub(super) fn given<'a>(
        &self,
        command: &'a ast::Command,
        arguments: &'a [Argument],
    ) -> Result<Given<'a>, Error> {
        let mut given = Given {
            command: &command.name,
            settings: Vec::new(),
            words: Vec::new(),
        };
        for argument in arguments {
            match argument {
                Argument::Word { text, quoted } => given.words.push((text, *quoted)),
                Argument::Setting(setting) => given.settings.push(setting),
                Argument::Comma(_) => {}
                Argument::Group { span, .. } => {
                    let what = format!("parentheses in `{}`", command.name.text);
                    return Err(self.unsupported(&what, *span));
                }
                Argument::Subsearch(span) => return Err(self.unsupported("a subsearch", *span)),
            }
        }
        Ok(given)
    }

    /// An option that is on or off.
    pub(super) fn switch(&self, setting: &Setting) -> Result<bool, Error> {
        match setting.value.text.to_lowercase().as_str() {
            "t" | "true" | "1" => Ok(true),
            "f" | "false" | "0" => Ok(false),
            other => {
                let message = format!(
                    "`{}` is on or off, not `{other}`: write `true` or `false`",
                    setting.key.text
                );
                Err(self.error(Code::Syntax, message, None, setting.value.span))
            }
        }
    }

    /// A whole number.
    pub(super) fn count(&self, name: &Name) -> Result<usize, Error> {
        name.text.parse().map_err(|_| {
            let message = format!("`{}` is no whole number, which is wanted here", name.text);
            self.error(Code::Syntax, message, None, name.span)
        })
    }

    /// A number.
    pub(super) fn number(&self, name: &Name) -> Result<f64, Error> {
        match name.text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => {
                let message = format!("`{}` is no number, which is wanted here", name.text);
                Err(self.error(Code::Syntax, message, None, name.span))
            }
        }
    }

    /// A whole number, of which 0 means all.
    pub(super) fn limit(&self, name: &Name) -> Result<Option<usize>, Error> {
        let count = self.count(name)?;
        Ok((count > 0).then_some(count))
    }

    /// The one field of a command.
    pub(super) fn one_field<'a>(&self, given: &Given<'a>) -> Result<&'a Name, Error> {
        match given.words.as_slice() {
            [(field, _)] => self.no_wildcard(given.command, field),
            [_, (second, _), ..] => Err(self.unexpected(given, second)),
            [] => Err(self.no_field(given.command)),
        }
    }

    /// A name where Splunk takes no pattern of names.
    pub(super) fn no_wildcard<'a>(
        &self,
        command: &Name,
        field: &'a Name,
    ) -> Result<&'a Name, Error> {
        match field.text.contains('*') {
            true => {
                let what = format!("a wildcard in `{}`", command.text);
                Err(self.unsupported(&what, field.span))
            }
            false => Ok(field),
        }
    }

    pub(super) fn no_field(&self, command: &Name) -> Error {
        let message = format!("`{}` needs the name of a field", command.text);
        self.error(Code::Syntax, message, None, command.span)
    }

    pub(super) fn unexpected(&self, given: &Given<'_>, word: &Name) -> Error {
        let message = format!("`{}` has no place for `{}`", given.command.text, word.text);
        self.error(Code::Syntax, message, None, word.span)
    }
}
