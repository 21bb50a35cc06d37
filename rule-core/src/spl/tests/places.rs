//! Spans, and the way from them back to what the user wrote.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::macros::table;
use super::read;
use crate::spl::ast::{AggregateArgument, Body, Predicate, Span};
use crate::spl::{Location, Source, expand, nearest, parse};

fn source(text: &str) -> Source {
    match expand::expand(text, &table()) {
        Ok((source, _)) => source,
        Err(error) => panic!("{text}: {error}"),
    }
}

/// The place of the first occurrence of a text in the expanded text.
fn locate(source: &Source, wanted: &str) -> Location {
    let start = source.expanded().find(wanted).unwrap();
    source.locate(Span {
        start: start as u32,
        end: (start + wanted.len()) as u32,
    })
}

#[test]
fn places_of_expanded_text() {
    // text, what to find in its expansion, line, column, the user's text there,
    // the macro's text there, the chain of macros
    let cases: &[(&str, &str, u32, u32, &str, &str, &str)] = &[
        ("a b c", "b", 1, 3, "b", "", ""),
        ("a\nb\n cd", "cd", 3, 2, "cd", "", ""),
        ("é ü b", "b", 1, 5, "b", "", ""),
        ("x ```note``` b", "b", 1, 14, "b", "", ""),
        ("x ```note``` b", "  ", 1, 2, " ```note```", "", ""),
        ("x `plain` y", "a=1", 1, 3, "`plain`", "a=1", "plain"),
        ("x `plain` y", "=", 1, 3, "`plain`", "=", "plain"),
        ("x `plain` y", "y", 1, 11, "y", "", ""),
        ("x `plain` y", "1 y", 1, 3, "`plain` y", "", ""),
        ("x `plain` y", "x a", 1, 1, "x `plain`", "", ""),
        ("`one(vw)`", "vw", 1, 6, "vw", "", ""),
        ("`one(vw)`", "<v", 1, 1, "`one(vw)`", "", ""),
        ("`one(vw)`", ">", 1, 1, "`one(vw)`", ">", "one"),
        ("`one(y=v, x=w)`", "w|v", 1, 8, "v, x=w", "", ""),
        ("\n `outer`", "a=1", 2, 2, "`outer`", "a=1", "outer > plain"),
        ("\n `outer`", "in", 2, 2, "`outer`", "in", "outer"),
        (
            "\n `outer`",
            "1 <",
            2,
            2,
            "`outer`",
            "`plain` `one(in)`",
            "outer",
        ),
        (r#"`one("a\"b")`"#, "\"b", 1, 9, "\"b", "", ""),
        ("`pass(v)`", "v", 1, 7, "v", "", ""),
        ("`pass(v)`", ">", 1, 1, "`pass(v)`", ">", "pass > one"),
    ];
    for (text, wanted, line, column, user, inside, chain) in cases {
        let source = source(text);
        let found = locate(&source, wanted);
        let place = &found.place;
        let start = place.offset as usize;
        let (within, names) = match &found.within {
            Some(within) => {
                let start = within.place.offset as usize;
                let definitions = table();
                let definition = (0..3)
                    .find_map(|count| definitions.get(&within.name, count))
                    .unwrap();
                let end = start + within.place.length as usize;
                (
                    definition.definition[start..end].to_string(),
                    within.chain.join(" > "),
                )
            }
            None => (String::new(), String::new()),
        };
        assert_eq!(
            (
                place.line,
                place.column,
                &text[start..start + place.length as usize],
                within.as_str(),
                names.as_str()
            ),
            (*line, *column, *user, *inside, *chain),
            "{wanted} in {text}"
        );
    }
}

#[test]
fn the_line_of_a_place() {
    let source = source("first\r\nsecond line\r\nthird");
    let place = locate(&source, "line").place;
    assert_eq!(
        (place.line, place.column, place.text.as_str()),
        (2, 8, "second line")
    );
    let end = source.locate(Span { start: 25, end: 25 }).place;
    assert_eq!((end.line, end.column, end.length), (3, 6, 0));
    let past = source
        .locate(Span {
            start: 900,
            end: 990,
        })
        .place;
    assert_eq!((past.offset, past.length), (25, 0));
    assert_eq!(
        source.text(Span {
            start: 900,
            end: 990
        }),
        ""
    );
}

/// The text of every span of the published search.
#[test]
fn spans_of_a_tree() {
    let text = "a = \"x\" NOT \"b c\" IN (1, CASE(d)) \n| stats  count(eval( e > 1 )) AS n by f ";
    let search = read(text);
    let text_of = |span| search.source.text(span);
    let [first, second] = search.pipeline.commands.as_slice() else {
        panic!("two commands");
    };
    assert_eq!(text_of(first.name.span), "");
    assert_eq!(text_of(first.span), "a = \"x\" NOT \"b c\" IN (1, CASE(d))");
    let Body::Search(Predicate::And(parts)) = &first.body else {
        panic!("an and");
    };
    let mut spans = Vec::new();
    for part in parts {
        match part {
            Predicate::Compare { field, value, .. } => {
                spans.extend([text_of(field.span), text_of(value.span)]);
            }
            Predicate::Not(inner) => match &**inner {
                Predicate::In { field, values } => {
                    spans.push(text_of(field.span));
                    spans.extend(values.iter().map(|value| text_of(value.span)));
                }
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(spans, ["a", "\"x\"", "\"b c\"", "1", "CASE(d)"]);

    assert_eq!(text_of(second.name.span), "stats");
    assert_eq!(
        text_of(second.span),
        "stats  count(eval( e > 1 )) AS n by f"
    );
    let Body::Stats(stats) = &second.body else {
        panic!("stats");
    };
    let aggregate = &stats.aggregates[0];
    assert_eq!(text_of(aggregate.span), "count(eval( e > 1 ))");
    assert_eq!(text_of(aggregate.function.span), "count");
    assert_eq!(
        aggregate.alias.as_ref().map(|name| text_of(name.span)),
        Some("n")
    );
    assert_eq!(text_of(stats.by[0].span), "f");
    let Body::Stats(bare) = &read("| stats count  AS n").pipeline.commands[0].body else {
        panic!("stats");
    };
    assert_eq!(bare.aggregates[0].span, Span { start: 8, end: 13 });
    let AggregateArgument::Eval(expr) = &aggregate.argument else {
        panic!("an expression");
    };
    assert_eq!(text_of(expr.span), "e > 1");
}

#[test]
fn spans_of_expressions() {
    let cases = [
        ("| where ( a ) ", "( a )"),
        ("| where NOT  a = 1", "NOT  a = 1"),
        ("| where a AND  b OR c ", "a AND  b OR c"),
        ("| where a . b+1 | table x", "a . b+1"),
        ("| where f( a , 'b' ) ", "f( a , 'b' )"),
        ("| where a NOT  IN ( 1 ) ", "a NOT  IN ( 1 )"),
        ("| where a like \"x\" ", "a like \"x\""),
        ("| where - 1 ", "- 1"),
    ];
    for (text, expected) in cases {
        let search = read(text);
        let Body::Where(expr) = &search.pipeline.commands[0].body else {
            panic!("where");
        };
        assert_eq!(search.source.text(expr.span), expected, "{text}");
    }
}

#[test]
fn the_search_through_its_macros() {
    let search = parse(
        "`plain` | `security_content_ctime(firstTime)` | `my_filter`",
        &table(),
    )
    .unwrap();
    assert_eq!(
        super::render::pipeline(&search.pipeline),
        "search a=1 | convert ctime<firstTime> | search term:*"
    );
    assert_eq!(
        search.macros,
        ["my_filter", "plain", "security_content_ctime"]
    );
    assert_eq!(
        search.source.original(),
        "`plain` | `security_content_ctime(firstTime)` | `my_filter`"
    );
    assert_eq!(
        search.source.expanded(),
        "a=1 | convert ctime(firstTime) | search *"
    );
}

#[test]
fn nearest_names() {
    let known = ["count", "convert", "Message", "sum"];
    let cases = [
        ("cuont", Some("count")),
        ("counts", Some("count")),
        ("message", Some("Message")),
        ("sim", Some("sum")),
        ("zzz", None),
        ("", None),
        ("covnert", Some("convert")),
    ];
    for (name, expected) in cases {
        assert_eq!(nearest(name, known), expected, "{name}");
    }
    assert_eq!(nearest(&"x".repeat(5000), known), None);
    assert_eq!(nearest("ab", ["ac", "ad"]), Some("ac"), "the first of two");
}
