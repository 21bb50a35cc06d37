//! The commands over rows.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::convert::Convert;
use super::eval::Expr;
use super::name_pattern::NamePattern;
use super::rename::Rename;
use super::row::{Identity, Row};
use crate::search::{Field, Test};
use crate::stats::{GroupResult, Groups, Item, Observation, Source, Stats};
use crate::time::Zone;
use crate::value::Value;

/// A command, ready to run.
#[derive(Clone, Debug)]
pub enum Command {
    /// `search`: keeps the rows that match.
    Search(Test),
    /// `where`: keeps the rows for which the expression is true.
    Where(Expr),
    /// `eval`: sets columns, each seeing those before it.
    Eval(Vec<(String, Expr)>),
    /// `convert`.
    Convert(Vec<Convert>),
    /// `rename`: one after the other.
    Rename(Vec<Rename>),
    /// `table`: these columns in this order; null where a row has none.
    Table(Vec<NamePattern>),
    /// `fields`: these columns, and those whose names begin with `_`.
    Keep(Vec<NamePattern>),
    /// `fields -`: all but these.
    Drop(Vec<NamePattern>),
    /// `fillnull`: a value for the fields listed, or for every column that any
    /// row has.
    FillNull {
        /// What is filled in.
        value: String,
        /// The fields; None for every column.
        fields: Option<Vec<String>>,
    },
    /// `stats` over the rows of an earlier one.
    Stats(Stats),
}

/// What commands see besides the rows.
#[derive(Clone, Copy, Debug)]
pub struct Context<'c> {
    /// The user's time zone.
    pub zone: &'c Zone,
    /// When the search was scheduled to run, in seconds since the epoch: for an event
    /// before the first `stats` the first run that sees it. None in a window of all time.
    pub now: Option<i64>,
}

impl Command {
    /// Does what becomes of a row depend on that row alone?
    #[must_use]
    pub fn is_row_by_row(&self) -> bool {
        match self {
            Command::Stats(_) | Command::FillNull { fields: None, .. } => false,
            Command::Table(patterns) => patterns.iter().all(|one| one.literal().is_some()),
            _ => true,
        }
    }

    /// Does it ask for the time of the run?
    #[must_use]
    pub fn asks_now(&self) -> bool {
        match self {
            Command::Where(condition) => condition.asks_now(),
            Command::Eval(assignments) => assignments.iter().any(|(_, value)| value.asks_now()),
            _ => false,
        }
    }

    /// Runs the command over all rows of a window.
    #[must_use]
    pub fn apply(&self, rows: Vec<Row>, context: &Context<'_>) -> Vec<Row> {
        match self {
            Command::Stats(stats) => aggregate(stats, &rows),
            Command::FillNull {
                value,
                fields: None,
            } => fill_every_column(rows, value),
            Command::Table(patterns) => {
                let columns = table_columns(patterns, &rows);
                let mut rows = rows;
                for row in &mut rows {
                    take_columns(row, &columns);
                }
                rows
            }
            _ => rows
                .into_iter()
                .filter_map(|row| self.apply_to_event(row, context))
                .collect(),
        }
    }

    /// Runs the command over one event; None where it does not keep it.
    ///
    /// What needs all rows works on this one alone: the planner puts no such
    /// command before the first `stats`.
    #[must_use]
    pub fn apply_to_event(&self, mut row: Row, context: &Context<'_>) -> Option<Row> {
        match self {
            Command::Search(test) => return test.matches(&row).then_some(row),
            Command::Where(condition) => return condition.is_true(&row, context).then_some(row),
            Command::Eval(assignments) => {
                for (name, expression) in assignments {
                    let value = expression.value(&row, context);
                    row.set(name, value);
                }
            }
            Command::Convert(functions) => {
                for function in functions {
                    function.apply(&mut row, context);
                }
            }
            Command::Rename(renamings) => {
                for renaming in renamings {
                    renaming.apply(&mut row);
                }
            }
            Command::Keep(patterns) => keep(&mut row, patterns),
            Command::Drop(patterns) => {
                let columns = row.take_columns().into_iter();
                let kept = columns
                    .filter(|(name, _)| !patterns.iter().any(|p| p.matches(name)))
                    .collect();
                row.replace_columns(kept, false);
            }
            Command::FillNull {
                value,
                fields: Some(fields),
            } => {
                for field in fields {
                    fill(&mut row, field, value);
                }
            }
            Command::FillNull { fields: None, .. } | Command::Table(_) | Command::Stats(_) => {
                return self.apply(alloc::vec![row], context).pop();
            }
        }
        Some(row)
    }
}

