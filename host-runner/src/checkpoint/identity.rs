//! What makes a file the one that was read before, whatever its name is now.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// As many of the first bytes of a file are looked at.
const LOOKED_AT: u64 = 1024;

/// A file, by the system's number of it and by its first bytes.
///
/// The number alone does not do: a system gives it to another file when the first
/// is gone. Nor do the first bytes alone, of which a new file may have none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// The system's number of the file, where it has one.
    pub(crate) number: Option<Number>,
    /// As many first bytes were looked at: at most 1 KiB, all where there were less.
    length: u64,
    /// Their SHA-256, in hexadecimal digits.
    sha256: String,
}

/// A system's number of a file: device and inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Number {
    device: u64,
    inode: u64,
}

impl Number {
    /// The number in a file's metadata; none where the system has none.
    #[cfg(unix)]
    pub(crate) fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        Some(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        })
    }

    /// The number in a file's metadata; none where the system has none.
    #[cfg(not(unix))]
    pub(crate) fn of(_: &Metadata) -> Option<Self> {
        None
    }
}

impl Identity {
    /// What a file is now. Its cursor is moved.
    pub(crate) fn of(file: &mut File) -> io::Result<Self> {
        let number = Number::of(&file.metadata()?);
        let (length, sha256) = beginning(file, LOOKED_AT)?;
        Ok(Self {
            number,
            length,
            sha256,
        })
    }

    /// The same of every file that begins so, whatever its number is.
    pub(crate) fn of_copies(&self) -> Self {
        Self {
            number: None,
            ..self.clone()
        }
    }

    /// Whether a file that has grown shows more of itself by now.
    pub(crate) fn may_know_more(&self) -> bool {
        self.length < LOOKED_AT
    }

    /// Whether a file is this one, or a copy of it: it begins with the same bytes. Its
    /// cursor is moved.
    pub(crate) fn has_content_of(&self, file: &mut File) -> io::Result<bool> {
        let (length, sha256) = beginning(file, self.length)?;
        Ok(length == self.length && sha256 == self.sha256)
    }

    /// Whether a file is this one: by its first bytes, and by its number where both
    /// have one. Its cursor is moved.
    pub(crate) fn is(&self, file: &mut File) -> io::Result<bool> {
        let number = Number::of(&file.metadata()?);
        let same = match (self.number, number) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        Ok(same && self.has_content_of(file)?)
    }
}

/// The length and the SHA-256 of the first bytes of a file, at most as many as given.
fn beginning(file: &mut File, most: u64) -> io::Result<(u64, String)> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(most).read_to_end(&mut bytes)?;
    let digits = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok((bytes.len() as u64, digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_file_that_grew_is_itself_and_another_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        for (name, before, after, same) in [
            ("as it was", "one\n", "one\n", true),
            ("grown", "one\n", "one\ntwo\n", true),
            ("shorter", "one\ntwo\n", "one\n", false),
            ("changed", "one\n", "two\n", false),
            ("begun empty", "", "one\n", true),
        ] {
            fs::write(&path, before).expect("written");
            let identity = Identity::of(&mut File::open(&path).expect("open")).expect("read");
            fs::write(&path, after).expect("written");
            let is = identity.is(&mut File::open(&path).expect("open"));
            assert_eq!(is.expect("read"), same, "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_copy_has_the_content_and_is_another_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let [path, copy, moved] = ["a", "b", "c"].map(|name| folder.path().join(name));
        fs::write(&path, "one\n").expect("written");
        let identity = Identity::of(&mut File::open(&path).expect("open")).expect("read");
        fs::copy(&path, &copy).expect("copied");
        fs::rename(&path, &moved).expect("moved");
        let mut copy = File::open(&copy).expect("open");
        assert!(!identity.is(&mut copy).expect("read"));
        assert!(identity.has_content_of(&mut copy).expect("read"));
        assert!(
            identity
                .is(&mut File::open(&moved).expect("open"))
                .expect("read")
        );
    }
}
