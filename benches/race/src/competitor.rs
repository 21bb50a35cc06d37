//! The competitors: how each is run over a set, and how what it found is read.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use sets::{Found, Groups, RuleSet, Set};

use crate::input::{Input, Part};
use crate::place::Place;

/// A competitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Competitor {
    /// The program of this project.
    Ours,
    /// rule-core without a module.
    Native,
    /// A peer that is a crate: its name for the program `peers`, and for the table.
    Crate(&'static str, &'static str),
    Ripgrep,
    Jaq,
    Jq,
    DuckDb,
    Polars,
}

/// The direct peer, to which all others are compared.
pub(crate) const RSIGMA: Competitor = Competitor::Crate("rsigma", "rsigma-eval");

impl Competitor {
    /// All of them, as the table lists them.
    pub(crate) const ALL: [Competitor; 13] = [
        Competitor::Ours,
        Competitor::Native,
        RSIGMA,
        Competitor::Crate("regex", "regex scan, typed serde_json for its hits"),
        Competitor::Ripgrep,
        Competitor::Crate("sonic-rs", "sonic-rs, typed"),
        Competitor::Crate("serde-json", "serde_json, typed"),
        Competitor::Polars,
        Competitor::Crate("tau", "tau-engine"),
        Competitor::DuckDb,
        Competitor::Crate("vrl", "VRL, Vector's language"),
        Competitor::Jaq,
        Competitor::Jq,
    ];

    /// What the table calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Competitor::Ours => "this project, in wasm",
            Competitor::Native => "rule-core compiled natively",
            Competitor::Crate(_, name) => name,
            Competitor::Ripgrep => "ripgrep -j1 -i -c, only counts lines",
            Competitor::Jaq => "jaq",
            Competitor::Jq => "jq",
            Competitor::DuckDb => "DuckDB",
            Competitor::Polars => "Polars",
        }
    }

    /// Whether it has words for the rules of a set.
    pub(crate) fn can(self, set: Set) -> bool {
        match self {
            Competitor::Ours
            | Competitor::Native
            | RSIGMA
            | Competitor::Crate("tau" | "vrl", _) => true,
            // A scan cannot see through escapes, and finds no codes.
            Competitor::Ripgrep => set.rules().texts().is_some(),
            Competitor::Crate("regex", _) => set.rules() == RuleSet::Builtin,
            _ => set.rules() != RuleSet::Rules250,
        }
    }

    /// The part of a set that it is run over: the slow get less, and are compared by the
    /// byte.
    pub(crate) fn part(self, input: &Input) -> &Part {
        match self {
            Competitor::Jaq | Competitor::Jq => &input.part,
            Competitor::Crate("tau" | "vrl", _) => &input.part,
            _ => &input.whole,
        }
    }

    /// The run.
    pub(crate) fn command(self, place: &Place, input: &Input) -> Command {
        let file = &self.part(input).file;
        let mut command = Command::new(match self {
            Competitor::Ours => place.host_runner.clone(),
            Competitor::Native => place.native.clone(),
            Competitor::Crate(..) => place.built("peers"),
            Competitor::Ripgrep => place.installed("rg"),
            Competitor::Jaq => place.installed("jaq"),
            Competitor::Jq => "jq".into(),
            Competitor::DuckDb | Competitor::Polars => place.python.clone().unwrap_or_default(),
        });
        let rules = input.set.rules().name();
        match self {
            Competitor::Ours => {
                command.args(["run", "--jobs", "1", "--quiet"]);
                if let Some(file) = &input.configuration {
                    command.arg("--config").arg(file);
                }
            }
            Competitor::Native => {
                if let Some(file) = &input.native {
                    command.arg("--config").arg(file);
                }
            }
            Competitor::Crate(name, _) => {
                command.args([name, "--rule-set", rules]);
            }
            Competitor::Ripgrep => {
                command.args(["--no-config", "-j1", "-i", "-c", "-F", "-f"]);
                command.args(input.texts.as_deref());
            }
            Competitor::Jaq | Competitor::Jq => {
                let filter = format!("peers/filters/{rules}.jq");
                command.args(["-n", "-c", "-f"]).arg(place.own(&filter));
            }
            Competitor::DuckDb | Competitor::Polars => {
                let script = match self {
                    Competitor::DuckDb => "peers/wheels/with_duckdb.py",
                    _ => "peers/wheels/with_polars.py",
                };
                command.arg(place.own(script)).arg(rules);
                command.env("POLARS_MAX_THREADS", "1");
            }
        }
        command.arg(file);
        command
    }

    /// The exit codes of a run that went well.
    pub(crate) fn fine(self) -> &'static [i32] {
        match self {
            // 1: no line was found.
            Competitor::Ripgrep => &[0, 1],
            _ => &[0],
        }
    }

    /// What it says it found.
    pub(crate) fn found(self, rules: RuleSet, output: &[u8]) -> Result<Found, String> {
        match self {
            Competitor::Ours | Competitor::Native => of_alerts(rules, output),
            Competitor::Ripgrep => {
                let text = String::from_utf8_lossy(output);
                let matches = match text.trim() {
                    "" => 0,
                    count => count
                        .parse()
                        .map_err(|_| format!("`{count}` is no count"))?,
                };
                Ok(Found {
                    matches,
                    groups: None,
                })
            }
            _ => serde_json::from_slice(output).map_err(|error| format!("{error}")),
        }
    }

    /// What of the run's time is its own start, where it says so: the start of Python and
    /// the load of its libraries is not counted.
    pub(crate) fn start(self, output: &[u8]) -> f64 {
        let said: Option<Value> = match self {
            Competitor::DuckDb | Competitor::Polars => serde_json::from_slice(output).ok(),
            _ => None,
        };
        said.and_then(|said| said["start"].as_f64()).unwrap_or(0.0)
    }

    /// Whether it is here, else why not.
    pub(crate) fn is_here(self, place: &Place) -> Result<(), String> {
        let there = |file: &Path| match file.is_file() {
            true => Ok(()),
            false => Err("it is not installed".to_owned()),
        };
        match self {
            Competitor::Ripgrep => there(&place.installed("rg")),
            Competitor::Jaq => there(&place.installed("jaq")),
            Competitor::Jq => match Command::new("jq").arg("--version").output() {
                Ok(said) if said.status.success() => Ok(()),
                _ => Err("it is not installed".to_owned()),
            },
            Competitor::DuckDb | Competitor::Polars => match &place.python {
                Some(python) => there(python),
                None => Err("there is no Python with its wheel".to_owned()),
            },
            _ => Ok(()),
        }
    }
}

/// What our alerts say: the rows of all windows together.
fn of_alerts(rules: RuleSet, output: &[u8]) -> Result<Found, String> {
    let mut groups = Groups::default();
    for line in output.split(|byte| *byte == b'\n') {
        if line.is_empty() {
            continue;
        }
        let alert: Value = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        let row = &alert["row"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let dest = ["dest", "host", "user"]
            .map(|name| text(&row[name]))
            .concat();
        let rule = match rules.are_many() {
            true => text(&alert["rule"]["name"]),
            false => String::new(),
        };
        let [first, last] = match rules.are_by_message() {
            true => ["firstTime", "lastTime"].map(|name| text(&row[name])),
            false => Default::default(),
        };
        let message = text(&row["Message"]);
        let count = row["count"].as_u64().ok_or("a row has no count")?;
        groups.add([&rule, &dest, &message], count, &first, &last);
    }
    Ok(groups.finish())
}
