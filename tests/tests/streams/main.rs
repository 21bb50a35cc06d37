//! What a stream must give, whatever is in it and however it comes: beside an
//! oracle in SQL, and as properties, in the engine and in the module.
//!
//! - [`model`]: random streams, the oracle, what a host gave.
//! - [`parity`]: rows of closed windows, late events, those of the far future, and
//!   all counters, as SQL has them; [`amended`] where late events amend windows.
//! - [`accounting`]: nothing is lost and nothing is counted twice; at [`limits`]
//!   too, and with a [`million`] groups.
//! - [`splits`]: how bytes are cut, and in what order events come.
//! - [`snapshots`]: sessions that are put aside and taken up again; [`merging`]
//!   parts of a stream; [`damaged`] and foreign bytes.
//! - [`forged`]: times of the far future where events are the clock.

mod accounting;
mod amended;
mod damaged;
mod forged;
mod limits;
mod merging;
mod million;
mod model;
mod parity;
mod snapshots;
mod splits;
