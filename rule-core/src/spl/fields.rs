//! Commands that are lists of field names: `table`, `fields`, `rename`,
//! `convert`, `fillnull`.
//!
//! Names stand with blanks or commas between them, plain or in quotes of either
//! kind. A plain name may hold parentheses, as the columns of `stats` do:
//! `count(x)`.

use alloc::format;
use alloc::vec::Vec;

use super::aggregates::{lower_case, setting};
use super::ast::{Body, Conversion, Convert, Head, Name, Renaming, Setting};
use super::cursor::{Cursor, Escapes};
use super::error::{Code, Fault, Parsed};
use super::expression::expression;
use super::nearest::nearest;
use super::picture::printable;

/// Reads a name; none if something else stands here.
fn name(cursor: &mut Cursor<'_>) -> Parsed<Option<Name>> {
    match cursor.after_blanks() {
        Some('"') => return cursor.quoted(Escapes::Search).map(Some),
        Some('\'') => return cursor.single_quoted().map(Some),
        _ => {}
    }
    let start = cursor.at();
    let ends = |next: char, _: &str| next == ',' || next == '=';
    let Some(mut name) = cursor.word(ends) else {
        return Ok(None);
    };
    while cursor.peek() == Some('(') {
        let open = cursor.at();
        cursor.parenthesised()?;
        name.text.push_str(cursor.text_since(open));
        if let Some(more) = cursor.word(ends) {
            name.text.push_str(&more.text);
        }
    }
    name.span = cursor.since(start);
    Ok(Some(name))
}

/// Reads a name that must stand here.
pub(super) fn expected_name(cursor: &mut Cursor<'_>) -> Parsed<Name> {
    match name(cursor)? {
        Some(name) => Ok(name),
        None if cursor.peek() == Some('[') => Err(cursor.no_subsearch()),
        None => Err(cursor.unexpected("expected the name of a field")),
    }
}

/// Reads `AS name` if it stands here.
pub(super) fn alias(cursor: &mut Cursor<'_>) -> Parsed<Option<Name>> {
    cursor.blanks();
    let start = cursor.at();
    if !cursor.take_keyword("as") {
        return Ok(None);
    }
    let keyword = cursor.since(start);
    match name(cursor)? {
        Some(name) => Ok(Some(name)),
        None => Err(Fault::syntax("`as` needs a name after it", keyword)),
    }
}

/// Reads names to the end of the command; at least one.
fn names(cursor: &mut Cursor<'_>) -> Parsed<Vec<Name>> {
    let mut names = Vec::new();
    while !cursor.at_command_end() {
        if !cursor.take(",") {
            names.push(expected_name(cursor)?);
        }
    }
    if names.is_empty() {
        return Err(cursor.unexpected("expected the name of a field"));
    }
    Ok(names)
}

/// Reads the arguments of `table`.
pub(super) fn table(cursor: &mut Cursor<'_>) -> Parsed<Vec<Name>> {
    names(cursor)
}

/// Reads the arguments of `fields`.
pub(super) fn fields(cursor: &mut Cursor<'_>) -> Parsed<Body> {
    cursor.blanks();
    let keep = !cursor.take("-");
    if keep {
        cursor.take("+");
    }
    Ok(Body::Fields {
        keep,
        names: names(cursor)?,
    })
}

/// Reads the arguments of `rename`.
pub(super) fn rename(cursor: &mut Cursor<'_>) -> Parsed<Vec<Renaming>> {
    let mut renamings = Vec::new();
    while !cursor.at_command_end() {
        if cursor.take(",") {
            continue;
        }
        let from = expected_name(cursor)?;
        let Some(to) = alias(cursor)? else {
            return Err(Fault::syntax(
                format!(
                    "`rename` needs `as` and a new name after `{}`",
                    printable(&from.text)
                ),
                from.span,
            ));
        };
        renamings.push(Renaming { from, to });
    }
    if renamings.is_empty() {
        return Err(cursor.unexpected("expected the name of a field"));
    }
    Ok(renamings)
}

/// Reads the arguments of `convert`.
pub(super) fn convert(cursor: &mut Cursor<'_>) -> Parsed<Convert> {
    let mut convert = Convert {
        timeformat: None,
        functions: Vec::new(),
    };
    while !cursor.at_command_end() {
        if cursor.take(",") {
            continue;
        }
        let Some(word) = cursor.word(|next, _| next == ',' || next == '=') else {
            return Err(cursor.unexpected("expected a function such as `ctime(field)`"));
        };
        if let Some(setting) = setting(cursor, &word)? {
            convert.timeformat = Some(only_option("convert", "timeformat", setting)?);
            continue;
        }
        if cursor.peek() != Some('(') {
            return Err(Fault::syntax(
                format!(
                    "`convert` needs a field in parentheses after `{}`",
                    printable(&word.text)
                ),
                word.span,
            ));
        }
        let open = cursor.at();
        cursor.bump();
        let field = expected_name(cursor)?;
        cursor.close(open)?;
        convert.functions.push(Conversion {
            function: Name {
                text: word.text.to_lowercase(),
                span: word.span,
            },
            field,
            alias: alias(cursor)?,
        });
    }
    if convert.functions.is_empty() {
        return Err(cursor.unexpected("expected a function such as `ctime(field)`"));
    }
    Ok(convert)
}

/// Reads the arguments of `fillnull`.
pub(super) fn fillnull(cursor: &mut Cursor<'_>) -> Parsed<Body> {
    let mut value = None;
    let mut fields = Vec::new();
    while !cursor.at_command_end() {
        if cursor.take(",") {
            continue;
        }
        let name = expected_name(cursor)?;
        match setting(cursor, &name)? {
            Some(setting) => value = Some(only_option("fillnull", "value", setting)?),
            None => fields.push(name),
        }
    }
    Ok(Body::FillNull { value, fields })
}

/// Reads the arguments of `head`.
pub(super) fn head(cursor: &mut Cursor<'_>) -> Parsed<Head> {
    let mut head = Head {
        count: None,
        settings: Vec::new(),
        condition: None,
    };
    while !cursor.at_command_end() {
        let start = cursor.at();
        let word = cursor.word(|next, _| "=<>!,".contains(next));
        if let Some(word) = word {
            let is_option = ["limit", "null", "keeplast"]
                .iter()
                .any(|option| word.text.eq_ignore_ascii_case(option));
            if is_option && let Some(setting) = setting(cursor, &word)? {
                head.settings.push(lower_case(setting));
                continue;
            }
            let is_count = word.text.bytes().all(|byte| byte.is_ascii_digit());
            if is_count && head.count.is_none() && !cursor.peek_operator() {
                head.count = Some(word);
                continue;
            }
        }
        cursor.back_to(start);
        if head.condition.is_some() {
            return Err(cursor.unexpected("expected `limit=`, `null=` or `keeplast=`"));
        }
        head.condition = Some(expression(cursor)?);
    }
    Ok(head)
}

/// The value of the one option that a command has.
fn only_option(command: &str, option: &'static str, setting: Setting) -> Parsed<Name> {
    let setting = lower_case(setting);
    if setting.key.text == option {
        return Ok(setting.value);
    }
    let key = printable(&setting.key.text);
    let hint = match nearest(&setting.key.text, [option]) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has `{option}` only"),
    };
    Err(Fault {
        code: Code::UnsupportedOption,
        message: format!("`{command}` has no option `{key}`: {hint}"),
        what: Some(format!("{command} {}", setting.key.text)),
        span: setting.key.span,
    })
}
