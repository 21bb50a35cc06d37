//! Runs a detection module over files and streams of logs.

use std::process::ExitCode;

fn main() -> ExitCode {
    host_runner::program()
}
