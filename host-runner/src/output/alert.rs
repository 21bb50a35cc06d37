//! An alert's line, as far as tables and CSV show it.

use std::fmt;
use std::io;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// An alert.
#[derive(Debug, Deserialize)]
pub(super) struct Alert {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) rule: Rule,
    #[serde(default)]
    pub(super) window: Option<Span>,
    /// None where an amended row no longer survives.
    #[serde(default)]
    pub(super) row: Option<Row>,
    #[serde(default)]
    pub(super) risk: Option<Risk>,
    #[serde(default)]
    pub(super) attack: Vec<String>,
}

/// The rule that an alert is of.
#[derive(Debug, Deserialize)]
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default, rename = "type")]
    pub(super) kind: Option<String>,
}

/// The window of an alert: its start is in it, its end is not.
#[derive(Debug, Deserialize)]
pub(super) struct Span {
    pub(super) start: String,
    pub(super) end: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Risk {
    #[serde(default)]
    pub(super) message: Option<String>,
    #[serde(default)]
    pub(super) objects: Vec<RiskObject>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RiskObject {
    pub(super) field: String,
    pub(super) value: String,
    pub(super) score: i64,
}

/// A result row: its fields in their order.
#[derive(Debug)]
pub(super) struct Row(pub(super) Vec<(String, Cell)>);

/// A field's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// No value.
    Null,
    /// What a command computed as a number, in the digits that it came with.
    Number(String),
    /// Text.
    Text(String),
    /// Several values.
    Many(Vec<Cell>),
}

/// The alerts in lines of JSON.
pub(super) fn parse(lines: &[u8]) -> impl Iterator<Item = io::Result<Alert>> {
    lines
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).map_err(io::Error::from))
}

impl Cell {
    /// The values in it, each as text; none where there is no value.
    pub(super) fn values(&self) -> Vec<&str> {
        match self {
            Self::Null => Vec::new(),
            Self::Number(text) | Self::Text(text) => vec![text],
            Self::Many(cells) => cells.iter().flat_map(Self::values).collect(),
        }
    }
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The digits of a number are kept, so it is read as text.
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get();
        let parsed = match text.as_bytes().first() {
            Some(b'"') => serde_json::from_str(text).map(Self::Text),
            Some(b'[') => serde_json::from_str(text).map(Self::Many),
            Some(b'n') => Ok(Self::Null),
            _ => Ok(Self::Number(text.to_owned())),
        };
        parsed.map_err(serde::de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Row;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a row of fields")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Row(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_keeps_its_order_and_its_digits() {
        let row: Row = serde_json::from_str(
            r#"{"z":"1","_time":1615686012.9871234567,"a":["x","y"],"n":null,"empty":""}"#,
        )
        .expect("a row");
        let shown: Vec<(&str, Vec<&str>)> = row
            .0
            .iter()
            .map(|(name, cell)| (name.as_str(), cell.values()))
            .collect();
        assert_eq!(
            shown,
            [
                ("z", vec!["1"]),
                ("_time", vec!["1615686012.9871234567"]),
                ("a", vec!["x", "y"]),
                ("n", vec![]),
                ("empty", vec![""]),
            ]
        );
    }
}
