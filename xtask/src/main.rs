//! The project's own commands: `cargo xtask setup`, `build`, `demo`, `test`, `lint`, `audit`,
//! `fuzz`, `sanitize`, `race`, `coverage`, `web`, `reproduce`, `dist`.
//!
//! They are written in Rust so that they run wherever the project builds. Each one
//! says what it is about to do, stops at the first step that does not work, and
//! then says what to do about it. What the commands print of their own goes to
//! standard error; what cargo and the program print goes where it always goes.

mod commands;
mod coverage;
mod dist;
mod failure;
mod fuzz;
mod race;
mod sanitize;
mod setup;
mod spark;
mod supply;
mod tools;
mod web;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Failure;
use crate::setup::Way;
use crate::workspace::Workspace;

/// The project's own commands
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    after_help = "Examples:
  cargo xtask demo                     set up, build, and run the detection over the samples
  cargo xtask test                     all tests
  RULE_WASM_SETUP=debian cargo xtask setup
                                       the WebAssembly toolchain from Debian's packages"
)]
struct Arguments {
    /// Where the WebAssembly target comes from
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        env = "RULE_WASM_SETUP",
        value_name = "WAY"
    )]
    wasm_setup: Way,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make the WebAssembly target available, if it is not, and what the hosts in other
    /// languages are tested with
    Setup,
    /// Build the program, with the module inside it
    Build {
        /// Optimised, as it is shipped
        #[arg(long)]
        release: bool,
    },
    /// Build the program and run the detection over the sample logs
    Demo,
    /// Run all tests
    Test {
        /// Those of pipelines/spark instead, on a cluster of two processes
        #[arg(long)]
        spark: bool,
    },
    /// Check format, lints, the module's crates without std, and the documentation
    Lint,
    /// Give the engine inputs that nobody thought of: replay what was found, then look on
    Fuzz(fuzz::Options),
    /// Run the tests of unsafe code under AddressSanitizer and Miri, which come with a nightly
    /// toolchain
    Sanitize(sanitize::Options),
    /// Run this project and its peers over the same input and compare
    Race(race::Options),
    /// Count how many published detections load, and write docs/COVERAGE.md
    Coverage(coverage::Options),
    /// Build the triage page into web/dist, and the package for JavaScript
    Web,
    /// Check what is taken from others: licences, sources, known vulnerabilities
    Audit,
    /// Make what a release is made of, and check it
    Dist(dist::Options),
    /// Build the modules twice, from two folders, and compare their bytes
    Reproduce,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let workspace = Workspace::open()?;
    setup::setup(&workspace, arguments.wasm_setup)?;
    match &arguments.command {
        Command::Setup => {
            setup::hosts::setup(&workspace);
            Ok(())
        }
        Command::Build { release } => commands::build(&workspace, *release),
        Command::Demo => commands::demo(&workspace),
        Command::Test { spark: true } => spark::test(&workspace),
        Command::Test { spark: false } => {
            setup::hosts::setup(&workspace);
            commands::test(&workspace)
        }
        Command::Lint => commands::lint(&workspace),
        Command::Fuzz(options) => fuzz::fuzz(&workspace, options),
        Command::Sanitize(options) => sanitize::sanitize(&workspace, options),
        Command::Race(options) => race::race(&workspace, options),
        Command::Coverage(options) => coverage::coverage(&workspace, options),
        Command::Web => web::web(&workspace),
        Command::Audit => supply::audit(&workspace),
        Command::Dist(options) => dist::dist(&workspace, options),
        Command::Reproduce => dist::reproduce(&workspace),
    }
}
