//! Expressions of `eval` and `where`.

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

use super::Planner;
use crate::rows::eval::{Expr, Function, Operator, Regex, Relation};
use crate::spl::ast::{self, ArithmeticOp, CompareOp, ExprKind, Name};
use crate::spl::{Code, Error};
use crate::value::{Value, parse_number};

impl Planner<'_> {
    pub(super) fn expression(&self, expr: &ast::Expr) -> Result<Expr, Error> {
        let one = |expr: &ast::Expr| self.expression(expr).map(Box::new);
        let several = |parts: &[ast::Expr]| {
            parts
                .iter()
                .map(|part| self.expression(part))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(match &expr.kind {
            ExprKind::Text(text) => Expr::Constant(Value::Text(text.clone())),
            ExprKind::Number(text) => match parse_number(text) {
                Some(number) => Expr::Constant(Value::Number(number)),
                None => {
                    let message = format!("`{text}` is no number that can be computed with");
                    return Err(self.error(Code::Syntax, message, None, expr.span));
                }
            },
            ExprKind::Field(name) => match name.as_str() {
                "true" => Expr::Call(Function::True, Vec::new()),
                "false" => Expr::Call(Function::False, Vec::new()),
                _ => Expr::Field(name.clone()),
            },
            ExprKind::Not(inner) => Expr::Not(one(inner)?),
            ExprKind::Negate(inner) => Expr::Negate(one(inner)?),
            ExprKind::And(parts) => Expr::And(several(parts)?),
            ExprKind::Or(parts) => Expr::Or(several(parts)?),
            ExprKind::Xor(parts) => Expr::Xor(several(parts)?),
            ExprKind::Compare { left, op, right } => {
                Expr::Compare(one(left)?, relation(*op), one(right)?)
            }
            ExprKind::Like { value, pattern } => Expr::Like(one(value)?, one(pattern)?),
            ExprKind::In { value, among } => Expr::In(one(value)?, several(among)?),
            ExprKind::Chain { first, rest } => {
                let rest = rest
                    .iter()
                    .map(|(op, operand)| Ok((operator(*op), self.expression(operand)?)))
                    .collect::<Result<_, Error>>()?;
                Expr::Chain(one(first)?, rest)
            }
            ExprKind::Call {
                function,
                arguments,
            } => self.call(function, arguments)?,
            ExprKind::Subsearch => return Err(self.unsupported("a subsearch", expr.span)),
        })
    }

    /// An expression that must be true or false.
    pub(super) fn condition(&self, expr: &ast::Expr) -> Result<Expr, Error> {
        let condition = self.expression(expr)?;
        if matches!(
            condition,
            Expr::Constant(_) | Expr::Field(_) | Expr::Negate(_) | Expr::Chain(..)
        ) {
            let message = format!(
                "`{}` is a value, where a condition is needed: compare it with something",
                self.source.text(expr.span)
            );
            return Err(self.error(Code::Syntax, message, None, expr.span));
        }
        Ok(condition)
    }

    fn call(&self, function: &Name, arguments: &[ast::Expr]) -> Result<Expr, Error> {
        let name = function.text.as_str();
        let (known, least, most) = match name {
            "if" => (Function::If, 3, 3),
            "case" => (Function::Case, 2, usize::MAX),
            "coalesce" => (Function::Coalesce, 1, usize::MAX),
            "isnull" => (Function::IsNull, 1, 1),
            "isnotnull" => (Function::IsNotNull, 1, 1),
            "like" => (Function::Like, 2, 2),
            "lower" => (Function::Lower, 1, 1),
            "upper" => (Function::Upper, 1, 1),
            "len" => (Function::Len, 1, 1),
            "true" => (Function::True, 0, 0),
            "false" => (Function::False, 0, 0),
            "null" => (Function::Null, 0, 0),
            "match" => return self.match_call(function, arguments),
            _ => return Err(self.unsupported_function("eval", function)),
        };
        let odd = name == "case" && arguments.len() % 2 == 1;
        if arguments.len() < least || arguments.len() > most || odd {
            return Err(self.wrong_arguments(function, arguments.len()));
        }
        let arguments = arguments
            .iter()
            .map(|one| self.expression(one))
            .collect::<Result<_, _>>()?;
        Ok(Expr::Call(known, arguments))
    }

    fn match_call(&self, function: &Name, arguments: &[ast::Expr]) -> Result<Expr, Error> {
        let [text, pattern] = arguments else {
            return Err(self.wrong_arguments(function, arguments.len()));
        };
        let ExprKind::Text(regex) = &pattern.kind else {
            return Err(self.unsupported("`match` with a pattern that is no text", pattern.span));
        };
        match Regex::new(regex) {
            Ok(regex) => Ok(Expr::Call(
                Function::Match(regex),
                alloc::vec![self.expression(text)?],
            )),
            Err(error) => {
                let code = match error.unsupported {
                    Some(_) => Code::UnsupportedFeature,
                    None => Code::Syntax,
                };
                Err(self.error(code, error.message, error.unsupported, pattern.span))
            }
        }
    }

    fn wrong_arguments(&self, function: &Name, count: usize) -> Error {
        let takes = match function.text.as_str() {
            "if" => "a condition and two values",
            "case" => "pairs of a condition and a value",
            "coalesce" => "one value or more",
            "like" => "a text and a pattern",
            "match" => "a text and a regular expression",
            "true" | "false" | "null" => "nothing",
            _ => "one value",
        };
        let message = format!(
            "`{}` takes {takes}, and is given {count} arguments",
            function.text
        );
        self.error(Code::Syntax, message, None, function.span)
    }
}

fn relation(op: CompareOp) -> Relation {
    match op {
        CompareOp::Eq => Relation::Equal,
        CompareOp::Ne => Relation::NotEqual,
        CompareOp::Lt => Relation::Less,
        CompareOp::Le => Relation::LessOrEqual,
        CompareOp::Gt => Relation::Greater,
        CompareOp::Ge => Relation::GreaterOrEqual,
    }
}

fn operator(op: ArithmeticOp) -> Operator {
    match op {
        ArithmeticOp::Add => Operator::Add,
        ArithmeticOp::Subtract => Operator::Subtract,
        ArithmeticOp::Multiply => Operator::Multiply,
        ArithmeticOp::Divide => Operator::Divide,
        ArithmeticOp::Remainder => Operator::Remainder,
        ArithmeticOp::Concat => Operator::Concat,
    }
}
