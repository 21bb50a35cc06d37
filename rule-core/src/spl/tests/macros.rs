//! Comments and macros, as text.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::spl::{Code, Error, MAX_MACRO_CALLS, MAX_TEXT, Macros, expand};

/// The table of the cases: name, arguments with blanks between, definition.
const TABLE: &[(&str, &str, &str)] = &[
    ("plain", "", "a=1"),
    ("one(1)", "x", "<$x$>"),
    ("one", "x y", "<$x$|$y$>"),
    ("quoting", "x", "f(\"$x$\")"),
    ("outer", "", "( `plain` `one(in)` )"),
    ("pass", "x", "`one($x$)`"),
    ("commented", "", "a ``` `nothing` \" ``` b"),
    ("with_quote", "", "replace(x, \"`\", \"\")"),
    ("dollars", "x", "$y$x$ $x$$x$ 5$"),
    ("open_quote", "", "\"a"),
    ("loop", "", "`loop_b`"),
    ("loop_b", "", "x `loop_c(1)`"),
    ("loop_c", "x", "`loop`"),
    ("self", "", "`self`"),
    ("empty", "", ""),
    ("defined_filter", "x", "$x$"),
    (
        "security_content_ctime(1)",
        "field",
        "convert ctime($field$)",
    ),
];

pub(super) fn table() -> Macros {
    let mut macros = Macros::new();
    for (name, arguments, definition) in TABLE {
        let arguments = arguments.split_whitespace().map(String::from).collect();
        macros.insert(name, *definition, arguments);
    }
    macros
}

fn expanded(text: &str) -> Result<(String, Vec<String>), Error> {
    expand::expand(text, &table()).map(|(source, used)| (source.expanded().to_string(), used))
}

