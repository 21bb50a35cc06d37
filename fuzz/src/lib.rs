//! What the fuzz targets share.
//!
//! A target turns bytes into a use of the engine and says what must hold of it, whatever
//! the bytes. What holds is an assertion, so that the fuzzer sees where it does not.

pub mod log;
pub mod play;
pub mod rules;
pub mod state;
pub mod strict;
