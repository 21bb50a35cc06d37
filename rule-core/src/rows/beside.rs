//! `eventstats`: what `stats` counts, beside the rows that it counted; and what it shares
//! with `streamstats`.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::command::Context;
use super::room::Room;
use super::row::{Row, column_bytes};
use crate::stats::{Groups, Most, Observation, Stats};
use crate::value::Value;

/// What is counted of a group: columns and values.
pub(super) type Counted = Vec<(String, Value)>;

/// The bytes of a text in a row, besides its own.
const LISTED: usize = 32;

/// `eventstats`: to each row what is counted of all rows with its by-values; a row
/// that lacks one of them stays as it is. Of a row with several values in a by-field
/// the first counts `[U]`.
pub(super) fn eventstats(stats: &Stats, mut rows: Vec<Row>, context: &Context<'_>) -> Vec<Row> {
    let mut room = Room::of(&rows, context);
    let mut groups = Groups::default();
    for row in &rows {
        if !add(&mut groups, stats, row, &room, context) {
            // What a part of the rows comes to is of no use.
            context.leave_out(rows.len() as u64);
            return rows;
        }
    }
    context.leave_out(groups.left_out());
    let mut known: BTreeMap<Vec<u8>, Counted> = BTreeMap::new();
    for row in &mut rows {
        let Some(key) = stats.first_key(row) else {
            continue;
        };
        if !known.contains_key(&key) {
            let counted = fitting(&groups, stats, &key, &room);
            if !room.take(bytes(&counted)) {
                continue;
            }
            known.insert(key.clone(), counted);
        }
        if let Some(counted) = known.get(&key) {
            set(row, counted, &mut room);
        }
    }
    rows
}

/// Counts a row; false where there is no room for the groups.
pub(super) fn add(
    groups: &mut Groups,
    stats: &Stats,
    row: &Row,
    room: &Room<'_>,
    context: &Context<'_>,
) -> bool {
    let Some(left) = room.left().checked_sub(groups.bytes()) else {
        return false;
    };
    let added = groups.add(stats, row, &seen(row), Most::of_groups(left), &mut |_| {});
    context.leave_out(added.left_out as u64);
    groups.bytes() <= room.left()
}

/// What a group is told of a row besides its columns.
pub(super) fn seen(row: &Row) -> Observation<'_> {
    Observation {
        time: row.identity.latest,
        samples: &[],
        keep: 0,
    }
}

/// What was counted of a group; nothing where it lists more than there is room for,
/// before a list is made of it.
pub(super) fn fitting(groups: &Groups, stats: &Stats, key: &[u8], room: &Room<'_>) -> Counted {
    let (count, bytes) = groups.listed(key);
    if !room.fits(count.saturating_mul(LISTED).saturating_add(bytes)) {
        return Vec::new();
    }
    let values = groups.result(stats, key).map(|result| result.values);
    let values = values.unwrap_or_default().into_iter();
    values
        .map(|(name, value)| (name.into_owned(), value))
        .collect()
}

/// Sets what was counted, where there is room for it.
pub(super) fn set(row: &mut Row, counted: &Counted, room: &mut Room<'_>) {
    if room.take(bytes(counted)) {
        for (name, value) in counted {
            row.set(name, value.clone());
        }
    }
}

fn bytes(counted: &Counted) -> usize {
    let columns = counted.iter();
    let columns = columns.map(|(name, value)| column_bytes(name, value));
    columns.fold(0, usize::saturating_add)
}
