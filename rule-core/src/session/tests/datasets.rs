//! What a dataset's fields are made of hides nothing from the scan: an event that matches
//! by a value that is cut, mapped, put together or filled in is never passed over.

use super::*;
use std::vec;

/// A dataset whose field `f` can come by each of the ways that there are.
fn config(parts: &str, wanted: &str, more: &str) -> String {
    format!(
        r#"{{"detections": {{"name": "n", "id": "i", "search":
            "| tstats count from datamodel=M.D where D.f=\"{wanted}\" by D.f"}},
            "sources": {{"models": {{"D": {{"model": "M", "search": "tag=t", "defaults": {{"filled": ["f"]}}}}}},
                "events": [{{"when": {{"Channel": "chan*"}}, "tags": "t", "fields": {{"f": {parts}}}}}],
                "messages": [{{"provider": "Prov", "event_code": "1", "template": "Built of %1."}}],
                "inserts": ["EventData."]}},
            "window": "all" {more}}}"#
    )
}

fn parts() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        r#""a""#,
        r#"["a", "b"]"#,
        r#"{"from": "a", "take": "last"}"#,
        r#"{"from": "a", "take": "above"}"#,
        r#"{"from": "a", "before": ":"}"#,
        r#"{"from": "a", "between": ["(", ")"], "lower": true}"#,
        r#"{"from": "a", "map": {"x": "program.exe", "y": "other"}}"#,
        r#"{"from": "a", "prefix": "prog"}"#,
        r#"{"is": "a program.exe"}"#,
        r#"[{"is": "program.exe", "where_same": ["a", "b"]}, "b"]"#,
        r#"{"command_line": ["a", "b"]}"#,
        r#""Message""#,
        r#""host""#,
        r#""source""#,
    ])
}

fn lines() -> impl Strategy<Value = String> {
    let value = prop::sample::select(vec![
        "x",
        "y",
        "program.exe",
        "C:\\\\x\\\\Program.EXE",
        "C:\\\\program.exe\\\\x",
        "D (PROGRAM.exe) x",
        "ram.exe",
        "program.exe:stream",
        "progr\\u0061m.exe",
        "a b",
        "",
    ]);
    let line = (
        value.clone(),
        value,
        prop::sample::select(vec!["channel", "other"]),
    )
        .prop_map(|(a, b, channel)| {
            format!(
                "{{\"Channel\":\"{channel}\",\"a\":\"{a}\",\"b\":\"{b}\",\"SourceName\":\"Prov\",\
                 \"EventCode\":1,\"EventData\":{{\"p\":\"{b}\"}}}}\n"
            )
        });
    prop::collection::vec(line, 0..12).prop_map(|lines| lines.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn no_event_that_matches_is_passed_over(
        parts in parts(),
        wanted in prop::sample::select(vec!["*program.exe*", "program*", "filled", "*built of*", "*gram.exe", "chan*", "Built*program.exe*"]),
        input in lines(),
    ) {
        let more = r#", "defaults": {"host": "program.exe", "source": "program.exe"}"#;
        let strict = r#", "strict": true, "defaults": {"host": "program.exe", "source": "program.exe"}"#;
        let (alerts, counters) = run(&config(parts, wanted, more), &[input.as_bytes()]);
        let (all, every) = run(&config(parts, wanted, strict), &[input.as_bytes()]);
        prop_assert_eq!(alerts, all, "{} {}", parts, wanted);
        prop_assert_eq!(counters.matches, every.matches);
    }
}
