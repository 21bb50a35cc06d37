//! `lookup`: which table, by which fields, into which.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::{Planner, TOO_MUCH_TEXT};
use crate::rows::Lookup;
use crate::spl::ast::{self, Argument, Name};
use crate::spl::{Code, Error, nearest};

/// The options that say how Splunk distributes a table: there is nothing of that here.
const OF_DISTRIBUTION: [&str; 2] = ["local", "update"];

/// The words of the command.
#[derive(Default)]
struct Written<'a> {
    table: Option<&'a Name>,
    inputs: Vec<(&'a Name, &'a Name)>,
    outputs: Option<Vec<(&'a Name, &'a Name)>>,
    only_new: bool,
}

impl Planner<'_> {
    pub(super) fn lookup(
        &self,
        command: &ast::Command,
        arguments: &[Argument],
    ) -> Result<Lookup, Error> {
        let written = self.lookup_words(command, arguments)?;
        let Some(name) = written.table else {
            let message = "`lookup` needs a table and the fields that are looked up in it";
            return Err(self.error(Code::Syntax, message, None, command.span));
        };
        let lookups = self.context.lookups;
        let Some(table) = lookups.get(&name.text) else {
            let known = lookups.keys().map(String::as_str);
            let hint = match nearest(&name.text, known) {
                Some(name) => format!("did you mean `{name}`?"),
                None => String::from("give its rows as CSV"),
            };
            let what = format!("lookup {}", name.text);
            let message = format!("the table `{}` is not given: {hint}", name.text);
            let code = Code::UnsupportedFeature;
            return Err(self.error(code, message, Some(&what), name.span));
        };
        let named = |pairs: &[(&Name, &Name)]| -> Vec<(String, String)> {
            let pairs = pairs.iter();
            pairs
                .map(|(column, field)| (column.text.clone(), field.text.clone()))
                .collect()
        };
        let pairs = written
            .inputs
            .iter()
            .chain(written.outputs.iter().flatten());
        for (column, _) in pairs {
            if !table.columns.contains(&column.text) {
                let known = table.columns.iter().map(String::as_str);
                let hint = nearest(&column.text, known)
                    .map_or_else(String::new, |name| format!(": did you mean `{name}`?"));
                let message = format!(
                    "the table `{}` has no column `{}`{hint}",
                    name.text, column.text
                );
                return Err(self.error(Code::Syntax, message, None, column.span));
            }
        }
        let inputs = named(&written.inputs);
        // Each use prepares the columns that it looks into.
        let prepared = inputs.iter().map(|(column, _)| table.column_bytes(column));
        if !self.context.bounds.take_text(prepared.sum()) {
            return Err(self.error(Code::Syntax, TOO_MUCH_TEXT, Some(&name.text), name.span));
        }
        let outputs = match &written.outputs {
            Some(outputs) => named(outputs),
            // Every other column.
            None => {
                let is_input = |name: &&String| inputs.iter().any(|(column, _)| column == *name);
                let others = table.columns.iter().filter(|name| !is_input(name));
                others.map(|name| (name.clone(), name.clone())).collect()
            }
        };
        let lookup = Lookup::new(Arc::clone(table), &inputs, &outputs, written.only_new);
        lookup.ok_or_else(|| self.unsupported_command(command))
    }

    fn lookup_words<'a>(
        &self,
        command: &ast::Command,
        arguments: &'a [Argument],
    ) -> Result<Written<'a>, Error> {
        let mut written = Written::default();
        let mut words = arguments.iter().peekable();
        while let Some(argument) = words.next() {
            let name = match argument {
                Argument::Comma(_) => continue,
                Argument::Setting(setting) => {
                    let key = setting.key.text.to_lowercase();
                    if OF_DISTRIBUTION.contains(&key.as_str()) {
                        continue;
                    }
                    return Err(self.unsupported_option("lookup", &setting.key));
                }
                Argument::Word { text, .. } => text,
                Argument::Group { span, .. } | Argument::Subsearch(span) => {
                    return Err(self.unsupported("parentheses in `lookup`", *span));
                }
            };
            if written.table.is_none() {
                written.table = Some(name);
                continue;
            }
            let is_output = name.text.eq_ignore_ascii_case("output");
            if is_output || name.text.eq_ignore_ascii_case("outputnew") {
                written.only_new = !is_output;
                written.outputs = Some(Vec::new());
                continue;
            }
            let mut field = name;
            if let Some(Argument::Word { text, .. }) = words.peek()
                && text.text.eq_ignore_ascii_case("as")
            {
                words.next();
                match words.next() {
                    Some(Argument::Word { text, .. }) => field = text,
                    _ => {
                        let message = format!("a field is missing after `{} as`", name.text);
                        return Err(self.error(Code::Syntax, message, None, name.span));
                    }
                }
            }
            self.no_wildcard(&command.name, field)?;
            match &mut written.outputs {
                Some(outputs) => outputs.push((name, field)),
                None => written.inputs.push((name, field)),
            }
        }
        if written.inputs.is_empty() {
            let message = "`lookup` needs a table and the fields that are looked up in it";
            return Err(self.error(Code::Syntax, message, None, command.span));
        }
        Ok(written)
    }
}
