//! Properties over random text, trees and macros.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::{macros, render};
use crate::spl::ast::{Body, Span};
use crate::spl::{Macros, expand, parse};

/// Reads any text: it is a search, or an error with a place in that text.
fn read_any(text: &str) {
    match parse(text, &macros::table()) {
        Ok(search) => {
            render::pipeline(&search.pipeline);
            for command in &search.pipeline.commands {
                let span = command.span;
                assert!(span.start <= span.end);
                assert!(span.end as usize <= search.source.expanded().len());
                let place = search.source.locate(span).place;
                assert!((place.offset + place.length) as usize <= text.len());
            }
        }
        Err(error) => {
            let place = &error.location.place;
            let start = place.offset as usize;
            assert!(text.get(start..start + place.length as usize).is_some());
            let picture = error.picture();
            assert!(picture.contains('^'));
            assert!(
                !picture
                    .chars()
                    .any(|next| next.is_control() && next != '\n')
            );
            assert!(!error.to_string().contains('\n'));
        }
    }
}

const PIECES: &[&str] = &[
    "|",
    "| ",
    " ",
    "\n",
    "(",
    ")",
    "[",
    "]",
    ",",
    "\"",
    "'",
    "`",
    "```",
    "\\",
    "\\\"",
    "=",
    "==",
    "!=",
    "<",
    ">=",
    "!",
    "-",
    "+",
    "*",
    "/",
    "%",
    ".",
    "$",
    "{}",
    "AND",
    "OR",
    "NOT",
    "IN",
    "XOR",
    "LIKE",
    "as",
    "AS",
    "by",
    "a",
    "b.c",
    "é",
    "1",
    "1.5",
    "0.",
    ".5",
    "search",
    "| search ",
    "| where ",
    "| eval x=",
    "| stats ",
    "count",
    "max(",
    "eval(",
    "| convert ",
    "ctime(",
    "timeformat=",
    "| rename ",
    "| table ",
    "| fields ",
    "| fillnull ",
    "value=",
    "| tstats ",
    "CASE(",
    "TERM(",
    "now()",
    "`plain`",
    "`one(x)`",
    "`one(\"",
    "`self`",
    "`x_filter`",
    "sparkline(",
];

fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|list| list.concat())
}

/// A random tree as text, once with the parentheses that the grammar asks for and
/// no others, and once as the renderer writes a tree.
#[derive(Clone, Debug)]
struct Written {
    text: String,
    rendered: String,
    level: u8,
}

impl Written {
    fn leaf(text: &str, rendered: &str) -> Written {
        Written {
            text: text.to_string(),
            rendered: rendered.to_string(),
            level: 0,
        }
    }

    /// The text as an operand of an operator of a level.
    fn under(&self, level: u8) -> String {
        if self.level < level {
            self.text.clone()
        } else {
            format!("({})", self.text)
        }
    }

    fn list(parts: &[Written], level: u8, between: &str, word: &str) -> Written {
        let texts: Vec<_> = parts.iter().map(|part| part.under(level)).collect();
        let rendered: Vec<_> = parts.iter().map(|part| part.rendered.as_str()).collect();
        Written {
            text: texts.join(between),
            rendered: format!("({word} {})", rendered.join(" ")),
            level,
        }
    }
}

/// Levels: 0 what stands alone, 1 NOT, 2 OR, 3 AND.
fn predicates() -> impl Strategy<Value = Written> {
    let leaf = prop::sample::select(
        &[
            ("a=1", "a=1"),
            ("b != \"x y\"", "b!='x y'"),
            ("term", "term:term"),
            ("\"a phrase\"", "term:'a phrase'"),
            ("c IN (1, 2)", "(in c 1 2)"),
            ("d=CASE(X)", "d=CASE(X)"),
            ("[search x | y]", "[...]"),
        ][..],
    )
    .prop_map(|(text, rendered)| Written::leaf(text, rendered));
    leaf.prop_recursive(5, 40, 4, |inner| {
        let list = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            (list.clone(), any::<bool>()).prop_map(|(parts, word)| {
                Written::list(&parts, 3, if word { " AND " } else { " " }, "and")
            }),
            list.prop_map(|parts| Written::list(&parts, 2, " OR ", "or")),
            inner.prop_map(|part| Written {
                text: format!("NOT {}", part.under(2)),
                rendered: format!("(not {})", part.rendered),
                level: 1,
            }),
        ]
    })
}

