//! From a search's tree to something that runs, or an error that names what
//! cannot.
//!
//! Nothing is ignored: a command, function, option or form that a plan has no
//! place for is an [`Error`] with its name and its place in the search.

mod arguments;
mod asked;
mod beside;
mod bins;
mod bounds;
mod columns;
mod commands;
mod expression;
mod functions;
mod instead;
mod lookup;
mod nested;
mod orders;
mod patterns;
mod predicate;
mod stats;
mod tstats;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::iter::Peekable;

use asked::Asked;
use bounds::TOO_MANY_PARTS;
pub use bounds::{Bounds, Expressions, TOO_MUCH_TEXT};

use crate::names::Sources;
use crate::rows::{Command, LookupTable};
use crate::search::{Field, NamePattern, Test};
use crate::spl::ast::{self, Body, Span};
use crate::spl::{Code, Error, Macros, Search, Source};
use crate::stats::{Over, Stats};

/// A search, ready to run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which events it takes.
    pub filter: Test,
    /// What is done to each of them before they are counted or collected.
    pub before: Vec<Command>,
    /// What is counted of them; None where the search has no `stats` and its
    /// events are its rows.
    pub stats: Option<Stats>,
    /// What is done to the rows of a window.
    pub after: Vec<Command>,
    /// The fields of events that it reads.
    pub fields: Vec<String>,
    /// Does it want every field that an event has?
    pub all_fields: bool,
}

/// What a plan is made with, besides the search.
#[derive(Clone, Copy, Debug)]
pub struct Context<'c> {
    /// Where eventtypes and tags are defined.
    pub sources: &'c Sources,
    /// For the searches that define them.
    pub macros: &'c Macros,
    /// The tables that `lookup` knows.
    pub lookups: &'c BTreeMap<String, Arc<LookupTable>>,
    /// How much more all searches may come to than was written.
    pub bounds: &'c Bounds<'c>,
}

impl Plan {
    /// Plans a search.
    ///
    /// # Errors
    /// What cannot run, by name and place.
    pub fn new(search: &Search, context: &Context<'_>) -> Result<Plan, Error> {
        let planner = Planner {
            source: &search.source,
            context,
            node: None,
        };
        planner.check_bounds(&search.pipeline.commands)?;
        let mut commands = search.pipeline.commands.iter().peekable();
        let first = commands.next_if(|one| matches!(one.body, Body::Tstats(_)));
        let mut plan = match first.map(|command| (command, &command.body)) {
            Some((command, Body::Tstats(tstats))) => planner.tstats(command, tstats)?,
            _ => planner.search(&mut commands)?,
        };
        let commands: Vec<_> = commands.collect();
        for (index, command) in commands.iter().enumerate() {
            let rest = commands.get(index..).unwrap_or_default();
            let counts =
                |one: &&ast::Command| matches!(one.name.text.as_str(), "stats" | "top" | "rare");
            let stats_follows = rest.iter().any(counts);
            planner.add(&mut plan, command, stats_follows)?;
        }
        plan.settle_fields();
        Ok(plan)
    }

    /// A plan that takes these events and does nothing with them yet.
    fn of(filter: Test) -> Plan {
        Plan {
            filter,
            before: Vec::new(),
            stats: None,
            after: Vec::new(),
            fields: Vec::new(),
            all_fields: false,
        }
    }

    /// Does any of its commands ask for the time of the run?
    #[must_use]
    pub fn asks_now(&self) -> bool {
        self.before.iter().chain(&self.after).any(Command::asks_now)
    }

    /// Calls `visit` with each field that is read from events, so that it can be
    /// told its slot.
    pub fn visit_event_fields(&mut self, visit: &mut dyn FnMut(&mut Field)) {
        self.filter.visit_fields(visit);
        if let Some(stats) = &mut self.stats {
            stats.by.iter_mut().for_each(&mut *visit);
            for aggregate in &mut stats.aggregates {
                if let Over::Field(field) = &mut aggregate.over {
                    visit(field);
                }
            }
        }
    }

