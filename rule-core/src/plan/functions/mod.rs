//! Calls of functions: what is checked of the arguments that are known before any event is.

mod known;

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Planner, TOO_MUCH_TEXT};

use crate::rows::eval::{Check, Computed, Expr, FORMS, Function, Regex, ValuesFunction};
use crate::rows::has_token;
use crate::search::Cidr;
use crate::spl::ast::{self, Body, ExprKind, Name, Span};
use crate::spl::{self, Code, Error};
use crate::time::Relative;
use crate::value::{Number, Value};
use known::{Make, known};

impl Planner<'_> {
    /// A call of a function.
    pub(super) fn call(&self, function: &Name, given: &[ast::Expr]) -> Result<Expr, Error> {
        let name = function.text.as_str();
        let Some(known) = known(name) else {
            return Err(self.unsupported_function("eval", function));
        };
        let count = given.len();
        let odd = matches!(name, "case" | "validate") && count % 2 == 1;
        if count < known.least || count > known.most || odd {
            return Err(self.wrong_arguments(function, known.takes, count));
        }
        if let Make::Search = known.make {
            return self.search_match(function, given, known.takes);
        }
        let mut arguments = given
            .iter()
            .map(|one| self.expression(one))
            .collect::<Result<Vec<_>, _>>()?;
        self.check_constants(name, &arguments, given)?;
        let made = match known.make {
            Make::Plain(made) => made,
            Make::Pattern(fixed, computed) => match arguments.get(1).map(Expr::constant) {
                // A token of `foreach` in it is filled in for each field.
                Some(Some(pattern)) if pattern.text().is_some_and(|text| !has_token(&text)) => {
                    let span = given.get(1).map_or(function.span, |one| one.span);
                    fixed(self.regex(&pattern.text().unwrap_or_default(), span)?)
                }
                _ => computed(Computed::default()),
            },
            Make::In => {
                let value = arguments.remove(0);
                return Ok(Expr::In(Box::new(value), arguments));
            }
            Make::Filter => Function::Values(ValuesFunction::Filter(
                self.field_of_filter(function, &arguments)?,
            )),
            Make::Map => match arguments.first() {
                Some(Expr::Field(field)) => Function::Values(ValuesFunction::Map(field.clone())),
                _ => return Err(self.unsupported("`mvmap` over what is no field", function.span)),
            },
            Make::Search => return self.search_match(function, given, known.takes),
        };
        Ok(Expr::Call(made, arguments))
    }

    /// Compiles an expression that stands at a place of the search.
    pub(super) fn regex(&self, pattern: &str, span: Span) -> Result<Regex, Error> {
        if !self.context.bounds.can_compile(Regex::to_compile(pattern)) {
            let message = "out of memory: there is none to compile this regular expression; \
                           grant the module more";
            return Err(self.error(Code::OutOfMemory, message, None, span));
        }
        let regex = Regex::new(pattern).map_err(|error| {
            let code = match error.unsupported {
                Some(_) => Code::UnsupportedFeature,
                None => Code::Syntax,
            };
            self.error(code, error.message, error.unsupported, span)
        })?;
        if !self.context.bounds.take_expression(regex.bytes()) {
            let message = "the regular expressions of all searches together take too much \
                           memory: use fewer, or smaller ones";
            let what = "regular expressions of this size";
            return Err(self.error(Code::UnsupportedFeature, message, Some(what), span));
        }
        Ok(regex)
    }

    /// `mvfilter` goes through the values of one field, so its condition reads one.
    fn field_of_filter(&self, function: &Name, arguments: &[Expr]) -> Result<String, Error> {
        let mut fields: Vec<String> = Vec::new();
        for argument in arguments {
            argument.visit_fields(&mut |field| {
                if !fields.iter().any(|known| known == field) {
                    fields.push(String::from(field));
                }
            });
        }
        match (fields.pop(), fields.is_empty()) {
            (Some(field), true) => Ok(field),
            _ => {
                let message = "the condition of `mvfilter` reads one field, and only one";
                Err(self.error(Code::Syntax, message, None, function.span))
            }
        }
    }

    /// `searchmatch("search")`: what `search` would keep the row for.
    fn search_match(
        &self,
        function: &Name,
        given: &[ast::Expr],
        takes: &str,
    ) -> Result<Expr, Error> {
        let [text] = given else {
            return Err(self.wrong_arguments(function, takes, given.len()));
        };
        let ExprKind::Text(search) = &text.kind else {
            return Err(self.unsupported("`searchmatch` with a search that is no text", text.span));
        };
        self.no_token("`searchmatch`", search, text.span)?;
        let wrong = |reason: &str| {
            let message = format!("the search of `searchmatch` can't run: {reason}");
            self.error(
                Code::UnsupportedFeature,
                message,
                Some("searchmatch"),
                text.span,
            )
        };
        let parsed = spl::parse(search, self.context.macros).map_err(|e| wrong(&e.message))?;
        if !self
            .context
            .bounds
            .take_text(parsed.source.expanded().len())
        {
            return Err(self.error(Code::Syntax, TOO_MUCH_TEXT, None, text.span));
        }
        let [command] = parsed.pipeline.commands.as_slice() else {
            return Err(wrong("it is more than one command"));
        };
        let Body::Search(predicate) = &command.body else {
            return Err(wrong("it is no search"));
        };
        let inner = Planner {
            source: &parsed.source,
            context: self.context,
            node: None,
        };
        let test = inner
            .predicate(predicate, false)
            .map_err(|e| wrong(&e.message))?;
        let made = Function::Check(Check::Search(Box::new(test)));
        Ok(Expr::Call(made, Vec::new()))
    }

    /// Arguments that are constants, and that no row could give a value with.
    fn check_constants(
        &self,
        name: &str,
        arguments: &[Expr],
        given: &[ast::Expr],
    ) -> Result<(), Error> {
        let place = match name {
            "cidrmatch" => 0,
            "relative_time" | "tostring" | "tonumber" => 1,
            _ => return Ok(()),
        };
        let constant = arguments.get(place).and_then(Expr::constant);
        let Some((value, given)) = constant.zip(given.get(place)) else {
            return Ok(());
        };
        let text = value.text().unwrap_or_default();
        let wrong = match name {
            "cidrmatch" if Cidr::parse(&text).is_none() => {
                format!("`{text}` is no network: write it as `10.0.0.0/8`")
            }
            "relative_time" => match Relative::parse(&text) {
                Err(error) => format!("{error}"),
                Ok(_) => return Ok(()),
            },
            "tostring" if !FORMS.contains(&&*text) => {
                format!(
                    "`{text}` is no form of a number: `tostring` knows `hex`, `commas` and `duration`"
                )
            }
            "tonumber" if !is_base(&value) => {
                format!("`{text}` is no base of numbers: it is a whole number from 2 to 36")
            }
            _ => return Ok(()),
        };
        Err(self.error(Code::Syntax, wrong, None, given.span))
    }

    fn wrong_arguments(&self, function: &Name, takes: &str, count: usize) -> Error {
        let message = format!(
            "`{}` takes {takes}, and is given {count} arguments",
            function.text
        );
        self.error(Code::Syntax, message, None, function.span)
    }
}

fn is_base(value: &Value) -> bool {
    value
        .number()
        .is_some_and(|number| (2..=36).any(|base| number == Number::Int(base)))
}
