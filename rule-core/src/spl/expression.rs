//! Expressions of `eval` and `where`.
//!
//! ```text
//! expression     = or { "XOR" or }
//! or             = and { "OR" and }
//! and            = not { "AND" not }
//! not            = { "NOT" } comparison
//! comparison     = concatenation [ op concatenation | [ "NOT" ] "LIKE" concatenation
//!                                | [ "NOT" ] "IN" "(" expression { "," expression } ")" ]
//! concatenation  = sum { "." sum }
//! sum            = product { ( "+" | "-" ) product }
//! product        = sign { ( "*" | "/" | "%" ) sign }
//! sign           = { "-" | "!" } operand
//! operand        = text | number | field | call | "(" expression ")" | subsearch
//! ```
//!
//! The order of NOT, AND, OR, XOR is that of the Search Manual, "Boolean
//! expressions". The words are read in any case. No page has the `!` for NOT, but
//! published searches do: `!match(x, "y")`.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::ast::{ArithmeticOp, Assignment, Expr, ExprKind, Name, Span};
use super::cursor::{Cursor, Escapes, comparison as operator};
use super::error::{Fault, Parsed};
use super::source::span;

const KEYWORDS: [&str; 6] = ["AND", "OR", "XOR", "NOT", "LIKE", "IN"];

