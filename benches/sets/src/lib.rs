//! What the race is run over: sets of events, and rules for every competitor.
//!
//! A [`Set`] is a file of events, the same at every run, and what is to be found in
//! it. Its [`RuleSet`] says what to look for, once for each language that a competitor
//! has: SPL for us, Sigma for rsigma, and so on. [`Found`] is what a competitor found,
//! in one form for all of them.

mod event;
mod exchange;
mod found;
mod giant;
mod names;
mod random;
mod rules;
mod set;
mod table;
mod time;
mod windows;

pub use event::LINE;
pub use found::{Found, Group, Groups};
pub use rules::RuleSet;
pub use set::{Set, write};