fn fill(row: &mut Row, field: &str, value: &str) {
    if row.get(field).is_null() {
        row.set(field, Value::Text(String::from(value)));
    }
}

fn fill_every_column(mut rows: Vec<Row>, value: &str) -> Vec<Row> {
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut names: Vec<String> = Vec::new();
    for (name, _) in rows.iter().flat_map(Row::columns) {
        if !known.contains(name) {
            known.insert(name.clone());
            names.push(name.clone());
        }
    }
    for row in &mut rows {
        for name in &names {
            fill(row, name, value);
        }
    }
    rows
}

/// The columns of `table`: a name is one, a pattern those of any row.
fn table_columns(patterns: &[NamePattern], rows: &[Row]) -> Vec<String> {
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut columns: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        if !known.contains(name) {
            known.insert(String::from(name));
            columns.push(String::from(name));
        }
    };
    for pattern in patterns {
        match pattern.literal() {
            Some(name) => add(name),
            None => {
                let names = rows
                    .iter()
                    .flat_map(|row| row.columns().iter().map(|(name, _)| name));
                // `*` does not show what Splunk keeps for itself.
                names
                    .filter(|name| !name.starts_with('_') && pattern.matches(name))
                    .for_each(|name| add(name));
            }
        }
    }
    columns
}

fn take_columns(row: &mut Row, columns: &[String]) {
    let taken = columns
        .iter()
        .map(|name| (name.clone(), row.get(name).clone()))
        .collect();
    row.replace_columns(taken, true);
}

/// `fields`: in the order of the list, then what begins with `_`.
fn keep(row: &mut Row, patterns: &[NamePattern]) {
    let mut kept: Vec<(String, Value)> = Vec::new();
    let columns = row.take_columns();
    for pattern in patterns {
        match pattern.literal() {
            Some(name) => {
                if kept.iter().all(|(column, _)| column != name) {
                    let value = columns.iter().find(|(column, _)| column == name);
                    let value = value.map(|(_, value)| value.clone()).unwrap_or_default();
                    kept.push((String::from(name), value));
                }
            }
            None => {
                let further = columns.iter().filter(|(name, _)| pattern.matches(name));
                for (name, value) in further {
                    if kept.iter().all(|(column, _)| column != name) {
                        kept.push((name.clone(), value.clone()));
                    }
                }
            }
        }
    }
    for (name, value) in columns {
        if name.starts_with('_') && kept.iter().all(|(column, _)| *column != name) {
            kept.push((name, value));
        }
    }
    row.replace_columns(kept, true);
}

/// A second `stats`: the rows of the first are its events. They are bounded by
/// the groups of the first, and so are its own.
fn aggregate(stats: &Stats, rows: &[Row]) -> Vec<Row> {
    // As many as a row has at the most: what the session keeps, or all there are.
    let samples = rows.iter().map(|row| row.identity.samples.len());
    let keep = samples.max().unwrap_or_default();
    let mut groups = Groups::default();
    for row in rows {
        let seen = Observation {
            time: row.identity.latest,
            samples: &row.identity.samples,
            keep,
        };
        let _ = groups.add(stats, row, &seen, usize::MAX, &mut |_| {});
    }
    groups.results(stats).into_iter().map(Row::from).collect()
}

impl Source for Row {
    fn visit(&self, field: &Field, visit: &mut dyn FnMut(Item<'_>)) {
        for value in self.get(&field.name).each() {
            match value {
                Value::Text(text) => visit(Item::Text(text)),
                Value::Number(number) => visit(Item::Number(*number)),
                Value::Null | Value::Many(_) => {}
            }
        }
    }
}

/// A group's result as a row: by-fields, then aggregates.
impl From<GroupResult<'_>> for Row {
    fn from(result: GroupResult<'_>) -> Self {
        let mut row = Row::new(Identity {
            by: Some(result.by_values.clone()),
            latest: result.latest,
            samples: result.samples,
        });
        let by = result.by.iter().zip(result.by_values);
        for (name, value) in by {
            row.set(name, Value::Text(value));
        }
        for (name, value) in result.values {
            row.set(name, value);
        }
        row
    }
}