type Rule = fn(&mut Cursor<'_>) -> Parsed<Expr>;

/// Reads an expression that is all of a command's arguments.
pub(super) fn whole(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    let expr = expression(cursor)?;
    if cursor.at_command_end() {
        Ok(expr)
    } else {
        Err(unfinished(cursor))
    }
}

/// Reads `FIELD=EXPR, FIELD=EXPR`.
pub(super) fn assignments(cursor: &mut Cursor<'_>) -> Parsed<Vec<Assignment>> {
    let mut assignments = Vec::new();
    loop {
        let field = target(cursor)?;
        cursor.blanks();
        if cursor.rest().starts_with("==") || !cursor.take("=") {
            return Err(cursor.unexpected("expected `=` after the name of the field to set"));
        }
        let value = expression(cursor)?;
        assignments.push(Assignment { field, value });
        cursor.blanks();
        if cursor.take(",") {
            continue;
        }
        return if cursor.at_command_end() {
            Ok(assignments)
        } else {
            Err(unfinished(cursor))
        };
    }
}

/// Reads the name of a field that is set: with or without quotes of either kind.
fn target(cursor: &mut Cursor<'_>) -> Parsed<Name> {
    let name = match cursor.after_blanks() {
        Some('"') => Some(cursor.quoted(Escapes::Search)?),
        Some('\'') => Some(cursor.single_quoted()?),
        _ => cursor.word(|next, _| next == '=' || next == ','),
    };
    name.ok_or_else(|| cursor.unexpected("expected the name of a field to set"))
}

/// The error where an operator or the end was expected.
fn unfinished(cursor: &Cursor<'_>) -> Fault {
    match cursor.peek() {
        Some('{' | '}' | ':' | '@' | '#' | '\\') => cursor.unexpected(
            "a field with other characters than letters, digits and `_` in its name is written \
             in single quotes here, such as 'a{}.b': expected an operator",
        ),
        _ => cursor.unexpected("expected an operator"),
    }
}

/// Reads an expression.
pub(super) fn expression(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    joined(cursor, "XOR", or, ExprKind::Xor)
}

fn or(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    joined(cursor, "OR", and, ExprKind::Or)
}

fn and(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    joined(cursor, "AND", not, ExprKind::And)
}

/// Reads operands of one logical operator.
fn joined(
    cursor: &mut Cursor<'_>,
    keyword: &str,
    operand: Rule,
    of: fn(Vec<Expr>) -> ExprKind,
) -> Parsed<Expr> {
    let first = operand(cursor)?;
    cursor.blanks();
    if !cursor.peek_keyword(keyword) {
        return Ok(first);
    }
    let start = first.span;
    let mut end = start;
    let mut parts = Vec::from([first]);
    while cursor.take_keyword(keyword) {
        let next = operand(cursor)?;
        end = next.span;
        parts.push(next);
        cursor.blanks();
    }
    Ok(Expr {
        kind: of(parts),
        span: cover(start, end),
    })
}

fn cover(first: Span, last: Span) -> Span {
    Span {
        start: first.start,
        end: last.end,
    }
}

fn not(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    cursor.blanks();
    let start = cursor.at();
    if !cursor.peek_keyword("NOT") {
        return comparison(cursor);
    }
    cursor.enter()?;
    cursor.take_keyword("NOT");
    let inner = not(cursor)?;
    cursor.leave();
    Ok(negated(inner, start))
}

fn negated(inner: Expr, start: usize) -> Expr {
    Expr {
        span: cover(span(start, start), inner.span),
        kind: ExprKind::Not(Box::new(inner)),
    }
}

fn comparison(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    let left = concatenation(cursor)?;
    cursor.blanks();
    if let Some((op, length)) = operator(cursor.rest()) {
        cursor.advance(length);
        let right = concatenation(cursor)?;
        cursor.blanks();
        if let Some((_, length)) = operator(cursor.rest()) {
            return Err(Fault::syntax(
                "a comparison can't be compared again: join two comparisons with `AND`",
                cursor.ahead(length),
            ));
        }
        return Ok(Expr {
            span: cover(left.span, right.span),
            kind: ExprKind::Compare {
                left: Box::new(left),
                op,
                right: Box::new(right),
            },
        });
    }
    let start = left.span.start as usize;
    let before = cursor.at();
    let not = cursor.take_keyword("NOT");
    cursor.blanks();
    let found = if cursor.take_keyword("LIKE") {
        let pattern = concatenation(cursor)?;
        Expr {
            span: cover(left.span, pattern.span),
            kind: ExprKind::Like {
                value: Box::new(left),
                pattern: Box::new(pattern),
            },
        }
    } else if cursor.take_keyword("IN") {
        if cursor.after_blanks() != Some('(') {
            return Err(cursor.unexpected("expected `(` and a list of values after `IN`"));
        }
        let open = cursor.at();
        let among = list(cursor)?;
        if among.is_empty() {
            return Err(Fault::syntax(
                "`IN` needs at least one value",
                cursor.since(open),
            ));
        }
        Expr {
            span: cursor.since(start),
            kind: ExprKind::In {
                value: Box::new(left),
                among,
            },
        }
    } else {
        cursor.back_to(before);
        return Ok(left);
    };
    Ok(if not { negated(found, start) } else { found })
}

/// `[U]`: no page says how `.` stands to `+`. It binds less here, so that
/// `"total ".a+b` is the text and the sum.
fn concatenation(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    chain(cursor, &[('.', ArithmeticOp::Concat)], sum)
}

fn sum(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    const OPERATORS: [(char, ArithmeticOp); 2] =
        [('+', ArithmeticOp::Add), ('-', ArithmeticOp::Subtract)];
    chain(cursor, &OPERATORS, product)
}

fn product(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    const OPERATORS: [(char, ArithmeticOp); 3] = [
        ('*', ArithmeticOp::Multiply),
        ('/', ArithmeticOp::Divide),
        ('%', ArithmeticOp::Remainder),
    ];
    chain(cursor, &OPERATORS, sign)
}

/// Reads operands of operators of one precedence.
fn chain(
    cursor: &mut Cursor<'_>,
    operators: &[(char, ArithmeticOp)],
    operand: Rule,
) -> Parsed<Expr> {
    let first = operand(cursor)?;
    let mut end = first.span;
    let mut rest = Vec::new();
    while let Some(next) = cursor.after_blanks()
        && let Some((_, op)) = operators.iter().find(|(text, _)| *text == next)
    {
        cursor.bump();
        let operand = operand(cursor)?;
        end = operand.span;
        rest.push((*op, operand));
    }
    if rest.is_empty() {
        return Ok(first);
    }
    Ok(Expr {
        span: cover(first.span, end),
        kind: ExprKind::Chain {
            first: Box::new(first),
            rest,
        },
    })
}

fn sign(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    let sign_read = cursor.after_blanks();
    if !matches!(sign_read, Some('-' | '!')) {
        return operand(cursor);
    }
    let start = cursor.at();
    cursor.enter()?;
    cursor.bump();
    let inner = sign(cursor)?;
    cursor.leave();
    if sign_read == Some('!') {
        return Ok(negated(inner, start));
    }
    Ok(Expr {
        span: cover(span(start, start), inner.span),
        kind: ExprKind::Negate(Box::new(inner)),
    })
}

fn operand(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    cursor.blanks();
    let start = cursor.at();
    let kind = match cursor.peek() {
        Some('"') => ExprKind::Text(cursor.quoted(Escapes::Eval)?.text),
        Some('\'') => ExprKind::Field(cursor.single_quoted()?.text),
        Some('[') => {
            cursor.subsearch()?;
            ExprKind::Subsearch
        }
        Some('(') => {
            cursor.enter()?;
            cursor.bump();
            let inner = expression(cursor)?;
            close(cursor, start)?;
            cursor.leave();
            inner.kind
        }
        Some('0'..='9' | '.') => number(cursor)?,
        Some(next) if in_name(next) || cursor.token_length(0) > 0 => name(cursor)?,
        _ => return Err(cursor.unexpected("expected a value, a field or a function")),
    };
    Ok(Expr {
        kind,
        span: cursor.since(start),
    })
}

/// Reads the `)` of a `(` that was read at a byte.
fn close(cursor: &mut Cursor<'_>, open: usize) -> Parsed<()> {
    match cursor.after_blanks() {
        None | Some(')' | '|') => cursor.close(open),
        Some(',') => Err(cursor.unexpected("expected an operator or `)`")),
        Some(_) => Err(unfinished(cursor)),
    }
}

/// Reads a number: digits, a fraction, an exponent.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "lengths of what stands in the text, one behind the other"
)]
fn number(cursor: &mut Cursor<'_>) -> Parsed<ExprKind> {
    let rest = cursor.rest();
    let digits = |from: usize| {
        let rest = rest.get(from..).unwrap_or_default();
        rest.bytes().take_while(u8::is_ascii_digit).count()
    };
    let mut length = digits(0);
    if rest.get(length..).is_some_and(|rest| rest.starts_with('.')) {
        // A `.` without a digit after it joins texts.
        let fraction = digits(length + 1);
        if fraction > 0 {
            length += 1 + fraction;
        }
    }
    if length == 0 {
        return Err(cursor.unexpected("expected a value before"));
    }
    if let Some(exponent) = rest
        .get(length..)
        .filter(|rest| rest.starts_with(['e', 'E']))
    {
        let signed = usize::from(
            exponent
                .get(1..)
                .is_some_and(|rest| rest.starts_with(['+', '-'])),
        );
        let power = digits(length + 1 + signed);
        if power > 0 {
            length += 1 + signed + power;
        }
    }
    cursor.advance(length);
    if cursor.peek().is_some_and(in_name) {
        return Err(Fault::syntax(
            "a number goes straight into a word: a field whose name begins with a digit is \
             written in single quotes",
            cursor.here(),
        ));
    }
    Ok(ExprKind::Number(
        rest.get(..length).unwrap_or_default().to_owned(),
    ))
}

