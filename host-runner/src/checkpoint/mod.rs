//! Checkpoints: how far a run is, kept in a folder, so that the next start goes on.
//!
//! The folder holds two files. `checkpoint` is one line of JSON, the [`Header`]
//! with the inputs and how much of each was read; the module's snapshot; and the
//! SHA-256 of both. It is replaced as a whole: written beside, brought to the disk,
//! renamed. `lock` is held as long as a run works with the folder.

mod error;
mod header;
mod identity;

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

pub(crate) use error::CheckpointError;
pub(crate) use header::{Done, Header, InputState, OutputState};
pub(crate) use identity::{Identity, Number};

use crate::replace::replace;

const FILE: &str = "checkpoint";
const LOCK: &str = "lock";

/// The length of the checksum.
const SUM: usize = 32;

/// A checkpoint as it was read.
pub(crate) struct Checkpoint {
    /// How far the run was.
    pub(crate) header: Header,
    /// The module's state at that point.
    pub(crate) snapshot: Vec<u8>,
}

/// A folder for the checkpoints of one run, locked against others.
pub(crate) struct Folder {
    path: PathBuf,
    /// Held until it is dropped.
    _lock: File,
}

impl Folder {
    /// Takes a folder, made where there is none.
    ///
    /// # Errors
    ///
    /// When it cannot be made or written to, or another run has it.
    pub(crate) fn lock(path: &Path) -> Result<Self, CheckpointError> {
        let cannot = |source| CheckpointError::Folder {
            folder: path.display().to_string(),
            source,
        };
        fs::create_dir_all(path).map_err(cannot)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join(LOCK))
            .map_err(cannot)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(CheckpointError::Taken {
                folder: path.display().to_string(),
            }),
            Err(TryLockError::Error(source)) => Err(cannot(source)),
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The size of the last checkpoint in bytes; 0 where there is none.
    pub(crate) fn size(&self) -> u64 {
        fs::metadata(self.path.join(FILE)).map_or(0, |file| file.len())
    }

    /// What messages call it.
    pub(crate) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The last checkpoint; none where there has been none.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is damaged, or was written by another version.
    pub(crate) fn load(&self) -> Result<Option<Checkpoint>, CheckpointError> {
        let path = self.path.join(FILE);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                return Err(CheckpointError::Read {
                    file: path.display().to_string(),
                    source,
                });
            }
        };
        let damaged = || CheckpointError::Damaged {
            file: path.display().to_string(),
        };
        let end = bytes.len().checked_sub(SUM).ok_or_else(damaged)?;
        let (content, sum) = bytes.split_at(end);
        if *sum != *Sha256::digest(content) {
            return Err(damaged());
        }
        let line = content
            .iter()
            .position(|&byte| byte == b'\n')
            .ok_or_else(damaged)?;
        let (header, snapshot) = content.split_at(line);
        let header = Header::parse(header).ok_or_else(|| CheckpointError::Version {
            file: path.display().to_string(),
        })?;
        Ok(Some(Checkpoint {
            header,
            snapshot: snapshot.get(1..).unwrap_or_default().to_vec(),
        }))
    }

    /// Replaces the last checkpoint; on an error that one is still there.
    pub(crate) fn save(&self, header: &Header, snapshot: &[u8]) -> io::Result<()> {
        let mut content = serde_json::to_vec(header)?;
        content.push(b'\n');
        content.extend_from_slice(snapshot);
        let sum = Sha256::digest(&content);
        content.extend_from_slice(&sum);

        replace(&self.path.join(FILE), &content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &[&str]) -> Header {
        Header::new(false, names.iter().map(|&name| name.to_owned()).collect())
    }

    #[test]
    fn what_is_saved_is_loaded() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::lock(&place.path().join("deep/er")).expect("made");
        assert!(folder.load().expect("nothing yet").is_none());
        for snapshot in [&b"one\ntwo"[..], b"", b"\n\0"] {
            folder.save(&header(&["a"]), snapshot).expect("saved");
            let found = folder.load().expect("read").expect("there");
            assert_eq!(found.snapshot, snapshot);
            assert_eq!(found.header.names, ["a"]);
        }
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_seen() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::lock(place.path()).expect("locked");
        folder.save(&header(&["a"]), b"state").expect("saved");
        let file = place.path().join(FILE);
        let sound = fs::read(&file).expect("read");
        for at in 0..sound.len() {
            let mut changed = sound.clone();
            changed[at] ^= 1;
            fs::write(&file, changed).expect("written");
            assert!(folder.load().is_err(), "byte {at}");
            fs::write(&file, &sound[..at]).expect("written");
            assert!(folder.load().is_err(), "cut at {at}");
        }
        fs::write(&file, &sound).expect("written");
        assert!(folder.load().expect("sound").is_some());
    }

    #[test]
    fn another_version_is_told_from_damage() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::lock(place.path()).expect("locked");
        let mut later = header(&[]);
        later.form = "host-runner-checkpoint/2".to_owned();
        folder.save(&later, b"").expect("saved");
        assert!(matches!(
            folder.load(),
            Err(CheckpointError::Version { .. })
        ));
    }

    #[test]
    fn one_run_at_a_time() {
        let place = tempfile::tempdir().expect("a folder");
        let first = Folder::lock(place.path()).expect("locked");
        assert!(matches!(
            Folder::lock(place.path()),
            Err(CheckpointError::Taken { .. })
        ));
        drop(first);
        Folder::lock(place.path()).expect("free again");
    }
}
