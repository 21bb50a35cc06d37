//! `run`: events in, alerts out.
//!
//! Three ways lead from inputs to alerts:
//!
//! - [`files`]: one input after the other, to their end;
//! - [`jobs`]: the same in several threads, each with an instance of the module,
//!   joined at the end;
//! - [`follow`]: inputs that go on, until the program is stopped.
//!
//! What they share: [`reading`] an input, [`results`] on their way out; with `serve`
//! also [`keeping`](super::keeping) checkpoints and the [`summary`].

mod files;
mod follow;
mod jobs;
mod parts;
mod reading;
mod results;

use std::io::{self, IsTerminal};
use std::path::Path;

use serde_json::{Value, json};

use self::results::Tally;
use super::settings::settings;
use super::summary::{self, counted};
use crate::cli::Run;
use crate::failure::{ALERT, DONE, Failure, UNREAD, warn};
use crate::input::{self, Found, Location};
use crate::module::Session;
use crate::output::{Destination, OutputForm};
use crate::rules::Settings;

pub(super) fn execute(options: &Run) -> Result<u8, Failure> {
    let clock = options.follow.then_some("host");
    let settings = settings(&options.common, &options.module, &options.windows, clock)?;
    let configuration = settings.to_json()?;
    check_together(options, &configuration)?;
    let rules = Rules {
        settings: &settings,
        configuration: &configuration,
    };
    if options.follow {
        return follow::execute(options, &rules);
    }
    let found = found(options)?;
    match options.jobs {
        1 => files::execute(options, &rules, &found),
        jobs => jobs::execute(options, &rules, &found, usize::from(jobs)),
    }
}

/// The rules of a run.
struct Rules<'a> {
    /// What the user set, for messages.
    settings: &'a Settings,
    /// The same as `rule_open` takes it.
    configuration: &'a Value,
}

/// Refuses what cannot be meant together.
fn check_together(options: &Run, configuration: &Value) -> Result<(), Failure> {
    let refused = |text: &str| Err(Failure::Usage(text.to_owned()));
    let lines = options.output == OutputForm::Ndjson;
    if matches!(options.to, Some(Destination::Url(_))) && !lines {
        return refused("a URL is given JSON lines: `--output ndjson`, or a file with `--to`");
    }
    if options.follow && !lines {
        return refused(
            "`--follow` writes alerts as they come, and only `--output ndjson` can be written so",
        );
    }
    if options.checkpoint.is_some() && !lines {
        return refused(
            "`--checkpoint` needs alerts that are written as they come: only `--output ndjson` can be written so",
        );
    }
    if options.jobs == 1 {
        return Ok(());
    }
    if options.follow {
        return refused(
            "`--jobs` divides what is there, and `--follow` reads what comes; give one of them",
        );
    }
    if options.checkpoint.is_some() {
        return refused("`--jobs` and `--checkpoint` do not go together; give one of them");
    }
    if configuration.get("early") == Some(&json!(true)) {
        return refused(
            "`--jobs` joins the threads at the end, so that no row can be given early; leave `--early` or `--jobs` away",
        );
    }
    if let Some(clock) = configuration.get("clock")
        && clock != "end"
    {
        return refused(
            "`--jobs` needs the clock `end`: with another, what a row holds depends on the order of the events",
        );
    }
    Ok(())
}

/// The inputs that the command line names; standard input where it names none.
fn found(options: &Run) -> Result<Found, Failure> {
    let found = if options.inputs.is_empty() {
        Found {
            inputs: vec![Location::Stdin],
            ..Found::default()
        }
    } else {
        input::find(&options.inputs)
    };
    for location in &found.inputs {
        match location {
            Location::Stdin => check_stdin(options)?,
            Location::File(path) if is_target(options, path) => {
                return Err(Failure::Usage(format!(
                    "`{}` is among the inputs; write the alerts elsewhere",
                    path.display()
                )));
            }
            Location::File(path) if options.checkpoint.is_some() && !path.is_file() => {
                return Err(Failure::Usage(format!(
                    "`{}` is no file that can be read again after a kill, as `--checkpoint` needs it",
                    path.display()
                )));
            }
            Location::File(_) => {}
        }
    }
    tell_failed(&found);
    if found.passed_over > 0 && !options.quiet {
        warn(&format!(
            "passed over {} whose names are not those of logs; name a file to have it read",
            counted(found.passed_over, "file")
        ));
    }
    Ok(found)
}

/// Refuses standard input where it cannot be meant.
fn check_stdin(options: &Run) -> Result<(), Failure> {
    if options.checkpoint.is_some() {
        return Err(Failure::Usage(
            "standard input cannot be read again after a kill, so `--checkpoint` needs files"
                .to_owned(),
        ));
    }
    if options.inputs.is_empty() && io::stdin().is_terminal() {
        return Err(Failure::Usage(
            "no input: name files, folders or patterns, or send events to standard input"
                .to_owned(),
        ));
    }
    Ok(())
}

/// Warns of names behind which there is nothing.
fn tell_failed(found: &Found) {
    for (name, reason) in &found.failed {
        warn(&format!("cannot read `{name}`: {reason}"));
    }
}

/// Whether a file is the one that the alerts go to.
fn is_target(options: &Run, path: &Path) -> bool {
    let Some(to) = options.to.as_ref().and_then(Destination::file) else {
        return false;
    };
    match (to.canonicalize(), path.canonicalize()) {
        (Ok(to), Ok(path)) => to == path && path.is_file(),
        _ => false,
    }
}

/// Tells what was read and found; answers the exit code.
fn conclude(options: &Run, session: &mut Session<'_>, tally: Tally) -> Result<u8, Failure> {
    let counters = session.counters().map_err(Failure::Midway)?;
    if !options.quiet {
        summary::tell(&counters, tally.damaged);
    }
    Ok(if options.fail_on_alert && counters.alerts > 0 {
        ALERT
    } else if tally.unread {
        UNREAD
    } else {
        DONE
    })
}
