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
        most: 1 << 20,
        left_out: Box::leak(Box::new(core::cell::Cell::new(0))),
        steps: core::cell::Cell::new(Context::STEPS),
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
        assert_eq!(expr.truth(&row(), &context()), wanted, "{name}");
        assert!(expr.is_condition(), "{name}");
        assert_eq!(
            expr.is_true(&row(), &context()),
            wanted == Some(true),
            "{name}"
        );
    }
}

/// The value that the text of an expression comes to for the row of these tests.
fn eval(text: &str) -> Result<String, String> {
    let plan = |text: &str| {
        let macros = crate::spl::Macros::new();
        let search = crate::spl::parse(text, &macros)?;
        let sources = crate::names::Sources::default();
        let context = crate::plan::Context {
            bounds: &crate::plan::Bounds::new(0, &|_| true),
            sources: &sources,
            macros: &macros,
            lookups: &Default::default(),
        };
        crate::plan::Plan::new(&search, &context)
    };
    let planned = plan(&std::format!("x=1 | eval result={text}")).map_err(|error| error.message)?;
    let event = row();
    let row = planned
        .before
        .iter()
        .chain(&planned.after)
        .fold(std::vec![event], |rows, command| {
            command.apply(rows, &context())
        });
    let value = row.first().map(|row| row.get("result").clone());
    let value = value.unwrap_or_default();
    let texts: Vec<_> = value.each().iter().filter_map(Value::text).collect();
    Ok(if texts.is_empty() {
        "null".to_string()
    } else {
        texts.join("|")
    })
}

