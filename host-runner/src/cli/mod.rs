//! The command line.

mod module;
mod pack;
mod run;
mod serve;
mod web;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::input::Format;
use crate::rules::{Detection, Granted, InputSettings, Late, RuleError, Settings, Window};

pub(crate) use module::{ModuleOptions, TakingOptions};
pub(crate) use pack::Pack;
pub(crate) use run::Run;
pub(crate) use serve::Serve;
pub(crate) use web::Web;

/// Runs a detection, written as a Splunk search, over logs.
#[derive(Debug, Parser)]
#[command(name = "host-runner", version, arg_required_else_help = true)]
#[command(
    after_help = "Results go to standard output, everything else to standard error.\n\n\
Exit codes:\n  \
0  done, malformed records or not\n  \
1  could not start: usage, rule or module; `test` and `check`: something failed\n  \
2  some input could not be read to its end, the rest was done\n  \
3  with `--fail-on-alert`: there was an alert"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(Run),
    Serve(Serve),
    Test(Test),
    Check(Check),
    Explain(Explain),
    Describe(Describe),
    Pack(Pack),
    Web(Web),
}

/// Runs the test cases of detections
///
/// A case is events and the rows that the detection must give for them, in files
/// whose names end in `.test.yml`. A published detection names logs under `tests`: it
/// must give a row for each test, over all of its logs; one whose logs are not there is
/// skipped.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
host-runner test rules/\n  \
host-runner test rules/detections/my-detection.test.yml\n  \
host-runner test security_content/detections --macros security_content/macros --data attack_data")]
pub(crate) struct Test {
    /// Test files, detections with `tests`, or folders that are searched for both
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,

    /// A folder with logs of published tests; repeatable
    ///
    /// The log of a URL is looked for by the end of its path, the longest first, down to the
    /// name of the file and of its folder: of `https://host/a/b/c.log` that is `a/b/c.log`,
    /// then `b/c.log`.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) settings: SettingOptions,

    #[command(flatten)]
    pub(crate) module: ModuleOptions,
}

/// Checks whether detections load, and what they need
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
host-runner check my-detection.yml --macros macros/\n  \
host-runner check --search 'EventCode=1 | stats count by host'\n  \
host-runner check --coverage security_content/detections --macros security_content/macros")]
pub(crate) struct Check {
    /// Detections, or folders of them; without any, those of `--rule`, `--search`
    /// and `--config`, else those in the module
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// Counts how many load and what stops the others, most frequent first
    #[arg(long)]
    pub(crate) coverage: bool,

    #[command(flatten)]
    pub(crate) common: Common,

    #[command(flatten)]
    pub(crate) module: ModuleOptions,
}

/// Shows why an event does or does not match a detection
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
host-runner explain event.json\n  \
host-runner explain event.xml --rule my-detection.yml --output json")]
pub(crate) struct Explain {
    /// A file that begins with the event, or `-`; without it, standard input
    #[arg(value_name = "INPUT")]
    pub(crate) input: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) common: Common,

    #[command(flatten)]
    pub(crate) module: ModuleOptions,

    #[command(flatten)]
    pub(crate) events: Events,

    /// The form of the event
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) format: Format,

    /// The form of the answer
    #[arg(long, value_enum, default_value = "tree")]
    pub(crate) output: ExplainForm,
}

/// Shows what is in a module, or what becomes of a detection
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
host-runner describe\n  \
host-runner describe --module rule.wasm --output json\n  \
host-runner describe --rule my-detection.yml")]
pub(crate) struct Describe {
    #[command(flatten)]
    pub(crate) common: Common,

    #[command(flatten)]
    pub(crate) module: ModuleOptions,

    /// The form of the answer
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) output: DescribeForm,
}

/// The form in which `explain` answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ExplainForm {
    /// A tree for people
    Tree,
    /// The module's JSON
    Json,
}

/// The form in which `describe` answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum DescribeForm {
    /// Text for people
    Text,
    /// The module's JSON
    Json,
}

/// What rules: common to the commands.
#[derive(Debug, Args)]
#[command(next_help_heading = "Rules")]
pub(crate) struct Common {
    /// A detection: YAML, or a bare search in a file that ends in `.spl`; repeatable
    ///
    /// Of a folder all detections run that can; how many cannot is told.
    #[arg(long = "rule", value_name = "PATH")]
    rules: Vec<PathBuf>,

    /// A search as text; repeatable
    #[arg(long = "search", value_name = "TEXT")]
    searches: Vec<String>,

    #[command(flatten)]
    settings: SettingOptions,
}

/// What stands around detections: macros and settings.
#[derive(Debug, Args)]
#[command(next_help_heading = "Rules")]
pub(crate) struct SettingOptions {
    /// Macros in their published YAML form, a file or a folder; repeatable
    #[arg(long, value_name = "PATH")]
    macros: Vec<PathBuf>,

