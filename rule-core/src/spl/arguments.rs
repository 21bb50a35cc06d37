//! The arguments of a command that has no form of its own here: words, quoted
//! texts, `key=value`, groups in parentheses, commas, subsearches.
//!
//! This much is common to all commands, so that a search with any command can be
//! read, and the command named where it can't run.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::aggregates::setting_with;
use super::ast::{Argument, Name};
use super::cursor::{Cursor, Escapes, comparison};
use super::error::Parsed;

/// Reads arguments to the end of the command.
pub(super) fn arguments(cursor: &mut Cursor<'_>) -> Parsed<Vec<Argument>> {
    read(cursor, Escapes::Search)
}

/// Reads arguments whose quoted texts are regular expressions.
pub(super) fn patterns(cursor: &mut Cursor<'_>) -> Parsed<Vec<Argument>> {
    read(cursor, Escapes::Pattern)
}

fn read(cursor: &mut Cursor<'_>, escapes: Escapes) -> Parsed<Vec<Argument>> {
    let arguments = list(cursor, escapes)?;
    if cursor.at_command_end() {
        Ok(arguments)
    } else {
        Err(cursor.unexpected("expected an argument"))
    }
}

/// Reads arguments to the end of the command, or a bracket that closes.
fn list(cursor: &mut Cursor<'_>, escapes: Escapes) -> Parsed<Vec<Argument>> {
    let mut found = Vec::new();
    loop {
        match cursor.after_blanks() {
            None | Some('|' | ')' | ']') => return Ok(found),
            Some('(') => found.push(group(cursor, None, escapes)?),
            Some('[') => found.push(Argument::Subsearch(cursor.subsearch()?)),
            Some(',') => {
                let comma = cursor.at();
                cursor.bump();
                found.push(Argument::Comma(cursor.since(comma)));
            }
            Some('"') => {
                let text = cursor.quoted(escapes)?;
                named(cursor, text, true, escapes, &mut found)?;
            }
            Some(_) => match operator(cursor) {
                Some(text) => found.push(Argument::Word {
                    text,
                    quoted: false,
                }),
                None => match cursor.word(ends) {
                    Some(text) => named(cursor, text, false, escapes, &mut found)?,
                    None => return Err(cursor.unexpected("expected an argument")),
                },
            },
        }
    }
}

fn ends(next: char, rest: &str) -> bool {
    matches!(next, ',' | '=' | '<' | '>') || (next == '!' && rest.starts_with('='))
}

fn operator(cursor: &mut Cursor<'_>) -> Option<Name> {
    let (_, length) = comparison(cursor.rest())?;
    let start = cursor.at();
    cursor.advance(length);
    Some(Name {
        text: cursor.text_since(start).to_string(),
        span: cursor.since(start),
    })
}

/// Adds a word or quoted text that was read, with what belongs to it.
fn named(
    cursor: &mut Cursor<'_>,
    text: Name,
    quoted: bool,
    escapes: Escapes,
    found: &mut Vec<Argument>,
) -> Parsed<()> {
    if !quoted && cursor.peek() == Some('(') {
        found.push(group(cursor, Some(text), escapes)?);
        return Ok(());
    }
    let end = cursor.at();
    if let Some(setting) = simple_setting(cursor, &text, escapes)? {
        found.push(setting);
    } else {
        cursor.back_to(end);
        found.push(Argument::Word { text, quoted });
    }
    Ok(())
}

/// Reads `=value` after a word. None for another operator, and for a value that is
/// no single text, such as `startswith=(x=1)` and `startswith=eval(x)`: their
/// parts are arguments then.
fn simple_setting(
    cursor: &mut Cursor<'_>,
    key: &Name,
    escapes: Escapes,
) -> Parsed<Option<Argument>> {
    if cursor.after_blanks() != Some('=') || cursor.rest().starts_with("==") {
        return Ok(None);
    }
    let equals = cursor.at();
    cursor.bump();
    if matches!(
        cursor.after_blanks(),
        None | Some('|' | '(' | ')' | '[' | ']' | ',')
    ) {
        return Ok(None);
    }
    cursor.back_to(equals);
    // The one option whose text is a regular expression.
    let escapes = match key.text.eq_ignore_ascii_case("tokenizer") {
        true => Escapes::Pattern,
        false => escapes,
    };
    let setting = setting_with(cursor, key, escapes)?;
    if cursor.peek() == Some('(') {
        return Ok(None);
    }
    Ok(setting.map(Argument::Setting))
}

/// Reads `( ... )`, which opens here.
fn group(cursor: &mut Cursor<'_>, before: Option<Name>, escapes: Escapes) -> Parsed<Argument> {
    let open = cursor.at();
    cursor.enter()?;
    cursor.bump();
    let inside = list(cursor, escapes)?;
    cursor.close(open)?;
    cursor.leave();
    Ok(Argument::Group {
        before,
        inside,
        span: cursor.since(open),
    })
}
