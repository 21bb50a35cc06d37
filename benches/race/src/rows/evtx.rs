//! Windows event logs: against the dump to JSON of the crate that decodes them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Race, Results};
use crate::child;
use crate::figure::Figure;

/// Where there are some, from the root of the project. They are not a part of it.
const LOGS: &str = "../shared/data/windows/evtx";

/// As long as all of them are together is what is read, at least, in bytes.
const ENOUGH: u64 = 128 << 20;

impl Race<'_> {
    pub(super) fn evtx(&self, results: &mut Results) {
        if self.wants("evtx") {
            let figure = self.against_the_dump();
            self.note(results, "evtx", figure);
        }
    }

    fn against_the_dump(&self) -> Result<Figure, String> {
        let folder = self.place.folder("evtx");
        let logs = copies(&self.place.root.join(LOGS), &folder)?;
        let mut dump = Command::new(self.place.built("evtx_dump"));
        dump.args(&logs);
        let mut ours = Command::new(&self.place.host_runner);
        ours.args(["run", "--jobs", "1"]).arg(&folder);
        let cpu = |command: &mut Command| {
            self.progress.says("event logs");
            let run = child::run(command, &self.place.work, &[0])?;
            self.progress.step();
            Ok::<_, String>((run.cpu.as_secs_f64(), run))
        };
        let (_, dumped) = cpu(&mut dump)?;
        let dumped = String::from_utf8_lossy(&dumped.output).into_owned();
        let (_, read) = cpu(&mut ours)?;
        same_records(&dumped, &read.errors)?;
        let mut rounds = Vec::new();
        for _ in 0..self.rounds {
            let (theirs, _) = cpu(&mut dump)?;
            rounds.push(theirs / cpu(&mut ours)?.0);
        }
        Figure::of(rounds).ok_or_else(|| "there was no round".to_owned())
    }
}

/// Both must have read as many records: `201 9000` of the dump, `read 201 events` of us.
fn same_records(dumped: &str, errors: &str) -> Result<(), String> {
    let theirs = dumped.split_whitespace().next();
    let ours = errors
        .lines()
        .find_map(|line| line.strip_prefix("read ")?.split_whitespace().next())
        .map(|count| count.replace(',', ""));
    match (theirs, ours) {
        (Some(theirs), Some(ours)) if theirs == ours => Ok(()),
        (theirs, ours) => Err(format!(
            "the dump has {} records, we read {}",
            theirs.unwrap_or("no"),
            ours.as_deref().unwrap_or("none")
        )),
    }
}

/// The logs of a folder, again and again until there is enough to read.
fn copies(from: &Path, folder: &Path) -> Result<Vec<PathBuf>, String> {
    let told = |error: std::io::Error| format!("`{}`: {error}", from.display());
    let entries = fs::read_dir(from).map_err(|_| "there are no event logs here".to_owned())?;
    let logs: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    let length = |log: &PathBuf| fs::metadata(log).map_or(0, |metadata| metadata.len());
    let once: u64 = logs.iter().map(length).sum();
    if once == 0 {
        return Err("there are no event logs here".to_owned());
    }
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).map_err(told)?;
    let mut copies = Vec::new();
    for turn in 0..ENOUGH.div_ceil(once) {
        for (number, log) in logs.iter().enumerate() {
            let copy = folder.join(format!("{turn:03}-{number:03}.evtx"));
            fs::hard_link(log, &copy)
                .or_else(|_| fs::copy(log, &copy).map(drop))
                .map_err(told)?;
            copies.push(copy);
        }
    }
    Ok(copies)
}
