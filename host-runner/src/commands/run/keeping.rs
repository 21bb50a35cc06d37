//! Keeping a run's progress in a checkpoint, and going on from one.

use std::time::{Duration, Instant};

use super::results::Results;
use crate::checkpoint::{CheckpointError, Folder, Header, OutputState};
use crate::cli::Run;
use crate::failure::Failure;
use crate::module::{ModuleError, Session};
use crate::output::Start;

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
    pub(super) fn lock(options: &Run) -> Result<Option<Self>, Failure> {
        let Some(path) = &options.checkpoint else {
            return Ok(None);
        };
        Ok(Some(Self {
            folder: Folder::lock(path)?,
            interval: options.checkpoint_interval,
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
        results: &Results,
        header: &mut Header,
    ) -> Result<(), Failure> {
        self.write(session, results, header)?
            .map_err(|source| CheckpointError::Folder {
                folder: self.folder.name(),
                source,
            })?;
        Ok(())
    }

    /// Whether it is time for the next checkpoint.
    pub(super) fn is_due(&self) -> bool {
        self.last.elapsed() >= self.interval
    }

    /// Writes a checkpoint. Where that fails the user is warned once and the run goes
    /// on; the next one may do.
    pub(super) fn save(
        &mut self,
        session: &mut Session<'_>,
        results: &Results,
        header: &mut Header,
    ) -> Result<(), Failure> {
        let saved = self.write(session, results, header)?;
        self.last = Instant::now();
        self.behind = saved.is_err();
        if let Err(error) = saved
            && !self.warned
        {
            self.warned = true;
            results.warn(&format!(
                "cannot write a checkpoint into `{}`: {error}; the run goes on, and a start after a kill begins from the last one that was written",
                self.folder.name()
            ));
        }
        Ok(())
    }

    /// Whether the last checkpoint could not be written.
    pub(super) fn is_behind(&self) -> bool {
        self.behind
    }

    /// The alerts first, then the checkpoint that has passed them.
    fn write(
        &self,
        session: &mut Session<'_>,
        results: &Results,
        header: &mut Header,
    ) -> Result<std::io::Result<()>, Failure> {
        let length = results.settle()?;
        if let (Some(output), Some(length)) = (&mut header.output, length) {
            output.length = length;
        }
        let snapshot = session.snapshot().map_err(Failure::Midway)?;
        Ok(self.folder.save(header, snapshot))
    }
}

/// Where the alerts go as a checkpoint knows it, nothing written yet.
pub(super) fn output_state(options: &Run) -> Option<OutputState> {
    options.to.as_ref().map(|to| OutputState {
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

/// What of a checkpoint is another run than the options say.
fn difference(kept: &Header, fresh: &Header) -> Option<String> {
    let file = |header: &Header| header.output.as_ref().map(|output| output.file.clone());
    if kept.follow != fresh.follow {
        return Some(match kept.follow {
            true => "it was made with `--follow`".to_owned(),
            false => "it was made without `--follow`".to_owned(),
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
