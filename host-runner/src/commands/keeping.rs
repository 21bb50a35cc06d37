//! Keeping the progress of `run` or `serve` in a checkpoint, and going on from one.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::checkpoint::{CheckpointError, Folder, Header, OutputState};
use crate::failure::Failure;
use crate::module::{ModuleError, Session};
use crate::output::{AlertFile, Destination, Start};

/// Where alerts and words to the user go, as far as a checkpoint has to know it.
pub(super) trait Outlet {
    /// Has the alerts that were taken outlast this program; the length of their file
    /// where they are in one.
    fn settle(&self) -> Result<Option<u64>, Failure>;

    /// Warns the user of something.
    fn warn(&self, text: &str);
}

/// The folder of a run's checkpoints, and when the next is due.
pub(super) struct Keeper {
    folder: Folder,
    interval: Duration,
    last: Instant,
    /// Whether the last one could not be written.
    behind: bool,
    /// Whether the user was told so.
    warned: bool,
}

impl Keeper {
    /// Takes the folder that the options name; none where they name none.
    pub(super) fn lock(path: Option<&Path>, interval: Duration) -> Result<Option<Self>, Failure> {
        let Some(path) = path else {
            return Ok(None);
        };
        Ok(Some(Self {
            folder: Folder::lock(path)?,
            interval,
            last: Instant::now(),
            behind: false,
            warned: false,
        }))
    }

    /// What the folder knows of this run, with the module's state put back; none
    /// where it is to begin. `fresh` is the run as the options say it.
    pub(super) fn resume(
        &self,
        session: &mut Session<'_>,
        fresh: &Header,
    ) -> Result<Option<Header>, Failure> {
        let Some(checkpoint) = self.folder.load()? else {
            return Ok(None);
        };
        if let Some(difference) = difference(&checkpoint.header, fresh) {
            return Err(self.other_run(difference).into());
        }
        session
            .restore(&checkpoint.snapshot)
            .map_err(|error| self.refused(error))?;
        Ok(Some(checkpoint.header))
    }

    fn refused(&self, error: ModuleError) -> Failure {
        let ModuleError::Refused(refusal) = error else {
            return Failure::Midway(error);
        };
        let folder = self.folder.name();
        match refusal.code.as_str() {
            "other_rules" => CheckpointError::OtherRules { folder }.into(),
            // The file's own checksum held: another version of the module wrote it.
            "bad_snapshot" => CheckpointError::Version { file: folder }.into(),
            _ => ModuleError::Refused(refusal).into(),
        }
    }

    /// The checkpoint is of another run.
    pub(super) fn other_run(&self, difference: String) -> CheckpointError {
        CheckpointError::OtherRun {
            folder: self.folder.name(),
            difference,
        }
    }

    /// Writes the first checkpoint of a start: what cannot be kept is told before
    /// any work is done.
    pub(super) fn begin(
        &mut self,
        session: &mut Session<'_>,
        outlet: &dyn Outlet,
        header: &mut Header,
    ) -> Result<(), Failure> {
        self.write(session, outlet, header)?
            .map_err(|source| self.unusable(source))?;
        Ok(())
    }

    /// Nothing can be written into the folder.
    pub(super) fn unusable(&self, source: io::Error) -> CheckpointError {
        CheckpointError::Folder {
            folder: self.folder.name(),
            source,
        }
    }

    /// The folder.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The size of the last checkpoint in bytes.
    pub(super) fn size(&self) -> u64 {
        self.folder.size()
    }

    /// Whether it is time for the next checkpoint.
    pub(super) fn is_due(&self) -> bool {
        self.last.elapsed() >= self.interval
    }

    /// Writes a checkpoint. Where that fails the user is warned once and the run goes
    /// on; the next one may do.
    ///
    /// Answers whether it is written.
    pub(super) fn save(
        &mut self,
        session: &mut Session<'_>,
        outlet: &dyn Outlet,
        header: &mut Header,
    ) -> Result<bool, Failure> {
        let saved = self.write(session, outlet, header)?;
        self.note(saved, outlet);
        Ok(!self.behind)
    }

    /// Notes whether a checkpoint is written; that it is not is told once.
    pub(super) fn note(&mut self, saved: io::Result<()>, outlet: &dyn Outlet) {
        self.last = Instant::now();
        self.behind = saved.is_err();
        if let Err(error) = saved
            && !self.warned
        {
            self.warned = true;
            outlet.warn(&format!(
                "cannot write a checkpoint into `{}`: {error}; the run goes on, and a start after a kill begins from the last one that was written",
                self.folder.name()
            ));
        }
    }

    /// Whether the last checkpoint could not be written.
    pub(super) fn is_behind(&self) -> bool {
        self.behind
    }

