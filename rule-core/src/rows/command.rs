//! The commands over rows.

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

use super::append::AppendPipe;
use super::beside;
use super::bin::{Bin, Size};
use super::columns::{columns_of, fill, keep, take_columns};
use super::combine::mvcombine;
use super::convert::Convert;
use super::dedup::Dedup;
use super::eval::Expr;
use super::expand::{self, MakeMv};
use super::extract::Extract;
use super::foreach::Foreach;
use super::fromjson::FromJson;
use super::head::Head;
use super::lookup::Lookup;
use super::rename::Rename;
use super::replace::Replace;
use super::rex::{Matching, Rex, Sed};
use super::room::Room;
use super::row::{Identity, Row};
use super::sort::Sort;
use super::spath::Spath;
use super::streamstats::StreamStats;
use super::top::Top;
use super::totals::AddTotals;
use super::xmlkv;
use crate::search::{Field, NamePattern, Test};
use crate::stats::{GroupResult, Groups, Item, Most, Observation, Source, Stats};
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
        /// The fields: of a pattern the columns of any row.
        fields: Vec<NamePattern>,
    },
    /// `lookup`.
    Lookup(Lookup),
    /// `stats` over the rows of an earlier one.
    Stats(Stats),
    /// `eventstats`.
    EventStats(Stats),
    /// `streamstats`.
    StreamStats(StreamStats),
    /// `bin`, `bucket`.
    Bin(Bin),
    /// `rex`.
    Rex(Rex),
    /// `rex mode=sed`.
    Sed(Sed),
    /// `regex`: keeps the rows in which an expression matches.
    Matching(Matching),
    /// `spath`.
    Spath(Spath),
    /// `xmlkv`, over a field.
    XmlKv(String),
    /// `fromjson`.
    FromJson(FromJson),
    /// `mvexpand`.
    MvExpand {
        /// The field.
        field: String,
        /// How many values of a row become rows; None for all.
        limit: Option<usize>,
    },
    /// `makemv`.
    MakeMv(MakeMv),
    /// `mvcombine`.
    MvCombine(String),
    /// `extract`, `kv`.
    Extract(Extract),
    /// `foreach`.
    Foreach(Foreach),
    /// `appendpipe`.
    AppendPipe(AppendPipe),
    /// `nomv`.
    NoMv(String),
    /// `replace`.
    Replace(Replace),
    /// `addtotals`.
    AddTotals(AddTotals),
    /// `dedup`.
    Dedup(Dedup),
    /// `sort`.
    Sort(Sort),
    /// `head`.
    Head(Head),
    /// `tail`: the last so many rows, the last first.
    Tail(usize),
    /// `reverse`.
    Reverse,
    /// `top`, `rare`, behind their `stats`.
    Top(Top),
}

/// What commands see besides the rows.
#[derive(Clone, Debug)]
pub struct Context<'c> {
    /// The user's time zone.
    pub zone: &'c Zone,
    /// The bytes that the rows may take, where a command makes more of them: see
    /// [`super::most_of`].
    pub most: usize,
    /// Counts what commands had no room for.
    pub left_out: &'c Cell<u64>,
    /// The steps that commands may take together, besides those of each row.
    pub steps: Cell<usize>,
    /// When the search was scheduled to run, in seconds since the epoch: for an event
    /// before the first `stats` the first run that sees it. None in a window of all time.
    pub now: Option<i64>,
}

impl Context<'_> {
    /// About a second of work.
    pub const STEPS: usize = 1 << 26;

    /// Counts what a command had no room for.
    pub(super) fn leave_out(&self, count: u64) {
        self.left_out.set(self.left_out.get().saturating_add(count));
    }
}

impl Command {
    /// Does what becomes of a row depend on that row alone?
    #[must_use]
    pub fn is_row_by_row(&self) -> bool {
        match self {
            Command::Table(fields) | Command::FillNull { fields, .. } => !NamePattern::any(fields),
            // Several rows of one group have ids of their own: which of them are gone
            // shows where all are looked at.
            Command::MvExpand { .. } => false,
            // It finds its fields in all rows.
            Command::Foreach(foreach) => !NamePattern::any(&foreach.fields),
            _ => !self.needs_all_rows(),
        }
    }

