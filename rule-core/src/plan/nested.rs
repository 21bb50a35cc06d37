//! Commands with commands in brackets: `foreach`, `appendpipe`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Plan, Planner};
use crate::rows::{AppendPipe, Command, Foreach, has_token};
use crate::search::{NamePattern, Test};
use crate::spl::ast::{self, Body, Name};
use crate::spl::{Code, Error};
use crate::stats::Stats;

/// What of a field's name a template may hold.
const TOKENS: [&str; 5] = ["FIELD", "MATCHSTR", "MATCHSEG1", "MATCHSEG2", "MATCHSEG3"];

impl Planner<'_> {
    /// `foreach a* [eval '<<FIELD>>'='<<FIELD>>'+1]`
    pub(super) fn foreach(&self, command: &Name, nested: &ast::Nested) -> Result<Command, Error> {
        for setting in &nested.settings {
            let is_default = setting.key.text == "mode" && setting.value.text == "multifield";
            if !is_default {
                return Err(self.unsupported_option("foreach", &setting.key));
            }
        }
        if nested.names.is_empty() {
            return Err(self.no_field(command));
        }
        let mut assignments = Vec::new();
        for one in &nested.commands {
            let Body::Eval(evals) = &one.body else {
                let what = format!("`{}` in `foreach`", one.name.text);
                return Err(self.unsupported(&what, one.name.span));
            };
            self.check_tokens(one)?;
            assignments.extend(self.assignments(evals)?);
        }
        let names = nested.names.iter();
        Ok(Command::Foreach(Foreach {
            fields: names.map(|name| NamePattern::new(&name.text)).collect(),
            assignments,
        }))
    }

    /// A token that is none stays where it stands, and a field is never found by it.
    fn check_tokens(&self, command: &ast::Command) -> Result<(), Error> {
        let mut rest = self.source.text(command.span);
        while let Some((_, behind)) = rest.split_once("<<") {
            let (token, after) = behind.split_once(">>").unwrap_or((behind, ""));
            if !TOKENS.contains(&token) {
                let what = format!("`<<{token}>>` in `foreach`");
                return Err(self.unsupported(&what, command.span));
            }
            rest = after;
        }
        Ok(())
    }

    /// What `eval` sets.
    pub(super) fn assignments(
        &self,
        assignments: &[ast::Assignment],
    ) -> Result<Vec<(String, crate::rows::eval::Expr)>, Error> {
        let mut planned = Vec::new();
        for assignment in assignments {
            let value = self.expression(&assignment.value)?;
            if value.is_condition() {
                let message = "a field can't be a condition: use `if(condition, 1, 0)`";
                return Err(self.error(Code::Syntax, message, None, assignment.value.span));
            }
            planned.push((assignment.field.text.clone(), value));
        }
        Ok(planned)
    }

    /// `appendpipe [stats sum(x) as x]`
    pub(super) fn appendpipe(
        &self,
        command: &ast::Command,
        nested: &ast::Nested,
    ) -> Result<Command, Error> {
        // What is shown before a search is done is nothing here.
        let other = |one: &&ast::Setting| one.key.text != "run_in_preview";
        if let Some(setting) = nested.settings.iter().find(other) {
            return Err(self.unsupported_option("appendpipe", &setting.key));
        }
        if let Some(name) = nested.names.first() {
            let message = format!("`{}` has no place for `{}`", command.name.text, name.text);
            return Err(self.error(Code::Syntax, message, None, name.span));
        }
        // Its commands are over rows, wherever it stands.
        let mut plan = Plan {
            stats: Some(Stats {
                aggregates: Vec::new(),
                by: Vec::new(),
                missing: None,
            }),
            ..Plan::of(Test::All)
        };
        for one in &nested.commands {
            // Each would hold a copy of its own.
            if let Body::AppendPipe(_) = &one.body {
                let what = "`appendpipe` in `appendpipe`";
                return Err(self.unsupported(what, one.name.span));
            }
            self.add(&mut plan, one, false)?;
        }
        Ok(Command::AppendPipe(AppendPipe {
            commands: plan.after,
            number: 0,
        }))
    }

    /// Refuses a token where no field's name comes into a text.
    pub(super) fn no_token(&self, what: &str, text: &str, span: ast::Span) -> Result<(), Error> {
        match has_token(text) {
            true => Err(self.unsupported(&format!("`<<` in {what}"), span)),
            false => Ok(()),
        }
    }
}
