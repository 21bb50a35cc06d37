//! `bin`: how long its spans are.

use alloc::format;

use super::Planner;
use super::arguments::Given;
use super::columns::is;
use crate::rows::{Bin, Command, Fitted, Log, Size, Span};
use crate::spl::ast::Name;
use crate::spl::{Code, Error};

impl Planner<'_> {
    /// `bin _time span=5m AS t`
    pub(super) fn bin(&self, given: &Given<'_>) -> Result<Command, Error> {
        let mut size = None;
        let mut fitted = Fitted {
            bins: Fitted::BINS,
            least: None,
            start: None,
            end: None,
        };
        let (mut least, mut extent) = (None, None);
        for setting in &given.settings {
            let value = &setting.value;
            match setting.key.text.to_lowercase().as_str() {
                "span" => {
                    let log = Log::parse(&value.text).map(|log| Ok(Size::Log(log)));
                    size = Some(log.unwrap_or_else(|| self.span(value).map(Size::Span))?);
                }
                "bins" => {
                    fitted.bins = self.count(value)?;
                    if fitted.bins == 0 {
                        let message = "`bins` is one or more";
                        return Err(self.error(Code::Syntax, message, None, value.span));
                    }
                }
                "minspan" => {
                    fitted.least = Some(self.span(value)?);
                    least = Some(value);
                }
                "start" => {
                    fitted.start = Some(self.number(value)?);
                    extent = Some(setting);
                }
                "end" => {
                    fitted.end = Some(self.number(value)?);
                    extent = Some(setting);
                }
                _ => return Err(self.unsupported_option("bin", &setting.key)),
            }
        }
        let (field, alias) = match given.words.as_slice() {
            [(field, _)] => (field, None),
            [(field, _), (word, false), (alias, _)] if is(word, "as") => (field, Some(alias)),
            [] => return Err(self.no_field(given.command)),
            [_, (word, _), ..] => return Err(self.unexpected(given, word)),
        };
        for name in [Some(field), alias].into_iter().flatten() {
            self.no_wildcard(given.command, name)?;
        }
        let is_time = field.text == "_time";
        match size {
            Some(Size::Log(_)) if is_time => {
                return Err(self.unsupported("a logarithmic span of `_time`", field.span));
            }
            None if is_time || fitted.is_of_times() => {
                if let Some(setting) = extent {
                    let what = format!("`{}` of spans of time", setting.key.text);
                    return Err(self.unsupported(&what, setting.key.span));
                }
                let month = Span::Months(1).millis();
                if let Some(value) = least
                    && fitted.least.is_some_and(|span| span.millis() > month)
                {
                    let what = format!("`minspan` of more than a month, `{}`", value.text);
                    return Err(self.unsupported(&what, value.span));
                }
            }
            _ => {}
        }
        Ok(Command::Bin(Bin {
            field: field.text.clone(),
            alias: alias.map(|alias| alias.text.clone()),
            // With a span the other options count for nothing [Search Reference, "bin"].
            size: size.unwrap_or(Size::Fitted(fitted)),
        }))
    }

    /// The length of a span.
    pub(super) fn span(&self, written: &Name) -> Result<Span, Error> {
        Span::parse(&written.text).ok_or_else(|| {
            let what = format!("the span `{}`", written.text);
            self.unsupported(&what, written.span)
        })
    }
}
