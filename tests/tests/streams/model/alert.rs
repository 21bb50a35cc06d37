//! Alerts, read.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::event::shortest;

/// An alert line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Alert {
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) part: u64,
    pub(crate) revision: u64,
    /// Start and end, as they are written; none with one window over all of time.
    pub(crate) window: Option<(String, String)>,
    pub(crate) row: Row,
    /// What a partial alert carries to be merged, in base64.
    pub(crate) state: Option<String>,
}

/// A row as JSON text, with each time in its shortest form: an event without a time
/// takes the clock's, which has milliseconds, and a search that sees both may show
/// either. `null` for a row that is gone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row(pub String);

#[derive(Deserialize)]
struct Line<'l> {
    kind: String,
    id: String,
    part: u64,
    revision: u64,
    window: Option<Bounds>,
    #[serde(borrow)]
    row: &'l RawValue,
    state: Option<String>,
}

#[derive(Deserialize)]
struct Bounds {
    start: String,
    end: String,
}

impl Alert {
    /// Reads the lines that an engine gave.
    pub(crate) fn read_all(lines: &[u8]) -> Vec<Alert> {
        let text = std::str::from_utf8(lines).expect("alerts are UTF-8");
        assert!(text.is_empty() || text.ends_with('\n'), "a line is whole");
        text.lines().map(Alert::read).collect()
    }

    fn read(line: &str) -> Alert {
        let line: Line<'_> =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        Alert {
            kind: line.kind,
            id: line.id,
            part: line.part,
            revision: line.revision,
            window: line.window.map(|window| (window.start, window.end)),
            row: Row::read(line.row.get()),
            state: line.state,
        }
    }

    /// The count of the row; 0 where the row is gone.
    pub(crate) fn count(&self) -> u64 {
        let row: serde_json::Value = serde_json::from_str(&self.row.0).unwrap();
        row["count"].as_u64().unwrap_or(0)
    }
}

impl Row {
    fn read(text: &str) -> Row {
        let Ok(columns) = serde_json::from_str::<Columns<'_>>(text) else {
            return Row::gone();
        };
        let columns = columns.0.iter().map(|(name, value)| {
            let value = value.get();
            let value = match name.as_str() {
                "first" | "last" => shortest(value),
                _ => value,
            };
            (name.as_str(), value.to_string())
        });
        Row::of(columns)
    }

    /// A row of columns with their values as JSON.
    pub(crate) fn of<'n>(columns: impl IntoIterator<Item = (&'n str, String)>) -> Row {
        let columns: Vec<String> = columns
            .into_iter()
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        Row(format!("{{{}}}", columns.join(",")))
    }

    /// A row that does not come out of the search any more.
    pub(crate) fn gone() -> Row {
        Row("null".to_string())
    }

    /// The by-values, as JSON; none where the row is gone.
    pub(crate) fn by(&self) -> Option<(String, String)> {
        let columns = serde_json::from_str::<BTreeMap<&str, &RawValue>>(&self.0).ok()?;
        let value = |name| {
            columns
                .get(name)
                .map(|value: &&RawValue| value.get().to_string())
        };
        value("a{}").zip(value("b"))
    }
}

/// The members of an object in their order.
struct Columns<'c>(Vec<(String, &'c RawValue)>);

impl<'de> Deserialize<'de> for Columns<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Columns<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a row")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Self::Value, A::Error> {
                let mut columns = Vec::new();
                while let Some(column) = map.next_entry()? {
                    columns.push(column);
                }
                Ok(Columns(columns))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}
