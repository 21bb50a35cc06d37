#![no_std]
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::todo,
    clippy::unimplemented,
    clippy::get_unwrap,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::allow_attributes_without_reason
)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::get_unwrap,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        reason = "a test fails by panicking"
    )
)]
//! The engine of a detection: a published search, run over bytes of logs.
//!
//! ```text
//! YAML ── detection ── spl ── plan ──────┐                  (once, when a rule is opened)
//!                                        ▼
//! bytes ─ frame ─ scan ─ decode ─ names ─ search ─ stats/window ─ rows ─ alert ─ bytes
//!         records  candidates  fields  events  matches  groups     results
//! ```
//!
//! The data goes one way, and each module is one station of it:
//!
//! | station | takes | gives |
//! |---|---|---|
//! | [`detection`] | a document | a search with its schedule and risk |
//! | [`spl`] | the text of a search | its syntax tree, or an error with its place |
//! | [`plan`] | a syntax tree | something that runs, or what cannot |
//! | [`frame`] | bytes, in any split | records |
//! | [`scan`] | records | which of them can match |
//! | [`decode`] | a record | its fields by their raw paths |
//! | [`names`] | raw fields | an event, by the names of Splunk |
//! | [`search`] | an event | does it match |
//! | [`window`] | matching events | groups or rows by window, until it closes |
//! | [`stats`] | events of a window | groups and what is counted of them |
//! | [`rows`] | results | results: eval, where, rename, convert, ... |
//! | [`alert`] | a result row | a line of JSON |
//! | [`annotate`] | a record and its alerts | the record with the alerts in it |
//!
//! [`session`] is all of it behind one interface; [`time`], [`value`],
//! [`settings`] and [`snapshot`] are the words that the stations share.
//!
//! Nothing here reads a clock, draws a random number or knows a single
//! detection: the same configuration and the same bytes give the same alerts,
//! byte for byte, on every machine.

extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

pub mod alert;
pub mod annotate;
pub mod decode;
pub mod detection;
mod entries;
pub mod frame;
pub mod names;
pub mod plan;
pub mod rows;
pub mod scan;
pub mod search;
pub mod session;
pub mod settings;
pub mod snapshot;
pub mod spl;
pub mod stats;
pub mod time;
pub mod value;
pub mod window;
