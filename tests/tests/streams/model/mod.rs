//! Streams, and what they must give.
//!
//! ```text
//! schedule ─┐                     ┌ oracle: SQL over all of it ─ expected ┐
//!           ├─ stream ─ settings ─┤                                       ├ compared
//! event ────┘                     └ hosts: native and module ─── given ───┘
//! ```
//!
//! For properties that need no oracle a stream becomes acts: single pushes, cut
//! anywhere, with whatever is done between them.

pub(crate) mod act;
pub(crate) mod alert;
pub(crate) mod event;
pub(crate) mod given;
pub(crate) mod hosts;
pub(crate) mod oracle;
pub(crate) mod schedule;
pub(crate) mod settings;
pub(crate) mod stream;

pub(crate) use act::{Act, acts, cut, cuts, open, run, text};
pub(crate) use alert::Alert;
pub(crate) use event::Event;
pub(crate) use given::{Played, counters, play};
pub(crate) use hosts::{Hosts, cases};
pub(crate) use oracle::Oracle;
pub(crate) use settings::{Settings, modes};
pub(crate) use stream::{Kind, NOON, Step, scheduled};
