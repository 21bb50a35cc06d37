//! The fields of an event by the names that Splunk gives them.
//!
//! Decoders emit raw paths: `winlog.event_id`, `System.EventID`, `EventID`. A
//! [`Table`], compiled from the user's and the built-in [`Sources`] for the
//! fields that the rules ask for, says which Splunk field each raw path is, and
//! which path wins where an event has several. An [`Event`] holds the fields
//! asked for and nothing else. Names grow, decoders don't.

mod event;
mod kinds;
mod message;
mod models;
mod paths;
mod reader;
mod sources;
mod table;

pub use event::{Defaults, Event};
pub use kinds::Kind;
pub(crate) use kinds::Origin;
pub(crate) use message::can_build;
pub use models::{Dataset, Models};
pub use reader::EventReader;
pub use sources::Sources;
pub(crate) use table::RAW;
pub use table::Table;

#[cfg(test)]
mod tests;
