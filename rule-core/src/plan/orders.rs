//! Commands over all rows of a window: `dedup`, `sort`, `head`, `tail`.
//!
//! Over events they wait for the end of the window, with all that comes behind them:
//! the events are kept as rows until then, newest first, and of one time by what they
//! say, so that the first few are the same however they came. What is kept is bounded
//! by `limits.state`; a window that is over it goes out in partial alerts.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::Planner;
use super::arguments::Given;
use crate::rows::{Command, Dedup, Head, Sort, SortKey, SortKind};
use crate::spl::ast::{self, Argument, Name};
use crate::spl::{Code, Error};

/// As many rows `sort` gives where nothing is said [Search Reference, "sort"], and few
/// ones `head` and `top`.
const SORTED: usize = 10_000;
pub(super) const FEW: usize = 10;

impl Planner<'_> {
    /// `dedup 2 a b keepempty=true sortby -c`
    pub(super) fn dedup(&self, given: &Given<'_>) -> Result<Command, Error> {
        let mut dedup = Dedup {
            count: 1,
            fields: Vec::new(),
            keep_empty: false,
            consecutive: false,
            sort: None,
        };
        for setting in &given.settings {
            match setting.key.text.to_lowercase().as_str() {
                "keepempty" => dedup.keep_empty = self.switch(setting)?,
                "consecutive" => dedup.consecutive = self.switch(setting)?,
                "keepevents" if !self.switch(setting)? => {}
                _ => return Err(self.unsupported_option("dedup", &setting.key)),
            }
        }
        let sortby = |(word, quoted): &(&Name, bool)| !quoted && word.text == "sortby";
        let at = given.words.iter().position(sortby);
        let (mut fields, order) = given.words.split_at(at.unwrap_or(given.words.len()));
        if let [(first, false), rest @ ..] = fields
            && let Ok(count) = first.text.parse()
        {
            if count == 0 {
                let message = "`dedup` keeps one row or more";
                return Err(self.error(Code::Syntax, message, None, first.span));
            }
            dedup.count = count;
            fields = rest;
        }
        if fields.is_empty() {
            return Err(self.no_field(given.command));
        }
        for (name, _) in fields {
            let field = self.no_wildcard(given.command, name)?;
            if !dedup.fields.contains(&field.text) {
                dedup.fields.push(field.text.clone());
            }
        }
        if let [_, order @ ..] = order {
            let words = order.iter().map(|(word, _)| (*word, None));
            dedup.sort = Some(Sort {
                limit: None,
                keys: self.sort_keys(words, given.command)?,
                reversed: false,
            });
        }
        Ok(Command::Dedup(dedup))
    }

    /// `sort 10 -count +ip(src) desc`
    pub(super) fn sort(
        &self,
        command: &ast::Command,
        arguments: &[Argument],
    ) -> Result<Command, Error> {
        let mut sort = Sort {
            limit: Some(SORTED),
            keys: Vec::new(),
            reversed: false,
        };
        let mut words: Vec<(&Name, Option<&Name>)> = Vec::new();
        for argument in arguments {
            match argument {
                Argument::Setting(setting) if setting.key.text.eq_ignore_ascii_case("limit") => {
                    sort.limit = self.limit(&setting.value)?;
                }
                Argument::Setting(setting) => {
                    return Err(self.unsupported_option("sort", &setting.key));
                }
                Argument::Word { text, quoted } => {
                    if let (true, false, Ok(count)) =
                        (words.is_empty(), quoted, text.text.parse::<usize>())
                    {
                        sort.limit = (count > 0).then_some(count);
                    } else {
                        words.push((text, None));
                    }
                }
                Argument::Group {
                    before: Some(kind),
                    inside,
                    span,
                } => match inside.as_slice() {
                    [Argument::Word { text, .. }] => words.push((kind, Some(text))),
                    _ => return Err(self.unsupported("these parentheses in `sort`", *span)),
                },
                Argument::Group { span, .. } => {
                    return Err(self.unsupported("these parentheses in `sort`", *span));
                }
                Argument::Comma(_) => {}
                Argument::Subsearch(span) => return Err(self.unsupported("a subsearch", *span)),
            }
        }
        if let [_, .., (last, None)] = words.as_slice()
            && matches!(last.text.as_str(), "d" | "desc")
        {
            sort.reversed = true;
            words.pop();
        }
        sort.keys = self.sort_keys(words.into_iter(), &command.name)?;
        Ok(Command::Sort(sort))
    }

    /// Words such as `-count`, `-` and `count`, and `+num(count)` in its parts. A sign is of
    /// the field behind it alone.
    fn sort_keys<'w>(
        &self,
        words: impl Iterator<Item = (&'w Name, Option<&'w Name>)>,
        command: &Name,
    ) -> Result<Vec<SortKey>, Error> {
        let mut keys = Vec::new();
        let mut descending = false;
        for (word, inside) in words {
            self.no_wildcard(command, inside.unwrap_or(word))?;
            let name = match word.text.strip_prefix(['-', '+']) {
                Some(name) => {
                    descending = word.text.starts_with('-');
                    name
                }
                None => word.text.as_str(),
            };
            if name.is_empty() && inside.is_none() {
                continue;
            }
            let (kind, field) = match (inside.map(|field| field.text.as_str()), name) {
                (None, field) => (SortKind::Auto, field),
                (Some(field), "auto" | "") => (SortKind::Auto, field),
                (Some(field), "num") => (SortKind::Number, field),
                (Some(field), "str") => (SortKind::Text, field),
                (Some(field), "ip") => (SortKind::Address, field),
                (Some(_), other) => {
                    let message = format!("can't sort by `{other}`: write `num`, `str` or `ip`");
                    let code = Code::UnsupportedFunction;
                    return Err(self.error(code, message, Some(other), command.span));
                }
            };
            keys.push(SortKey {
                field: String::from(field),
                descending: core::mem::take(&mut descending),
                kind,
            });
        }
        match keys.is_empty() {
            true => Err(self.no_field(command)),
            false => Ok(keys),
        }
    }

    /// `head 5`, `head (x>1) keeplast=true`
    pub(super) fn head(&self, command: &ast::Command, head: &ast::Head) -> Result<Head, Error> {
        let condition = head.condition.as_ref();
        let condition = condition.map(|expr| self.condition(expr)).transpose()?;
        let mut planned = Head {
            // An expression alone says where it ends.
            limit: condition.as_ref().map_or(FEW, |_| usize::MAX),
            condition,
            null: false,
            keep_last: false,
        };
        if let Some(count) = &head.count {
            planned.limit = self.count(count)?;
        }
        for setting in &head.settings {
            match setting.key.text.as_str() {
                "limit" => planned.limit = self.count(&setting.value)?,
                "null" => planned.null = self.switch(setting)?,
                "keeplast" => planned.keep_last = self.switch(setting)?,
                _ => return Err(self.unsupported_option(&command.name.text, &setting.key)),
            }
        }
        Ok(planned)
    }

    /// `tail 5`
    pub(super) fn tail(&self, given: &Given<'_>) -> Result<Command, Error> {
        if let Some(setting) = given.settings.first() {
            return Err(self.unsupported_option("tail", &setting.key));
        }
        match given.words.as_slice() {
            [] => Ok(Command::Tail(FEW)),
            [(word, _)] => Ok(Command::Tail(self.count(word)?)),
            [_, (word, _), ..] => Err(self.unexpected(given, word)),
        }
    }
}
