//! Progress on long input, on a terminal only.

use std::io::{self, IsTerminal, Read};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What takes less than this shows no progress.
const LONG: Duration = Duration::from_millis(800);

/// How far the reading of the inputs is; nothing where standard error is no terminal.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    started: Instant,
}

impl Progress {
    /// Progress over `total` stored bytes, or over an unknown number of them.
    pub(crate) fn new(total: Option<u64>, wanted: bool) -> Self {
        let bar = (wanted && io::stderr().is_terminal()).then(|| {
            let (template, length) = match total {
                Some(total) => (
                    "{wide_bar} {bytes}/{total_bytes}  {bytes_per_sec}  {eta} left",
                    Some(total),
                ),
                None => ("{spinner} {bytes}  {bytes_per_sec}  {elapsed}", None),
            };
            let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden());
            let style = ProgressStyle::with_template(template);
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self {
            bar,
            started: Instant::now(),
        }
    }

    /// A reader whose bytes count.
    pub(crate) fn watch(&self, source: Box<dyn Read>) -> Box<dyn Read> {
        match &self.bar {
            Some(bar) => Box::new(bar.wrap_read(source)),
            None => source,
        }
    }

    /// Counts bytes that need not be read.
    pub(crate) fn passed(&self, bytes: u64) {
        if let Some(bar) = &self.bar {
            bar.inc(bytes);
        }
    }

    /// Shows the bar once the work has proved long.
    pub(crate) fn step(&self) {
        if let Some(bar) = &self.bar
            && bar.is_hidden()
            && self.started.elapsed() >= LONG
        {
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// Does something that writes to the terminal, with the bar out of the way.
    pub(crate) fn aside<R>(&self, write: impl FnOnce() -> R) -> R {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Takes the bar off the terminal.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
