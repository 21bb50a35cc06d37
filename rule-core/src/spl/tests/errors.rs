//! What is refused: code, message, place, and the picture.

use alloc::format;
use alloc::string::{String, ToString};

use super::macros::table;
use super::{read, refused};
use crate::spl::ast::Span;
use crate::spl::{Code, Error, MAX_DEPTH, parse, printable};

/// Text, the text that is marked (and after `…` the text that follows it, to tell
/// it from the same text elsewhere), message.
const SYNTAX: &[(&str, &str, &str)] = &[
    (
        "a=",
        "=",
        "a value for `a` is missing: for the empty text write `\"\"`",
    ),
    (
        "a= | table b",
        "=",
        "a value for `a` is missing: for the empty text write `\"\"`",
    ),
    (
        "a=(b OR c)",
        "=",
        "expected one value for `a`: for several write `a IN (a, b)`",
    ),
    (
        "a= <b",
        "=",
        "a value for `a` is missing: for the empty text write `\"\"`",
    ),
    (
        "=b",
        "=",
        "a comparison needs the name of a field before its operator",
    ),
    (
        "AND a",
        "AND",
        "`AND` needs a term on both sides; in quotes it is a term itself",
    ),
    (
        "a OR OR b",
        "OR… b",
        "`OR` needs a term on both sides; in quotes it is a term itself",
    ),
    ("a AND", "", "expected a term, found the end of the search"),
    ("NOT ", "", "expected a term, found the end of the search"),
    ("a NOT | table b", "|", "expected a term, found `|`"),
    (
        "(a",
        "(",
        "a `(` is not closed: write `)` after what it holds",
    ),
    (
        "(a | table b)",
        "(",
        "a `(` is not closed: write `)` after what it holds",
    ),
    ("()", "()", "nothing stands between these parentheses"),
    (
        "a)",
        ")",
        "expected a term, found a `)` that has no `(` or comes too early",
    ),
    ("a]", "]", "expected a term, found a `]` that has no `[`"),
    ("a, b", ",", "expected a term, found `,`"),
    (
        "[a",
        "[",
        "a `[` is not closed: write `]` after what it holds",
    ),
    (
        "a IN (",
        "(",
        "a `(` is not closed: write `)` after what it holds",
    ),
    ("a IN ()", "()", "`IN` needs at least one value"),
    (
        "a IN (b=c \"d)",
        "\"",
        "a text in quotes is not closed: write `\"` after it, and `\\\\` for a backslash before that",
    ),
    (
        "a=\"C:\\\"",
        "\"",
        "a text in quotes is not closed: write `\"` after it, and `\\\\` for a backslash before that",
    ),
    (
        "CASE()",
        ")",
        "expected a text between the parentheses, found a `)` that has no `(` or comes too early",
    ),
    ("|", "", "a command is missing after `|`"),
    ("a | | b", "|… b", "a command is missing after `|`"),
    ("a | =b", "=", "expected the name of a command, found `=`"),
    (
        "| where",
        "",
        "expected a value, a field or a function, found the end of the search",
    ),
    (
        "| where a=b=c",
        "=…c",
        "a comparison can't be compared again: join two comparisons with `AND`",
    ),
    (
        "| where a AND OR b",
        "OR",
        "a value is missing before `OR`; a field of that name is written in single quotes",
    ),
    ("| where a bc d", "bc", "expected an operator, found `bc`"),
    (
        "| where a{}.b=1",
        "{",
        "a field with other characters than letters, digits and `_` in its name is written in single quotes here, such as 'a{}.b': expected an operator, found `{`",
    ),
    (
        "| where f(a{})",
        "{",
        "a field with other characters than letters, digits and `_` in its name is written in single quotes here, such as 'a{}.b': expected an operator, found `{`",
    ),
    (
        "| where 2fa=1",
        "fa",
        "a number goes straight into a word: a field whose name begins with a digit is written in single quotes",
    ),
    (
        "| where 'a",
        "'",
        "a name in single quotes is not closed: write `'` after it",
    ),
    (
        "| where f(a",
        "(",
        "a `(` is not closed: write `)` after what it holds",
    ),
    (
        "| where f(a,)",
        ")",
        "expected a value, a field or a function, found a `)` that has no `(` or comes too early",
    ),
    (
        "| where a IN b",
        "b",
        "expected `(` and a list of values after `IN`, found `b`",
    ),
    ("| where a IN ()", "()", "`IN` needs at least one value"),
    (
        "| where (a, b)",
        ",",
        "expected an operator or `)`, found `,`",
    ),
    ("| where .", ".", "expected a value before, found `.`"),
    (
        "| eval",
        "",
        "expected the name of a field to set, found the end of the search",
    ),
    (
        "| eval a",
        "",
        "expected `=` after the name of the field to set, found the end of the search",
    ),
    (
        "| eval a==1",
        "=",
        "expected `=` after the name of the field to set, found `=`",
    ),
    (
        "| eval a=1,",
        "",
        "expected the name of a field to set, found the end of the search",
    ),
    ("| eval a=1 b=2", "b", "expected an operator, found `b`"),
    (
        "| stats",
        "stats",
        "`stats` needs a function, such as `count` or `max(field)`",
    ),
    (
        "| stats by a",
        "stats",
        "`stats` needs a function, such as `count` or `max(field)`",
    ),
    ("| stats count by", "by", "`by` needs a field after it"),
    (
        "| stats count as | table a",
        "as",
        "`as` needs a name after it",
    ),
    (
        "| stats sum(a * b)",
        "(a * b)",
        "`sum` is over one field: an expression is written `sum(eval(...))`",
    ),
    (
        "| stats sum(a",
        "(",
        "a `(` is not closed: write `)` after what it holds",
    ),
    (
        "| stats \"count\"",
        "\"",
        "expected a function such as `count` or `max(field)`, found `\"`",
    ),
    (
        "| stats window=, count",
        "=",
        "a value for `window` is missing",
    ),
    (
        "| table",
        "",
        "expected the name of a field, found the end of the search",
    ),
    (
        "| table f(a | table b)",
        "(",
        "a `(` is not closed: write `)` after what it holds",
    ),
    (
        "| fields -",
        "",
        "expected the name of a field, found the end of the search",
    ),
    (
        "| rename a b",
        "a",
        "`rename` needs `as` and a new name after `a`",
    ),
    ("| rename a as", "as", "`as` needs a name after it"),
    (
        "| convert ctime",
        "ctime",
        "`convert` needs a field in parentheses after `ctime`",
    ),
    (
        "| convert timeformat=x",
        "",
        "expected a function such as `ctime(field)`, found the end of the search",
    ),
    (
        "| lookup a (b",
        "(",
        "a `(` is not closed: write `)` after what it holds",
    ),
    (
        "| lookup a b)",
        ")",
        "expected an argument, found a `)` that has no `(` or comes too early",
    ),
];

