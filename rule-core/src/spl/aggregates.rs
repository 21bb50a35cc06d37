//! `stats` and its kin: options, aggregates, by-clause.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::ast::{Aggregate, AggregateArgument, Name, Setting, Stats};
use super::cursor::{Cursor, Escapes};
use super::error::{Fault, Parsed};
use super::expression::expression;
use super::fields;
use super::picture::printable;

/// Reads the arguments of the command of this name.
pub(super) fn stats(cursor: &mut Cursor<'_>, command: &Name) -> Parsed<Stats> {
    let mut stats = Stats {
        settings: Vec::new(),
        aggregates: Vec::new(),
        by: Vec::new(),
    };
    while !cursor.at_command_end() {
        if cursor.take(",") {
            continue;
        }
        if cursor.peek_keyword("by") {
            by(cursor, &mut stats)?;
            break;
        }
        let start = cursor.at();
        let Some(word) = cursor.word(|next, _| next == ',' || next == '=') else {
            return Err(match cursor.peek() {
                Some('[') => cursor.no_subsearch(),
                _ => cursor.unexpected("expected a function such as `count` or `max(field)`"),
            });
        };
        if let Some(setting) = setting(cursor, &word)? {
            stats.settings.push(lower_case(setting));
        } else {
            cursor.back_to(word.span.end as usize);
            stats.aggregates.push(aggregate(cursor, start, word)?);
        }
    }
    if stats.aggregates.is_empty() {
        return Err(Fault::syntax(
            format!(
                "`{}` needs a function, such as `count` or `max(field)`",
                command.text
            ),
            command.span,
        ));
    }
    Ok(stats)
}

/// Reads `=value` after the name of an option; none, and nothing read but blanks,
/// if no `=` stands there.
pub(super) fn setting(cursor: &mut Cursor<'_>, key: &Name) -> Parsed<Option<Setting>> {
    setting_with(cursor, key, Escapes::Search)
}

/// Reads it with these escapes in quotes.
pub(super) fn setting_with(
    cursor: &mut Cursor<'_>,
    key: &Name,
    escapes: Escapes,
) -> Parsed<Option<Setting>> {
    if cursor.after_blanks() != Some('=') {
        return Ok(None);
    }
    let equals = cursor.at();
    cursor.bump();
    let equals = cursor.since(equals);
    let value = match cursor.after_blanks() {
        Some('"') => Some(cursor.quoted(escapes)?),
        // `reset_after=(x>1)`
        Some('(') if key.text.to_lowercase().starts_with("reset_") => {
            let start = cursor.at();
            let span = cursor.parenthesised()?;
            let text = cursor.text_since(start).to_string();
            Some(Name { text, span })
        }
        _ => cursor.word(|next, _| next == ','),
    };
    match value {
        Some(value) => Ok(Some(Setting {
            key: key.clone(),
            value,
        })),
        None => Err(Fault::syntax(
            format!("a value for `{}` is missing", printable(&key.text)),
            equals,
        )),
    }
}

/// A setting whose key is an option, which has no case.
pub(super) fn lower_case(mut setting: Setting) -> Setting {
    setting.key.text = setting.key.text.to_lowercase();
    setting
}

/// Reads `by a, b c`, and the options that may follow it.
fn by(cursor: &mut Cursor<'_>, stats: &mut Stats) -> Parsed<()> {
    let start = cursor.at();
    cursor.take_keyword("by");
    let keyword = cursor.since(start);
    while !cursor.at_command_end() {
        if cursor.take(",") {
            continue;
        }
        let name = fields::expected_name(cursor)?;
        match setting(cursor, &name)? {
            Some(setting) => stats.settings.push(lower_case(setting)),
            None => stats.by.push(name),
        }
    }
    if stats.by.is_empty() {
        return Err(Fault::syntax("`by` needs a field after it", keyword));
    }
    Ok(())
}

/// Reads an aggregate, whose function was read.
pub(super) fn aggregate(cursor: &mut Cursor<'_>, start: usize, word: Name) -> Parsed<Aggregate> {
    let function = Name {
        text: word.text.to_lowercase(),
        span: word.span,
    };
    let end = cursor.at();
    let argument = if cursor.after_blanks() == Some('(') {
        argument(cursor, &function)?
    } else {
        cursor.back_to(end);
        AggregateArgument::None
    };
    let span = cursor.since(start);
    Ok(Aggregate {
        function,
        argument,
        alias: fields::alias(cursor)?,
        span,
    })
}

fn argument(cursor: &mut Cursor<'_>, function: &Name) -> Parsed<AggregateArgument> {
    let open = cursor.at();
    if function.text == "sparkline" {
        return Ok(AggregateArgument::Other(cursor.parenthesised()?));
    }
    cursor.bump();
    if cursor.after_blanks() == Some(')') {
        cursor.bump();
        return Ok(AggregateArgument::None);
    }
    let start = cursor.at();
    if cursor.take_keyword("eval") && cursor.after_blanks() == Some('(') {
        let inside = cursor.at();
        cursor.bump();
        let expr = expression(cursor)?;
        cursor.close(inside)?;
        cursor.close(open)?;
        return Ok(AggregateArgument::Eval(expr));
    }
    cursor.back_to(start);
    let field = match cursor.peek() {
        Some('"') => Some(cursor.quoted(Escapes::Search)?),
        Some('\'') => Some(cursor.single_quoted()?),
        _ => cursor.word(|next, _| next == ',' || next == '='),
    };
    match (field, cursor.after_blanks()) {
        (Some(field), Some(')')) => {
            cursor.bump();
            Ok(AggregateArgument::Field(field))
        }
        _ => Err(one_field(cursor, open, function)),
    }
}

/// The error for something else than one field in the parentheses.
fn one_field(cursor: &mut Cursor<'_>, open: usize, function: &Name) -> Fault {
    cursor.back_to(open);
    match cursor.parenthesised() {
        Ok(span) => {
            let function = printable(&function.text);
            Fault::syntax(
                format!(
                    "`{function}` is over one field: an expression is written \
                     `{function}(eval(...))`"
                ),
                span,
            )
        }
        Err(fault) => fault,
    }
}
