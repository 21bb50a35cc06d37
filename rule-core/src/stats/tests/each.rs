//! Fields that are counted by a pattern: a state like any other, and bounded.

use super::*;
use crate::snapshot::{Reader, Writer};
use std::format;

/// An event whose fields are known, as those of a row are.
struct Row(Vec<(String, &'static str)>);

impl Source for Row {
    fn visit(&self, field: &Field, visit: &mut dyn FnMut(Item<'_>)) {
        self.visit_all(&mut |name, item| {
            if name == field.name {
                visit(item);
            }
        });
    }

    fn visit_all(&self, visit: &mut dyn FnMut(&str, Item<'_>)) {
        for (name, value) in &self.0 {
            visit(name, Item::Text(value));
        }
    }
}

fn stats() -> Stats {
    Stats {
        aggregates: vec![Aggregate {
            function: Function::Values,
            over: Over::Each {
                names: NamePattern::new("*"),
                columns: NamePattern::new("all_*"),
            },
            column: String::from("all_*"),
        }],
        by: vec![field("host")],
        missing: None,
    }
}

fn groups(rows: &[Row]) -> Groups {
    let mut groups = Groups::default();
    for row in rows {
        let seen = Observation::default();
        let _ = groups.add(&stats(), row, &seen, ALL, &mut |_| {});
    }
    groups
}

fn written(groups: &Groups) -> Vec<u8> {
    let mut writer = Writer::new();
    groups.write(&mut writer);
    writer.into_bytes()
}

/// A row with so many fields from a number on.
fn numbered(from: usize, count: usize) -> Row {
    let fields = (from..from + count).map(|number| (format!("f{number:04}"), "x"));
    let host = (String::from("host"), "h");
    Row(fields.chain([host]).collect())
}

#[test]
fn the_first_by_their_names_stay_in_whatever_order_they_come() {
    let rows = || [numbered(800, 400), numbered(0, 600), numbered(500, 500)];
    let whole = groups(&rows());
    let mut turned = rows();
    turned.reverse();
    assert_eq!(written(&groups(&turned)), written(&whole));
    let mut parts = groups(&rows()[..1]);
    parts.merge(&groups(&rows()[1..]), 0);
    assert_eq!(written(&parts), written(&whole));
    assert_eq!(parts.bytes(), whole.bytes());
    assert_eq!(whole.left_out(), 200, "of 1,200 fields");
    let stats = stats();
    let results = whole.results(&stats);
    let names: Vec<&str> = results[0].values.iter().map(|(name, _)| &**name).collect();
    assert_eq!(
        (names.len(), names[0], names[999]),
        (1000, "all_f0000", "all_f0999")
    );
}

#[test]
fn a_state_is_read_as_it_was_written() {
    let whole = groups(&[numbered(0, 1200)]);
    let bytes = written(&whole);
    let again = Groups::read(&mut Reader::new(&bytes), &stats()).unwrap();
    assert_eq!(written(&again), bytes);
    assert_eq!((again.bytes(), again.left_out()), (whole.bytes(), 200));
}
