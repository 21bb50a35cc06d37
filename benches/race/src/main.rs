//! The race: this project and its peers over the same input, in turn.
//!
//! `cargo xtask race` builds and brings what takes part and runs this program. What is
//! compared is CPU time, by the ratio of a round's two runs. README.md in this
//! workspace says what is measured and how.

mod child;
mod competitor;
mod figure;
mod guest;
mod input;
mod place;
mod profile;
mod progress;
mod report;
mod rounds;
mod rows;
mod target;

use std::fs;
use std::process::ExitCode;

use clap::Parser;

use crate::place::Place;
use crate::progress::Progress;

/// Runs the race
#[derive(Debug, Parser)]
struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Only rows whose names hold this text, or one of several with commas between
    #[arg(long, default_value = "")]
    rows: String,
    /// As often each competitor runs
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// As long each input is, in MiB
    #[arg(long, default_value_t = 512)]
    size: u64,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let place = &arguments.place;
    fs::create_dir_all(&place.work).map_err(|error| error.to_string())?;
    profile::check(place)?;
    let progress = Progress::new();
    let race = rows::Race {
        place,
        rounds: arguments.rounds.max(1),
        size: arguments.size.max(1) << 20,
        progress: &progress,
        rows: &arguments.rows,
    };
    let results = race.run();
    progress.finish();
    let results = results?;
    report::print(&results);
    match arguments.rows.is_empty() {
        true => report::write(place, &results, &race),
        false => {
            eprintln!("RESULTS.md is written by a race of all rows");
            Ok(())
        }
    }
}
