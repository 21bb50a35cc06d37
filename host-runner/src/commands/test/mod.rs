//! `test`: the test cases of detections.
//!
//! A file `NAME.test.yml` names a detection and holds cases: events, and the rows
//! that the detection must give for them, in their order.

mod case;
mod difference;

use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};

use crate::cli::Test;
use crate::failure::{DONE, FAILED, Failure, refusal_text};
use crate::module::{Instance, Module, ModuleError};
use crate::output::visible;
use crate::rules::{Settings, YAML, files};

use case::{Case, Problem};

/// What the names of test files end in.
const ENDING: &str = ".test.yml";

pub(super) fn execute(options: &Test) -> Result<u8, Failure> {
    let mut tests = Vec::new();
    for path in &options.paths {
        if path.is_dir() {
            let all = files(path, YAML)?;
            tests.extend(all.into_iter().filter(|file| is_test(file)));
        } else {
            tests.push(path.clone());
        }
    }
    if tests.is_empty() {
        return Err(Failure::Usage(format!(
            "no file there has a name that ends in `{ENDING}`"
        )));
    }
    let module = options.module.load()?;
    let mut instance = module.instantiate()?;
    let mut out = anstream::stdout().lock();
    let (mut passed, mut failed) = (0, 0);
    for file in &tests {
        let outcomes = match case::read(file, &options.settings) {
            Ok((settings, cases)) => run_file(&module, &mut instance, file, &settings, &cases)?,
            Err(error) => vec![(String::new(), Some(error.to_string()))],
        };
        for (name, problem) in outcomes {
            match problem {
                None => {
                    passed += 1;
                    show(&mut out, "ok", AnsiColor::Green, file, &name)?;
                }
                Some(problem) => {
                    failed += 1;
                    show(&mut out, "FAILED", AnsiColor::Red, file, &name)?;
                    show_problem(&mut out, &problem)?;
                }
            }
        }
    }
    writeln!(out, "{passed} passed, {failed} failed")?;
    Ok(if failed == 0 { DONE } else { FAILED })
}

fn is_test(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().ends_with(ENDING))
}

fn show(
    out: &mut impl Write,
    word: &str,
    colour: AnsiColor,
    file: &Path,
    name: &str,
) -> io::Result<()> {
    let style = Style::new().fg_color(Some(colour.into()));
    let rest = format!("{}  {name}", file.display());
    writeln!(out, "{style}{word}{style:#}  {}", visible(rest.trim_end()))
}

/// A reason, or a difference whose lines are coloured by what they are.
fn show_problem(out: &mut impl Write, problem: &str) -> io::Result<()> {
    for line in visible(problem).lines() {
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

/// A case's name, and what is wrong with it.
type Outcome = (String, Option<String>);

/// Runs the cases of a file: the name of each, and what is wrong with it.
fn run_file(
    module: &Module,
    instance: &mut Instance,
    file: &Path,
    settings: &Settings,
    cases: &[Case],
) -> Result<Vec<Outcome>, Failure> {
    let mut outcomes = Vec::new();
    for case in cases {
        let problem = match case.run(instance, file, settings) {
            Ok(found) => difference::between(&case.rows, &found.rows)
                .map(|difference| difference + found.malformed.as_deref().unwrap_or_default()),
            Err(Problem::Case(reason)) => Some(reason),
            Err(Problem::Module(ModuleError::Refused(refusal))) => {
                let origin = settings.detections.first().map(|one| one.origin.as_str());
                Some(refusal_text(&refusal, origin))
            }
            Err(Problem::Module(error)) => {
                // What it left in its memory is not to be trusted for the next one.
                *instance = module.instantiate()?;
                Some(error.to_string())
            }
        };
        outcomes.push((case.name.clone(), problem));
    }
    Ok(outcomes)
}