#[test]
fn syntax() {
    for (text, marked, message) in SYNTAX {
        let error = refused(text);
        let place = &error.location.place;
        assert_eq!(error.message, *message, "{text}");
        assert_eq!(error.code, Code::Syntax, "{text}");
        let (marked, after) = marked.split_once('…').unwrap_or((marked, ""));
        let (start, end) = (
            place.offset as usize,
            (place.offset + place.length) as usize,
        );
        assert_eq!(&text[start..end], marked, "{text}");
        assert!(text[end..].starts_with(after), "{text}: {end}");
        if marked.is_empty() {
            assert_eq!(start, text.trim_end().len(), "{text}");
        }
    }
}

#[test]
fn other_codes() {
    let subsearch = "a subsearch can't stand here: write out what it would give";
    let cases = [
        (
            "a IN ([search b])",
            Code::UnsupportedFeature,
            "subsearch",
            subsearch,
        ),
        (
            "| table [search b]",
            Code::UnsupportedFeature,
            "subsearch",
            subsearch,
        ),
        (
            "| stats [search b]",
            Code::UnsupportedFeature,
            "subsearch",
            subsearch,
        ),
        (
            "| [search b]",
            Code::UnsupportedFeature,
            "subsearch",
            subsearch,
        ),
        (
            "| fillnull valeu=0",
            Code::UnsupportedOption,
            "fillnull valeu",
            "`fillnull` has no option `valeu`: did you mean `value`?",
        ),
        (
            "| convert zone=UTC ctime(a)",
            Code::UnsupportedOption,
            "convert zone",
            "`convert` has no option `zone`: it has `timeformat` only",
        ),
    ];
    for (text, code, what, message) in cases {
        let error = refused(text);
        assert_eq!(
            (error.code, error.what.as_deref(), error.message.as_str()),
            (code, Some(what), message),
            "{text}"
        );
    }
}

#[test]
fn depth() {
    let at = MAX_DEPTH as usize;
    let shapes: [&dyn Fn(usize) -> String; 7] = [
        &|n| format!("{}a{}", "(".repeat(n), ")".repeat(n)),
        &|n| format!("{}a", "NOT ".repeat(n)),
        &|n| format!("| where {}a{}", "(".repeat(n), ")".repeat(n)),
        &|n| format!("| where {}a{}", "f(".repeat(n), ")".repeat(n)),
        &|n| format!("| where {}a", "NOT ".repeat(n)),
        &|n| format!("| where {}1", "-".repeat(n)),
        &|n| format!("| x {}a{}", "f(".repeat(n), ")".repeat(n)),
    ];
    let message = format!("the search is nested deeper than {MAX_DEPTH} levels here");
    for shape in shapes {
        read(&shape(at));
        assert_eq!(refused(&shape(at + 1)).message, message);
        assert_eq!(refused(&shape(50_000)).message, message);
    }
    // Lists are flat, and brackets are counted: neither has a depth.
    read(&"a OR ".repeat(50_000).replace("OR a OR", "OR a"));
    read(&format!("{}{}", "[".repeat(50_000), "]".repeat(50_000)));
}