    /// A macro as text; NAME may say arguments, `name(a,b)`; wins over `--macros`
    #[arg(long = "macro", value_name = "NAME=TEXT")]
    macro_texts: Vec<String>,

    /// Tables for `lookup`: a CSV file, a folder of them, or of the published YAML form; repeatable
    #[arg(long, value_name = "PATH")]
    lookups: Vec<PathBuf>,

    /// A table for `lookup` from a CSV file; repeatable; wins over `--lookups`
    #[arg(long = "lookup", value_name = "NAME=FILE")]
    lookup_files: Vec<String>,

    /// A configuration in YAML or JSON; options win over it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// What is taken for granted of events.
#[derive(Debug, Args)]
#[command(next_help_heading = "Events")]
pub(crate) struct Events {
    /// The sourcetype of events that do not tell theirs
    #[arg(long, value_name = "NAME")]
    sourcetype: Option<String>,

    /// The source of events that do not tell theirs
    #[arg(long, value_name = "NAME")]
    source: Option<String>,

    /// The host of events that do not tell theirs
    #[arg(long, value_name = "NAME")]
    host: Option<String>,

    /// The time zone of times without one: a name, an offset, or `UTC`
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
}

/// Which windows events are sorted into, and what is given of them.
#[derive(Debug, Args)]
#[command(next_help_heading = "Windows")]
pub(crate) struct Windows {
    /// The windows: `schedule`, `all`, or `every=1h,offset=50m,delay=10m`
    ///
    /// `schedule` takes those that the detection's schedule makes; `all` takes one
    /// without beginning or end.
    #[arg(long, value_name = "WINDOW")]
    window: Option<Window>,

    /// What becomes of events that come after their window has closed
    #[arg(long, value_enum, value_name = "HOW")]
    late: Option<Late>,

    /// Gives a row also at once, before its window closes
    #[arg(long)]
    early: bool,

    /// Adds up to N of the events behind each alert to it
    #[arg(long, value_name = "N")]
    samples: Option<u32>,

    /// Decodes every event, so that each malformed one is counted
    ///
    /// Else events that hold none of the texts that the rules ask for are read only. The
    /// alerts are the same.
    #[arg(long)]
    strict: bool,
}

impl Windows {
    /// Adds what the options say to the settings of the rules.
    pub(crate) fn add_to(&self, settings: &mut Settings) {
        settings.window.clone_from(&self.window);
        settings.samples = self.samples;
        settings.late = self.late;
        settings.early = self.early;
        settings.strict = self.strict;
    }
}

impl SettingOptions {
    /// Adds what the options say to settings that may say something already.
    pub(crate) fn add_to(&self, settings: &mut Settings) -> Result<(), RuleError> {
        if let Some(path) = &self.config {
            settings.read_file(path)?;
        }
        for path in &self.macros {
            settings.macros.add_path(path)?;
        }
        for text in &self.macro_texts {
            settings.macros.add_text(text)?;
        }
        for path in &self.lookups {
            settings.lookups.add_path(path)?;
        }
        for text in &self.lookup_files {
            settings.lookups.add_text(text)?;
        }
        Ok(())
    }
}

impl Common {
    /// The settings with the detections of the options.
    pub(crate) fn settings(&self) -> Result<Settings, RuleError> {
        let mut settings = Settings::default();
        self.settings.add_to(&mut settings)?;
        for path in &self.rules {
            if path.is_dir() {
                settings.add_folder(path)?;
            } else {
                settings.detections.push(Detection::from_file(path)?);
            }
        }
        let searches = self
            .searches
            .iter()
            .map(|search| Detection::from_search(search));
        settings.detections.extend(searches);
        Ok(settings)
    }
}

impl Events {
    /// What is taken for granted of the events of every input.
    pub(crate) fn settings(&self) -> Result<InputSettings, RuleError> {
        InputSettings::new(&Granted {
            sourcetype: self.sourcetype.as_deref(),
            source: self.source.as_deref(),
            host: self.host.as_deref(),
            timezone: self.timezone.as_deref(),
        })
    }
}

/// A length of time such as `10s` or `1m 30s`.
fn duration(text: &str) -> Result<Duration, String> {
    text.parse::<jiff::SignedDuration>()
        .ok()
        .and_then(|length| Duration::try_from(length).ok())
        .ok_or_else(|| "give a length of time such as `500ms`, `10s` or `5m`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn durations() {
        for (text, expected) in [
            ("10s", Some(Duration::from_secs(10))),
            ("1m 30s", Some(Duration::from_secs(90))),
            ("250ms", Some(Duration::from_millis(250))),
            ("0s", Some(Duration::ZERO)),
            ("-1s", None),
            ("10", None),
            ("", None),
        ] {
            assert_eq!(duration(text).ok(), expected, "{text:?}");
        }
    }
}
