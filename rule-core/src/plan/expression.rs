//! Expressions of `eval` and `where`.

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

use super::{Planner, TOO_MANY_PARTS};
use crate::rows::eval::{Check, Expr, Function, Operator, Relation};
use crate::spl::ast::{self, ArithmeticOp, CompareOp, ExprKind};
use crate::spl::{Code, Error};
use crate::value::{Value, parse_number};

impl Planner<'_> {
    pub(super) fn expression(&self, expr: &ast::Expr) -> Result<Expr, Error> {
        if !self.context.bounds.take_parts(1) {
            return Err(self.error(Code::Syntax, TOO_MANY_PARTS, None, expr.span));
        }
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
                "true" => Expr::Call(Function::Check(Check::True), Vec::new()),
                "false" => Expr::Call(Function::Check(Check::False), Vec::new()),
                "null" => Expr::Constant(Value::Null),
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
