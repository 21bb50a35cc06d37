//! What the module does, compiled for this machine: the same session over the same
//! blocks, without a module around it.
//!
//! It is built in the profile of the module, so that what differs is the target.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use rule_core::session::Session;

/// As much as the host gives to the module at once.
const BLOCK: usize = 256 * 1024;

/// Runs the rules over a file and writes the alerts
#[derive(Parser)]
struct Arguments {
    /// A configuration in JSON; without it, the rules that are built in
    #[arg(long)]
    config: Option<PathBuf>,
    /// Logs
    file: PathBuf,
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
    let read = |path: &PathBuf| fs::read(path).map_err(|error| error.to_string());
    let config = arguments.config.as_ref().map(read).transpose()?;
    let carried = [rules::BUNDLE.as_bytes()];
    let mut session =
        Session::open(&config.unwrap_or_default(), &carried).map_err(|error| error.message)?;
    let mut file = File::open(&arguments.file).map_err(|error| error.to_string())?;
    let mut block = vec![0; BLOCK];
    loop {
        let read = file.read(&mut block).map_err(|error| error.to_string())?;
        if read == 0 {
            break;
        }
        let waiting = session
            .push(&block[..read])
            .map_err(|error| error.message)?;
        if waiting > 0 {
            write(&mut session)?;
        }
    }
    session.finish().map_err(|error| error.message)?;
    write(&mut session)
}

/// Writes the alerts that wait.
fn write(session: &mut Session) -> Result<(), String> {
    let mut output = io::stdout().lock();
    loop {
        let alerts = session.take_alerts();
        if alerts.is_empty() {
            return output.flush().map_err(|error| error.to_string());
        }
        output
            .write_all(&alerts)
            .map_err(|error| error.to_string())?;
    }
}
