//! The race against the peers: builds and brings what takes part, then runs it.
//!
//! What takes part is a workspace of its own in `benches`, so that only this command
//! builds it. Everything it makes is in `race` below the target folder:
//!
//! - `build`: the race's program, the peers that are crates, rule-core without a module;
//! - `programs`: peers that are programs, by `cargo install`;
//! - `wheels`: an environment of Python's with the peers that are wheels;
//! - `sets`: the input.
//!
//! A peer that cannot be had is said to be missing, and the race goes on without it.

mod bring;

use std::path::{Path, PathBuf};

use clap::Args;

use crate::commands;
use crate::failure::Failure;
use crate::workspace::{Workspace, say};

/// What is raced.
#[derive(Args)]
pub(crate) struct Options {
    /// Only rows whose names hold one of these texts (commas between); `benches/RESULTS.md`
    /// stays as it is then
    #[arg(long, value_name = "FILTER", default_value = "")]
    rows: String,
    /// How often each competitor runs
    #[arg(long, value_name = "N", default_value_t = 5)]
    rounds: u32,
    /// The length of each input
    #[arg(long, value_name = "MIB", default_value_t = 512)]
    size: u32,
}

/// Runs the race.
pub(crate) fn race(workspace: &Workspace, options: &Options) -> Result<(), Failure> {
    commands::build(workspace, true)?;
    let target = workspace.target()?;
    let folder = target.join("race");
    let build = folder.join("build");
    bring::build(workspace, &build)?;
    let programs = folder.join("programs");
    bring::programs(workspace, &programs);
    let python = bring::wheels(workspace, &folder.join("wheels"));

    let crates = build.join("release");
    let host_runner = program(&target.join("release"), "host-runner");
    let native = program(&build.join("module"), "native");
    let places: [(&str, &Path); 7] = [
        ("--root", workspace.root()),
        ("--work", &folder),
        ("--host-runner", &host_runner),
        ("--crates", &crates),
        ("--native", &native),
        ("--programs", &programs),
        ("--modules", &target),
    ];
    let mut race = workspace.program(&program(&crates, "race"));
    for (name, place) in places {
        race = race.arg(name).arg(place);
    }
    if let Some(python) = python {
        race = race.arg("--python").arg(python);
    }
    let race = race
        .args(["--rows", &options.rows])
        .args(["--rounds", &options.rounds.to_string()])
        .args(["--size", &options.size.to_string()]);
    workspace.step(
        "races: some minutes in which the machine should do nothing else",
        race,
        "read the message above; benches/README.md says what is measured and how",
    )
}

/// A program in a folder.
fn program(folder: &Path, name: &str) -> PathBuf {
    let program = folder.join(name);
    program.with_extension(std::env::consts::EXE_EXTENSION)
}

/// Says that the race goes on without something.
fn without(what: &str, why: &str) {
    say(&format!("goes on without {what}: {why}"));
}
