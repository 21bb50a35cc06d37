//! Where the alerts and the words of a run go, from one thread or from several.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::super::keeping::{Outlet, alert_file};
use crate::cli::Run;
use crate::failure::{Failure, warn};
use crate::module::Session;
use crate::output::{self, Destination, Output, Start};
use crate::progress::Progress;

/// The output and the progress of a run.
pub(super) struct Results {
    output: Mutex<Box<dyn Output>>,
    pub(super) progress: Progress,
}

impl Results {
    /// Opens the output that the options say, a file from `start` on.
    pub(super) fn open(options: &Run, start: Start, progress: Progress) -> Result<Self, Failure> {
        let output = match &options.to {
            None => options.output.to_stdout(),
            Some(Destination::Url(url)) => output::to_url(url),
            Some(Destination::File(path)) => {
                let file = alert_file(path, start, options.checkpoint.is_some())?;
                options.output.to_file(file)
            }
        };
        Ok(Self {
            output: Mutex::new(output),
            progress,
        })
    }

    /// Writes the alerts of a session that wait, if there are any.
    pub(super) fn take(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        loop {
            let lines = session.alerts().map_err(Failure::Midway)?;
            if lines.is_empty() {
                return Ok(());
            }
            let mut output = self.output();
            self.progress
                .aside(|| output.alerts(lines))
                .map_err(Failure::Output)?;
        }
    }

    /// Warns the user of something.
    pub(super) fn warn(&self, text: &str) {
        self.progress.aside(|| warn(text));
    }

    /// Writes what has been kept back until the end.
    pub(super) fn finish(&self) -> Result<(), Failure> {
        self.progress.finish();
        self.output().finish().map_err(Failure::Output)
    }

    fn output(&self) -> MutexGuard<'_, Box<dyn Output>> {
        // An output is whole between two calls, also where a thread died.
        self.output.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outlet for Results {
    fn settle(&self) -> Result<Option<u64>, Failure> {
        self.output().settle().map_err(Failure::Output)
    }

    fn warn(&self, text: &str) {
        Results::warn(self, text);
    }
}

/// What of the inputs could not be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Whether some input could not be read to its end.
    pub(super) unread: bool,
    /// Records and chunks of event logs that could not be decoded.
    pub(super) damaged: u64,
}

impl Tally {
    /// Adds what another reader could not read.
    pub(super) fn add(&mut self, other: Self) {
        self.unread |= other.unread;
        self.damaged += other.damaged;
    }
}
