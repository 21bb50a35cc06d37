//! Rules and events that are made to take all the memory and time there is.
//!
//! What is refused says so, and what is bounded is counted. Nothing here is timed: what a
//! test gives would take more memory than there is, or longer than anyone waits, if it
//! were not bounded.

mod events;
mod running;
mod searches;

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

/// Three hundred rows, each of which would come to half a MiB.
#[test]
fn what_rows_come_to_is_bounded_and_counted() {
    let half = "y".repeat(1 << 19);
    let text = format!("\"{half}\"");
    let table = json!({"lookups": {"t": {"columns": ["k", "v"], "rows": [["x", half]]}}});
    let records: String = (0..300)
        .map(|at| format!("{{\"a\":\"x\",\"k\":\"k{at}\"}}\n"))
        .collect();
    let functions = repeated(850, |at| format!("stdev(n{}) AS c{at}", at / 19));
    for (command, more) in [
        (format!("eventstats {functions} by k"), json!({})),
        (format!("streamstats {functions} by k"), json!({})),
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
