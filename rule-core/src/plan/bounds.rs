//! How large a search may be, and how much more a configuration may come to than it was
//! written.

use alloc::collections::BTreeMap;
use alloc::format;
use core::cell::Cell;
use core::fmt;

use super::Planner;
use crate::spl::ast::{self, AggregateArgument, Argument, Body, Name, Span};
use crate::spl::{Code, Error};

/// The commands of a search, those in brackets counted; the arguments of a command; and
/// the fields that `eval` sets in a search and `fillnull` asks for by patterns. What they
/// do goes with their number times that of a row's fields.
const MOST: usize = 1000;

/// How often one `stats` may name one field.
const MOST_OF_ONE: usize = 20;

/// Bytes of the name of a field that `stats` gives or groups by: each of its rows has it.
const LONGEST_NAME: usize = 1000;

/// What the searches of a configuration may come to, in bytes, besides what was written:
/// a few bytes can name a macro, an eventtype, a table or an expression that takes a MiB,
/// and name it as often as they like.
pub struct Bounds<'m> {
    texts: Cell<usize>,
    parts: Cell<usize>,
    /// Bytes that the regular expressions may take.
    most_expressions: usize,
    expressions: Cell<Expressions>,
    /// Can so many bytes be had?
    has_memory: &'m dyn Fn(usize) -> bool,
}

/// What the regular expressions of a configuration take.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expressions {
    /// Bytes of all of them.
    pub bytes: usize,
    /// Bytes that compiling one of them takes besides, at the most.
    pub to_compile: usize,
}

impl fmt::Debug for Bounds<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bounds").finish_non_exhaustive()
    }
}

impl<'m> Bounds<'m> {
    /// Those of a configuration of so many bytes. `has_memory` answers whether so many
    /// bytes can be allocated.
    #[must_use]
    pub fn new(bytes: usize, has_memory: &'m dyn Fn(usize) -> bool) -> Self {
        Bounds {
            texts: Cell::new(bytes.saturating_mul(2).saturating_add(1 << 20)),
            parts: Cell::new((bytes / 8).saturating_add(10_000)),
            most_expressions: bytes.saturating_mul(16).saturating_add(2 << 20),
            expressions: Cell::new(Expressions::default()),
            has_memory,
        }
    }

    /// What the regular expressions take so far.
    #[must_use]
    pub fn expressions(&self) -> Expressions {
        self.expressions.get()
    }

    /// Is there memory to compile a regular expression, which takes so many bytes?
    #[must_use]
    pub(super) fn can_compile(&self, bytes: usize) -> bool {
        let so_far = self.expressions.get();
        self.expressions.set(Expressions {
            to_compile: so_far.to_compile.max(bytes),
            ..so_far
        });
        (self.has_memory)(bytes)
    }

    /// Is there room for as many bytes of text? They are taken.
    #[must_use]
    pub fn take_text(&self, bytes: usize) -> bool {
        take(&self.texts, bytes)
    }

    /// Is there room for as many terms, values or parts of expressions? They are taken. One
    /// takes a few hundred bytes, and may be written in two.
    #[must_use]
    pub(super) fn take_parts(&self, count: usize) -> bool {
        take(&self.parts, count)
    }

    /// Is there room for a regular expression that takes so much? It is taken.
    #[must_use]
    pub(super) fn take_expression(&self, bytes: usize) -> bool {
        let so_far = self.expressions.get();
        let bytes = so_far.bytes.saturating_add(bytes);
        let fits = bytes <= self.most_expressions;
        if fits {
            self.expressions.set(Expressions { bytes, ..so_far });
        }
        fits
    }
}

/// What is wrong where [`Bounds::take_text`] says no.
pub const TOO_MUCH_TEXT: &str = "the searches come to far more text than the configuration has, \
     by their macros, eventtypes, tags and lookups: use fewer of these in this search, or give \
     it a session of its own";

/// What is wrong where `take_parts` says no.
pub(super) const TOO_MANY_PARTS: &str = "the searches have too many short terms and values: give \
     long lists of them as a table for `lookup`";

fn take(left: &Cell<usize>, bytes: usize) -> bool {
    match left.get().checked_sub(bytes) {
        Some(rest) => {
            left.set(rest);
            true
        }
        None => false,
    }
}