    /// How many columns `eval` makes in it.
    #[must_use]
    pub fn evals(&self) -> usize {
        match self {
            Command::Eval(assignments) => assignments.len(),
            Command::AppendPipe(pipe) => pipe.commands.iter().map(Command::evals).sum(),
            _ => 0,
        }
    }

    /// Does it ask for the time of the run?
    #[must_use]
    pub fn asks_now(&self) -> bool {
        match self {
            Command::Where(condition) => condition.asks_now(),
            Command::Eval(assignments) => assignments.iter().any(|(_, value)| value.asks_now()),
            Command::Foreach(foreach) => {
                let mut values = foreach.assignments.iter();
                values.any(|(_, value)| value.asks_now())
            }
            Command::AppendPipe(pipe) => pipe.commands.iter().any(Command::asks_now),
            Command::StreamStats(stream) => {
                let conditions = stream.reset.before.iter().chain(&stream.reset.after);
                conditions.into_iter().any(Expr::asks_now)
            }
            Command::Head(head) => head.condition.as_ref().is_some_and(Expr::asks_now),
            _ => false,
        }
    }

    /// Does it mean something over all rows of a window alone? `table` and
    /// `fillnull` find their columns in all rows, but make do with those of one.
    #[must_use]
    pub fn needs_all_rows(&self) -> bool {
        matches!(
            self,
            Command::Stats(_)
                | Command::EventStats(_)
                | Command::StreamStats(_)
                | Command::Dedup(_)
                | Command::Sort(_)
                | Command::Head(_)
                | Command::Tail(_)
                | Command::Reverse
                | Command::MvCombine(_)
                | Command::Bin(Bin {
                    size: Size::Fitted(_),
                    ..
                })
                | Command::AppendPipe(_)
                | Command::AddTotals(AddTotals { sums: Some(_), .. })
                | Command::Top(_)
        )
    }

    /// Does it make more of rows than there was, as far as there is room for it?
    #[must_use]
    pub fn expands(&self) -> bool {
        matches!(
            self,
            Command::MvExpand { .. }
                | Command::EventStats(_)
                | Command::StreamStats(_)
                | Command::Rex(_)
                | Command::Spath(_)
                | Command::XmlKv(_)
                | Command::FromJson(_)
                | Command::Extract(_)
                | Command::Foreach(_)
                | Command::AppendPipe(_)
                | Command::MakeMv(_)
                | Command::AddTotals(AddTotals { sums: Some(_), .. })
        )
    }

    /// Does it make more of columns or values than there was, as far as there is room?
    #[must_use]
    pub fn grows(&self) -> bool {
        matches!(
            self,
            Command::Eval(_)
                | Command::Convert(_)
                | Command::Lookup(_)
                | Command::Rename(_)
                | Command::Table(_)
                | Command::Keep(_)
                | Command::FillNull { .. }
                | Command::Sed(_)
                | Command::Replace(_)
                | Command::Stats(_)
        )
    }

    /// Runs the command over all rows of a window, or over that of one event.
    #[must_use]
    pub fn apply(&self, mut rows: Vec<Row>, context: &Context<'_>) -> Vec<Row> {
        match self {
            Command::Stats(stats) => return aggregate(stats, &rows, context),
            Command::EventStats(stats) => return beside::eventstats(stats, rows, context),
            Command::StreamStats(stream) => return stream.apply(rows, context),
            Command::MvExpand { field, limit } => {
                return expand::mvexpand(field, *limit, rows, context);
            }
            Command::Dedup(dedup) => return dedup.apply(rows),
            Command::Sort(sort) => return sort.apply(rows),
            Command::Head(head) => head.apply(&mut rows, context),
            Command::Foreach(foreach) => return foreach.apply(rows, context),
            Command::AppendPipe(pipe) => return pipe.apply(rows, context),
            Command::MvCombine(field) => return mvcombine(field, rows),
            Command::AddTotals(totals) => return totals.apply(rows, context),
            Command::Tail(count) => {
                rows.reverse();
                rows.truncate(*count);
            }
            Command::Reverse => rows.reverse(),
            Command::Bin(bin) => bin.apply(&mut rows, context),
            Command::Top(top) => return top.apply(rows),
            Command::FillNull { value, fields } => {
                let columns = columns_of(fields, &rows);
                let mut room = Room::of(&rows, context);
                for row in &mut rows {
                    for name in &columns {
                        fill(row, name, value, &mut room);
                    }
                }
            }
            Command::Table(patterns) => {
                let columns = columns_of(patterns, &rows);
                let mut room = Room::of(&rows, context);
                for row in &mut rows {
                    take_columns(row, &columns, &mut room);
                }
            }
            _ => {
                let measured: &[Row] = if self.grows() { &rows } else { &[] };
                let mut room = Room::of(measured, context);
                rows.retain_mut(|row| self.keeps(row, context, &mut room));
            }
        }
        rows
    }