/// Levels: 0 what stands alone, 1 sign, 2 product, 3 sum, 4 join, 5 comparison,
/// 6 NOT, 7 AND, 8 OR, 9 XOR.
fn expressions() -> impl Strategy<Value = Written> {
    let leaf = prop::sample::select(
        &[
            ("a", "a"),
            ("'b.c'", "b.c"),
            ("\"x\"", "'x'"),
            ("1.5", "#1.5"),
            ("now()", "now()"),
        ][..],
    )
    .prop_map(|(text, rendered)| Written::leaf(text, rendered));
    leaf.prop_recursive(5, 40, 4, |inner| {
        let list = prop::collection::vec(inner.clone(), 2..4);
        let pair = (inner.clone(), inner.clone());
        let chain = |level: u8, operators: &'static [&'static str]| {
            (
                inner.clone(),
                prop::collection::vec((prop::sample::select(operators), inner.clone()), 1..3),
            )
                .prop_map(move |(first, rest)| {
                    let mut text = first.under(level);
                    let mut rendered = first.rendered.clone();
                    for (operator, operand) in rest {
                        text.push_str(&format!(" {operator} {}", operand.under(level)));
                        rendered.push_str(&format!(" {operator} {}", operand.rendered));
                    }
                    Written {
                        text,
                        rendered: format!("({rendered})"),
                        level,
                    }
                })
        };
        prop_oneof![
            list.clone()
                .prop_map(|parts| Written::list(&parts, 9, " XOR ", "xor")),
            list.clone()
                .prop_map(|parts| Written::list(&parts, 8, " or ", "or")),
            list.clone()
                .prop_map(|parts| Written::list(&parts, 7, " AND ", "and")),
            inner.clone().prop_map(|part| Written {
                text: format!("NOT {}", part.under(7)),
                rendered: format!("(not {})", part.rendered),
                level: 6,
            }),
            pair.clone().prop_map(|(left, right)| Written {
                text: format!("{} >= {}", left.under(5), right.under(5)),
                rendered: format!("(>= {} {})", left.rendered, right.rendered),
                level: 5,
            }),
            pair.prop_map(|(left, right)| Written {
                text: format!("{} NOT IN ({})", left.under(5), right.text),
                rendered: format!("(not (in {} {}))", left.rendered, right.rendered),
                level: 5,
            }),
            chain(4, &["."]),
            chain(3, &["+", "-"]),
            chain(2, &["*", "/", "%"]),
            inner.clone().prop_map(|part| Written {
                text: format!("-{}", part.under(2)),
                rendered: format!("(neg {})", part.rendered),
                level: 1,
            }),
            list.prop_map(|parts| {
                let texts: Vec<_> = parts.iter().map(|part| part.text.as_str()).collect();
                let rendered: Vec<_> = parts.iter().map(|part| part.rendered.as_str()).collect();
                Written {
                    text: format!("f({})", texts.join(", ")),
                    rendered: format!("f({})", rendered.join(" ")),
                    level: 0,
                }
            }),
        ]
    })
}

/// A definition, or a search: plain text, calls of the macros that come later in
/// the table, its own argument, and comments.
fn part(from: usize) -> impl Strategy<Value = String> {
    let call = (from..6usize, "[a-z]{0,3}").prop_map(|(to, word)| match to {
        5 => "`none_filter`".to_string(),
        _ => format!("`m{to}({word}$x$)`"),
    });
    prop_oneof![
        "[a-zé =]{0,5}",
        "\"[a-z`]{0,4}\"",
        Just("$x$".to_string()),
        Just("```c `m0`\"```".to_string()),
        call,
    ]
}