/// May a name hold this character without quotes? Published searches have `$`,
/// as in `$user$`, where it is no macro's argument; it is a field's name then.
fn in_name(next: char) -> bool {
    next.is_alphanumeric() || next == '_' || next == '$'
}

/// Reads a field, or a call of a function.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "lengths of what stands in the text, one behind the other"
)]
fn name(cursor: &mut Cursor<'_>) -> Parsed<ExprKind> {
    let start = cursor.at();
    let rest = cursor.rest();
    let mut length = 0;
    loop {
        let behind = rest.get(length..).unwrap_or_default();
        let plain = behind
            .find(|next: char| !in_name(next))
            .unwrap_or(behind.len());
        let token = cursor.token_length(length + plain);
        length += plain + token;
        if token == 0 {
            break;
        }
    }
    let text = rest.get(..length).unwrap_or_default();
    cursor.advance(length);
    let end = cursor.at();
    if cursor.after_blanks() == Some('(') {
        let function = Name {
            text: text.to_lowercase(),
            span: span(start, end),
        };
        return Ok(ExprKind::Call {
            function,
            arguments: list(cursor)?,
        });
    }
    cursor.back_to(end);
    if text.starts_with("<<MATCH") && text.find(">>") == Some(length.saturating_sub(2)) {
        // Of a field's name it may be the part that is a number.
        return Err(Fault::syntax(
            format!("write `{text}` in quotes: double ones for a text, single ones for a field"),
            span(start, end),
        ));
    }
    match KEYWORDS.iter().find(|word| word.eq_ignore_ascii_case(text)) {
        Some(word) => Err(Fault::syntax(
            format!(
                "a value is missing before `{word}`; a field of that name is written in single quotes"
            ),
            span(start, end),
        )),
        None => Ok(ExprKind::Field(text.to_string())),
    }
}

/// Reads `(a, b)`, whose parenthesis opens here; may be empty.
fn list(cursor: &mut Cursor<'_>) -> Parsed<Vec<Expr>> {
    let open = cursor.at();
    cursor.enter()?;
    cursor.bump();
    let mut items = Vec::new();
    if cursor.after_blanks() != Some(')') {
        loop {
            items.push(expression(cursor)?);
            cursor.blanks();
            if !cursor.take(",") {
                break;
            }
        }
    }
    close(cursor, open)?;
    cursor.leave();
    Ok(items)
}
