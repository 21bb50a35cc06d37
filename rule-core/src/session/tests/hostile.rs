//! Rules and events that are made to take all the memory and time there is.
//!
//! What is refused says so, and what is bounded is counted. Nothing here is timed: what a
//! test gives would take more memory than there is, or longer than anyone waits, if it
//! were not bounded.

use super::*;
use serde_json::{Value, json};
use std::vec;
use std::vec::Vec;

fn configured(search: &str, more: &Value) -> String {
    let mut config = json!({
        "detections": {"name": "n", "id": "i", "search": search},
        "window": "all",
    });
    if let (Some(config), Some(more)) = (config.as_object_mut(), more.as_object()) {
        config.extend(more.clone());
    }
    config.to_string()
}

fn repeated(count: usize, of: impl Fn(usize) -> String) -> String {
    (0..count).map(of).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_search_that_is_too_large_is_refused() {
    let long = "x".repeat(1001);
    let terms = repeated(200, |at| format!("OR a=v{at}{}", "x".repeat(200)));
    let rows: Vec<_> = (0..2000)
        .map(|at| vec![at.to_string(), long.clone()])
        .collect();
    let table = json!({"lookups": {"t": {"columns": ["a", "b"], "rows": rows}}});
    let doubled = json!({"macros": {
        "a": "`b` `b` `b` `b`", "b": "`c` `c` `c` `c`", "c": "`d` `d` `d` `d`", "d": long,
    }});
    for (name, search, more, code, message) in [
        (
            "commands",
            format!("a=1 {}", repeated(1001, |_| "| reverse".to_string())),
            json!({}),
            ErrorCode::Syntax,
            "the search has more than 1000 commands",
        ),
        (
            "commands in brackets",
            format!(
                "a=1 | stats count | appendpipe [reverse {}]",
                repeated(1000, |_| "| reverse".to_string())
            ),
            json!({}),
            ErrorCode::Syntax,
            "the search has more than 1000 commands",
        ),
        (
            "fields of `table`",
            format!("a=1 | table {}", repeated(1001, |at| format!("f{at}"))),
            json!({}),
            ErrorCode::Syntax,
            "`table` has 1001 arguments, and may have 1000",
        ),
        (
            "functions and fields of `stats`",
            format!(
                "a=1 | stats {} by {}",
                repeated(600, |at| format!("max(f{at})")),
                repeated(401, |at| format!("g{at}"))
            ),
            json!({}),
            ErrorCode::Syntax,
            "`stats` has 1001 arguments, and may have 1000",
        ),
        (
            "arguments in parentheses",
            format!("a=1 | sort ({})", repeated(1001, |at| format!("f{at}"))),
            json!({}),
            ErrorCode::Syntax,
            "arguments, and may have 1000",
        ),
        (
            "fields of `eval`, of all commands together",
            format!(
                "a=1 {}",
                repeated(21, |to| {
                    let each: Vec<_> = (0..50).map(|at| format!("f{to}_{at}=1")).collect();
                    format!("| eval {}", each.join(","))
                })
            ),
            json!({}),
            ErrorCode::Syntax,
            "the search sets more than 1000 fields",
        ),
        (
            "a name that each row would have",
            format!("a=1 | stats count AS {long} by b"),
            json!({}),
            ErrorCode::Syntax,
            "the name of a field is longer than 1000 bytes",
        ),
        (
            "functions that each keep a value",
            format!(
                "a=1 | stats {}",
                repeated(21, |at| format!("values(a) AS v{at}"))
            ),
            json!({}),
            ErrorCode::Syntax,
            "a field is in more than 20 functions and by-clauses of one `stats`",
        ),
        (
            "a key of one value over and over",
            format!("a=1 | stats count by {}", repeated(21, |_| "a".to_string())),
            json!({}),
            ErrorCode::Syntax,
            "a field is in more than 20 functions and by-clauses of one `stats`",
        ),
        (
            "terms of two bytes, which take hundreds",
            repeated(400_000, |_| "b".to_string()),
            json!({}),
            ErrorCode::Syntax,
            "the searches have too many short terms and values",
        ),
        (
            "values of two bytes",
            format!("a IN ({})", repeated(400_000, |_| "1".to_string())),
            json!({}),
            ErrorCode::Syntax,
            "the searches have too many short terms and values",
        ),
        (
            "parts of an expression of two bytes",
            format!("a=1 | eval b=1{}", "+1".repeat(400_000)),
            json!({}),
            ErrorCode::Syntax,
            "the searches have too many short terms and values",
        ),
        (
            "a format of which each letter is many",
            format!("a=1 | convert timeformat=\"{}\" ctime(b)", "%c".repeat(501)),
            json!({}),
            ErrorCode::Syntax,
            "a format of times can have 1000 bytes at the most",
        ),
        (
            "an eventtype over and over",
            repeated(1000, |_| "eventtype=big".to_string()),
            json!({"sources": {"eventtypes": {"big": format!("a=v {terms}")}}}),
            ErrorCode::Syntax,
            "the searches come to far more text than the configuration has",
        ),
        (
            "an eventtype over and over, in a list",
            format!("eventtype IN ({})", repeated(1000, |_| "big".to_string())),
            json!({"sources": {"eventtypes": {"big": format!("a=v {terms}")}}}),
            ErrorCode::Syntax,
            "the searches come to far more text than the configuration has",
        ),
        (
            "`searchmatch` of a macro over and over",
            format!(
                "a=1 | where {}",
                vec!["searchmatch(\"`big`\")"; 1000].join(" OR ")
            ),
            json!({"macros": {"big": format!("a=v {terms}")}}),
            ErrorCode::Syntax,
            "the searches come to far more text than the configuration has",
        ),
        (
            "a table that is prepared over and over",
            format!("a=1 {}", repeated(999, |_| "| lookup t b".to_string())),
            table,
            ErrorCode::Syntax,
            "the searches come to far more text than the configuration has",
        ),
        (
            "macros that double",
            format!("{} {}", repeated(20, |_| "`a`".to_string()), "a=1"),
            doubled,
            ErrorCode::Syntax,
            "the macros expand to more than 1048576 bytes",
        ),
        (
            "regular expressions",
            format!(
                "a=1 | where {}",
                (0..999)
                    .map(|at| format!("match(a,\"\\\\w{{20}}{at}\")"))
                    .collect::<Vec<_>>()
                    .join(" OR ")
            ),
            json!({}),
            ErrorCode::UnsupportedFeature,
            "the regular expressions of all searches together take too much memory",
        ),
    ] {
        let Err(error) = Session::open(configured(&search, &more).as_bytes(), &[]) else {
            panic!("{name} can run");
        };
        assert_eq!(error.code, code, "{name}: {}", error.message);
        assert!(error.message.contains(message), "{name}: {}", error.message);
        assert_eq!(error.detection.as_deref(), Some("n"), "{name}");
    }
}

/// A macro of a few bytes in each of many rules comes to as much as it stands for.
#[test]
fn many_rules_come_to_no_more_than_a_few_times_the_configuration() {
    let big = format!("a=v {}", repeated(20_000, |at| format!("OR a=v{at}")));
    let rule = |at: usize| json!({"name": format!("n{at}"), "id": "i", "search": "`big`"});
    let config = json!({
        "detections": (0..100).map(rule).collect::<Vec<_>>(),
        "macros": {"big": big},
        "window": "all",
        "refused": "skip",
    });
    let session = Session::open(config.to_string().as_bytes(), &[]).unwrap();
    let described: Value = serde_json::from_slice(&session.describe()).unwrap();
    let (rules, refused) = (&described["rules"], &described["refused"]);
    let count = |list: &Value| list.as_array().unwrap().len();
    assert!(count(rules) > 0 && count(rules) < 10);
    assert_eq!(count(rules) + count(refused), 100);
}

/// Three hundred rows, each of which would come to half a MiB.
#[test]
fn what_rows_come_to_is_bounded_and_counted() {
    let half = "y".repeat(1 << 19);
    let text = format!("\"{half}\"");
    let table = json!({"lookups": {"t": {"columns": ["k", "v"], "rows": [["x", half]]}}});
    let records: String = (0..300)
        .map(|at| format!("{{\"a\":\"x\",\"k\":\"k{at}\"}}\n"))
        .collect();
    for (command, more) in [
        (format!("eval b={text}"), json!({})),
        (
            "eval b=mvjoin(mvrange(0,60000),\",\")".to_string(),
            json!({}),
        ),
        ("eval b=\"x\" | lookup t k AS b OUTPUT v".to_string(), table),
        (format!("fillnull value={text} b"), json!({})),
        (format!("fields k {half}"), json!({})),
        (format!("table k {half}"), json!({})),
        (format!("rename k AS {half}"), json!({})),
        (format!("rename * AS {half}*"), json!({})),
        (format!("rex field=k mode=sed \"s/k/{half}/\""), json!({})),
        (format!("replace \"k*\" WITH \"{half}*\" IN k"), json!({})),
        (format!("convert rmcomma(k) AS {half}"), json!({})),
        (
            format!("eval b={text} | stats values(b) AS b by k"),
            json!({}),
        ),
    ] {
        let search = format!("a=x | stats count by k | {command}");
        let config = configured(&search, &more);
        let (alerts, counters) = run(&config, &[records.as_bytes()]);
        let name: String = command.chars().take(40).collect();
        assert!(counters.expanded > 200, "{name}: {}", counters.expanded);
        assert!(alerts.len() < 8 << 20, "{name}: {}", alerts.len());
        assert_eq!(alerts.lines().count(), 300, "{name}");
    }
}

/// An event of a MiB, and columns that are as large each.
#[test]
fn what_an_event_comes_to_is_bounded_and_counted() {
    let record = format!("{{\"a\":\"{}\"}}\n", "x".repeat(1 << 19));
    let columns: Vec<_> = (0..1000).map(|at| format!("c{at}=a")).collect();
    let search = format!("a=* | eval {} | table c*", columns.join(","));
    let (alerts, counters) = run(&configured(&search, &json!({})), &[record.as_bytes()]);
    assert!(counters.expanded > 900);
    assert!(alerts.len() < 4 << 20);
}

/// Each of these takes the square or the cube of what the event has.
#[test]
fn what_an_event_may_cost_is_bounded_and_counted() {
    let values = |name: &str| {
        (0..20_000)
            .map(|at| format!("\"{name}{at}\""))
            .collect::<Vec<_>>()
    };
    let [a, b, c] = ["a", "b", "c"].map(|name| values(name).join(","));
    let text = "a".repeat(1 << 19);
    let record = format!("{{\"a\":[{a}],\"b\":[{b}],\"c\":[{c}],\"t\":\"{text}\"}}\n");
    let rows: Vec<_> = (0..5_000)
        .map(|at| json!([format!("*x{at}*y*"), "v"]))
        .collect();
    let more = json!({
        "lookups": {"t": {"columns": ["a", "v"], "rows": rows, "match": {"a": "wildcard"}}},
        "limits": {"record": 2_000_000},
    });
    let like = format!("where like(t,\"%_{}b%\")", "a".repeat(900));
    for command in [
        "eval x=mvmap(a,mvmap(b,mvmap(c,null())))",
        "where a=b",
        "eval x=if(a<b AND b<c AND a>b,1,2)",
        "lookup t a OUTPUT v AS x",
        "rex field=t max_match=0 \"(?<x>a[^b]*b|a)\"",
        "eval x=replace(t,\"a[^b]*b|a\",\"\")",
        "regex t=\"[ab]*a[ab]{9000}c\"",
        &like,
        "eval x=mvmap(a,if(match(\"x\",a.\"\\w{30}\"),1,null()))",
    ] {
        let search = format!(
            "a{{}}=* | rename a{{}} AS a, b{{}} AS b, c{{}} AS c | {command} | stats count"
        );
        let (_, counters) = run(&configured(&search, &more), &[record.as_bytes()]);
        assert_eq!(counters.expanded, 1, "{command}");
    }
}

/// One row of a table for each value of an event, and all values the same.
#[test]
fn a_value_that_is_there_often_is_looked_up_once() {
    let record = format!("{{\"a\":[{}]}}\n", vec!["\"x\""; 60_000].join(","));
    let rows = vec![json!(["x", "v"]); 60_000];
    let more = json!({"lookups": {"t": {"columns": ["a", "v"], "rows": rows}}});
    let search = "a{}=* | rename a{} AS a | lookup t a OUTPUT v | eval n=mvcount(v) | table n";
    let (alerts, counters) = run(&configured(search, &more), &[record.as_bytes()]);
    assert!(alerts.contains(r#""row":{"n":100}"#), "{alerts}");
    assert_eq!(counters.expanded, 0);
}

#[test]
fn a_chain_of_texts_is_as_long_as_a_text_may_be() {
    let chain = |count: usize| {
        format!(
            "a=x* | eval b={} | eval n=len(b) | table n",
            vec!["a"; count].join(".")
        )
    };
    let record = format!("{{\"a\":\"{}\"}}\n", "x".repeat(1 << 10));
    for (count, row) in [
        (1000, r#""row":{"n":1024000}"#),
        (1025, r#""row":{"n":null}"#),
    ] {
        let config = configured(&chain(count), &json!({}));
        let (alerts, counters) = run(&config, &[record.as_bytes()]);
        assert!(alerts.contains(row), "{alerts}");
        assert_eq!(counters.expanded > 0, count > 1024);
    }
}

/// What becomes too long is null, and that is counted: once for an expression.
#[test]
fn a_value_that_is_too_long_is_counted() {
    for expression in [
        "mvrange(0,1000000000)",
        "mvappend(m,m,m,m)",
        "split(t,\"\")",
        "mvjoin(mvappend(t,t,t),\",\")",
        "replace(t,\"x\",\"yyy\")",
        "mvzip(mvappend(t,t),mvappend(t,t))",
        "t.t.t",
        "strftime(0,t)",
    ] {
        let search = format!(
            "t=x* | eval m=mvrange(0,30000) | eval b={expression} | eval n=typeof(b) | table n"
        );
        let record = format!("{{\"t\":\"{}\"}}\n", "x".repeat(400_000));
        let (alerts, counters) = run(&configured(&search, &json!({})), &[record.as_bytes()]);
        assert!(
            alerts.contains(r#""n":"Invalid""#),
            "{expression}: {alerts}"
        );
        assert_eq!(counters.expanded, 1, "{expression}");
    }
}

/// Groups take memory before anything is counted in them.
#[test]
fn combinations_with_many_functions_are_bounded_and_counted() {
    let functions = repeated(990, |at| format!("max(f{at})"));
    let values = repeated(900, |at| format!("\"{at}\","));
    let record = format!("{{\"a\":[{values}\"x\"]}}\n");
    let search = format!("a{{}}=* | rename a{{}} AS a | stats {functions} by a");
    let (_, counters) = run(&configured(&search, &json!({})), &[record.as_bytes()]);
    assert!(counters.combinations > 700, "{}", counters.combinations);
}

/// Each part of the search that asks for the field shows its value.
#[test]
fn an_explanation_is_bounded() {
    let search = format!("a=y {}", repeated(10_000, |at| format!("OR a=v{at}")));
    let session = Session::open(configured(&search, &json!({})).as_bytes(), &[]).unwrap();
    let record = format!("{{\"a\":\"{}\"}}", "x".repeat(1 << 20 >> 1));
    let explained = session.explain(record.as_bytes()).unwrap();
    assert!(explained.len() < 16 << 20, "{}", explained.len());
    let explained: Value = serde_json::from_slice(&explained).unwrap();
    let last = &explained["rules"][0]["search"]["parts"][10_000];
    assert_eq!(last["left_out"], 1);
}

/// Values of two bytes each, which take many times that when they are read.
#[test]
fn values_of_a_field_are_bounded_and_counted() {
    let record = format!("{{\"a\":[{}],\"b\":1}}\n", vec!["1"; 300_000].join(","));
    for (search, row) in [
        (
            "a{}=1 b=1 | rename a{} AS a | eval n=mvcount(a) | table n",
            r#""row":{"n":32768}"#,
        ),
        (
            "b=1 | rename a{} AS a | eval n=mvcount(a) | fields n",
            r#""row":{"n":32768}"#,
        ),
        (
            "b=1 | stats count values(a{}) AS a",
            r#""row":{"count":1,"a":"1"}"#,
        ),
        ("b=1", r#""row":{"b":"1","a{}":["1""#),
    ] {
        let (alerts, counters) = run(&configured(search, &json!({})), &[record.as_bytes()]);
        let begin: String = alerts.chars().take(300).collect();
        assert!(alerts.contains(row), "{search}: {begin}");
        let first = u64::from(search == "b=1");
        assert_eq!(counters.fields, 300_000 - 32_768 - first, "{search}");
    }
}

/// A name of a thousand bytes in front of each of many fields, and more fields than a row
/// has.
#[test]
fn names_and_fields_of_an_event_are_bounded_and_counted() {
    let long = "p".repeat(1000);
    let same: Vec<_> = (0..150_000).map(|_| "\"k\":1").collect();
    let other: Vec<_> = (0..50_000).map(|at| format!("\"k{at}\":1")).collect();
    for (keys, left_out) in [
        (same.join(","), 150_000 - 32_769),
        (other.join(","), 49_001),
    ] {
        let record = format!("{{\"b\":1,\"{long}\":{{{keys}}}}}\n");
        let (alerts, counters) = run(&configured("b=1", &json!({})), &[record.as_bytes()]);
        assert_eq!(alerts.lines().count(), 1);
        assert_eq!(counters.fields, left_out);
    }
}

/// A header's names are kept as long as its input goes on.
#[test]
fn columns_of_a_header_are_bounded() {
    let names: Vec<_> = (0..10_001).map(|at| format!("c{at}")).collect();
    let mut session = Session::open(configured("c0=1", &json!({})).as_bytes(), &[]).unwrap();
    session.input(br#"{"format":"csv"}"#).unwrap();
    session
        .push(format!("{}\n1,2,3\n", names.join(",")).as_bytes())
        .unwrap();
    session.finish().unwrap();
    let counters = session.counters();
    assert_eq!((counters.records, counters.matches), (2, 0));
    let reasons: Vec<_> = counters
        .malformed_samples
        .iter()
        .map(|one| one.reason.as_str())
        .collect();
    assert!(
        reasons[0].contains("the header has more than 10,000 columns"),
        "{reasons:?}"
    );
    assert!(
        reasons[1].contains("the header could not be read"),
        "{reasons:?}"
    );
}