fn texts(from: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(part(from), 0..4).prop_map(|parts| parts.concat())
}

/// The expansion by plain replacement.
fn naive(text: &str, table: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"').unwrap() + 2;
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if let Some(comment) = rest.strip_prefix("```") {
            out.push(' ');
            rest = comment.split_once("```").unwrap().1;
        } else if let Some(call) = rest.strip_prefix('`') {
            let (call, after) = call.split_once('`').unwrap();
            match call.split_once('(') {
                None => out.push_str("search *"),
                Some((name, argument)) => {
                    let argument = argument.strip_suffix(')').unwrap();
                    out.push_str(&naive(&table[name].replace("$x$", argument), table));
                }
            }
            rest = after;
        } else {
            out.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in any::<String>()) {
        read_any(&text);
    }

    #[test]
    fn any_pieces(text in pieces()) {
        read_any(&text);
    }

    #[test]
    fn any_definition(definition in pieces(), text in pieces()) {
        let mut macros = macros::table();
        macros.insert("plain", definition, Vec::new());
        if let Err(error) = parse(&text, &macros) {
            prop_assert!(error.picture().contains('^'));
        }
    }

    #[test]
    fn predicates_read_back(written in predicates()) {
        let search = super::read(&written.text);
        prop_assert_eq!(
            render::pipeline(&search.pipeline),
            format!("search {}", written.rendered)
        );
    }

    #[test]
    fn expressions_read_back(written in expressions()) {
        let search = super::read(&format!("| where {}", written.text));
        prop_assert_eq!(
            render::pipeline(&search.pipeline),
            format!("where {}", written.rendered)
        );
        let Body::Where(expr) = &search.pipeline.commands[0].body else {
            panic!("where");
        };
        prop_assert_eq!(search.source.text(expr.span), written.text);
    }

    /// Expansion gives what plain replacement gives, and each character of it is
    /// found where it is said to come from.
    #[test]
    fn expansion_and_its_map(
        text in texts(0).prop_map(|text| text.replace("$x$", "w")),
        definitions in (texts(1), texts(2), texts(3), texts(4), texts(5)),
    ) {
        let (a, b, c, d, e) = definitions;
        let mut macros = Macros::new();
        let mut plain = BTreeMap::new();
        for (number, definition) in [a, b, c, d, e].into_iter().enumerate() {
            let name = format!("m{number}");
            macros.insert(&name, definition.clone(), Vec::from(["x".to_string()]));
            plain.insert(name, definition);
        }
        // An argument that comes to nothing is no argument.
        for definition in plain.values().chain([&text]) {
            prop_assume!(!definition.contains("()`"));
        }
        let (source, _) = match expand::expand(&text, &macros) {
            Ok(found) => found,
            Err(error) => {
                prop_assert_eq!(error.code.as_str(), "macro_arguments");
                return Ok(());
            }
        };
        prop_assert_eq!(source.expanded(), naive(&text, &plain));
        for (at, character) in source.expanded().char_indices() {
            let span = Span { start: at as u32, end: (at + character.len_utf8()) as u32 };
            let found = source.locate(span);
            let (place, origin) = match &found.within {
                None => (&found.place, text.as_str()),
                Some(within) if within.name == "none_filter" => (&within.place, "search *"),
                Some(within) => (&within.place, plain[&within.name].as_str()),
            };
            let start = place.offset as usize;
            let copied = &origin[start..start + place.length as usize];
            if copied.starts_with("```") {
                prop_assert_eq!(character, ' ');
            } else {
                prop_assert_eq!(copied, character.to_string());
            }
            let user = &found.place;
            prop_assert!(text.get(user.offset as usize..(user.offset + user.length) as usize).is_some());
        }
    }
}
