//! Following files that grow, are rotated, cut, removed and made again.
//!
//! A [`Tail`] is what is read under one name: the file that bears it, and after a
//! rotation the next one, with no line of either lost. It is asked for its [`Next`]
//! step and does not wait. [`Books`] know which files are read or were read, so
//! that none is read again under another name. [`find`] looks for the names.
//! [`Stdin`] is read by a thread of its own, the [`Clock`] says when it is time to tell
//! the time, and [`Stop`] is how the user ends it all.

mod books;
mod clock;
mod names;
mod open;
mod rotated;
mod stdin;
mod stop;
mod tail;

pub(crate) use books::Books;
pub(crate) use clock::Clock;
pub(crate) use names::find;
pub(crate) use stdin::{Said, Stdin};
pub(crate) use stop::Stop;
pub(crate) use tail::{Next, Tail};
