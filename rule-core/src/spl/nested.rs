//! Commands in brackets: the template of `foreach`, the pipeline of `appendpipe`.

use alloc::vec::Vec;

use super::aggregates::{lower_case, setting};
use super::ast::{Name, Nested};
use super::cursor::{Cursor, Inside};
use super::error::{Fault, Parsed};
use super::pipeline::command;

/// Reads names, options, and commands in brackets.
pub(super) fn nested(cursor: &mut Cursor<'_>, name: &Name, inside: Inside) -> Parsed<Nested> {
    let mut nested = Nested {
        names: Vec::new(),
        settings: Vec::new(),
        commands: Vec::new(),
    };
    while !cursor.at_command_end() {
        if cursor.take(",") {
            continue;
        }
        if cursor.peek() == Some('[') && nested.commands.is_empty() {
            nested.commands = commands(cursor, inside)?;
            continue;
        }
        let word = super::fields::expected_name(cursor)?;
        match setting(cursor, &word)? {
            Some(setting) => nested.settings.push(lower_case(setting)),
            None => nested.names.push(word),
        }
    }
    match nested.commands.is_empty() {
        true => Err(Fault::syntax(
            alloc::format!("`{}` needs commands in brackets", name.text),
            name.span,
        )),
        false => Ok(nested),
    }
}

/// Reads `[ command | command ]`, whose bracket opens here.
fn commands(cursor: &mut Cursor<'_>, inside: Inside) -> Parsed<Vec<super::ast::Command>> {
    let open = cursor.at();
    cursor.enter()?;
    cursor.bump();
    let bracket = cursor.since(open);
    let outside = cursor.go_inside(inside);
    let mut commands = Vec::new();
    cursor.blanks();
    cursor.take("|");
    loop {
        commands.push(command(cursor)?);
        cursor.blanks();
        if cursor.take("]") {
            break;
        }
        if !cursor.take("|") {
            let message = "a `[` is not closed: write `]` after what it holds";
            return Err(Fault::syntax(message, bracket));
        }
    }
    cursor.go_inside(outside);
    cursor.leave();
    Ok(commands)
}