    /// The alerts first, then the checkpoint that has passed them.
    fn write(
        &self,
        session: &mut Session<'_>,
        outlet: &dyn Outlet,
        header: &mut Header,
    ) -> Result<io::Result<()>, Failure> {
        let length = outlet.settle()?;
        if let (Some(output), Some(length)) = (&mut header.output, length) {
            output.length = length;
        }
        let snapshot = session.snapshot().map_err(Failure::Midway)?;
        Ok(self.folder.save(header, snapshot))
    }
}

/// Where the alerts go as a checkpoint knows it, nothing written yet.
pub(super) fn output_state(to: Option<&Destination>) -> Option<OutputState> {
    to.map(|to| OutputState {
        file: to.absolute(),
        length: 0,
    })
}

/// Where the alerts begin in their file: where the checkpoint says so, else `fresh`.
pub(super) fn start(resumed: Option<&Header>, fresh: Start) -> Start {
    match resumed.and_then(|header| header.output.as_ref()) {
        Some(output) => Start::At(output.length),
        None => fresh,
    }
}

/// Opens the file of alerts; one that is `kept` has to be a file that can be cut back.
pub(super) fn alert_file(path: &Path, start: Start, kept: bool) -> Result<AlertFile, Failure> {
    let cannot = |source| match start {
        Start::At(_) => CheckpointError::Alerts {
            file: path.display().to_string(),
            source,
        }
        .into(),
        _ => Failure::cannot_open(path, source),
    };
    let file = AlertFile::open(path, start).map_err(cannot)?;
    if kept && file.length().is_none() {
        return Err(Failure::Usage(format!(
            "`{}` is no file that can be cut back to a checkpoint; give `--to` a file, or leave it away",
            path.display()
        )));
    }
    Ok(file)
}

/// What of a checkpoint is another run than the options say.
fn difference(kept: &Header, fresh: &Header) -> Option<String> {
    let file = |header: &Header| header.output.as_ref().map(|output| output.file.clone());
    if kept.follow != fresh.follow {
        return Some(match kept.follow {
            true => "it was made with `--follow`".to_owned(),
            false => "it was made without `--follow`".to_owned(),
        });
    }
    if kept.journal.is_some() != fresh.journal.is_some() {
        return Some(match kept.journal.is_some() {
            true => "it was made by `serve`".to_owned(),
            false => "it was made by `run`".to_owned(),
        });
    }
    if kept.names != fresh.names {
        return Some(first_difference(&kept.names, &fresh.names));
    }
    match (file(kept), file(fresh)) {
        (kept, fresh) if kept == fresh => None,
        (Some(kept), _) => Some(format!("its alerts go to `{kept}`")),
        (None, _) => Some("its alerts go to standard output, without `--to`".to_owned()),
    }
}

/// The first place where the inputs then and now are not the same.
fn first_difference(kept: &[String], now: &[String]) -> String {
    let at = kept.iter().zip(now).take_while(|(a, b)| a == b).count();
    match (kept.get(at), now.get(at)) {
        (Some(kept), Some(now)) => {
            format!("it reads `{kept}` where `{now}` is given")
        }
        (Some(kept), None) => format!("it also reads `{kept}`"),
        (None, Some(now)) => format!("it does not read `{now}`"),
        (None, None) => "its inputs are others".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_different_is_named() {
        let header = |follow: bool, names: &[&str], to: Option<&str>| {
            let mut header = Header::new(follow, names.iter().map(|&n| n.to_owned()).collect());
            header.output = to.map(|file| OutputState {
                file: file.to_owned(),
                length: 7,
            });
            header
        };
        let kept = header(false, &["a", "b"], Some("/x"));
        for (now, expected) in [
            (header(false, &["a", "b"], Some("/x")), None),
            (
                header(true, &["a", "b"], Some("/x")),
                Some("without `--follow`"),
            ),
            (
                header(false, &["b", "a"], Some("/x")),
                Some("it reads `a` where `b`"),
            ),
            (header(false, &["a"], Some("/x")), Some("it also reads `b`")),
            (
                header(false, &["a", "b", "c"], Some("/x")),
                Some("it does not read `c`"),
            ),
            (
                header(false, &["a", "b"], Some("/y")),
                Some("its alerts go to `/x`"),
            ),
            (
                header(false, &["a", "b"], None),
                Some("its alerts go to `/x`"),
            ),
        ] {
            let found = difference(&kept, &now);
            match (&found, expected) {
                (None, None) => {}
                (Some(found), Some(expected)) => assert!(found.contains(expected), "{found}"),
                _ => panic!("{found:?} is not {expected:?}"),
            }
        }
    }
}
