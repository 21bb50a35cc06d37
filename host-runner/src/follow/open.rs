//! The file that a tail reads at the moment.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use crate::checkpoint::{Identity, Number};
use crate::input::{self, Damage, Format, Location, Stream, is_wrapped};

/// As many first bytes say whether a file is packed.
const BEGINNING: u64 = 8;

/// The file that is read at the moment.
pub(super) struct Open {
    pub(super) file: File,
    /// The name by which it was opened.
    path: PathBuf,
    pub(super) number: Option<Number>,
    pub(super) identity: Identity,
    /// As many bytes of its content were read; of a stream, as [`at`](Self::at) was last.
    pub(super) at: u64,
    /// When it had been changed last as it was opened: what has the name after it is
    /// changed later, whatever its writer may still append to this one.
    pub(super) changed: SystemTime,
    pub(super) content: Content,
    /// What could not be decoded and was not told yet.
    damage: Vec<Damage>,
    /// Since when another file bears the name.
    pub(super) replaced: Option<Instant>,
}

/// How a file is read.
pub(super) enum Content {
    /// That is not known before it has a few bytes.
    Unknown,
    /// As it is, and on when it grows.
    Plain,
    /// Unpacked, once.
    Once(Box<Stream>),
    /// It was read, and that is to be told.
    Over,
    /// It was read and told.
    Told,
}

impl Open {
    /// Opens a file that is known to be there, to be read from `at` on.
    pub(super) fn new(mut file: File, path: &Path, at: u64) -> io::Result<Self> {
        let identity = Identity::of(&mut file)?;
        let changed = file.metadata()?.modified()?;
        Ok(Self {
            file,
            path: path.to_owned(),
            number: identity.number,
            identity,
            at,
            changed,
            content: Content::Unknown,
            damage: Vec::new(),
            replaced: None,
        })
    }

    /// Looks again what makes the file itself, where it was short before.
    pub(super) fn know_more(&mut self) {
        if self.identity.may_know_more()
            && let Ok(identity) = Identity::of(&mut self.file)
        {
            self.identity = identity;
        }
    }

    /// Whether it was read to its end and nothing more comes of it.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.content, Content::Over | Content::Told)
    }

    /// Whether it has grown beyond what was read.
    pub(super) fn has_more(&self) -> io::Result<bool> {
        Ok(matches!(self.content, Content::Plain) && self.file.metadata()?.len() > self.at)
    }

    /// How far its content was read, as [`Stream::position`] is.
    pub(super) fn at(&self) -> u64 {
        match &self.content {
            Content::Once(stream) => stream.position(),
            _ => self.at,
        }
    }

    /// As many bytes of the file itself were read.
    pub(super) fn length(&self) -> io::Result<u64> {
        match self.content {
            Content::Unknown | Content::Plain => Ok(self.at),
            // It is read once, whatever it grows by.
            Content::Once(_) | Content::Over | Content::Told => Ok(self.file.metadata()?.len()),
        }
    }

    /// Its content, where that is read as a stream.
    pub(super) fn stream(&mut self) -> Option<&mut Stream> {
        match &mut self.content {
            Content::Once(stream) => Some(stream),
            _ => None,
        }
    }

    /// What could not be decoded since the last time this was asked.
    pub(super) fn take_damage(&mut self) -> Vec<Damage> {
        if let Content::Once(stream) = &mut self.content {
            self.damage.extend(stream.take_damage());
        }
        std::mem::take(&mut self.damage)
    }

    /// Reads on.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.content {
            Content::Once(stream) => {
                let read = stream.read(buffer);
                self.at = stream.position();
                if !matches!(read, Ok(read) if read > 0) {
                    self.damage.extend(stream.take_damage());
                    self.content = Content::Over;
                }
                read?
            }
            _ => {
                // Looking at its first bytes moves the cursor.
                self.file.seek(SeekFrom::Start(self.at))?;
                let read = self.file.read(buffer)?;
                self.at += read as u64;
                read
            }
        };
        Ok(read)
    }

    /// Looks at the first bytes, if there are some: how the file is to be read.
    pub(super) fn look(&mut self, format: Format) -> io::Result<()> {
        match wrapped(&mut self.file)? {
            None => {}
            Some(false) => self.content = Content::Plain,
            Some(true) => {
                let location = Location::File(self.path.clone());
                let opened =
                    input::open(&location, format, |source| source).and_then(|mut stream| {
                        stream.skip(self.at, |source| source)?;
                        Ok(stream)
                    });
                match opened {
                    Ok(stream) => self.content = Content::Once(Box::new(stream)),
                    Err(error) => {
                        // Nothing more will come of it.
                        self.content = Content::Told;
                        return Err(error);
                    }
                }
            }
        }
        Ok(())
    }
}

/// A file, if the name is that of one.
pub(super) fn open_file(path: &Path) -> io::Result<Option<File>> {
    match fs::metadata(path) {
        // A pipe would wait for somebody to write to it.
        Ok(metadata) if !metadata.is_file() => Err(io::Error::other("only files are followed")),
        Ok(_) => match File::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            result => result.map(Some),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a file is packed or an event log; none while it is too short to tell.
pub(super) fn wrapped(file: &mut File) -> io::Result<Option<bool>> {
    let mut beginning = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(BEGINNING).read_to_end(&mut beginning)?;
    Ok(is_wrapped(&beginning))
}
