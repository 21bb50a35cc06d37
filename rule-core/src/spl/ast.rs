//! The syntax tree of a search.
//!
//! The tree says what was written and where, and nothing of what can run: a
//! command that the planner does not know is a [`Body::Other`] with its
//! arguments, so that the planner can refuse it by name and place.
//!
//! Operators of one precedence are kept as flat lists ([`Predicate::And`],
//! [`ExprKind::Chain`]), so the depth of a tree is the depth of its parentheses and
//! calls, which the parser bounds ([`super::MAX_DEPTH`]). Code that walks a tree
//! may therefore recurse.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// A range of bytes in the expanded text of a search ([`super::Source`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

/// A name with the place it stands at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name, quotes taken off and escapes resolved.
    pub text: String,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// A search: commands, each working on the results of the one before.
#[derive(Clone, Debug, PartialEq)]
pub struct Pipeline {
    /// The commands in their order; the first is `search` unless the text
    /// begins with `|`.
    pub commands: Vec<Command>,
}

/// One command of a pipeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// The command's name in lower case. An implied `search` has an empty span.
    pub name: Name,
    /// From the name to the last argument.
    pub span: Span,
    /// What it is asked to do.
    pub body: Body,
}

/// The arguments of a command, in the form the command gives them.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// `search PREDICATE`, and what a text without a leading `|` begins with.
    Search(Predicate),
    /// `where EXPR`.
    Where(Expr),
    /// `eval FIELD=EXPR, ...`.
    Eval(Vec<Assignment>),
    /// `stats`, `eventstats`, `streamstats`: options, aggregates, by-clause.
    Stats(Stats),
    /// `tstats AGGREGATES from datamodel=X where PREDICATE by FIELDS`.
    Tstats(Tstats),
    /// `convert timeformat="..." ctime(field) AS name ...`.
    Convert(Convert),
    /// `rename FIELD AS NAME, ...`.
    Rename(Vec<Renaming>),
    /// `table FIELD ...`; names may hold `*`.
    Table(Vec<Name>),
    /// `fields [+|-] FIELD ...`; names may hold `*`.
    Fields {
        /// False for `fields -`.
        keep: bool,
        /// The names, in order.
        names: Vec<Name>,
    },
    /// `fillnull value=X FIELD ...`.
    FillNull {
        /// The text of `value=`.
        value: Option<Name>,
        /// The fields listed; none means all.
        fields: Vec<Name>,
    },
    /// `foreach FIELD ... [TEMPLATE]`.
    Foreach(Nested),
    /// `appendpipe [PIPELINE]`.
    AppendPipe(Nested),
    /// `head COUNT`, `head EXPR keeplast=true`.
    Head(Head),
    /// Any other command: its arguments as they stand.
    Other(Vec<Argument>),
}

/// What `search` asks of an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// Nothing: every event.
    All,
    /// Each of these; two or more.
    And(Vec<Predicate>),
    /// Any of these; two or more.
    Or(Vec<Predicate>),
    /// Not this.
    Not(Box<Predicate>),
    /// `field=value` and its like.
    Compare {
        /// The field.
        field: Name,
        /// The operator.
        op: CompareOp,
        /// The right-hand side.
        value: SearchValue,
    },
    /// `field IN (value, ...)`.
    In {
        /// The field.
        field: Name,
        /// The values, at least one.
        values: Vec<SearchValue>,
    },
    /// A bare word, a phrase, or `TERM(...)`: looked for in the raw event.
    Term(SearchValue),
    /// `[ ... ]`: recognised, with the place of the brackets.
    Subsearch(Span),
}

/// A value or a term of `search`. A `*` in its text is a wildcard: the language
/// has no way to escape one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchValue {
    /// The text, quotes taken off, escapes resolved.
    pub text: String,
    /// How it was written.
    pub form: ValueForm,
    /// Where it stands, with its quotes or its `CASE( )`.
    pub span: Span,
}

/// How a value of `search` was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueForm {
    /// Without quotes.
    Bare,
    /// In double quotes.
    Quoted,
    /// `CASE(...)`: compared with case.
    Case,
    /// `TERM(...)`: one term between major breakers.
    Term,
}

/// A comparison's operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareOp {
    /// `=` or `==`.
    Eq,
    /// `!=`.
    Ne,
    /// `<`.
    Lt,
    /// `<=`.
    Le,
    /// `>`.
    Gt,
    /// `>=`.
    Ge,
}

