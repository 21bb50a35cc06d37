//! Which fields of events the commands of a plan ask for.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::beside::fields_of;
use crate::rows::{AddTotals, Command, Replace, Sort};
use crate::search::NamePattern;

/// The fields that commands ask events for.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) fields: Vec<String>,
    /// The same, to be looked for.
    known: BTreeSet<String>,
    /// What commands so far have made themselves.
    made: BTreeSet<String>,
    /// Does one ask for fields by a pattern?
    pub(super) all: bool,
}

impl Asked {
    pub(super) fn read(&mut self, name: &str) {
        if !self.made.contains(name) && !self.known.contains(name) {
            self.known.insert(String::from(name));
            self.fields.push(String::from(name));
        }
    }

    fn make(&mut self, name: &str) {
        self.made.insert(String::from(name));
    }
}

/// Notes the fields that a command reads and makes; true where it reads some by
/// a pattern.
pub(super) fn visit_fields(command: &Command, asked: &mut Asked) -> bool {
    let mut any = false;
    let mut read = |asked: &mut Asked, pattern: &NamePattern| match pattern.literal() {
        Some(name) => asked.read(name),
        None => any = true,
    };
    match command {
        Command::Table(patterns) | Command::Keep(patterns) => {
            patterns.iter().for_each(|pattern| read(asked, pattern));
        }
        Command::Convert(functions) => {
            functions
                .iter()
                .for_each(|function| read(asked, &function.field));
        }
        Command::Rename(renamings) => {
            for renaming in renamings {
                read(asked, renaming.from());
                if let Some(name) = renaming.to().literal() {
                    asked.make(name);
                }
            }
        }
        Command::Search(test) => {
            if test.asks_raw() {
                asked.read("_raw");
            }
            test.clone()
                .visit_fields(&mut |field| asked.read(&field.name));
        }
        Command::Where(expr) => expr.visit_fields(&mut |name| asked.read(name)),
        Command::Eval(assignments) => {
            for (name, value) in assignments {
                value.visit_fields(&mut |name| asked.read(name));
                asked.make(name);
            }
        }
        Command::FillNull { fields, .. } => {
            // A pattern is of the columns that there are anyway.
            let named = fields.iter().filter_map(NamePattern::literal);
            named.for_each(|field| asked.read(field));
        }
        Command::Stats(stats) => {
            fields_of(stats).for_each(|field| asked.read(&field.name));
            any = stats.asks_all();
        }
        Command::EventStats(stats) => {
            fields_of(stats).for_each(|field| asked.read(&field.name));
            any = stats.asks_all();
            // A row that lacks a by-field keeps what it had.
            if stats.by.is_empty() {
                stats
                    .aggregates
                    .iter()
                    .for_each(|one| asked.make(&one.column));
            }
        }
        Command::StreamStats(stream) => {
            fields_of(&stream.stats).for_each(|field| asked.read(&field.name));
            any = stream.stats.asks_all();
            stream.within.iter().for_each(|_| asked.read("_time"));
            let conditions = stream.reset.before.iter().chain(&stream.reset.after);
            for condition in conditions {
                condition.visit_fields(&mut |name| asked.read(name));
            }
        }
        // What these make where they find something may be there where they don't.
        Command::Lookup(lookup) => {
            lookup.inputs().for_each(|field| asked.read(field));
            // One that is there already may stay.
            lookup.outputs().for_each(|field| asked.read(field));
        }
        Command::Bin(bin) => asked.read(&bin.field),
        Command::Rex(rex) => asked.read(&rex.field),
        Command::Sed(sed) => asked.read(&sed.field),
        Command::Matching(matching) => asked.read(&matching.field),
        Command::Spath(spath) => asked.read(&spath.input),
        Command::FromJson(fromjson) => asked.read(&fromjson.field),
        Command::MvExpand { field, .. } | Command::NoMv(field) | Command::XmlKv(field) => {
            asked.read(field)
        }
        Command::MakeMv(makemv) => asked.read(&makemv.field),
        Command::Replace(Replace { fields, .. }) | Command::AddTotals(AddTotals { fields, .. }) => {
            fields.iter().for_each(|field| read(asked, field));
            any |= fields.is_empty();
        }
        Command::Dedup(dedup) => {
            dedup.fields.iter().for_each(|field| asked.read(field));
            dedup.sort.iter().for_each(|sort| read_keys(asked, sort));
        }
        Command::Sort(sort) => read_keys(asked, sort),
        Command::MvCombine(field) => {
            // Rows are told apart by all that they have.
            asked.read(field);
            any = true;
        }
        Command::Foreach(foreach) => foreach.visit_fields(&mut |name| match name {
            Some(name) => asked.read(name),
            None => any = true,
        }),
        // What its commands make is not there for those behind it.
        Command::AppendPipe(pipe) => {
            let made = asked.made.clone();
            for command in &pipe.commands {
                any |= visit_fields(command, asked);
            }
            asked.made = made;
        }
        Command::Extract(_) => asked.read("_raw"),
        Command::Head(head) => {
            let condition = head.condition.iter();
            condition.for_each(|expr| expr.visit_fields(&mut |name| asked.read(name)));
        }
        Command::Drop(_) | Command::Tail(_) | Command::Reverse | Command::Top(_) => {}
    }
    any
}

fn read_keys(asked: &mut Asked, sort: &Sort) {
    sort.keys.iter().for_each(|key| asked.read(&key.field));
}
