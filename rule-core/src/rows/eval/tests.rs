//! Values and truths, a case for each line of spl.md's "eval and where" that
//! runs.

use super::*;
use crate::rows::Identity;
use std::boxed::Box;
use std::string::ToString;
use std::vec;
use std::vec::Vec;

fn text(value: &str) -> Expr {
    Expr::Constant(Value::Text(value.to_string()))
}

fn number(value: &str) -> Expr {
    Expr::Constant(Value::Number(crate::value::parse_number(value).unwrap()))
}

fn field(name: &str) -> Expr {
    Expr::Field(name.to_string())
}

fn call(function: Function, arguments: Vec<Expr>) -> Expr {
    Expr::Call(function, arguments)
}

fn chain(first: Expr, op: Operator, second: Expr) -> Expr {
    Expr::Chain(Box::new(first), vec![(op, second)])
}

fn compare_exprs(left: Expr, relation: Relation, right: Expr) -> Expr {
    Expr::Compare(Box::new(left), relation, Box::new(right))
}

fn row() -> Row {
    let mut row = Row::new(Identity::default());
    row.set("code", Value::Text("4688".to_string()));
    row.set("name", Value::Text("Mailbox".to_string()));
    row.set("empty", Value::Text(String::new()));
    row.set(
        "many",
        Value::Many(vec![
            Value::Text("a".to_string()),
            Value::Text("B".to_string()),
        ]),
    );
    row
}

fn context() -> Context<'static> {
    static UTC: std::sync::LazyLock<crate::time::Zone> =
        std::sync::LazyLock::new(crate::time::Zone::utc);
    Context {
        zone: &UTC,
        left_out: Box::leak(Box::new(core::cell::Cell::new(0))),
        now: Some(1_615_986_000),
    }
}

#[test]
fn values() {
    use Operator::*;
    for (name, expr, wanted) in [
        (
            "4/2 shows as 2",
            chain(number("4"), Divide, number("2")),
            "2",
        ),
        (
            "a fraction",
            chain(number("1"), Divide, number("4")),
            "0.25",
        ),
        ("by zero", chain(number("1"), Divide, number("0")), "null"),
        (
            "remainder by zero",
            chain(number("1"), Remainder, number("0")),
            "null",
        ),
        (
            "adds texts that are numbers",
            chain(field("code"), Add, number("1")),
            "4689",
        ),
        (
            "joins two texts",
            chain(field("name"), Add, text("es")),
            "Mailboxes",
        ),
        (
            "adds no text to a number",
            chain(field("name"), Add, number("1")),
            "null",
        ),
        (
            "joins as text",
            chain(number("1"), Concat, number("2")),
            "12",
        ),
        (
            "null goes through +",
            chain(field("nothing"), Add, number("1")),
            "null",
        ),
        (
            "null goes through .",
            chain(field("nothing"), Concat, text("x")),
            "null",
        ),
        (
            "whole numbers are exact",
            chain(number("9007199254740993"), Add, number("1")),
            "9007199254740994",
        ),
        (
            "and go over to doubles",
            chain(number("9223372036854775807"), Multiply, number("10")),
            "92233720368547760000",
        ),
        ("negative", Expr::Negate(Box::new(field("code"))), "-4688"),
        (
            "if",
            call(
                Function::Choice(Choice::If),
                vec![
                    compare_exprs(field("code"), Relation::Equal, number("4688")),
                    text("y"),
                    text("n"),
                ],
            ),
            "y",
        ),
        (
            "if with null",
            call(
                Function::Choice(Choice::If),
                vec![
                    compare_exprs(field("nothing"), Relation::Equal, number("1")),
                    text("y"),
                    text("n"),
                ],
            ),
            "n",
        ),
        (
            "case",
            call(
                Function::Choice(Choice::Case),
                vec![
                    compare_exprs(field("code"), Relation::Equal, number("1")),
                    text("one"),
                    call(Function::Check(Check::True), vec![]),
                    text("else"),
                ],
            ),
            "else",
        ),
        (
            "case without a match",
            call(
                Function::Choice(Choice::Case),
                vec![call(Function::Check(Check::False), vec![]), text("x")],
            ),
            "null",
        ),
        (
            "coalesce",
            call(
                Function::Choice(Choice::Coalesce),
                vec![field("nothing"), field("empty"), text("x")],
            ),
            "",
        ),
        (
            "lower of each value",
            call(Function::Text(TextFunction::Lower), vec![field("many")]),
            "a\nb",
        ),
        (
            "upper",
            call(
                Function::Text(TextFunction::Upper),
                vec![text("stra\u{df}e")],
            ),
            "STRASSE",
        ),
        (
            "len in characters",
            call(
                Function::Text(TextFunction::Length),
                vec![text("\u{e4}\u{f6}")],
            ),
            "2",
        ),
        (
            "null()",
            call(Function::Choice(Choice::Null), vec![]),
            "null",
        ),
    ] {
        let value = expr.value(&row(), &context());
        assert_eq!(value.text().as_deref().unwrap_or("null"), wanted, "{name}");
    }
}

