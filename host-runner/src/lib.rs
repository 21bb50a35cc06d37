//! Runs a detection module over files and streams of logs.
//!
//! ```text
//! input ── bytes ──► module ── alerts ──► output
//!   ▲                  ▲
//! files, folders,    rules: detections,
//! .gz, .zst, .evtx   macros, settings
//! ```
//!
//! - [`input`]: from names to bytes: found, unpacked, .evtx decoded;
//! - [`rules`]: from files and options to the configuration of a module;
//! - [`module`]: the module under wasmtime, its answers checked;
//! - `serve`: the station, which takes events from the network;
//! - `follow`: files that grow and are rotated; `checkpoint`: how far a run is, on disk;
//! - the program around them, [`program`], with its commands and outputs.
//!
//! What a search means is none of this crate's business: all of that is inside
//! the module.

mod checkpoint;
mod cli;
mod commands;
mod failure;
mod follow;
pub mod input;
pub mod module;
mod output;
mod progress;
mod replace;
pub mod rules;
mod serve;
mod web;

use std::process::ExitCode;

use clap::Parser;

/// The program: reads the command line, does what it says, answers the exit code.
#[must_use]
pub fn program() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Nothing can be done about a terminal that has gone away.
            let _ = error.print();
            // Help and version are what was asked for; all else is bad usage.
            return ExitCode::from(if error.use_stderr() {
                failure::FAILED
            } else {
                failure::DONE
            });
        }
    };
    match commands::execute(cli.command) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => failure.report(),
    }
}