    /// Runs a command over one row; false where it does not keep it.
    fn keeps(&self, row: &mut Row, context: &Context<'_>, room: &mut Room<'_>) -> bool {
        match self {
            Command::Search(test) => return test.matches(row),
            Command::Where(condition) => return condition.is_true(row, context),
            Command::Eval(assignments) => {
                for (name, expression) in assignments {
                    let value = expression.value(row, context);
                    if !room.set(row, name, value) {
                        row.set(name, Value::Null);
                    }
                }
            }
            Command::Convert(functions) => {
                for function in functions {
                    function.apply(row, context, room);
                }
            }
            Command::Rename(renamings) => {
                for renaming in renamings {
                    renaming.apply(row, room);
                }
            }
            Command::Lookup(lookup) => lookup.apply(row, context, room),
            Command::Keep(patterns) => keep(row, patterns, room),
            Command::Drop(patterns) => {
                let columns = row.take_columns().into_iter();
                let kept = columns
                    .filter(|(name, _)| !patterns.iter().any(|p| p.matches(name)))
                    .collect();
                row.replace_columns(kept, false);
            }
            Command::Rex(rex) => rex.apply(row, context),
            Command::Sed(sed) => sed.apply(row, context, room),
            Command::Matching(matching) => return matching.keeps(row, context),
            Command::Spath(spath) => spath.apply(row, context),
            Command::XmlKv(field) => xmlkv::xmlkv(field, row, context),
            Command::FromJson(fromjson) => fromjson.apply(row, context),
            Command::MakeMv(makemv) => makemv.apply(row, context),
            Command::Extract(extract) => extract.apply(row, context),
            Command::NoMv(field) => expand::nomv(field, row),
            Command::Replace(replace) => replace.apply(row, room),
            // What works on all rows has had them.
            Command::Table(_)
            | Command::FillNull { .. }
            | Command::Stats(_)
            | Command::EventStats(_)
            | Command::StreamStats(_)
            | Command::Bin(_)
            | Command::MvExpand { .. }
            | Command::MvCombine(_)
            | Command::Foreach(_)
            | Command::AppendPipe(_)
            | Command::AddTotals(_)
            | Command::Dedup(_)
            | Command::Sort(_)
            | Command::Head(_)
            | Command::Tail(_)
            | Command::Reverse
            | Command::Top(_) => {}
        }
        true
    }
}

/// A second `stats`: the rows of the first are its events, as far as there is room for
/// what is counted of them.
fn aggregate(stats: &Stats, rows: &[Row], context: &Context<'_>) -> Vec<Row> {
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
        if groups.bytes() > context.most {
            context.leave_out(1);
            continue;
        }
        let most = Most::of_groups(context.most.saturating_sub(groups.bytes()));
        let added = groups.add(stats, row, &seen, most, &mut |_| {});
        context.leave_out(added.left_out as u64);
    }
    context.leave_out(groups.left_out());
    groups.results(stats).into_iter().map(Row::from).collect()
}

impl Source for Row {
    fn visit(&self, field: &Field, visit: &mut dyn FnMut(Item<'_>)) {
        each(self.get(&field.name), visit);
    }

    fn visit_all(&self, visit: &mut dyn FnMut(&str, Item<'_>)) {
        for (name, value) in self.columns() {
            each(value, &mut |item| visit(name, item));
        }
    }
}

fn each(value: &Value, visit: &mut dyn FnMut(Item<'_>)) {
    for value in value.each() {
        match value {
            Value::Text(text) => visit(Item::Text(text)),
            Value::Number(number) => visit(Item::Number(*number)),
            Value::Null | Value::Many(_) => {}
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
            row.set(&name, value);
        }
        row
    }
}
