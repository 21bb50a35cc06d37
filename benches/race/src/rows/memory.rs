//! How much memory is taken: over a longer file, and for each group.

use std::process::Command;

use sets::{RuleSet, Set};

use super::{Race, Results};
use crate::child;
use crate::figure::Figure;
use crate::guest::Guest;
use crate::input::Input;
use crate::place::Build;

/// As many groups.
const GROUPS: u32 = 200_000;

/// As long the key of a group is.
const KEY: f64 = 11.0;

impl Race<'_> {
    pub(super) fn memory(&self, results: &mut Results) {
        if self.wants("memory") {
            let figure = self.longer();
            self.note(results, "memory", figure);
        }
        if self.wants("memory-group") {
            let figure = self.group();
            self.note(results, "memory-group", figure);
        }
    }

    /// The most memory of the program over the whole set, against its beginning.
    fn longer(&self) -> Result<Figure, String> {
        let input = Input::of(Set::Hits01, self.size, &self.place.folder("sets"))?;
        if input.whole.bytes == input.part.bytes {
            return Err("the input is too short: `--size` is to be 512".to_owned());
        }
        let peak = |file| {
            self.progress.says("memory over a longer file");
            let mut command = Command::new(&self.place.host_runner);
            command.args(["run", "--quiet"]).arg(file);
            let run = child::run(&mut command, &self.place.work, &[0]);
            self.progress.step();
            run.map(|run| run.peak as f64)
        };
        let mut rounds = Vec::new();
        for _ in 0..self.rounds {
            rounds.push(peak(&input.whole.file)? / peak(&input.part.file)?);
        }
        Figure::of(rounds).ok_or_else(|| "there was no round".to_owned())
    }

    /// By how much the module's memory grows for each group, the key not counted. Before
    /// the end of the input, since what is given then is not what is kept.
    fn group(&self) -> Result<Figure, String> {
        let grown = |groups: u32| {
            self.progress.says("memory for a group");
            let mut events = Vec::new();
            let size = u64::from(GROUPS) * 85;
            let made = sets::write(Set::Users(groups), size, size, &mut events);
            made.map_err(|error| error.to_string())?;
            let config = RuleSet::Users.configuration().unwrap_or_default();
            let mut guest = Guest::start(&self.place.module(Build::Portable))?;
            let handle = guest.open(&config)?;
            for block in events.chunks(256 * 1024) {
                guest.push(handle, block)?;
            }
            self.progress.step();
            Ok::<_, String>(guest.memory_in_use() as f64)
        };
        let all = grown(GROUPS)? - grown(1)?;
        Ok(Figure::exactly(all / f64::from(GROUPS - 1) - KEY))
    }
}