fn picture(text: &str) -> String {
    parse(text, &table()).unwrap_err().picture()
}

#[test]
fn pictures() {
    let cases = [
        ("one line", "a=1 AND", "1 | a=1 AND\n  |        ^"),
        (
            "several characters",
            "a | stats sum(a * b) by c",
            "1 | a | stats sum(a * b) by c\n  |              ^^^^^^^",
        ),
        ("second line", "a=1\n  b=\n| table c", "2 |   b=\n  |    ^"),
        ("tabs", "\ta=\t", "1 |  a= \n  |   ^"),
        (
            "control characters",
            "\u{1b}[31m\u{202e}x =",
            "1 | \u{fffd}[31m\u{fffd}x =\n  |  ^",
        ),
        ("wide gutter", "\n\n\n\n\n\n\n\n\nb=", "10 | b=\n   |  ^"),
        (
            "two lines marked",
            "| stats sum(a\n b)",
            "1 | | stats sum(a\n  |            ^^",
        ),
        ("macro", "x | `nope`", "1 | x | `nope`\n  |     ^^^^^^"),
        (
            "inside a macro",
            "x `bad` y",
            "1 | x `bad` y\n  |   ^^^^^\nin macro `bad`:\n2 | | where b c\n  |           ^",
        ),
        (
            "inside a macro in a macro",
            "`worse`",
            "1 | `worse`\n  | ^^^^^^^\nin macro `bad`:\n2 | | where b c\n  |           ^",
        ),
        (
            "in an argument",
            "| `plain_where(a b)`",
            "1 | | `plain_where(a b)`\n  |                  ^",
        ),
    ];
    let mut macros = table();
    macros.insert("bad", "a=1\n| where b c", alloc::vec::Vec::new());
    macros.insert("worse", "z `bad`", alloc::vec::Vec::new());
    macros.insert("plain_where", "where $x$", alloc::vec!["x".to_string()]);
    for (name, text, expected) in cases {
        let error = parse(text, &macros).unwrap_err();
        assert_eq!(error.picture(), expected, "{name}\n{}", error.picture());
    }
}

#[test]
fn pictures_of_long_lines() {
    let long = "x".repeat(500);
    assert_eq!(
        picture(&format!("{long} a= | {long}")),
        format!(
            "1 | ...{} a= | {}...\n  | {}^",
            "x".repeat(38),
            "x".repeat(56),
            " ".repeat(43)
        ),
    );
    assert_eq!(
        picture(&format!("a= | table {long}")),
        format!("1 | a= | table {}...\n  |  ^", "x".repeat(89)),
    );
    assert_eq!(
        picture(&format!("{long} a=")),
        format!("1 | ...{} a=\n  | {}^", "x".repeat(38), " ".repeat(43)),
    );
}

#[test]
fn display() {
    let error = refused("a\n b=");
    assert_eq!(
        error.to_string(),
        "a value for `b` is missing: for the empty text write `\"\"` (line 2, column 3)"
    );
    let mut macros = table();
    macros.insert("bad", "b=", alloc::vec::Vec::new());
    assert_eq!(
        parse("a `bad`", &macros).unwrap_err().to_string(),
        "a value for `b` is missing: for the empty text write `\"\"` (line 1, column 3, in macro `bad`)"
    );
    assert_eq!(printable("a\nb\u{7}"), "a\u{fffd}b\u{fffd}");
    assert_eq!(
        printable(&"é".repeat(100)),
        format!("{}...", "é".repeat(60))
    );
}

/// The planner makes its errors from spans.
#[test]
fn errors_of_the_planner() {
    let search = read("a=1\n| lookup b c");
    let span = search.pipeline.commands[1].name.span;
    let error = Error::new(
        Code::UnsupportedCommand,
        "command `lookup` can't run yet",
        Some("lookup".to_string()),
        span,
        &search.source,
    );
    assert_eq!(error.code.as_str(), "unsupported_command");
    assert_eq!(error.picture(), "2 | | lookup b c\n  |   ^^^^^^");
    assert_eq!(error.location.place.offset, 6);
    let nowhere = Error::new(Code::Syntax, "x", None, Span::default(), &search.source);
    assert_eq!(
        (nowhere.location.place.line, nowhere.location.place.column),
        (1, 1)
    );
}
