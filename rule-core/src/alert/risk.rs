//! The risk of one row.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::detection::{ObjectKind, Risk};
use crate::rows::Row;

#[derive(Serialize)]
pub(super) struct RiskEvent<'a> {
    message: String,
    objects: Vec<Object<'a>>,
    threats: Vec<Threat<'a>>,
}

#[derive(Serialize)]
struct Object<'a> {
    field: &'a str,
    #[serde(rename = "type")]
    kind: ObjectKind,
    value: Cow<'a, str>,
    score: i64,
}

#[derive(Serialize)]
struct Threat<'a> {
    field: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    value: Cow<'a, str>,
}

impl<'a> RiskEvent<'a> {
    /// One object for each value of an object's field; none where the row has
    /// no value.
    pub(super) fn of(risk: &'a Risk, row: &'a Row) -> Self {
        let values = |field: &str| {
            row.get(field)
                .each()
                .iter()
                .filter_map(|value| value.text())
        };
        let objects = risk.objects.iter().flat_map(|object| {
            values(&object.field).map(|value| Object {
                field: &object.field,
                kind: object.kind,
                value,
                score: object.score,
            })
        });
        let threats = risk.threats.iter().flat_map(|threat| {
            values(&threat.field).map(|value| Threat {
                field: &threat.field,
                kind: &threat.kind,
                value,
            })
        });
        RiskEvent {
            message: fill(&risk.message, row),
            objects: objects.collect(),
            threats: threats.collect(),
        }
    }
}

/// `$field$` becomes the row's value; it stays where the row has none. Several
/// values are joined with commas.
fn fill(message: &str, row: &Row) -> String {
    let mut out = String::with_capacity(message.len().saturating_add(32));
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let value = after.split_once('$').and_then(|(field, tail)| {
            let values: Vec<Cow<'_, str>> = row
                .get(field)
                .each()
                .iter()
                .filter_map(|value| value.text())
                .collect();
            (!values.is_empty()).then(|| (values.join(", "), tail))
        });
        match value {
            Some((value, tail)) => {
                out.push_str(&value);
                rest = tail;
            }
            None => {
                out.push('$');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::Identity;
    use crate::value::Value;
    use std::string::ToString;
    use std::vec;

    #[test]
    fn messages() {
        let mut row = Row::new(Identity::default());
        row.set("dest", Value::Text("EX01".to_string()));
        row.set(
            "user",
            Value::Many(vec![
                Value::Text("a".to_string()),
                Value::Text("$dest$".to_string()),
            ]),
        );
        for (message, wanted) in [
            ("seen on $dest$.", "seen on EX01."),
            ("$user$ on $dest$", "a, $dest$ on EX01"),
            ("$nothing$ on $dest$", "$nothing$ on EX01"),
            ("costs 5$ on $dest$", "costs 5$ on EX01"),
            ("$", "$"),
            ("$$", "$$"),
        ] {
            assert_eq!(fill(message, &row), wanted, "{message}");
        }
    }
}
