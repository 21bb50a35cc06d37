//! What comes after `stats`, and between `search` and `stats`: commands over
//! rows of named values.
//!
//! A [`Command`] takes rows and gives rows ([`Command::apply`]): over events the
//! row of one event at a time, over results all rows of a window at once.

mod append;
mod beside;
mod bin;
mod columns;
mod combine;
mod command;
mod convert;
mod dedup;
mod edges;
pub mod eval;
mod expand;
mod extract;
mod fitted;
mod foreach;
mod fromjson;
mod gathered;
mod head;
mod lookup;
mod rename;
mod replace;
mod rex;
mod room;
mod row;
mod sliding;
mod sort;
mod span;
mod spath;
mod steps;
mod streamstats;
mod top;
mod totals;
mod xmlkv;

pub use append::AppendPipe;
pub use bin::{Bin, Size};
pub use command::{Command, Context};
pub use convert::{Conversion, Convert};
pub use dedup::Dedup;
pub use edges::Log;
pub use expand::{MakeMv, Parting};
pub use extract::Extract;
pub use fitted::Fitted;
pub use foreach::{Foreach, has_token};
pub use fromjson::FromJson;
pub use head::Head;
pub use lookup::{Lookup, LookupMatch, LookupTable};
pub use rename::Rename;
pub use replace::Replace;
pub use rex::{Matching, Rex, Script, Sed};
pub use room::{most_of, to_come};
pub use row::{Identity, Row};
pub use sort::{Sort, SortKey, SortKind};
pub use span::Span;
pub use spath::{Path, Spath};
pub use streamstats::{Reset, StreamStats};
pub use top::Top;
pub use totals::{AddTotals, Sums};

#[cfg(test)]
mod tests;