/// An expression of `eval` and `where`.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `"text"`, escapes resolved.
    Text(String),
    /// A number, as it was written.
    Number(String),
    /// A field, plain or in single quotes. `true`, `false` and `null` without
    /// parentheses are fields too: the planner decides.
    Field(String),
    /// `NOT x`.
    Not(Box<Expr>),
    /// `-x`.
    Negate(Box<Expr>),
    /// `a AND b AND c`; two or more.
    And(Vec<Expr>),
    /// `a OR b OR c`; two or more.
    Or(Vec<Expr>),
    /// `a XOR b XOR c`; two or more.
    Xor(Vec<Expr>),
    /// `a = b`, `a != b`, `a < b` and so on; never chained.
    Compare {
        /// The left-hand side.
        left: Box<Expr>,
        /// The operator.
        op: CompareOp,
        /// The right-hand side.
        right: Box<Expr>,
    },
    /// `x LIKE y`.
    Like {
        /// The text.
        value: Box<Expr>,
        /// The pattern.
        pattern: Box<Expr>,
    },
    /// `x IN (a, b)`, and with `NOT` before IN wrapped in [`ExprKind::Not`].
    In {
        /// The value looked for.
        value: Box<Expr>,
        /// The values it may be.
        among: Vec<Expr>,
    },
    /// `a + b - c` or `a * b / c % d` or `a . b . c`: one precedence, from the
    /// left.
    Chain {
        /// The first operand.
        first: Box<Expr>,
        /// Each further operand with the operator before it.
        rest: Vec<(ArithmeticOp, Expr)>,
    },
    /// `name(arguments)`; the name in lower case.
    Call {
        /// The function.
        function: Name,
        /// Its arguments.
        arguments: Vec<Expr>,
    },
    /// `[ ... ]`: recognised.
    Subsearch,
}

/// An operator of [`ExprKind::Chain`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArithmeticOp {
    /// `+`: adds numbers, joins two texts.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `%`.
    Remainder,
    /// `.`: joins as text.
    Concat,
}

/// `FIELD=EXPR` of `eval`.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The field that is set.
    pub field: Name,
    /// Its value.
    pub value: Expr,
}

/// `key=value` among a command's arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The option's name: in lower case in [`Stats`], as written in an
    /// [`Argument`], where it may be a field (`tstats ... where a=b`).
    pub key: Name,
    /// Its value, quotes taken off.
    pub value: Name,
}

/// `stats` and its kin.
#[derive(Clone, Debug, PartialEq)]
pub struct Stats {
    /// Options before the aggregates, such as `allnum=true` or `window=2`.
    pub settings: Vec<Setting>,
    /// The aggregates; at least one.
    pub aggregates: Vec<Aggregate>,
    /// The fields after `by`, in order; none without a by-clause.
    pub by: Vec<Name>,
}

/// `tstats`.
#[derive(Clone, Debug, PartialEq)]
pub struct Tstats {
    /// Its options but `datamodel`, such as `summariesonly=true` and `span=1h`.
    pub settings: Vec<Setting>,
    /// The aggregates; at least one.
    pub aggregates: Vec<Aggregate>,
    /// The data model, and behind a point a dataset of it.
    pub datamodel: Option<Name>,
    /// What stands after `where`.
    pub filter: Predicate,
    /// The fields after `by`, in order.
    pub by: Vec<Name>,
}

/// One aggregate: `count`, `min(_time) AS firstTime`, `count(eval(x>1)) AS n`.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// The function in lower case, as written: `c`, `count`, `perc95`.
    pub function: Name,
    /// What it is over.
    pub argument: AggregateArgument,
    /// The name after `AS`.
    pub alias: Option<Name>,
    /// The aggregate without its alias: its text names the result column where
    /// there is no alias.
    pub span: Span,
}

/// What an aggregate is over.
#[derive(Clone, Debug, PartialEq)]
pub enum AggregateArgument {
    /// `count` or `count()`.
    None,
    /// A field; the name may hold `*`.
    Field(Name),
    /// `eval(EXPR)`.
    Eval(Expr),
    /// The aggregate inside `sparkline(count(x), 1h)`: recognised, with the place
    /// of the parentheses.
    Other(Span),
}

/// A command with commands in brackets.
#[derive(Clone, Debug, PartialEq)]
pub struct Nested {
    /// Names before the brackets; they may hold `*`.
    pub names: Vec<Name>,
    /// Its options.
    pub settings: Vec<Setting>,
    /// What stands in the brackets; at least one.
    pub commands: Vec<Command>,
}

/// `head`.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// A number on its own.
    pub count: Option<Name>,
    /// Its options: `limit`, `null`, `keeplast`.
    pub settings: Vec<Setting>,
    /// The condition that rows have up to the last.
    pub condition: Option<Expr>,
}

/// `convert`.
#[derive(Clone, Debug, PartialEq)]
pub struct Convert {
    /// The text of `timeformat=`.
    pub timeformat: Option<Name>,
    /// Its functions, in order.
    pub functions: Vec<Conversion>,
}

/// One function of `convert`: `ctime(field) AS name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversion {
    /// The function in lower case.
    pub function: Name,
    /// The field; the name may hold `*`.
    pub field: Name,
    /// The name after `AS`.
    pub alias: Option<Name>,
}

/// `FIELD AS NAME` of `rename`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renaming {
    /// The field; may hold `*`.
    pub from: Name,
    /// Its new name; may hold as many `*`.
    pub to: Name,
}

/// An argument of a command that the parser has no form for.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// A bare word, an operator or a quoted text.
    Word {
        /// The text, quotes taken off.
        text: Name,
        /// Was it quoted?
        quoted: bool,
    },
    /// `key=value`.
    Setting(Setting),
    /// `( ... )`, with or without a word right before it (a function's name).
    Group {
        /// `count` of `count(x)`.
        before: Option<Name>,
        /// What stands inside.
        inside: Vec<Argument>,
        /// The parentheses and what is in them.
        span: Span,
    },
    /// `,`.
    Comma(Span),
    /// `[ ... ]`, recognised.
    Subsearch(Span),
}
