//! Whether rows are those that must be.
//!
//! The order of a row's fields and a field that is null say nothing about what was
//! found, so they are not compared.

use serde_json::{Map, Value};
use similar::TextDiff;

/// The difference between the rows that must be and those that are; none where
/// there is none.
pub(super) fn between(
    expected: &[Map<String, Value>],
    found: &[Map<String, Value>],
) -> Option<String> {
    let (expected, found) = (as_text(expected), as_text(found));
    if expected == found {
        return None;
    }
    let diff = TextDiff::from_lines(&expected, &found);
    Some(
        diff.unified_diff()
            .context_radius(3)
            .header("expected", "found")
            .to_string(),
    )
}

/// Rows as text, one field a line, in the order of their names.
fn as_text(rows: &[Map<String, Value>]) -> String {
    let mut text = String::new();
    for row in rows {
        let mut fields: Vec<(&String, &Value)> =
            row.iter().filter(|(_, value)| !value.is_null()).collect();
        fields.sort_by_key(|(name, _)| *name);
        for (at, (name, value)) in fields.iter().enumerate() {
            let mark = if at == 0 { "*" } else { " " };
            text += &format!("{mark} {name}: {value}\n");
        }
        if fields.is_empty() {
            text += "* (a row without a value)\n";
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rows_of(value: Value) -> Vec<Map<String, Value>> {
        serde_json::from_value(value).expect("rows")
    }

    #[test]
    fn what_counts_as_a_difference() {
        for (name, expected, found, same) in [
            ("none", json!([]), json!([]), true),
            (
                "equal",
                json!([{"a": "x", "n": 1}]),
                json!([{"n": 1, "a": "x"}]),
                true,
            ),
            ("null is no value", json!([{"a": null}]), json!([{}]), true),
            (
                "a number is no text",
                json!([{"n": 1}]),
                json!([{"n": "1"}]),
                false,
            ),
            (
                "order of rows",
                json!([{"a": 1}, {"a": 2}]),
                json!([{"a": 2}, {"a": 1}]),
                false,
            ),
            ("a row more", json!([]), json!([{"a": 1}]), false),
            ("an empty row more", json!([]), json!([{}]), false),
            (
                "two rows are not one",
                json!([{"a": 1}, {"b": 2}]),
                json!([{"a": 1, "b": 2}]),
                false,
            ),
        ] {
            let difference = between(&rows_of(expected), &rows_of(found));
            assert_eq!(difference.is_none(), same, "{name}: {difference:?}");
        }
    }

    #[test]
    fn the_difference_names_the_field() {
        let expected = rows_of(json!([{"dest": "EX01", "count": 2}]));
        let found = rows_of(json!([{"dest": "EX01", "count": 3}]));
        let text = between(&expected, &found).expect("a difference");
        assert!(text.contains("--- expected\n+++ found\n"), "{text}");
        assert!(text.contains("-* count: 2\n+* count: 3\n"), "{text}");
        assert!(text.contains("   dest: \"EX01\"\n"), "{text}");
    }
}