#[test]
fn functions() {
    let cases = [
        // choosing
        (r#"validate(code>1, "a", code>5000, "b")"#, "b"),
        (r#"validate(code>1, "a")"#, "null"),
        (r#"nullif(code, 4688)"#, "null"),
        (r#"nullif(code, nothing)"#, "4688"),
        (r#"typeof(12)"#, "Number"),
        (r#"typeof(name)"#, "String"),
        (r#"typeof(1=2)"#, "Boolean"),
        (r#"typeof(nothing)"#, "Invalid"),
        (r#"if(true, null, 1)"#, "null"),
        // conditions
        (
            r#"if(isnum(code) AND NOT isnum(name) AND NOT isnum(nothing), 1, 0)"#,
            "1",
        ),
        (r#"if(isint(code) AND NOT isint(1.5), 1, 0)"#, "1"),
        (
            r#"if(isstr(name) AND NOT isstr(code) AND NOT isstr(nothing), 1, 0)"#,
            "1",
        ),
        (r#"if(isbool(1=2) AND NOT isbool(code), 1, 0)"#, "1"),
        (r#"if(in(code, 1, "4688"), 1, 0)"#, "1"),
        (r#"if(in(name, "Mail*"), 1, 0)"#, "0"),
        (r#"if(cidrmatch("10.0.0.0/8", "10.1.2.3"), 1, 0)"#, "1"),
        (r#"if(cidrmatch("10.0.0.0/8", "11.1.2.3"), 1, 0)"#, "0"),
        (
            r#"if(isnull(if(cidrmatch("10.0.0.0/8", nothing), 1, null)), 1, 0)"#,
            "1",
        ),
        (r#"if(searchmatch("name=mail* code=4688"), 1, 0)"#, "1"),
        (r#"if(searchmatch("name=mail* NOT code=*"), 1, 0)"#, "0"),
        (r#"if(match(name, "(?i)^" . "mail"), 1, 0)"#, "1"),
        (r#"if(match(name, "^" . substr(name, 1, 4)), 1, 0)"#, "1"),
        (r#"if(match(name, name . "x"), 1, 0)"#, "0"),
        (r#"if(match(name, name . "("), 1, 0)"#, "0"),
        // texts
        (r#"trim("  a b	 ")"#, "a b"),
        (r#"trim("xyaxy", "yx")"#, "a"),
        (r#"ltrim(" a ") . ".""#, "a ."),
        (r#"rtrim("aXX", "X")"#, "a"),
        (r#"substr(name, 2, 3)"#, "ail"),
        (r#"substr(name, -3)"#, "box"),
        (r#"substr(nothing, 1)"#, "null"),
        (
            r#"replace("1/14/2017", "^(\d{1,2})/(\d{1,2})/", "\2/\1/")"#,
            "14/1/2017",
        ),
        (r#"replace(many, "[aB]", "x")"#, "x|x"),
        (r#"replace(nothing, "a", "b")"#, "null"),
        (r#"replace(name, substr(name, 1, 1), "-")"#, "-ailbox"),
        (r#"split("a,,b", ",")"#, "a||b"),
        (r#"split("abc", "")"#, "a|b|c"),
        (r#"split(nothing, ",")"#, "null"),
        (r#"urldecode("http%3A%2F%2Fx")"#, "http://x"),
        (r#"upper(many)"#, "A|B"),
        (r#"len(many)"#, "1|1"),
        (
            r#"sha256("abc")"#,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
        // texts and numbers
        (r#"tonumber("0A4", 16)"#, "164"),
        (r#"tonumber("x")"#, "null"),
        (r#"tonumber(code) + 1"#, "4689"),
        (r#"tostring(1=1)"#, "True"),
        (r#"tostring(1=2)"#, "False"),
        (r#"tostring(15, "hex")"#, "0xF"),
        (r#"tostring(12345.6789, "commas")"#, "12,345.68"),
        (r#"tostring(615, "duration")"#, "00:10:15"),
        (r#"tostring(name)"#, "Mailbox"),
        // several values
        (r#"mvindex(split("a b c", " "), 0)"#, "a"),
        (r#"mvindex(split("a b c", " "), -1)"#, "c"),
        (r#"mvindex(split("a b c", " "), 1, 2)"#, "b|c"),
        (r#"mvindex(split("a b c", " "), -2, -1)"#, "b|c"),
        (r#"mvindex(split("a b c", " "), 1, 9)"#, "b|c"),
        (r#"mvindex(split("a b c", " "), 3)"#, "null"),
        (r#"mvindex(split("a b c", " "), -4)"#, "null"),
        (r#"mvindex(split("a b c", " "), 2, 1)"#, "null"),
        (r#"mvindex(name, 0)"#, "Mailbox"),
        (r#"mvcount(many)"#, "2"),
        (r#"mvcount(name)"#, "1"),
        (r#"mvcount(nothing)"#, "null"),
        (r#"mvfind(many, "^B")"#, "1"),
        (r#"mvfind(many, "z")"#, "null"),
        (r#"mvfind(many, mvindex(many, 1))"#, "1"),
        (r#"mvfilter(match(many, "[A-Z]"))"#, "B"),
        (r#"mvfilter(many="a" OR many="B")"#, "a|B"),
        (r#"mvfilter(many="z")"#, "null"),
        (r#"mvjoin(many, ", ")"#, "a, B"),
        (r#"mvjoin(nothing, ", ")"#, "null"),
        (r#"mvappend(many, nothing, "c", many)"#, "a|B|c|a|B"),
        (r#"mvdedup(mvappend(many, many))"#, "a|B"),
        (r#"mvsort(mvappend("b", many, 10, 9))"#, "10|9|B|a|b"),
        (r#"mvzip(many, mvappend(1, 2, 3))"#, "a,1|B,2"),
        (r#"mvzip(many, many, ":")"#, "a:a|B:B"),
        (r#"mvmap(many, many . name)"#, "aMailbox|BMailbox"),
        (r#"mvmap(many, if(many="a", null, many))"#, "B"),
        (r#"mvmap(many, mvmap(code, many . code))"#, "a4688|B4688"),
        (r#"mvmap(nothing, "x")"#, "null"),
        (r#"mvrange(1, 7, 2)"#, "1|3|5"),
        (r#"mvrange(3, 1, -1)"#, "3|2"),
        (r#"mvrange(0, 3)"#, "0|1|2"),
        (r#"mvrange(0, 172800, "1d")"#, "0|86400"),
        (r#"mvrange(0, 3, 0)"#, "null"),
        (r#"mvrange(0, 9000000000)"#, "null"),
        // numbers
        (r#"round(3.5)"#, "4"),
        (r#"round(2.555, 2)"#, "2.56"),
        (r#"round(name)"#, "null"),
        (r#"floor(1.9) + ceil(1.1) + ceiling(-1.5)"#, "2"),
        (r#"abs(-5) . abs(1.5)"#, "51.5"),
        (r#"sqrt(9)"#, "3"),
        (r#"sqrt(-1)"#, "null"),
        (r#"pow(2, 10)"#, "1024"),
        (r#"exp(0)"#, "1"),
        (r#"ln(1)"#, "0"),
        (r#"ln(0)"#, "null"),
        (r#"log(1000)"#, "3"),
        (r#"log(8, 2)"#, "3"),
        (r#"round(pi(), 4)"#, "3.1416"),
        (r#"max(1, 3, 6, 7, "foo", many)"#, "foo"),
        (r#"min(10, "9", "foo", nothing)"#, "9"),
        (r#"min(nothing)"#, "null"),
        (r#"sum(1, "2", name, nothing, mvappend(3, 4))"#, "10"),
        (r#"avg(5.0, "9", nothing)"#, "7"),
        (r#"avg(name)"#, "null"),
        // times
        (r#"now()"#, "1615986000"),
        (r#"relative_time(now(), "-1d@d")"#, "1615852800"),
        (r#"relative_time(name, "-1d@d")"#, "null"),
        (r#"relative_time(now(), lower("-1H"))"#, "1615982400"),
        (r#"relative_time(now(), name)"#, "null"),
        (r#"strftime(1615686012, "%F %T")"#, "2021-03-14 01:40:12"),
        (r#"strftime(name, "%F")"#, "null"),
        (r#"strptime("2021-03-14 01:40:12", "%F %T")"#, "1615686012"),
        (r#"strptime(name, "%F")"#, "null"),
    ];
    let wrong: Vec<_> = cases
        .into_iter()
        .map(|(text, wanted)| (text, eval(text), wanted))
        .filter(|(_, found, wanted)| found.as_deref() != Ok(wanted))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_functions_refuse() {
    for (text, wanted) in [
        ("random()", "can't run the function `random` of `eval`"),
        ("md5(name)", "can't run the function `md5` of `eval`"),
        (
            "mvindex(many)",
            "`mvindex` takes a value, a place and perhaps a last place, and is given 1 arguments",
        ),
        (
            r#"match(name, "a(?=b)")"#,
            "the regular expression `a(?=b)` needs look-around",
        ),
        (
            r#"mvfilter(many=name)"#,
            "the condition of `mvfilter` reads one field, and only one",
        ),
        (
            r#"mvmap("a", 1)"#,
            "can't run `mvmap` over what is no field",
        ),
        (
            r#"relative_time(now(), "tomorrow")"#,
            "`tomorrow` is no relative time: write it as `-70m@m`, `-1d@d` or `now`",
        ),
        (
            r#"tostring(1, "roman")"#,
            "`roman` is no form of a number: `tostring` knows `hex`, `commas` and `duration`",
        ),
        (
            r#"tonumber("1", 40)"#,
            "`40` is no base of numbers: it is a whole number from 2 to 36",
        ),
        (
            r#"if(cidrmatch("10.0.0.0", name), 1, 0)"#,
            "`10.0.0.0` is no network: write it as `10.0.0.0/8`",
        ),
        (
            r#"if(searchmatch("a=1 | head"), 1, 0)"#,
            "the search of `searchmatch` can't run: it is more than one command",
        ),
        (
            r#"isnum(name)"#,
            "a field can't be a condition: use `if(condition, 1, 0)`",
        ),
    ] {
        assert_eq!(eval(text), Err(wanted.to_string()), "{text}");
    }
}

#[test]
fn what_functions_make_is_bounded() {
    for text in [
        r#"mvcount(split(mvjoin(mvrange(0, 200000), "xxxxxxxxxxxx"), "x"))"#,
        r#"replace(mvjoin(mvrange(0, 100000), ","), ",", "xxxxxxxxxx")"#,
        r#"mvmap(range, mvrange(0, 100000))"#,
    ] {
        let range = r#"mvrange(0, 1000), result="#;
        let text = std::format!("1, range={range}{text}");
        assert_eq!(eval(&text).as_deref(), Ok("null"), "{text}");
    }
}
