//! What came after the last checkpoint, on disk before it is acknowledged.
//!
//! A journal is a file of [`Entry`]s in the order in which the module was given
//! them, the clock among them: read again after a kill, it brings the module from the
//! state of the checkpoint to the state of before, with the same alerts. Each
//! checkpoint begins the next journal; its header has the journal's number.
//!
//! ```text
//! "rule-journal/1\n", then for each entry:
//! length of what follows the checksum   4 bytes, most significant first
//! first bytes of its SHA-256            8 bytes
//! kind                                  1 byte: 0 clock, 1 part, 2 part that ends its input
//! clock: milliseconds since 1970        8 bytes
//! part: length of its settings          4 bytes
//!       settings as JSON, bytes
//! ```

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::work::{Entry, Part};
use crate::replace::sync_folder;

const MAGIC: &[u8] = b"rule-journal/1\n";
const SUM: usize = 8;

const CLOCK: u8 = 0;
const PART: u8 = 1;
const LAST: u8 = 2;

/// A journal that is written.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    /// As long is what has been written as a whole.
    length: u64,
    /// Whether all of it has been brought to the disk.
    synced: bool,
}

/// The path of the journal of a number in a folder of checkpoints.
pub(crate) fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("journal-{number}"))
}

impl Journal {
    /// Begins the journal of a number, and has it outlast this program.
    pub(crate) fn begin(folder: &Path, number: u64) -> io::Result<Self> {
        let path = path(folder, number);
        let mut file = File::create(&path)?;
        file.write_all(MAGIC)?;
        file.sync_all()?;
        sync_folder(folder)?;
        Ok(Self {
            path,
            file,
            length: MAGIC.len() as u64,
            synced: true,
        })
    }

    /// Writes entries, all of them or none.
    ///
    /// # Errors
    ///
    /// When the system does not take them; the journal is as before.
    pub(crate) fn append<'a>(
        &mut self,
        entries: impl Iterator<Item = &'a Entry>,
    ) -> io::Result<()> {
        let written = self.write(entries);
        match written {
            Ok(bytes) => {
                self.length += bytes;
                self.synced &= bytes == 0;
                Ok(())
            }
            Err(error) => {
                let undone = self.file.set_len(self.length);
                undone.and_then(|()| self.file.seek(SeekFrom::Start(self.length)).map(drop))?;
                Err(error)
            }
        }
    }

    fn write<'a>(&mut self, entries: impl Iterator<Item = &'a Entry>) -> io::Result<u64> {
        let mut written = 0;
        for entry in entries {
            let (head, bytes) = encoded(entry)?;
            self.file.write_all(&head)?;
            self.file.write_all(bytes)?;
            written += (head.len() + bytes.len()) as u64;
        }
        Ok(written)
    }

    /// Brings what was written to the disk.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        if !self.synced {
            self.file.sync_data()?;
            self.synced = true;
        }
        Ok(())
    }

    /// Its length in bytes.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Removes it: a checkpoint has all of it.
    pub(crate) fn remove(self) {
        // What is left behind is removed at the next start.
        let _ = fs::remove_file(&self.path);
    }
}

/// An entry as it is written: its head with the settings, and the bytes of a part.
fn encoded(entry: &Entry) -> io::Result<(Vec<u8>, &[u8])> {
    let (head, bytes): (Vec<u8>, &[u8]) = match entry {
        Entry::Clock(now) => {
            let mut head = vec![CLOCK];
            head.extend_from_slice(&now.to_be_bytes());
            (head, &[])
        }
        Entry::Part(part) => {
            let about = part.about.to_string();
            let mut head = vec![if part.ends { LAST } else { PART }];
            head.extend_from_slice(&length(about.len())?.to_be_bytes());
            head.extend_from_slice(about.as_bytes());
            (head, &part.bytes)
        }
    };
    let mut whole = length(head.len() + bytes.len())?.to_be_bytes().to_vec();
    whole.extend_from_slice(&sum(&head, bytes));
    whole.extend_from_slice(&head);
    Ok((whole, bytes))
}

fn length(bytes: usize) -> io::Result<u32> {
    u32::try_from(bytes).map_err(|_| io::Error::other("it is too large for a journal"))
}

fn sum(head: &[u8], bytes: &[u8]) -> [u8; SUM] {
    let mut digest = Sha256::new();
    digest.update(head);
    digest.update(bytes);
    let mut sum = [0; SUM];
    for (to, from) in sum.iter_mut().zip(digest.finalize()) {
        *to = from;
    }
    sum
}

/// A journal that is read again.
pub(crate) struct Entries {
    reader: BufReader<File>,
    /// As many bytes are left to be read.
    left: u64,
}

