//! A tree as one line of text, without spans: what the cases compare.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::spl::ast::{
    Aggregate, AggregateArgument, Argument, ArithmeticOp, Body, Command, CompareOp, Expr, ExprKind,
    Name, Pipeline, Predicate, SearchValue, Setting, ValueForm,
};

pub(super) fn pipeline(pipeline: &Pipeline) -> String {
    join(&pipeline.commands, command, " | ")
}

fn join<T>(items: &[T], one: impl Fn(&T) -> String, between: &str) -> String {
    items.iter().map(one).collect::<Vec<_>>().join(between)
}

fn command(command: &Command) -> String {
    let body = match &command.body {
        Body::Search(asked) => predicate(asked),
        Body::Where(expr) => expression(expr),
        Body::Eval(list) => join(
            list,
            |one| format!("{}:={}", one.field.text, expression(&one.value)),
            ", ",
        ),
        Body::Stats(stats) => {
            let mut parts = Vec::new();
            parts.extend(stats.settings.iter().map(setting));
            parts.extend(stats.aggregates.iter().map(aggregate));
            format!("{} by [{}]", parts.join(" "), names(&stats.by))
        }
        Body::Tstats(tstats) => {
            let mut parts = Vec::new();
            parts.extend(tstats.settings.iter().map(setting));
            parts.extend(tstats.aggregates.iter().map(aggregate));
            format!(
                "{} from {} where {} by [{}]",
                parts.join(" "),
                tstats.datamodel.as_ref().map_or("-", |name| &name.text),
                predicate(&tstats.filter),
                names(&tstats.by)
            )
        }
        Body::Convert(convert) => {
            let mut parts = Vec::new();
            if let Some(format) = &convert.timeformat {
                parts.push(format!("timeformat={:?}", format.text));
            }
            parts.extend(convert.functions.iter().map(|one| {
                format!(
                    "{}<{}>{}",
                    one.function.text,
                    one.field.text,
                    alias(one.alias.as_ref())
                )
            }));
            parts.join(" ")
        }
        Body::Rename(list) => join(
            list,
            |one| format!("{}->{}", one.from.text, one.to.text),
            ", ",
        ),
        Body::Table(list) => format!("[{}]", names(list)),
        Body::Fields { keep, names: list } => {
            format!("{}[{}]", if *keep { '+' } else { '-' }, names(list))
        }
        Body::FillNull { value, fields } => format!(
            "{:?} [{}]",
            value.as_ref().map(|value| value.text.as_str()),
            names(fields)
        ),
        Body::Foreach(nested) | Body::AppendPipe(nested) => {
            format!("{} [{}]", names(&nested.names), nested.commands.len())
        }
        Body::Head(head) => format!(
            "{:?} {:?} {}",
            head.count.as_ref().map(|name| &name.text),
            head.settings.len(),
            head.condition.as_ref().map_or_else(String::new, expression)
        ),
        Body::Other(list) => join(list, argument, " "),
    };
    format!("{} {body}", command.name.text)
        .trim_end()
        .to_string()
}

fn aggregate(one: &Aggregate) -> String {
    let argument = match &one.argument {
        AggregateArgument::None => String::new(),
        AggregateArgument::Field(field) => format!("<{}>", field.text),
        AggregateArgument::Eval(expr) => format!("<eval {}>", expression(expr)),
        AggregateArgument::Other(_) => "<...>".to_string(),
    };
    format!(
        "{}{argument}{}",
        one.function.text,
        alias(one.alias.as_ref())
    )
}

fn alias(alias: Option<&Name>) -> String {
    alias.map_or(String::new(), |name| format!("->{}", name.text))
}

fn names(names: &[Name]) -> String {
    join(names, |name| name.text.clone(), ",")
}

fn setting(setting: &Setting) -> String {
    format!("{}={:?}", setting.key.text, setting.value.text)
}

fn argument(one: &Argument) -> String {
    match one {
        Argument::Word { text, quoted: true } => format!("{:?}", text.text),
        Argument::Word {
            text,
            quoted: false,
        } => text.text.clone(),
        Argument::Setting(one) => format!("{{{}}}", setting(one)),
        Argument::Group { before, inside, .. } => format!(
            "{}({})",
            before.as_ref().map_or("", |name| &name.text),
            join(inside, argument, " ")
        ),
        Argument::Comma(_) => ",".to_string(),
        Argument::Subsearch(_) => "[...]".to_string(),
    }
}

pub(super) fn predicate(asked: &Predicate) -> String {
    match asked {
        Predicate::All => "all".to_string(),
        Predicate::And(parts) => format!("(and {})", join(parts, predicate, " ")),
        Predicate::Or(parts) => format!("(or {})", join(parts, predicate, " ")),
        Predicate::Not(inner) => format!("(not {})", predicate(inner)),
        Predicate::Compare { field, op, value } => {
            format!("{}{}{}", field.text, operator(*op), search_value(value))
        }
        Predicate::In { field, values } => {
            format!("(in {} {})", field.text, join(values, search_value, " "))
        }
        Predicate::Term(term) => format!("term:{}", search_value(term)),
        Predicate::Subsearch(_) => "[...]".to_string(),
    }
}

fn search_value(value: &SearchValue) -> String {
    match value.form {
        ValueForm::Bare => value.text.clone(),
        ValueForm::Quoted => format!("'{}'", value.text),
        ValueForm::Case => format!("CASE({})", value.text),
        ValueForm::Term => format!("TERM({})", value.text),
    }
}

pub(super) fn operator(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Eq => "=",
        CompareOp::Ne => "!=",
        CompareOp::Lt => "<",
        CompareOp::Le => "<=",
        CompareOp::Gt => ">",
        CompareOp::Ge => ">=",
    }
}

pub(super) fn arithmetic(op: ArithmeticOp) -> &'static str {
    match op {
        ArithmeticOp::Add => "+",
        ArithmeticOp::Subtract => "-",
        ArithmeticOp::Multiply => "*",
        ArithmeticOp::Divide => "/",
        ArithmeticOp::Remainder => "%",
        ArithmeticOp::Concat => ".",
    }
}

pub(super) fn expression(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Text(text) => format!("'{text}'"),
        ExprKind::Number(text) => format!("#{text}"),
        ExprKind::Field(name) => name.clone(),
        ExprKind::Not(inner) => format!("(not {})", expression(inner)),
        ExprKind::Negate(inner) => format!("(neg {})", expression(inner)),
        ExprKind::And(parts) => format!("(and {})", join(parts, expression, " ")),
        ExprKind::Or(parts) => format!("(or {})", join(parts, expression, " ")),
        ExprKind::Xor(parts) => format!("(xor {})", join(parts, expression, " ")),
        ExprKind::Compare { left, op, right } => format!(
            "({} {} {})",
            operator(*op),
            expression(left),
            expression(right)
        ),
        ExprKind::Like { value, pattern } => {
            format!("(like {} {})", expression(value), expression(pattern))
        }
        ExprKind::In { value, among } => format!(
            "(in {} {})",
            expression(value),
            join(among, expression, " ")
        ),
        ExprKind::Chain { first, rest } => {
            let rest = join(
                rest,
                |(op, operand)| format!("{} {}", arithmetic(*op), expression(operand)),
                " ",
            );
            format!("({} {rest})", expression(first))
        }
        ExprKind::Call {
            function,
            arguments,
        } => format!("{}({})", function.text, join(arguments, expression, " ")),
        ExprKind::Subsearch => "[...]".to_string(),
    }
}