#[test]
fn expansion() {
    let cases = [
        ("no macro", "a=1", "a=1"),
        ("plain", "x `plain` y", "x a=1 y"),
        ("blanks", "` plain `", "a=1"),
        ("one argument", "`one(v)`", "<v>"),
        ("by number of arguments", "`one(v, w)`", "<v|w>"),
        ("blanks around arguments", "`one( v , w )`", "<v|w>"),
        ("no arguments in parentheses", "`plain()`", "a=1"),
        ("an empty argument", "`one(,w)`", "<|w>"),
        ("comma in quotes", "`one(\"a, b\")`", "<a, b>"),
        ("comma in parentheses", "`one(f(a, b))`", "<f(a, b)>"),
        (
            "escaped quotes",
            r#"`one("say \"a\", b")`"#,
            r#"<say "a", b>"#,
        ),
        ("other escapes stay", r#"`one("\\d\w")`"#, r"<\\d\w>"),
        (
            "quotes inside an argument stay",
            "`one(a=\"b\")`",
            "<a=\"b\">",
        ),
        (
            "two quoted texts stay",
            "`one(\"a\" . \"b\")`",
            "<\"a\" . \"b\">",
        ),
        ("backtick in quotes", "`quoting(\"a`b\")`", "f(\"a`b\")"),
        ("by name", "`one(y=v, x=w)`", "<w|v>"),
        ("by name, quoted", "`one(x = \"v\")`", "<v>"),
        ("not by name", "`one(z=v, x=w)`", "<z=v|x=w>"),
        (
            "inside quotes of the definition",
            "`quoting(v)`",
            "f(\"v\")",
        ),
        ("nested", "`outer`", "( a=1 <in> )"),
        ("handed on", "`pass(v)`", "<v>"),
        (
            "in quotes of the search",
            "\"`plain`\" \"\\\"`plain`\"",
            "\"`plain`\" \"\\\"`plain`\"",
        ),
        ("after a bare escaped quote", "a=\\\" `plain`", "a=\\\" a=1"),
        ("comment", "a```b `x` \" c```d", "a d"),
        ("empty comment", "a``````b", "a b"),
        ("comment in quotes", "\"a```b```\"", "\"a```b```\""),
        ("comment in a definition", "`commented`", "a   b"),
        (
            "quoted backtick in a definition",
            "`with_quote`",
            "replace(x, \"`\", \"\")",
        ),
        ("dollars that are no argument", "`dollars(v)`", "$yv vv 5$"),
        (
            "quote left open in a definition",
            "`open_quote`b\" `plain`",
            "\"ab\" `plain`",
        ),
        ("nothing", "a`empty`b", "ab"),
        ("nothing at all", "`empty`", ""),
        ("undefined filter", "a | `x_filter`", "a | search *"),
        ("defined filter", "`defined_filter(v)`", "v"),
    ];
    for (name, text, expected) in cases {
        match expanded(text) {
            Ok((found, _)) => assert_eq!(found, expected, "{name}: {text}"),
            Err(error) => panic!("{name}: {error}"),
        }
    }
}

#[test]
fn names_used() {
    let (_, used) = expanded("`outer` | `plain` | `y_filter` ``` `self` ```").unwrap();
    assert_eq!(used, ["one", "outer", "plain", "y_filter"]);
}

#[test]
fn errors() {
    let cases = [
        (
            "`plian`",
            Code::UndefinedMacro,
            "macro `plian` is not defined: did you mean `plain`?",
            Some("plian"),
        ),
        (
            "`security_content_ctim(x)`",
            Code::UndefinedMacro,
            "macro `security_content_ctim` is not defined: did you mean `security_content_ctime`?",
            Some("security_content_ctim"),
        ),
        (
            "`zzzzzz`",
            Code::UndefinedMacro,
            "macro `zzzzzz` is not defined: define it, or correct its name",
            Some("zzzzzz"),
        ),
        (
            "`x_filter(1)`",
            Code::UndefinedMacro,
            "macro `x_filter` is not defined: define it, or correct its name",
            Some("x_filter"),
        ),
        (
            "`plain(1)`",
            Code::MacroArguments,
            "macro `plain` takes 0 arguments, not 1",
            Some("plain"),
        ),
        (
            "`quoting`",
            Code::MacroArguments,
            "macro `quoting` takes 1 argument, not 0",
            Some("quoting"),
        ),
        (
            "`one(1,2,3)`",
            Code::MacroArguments,
            "macro `one` takes 1 or 2 arguments, not 3",
            Some("one"),
        ),
        (
            "`defined_filter`",
            Code::MacroArguments,
            "macro `defined_filter` takes 1 argument, not 0",
            Some("defined_filter"),
        ),
        (
            "`self`",
            Code::MacroCycle,
            "macro `self` calls itself: `self` > `self`",
            Some("self"),
        ),
        (
            "`loop`",
            Code::MacroCycle,
            "macro `loop` calls itself: `loop` > `loop_b` > `loop_c` > `loop`",
            Some("loop"),
        ),
        (
            "a `plain",
            Code::Syntax,
            "a macro call is not closed: write a backtick after it",
            None,
        ),
        (
            "a ```plain``",
            Code::Syntax,
            "a comment is not closed: write three backticks after it",
            None,
        ),
        (
            "a `` b",
            Code::Syntax,
            "a macro's name is missing between the backticks",
            None,
        ),
        (
            "`one(1`",
            Code::Syntax,
            "the arguments of a macro call are not closed: write `)` after them",
            None,
        ),
    ];
    for (text, code, message, what) in cases {
        let error = expanded(text).unwrap_err();
        assert_eq!(
            (error.code, error.message.as_str(), error.what.as_deref()),
            (code, message, what),
            "{text}"
        );
    }
}

/// Definitions that double at each level: refused before they are built.
#[test]
fn bombs() {
    let chain = |levels: usize, body: &dyn Fn(usize) -> String| {
        let mut macros = Macros::new();
        for level in 0..levels {
            macros.insert(&format!("m{level}"), body(level + 1), Vec::new());
        }
        macros.insert(&format!("m{levels}"), "x".repeat(100), Vec::new());
        expand::expand("`m0`", &macros).map(|(source, _)| source.expanded().len())
    };
    let calls = chain(30, &|next| format!("`m{next}` `m{next}`")).unwrap_err();
    assert_eq!(
        calls.message,
        format!("the search comes to more than {MAX_MACRO_CALLS} macro calls")
    );
    let deep = chain(40, &|next| format!("`m{next}`")).unwrap_err();
    assert_eq!(deep.message, "macros are nested deeper than 32 levels");
    assert_eq!(chain(31, &|next| format!("`m{next}`")).unwrap(), 100);

    let mut macros = Macros::new();
    let twice = "$x$$x$".to_string();
    for level in 0..30 {
        let next = format!("`d{}({twice})`", level + 1);
        macros.insert(&format!("d{level}"), next, Vec::from(["x".to_string()]));
    }
    macros.insert("d30", "", Vec::from(["x".to_string()]));
    let long = expand::expand("`d0(xxxxxxxxxx)`", &macros).unwrap_err();
    assert_eq!(
        long.message,
        format!("the macros expand to more than {MAX_TEXT} bytes")
    );
    assert_eq!(
        long.what.as_deref().map(|name| name.starts_with('d')),
        Some(true)
    );

    let text = "a".repeat(MAX_TEXT + 1);
    let long = expand::expand(&text, &macros).unwrap_err();
    assert_eq!(
        long.message,
        format!("the search is longer than {MAX_TEXT} bytes")
    );
}

#[test]
fn table_of_macros() {
    let macros = table();
    assert_eq!(macros.get("one", 1).unwrap().definition, "<$x$>");
    assert_eq!(macros.get("one", 2).unwrap().arguments, ["x", "y"]);
    assert!(macros.get("one", 0).is_none());
    assert!(macros.get("one(1)", 1).is_none());
    assert_eq!(macros.counts("one").collect::<Vec<_>>(), [1, 2]);
    assert_eq!(macros.names().next(), Some("commented"));

    let mut macros = Macros::new();
    macros.insert(" a(x) ", "kept: no number", Vec::new());
    macros.insert("c()", "no number", Vec::new());
    assert!(macros.get("c", 0).is_some());
    macros.insert("b", "first", Vec::new());
    macros.insert("b", "second", Vec::new());
    assert!(macros.get("a(x)", 0).is_some());
    assert_eq!(macros.get("b", 0).unwrap().definition, "second");
}
