//! `foreach`: what a template does, for each field whose name a pattern covers.

use alloc::string::String;
use alloc::vec::Vec;

use super::columns::columns_of;
use super::command::Context;
use super::eval::Expr;
use super::room::Room;
use super::row::Row;
use crate::search::NamePattern;
use crate::value::Value;

/// `foreach a* [eval x_<<MATCHSTR>>='<<FIELD>>'+1]` [Search Reference, "foreach"].
#[derive(Clone, Debug)]
pub struct Foreach {
    /// The fields: those that any row has, in the order of the patterns and, for one
    /// pattern, of the columns `[U]`.
    pub fields: Vec<NamePattern>,
    /// What is set, with the field's name and parts of it in the names and texts.
    pub assignments: Vec<(String, Expr)>,
}

/// What a token of a template begins with.
const OPENS: &str = "<<";

/// Does a name or a text hold a token?
#[must_use]
pub fn has_token(text: &str) -> bool {
    text.contains(OPENS)
}

impl Foreach {
    pub(super) fn apply(&self, mut rows: Vec<Row>, context: &Context<'_>) -> Vec<Row> {
        let mut room = Room::of(&rows, context);
        let there = |name: &String| {
            rows.iter()
                .any(|row| row.columns().iter().any(|(column, _)| column == name))
        };
        let names = columns_of(&self.fields, &rows);
        let names: Vec<String> = names.into_iter().filter(there).collect();
        for name in &names {
            let Some(pattern) = self.fields.iter().find(|one| one.matches(name)) else {
                continue;
            };
            for (target, value) in self.of(pattern, name) {
                for row in &mut rows {
                    let value = value.value(row, context);
                    let length: usize = value.each().iter().map(length).sum();
                    if room.take(target.len().saturating_add(length)) {
                        row.set(&target, value);
                    }
                }
            }
        }
        rows
    }

    /// The template for one field that a pattern covers.
    fn of(&self, pattern: &NamePattern, name: &str) -> Vec<(String, Expr)> {
        let captures = pattern.captures(name).unwrap_or_default();
        let fill = |text: &mut String| {
            if has_token(text) {
                *text = filled(text, name, &captures);
            }
        };
        let filled = self.assignments.iter().map(|(target, value)| {
            let (mut target, mut value) = (target.clone(), value.clone());
            fill(&mut target);
            value.rewrite(&fill);
            (target, value)
        });
        filled.collect()
    }

    /// Calls `visit` with each field that is read; with None for those of a pattern, or
    /// whose name is made of one.
    pub fn visit_fields(&self, visit: &mut dyn FnMut(Option<&str>)) {
        for pattern in &self.fields {
            visit(pattern.literal());
            for (_, value) in &self.assignments {
                value.visit_fields(&mut |name| match (has_token(name), pattern.literal()) {
                    (false, _) => visit(Some(name)),
                    (true, Some(literal)) => visit(Some(&filled(name, literal, &[]))),
                    (true, None) => {}
                });
            }
        }
    }
}

fn length(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len().saturating_add(32),
        _ => 40,
    }
}

/// A text with the tokens filled in: of several wildcards `MATCHSTR` is all that they
/// stand for, one behind the other `[U]`.
fn filled(text: &str, name: &str, captures: &[&str]) -> String {
    let capture = |number: usize| captures.get(number).copied().unwrap_or_default();
    text.replace("<<FIELD>>", name)
        .replace("<<MATCHSTR>>", &captures.concat())
        .replace("<<MATCHSEG1>>", capture(0))
        .replace("<<MATCHSEG2>>", capture(1))
        .replace("<<MATCHSEG3>>", capture(2))
}
