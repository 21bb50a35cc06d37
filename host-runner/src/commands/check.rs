//! `check`: does a detection load, and what does it need.

use std::io::{self, Write};
use std::path::Path;

use serde_json::Value;

use super::coverage::Coverage;
use crate::cli::Check;
use crate::failure::{DONE, FAILED, Failure, refusal_text, warn};
use crate::module::{Instance, Module, ModuleError, Refusal};
use crate::output::visible;
use crate::rules::{DETECTIONS, Detection, Settings, files};

pub(super) fn execute(options: &Check) -> Result<u8, Failure> {
    let mut settings = options.common.settings()?;
    let mut detections = std::mem::take(&mut settings.detections);
    let mut failed = false;
    let mut unread = Vec::new();
    for path in &options.paths {
        failed |= !collect(path, &mut detections, &mut unread);
    }
    let module = options.module.load()?;
    let mut out = io::stdout().lock();
    if detections.is_empty() && unread.is_empty() {
        if !options.paths.is_empty() {
            warn("no detection was found: a detection's YAML has the key `search`");
            return Ok(FAILED);
        }
        // Those of the configuration, else those in the module.
        return match Checker::new(&module, settings)?.open(None)? {
            Ok(rules) => {
                for (name, needs) in rules {
                    show(&mut out, module.name(), &name, &needs)?;
                }
                Ok(DONE)
            }
            Err(refusal) => {
                show_failure(&mut out, module.name(), &refusal)?;
                Ok(FAILED)
            }
        };
    }

    let mut coverage = Coverage::default();
    for reason in unread {
        if options.coverage {
            coverage.unreadable();
            warn(&reason);
        } else {
            writeln!(out, "{}", visible(&format!("FAILED  {reason}")))?;
        }
    }
    let mut checker = Checker::new(&module, settings)?;
    for detection in detections {
        let origin = detection.origin.clone();
        let name = detection.name().unwrap_or_default().to_owned();
        match (checker.open(Some(detection))?, options.coverage) {
            (Ok(_), true) => coverage.loads(),
            (Err(refusal), true) => coverage.stopped(&refusal),
            (Ok(rules), false) => {
                let needs = rules
                    .into_iter()
                    .next()
                    .map(|(_, needs)| needs)
                    .unwrap_or_default();
                show(&mut out, &origin, &name, &needs)?;
            }
            (Err(refusal), false) => {
                failed = true;
                show_failure(&mut out, &origin, &refusal)?;
            }
        }
    }
    if options.coverage {
        write!(out, "{coverage}")?;
        return Ok(DONE);
    }
    Ok(if failed { FAILED } else { DONE })
}

/// Adds the detections of a path; false where something could not be read.
///
/// In a folder a YAML file that is no detection (a macro, a test, a table) is
/// passed over; one that is named must be a detection.
fn collect(path: &Path, detections: &mut Vec<Detection>, unread: &mut Vec<String>) -> bool {
    if !path.is_dir() {
        return match Detection::from_file(path) {
            Ok(detection) => {
                detections.push(detection);
                true
            }
            Err(error) => {
                unread.push(error.to_string());
                false
            }
        };
    }
    let all = match files(path, DETECTIONS) {
        Ok(all) => all,
        Err(error) => {
            unread.push(error.to_string());
            return false;
        }
    };
    let mut good = true;
    for file in all {
        match Detection::from_file_if_any(&file) {
            Ok(Some(detection)) => detections.push(detection),
            Ok(None) => {}
            Err(error) => {
                unread.push(error.to_string());
                good = false;
            }
        }
    }
    good
}

fn show(out: &mut impl Write, origin: &str, name: &str, needs: &str) -> io::Result<()> {
    writeln!(out, "{}", visible(&format!("ok  {origin}  {name}")))?;
    match needs.is_empty() {
        true => Ok(()),
        false => writeln!(out, "{}", visible(&format!("    needs {needs}"))),
    }
}

fn show_failure(out: &mut impl Write, origin: &str, refusal: &Refusal) -> io::Result<()> {
    writeln!(
        out,
        "{}",
        visible(&format!("FAILED  {}", refusal_text(refusal, Some(origin))))
    )
}

/// Opens detections one after the other in one instance.
struct Checker<'a> {
    module: &'a Module,
    instance: Instance,
    settings: Settings,
}

/// The rules that were opened: name, and what each needs.
type Opened = Vec<(String, String)>;

impl<'a> Checker<'a> {
    fn new(module: &'a Module, settings: Settings) -> Result<Self, Failure> {
        Ok(Self {
            module,
            instance: module.instantiate()?,
            settings,
        })
    }

    /// Opens a detection, or, without one, what the settings and the module hold.
    fn open(&mut self, detection: Option<Detection>) -> Result<Result<Opened, Refusal>, Failure> {
        self.settings.detections = detection.into_iter().collect();
        let configuration = self.settings.to_json()?;
        let described = self
            .instance
            .open(&configuration)
            .and_then(|mut session| session.describe());
        match described {
            Ok(described) => Ok(Ok(rules_of(&described))),
            Err(ModuleError::Refused(refusal)) => Ok(Err(*refusal)),
            Err(error) => {
                // What it left in its memory is not to be trusted for the next one.
                self.instance = self.module.instantiate()?;
                Ok(Err(Refusal {
                    code: "module_failed".to_owned(),
                    message: error.to_string(),
                    ..Refusal::default()
                }))
            }
        }
    }
}

fn rules_of(described: &Value) -> Opened {
    let rules = described.get("rules").and_then(Value::as_array);
    rules
        .into_iter()
        .flatten()
        .map(|rule| {
            let name = rule.get("name").and_then(Value::as_str).unwrap_or_default();
            let list = |key: &str| -> Vec<&str> {
                let all = rule
                    .get(key)
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten();
                all.filter_map(Value::as_str).collect()
            };
            let mut needs = Vec::new();
            for (key, word) in [("fields", "fields"), ("macros", "macros")] {
                let names = list(key);
                if !names.is_empty() {
                    needs.push(format!("{word} {}", names.join(", ")));
                }
            }
            (name.to_owned(), needs.join("; "))
        })
        .collect()
}
