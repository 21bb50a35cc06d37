//! Commands between pipes.

use alloc::string::String;
use alloc::vec::Vec;

use super::ast::{Body, Command, Name, Pipeline, Span};
use super::cursor::{Cursor, Inside};
use super::error::{Fault, Parsed};
use super::source::span;
use super::{aggregates, arguments, expression, fields, nested, predicate, tstats};

/// Reads a whole search. A text that doesn't begin with `|` begins with the
/// `search` command, whose name may be left out; an empty text searches for every
/// event.
pub(super) fn pipeline(text: &str) -> Parsed<Pipeline> {
    let mut cursor = Cursor::new(text);
    let mut commands = Vec::new();
    if cursor.after_blanks() != Some('|') && !names_search(&mut cursor) {
        commands.push(implied_search(&mut cursor)?);
    } else {
        cursor.take("|");
        commands.push(command(&mut cursor)?);
    }
    while cursor.after_blanks() == Some('|') {
        cursor.bump();
        commands.push(command(&mut cursor)?);
    }
    match cursor.peek() {
        None => Ok(Pipeline { commands }),
        Some(_) => Err(cursor.unexpected("expected `|` or the end of the search")),
    }
}

/// Does the text begin with the word `search` as a command's name? `search=x` is
/// about a field of that name.
fn names_search(cursor: &mut Cursor<'_>) -> bool {
    let start = cursor.at();
    let named = cursor.take_keyword("search")
        && !matches!(cursor.after_blanks(), Some('=' | '<' | '>' | '!'));
    cursor.back_to(start);
    named
}

fn implied_search(cursor: &mut Cursor<'_>) -> Parsed<Command> {
    let start = cursor.at();
    let body = Body::Search(predicate::predicate(cursor)?);
    Ok(Command {
        name: Name {
            text: String::from("search"),
            span: span(start, start),
        },
        span: trimmed(cursor, start),
        body,
    })
}

/// Reads a command, whose name stands here.
pub(super) fn command(cursor: &mut Cursor<'_>) -> Parsed<Command> {
    cursor.blanks();
    let start = cursor.at();
    let rest = cursor.rest();
    let length = rest
        .find(|next: char| !(next.is_alphanumeric() || next == '_'))
        .unwrap_or(rest.len());
    let text = rest.get(..length).unwrap_or_default().to_lowercase();
    if text.is_empty() {
        return Err(match cursor.peek() {
            Some('[') => cursor.no_subsearch(),
            Some('|') | None => Fault::syntax("a command is missing after `|`", cursor.here()),
            Some(_) => cursor.unexpected("expected the name of a command"),
        });
    }
    cursor.advance(length);
    let name = Name {
        text,
        span: cursor.since(start),
    };
    let body = match name.text.as_str() {
        "search" => Body::Search(predicate::predicate(cursor)?),
        "where" => Body::Where(expression::whole(cursor)?),
        "eval" => Body::Eval(expression::assignments(cursor)?),
        "stats" | "eventstats" | "streamstats" => Body::Stats(aggregates::stats(cursor, &name)?),
        "tstats" => Body::Tstats(tstats::tstats(cursor, &name)?),
        "convert" => Body::Convert(fields::convert(cursor)?),
        "rename" => Body::Rename(fields::rename(cursor)?),
        "table" => Body::Table(fields::table(cursor)?),
        "fields" => fields::fields(cursor)?,
        "foreach" => Body::Foreach(nested::nested(cursor, &name, Inside::Template)?),
        "appendpipe" => Body::AppendPipe(nested::nested(cursor, &name, Inside::Brackets)?),
        "head" => Body::Head(fields::head(cursor)?),
        "fillnull" => fields::fillnull(cursor)?,
        "rex" | "regex" => Body::Other(arguments::patterns(cursor)?),
        _ => Body::Other(arguments::arguments(cursor)?),
    };
    if !cursor.at_command_end() {
        return Err(cursor.unexpected("expected `|` or the end of the search"));
    }
    Ok(Command {
        name,
        span: trimmed(cursor, start),
        body,
    })
}

/// From a byte to here, without the blanks that were read last.
fn trimmed(cursor: &Cursor<'_>, start: usize) -> Span {
    let length = cursor.text_since(start).trim_end().len();
    span(start, start.saturating_add(length))
}
