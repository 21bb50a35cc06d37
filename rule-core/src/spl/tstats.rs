//! `tstats`: what it counts, of which data model, and by what.

use alloc::format;
use alloc::vec::Vec;

use super::aggregates::{aggregate, lower_case, setting};
use super::ast::{Name, Predicate, Tstats};
use super::cursor::Cursor;
use super::error::{Fault, Parsed};
use super::{fields, predicate};

/// Reads the arguments of the command.
pub(super) fn tstats(cursor: &mut Cursor<'_>, command: &Name) -> Parsed<Tstats> {
    let mut tstats = Tstats {
        settings: Vec::new(),
        aggregates: Vec::new(),
        datamodel: None,
        filter: Predicate::All,
        by: Vec::new(),
    };
    while !cursor.at_command_end() {
        if cursor.take(",") || cursor.take_keyword("from") {
            continue;
        }
        if cursor.take_keyword("where") {
            tstats.filter = predicate::before_by(cursor)?;
            continue;
        }
        if cursor.peek_by() {
            by(cursor, &mut tstats)?;
            break;
        }
        let start = cursor.at();
        let Some(word) = cursor.word(|next, _| next == ',' || next == '=') else {
            return Err(cursor.unexpected("expected a function such as `count` or `max(field)`"));
        };
        if option(cursor, &word, &mut tstats)? {
            continue;
        }
        cursor.back_to(word.span.end as usize);
        tstats.aggregates.push(aggregate(cursor, start, word)?);
    }
    if tstats.aggregates.is_empty() {
        return Err(Fault::syntax(
            format!("`{}` needs a function, such as `count`", command.text),
            command.span,
        ));
    }
    Ok(tstats)
}

/// Reads `=value` after the name of an option; false where none stands there.
fn option(cursor: &mut Cursor<'_>, key: &Name, tstats: &mut Tstats) -> Parsed<bool> {
    let Some(setting) = setting(cursor, key)? else {
        return Ok(false);
    };
    let setting = lower_case(setting);
    match setting.key.text.as_str() {
        "datamodel" => tstats.datamodel = Some(setting.value),
        _ => tstats.settings.push(setting),
    }
    Ok(true)
}

/// Reads `by a, b c`, and the options among them.
fn by(cursor: &mut Cursor<'_>, tstats: &mut Tstats) -> Parsed<()> {
    let start = cursor.at();
    let _ = cursor.take_keyword("by") || cursor.take_keyword("groupby");
    let keyword = cursor.since(start);
    while !cursor.at_command_end() {
        if cursor.take(",") {
            continue;
        }
        let name = fields::expected_name(cursor)?;
        if !option(cursor, &name, tstats)? {
            tstats.by.push(name);
        }
    }
    if tstats.by.is_empty() {
        return Err(Fault::syntax("`by` needs a field after it", keyword));
    }
    Ok(())
}
