//! The commands behind the first `search`.

use alloc::format;
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::{Plan, Planner};
use crate::rows::{Command, Conversion, Convert, Rename};
use crate::search::NamePattern;
use crate::spl::ast::{self, Argument, Body, Name};
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
        if let (Body::Stats(stats), "stats") = (&command.body, command.name.text.as_str()) {
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
        let events = plan.is_over_events();
        let planned = match &command.body {
            Body::Stats(stats) => self.beside(command, stats, events)?,
            Body::Other(arguments) if matches!(command.name.text.as_str(), "top" | "rare") => {
                return self.add_top(plan, &self.given(command, arguments)?);
            }
            _ => alloc::vec![self.command(command, events)?],
        };
        for mut planned in planned {
            if let Command::AppendPipe(pipe) = &mut planned {
                let others = plan.after.iter();
                let others = others.filter(|one| matches!(one, Command::AppendPipe(_)));
                pipe.number = others.count().saturating_add(1);
            }
            // The columns of these are those of all rows, so where no `stats` comes
            // to part events from rows they wait for the end of the window.
            let of_all_rows = match &planned {
                Command::Table(_) => true,
                Command::Foreach(foreach) => NamePattern::any(&foreach.fields),
                Command::FillNull { fields, .. } => NamePattern::any(fields),
                _ => false,
            };
            let waits = planned.needs_all_rows() || (of_all_rows && !stats_follows);
            if plan.is_over_events() && !waits {
                plan.before.push(planned);
            } else {
                plan.after.push(planned);
            }
        }
        Ok(())
    }

    /// One command; `events` where it works on events, not on rows of a window.
    fn command(&self, command: &ast::Command, events: bool) -> Result<Command, Error> {
        Ok(match &command.body {
            Body::Search(predicate) => Command::Search(self.predicate(predicate, events)?),
            Body::Where(expr) => Command::Where(self.condition(expr)?),
            Body::Eval(assignments) => Command::Eval(self.assignments(assignments)?),
            Body::Foreach(nested) => self.foreach(&command.name, nested)?,
            Body::AppendPipe(nested) => self.appendpipe(command, nested)?,
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
                let fields = match fields.is_empty() {
                    true => alloc::vec![NamePattern::new("*")],
                    false => patterns(fields),
                };
                Command::FillNull { value, fields }
            }
            Body::Head(head) => Command::Head(self.head(command, head)?),
            Body::Other(arguments) => return self.other(command, arguments),
            Body::Stats(_) | Body::Tstats(_) => return Err(self.unsupported_command(command)),
        })
    }

    /// A command whose arguments are words and options.
    fn other(&self, command: &ast::Command, arguments: &[Argument]) -> Result<Command, Error> {
        let given = || self.given(command, arguments);
        match command.name.text.as_str() {
            "bin" | "bucket" => self.bin(&given()?),
            "rex" => self.rex(&given()?),
            "regex" => self.matching(&given()?),
            "spath" => self.spath(&given()?),
            "mvexpand" => self.mvexpand(&given()?),
            "xmlkv" => self.xmlkv(&given()?),
            "fromjson" => self.fromjson(&given()?),
            "makemv" => self.makemv(&given()?),
            "mvcombine" => self.mvcombine(&given()?),
            "extract" | "kv" => self.extract(&given()?),
            "nomv" => self.nomv(&given()?),
            "replace" => self.replace(&given()?),
            "addtotals" => self.addtotals(&given()?),
            "lookup" => Ok(Command::Lookup(self.lookup(command, arguments)?)),
            "dedup" => self.dedup(&given()?),
            "sort" => self.sort(command, arguments),
            "tail" => self.tail(&given()?),
            "reverse" => match given()?.words.first() {
                None => Ok(Command::Reverse),
                Some((word, _)) => Err(self.unexpected(&given()?, word)),
            },
            _ => Err(self.unsupported_command(command)),
        }
    }

    fn convert(&self, convert: &ast::Convert) -> Result<Vec<Convert>, Error> {
        const LONGEST_FORMAT: usize = 1000;
        let format = convert
            .timeformat
            .as_ref()
            .map_or(Convert::DEFAULT_FORMAT, |name| &name.text);
        let mut planned = Vec::new();
        let none = |conversion: &&ast::Conversion| conversion.function.text == "none";
        let except = convert.functions.iter().filter(none);
        if let Some(long) = convert
            .timeformat
            .as_ref()
            .filter(|_| format.len() > LONGEST_FORMAT)
        {
            let message = format!("a format of times can have {LONGEST_FORMAT} bytes at the most");
            return Err(self.error(Code::Syntax, message, None, long.span));
        }
        let format: Arc<str> = Arc::from(format);
        let except: Arc<[NamePattern]> = except
            .map(|conversion| NamePattern::new(&conversion.field.text))
            .collect();
        for conversion in convert.functions.iter().filter(|one| !none(one)) {
            let Some(function) = Conversion::from_name(&conversion.function.text) else {
                return Err(self.unsupported_function("convert", &conversion.function));
            };
            let field = NamePattern::new(&conversion.field.text);
            let alias = conversion.alias.as_ref().map(|name| name.text.clone());
            if alias.is_some() && field.wildcards() > 0 {
                return Err(self.unsupported("`AS` behind a wildcard", conversion.field.span));
            }
            planned.push(Convert {
                function,
                field,
                alias,
                format: Arc::clone(&format),
                except: Arc::clone(&except),
            });
        }
        Ok(planned)
    }
}

impl Plan {
    /// Do the commands added so far leave events, not yet rows of a window?
    pub(super) fn is_over_events(&self) -> bool {
        self.stats.is_none() && self.after.is_empty()
    }
}

fn patterns(names: &[Name]) -> Vec<NamePattern> {
    names
        .iter()
        .map(|name| NamePattern::new(&name.text))
        .collect()
}