impl Entries {
    /// Opens the journal of a number.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is none.
    pub(crate) fn open(folder: &Path, number: u64) -> io::Result<Self> {
        let file = File::open(path(folder, number))?;
        let length = file.metadata()?.len();
        let mut reader = BufReader::new(file);
        let mut magic = vec![0; MAGIC.len()];
        reader.read_exact(&mut magic)?;
        if magic != MAGIC {
            return Err(io::Error::other("it is no journal of this version"));
        }
        Ok(Self {
            reader,
            left: length - MAGIC.len() as u64,
        })
    }

    /// The next entry; none at the end, or where an entry is not whole: what follows
    /// has never been acknowledged.
    pub(crate) fn next(&mut self) -> io::Result<Option<Entry>> {
        let before = self.left;
        let Some(start) = self.take(4 + SUM as u64)? else {
            return Ok(None);
        };
        let (length, expected) = start.split_at(4);
        let length = length
            .iter()
            .fold(0, |all, &byte| all << 8 | u64::from(byte));
        let entry = self
            .take(length)?
            .filter(|content| sum(content, &[]) == *expected)
            .and_then(decoded);
        if entry.is_none() {
            self.left = before;
        }
        Ok(entry)
    }

    /// The bytes behind the last whole entry.
    pub(crate) fn left(&self) -> u64 {
        self.left
    }

    fn take(&mut self, length: u64) -> io::Result<Option<Vec<u8>>> {
        if self.left < length {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        self.reader.by_ref().take(length).read_to_end(&mut bytes)?;
        self.left -= length;
        Ok((bytes.len() as u64 == length).then_some(bytes))
    }
}

fn decoded(content: Vec<u8>) -> Option<Entry> {
    let (&kind, rest) = content.split_first()?;
    if kind == CLOCK {
        return Some(Entry::Clock(i64::from_be_bytes(rest.try_into().ok()?)));
    }
    let ends = match kind {
        PART => false,
        LAST => true,
        _ => return None,
    };
    let (length, rest) = rest.split_first_chunk()?;
    let (about, bytes) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    let about: Value = serde_json::from_slice(about).ok()?;
    Some(Entry::Part(Part {
        about,
        bytes: bytes.to_vec(),
        ends,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entries() -> Vec<Entry> {
        let part = |stream: &str, bytes: &[u8], ends| {
            Entry::Part(Part {
                about: json!({ "stream": stream, "format": "auto" }),
                bytes: bytes.to_vec(),
                ends,
            })
        };
        vec![
            Entry::Clock(1_615_686_012_987),
            part("http", b"{\"a\":1}\n\0\xff", true),
            part("tcp", b"", false),
            Entry::Clock(-1),
            part("tcp", &[b'x'; 100_000], true),
        ]
    }

    fn read(folder: &Path) -> (Vec<Entry>, u64) {
        let mut journal = Entries::open(folder, 3).expect("it is there");
        let mut found = Vec::new();
        while let Some(entry) = journal.next().expect("read") {
            found.push(entry);
        }
        (found, journal.left())
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = Journal::begin(folder.path(), 3).expect("begun");
        assert_eq!(read(folder.path()), (Vec::new(), 0));
        journal.append(entries().iter()).expect("written");
        journal.append(entries().iter()).expect("written");
        journal.sync().expect("synced");
        let expected = [entries(), entries()].concat();
        assert_eq!(read(folder.path()), (expected, 0));
        let length = fs::metadata(path(folder.path(), 3)).expect("there").len();
        assert_eq!(journal.length(), length);
        journal.remove();
        assert!(Entries::open(folder.path(), 3).is_err());
    }

    #[test]
    fn a_torn_end_costs_what_was_torn() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = Journal::begin(folder.path(), 3).expect("begun");
        let mut ends = vec![journal.length()];
        for entry in entries().iter().take(4) {
            journal.append(std::iter::once(entry)).expect("written");
            ends.push(journal.length());
        }
        let file = path(folder.path(), 3);
        let sound = fs::read(&file).expect("read");
        for cut in MAGIC.len()..sound.len() {
            fs::write(&file, &sound[..cut]).expect("written");
            let whole = ends.iter().filter(|&&end| end <= cut as u64).count() - 1;
            let (found, left) = read(folder.path());
            assert_eq!(found, entries()[..whole], "cut at {cut}");
            assert_eq!(left, cut as u64 - ends[whole], "cut at {cut}");
        }
        for at in MAGIC.len()..sound.len() {
            let mut changed = sound.clone();
            changed[at] ^= 1;
            fs::write(&file, changed).expect("written");
            let whole = ends.iter().filter(|&&end| end <= at as u64).count() - 1;
            assert_eq!(read(folder.path()).0, entries()[..whole], "byte {at}");
        }
    }

    #[test]
    fn what_is_no_journal() {
        let folder = tempfile::tempdir().expect("a folder");
        for content in [
            "",
            "rule-journal/1",
            "rule-journal/2\n",
            "{}\n{}\n{}\n{}\n{}",
        ] {
            fs::write(path(folder.path(), 3), content).expect("written");
            assert!(Entries::open(folder.path(), 3).is_err(), "{content:?}");
        }
    }
}
