//! `head`: the first rows.

use alloc::vec::Vec;

use super::command::Context;
use super::eval::Expr;
use super::row::Row;

/// `head 5`, `head (x>1) keeplast=true null=true limit=100` [Search Reference, "head"].
#[derive(Clone, Debug)]
pub struct Head {
    /// How many rows, at the most.
    pub limit: usize,
    /// Up to the first row for which it is not true.
    pub condition: Option<Expr>,
    /// Does null count as true?
    pub null: bool,
    /// Is that row kept too?
    pub keep_last: bool,
}

impl Head {
    pub(super) fn apply(&self, rows: &mut Vec<Row>, context: &Context<'_>) {
        rows.truncate(self.limit);
        let Some(condition) = &self.condition else {
            return;
        };
        let ends = |row: &Row| !condition.truth(row, context).unwrap_or(self.null);
        if let Some(place) = rows.iter().position(ends) {
            rows.truncate(place.saturating_add(usize::from(self.keep_last)));
        }
    }
}
