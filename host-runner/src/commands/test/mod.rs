//! `test`: the tests of detections.
//!
//! They are written in two forms: [our own](case), files `NAME.test.yml` with events and
//! the rows that a detection must give for them, and [the published one](published), a
//! key of the detection that names [`logs`] in which it must find something. Both come
//! to the same [`play`].

mod case;
mod difference;
mod logs;
mod play;
mod published;

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};

use self::play::{Expected, Found, NotPlayed, Play, Problem, Test};
use super::summary::counted;
use crate::cli;
use crate::failure::{DONE, FAILED, Failure, refusal_text};
use crate::module::{Instance, Module, ModuleError};
use crate::output::visible;
use crate::rules::{RuleError, Settings, YAML, files};

/// What the names of test files end in.
const ENDING: &str = ".test.yml";

pub(super) fn execute(options: &cli::Test) -> Result<u8, Failure> {
    let mut settings = Settings::default();
    options.settings.add_to(&mut settings)?;
    let module = options.module.load()?;
    let mut instance = module.instantiate()?;
    let mut out = anstream::stdout().lock();
    let mut counts = Counts::default();
    for file in candidates(&options.paths)? {
        let tests = match is_case_file(&file) {
            true => case::read(&file, &options.settings),
            false => published::read(&file, &settings, &options.data),
        };
        let tests = tests.unwrap_or_else(|error| vec![Test::wrong(error.to_string())]);
        if tests.is_empty() && options.paths.contains(&file) {
            return Err(Failure::Usage(format!(
                "`{}` has no tests: it is a file with a name that ends in `{ENDING}`, or a detection with the key `tests`, that has some",
                file.display()
            )));
        }
        for test in tests {
            let outcome = match test.what {
                Ok(play) => outcome(&module, &mut instance, &play)?,
                Err(NotPlayed::Wrong(why)) => Outcome::Failed(why),
                Err(NotPlayed::Skipped(why)) => Outcome::Skipped(why),
            };
            counts.add(&outcome);
            show(&mut out, &outcome, &file, &test.name)?;
        }
    }
    if counts == Counts::default() {
        return Err(Failure::Usage(format!(
            "nothing there is a test: no file has a name that ends in `{ENDING}`, and no detection has the key `tests`"
        )));
    }
    writeln!(out, "{counts}")?;
    Ok(if counts.failed == 0 { DONE } else { FAILED })
}

/// The files in what the user names that could hold tests.
fn candidates(paths: &[PathBuf]) -> Result<Vec<PathBuf>, RuleError> {
    let mut found = Vec::new();
    for path in paths {
        match path.is_dir() {
            true => found.extend(files(path, YAML)?),
            false => found.push(path.clone()),
        }
    }
    Ok(found)
}

/// Is this our own form?
fn is_case_file(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().ends_with(ENDING))
}

/// A line of an outcome, and why it is no better one: a reason, or a difference whose
/// lines are coloured by what they are.
fn show(out: &mut impl Write, outcome: &Outcome, file: &Path, name: &str) -> io::Result<()> {
    let (word, colour, why) = match outcome {
        Outcome::Passed => ("ok", AnsiColor::Green, ""),
        Outcome::Failed(why) => ("FAILED", AnsiColor::Red, &**why),
        Outcome::Skipped(why) => ("skipped", AnsiColor::Yellow, &**why),
    };
    let style = Style::new().fg_color(Some(colour.into()));
    let rest = format!("{}  {name}", file.display());
    writeln!(out, "{style}{word}{style:#}  {}", visible(rest.trim_end()))?;
    for line in visible(why).lines() {
        let colour = match line.as_bytes().first() {
            Some(b'-') => Some(AnsiColor::Red),
            Some(b'+') => Some(AnsiColor::Green),
            _ => None,
        };
        let style = Style::new().fg_color(colour.map(Into::into));
        writeln!(out, "    {style}{line}{style:#}")?;
    }
    Ok(())
}

/// What became of a test.
enum Outcome {
    Passed,
    Failed(String),
    Skipped(String),
}

/// How many tests came to what.
#[derive(Debug, Default, PartialEq)]
struct Counts {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Counts {
    fn add(&mut self, outcome: &Outcome) {
        *match outcome {
            Outcome::Passed => &mut self.passed,
            Outcome::Failed(_) => &mut self.failed,
            Outcome::Skipped(_) => &mut self.skipped,
        } += 1;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        match self.skipped {
            0 => Ok(()),
            skipped => write!(f, ", {skipped} skipped"),
        }
    }
}

/// Runs a test.
fn outcome(module: &Module, instance: &mut Instance, play: &Play) -> Result<Outcome, Failure> {
    let wrong = match play.run(instance) {
        Ok(found) => wrong(&play.expected, &found),
        Err(Problem::Test(reason)) => Some(reason),
        Err(Problem::Module(ModuleError::Refused(refusal))) => {
            let origin = play.settings.detections.first();
            Some(refusal_text(
                &refusal,
                origin.map(|one| one.origin.as_str()),
            ))
        }
        Err(Problem::Module(error)) => {
            // What it left in its memory is not to be trusted for the next one.
            *instance = module.instantiate()?;
            Some(error.to_string())
        }
    };
    Ok(wrong.map_or(Outcome::Passed, Outcome::Failed))
}

/// What is wrong with what a detection found.
fn wrong(expected: &Expected, found: &Found) -> Option<String> {
    let text = match expected {
        Expected::Rows(rows) => difference::between(rows, &found.rows)?,
        Expected::Something if !found.rows.is_empty() => return None,
        Expected::Something => format!(
            "it found nothing: of {} its search holds for {}\n",
            counted(found.counters.records, "event"),
            found.counters.matches
        ),
    };
    Some(text + &found.malformed().unwrap_or_default())
}