#[test]
fn a_text_does_not_grow_without_bound() {
    let mut row = Row::new(Identity::default());
    row.set("a", Value::Text("x".repeat(1 << 19)));
    let doubled = chain(field("a"), Operator::Concat, field("a")).value(&row, &context());
    assert_eq!(doubled.text().map(|text| text.len()), Some(1 << 20));
    row.set("a", doubled);
    assert!(
        chain(field("a"), Operator::Concat, field("a"))
            .value(&row, &context())
            .is_null()
    );
}

#[test]
fn truths() {
    use Relation::*;
    let regex = |pattern| Function::Check(Check::Match(Regex::new(pattern).unwrap()));
    for (name, expr, wanted) in [
        (
            "a text that is a number",
            compare_exprs(field("code"), Equal, number("4688")),
            Some(true),
        ),
        (
            "and as text",
            compare_exprs(field("code"), Equal, text("4688")),
            Some(true),
        ),
        (
            "with case",
            compare_exprs(field("name"), Equal, text("mailbox")),
            Some(false),
        ),
        (
            "numbers by size",
            compare_exprs(field("code"), Greater, number("999")),
            Some(true),
        ),
        (
            "texts by order",
            compare_exprs(field("name"), Less, text("a")),
            Some(true),
        ),
        (
            "null compares to null",
            compare_exprs(field("nothing"), Equal, text("a")),
            None,
        ),
        (
            "any of several",
            compare_exprs(field("many"), Equal, text("B")),
            Some(true),
        ),
        (
            "NOT of null",
            Expr::Not(Box::new(compare_exprs(field("nothing"), Equal, text("a")))),
            None,
        ),
        (
            "null OR true",
            Expr::Or(vec![
                compare_exprs(field("nothing"), Equal, text("a")),
                call(Function::Check(Check::True), vec![]),
            ]),
            Some(true),
        ),
        (
            "null AND false",
            Expr::And(vec![
                compare_exprs(field("nothing"), Equal, text("a")),
                call(Function::Check(Check::False), vec![]),
            ]),
            Some(false),
        ),
        (
            "XOR",
            Expr::Xor(vec![
                call(Function::Check(Check::True), vec![]),
                call(Function::Check(Check::True), vec![]),
            ]),
            Some(false),
        ),
        (
            "isnull",
            call(Function::Check(Check::IsNull), vec![field("nothing")]),
            Some(true),
        ),
        (
            "the empty text is not null",
            call(Function::Check(Check::IsNotNull), vec![field("empty")]),
            Some(true),
        ),
        (
            "like",
            call(
                Function::Check(Check::Like),
                vec![field("name"), text("Mail%")],
            ),
            Some(true),
        ),
        (
            "like has case",
            call(
                Function::Check(Check::Like),
                vec![field("name"), text("mail%")],
            ),
            Some(false),
        ),
        (
            "like of null",
            call(
                Function::Check(Check::Like),
                vec![field("nothing"), text("%")],
            ),
            None,
        ),
        (
            "match anywhere",
            call(regex("box$"), vec![field("name")]),
            Some(true),
        ),
        (
            "match has case",
            call(regex("BOX"), vec![field("name")]),
            Some(false),
        ),
        (
            "match of null is false",
            call(regex("."), vec![field("nothing")]),
            Some(false),
        ),
        (
            "IN",
            Expr::In(Box::new(field("code")), vec![number("1"), number("4688")]),
            Some(true),
        ),
        (
            "IN of null",
            Expr::In(Box::new(field("nothing")), vec![number("1")]),
            None,
        ),
    ] {
        assert_eq!(
            expr.run(&View::new(&row(), &context())).truth(),
            wanted,
            "{name}"
        );
        assert!(expr.is_condition(), "{name}");
        assert_eq!(
            expr.is_true(&row(), &context()),
            wanted == Some(true),
            "{name}"
        );
    }
}
