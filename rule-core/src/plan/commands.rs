//! The commands behind the first `search`.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Asked, Plan, Planner};
use crate::rows::{Command, Convert, NamePattern, Rename};
use crate::spl::ast::{self, Body, Name};
use crate::spl::{Code, Error};

impl Planner<'_> {
    /// Adds a command to the end of a plan; `stats_follows` where it or a later
    /// one is `stats`.
    pub(super) fn add(
        &self,
        plan: &mut Plan,
        command: &ast::Command,
        stats_follows: bool,
    ) -> Result<(), Error> {
        if let Body::Stats(stats) = &command.body {
            if command.name.text != "stats" {
                return Err(self.unsupported_command(command));
            }
            let (stats, computed) = self.stats(stats)?;
            let commands = if plan.is_over_events() {
                &mut plan.before
            } else {
                &mut plan.after
            };
            if !computed.is_empty() {
                commands.push(Command::Eval(computed));
            }
            if plan.is_over_events() {
                plan.stats = Some(stats);
            } else {
                plan.after.push(Command::Stats(stats));
            }
            return Ok(());
        }
        let planned = self.command(command, plan.is_over_events())?;
        // The columns of these are those of all rows, so where no `stats` comes
        // to part events from rows they wait for the end of the window.
        let of_all_rows = matches!(
            planned,
            Command::Table(_) | Command::FillNull { fields: None, .. }
        );
        if plan.is_over_events() && (stats_follows || !of_all_rows) {
            plan.before.push(planned);
        } else {
            plan.after.push(planned);
        }
        Ok(())
    }

    /// One command; `events` where it works on events, not on rows of a window.
    fn command(&self, command: &ast::Command, events: bool) -> Result<Command, Error> {
        Ok(match &command.body {
            Body::Search(predicate) => Command::Search(self.predicate(predicate, events)?),
            Body::Where(expr) => Command::Where(self.condition(expr)?),
            Body::Eval(assignments) => {
                let mut planned = Vec::new();
                for assignment in assignments {
                    let value = self.expression(&assignment.value)?;
                    if value.is_condition() {
                        let message = "a field can't be a condition: use `if(condition, 1, 0)`";
                        return Err(self.error(Code::Syntax, message, None, assignment.value.span));
                    }
                    planned.push((assignment.field.text.clone(), value));
                }
                Command::Eval(planned)
            }
            Body::Convert(convert) => Command::Convert(self.convert(convert)?),
            Body::Rename(renamings) => {
                let mut planned = Vec::new();
                for renaming in renamings {
                    let from = NamePattern::new(&renaming.from.text);
                    let to = NamePattern::new(&renaming.to.text);
                    planned.push(Rename::new(from, to).ok_or_else(|| {
                        let message = "both names of a `rename` need equally many wildcards";
                        self.error(Code::Syntax, message, None, renaming.to.span)
                    })?);
                }
                Command::Rename(planned)
            }
            Body::Table(names) => Command::Table(patterns(names)),
            Body::Fields { keep: true, names } => Command::Keep(patterns(names)),
            Body::Fields { keep: false, names } => Command::Drop(patterns(names)),
            Body::FillNull { value, fields } => {
                let value = value
                    .as_ref()
                    .map_or_else(|| "0".to_string(), |name| name.text.clone());
                let mut listed = Vec::new();
                for field in fields {
                    if field.text.contains('*') {
                        return Err(self.unsupported("a wildcard in `fillnull`", field.span));
                    }
                    listed.push(field.text.clone());
                }
                let fields = (!listed.is_empty()).then_some(listed);
                Command::FillNull { value, fields }
            }
            Body::Other(arguments) if command.name.text == "lookup" => {
                Command::Lookup(self.lookup(command, arguments)?)
            }
            Body::Stats(_) | Body::Tstats(_) | Body::Other(_) => {
                return Err(self.unsupported_command(command));
            }
        })
    }

    fn convert(&self, convert: &ast::Convert) -> Result<Vec<Convert>, Error> {
        let format = convert
            .timeformat
            .as_ref()
            .map_or(Convert::DEFAULT_FORMAT, |name| &name.text);
        let mut planned = Vec::new();
        for conversion in &convert.functions {
            if conversion.function.text != "ctime" {
                return Err(self.unsupported_function("convert", &conversion.function));
            }
            let field = NamePattern::new(&conversion.field.text);
            let alias = conversion.alias.as_ref().map(|name| name.text.clone());
            if alias.is_some() && field.wildcards() > 0 {
                return Err(self.unsupported("`AS` behind a wildcard", conversion.field.span));
            }
            planned.push(Convert::ctime(field, alias, String::from(format)));
        }
        Ok(planned)
    }
}

impl Plan {
    /// Do the commands added so far leave events, not yet rows of a window?
    fn is_over_events(&self) -> bool {
        self.stats.is_none() && self.after.is_empty()
    }
}

fn patterns(names: &[Name]) -> Vec<NamePattern> {
    names
        .iter()
        .map(|name| NamePattern::new(&name.text))
        .collect()
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
                .for_each(|function| read(asked, function.field()));
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
            fields.iter().flatten().for_each(|field| asked.read(field));
        }
        Command::Lookup(lookup) => {
            lookup.inputs().for_each(|field| asked.read(field));
            // One that is there already may stay.
            lookup.outputs().for_each(|field| asked.read(field));
        }
        Command::Drop(_) | Command::Stats(_) => {}
    }
    any
}
