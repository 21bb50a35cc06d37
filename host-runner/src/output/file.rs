//! A file of alerts that holds whole lines.
//!
//! What is to be written is gathered until it is whole, and goes out in one call.
//! A call that fails, such as on a full disk, is undone. What a kill tears is cut
//! off at the next start: back to the length that a checkpoint knows, or to the
//! last line's end.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::Target;

/// The size of the steps in which the last line's end is looked for.
const STEP: u64 = 64 * 1024;

/// Where in the file the alerts begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// In an empty file: what there was goes.
    Anew,
    /// After the last whole line.
    AtEnd,
    /// After as many bytes: what follows goes.
    At(u64),
}

/// A file of alerts.
pub(crate) struct AlertFile {
    path: PathBuf,
    file: File,
    /// Whether it is a file that has a length, rather than a pipe or a device.
    regular: bool,
    /// As long is what has been written as a whole.
    length: u64,
    /// What has been taken and not been written yet.
    pending: Vec<u8>,
}

impl AlertFile {
    /// Opens the file, made where there is none, and cuts it to where the alerts begin.
    ///
    /// # Errors
    ///
    /// When it cannot be opened or cut, or is shorter than [`Start::At`] says.
    pub(crate) fn open(path: &Path, start: Start) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(!matches!(start, Start::Anew)).write(true);
        // What goes on from a length has to be there.
        options.create(!matches!(start, Start::At(_)));
        let mut file = options.open(path)?;
        let regular = file.metadata()?.is_file();
        let length = match start {
            _ if !regular => 0,
            Start::Anew => 0,
            Start::AtEnd => whole_lines(&mut file)?,
            Start::At(length) => {
                let found = file.metadata()?.len();
                if found < length {
                    return Err(io::Error::other(format!(
                        "it has {found} bytes, and the checkpoint knows of {length}"
                    )));
                }
                length
            }
        };
        if regular {
            file.set_len(length)?;
            file.seek(SeekFrom::Start(length))?;
        }
        Ok(Self {
            path: path.to_owned(),
            file,
            regular,
            length,
            pending: Vec::new(),
        })
    }

    /// Its length, where it is a file that has one and can be cut back.
    pub(crate) fn length(&self) -> Option<u64> {
        self.regular.then_some(self.length)
    }

    /// An error of the system with the file's name.
    fn named(&self, error: &io::Error, also: &str) -> io::Error {
        io::Error::new(
            error.kind(),
            format!("`{}`: {error}{also}", self.path.display()),
        )
    }

    /// Takes back what a failed write may have left.
    fn undo(&mut self, error: &io::Error) -> io::Error {
        let undone = self.regular
            && self
                .file
                .set_len(self.length)
                .and_then(|()| self.file.seek(SeekFrom::Start(self.length)))
                .is_ok();
        self.named(
            error,
            if undone {
                "; it ends with its last whole line"
            } else {
                ""
            },
        )
    }
}

impl Write for AlertFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let pending = std::mem::take(&mut self.pending);
        if pending.is_empty() {
            return Ok(());
        }
        match self.file.write_all(&pending) {
            Ok(()) => {
                self.length += pending.len() as u64;
                Ok(())
            }
            Err(error) => Err(self.undo(&error)),
        }
    }
}

impl Target for AlertFile {
    fn settle(&mut self) -> io::Result<Option<u64>> {
        self.flush()?;
        if !self.regular {
            return Ok(None);
        }
        match self.file.sync_data() {
            Ok(()) => Ok(Some(self.length)),
            Err(error) => Err(self.named(&error, "")),
        }
    }
}

/// How long the whole lines of a file are together.
fn whole_lines(file: &mut File) -> io::Result<u64> {
    let mut end = file.seek(SeekFrom::End(0))?;
    let mut block = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(STEP);
        file.seek(SeekFrom::Start(start))?;
        block.clear();
        let part: &File = file;
        part.take(end - start).read_to_end(&mut block)?;
        if let Some(at) = block.iter().rposition(|&byte| byte == b'\n') {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn where_the_alerts_begin() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("alerts");
        let long = "x".repeat(3 * STEP as usize);
        for (name, before, start, expected) in [
            ("anew", "{}\n{\"a", Start::Anew, "+\n".to_owned()),
            ("torn", "{}\n{\"a", Start::AtEnd, "{}\n+\n".to_owned()),
            ("whole", "{}\n{}\n", Start::AtEnd, "{}\n{}\n+\n".to_owned()),
            ("one torn line", "{\"a", Start::AtEnd, "+\n".to_owned()),
            ("empty", "", Start::AtEnd, "+\n".to_owned()),
            (
                "a long torn line",
                &format!("{{}}\n{long}"),
                Start::AtEnd,
                "{}\n+\n".to_owned(),
            ),
            (
                "a long whole line",
                &format!("{long}\n"),
                Start::AtEnd,
                format!("{long}\n+\n"),
            ),
            ("cut back", "{}\n{}\n", Start::At(3), "{}\n+\n".to_owned()),
        ] {
            fs::write(&path, before).expect("written");
            let mut file = AlertFile::open(&path, start).expect(name);
            file.write_all(b"+\n").expect(name);
            let length = file.settle().expect(name);
            let found = fs::read_to_string(&path).expect("text");
            assert_eq!(found, expected, "{name}");
            assert_eq!(length, Some(found.len() as u64), "{name}");
        }
        fs::write(&path, "{}\n").expect("written");
        let error = AlertFile::open(&path, Start::At(4)).err().expect("short");
        assert!(error.to_string().contains("has 3 bytes"), "{error}");
        let gone = AlertFile::open(&folder.path().join("gone"), Start::At(0));
        assert!(gone.is_err(), "a checkpoint's file has to be there");
    }

    #[test]
    fn nothing_is_written_before_it_is_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("alerts");
        let mut file = AlertFile::open(&path, Start::Anew).expect("opened");
        file.write_all(b"half").expect("memory");
        assert_eq!(fs::read(&path).expect("read"), b"");
        file.write_all(b" and half\n").expect("memory");
        file.flush().expect("written");
        assert_eq!(fs::read(&path).expect("read"), b"half and half\n");
    }
}
