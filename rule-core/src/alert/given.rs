//! What was given of a window, so that a change of it can be told.

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::string::ToString;
use alloc::vec::Vec;

use sha2::{Digest, Sha256};

use super::Id;
use crate::entries;
use crate::rows::Row;
use crate::snapshot::{Damaged, Reader, Writer};
use crate::value::Value;

/// Bytes that an entry is reckoned with.
const ENTRY: usize = 80;

/// The rows of a window as they were last given, by their ids.
#[derive(Clone, Debug, Default)]
pub struct Given {
    rows: BTreeMap<Id, Last>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Last {
    revision: u64,
    /// Of what was given; none where the last word was that the row is gone.
    content: Option<u64>,
}

/// A row that is to be given again.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Its id.
    pub id: Id,
    /// The revision that it is now.
    pub revision: u64,
    /// What it is; None where it does not come out of the search any more.
    pub row: Option<Row>,
}

impl Given {
    /// The rows that differ from what was given, as they are now, in their order;
    /// behind them those that are gone. A row that was never given begins with the
    /// revision `first`.
    pub fn update(&mut self, rows: Vec<(Id, Row)>, first: u64) -> Vec<Change> {
        // Rows of events can be the same to the last byte, and then have one id.
        let mut now: BTreeMap<Id, Last> = BTreeMap::new();
        for (id, row) in &rows {
            let content = now.get(id).and_then(|last| last.content).unwrap_or(0);
            let last = Last {
                revision: first,
                content: Some(content.wrapping_add(hash(row))),
            };
            now.insert(*id, last);
        }
        let changed = entries::map(now.iter().filter_map(|(id, last)| {
            let revision = match self.rows.get(id) {
                Some(before) if before.content == last.content => return None,
                Some(before) => before.revision.saturating_add(1),
                None => first,
            };
            Some((*id, Last { revision, ..*last }))
        }));
        let mut changes: Vec<Change> = Vec::new();
        for (id, row) in rows {
            if let Some(last) = changed.get(&id) {
                changes.push(Change {
                    id,
                    revision: last.revision,
                    row: Some(row),
                });
            }
        }
        self.rows.extend(changed);
        for (id, last) in &mut self.rows {
            if last.content.is_some() && !now.contains_key(id) {
                *last = Last {
                    revision: last.revision.saturating_add(1),
                    content: None,
                };
                changes.push(Change {
                    id: *id,
                    revision: last.revision,
                    row: None,
                });
            }
        }
        changes
    }

    /// Each of these rows again, whether it has changed or not, with a revision
    /// above its last; and behind them those of `ids` that were given and have no row
    /// any more. A row that was never given begins with the revision `first`.
    pub fn again(
        &mut self,
        rows: Vec<(Id, Row)>,
        ids: impl IntoIterator<Item = Id>,
        first: u64,
    ) -> Vec<Change> {
        let mut now: BTreeMap<Id, Last> = BTreeMap::new();
        for (id, row) in &rows {
            let content = now.get(id).and_then(|last| last.content).unwrap_or(0);
            let before = self.rows.get(id);
            let last = Last {
                revision: before.map_or(first, |last| last.revision.saturating_add(1)),
                content: Some(content.wrapping_add(hash(row))),
            };
            now.insert(*id, last);
        }
        let mut changes: Vec<Change> = rows
            .into_iter()
            .map(|(id, row)| Change {
                id,
                revision: now.get(&id).map_or(first, |last| last.revision),
                row: Some(row),
            })
            .collect();
        for id in ids {
            if now.contains_key(&id) {
                continue;
            }
            if let Some(last) = self.rows.get_mut(&id)
                && last.content.take().is_some()
            {
                last.revision = last.revision.saturating_add(1);
                changes.push(Change {
                    id,
                    revision: last.revision,
                    row: None,
                });
            }
        }
        self.rows.extend(now);
        changes
    }

    /// Those of these rows that were never given, as they are for the first time.
    pub fn first_time(&mut self, rows: Vec<(Id, Row)>) -> Vec<Change> {
        let mut changes = Vec::new();
        for (id, row) in rows {
            let content = Some(hash(&row));
            let last = Last {
                revision: 0,
                content,
            };
            if let Entry::Vacant(vacant) = self.rows.entry(id) {
                vacant.insert(last);
                changes.push(Change {
                    id,
                    revision: 0,
                    row: Some(row),
                });
            }
        }
        changes
    }

    /// The ids that were given.
    pub fn ids(&self) -> impl Iterator<Item = Id> {
        self.rows.keys().copied()
    }

    /// How many rows were given.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Was nothing given?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Was a row of this id given?
    #[must_use]
    pub fn knows(&self, id: Id) -> bool {
        self.rows.contains_key(&id)
    }

