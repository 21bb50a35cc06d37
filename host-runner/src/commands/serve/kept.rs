//! What a checkpoint has beside the module's state: the number of the journal that
//! follows it, and the alerts that were not delivered.
//!
//! In the folder, `journal-N` and `undelivered-N` belong to the checkpoint whose header
//! says N. They are there before it is, and those of the one before go after it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::checkpoint::{CheckpointError, Header, InputState};
use crate::commands::keeping::{Keeper, Outlet};
use crate::failure::{Failure, warn};
use crate::module::Session;
use crate::serve::journal::{self, Entries, Journal};
use crate::serve::outbox::Outbox;

/// The checkpoints of `serve`.
pub(super) struct Kept {
    keeper: Keeper,
    header: Header,
    /// Written since the last checkpoint; none before the first of this start.
    journal: Option<Journal>,
    /// Whether a checkpoint was there at the start.
    resumed: bool,
}

/// A checkpoint that is written.
pub(super) struct Saved {
    /// Its size.
    pub(super) bytes: u64,
    /// When it was written, in seconds since 1970.
    pub(super) seconds: u64,
}

/// The words of a checkpoint to the user; its alerts are accounted for elsewhere.
struct Words;

impl Outlet for Words {
    fn settle(&self) -> Result<Option<u64>, Failure> {
        Ok(None)
    }

    fn warn(&self, text: &str) {
        warn(text);
    }
}

fn undelivered(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("undelivered-{number}"))
}

impl Kept {
    /// A folder, with what it knew at the start.
    pub(super) fn new(keeper: Keeper, resumed: Option<Header>, fresh: Header) -> Self {
        Self {
            keeper,
            resumed: resumed.is_some(),
            header: resumed.unwrap_or(fresh),
            journal: None,
        }
    }

    fn number(&self) -> u64 {
        self.header.journal.unwrap_or(0)
    }

    /// The streams that were open at the checkpoint.
    pub(super) fn streams(&mut self) -> Vec<String> {
        let inputs = std::mem::take(&mut self.header.inputs);
        inputs.into_iter().map(|input| input.name).collect()
    }

    /// What the checkpoint has of alerts that were not delivered.
    pub(super) fn undelivered(&self) -> Result<Vec<u8>, Failure> {
        let path = undelivered(self.keeper.path(), self.number());
        match fs::read(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unreadable(&path, error)),
            read => Ok(read.unwrap_or_default()),
        }
    }

    /// The journal that follows the checkpoint of the start; none where there was none.
    pub(super) fn entries(&self) -> Result<Option<Entries>, Failure> {
        if !self.resumed {
            return Ok(None);
        }
        let (folder, number) = (self.keeper.path(), self.number());
        let entries = Entries::open(folder, number);
        entries
            .map(Some)
            .map_err(|error| unreadable(&journal::path(folder, number), error))
    }

    /// An error of the journal while it is read.
    pub(super) fn unreadable(&self, error: io::Error) -> Failure {
        unreadable(&journal::path(self.keeper.path(), self.number()), error)
    }

    /// The journal since the last checkpoint.
    pub(super) fn journal(&mut self) -> Option<&mut Journal> {
        self.journal.as_mut()
    }

    /// Whether it is time for the next checkpoint.
    pub(super) fn is_due(&self) -> bool {
        self.keeper.is_due()
    }

    /// Whether the last checkpoint could not be written.
    pub(super) fn is_behind(&self) -> bool {
        self.keeper.is_behind()
    }

    /// Writes a checkpoint; what it is where it is written. The first of a start has
    /// to be.
    pub(super) fn save<'n>(
        &mut self,
        session: &mut Session<'_>,
        outbox: &Outbox,
        streams: impl Iterator<Item = &'n String>,
    ) -> Result<Option<Saved>, Failure> {
        let (before, number) = (self.number(), self.number() + 1);
        let (left, length) = outbox.standing();
        let first = self.journal.is_none();
        let begun = match self.begin(number, &left) {
            Ok(journal) => journal,
            Err(error) if first => return Err(self.keeper.unusable(error).into()),
            Err(error) => {
                self.keeper.note(Err(error), &Words);
                return Ok(None);
            }
        };
        self.header.journal = Some(number);
        self.header.inputs = streams
            .map(|name| InputState {
                name: name.clone(),
                begun: true,
                ..InputState::default()
            })
            .collect();
        if let (Some(output), Some(length)) = (&mut self.header.output, length) {
            output.length = length;
        }
        let saved = match first {
            true => self
                .keeper
                .begin(session, &Words, &mut self.header)
                .map(|()| true)?,
            false => self.keeper.save(session, &Words, &mut self.header)?,
        };
        if !saved {
            self.header.journal = Some(before);
            begun.remove();
            return Ok(None);
        }
        self.journal = Some(begun);
        self.tidy();
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Ok(Some(Saved {
            bytes: self.keeper.size(),
            seconds: since.map_or(0, |since| since.as_secs()),
        }))
    }

    /// Begins the next journal, beside the alerts that were not delivered.
    fn begin(&self, number: u64, left: &[u8]) -> io::Result<Journal> {
        let folder = self.keeper.path();
        let path = undelivered(folder, number);
        match left.is_empty() {
            // One may be left of a checkpoint that could not be written.
            true => match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            },
            false => {
                let mut file = File::create(&path)?;
                file.write_all(left)?;
                file.sync_all()?;
            }
        }
        Journal::begin(folder, number)
    }

    /// Removes what belongs to other checkpoints than the last.
    fn tidy(&self) {
        let number = self.number();
        let Ok(names) = fs::read_dir(self.keeper.path()) else {
            return;
        };
        for entry in names.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let parts = name.split_once('-');
            let other = parts.is_some_and(|(kind, of)| {
                matches!(kind, "journal" | "undelivered")
                    && of.parse::<u64>().is_ok_and(|of| of != number)
            });
            if other {
                // What stays is removed the next time.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

fn unreadable(path: &Path, source: io::Error) -> Failure {
    CheckpointError::Read {
        file: path.display().to_string(),
        source,
    }
    .into()
}
