//! `rename`: other names for columns.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::room::Room;
use super::row::Row;
use crate::search::NamePattern;
use crate::value::Value;

/// One `FIELD AS NAME`.
///
/// A field that is missing, renamed onto one that is there, empties that one
/// [Search Reference, "rename"].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    from: NamePattern,
    to: NamePattern,
}

impl Rename {
    /// A renaming; None where both names have wildcards and not equally many.
    #[must_use]
    pub fn new(from: NamePattern, to: NamePattern) -> Option<Self> {
        (from.wildcards() == to.wildcards()).then_some(Rename { from, to })
    }

    /// The name pattern of the fields that it takes.
    #[must_use]
    pub fn from(&self) -> &NamePattern {
        &self.from
    }

    /// The name pattern of what it makes of them.
    #[must_use]
    pub fn to(&self) -> &NamePattern {
        &self.to
    }

    /// A longer name as far as there is room for it.
    pub(super) fn apply(&self, row: &mut Row, room: &mut Room<'_>) {
        let columns = row.columns();
        let mut renamed: BTreeSet<String> = BTreeSet::new();
        let names: Vec<Option<String>> = columns
            .iter()
            .map(|(name, _)| {
                let captures = self.from.captures(name)?;
                let to = self.to.fill(&captures);
                if !room.take(to.len().saturating_sub(name.len())) {
                    return None;
                }
                renamed.insert(to.clone());
                Some(to)
            })
            .collect();
        if renamed.is_empty() {
            if let Some(to) = self.to.literal() {
                row.set(to, Value::Null);
            }
            return;
        }
        let kept = row
            .take_columns()
            .into_iter()
            .zip(names)
            .filter_map(|((name, value), to)| match to {
                Some(to) => Some((to, value)),
                None if renamed.contains(&name) => None,
                None => Some((name, value)),
            });
        let kept = kept.collect();
        row.replace_columns(kept, false);
    }
}