    /// What it takes of memory, in bytes, reckoned.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.rows.len().saturating_mul(ENTRY)
    }

    /// Joins what another part of the stream has given: where both gave a row, the
    /// next change of it gets a revision above both.
    pub fn merge(&mut self, other: &Given) {
        for (id, last) in &other.rows {
            let both = match self.rows.get(id) {
                None => *last,
                Some(own) => Last {
                    revision: own.revision.max(last.revision),
                    // What the two gave is a part of what the row is now.
                    content: Some(0),
                },
            };
            self.rows.insert(*id, both);
        }
    }

    /// Writes it.
    pub fn write(&self, writer: &mut Writer) {
        writer.list(self.rows.iter(), |writer, (id, last)| {
            id.write(writer);
            writer.number(last.revision);
            writer.option(last.content, Writer::number);
        });
    }

    /// Reads it.
    ///
    /// # Errors
    /// Ids that are not in their order.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let rows = reader.list(|reader| {
            let id = Id::read(reader)?;
            let revision = reader.number()?;
            let content = reader.option(Reader::number)?;
            Ok((id, Last { revision, content }))
        })?;
        match rows.is_sorted_by(|left, right| left.0 < right.0) {
            true => Ok(Given {
                rows: entries::map(rows),
            }),
            false => Err(Damaged),
        }
    }
}

/// A hash of a row, without a copy of it: each name and value with its kind and length.
fn hash(row: &Row) -> u64 {
    let mut hash = Sha256::new();
    let mut part = |kind: u8, text: &str| {
        hash.update([kind]);
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    };
    for (name, value) in row.columns() {
        part(b'f', name);
        for one in value.each() {
            match one {
                Value::Text(text) => part(b't', text),
                Value::Number(number) => part(b'n', &number.to_string()),
                Value::Null | Value::Many(_) => {}
            }
        }
    }
    let whole: [u8; 32] = hash.finalize().into();
    let (first, _) = whole.split_first_chunk().unwrap_or((&[0; 8], &[]));
    // 0 stands for what two parts gave together.
    u64::from_le_bytes(*first).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::Identity;
    use crate::value::Number;
    use crate::window::Bounds;
    use std::vec;

    fn row(host: &str, count: i64) -> (Id, Row) {
        let mut row = Row::new(Identity {
            by: Some(vec![host.to_string()]),
            ..Identity::default()
        });
        row.set("count", Value::Number(Number::Int(count)));
        (Id::of("rule", Bounds::All, &row), row)
    }

    fn first(rows: Vec<(Id, Row)>) -> Given {
        let mut given = Given::default();
        let _ = given.again(rows, [], 0);
        given
    }

    fn shown(changes: &[Change]) -> Vec<(u64, Option<Value>)> {
        changes
            .iter()
            .map(|change| {
                (
                    change.revision,
                    change.row.as_ref().map(|row| row.get("count").clone()),
                )
            })
            .collect()
    }

    #[test]
    fn only_what_changed_is_given_again() {
        let count = |count| Some(Value::Number(Number::Int(count)));
        let mut given = first(vec![row("a", 1), row("b", 1)]);
        assert_eq!(given.update(vec![row("a", 1), row("b", 1)], 1), []);
        let changes = given.update(vec![row("a", 2), row("b", 1), row("c", 1)], 1);
        assert_eq!(shown(&changes), [(1, count(2)), (1, count(1))]);
        let changes = given.update(vec![row("b", 1), row("c", 1)], 1);
        assert_eq!(shown(&changes), [(2, None)], "gone");
        assert_eq!(given.update(vec![row("b", 1), row("c", 1)], 1), [], "once");
        let changes = given.update(vec![row("a", 2), row("b", 1), row("c", 1)], 1);
        assert_eq!(shown(&changes), [(3, count(2))], "and back");
    }

    #[test]
    fn a_second_row_that_is_the_same_is_a_change() {
        let mut given = first(vec![row("a", 1)]);
        let changes = given.update(vec![row("a", 1), row("a", 1)], 1);
        assert_eq!(changes.len(), 2, "both are given, with one revision");
        assert!(changes.iter().all(|change| change.revision == 1));
    }

    #[test]
    fn rows_that_are_given_again_and_again() {
        let count = |count| Some(Value::Number(Number::Int(count)));
        let ids = |rows: &[(Id, Row)]| rows.iter().map(|(id, _)| *id).collect::<Vec<_>>();
        let mut given = Given::default();
        let (a, b) = (row("a", 1), row("b", 1));
        assert_eq!(shown(&given.again(vec![a.clone()], [], 4)), [(4, count(1))]);
        assert_eq!(shown(&given.again(vec![a.clone()], [], 4)), [(5, count(1))]);
        assert_eq!(given.again(vec![], ids(core::slice::from_ref(&b)), 4), []);
        let gone = given.again(vec![b.clone()], ids(&[a.clone(), b]), 4);
        assert_eq!(shown(&gone), [(4, count(1)), (6, None)]);
        assert_eq!(
            given.again(vec![], ids(core::slice::from_ref(&a)), 4),
            [],
            "gone once"
        );
        assert_eq!(shown(&given.again(vec![a], [], 4)), [(7, count(1))]);
        assert_eq!(given.len(), 2);
        assert_eq!(given.first_time(vec![row("a", 9)]), []);
        assert_eq!(shown(&given.first_time(vec![row("c", 9)])), [(0, count(9))]);
    }

    #[test]
    fn what_two_parts_gave_is_given_anew() {
        let mut given = first(vec![row("a", 1), row("b", 1)]);
        given.merge(&first(vec![row("a", 2)]));
        let changes = given.update(vec![row("a", 3), row("b", 1)], 1);
        assert_eq!(changes.len(), 1);
        let mut writer = Writer::new();
        given.write(&mut writer);
        let bytes = writer.into_bytes();
        let mut again = Given::read(&mut Reader::new(&bytes)).unwrap();
        assert_eq!(again.update(vec![row("a", 3), row("b", 1)], 1), []);
    }
}
