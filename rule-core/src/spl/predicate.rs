//! What `search` asks of an event.
//!
//! ```text
//! all     = any { [ "AND" ] any }
//! any     = not { "OR" not }
//! not     = { "NOT" } operand
//! operand = "(" all ")" | subsearch | term | field op value
//!         | field [ "NOT" ] "IN" "(" value { [","] value } ")"
//! ```
//!
//! OR binds closer than AND, which is the other way round than in `eval` (Search
//! Manual, "Boolean expressions"). The words are in capitals; `and` is a term.

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

use super::ast::{Name, Predicate, SearchValue, ValueForm};
use super::cursor::{Cursor, Escapes, comparison};
use super::error::{Fault, Parsed};
use super::picture::printable;

/// Reads the arguments of `search`: nothing at all is every event.
pub(super) fn predicate(cursor: &mut Cursor<'_>) -> Parsed<Predicate> {
    if cursor.at_command_end() {
        return Ok(Predicate::All);
    }
    let predicate = all(cursor)?;
    match cursor.peek() {
        None | Some('|') => Ok(predicate),
        Some(_) => Err(cursor.unexpected("expected a term")),
    }
}

/// Reads the terms after the `where` of `tstats`, which a by-clause ends.
pub(super) fn before_by(cursor: &mut Cursor<'_>) -> Parsed<Predicate> {
    cursor.end_terms_at_by(true);
    let predicate = match cursor.at_terms_end() {
        true => Ok(Predicate::All),
        false => all(cursor),
    };
    cursor.end_terms_at_by(false);
    predicate
}

/// Reads terms that must all hold, to the end of the command or a `)`.
fn all(cursor: &mut Cursor<'_>) -> Parsed<Predicate> {
    let mut parts = Vec::from([any(cursor)?]);
    loop {
        if cursor.at_terms_end() {
            break;
        }
        if cursor.peek_capitals("AND") {
            cursor.take("AND");
        }
        parts.push(any(cursor)?);
    }
    Ok(single_or(parts, Predicate::And))
}

fn any(cursor: &mut Cursor<'_>) -> Parsed<Predicate> {
    let mut parts = Vec::from([not(cursor)?]);
    while cursor.after_blanks().is_some() && cursor.peek_capitals("OR") {
        cursor.take("OR");
        parts.push(not(cursor)?);
    }
    Ok(single_or(parts, Predicate::Or))
}

fn single_or(mut parts: Vec<Predicate>, of: fn(Vec<Predicate>) -> Predicate) -> Predicate {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            of(parts)
        }
        None => Predicate::All,
    }
}

fn not(cursor: &mut Cursor<'_>) -> Parsed<Predicate> {
    cursor.blanks();
    if !cursor.peek_capitals("NOT") {
        return operand(cursor);
    }
    cursor.enter()?;
    cursor.take("NOT");
    let inner = not(cursor)?;
    cursor.leave();
    Ok(Predicate::Not(Box::new(inner)))
}

fn operand(cursor: &mut Cursor<'_>) -> Parsed<Predicate> {
    match cursor.after_blanks() {
        Some('(') => {
            let open = cursor.at();
            cursor.enter()?;
            cursor.bump();
            if cursor.after_blanks() == Some(')') {
                cursor.bump();
                return Err(Fault::syntax(
                    "nothing stands between these parentheses",
                    cursor.since(open),
                ));
            }
            let inner = all(cursor)?;
            cursor.close(open)?;
            cursor.leave();
            Ok(inner)
        }
        Some('[') => Ok(Predicate::Subsearch(cursor.subsearch()?)),
        None | Some('|' | ')' | ']') => Err(cursor.unexpected("expected a term")),
        Some(_) => term(cursor),
    }
}

/// Reads a term, or a comparison that begins with the name of a field.
fn term(cursor: &mut Cursor<'_>) -> Parsed<Predicate> {
    for keyword in ["AND", "OR"] {
        if cursor.peek_capitals(keyword) {
            let start = cursor.at();
            cursor.take(keyword);
            return Err(Fault::syntax(
                format!("`{keyword}` needs a term on both sides; in quotes it is a term itself"),
                cursor.since(start),
            ));
        }
    }
    if let Some(term) = wrapped(cursor)? {
        return Ok(Predicate::Term(term));
    }
    let (name, form) = if cursor.peek() == Some('"') {
        (cursor.quoted(Escapes::Search)?, ValueForm::Quoted)
    } else {
        (field_or_term(cursor)?, ValueForm::Bare)
    };
    let end = cursor.at();
    cursor.blanks();
    if let Some((op, length)) = comparison(cursor.rest()) {
        let at = cursor.at();
        cursor.advance(length);
        let value = value(cursor, &name, at)?;
        return Ok(Predicate::Compare {
            field: name,
            op,
            value,
        });
    }
    if let Some(negated) = list_follows(cursor) {
        let values = list(cursor)?;
        let found = Predicate::In {
            field: name,
            values,
        };
        return Ok(if negated {
            Predicate::Not(Box::new(found))
        } else {
            found
        });
    }
    cursor.back_to(end);
    Ok(Predicate::Term(SearchValue {
        text: name.text,
        form,
        span: name.span,
    }))
}

