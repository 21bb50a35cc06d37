//! Two threads against one, by the time on the clock.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use sets::Set;

use super::{Race, Results};
use crate::child;
use crate::figure::Figure;
use crate::input::Input;

/// A run is to take this long at least: what comes before the threads counts then.
const LONG: f64 = 1.0;

/// As many files of the same content at the most.
const FILES: usize = 8;

impl Race<'_> {
    pub(super) fn jobs(&self, results: &mut Results) {
        if self.wants("jobs") {
            let figure = self.threads();
            self.note(results, "jobs", figure);
        }
    }

    fn threads(&self) -> Result<Figure, String> {
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        if cores < 2 {
            return Err("this machine has one core".to_owned());
        }
        let input = Input::of(Set::Hits01, self.size, &self.place.folder("sets"))?;
        let files = self.same(&input.whole.file)?;
        let one = self.wall(&files[..1], 1)?;
        let enough = (LONG / one).ceil() as usize;
        let files = &files[..enough.clamp(1, FILES)];
        let mut rounds = Vec::new();
        for _ in 0..self.rounds {
            rounds.push(self.wall(files, 1)? / self.wall(files, 2)?);
        }
        Figure::of(rounds).ok_or_else(|| "there was no round".to_owned())
    }

    /// A file under several names.
    fn same(&self, file: &PathBuf) -> Result<Vec<PathBuf>, String> {
        let folder = self.place.folder("jobs");
        let told = |error: std::io::Error| format!("`{}`: {error}", folder.display());
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).map_err(told)?;
        let link = |number: usize| {
            let name = folder.join(format!("{number}.ndjson"));
            fs::hard_link(file, &name).map_err(told)?;
            Ok(name)
        };
        (0..FILES).map(link).collect()
    }

    fn wall(&self, files: &[PathBuf], jobs: u32) -> Result<f64, String> {
        self.progress.says(&format!("{jobs} threads"));
        let mut command = Command::new(&self.place.host_runner);
        command.args(["run", "--quiet", "--jobs", &jobs.to_string()]);
        command.args(files);
        let run = child::run(&mut command, &self.place.work, &[0])?;
        self.progress.step();
        Ok(run.wall.as_secs_f64())
    }
}
