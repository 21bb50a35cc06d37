//! What a search may be, and what it may come to.

use super::*;

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

/// Without memory to compile an expression nothing is opened: not even without the
/// detection that has it, which could run.
#[test]
fn memory_for_expressions_is_asked_for() {
    let config = json!({
        "detections": [
            {"name": "a", "id": "1", "search": "a=1"},
            {"name": "b", "id": "2", "search": r#"a=1 | regex a="\w+""#},
        ],
        "refused": "skip",
    });
    let config = config.to_string();
    let open = |has_memory| Session::open_with(config.as_bytes(), &[], has_memory);
    assert!(open(|_| true).is_ok());
    let error = open(|_| false).map(drop).unwrap_err();
    assert_eq!(error.code, ErrorCode::OutOfMemory);
    assert!(error.message.contains("to compile this regular expression"));
}
