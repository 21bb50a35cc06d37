//! Runs the module over a file: `detect RULE.wasm EVENTS [CONFIG.json]`.
//!
//! Alerts go to standard output as lines of JSON, the counters to standard error.

use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::process::ExitCode;

use rule_module::{RuleModule, Session};

/// How many bytes are read, and given to the module, at once.
const PIECE: usize = 64 * 1024;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let result = match &arguments[..] {
        [module, events] => detect(module, events, None),
        [module, events, config] => detect(module, events, Some(config)),
        _ => Err("usage: detect RULE.wasm EVENTS [CONFIG.json]".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn detect(module: &str, events: &str, config: Option<&str>) -> Result<(), Box<dyn Error>> {
    let config = config.map(fs::read).transpose()?.unwrap_or_default();
    let mut session = RuleModule::load(module)?.open(&config)?;
    let mut events = File::open(events).map_err(|error| format!("`{events}`: {error}"))?;
    let mut piece = vec![0; PIECE];
    loop {
        let length = events.read(&mut piece)?;
        let waiting = match length {
            0 => session.finish()?,
            _ => session.push(&piece[..length])?,
        };
        if waiting > 0 {
            print_alerts(&mut session)?;
        }
        if length == 0 {
            break;
        }
    }
    let counters = session.counters()?;
    eprintln!("{}", String::from_utf8_lossy(&counters));
    Ok(())
}

fn print_alerts(session: &mut Session) -> Result<(), Box<dyn Error>> {
    loop {
        let lines = session.alerts()?;
        if lines.is_empty() {
            return Ok(());
        }
        io::stdout().write_all(&lines)?;
    }
}