    /// Finds out which fields of events the plan reads, in the order of the
    /// commands: what a command makes, a later one does not read of the event.
    fn settle_fields(&mut self) {
        let mut asked = Asked::default();
        self.filter
            .clone()
            .visit_fields(&mut |field| asked.read(&field.name));
        let mut closed = self.stats.is_some();
        let rows: &[Command] = if closed { &[] } else { &self.after };
        for command in self.before.iter().chain(rows) {
            let open = asked::visit_fields(command, &mut asked);
            // What comes behind `table a b` sees a and b alone.
            let lists = matches!(command, Command::Table(_) | Command::Keep(_));
            closed |= lists && !open || matches!(command, Command::Stats(_));
            asked.all |= open;
        }
        if let Some(stats) = &self.stats {
            asked.all |= stats.asks_all();
            beside::fields_of(stats).for_each(|field| asked.read(&field.name));
        }
        self.all_fields = asked.all || !closed;
        if self.all_fields {
            WELL_KNOWN.into_iter().for_each(|name| asked.read(name));
        }
        self.fields = asked.fields;
        // Of a pattern `fillnull` fills what its result has. A stream has no whole
        // result before `stats`: there it fills what the search asks for.
        for command in &mut self.before {
            if let Command::FillNull { fields, .. } = command {
                let patterns = core::mem::take(fields);
                for pattern in patterns {
                    if pattern.literal().is_some() {
                        fields.push(pattern);
                        continue;
                    }
                    let covered = self.fields.iter().filter(|name| pattern.covers(name));
                    fields.extend(covered.map(|name| NamePattern::new(name)));
                }
            }
        }
    }
}

/// What a plan that wants all fields asks for by name: what Splunk keeps of every
/// event, and the names that it gives to fields which events call otherwise.
const WELL_KNOWN: [&str; 8] = [
    "_time",
    "host",
    "source",
    "sourcetype",
    "Channel",
    "SourceName",
    "EventCode",
    "Message",
];

/// The planner at work on one text.
struct Planner<'p> {
    source: &'p Source,
    context: &'p Context<'p>,
    /// The dataset that the text is about, where it is of `tstats`.
    node: Option<tstats::Node<'p>>,
}

impl Planner<'_> {
    /// The plan that `search` begins. Further ones right behind the first ask the same
    /// events.
    fn search<'c>(
        &self,
        commands: &mut Peekable<impl Iterator<Item = &'c ast::Command>>,
    ) -> Result<Plan, Error> {
        let mut filters = Vec::new();
        while let Some(command) = commands.peek() {
            let Body::Search(predicate) = &command.body else {
                break;
            };
            filters.push(self.predicate(predicate, true)?);
            commands.next();
        }
        match (filters.len(), commands.next_if(|_| filters.is_empty())) {
            (0, Some(command)) => Err(self.unsupported_command(command)),
            (0, None) => {
                Err(self.error(Code::Syntax, "the search is empty", None, Span::default()))
            }
            (1, _) => Ok(Plan::of(filters.pop().unwrap_or(Test::All))),
            _ => Ok(Plan::of(Test::And(filters))),
        }
    }

    fn error(
        &self,
        code: Code,
        message: impl Into<String>,
        what: Option<&str>,
        span: Span,
    ) -> Error {
        Error::new(code, message, what.map(String::from), span, self.source)
    }

    /// A form of the language that a plan has no place for.
    fn unsupported(&self, what: &str, span: Span) -> Error {
        let message = alloc::format!("can't run {what}");
        self.error(Code::UnsupportedFeature, message, Some(what), span)
    }

    fn unsupported_command(&self, command: &crate::spl::ast::Command) -> Error {
        let name = command.name.text.as_str();
        let instead =
            instead::instead(name).map_or_else(String::new, |hint| alloc::format!(": {hint}"));
        let message = alloc::format!("can't run the command `{name}`{instead}");
        self.error(
            Code::UnsupportedCommand,
            message,
            Some(name),
            command.name.span,
        )
    }

    fn unsupported_option(&self, command: &str, key: &crate::spl::ast::Name) -> Error {
        let what = alloc::format!("{command} {}", key.text);
        let message = alloc::format!("can't run `{command}` with the option `{}`", key.text);
        self.error(Code::UnsupportedOption, message, Some(&what), key.span)
    }

    fn unsupported_function(&self, command: &str, function: &crate::spl::ast::Name) -> Error {
        let name = function.text.as_str();
        let message = alloc::format!("can't run the function `{name}` of `{command}`");
        self.error(
            Code::UnsupportedFunction,
            message,
            Some(name),
            function.span,
        )
    }
}

#[cfg(test)]
mod tests;
