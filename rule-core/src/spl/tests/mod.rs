//! Cases for the grammar, the macros, the places and the pictures, as tables of
//! named cases, and properties against naive oracles.

mod commands;
mod errors;
mod expressions;
mod macros;
mod places;
mod properties;
mod render;
mod searches;

use alloc::string::String;

use super::{Error, Macros, Search, parse};

/// Reads a search without macros that must be one.
fn read(text: &str) -> Search {
    match parse(text, &Macros::new()) {
        Ok(search) => search,
        Err(error) => panic!("{text}: {error}\n{}", error.picture()),
    }
}

/// The error of a search without macros that must have one.
fn refused(text: &str) -> Error {
    match parse(text, &Macros::new()) {
        Ok(search) => panic!("{text} was read: {:#?}", search.pipeline),
        Err(error) => error,
    }
}

/// Checks each named case: a text, and what its tree renders as.
fn check(cases: &[(&str, &str, &str)]) {
    for (name, text, expected) in cases {
        let rendered: String = render::pipeline(&read(text).pipeline);
        assert_eq!(&rendered, expected, "{name}: {text}");
    }
}
