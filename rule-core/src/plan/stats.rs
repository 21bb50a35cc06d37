//! `stats`.

use alloc::string::String;
use alloc::vec::Vec;

use super::Planner;
use crate::entries;
use crate::rows::eval::{Choice, Expr};
use crate::search::{Field, NamePattern};
use crate::spl::ast::{self, AggregateArgument, Name};
use crate::spl::{Code, Error};
use crate::stats::{Aggregate, Function, Over, Stats};
use crate::value::{Number, Value};

impl Planner<'_> {
    /// The command, and the columns to compute before it: `count(eval(x>1))`
    /// counts a column of that name.
    pub(super) fn stats(&self, named: &ast::Stats) -> Result<(Stats, Vec<(String, Expr)>), Error> {
        if let Some(setting) = named.settings.first() {
            return Err(self.unsupported_option("stats", &setting.key));
        }
        let mut computed = Vec::new();
        let mut aggregates = Vec::new();
        for aggregate in &named.aggregates {
            aggregates.push(self.aggregate(aggregate, &mut computed)?);
        }
        let by = named
            .by
            .iter()
            .map(|name| self.plain_field(name))
            .collect::<Result<_, _>>()?;
        let stats = Stats {
            aggregates,
            by,
            missing: None,
        };
        self.check_columns(&stats, named)?;
        Ok((stats, computed))
    }

    /// Two columns of one name would hide one another.
    fn check_columns(&self, stats: &Stats, named: &ast::Stats) -> Result<(), Error> {
        let mut taken = entries::set(stats.by.iter().map(|field| field.name.clone()));
        for (aggregate, written) in stats.aggregates.iter().zip(&named.aggregates) {
            // Those of a pattern step back.
            if !aggregate.is_over_each() && !taken.insert(aggregate.column.clone()) {
                let message = alloc::format!(
                    "`stats` would give two columns the name `{}`: give this one another with `AS`",
                    aggregate.column
                );
                return Err(self.error(Code::Syntax, message, None, written.span));
            }
        }
        Ok(())
    }

    fn aggregate(
        &self,
        aggregate: &ast::Aggregate,
        computed: &mut Vec<(String, Expr)>,
    ) -> Result<Aggregate, Error> {
        let Some(function) = Function::from_name(&aggregate.function.text) else {
            return Err(self.unsupported_function("stats", &aggregate.function));
        };
        let over = match &aggregate.argument {
            AggregateArgument::None if function == Function::Count => Over::Events,
            AggregateArgument::None => {
                let name = aggregate.function.text.as_str();
                let message = alloc::format!("`{name}` needs a field: write `{name}(field)`");
                return Err(self.error(Code::Syntax, message, None, aggregate.span));
            }
            AggregateArgument::Field(name) if name.text.contains('*') => {
                return self.each(aggregate, function, name);
            }
            AggregateArgument::Field(name) => Over::Field(self.plain_field(name)?),
            AggregateArgument::Other(span) => {
                return Err(self.unsupported("an aggregate inside another", *span));
            }
            AggregateArgument::Eval(expr) => {
                let name = String::from(self.source.text(expr.span));
                let value = self.expression(expr)?;
                // A condition counts where it is true.
                let value = if value.is_condition() {
                    let one = Expr::Constant(Value::Number(Number::Int(1)));
                    let null = Expr::Constant(Value::Null);
                    Expr::Call(Choice::If.into(), alloc::vec![value, one, null])
                } else {
                    value
                };
                computed.push((name.clone(), value));
                Over::Field(Field { name, slot: 0 })
            }
        };
        let column = match &aggregate.alias {
            Some(alias) if alias.text.contains('*') => return Err(self.unequal(alias)),
            Some(alias) => alias.text.clone(),
            None => match &aggregate.argument {
                AggregateArgument::None => String::from("count"),
                _ => self.column(aggregate),
            },
        };
        Ok(Aggregate {
            function,
            over,
            column,
        })
    }

    /// `values(src_*) as *`: over each field that the pattern covers.
    fn each(
        &self,
        aggregate: &ast::Aggregate,
        function: Function,
        name: &Name,
    ) -> Result<Aggregate, Error> {
        let column = match &aggregate.alias {
            Some(alias) => alias.text.clone(),
            None => self.column(aggregate),
        };
        let (names, columns) = (NamePattern::new(&name.text), NamePattern::new(&column));
        if names.wildcards() != columns.wildcards() {
            return Err(self.unequal(aggregate.alias.as_ref().unwrap_or(name)));
        }
        Ok(Aggregate {
            function,
            over: Over::Each { names, columns },
            column,
        })
    }

    fn unequal(&self, alias: &Name) -> Error {
        let message = "a field of `stats` and its name behind `AS` need equally many wildcards";
        self.error(Code::Syntax, message, None, alias.span)
    }

    /// The name of a column without `AS`: the function of its field.
    fn column(&self, aggregate: &ast::Aggregate) -> String {
        match &aggregate.argument {
            AggregateArgument::Field(field) => {
                alloc::format!(
                    "{}({})",
                    self.source.text(aggregate.function.span),
                    field.text
                )
            }
            _ => String::from(self.source.text(aggregate.span)),
        }
    }

    /// A field to group by or to count over.
    pub(super) fn plain_field(&self, name: &Name) -> Result<Field, Error> {
        if name.text.contains('*') {
            return Err(self.unsupported("a wildcard in a by-clause", name.span));
        }
        Ok(Field {
            name: name.text.clone(),
            slot: 0,
        })
    }
}
