//! What comes after `stats`, and between `search` and `stats`: commands over
//! rows of named values.
//!
//! A [`Command`] takes rows and gives rows. Over events it works one row at a
//! time ([`Command::apply_to_event`]), over results on all of a window at once
//! ([`Command::apply`]).

mod command;
mod convert;
pub mod eval;
mod lookup;
mod name_pattern;
mod rename;
mod row;

pub use command::{Command, Context};
pub use convert::Convert;
pub use lookup::{Lookup, LookupTable, Matching};
pub use name_pattern::NamePattern;
pub use rename::Rename;
pub use row::{Identity, Row};

#[cfg(test)]
mod tests;
