//! What counts rows and is no `stats`: `top`, `rare`, `eventstats`, `streamstats`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::arguments::Given;
use super::orders::FEW;
use super::{Plan, Planner};
use crate::rows::eval::Expr;
use crate::rows::{Command, Reset, Span, StreamStats, Top};
use crate::search::{Field, NamePattern};
use crate::spl::ast::{self, Name};
use crate::spl::{self, Code, Error};
use crate::stats::{Aggregate, Function, Over, Stats};

impl Planner<'_> {
    /// `top limit=5 a b by c`: what is counted, and which of it is shown.
    pub(super) fn top(&self, given: &Given<'_>) -> Result<(Stats, Top), Error> {
        let name = given.command.text.as_str();
        let mut top = Top {
            rare: name == "rare",
            limit: Some(FEW),
            by: Vec::new(),
            count: String::from("count"),
            shows_count: true,
            percent: Some(String::from("percent")),
        };
        let mut shows_percent = true;
        for setting in &given.settings {
            match setting.key.text.to_lowercase().as_str() {
                "limit" => top.limit = self.limit(&setting.value)?,
                "countfield" => top.count = setting.value.text.clone(),
                "percentfield" => top.percent = Some(setting.value.text.clone()),
                "showcount" => top.shows_count = self.switch(setting)?,
                "showperc" => shows_percent = self.switch(setting)?,
                "useother" if !self.switch(setting)? => {}
                _ => return Err(self.unsupported_option(name, &setting.key)),
            }
        }
        top.percent = top.percent.filter(|_| shows_percent);
        let by = |(word, quoted): &(&Name, bool)| !quoted && word.text.eq_ignore_ascii_case("by");
        let at = given.words.iter().position(by);
        let (mut fields, groups) = given.words.split_at(at.unwrap_or(given.words.len()));
        if let [(first, false), rest @ ..] = fields
            && first.text.parse::<usize>().is_ok()
        {
            top.limit = self.limit(first)?;
            fields = rest;
        }
        let groups = groups.get(1..).unwrap_or_default();
        if fields.is_empty() || (at.is_some() && groups.is_empty()) {
            return Err(self.no_field(given.command));
        }
        top.by = groups.iter().map(|(name, _)| name.text.clone()).collect();
        let mut names = Vec::new();
        for (name, _) in groups.iter().chain(fields) {
            names.push(self.plain_field(name)?);
        }
        let stats = Stats {
            aggregates: alloc::vec![Aggregate {
                function: Function::Count,
                over: Over::Events,
                column: top.count.clone(),
            }],
            by: names,
            missing: None,
        };
        Ok((stats, top))
    }

    /// `eventstats`, `streamstats`, with the columns that are computed for them.
    pub(super) fn beside(
        &self,
        command: &ast::Command,
        named: &ast::Stats,
        events: bool,
    ) -> Result<Vec<Command>, Error> {
        let name = command.name.text.as_str();
        if name == "streamstats" && events {
            let what = "`streamstats` over events: count them with `stats` first";
            return Err(self.unsupported(what, command.name.span));
        }
        let (mut current, mut window, mut global) = (true, None, true);
        let mut within = None;
        let mut reset = Reset::default();
        for setting in &named.settings {
            match (name, setting.key.text.as_str()) {
                ("streamstats", "current") => current = self.switch(setting)?,
                ("streamstats", "global") => global = self.switch(setting)?,
                ("streamstats", "window") => window = self.limit(&setting.value)?,
                ("streamstats", "time_window") => {
                    within = Some(self.time_window(&setting.value)?);
                }
                ("streamstats", "reset_on_change") => reset.on_change = self.switch(setting)?,
                ("streamstats", "reset_before") => {
                    reset.before = Some(self.condition_in(setting)?);
                }
                ("streamstats", "reset_after") => reset.after = Some(self.condition_in(setting)?),
                _ => return Err(self.unsupported_option(name, &setting.key)),
            }
            if window.is_some_and(|rows| rows > StreamStats::MAX_WINDOW) {
                let most = StreamStats::MAX_WINDOW;
                let what = format!("a window of more than {most} rows");
                return Err(self.unsupported(&what, setting.value.span));
            }
        }
        let (stats, computed) = self.stats(&ast::Stats {
            settings: Vec::new(),
            ..named.clone()
        })?;
        // Columns that are there for the counting alone go when it is done.
        let made = computed
            .iter()
            .filter(|(name, value)| !matches!(value, Expr::Field(field) if field == name));
        let made: Vec<NamePattern> = made.map(|(name, _)| NamePattern::new(name)).collect();
        let mut commands = Vec::new();
        if !computed.is_empty() {
            commands.push(Command::Eval(computed));
        }
        commands.push(match name {
            "eventstats" => Command::EventStats(stats),
            _ => Command::StreamStats(StreamStats {
                stats,
                current,
                window,
                within,
                global,
                reset,
            }),
        });
        if !made.is_empty() {
            commands.push(Command::Drop(made));
        }
        Ok(commands)
    }

    /// The length of a window, in milliseconds; months have none.
    fn time_window(&self, written: &Name) -> Result<u64, Error> {
        match self.span(written)? {
            Span::Months(_) => {
                let what = format!("a `time_window` of months, `{}`", written.text);
                Err(self.unsupported(&what, written.span))
            }
            span => Ok(span.millis().unsigned_abs()),
        }
    }

    /// The condition in the text of an option.
    fn condition_in(&self, setting: &ast::Setting) -> Result<Expr, Error> {
        let key = setting.key.text.as_str();
        let wrong = |reason: &str| {
            let message = format!("the condition of `{key}` can't run: {reason}");
            let code = Code::UnsupportedFeature;
            self.error(code, message, Some(key), setting.value.span)
        };
        let text = format!("| where {}", setting.value.text);
        let parsed = spl::parse(&text, self.context.macros).map_err(|e| wrong(&e.message))?;
        let [
            ast::Command {
                body: ast::Body::Where(expr),
                ..
            },
        ] = parsed.pipeline.commands.as_slice()
        else {
            return Err(wrong("it is more than one command"));
        };
        let inner = Planner {
            source: &parsed.source,
            context: self.context,
            node: None,
        };
        inner.condition(expr).map_err(|e| wrong(&e.message))
    }

    /// Adds `top` or `rare` to a plan: a `stats`, and what it shows of it.
    pub(super) fn add_top(&self, plan: &mut Plan, given: &Given<'_>) -> Result<(), Error> {
        let (stats, top) = self.top(given)?;
        if plan.is_over_events() {
            plan.stats = Some(stats);
        } else {
            plan.after.push(Command::Stats(stats));
        }
        plan.after.push(Command::Top(top));
        Ok(())
    }
}

/// Fields of events that a `stats` reads.
pub(super) fn fields_of(stats: &Stats) -> impl Iterator<Item = &Field> {
    let over = stats.aggregates.iter().filter_map(Aggregate::field);
    stats.by.iter().chain(over)
}