impl Planner<'_> {
    /// Refuses a search of too many commands, of commands with too many arguments, and
    /// names that are too long.
    pub(super) fn check_bounds(&self, commands: &[ast::Command]) -> Result<(), Error> {
        let mut count = Count::default();
        commands
            .iter()
            .try_for_each(|command| self.check_command(command, &mut count))
    }

    /// Recurses as deep as brackets are nested, which the parser bounds.
    fn check_command(&self, command: &ast::Command, count: &mut Count) -> Result<(), Error> {
        count.commands = count.commands.saturating_add(1);
        let name = command.name.text.as_str();
        let listed = listed(&command.body);
        match &command.body {
            Body::Eval(assignments) => count.set(assignments.len()),
            Body::FillNull { fields, .. } => {
                count.set(fields.iter().filter(|one| one.text.contains('*')).count());
            }
            _ => {}
        }
        let message = if count.commands > MOST {
            format!("the search has more than {MOST} commands: part it into several")
        } else if listed > MOST {
            format!("`{name}` has {listed} arguments, and may have {MOST}")
        } else if count.fields > MOST {
            format!("the search sets more than {MOST} fields: part it into several")
        } else {
            self.check_names(&command.body)?;
            let nested = match &command.body {
                Body::Foreach(nested) | Body::AppendPipe(nested) => nested.commands.as_slice(),
                _ => &[],
            };
            return nested
                .iter()
                .try_for_each(|one| self.check_command(one, count));
        };
        Err(self.error(Code::Syntax, message, None, command.name.span))
    }

    /// A value that is kept for each function of its field, or is in a key for each time
    /// that its field is named, takes memory as often.
    fn check_repeats(&self, aggregates: &[ast::Aggregate], by: &[Name]) -> Result<(), Error> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let fields = aggregates.iter().filter_map(|one| match &one.argument {
            AggregateArgument::Field(name) => Some(name),
            _ => None,
        });
        for name in fields.chain(by) {
            // Patterns may all cover the same fields.
            let field = if name.text.contains('*') {
                "*"
            } else {
                name.text.as_str()
            };
            let count = counts.entry(field).or_default();
            *count = count.saturating_add(1);
            if *count > MOST_OF_ONE {
                let message = format!(
                    "a field is in more than {MOST_OF_ONE} functions and by-clauses of one \
                     `stats`: use fewer, or part the search into several"
                );
                return Err(self.error(Code::Syntax, message, None, name.span));
            }
        }
        Ok(())
    }

    fn check_names(&self, body: &Body) -> Result<(), Error> {
        let (aggregates, by) = match body {
            Body::Stats(stats) => (&stats.aggregates, &stats.by),
            Body::Tstats(tstats) => (&tstats.aggregates, &tstats.by),
            _ => return Ok(()),
        };
        let named = |name: &Name| (name.text.len(), name.span);
        let columns = aggregates
            .iter()
            .map(|one| match (&one.alias, &one.argument) {
                (Some(alias), _) => named(alias),
                (None, AggregateArgument::None) => (0, one.span),
                (None, _) => (
                    one.span.end.saturating_sub(one.span.start) as usize,
                    one.span,
                ),
            });
        self.check_repeats(aggregates, by)?;
        let long = |(length, span): (usize, Span)| (length > LONGEST_NAME).then_some(span);
        match columns.chain(by.iter().map(named)).find_map(long) {
            Some(span) => {
                let message = format!(
                    "the name of a field is longer than {LONGEST_NAME} bytes: give it a shorter \
                     one with `AS`, or `rename` it before"
                );
                Err(self.error(Code::Syntax, message, None, span))
            }
            None => Ok(()),
        }
    }
}

#[derive(Default)]
struct Count {
    commands: usize,
    fields: usize,
}

impl Count {
    /// Counts fields that a command sets.
    fn set(&mut self, fields: usize) {
        self.fields = self.fields.saturating_add(fields);
    }
}

/// How many things a command lists.
fn listed(body: &Body) -> usize {
    match body {
        Body::Search(_) | Body::Where(_) | Body::Head(_) => 0,
        Body::Eval(assignments) => assignments.len(),
        Body::Stats(stats) => stats.aggregates.len().saturating_add(stats.by.len()),
        Body::Tstats(tstats) => tstats.aggregates.len().saturating_add(tstats.by.len()),
        Body::Convert(convert) => convert.functions.len(),
        Body::Rename(renamings) => renamings.len(),
        Body::Table(names) | Body::Fields { names, .. } => names.len(),
        Body::FillNull { fields, .. } => fields.len(),
        Body::Foreach(nested) | Body::AppendPipe(nested) => nested.names.len(),
        Body::Other(arguments) => arguments_of(arguments),
    }
}

/// Recurses as deep as parentheses are nested, which the parser bounds.
fn arguments_of(arguments: &[Argument]) -> usize {
    let counted = arguments.iter().map(|one| match one {
        Argument::Comma(_) => 0,
        Argument::Group { inside, .. } => arguments_of(inside).saturating_add(1),
        _ => 1,
    });
    counted.sum()
}
