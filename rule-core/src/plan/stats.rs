//! `stats`.

use alloc::string::String;
use alloc::vec::Vec;

use super::Planner;
use crate::entries;
use crate::rows::eval::{Choice, Expr};
use crate::search::Field;
use crate::spl::ast::{self, AggregateArgument, Name};
use crate::spl::{Code, Error};
use crate::stats::{Aggregate, Function, Stats};
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
            if !taken.insert(aggregate.column.clone()) {
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
        let field = match &aggregate.argument {
            AggregateArgument::None if function == Function::Count => None,
            AggregateArgument::None => {
                let name = aggregate.function.text.as_str();
                let message = alloc::format!("`{name}` needs a field: write `{name}(field)`");
                return Err(self.error(Code::Syntax, message, None, aggregate.span));
            }
            AggregateArgument::Field(name) => Some(self.plain_field(name)?),
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
                Some(Field { name, slot: 0 })
            }
        };
        let column = match &aggregate.alias {
            Some(alias) => alias.text.clone(),
            None => match &field {
                None => String::from("count"),
                Some(field) => self.column(aggregate, field),
            },
        };
        Ok(Aggregate {
            function,
            field,
            column,
        })
    }

    /// The name of a column without `AS`: the function of its field.
    fn column(&self, aggregate: &ast::Aggregate, field: &Field) -> String {
        match &aggregate.argument {
            AggregateArgument::Field(_) => {
                alloc::format!(
                    "{}({})",
                    self.source.text(aggregate.function.span),
                    field.name
                )
            }
            _ => String::from(self.source.text(aggregate.span)),
        }
    }

    /// A field to group by or to count over.
    pub(super) fn plain_field(&self, name: &Name) -> Result<Field, Error> {
        if name.text.contains('*') {
            return Err(self.unsupported("a wildcard in `stats`", name.span));
        }
        Ok(Field {
            name: name.text.clone(),
            slot: 0,
        })
    }
}
