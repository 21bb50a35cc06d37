//! What a competitor finds in a set, in one form for all of them.

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Events that match; one counts for each rule that it matches.
    pub matches: u64,
    /// The rows; none of a competitor that can only match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<Group>>,
}

/// A row: the events with the same values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Group {
    /// The rule, where there is more than one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rule: String,
    /// The host.
    pub dest: String,
    /// The message, where the rule groups by it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// How many events.
    pub count: u64,
    /// The earliest and the latest, to the second; empty where the rule does not ask.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub first: String,
    /// See `first`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub last: String,
}

/// Rows in the making. Peers pay for this as we pay for our own: a row that is there
/// already is found and counted without allocation.
#[derive(Debug, Default)]
pub struct Groups {
    rows: HashMap<String, Row>,
    key: String,
}

#[derive(Debug, Default)]
struct Row {
    count: u64,
    first: String,
    last: String,
}

/// Stands in no value of the sets.
const BETWEEN: char = '\0';

impl Groups {
    /// Counts events of a row: `[rule, dest, message]`, the earliest, the latest.
    pub fn add(&mut self, key: [&str; 3], count: u64, first: &str, last: &str) {
        self.key.clear();
        for part in key {
            self.key.push_str(part);
            self.key.push(BETWEEN);
        }
        let row = match self.rows.get_mut(self.key.as_str()) {
            Some(row) => row,
            None => self.rows.entry(self.key.clone()).or_default(),
        };
        row.count += count;
        let [first, last] = [first, last].map(to_the_second);
        if row.first.is_empty() || first < row.first.as_str() {
            first.clone_into(&mut row.first);
        }
        if last > row.last.as_str() {
            last.clone_into(&mut row.last);
        }
    }

    /// The rows, in the order of their keys.
    #[must_use]
    pub fn finish(self) -> Found {
        let rows = self.rows.into_iter().map(|(key, row)| {
            let mut parts = key.split(BETWEEN).map(str::to_owned);
            let mut part = || parts.next().unwrap_or_default();
            Group {
                rule: part(),
                dest: part(),
                message: part(),
                count: row.count,
                first: row.first,
                last: row.last,
            }
        });
        let mut groups: Vec<Group> = rows.collect();
        groups.sort();
        Found {
            matches: groups.iter().map(|group| group.count).sum(),
            groups: Some(groups),
        }
    }
}

impl Found {
    /// Says in what another competitor's find differs from this one, which has rows;
    /// none where it is the same as far as the other goes.
    #[must_use]
    pub fn difference(&self, other: &Found) -> Option<String> {
        if self.matches != other.matches {
            return Some(format!("{} matches, not {}", other.matches, self.matches));
        }
        let (Some(own), Some(others)) = (&self.groups, &other.groups) else {
            return None;
        };
        let [mut own, mut others] = [own.clone(), others.clone()];
        own.sort();
        others.sort();
        if own == others {
            return None;
        }
        let first = own.iter().zip(&others).find(|(own, other)| own != other);
        Some(match first {
            Some((own, other)) => format!("the row {other:?}, not {own:?}"),
            None => format!("{} rows, not {}", others.len(), own.len()),
        })
    }
}

/// A time without what is smaller than a second.
fn to_the_second(time: &str) -> &str {
    time.get(.."2021-03-14T00:00:00".len()).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(events: &[(&str, &str, &str)]) -> Found {
        let mut groups = Groups::default();
        for (dest, message, time) in events {
            groups.add(["", dest, message], 1, time, time);
        }
        groups.finish()
    }

    #[test]
    fn a_row_has_its_count_and_its_ends() {
        let found = found(&[
            ("a", "m", "2021-03-14T02:00:00.500Z"),
            ("b", "m", "2021-03-14T01:00:00.000Z"),
            ("a", "m", "2021-03-14T03:00:00.999Z"),
            ("a", "m", "2021-03-14T01:00:00.001Z"),
        ]);
        let group = |dest: &str, count, last: &str| Group {
            rule: String::new(),
            dest: dest.to_owned(),
            message: "m".to_owned(),
            count,
            first: "2021-03-14T01:00:00".to_owned(),
            last: last.to_owned(),
        };
        let groups = vec![
            group("a", 3, "2021-03-14T03:00:00"),
            group("b", 1, "2021-03-14T01:00:00"),
        ];
        let expected = Found {
            matches: 4,
            groups: Some(groups),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn a_difference_is_seen() {
        let time = "2021-03-14T01:00:00.000Z";
        let known = found(&[("a", "m", time), ("b", "m", time)]);
        let only = |matches| Found {
            matches,
            groups: None,
        };
        for (other, same) in [
            (known.clone(), true),
            (only(2), true),
            (only(3), false),
            (found(&[("a", "m", time)]), false),
            (found(&[("a", "m", time), ("a", "m", time)]), false),
            (found(&[("a", "m", time), ("b", "n", time)]), false),
            (
                found(&[("a", "m", time), ("b", "m", "2021-03-14T01:00:01Z")]),
                false,
            ),
        ] {
            let difference = known.difference(&other);
            assert_eq!(difference.is_none(), same, "{difference:?}");
        }
    }
}
