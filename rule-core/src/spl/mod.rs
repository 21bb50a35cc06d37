//! Text of a search to its syntax tree.
//!
//! A search goes through two steps. `expand` is about text alone, as it is in
//! Splunk: comments become a space, a macro call becomes the macro's
//! definition, and a [`Source`] remembers where each piece came from. The parser
//! then reads the expanded text into the tree of [`ast`], one function a rule of
//! the grammar:
//!
//! | file | grammar |
//! |---|---|
//! | `pipeline` | commands between pipes, and which form each has |
//! | `predicate` | `search` |
//! | `expression` | `eval`, `where`, and `eval(...)` inside `stats` |
//! | `aggregates` | `stats`, `eventstats`, `streamstats` |
//! | `fields` | `table`, `fields`, `rename`, `convert`, `fillnull` |
//! | `nested` | commands in brackets: `foreach`, `appendpipe` |
//! | `arguments` | every other command |
//! | `cursor` | what they share: quotes, words, brackets, depth |
//!
//! Nothing here knows what can run: that is the planner's, which reports what it
//! refuses with the same [`Error`].
//!
//! The work is linear in the expanded text. The text, the nesting and the number
//! of macro calls are bounded ([`MAX_TEXT`], [`MAX_DEPTH`],
//! [`MAX_MACRO_DEPTH`], [`MAX_MACRO_CALLS`]).

mod aggregates;
mod arguments;
pub mod ast;
mod call;
mod cursor;
mod error;
mod expand;
mod expression;
mod fields;
mod macros;
mod nearest;
mod nested;
mod picture;
mod pipeline;
mod predicate;
mod source;
#[cfg(test)]
mod tests;
mod tstats;

use alloc::string::String;
use alloc::vec::Vec;

use ast::Pipeline;

pub use error::{Code, Error};
pub use macros::{Macro, Macros};
pub use nearest::nearest;
pub(crate) use picture::one_line;
pub use picture::printable;
pub use source::{Location, Place, Source, Within};

/// The longest search in bytes, as written; and the most that its macros may
/// expand to, every level of nesting counted.
pub const MAX_TEXT: usize = 1 << 20;

/// The deepest nesting of parentheses, calls, `NOT` and signs. A tree is never
/// deeper than a small multiple of it.
pub const MAX_DEPTH: u32 = 64;

/// The deepest nesting of macros.
pub const MAX_MACRO_DEPTH: usize = 32;

/// The most macro calls in one search, those inside definitions counted.
pub const MAX_MACRO_CALLS: usize = 10_000;

/// A search that was read.
#[derive(Clone, Debug)]
pub struct Search {
    /// Its commands.
    pub pipeline: Pipeline,
    /// Its text, and where each part of it came from.
    pub source: Source,
    /// The names of the macros it uses, directly or through others: sorted, each
    /// once, without argument counts. A `_filter` macro that nobody defined is
    /// among them, because it can be.
    pub macros: Vec<String>,
}

/// Reads a search.
///
/// # Errors
///
/// [`Code::Syntax`] for a text that is no search or is beyond a limit;
/// [`Code::UndefinedMacro`], [`Code::MacroCycle`], [`Code::MacroArguments`] for
/// its macros; [`Code::UnsupportedOption`] and [`Code::UnsupportedFeature`] for
/// what the tree has no place for, such as a subsearch among field names.
pub fn parse(text: &str, macros: &Macros) -> Result<Search, Error> {
    let (source, used) = expand::expand(text, macros)?;
    match pipeline::pipeline(source.expanded()) {
        Ok(pipeline) => Ok(Search {
            pipeline,
            source,
            macros: used,
        }),
        Err(fault) => Err(Error::new(
            fault.code,
            fault.message,
            fault.what,
            fault.span,
            &source,
        )),
    }
}
