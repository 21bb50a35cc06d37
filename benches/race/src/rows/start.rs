//! How long a start takes: a run over one event.

use std::fs;
use std::process::Command;

use sets::Set;

use super::{Race, Results};
use crate::child;
use crate::figure::Figure;

/// As many starts are measured.
const STARTS: usize = 20;

impl Race<'_> {
    pub(super) fn start(&self, results: &mut Results) {
        if self.wants("start") {
            let figure = self.milliseconds();
            self.note(results, "start", figure);
        }
    }

    fn milliseconds(&self) -> Result<Figure, String> {
        let file = self.place.folder("one.ndjson");
        let mut event = Vec::new();
        let made = sets::write(Set::Hits01, 1, 1, &mut event);
        made.and_then(|_| fs::write(&file, event))
            .map_err(|error| format!("`{}`: {error}", file.display()))?;
        let mut starts = Vec::new();
        // The first fills the cache.
        for number in 0..=STARTS {
            self.progress.says("start");
            let mut command = Command::new(&self.place.host_runner);
            command.args(["run", "--quiet"]).arg(&file);
            let run = child::run(&mut command, &self.place.work, &[0])?;
            self.progress.step();
            if number > 0 {
                starts.push(run.wall.as_secs_f64() * 1000.0);
            }
        }
        Figure::of(starts).ok_or_else(|| "there was no start".to_owned())
    }
}
