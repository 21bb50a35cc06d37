//! `mvcombine`: one row of those that differ in one field alone.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::row::Row;
use crate::entries;
use crate::snapshot::Writer;
use crate::value::Value;

/// The values of the field, in the order of the rows, in the place of the first of them
/// [Search Reference, "mvcombine"]. A row without the field stays as it is `[U]`.
pub(super) fn mvcombine(field: &str, rows: Vec<Row>) -> Vec<Row> {
    let mut places: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    let mut combined: Vec<(Row, Vec<Value>)> = Vec::new();
    for row in rows {
        let values = row.get(field).each().to_vec();
        if values.is_empty() {
            combined.push((row, values));
            continue;
        }
        let place = *places.entry(others(&row, field)).or_insert(combined.len());
        match combined.get_mut(place) {
            Some((first, of_first)) => {
                of_first.extend(values);
                first.identity.latest = first.identity.latest.max(row.identity.latest);
            }
            None => combined.push((row, values)),
        }
    }
    let rows = combined.into_iter().map(|(mut row, values)| {
        row.set(field, Value::from_list(values));
        row
    });
    rows.collect()
}

/// All that a row has besides the field, in one form whatever the order of its columns.
fn others(row: &Row, field: &str) -> Vec<u8> {
    let columns = row.columns().iter();
    let mut columns: Vec<_> = columns
        .filter(|(name, value)| name != field && !value.is_null())
        .collect();
    entries::sort(&mut columns, |left, right| left.0.cmp(&right.0));
    let mut writer = Writer::new();
    writer.list(columns.into_iter(), |writer, (name, value)| {
        writer.text(name);
        value.write(writer);
    });
    writer.into_bytes()
}
