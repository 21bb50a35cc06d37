//! The options of `run`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{Common, Events, ModuleOptions, Windows, duration};
use crate::input::Format;
use crate::output::{Destination, OutputForm};

/// Reads logs and writes the alerts
///
/// All inputs together are one search: what a window holds may come from any of
/// them, in any order.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
host-runner run events.ndjson\n  \
host-runner run logs/ --output table --jobs 4\n  \
host-runner run 'C:\\evidence\\*.evtx' --rule my-detection.yml --macros macros/\n  \
zcat events.json.gz | host-runner run --search 'EventCode=4688 | stats count by host' --window all\n  \
host-runner run /var/log/app.log --follow --checkpoint state/ --to alerts.ndjson")]
pub(crate) struct Run {
    /// Files, folders, patterns, `-`; without any, standard input
    ///
    /// What is packed (.gz, .zst) and what is a Windows event log (.evtx) is seen
    /// by the content. From a folder the files with the name of a log are taken.
    #[arg(value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,

    /// The form of the events
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) format: Format,

    /// The form of the alerts
    #[arg(long, value_enum, default_value = "ndjson")]
    pub(crate) output: OutputForm,

    /// Writes the alerts to a file, or posts them to a URL, instead of standard output
    ///
    /// The file is made anew. A run that goes on from a checkpoint cuts it back to
    /// what the checkpoint says; `--follow` without one goes on at its end. A URL
    /// gets JSON lines; while it does not take them the run waits, for some minutes.
    #[arg(long, value_name = "FILE|URL")]
    pub(crate) to: Option<Destination>,

    /// Goes on reading what is written to the inputs, until it is stopped
    ///
    /// A file may grow, be rotated or cut, and come later; folders and patterns are
    /// looked through every few seconds. Windows close by the clock of this
    /// machine. Packed files and Windows event logs are read once. An interrupt
    /// or termination signal ends it in order.
    #[arg(long)]
    pub(crate) follow: bool,

    /// Keeps the progress in a folder, from where the next start goes on
    ///
    /// In the file of `--to` each alert is there once, also when the program is
    /// killed; on standard output and at a URL at least once.
    #[arg(long, value_name = "DIR")]
    pub(crate) checkpoint: Option<PathBuf>,

    /// How often the progress is kept
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub(crate) checkpoint_interval: Duration,

    /// Reads in N threads at once; the alerts are those of one
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: u16,

    /// Ends with exit code 3 where there is an alert
    #[arg(long)]
    pub(crate) fail_on_alert: bool,

    /// No summary and no progress on standard error
    #[arg(long, short)]
    pub(crate) quiet: bool,

    #[command(flatten)]
    pub(crate) common: Common,

    #[command(flatten)]
    pub(crate) module: ModuleOptions,

    #[command(flatten)]
    pub(crate) events: Events,

    #[command(flatten)]
    pub(crate) windows: Windows,
}