/// Reads a bare word that an operator may follow.
fn field_or_term(cursor: &mut Cursor<'_>) -> Parsed<Name> {
    let word = cursor.word(|next, rest| match next {
        '=' | '<' | '>' => true,
        '!' => rest.starts_with('='),
        _ => comma_ends(next, rest),
    });
    word.ok_or_else(|| match comparison(cursor.rest()) {
        Some((_, length)) => Fault::syntax(
            "a comparison needs the name of a field before its operator",
            cursor.ahead(length),
        ),
        None => cursor.unexpected("expected a term"),
    })
}

/// A comma with something right after it is a part of a word; any other would be
/// a list, and that is for `IN`.
fn comma_ends(next: char, rest: &str) -> bool {
    next == ','
        && rest
            .chars()
            .next()
            .is_none_or(|after| after.is_whitespace() || "|\"()[]".contains(after))
}

/// Reads `CASE(...)` or `TERM(...)` if one stands here.
fn wrapped(cursor: &mut Cursor<'_>) -> Parsed<Option<SearchValue>> {
    let start = cursor.at();
    let form = if cursor.take("CASE(") {
        ValueForm::Case
    } else if cursor.take("TERM(") {
        ValueForm::Term
    } else {
        return Ok(None);
    };
    let open = cursor.at().saturating_sub(1);
    let inside = match cursor.after_blanks() {
        Some('"') => Some(cursor.quoted(Escapes::Search)?),
        _ => cursor.word(|_, _| false),
    };
    let Some(inside) = inside else {
        return Err(cursor.unexpected("expected a text between the parentheses"));
    };
    cursor.close(open)?;
    Ok(Some(SearchValue {
        text: inside.text,
        form,
        span: cursor.since(start),
    }))
}

/// Reads the right-hand side of a comparison, whose operator stands at a byte.
fn value(cursor: &mut Cursor<'_>, field: &Name, operator: usize) -> Parsed<SearchValue> {
    let operator = cursor.since(operator);
    cursor.blanks();
    // `a = < b`: an operator is no value.
    let second = comparison(cursor.rest()).is_some();
    let value = if second {
        None
    } else {
        bare_or_quoted(cursor, comma_ends)?
    };
    value.ok_or_else(|| {
        let field = printable(&field.text);
        let message = if cursor.peek() == Some('(') {
            format!("expected one value for `{field}`: for several write `{field} IN (a, b)`")
        } else {
            format!("a value for `{field}` is missing: for the empty text write `\"\"`")
        };
        Fault::syntax(message, operator)
    })
}

/// Reads a value; none if something else stands here.
fn bare_or_quoted(
    cursor: &mut Cursor<'_>,
    ends: impl Fn(char, &str) -> bool,
) -> Parsed<Option<SearchValue>> {
    if let Some(value) = wrapped(cursor)? {
        return Ok(Some(value));
    }
    if cursor.peek() == Some('"') {
        let quoted = cursor.quoted(Escapes::Search)?;
        return Ok(Some(SearchValue {
            text: quoted.text,
            form: ValueForm::Quoted,
            span: quoted.span,
        }));
    }
    let start = cursor.at();
    let Some(mut word) = cursor.word(ends) else {
        return Ok(None);
    };
    // The time modifiers take `now()`: the only parentheses of a value.
    if word.text == "now" && cursor.take("()") {
        word.text.push_str("()");
        word.span = cursor.since(start);
    }
    Ok(Some(SearchValue {
        text: word.text,
        form: ValueForm::Bare,
        span: word.span,
    }))
}

/// Reads `IN` or `NOT IN` if a list follows it: was it `NOT`? Without a list they
/// are terms.
fn list_follows(cursor: &mut Cursor<'_>) -> Option<bool> {
    let start = cursor.at();
    let negated = cursor.peek_capitals("NOT");
    if negated {
        cursor.take("NOT");
        cursor.blanks();
    }
    if cursor.peek_capitals("IN") {
        cursor.take("IN");
        if cursor.after_blanks() == Some('(') {
            return Some(negated);
        }
    }
    cursor.back_to(start);
    None
}

/// Reads `(value, value value)`, whose parenthesis opens here.
fn list(cursor: &mut Cursor<'_>) -> Parsed<Vec<SearchValue>> {
    let open = cursor.at();
    cursor.bump();
    let mut values = Vec::new();
    loop {
        match cursor.after_blanks() {
            Some(',') => cursor.bump(),
            Some('[') => return Err(cursor.no_subsearch()),
            None | Some('|' | ')') => break,
            Some(_) => match bare_or_quoted(cursor, |next, _| next == ',')? {
                Some(value) => values.push(value),
                None => return Err(cursor.unexpected("expected a value or `)`")),
            },
        }
    }
    cursor.close(open)?;
    if values.is_empty() {
        return Err(Fault::syntax(
            "`IN` needs at least one value",
            cursor.since(open),
        ));
    }
    Ok(values)
}
