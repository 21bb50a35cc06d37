//! Inputs: from what the user names to bytes that a module takes.
//!
//! [`find`] turns names (files, folders, patterns, `-`) into a list of
//! [`Location`]s; [`open`] turns one of them into a [`Stream`]: unpacked, an
//! .evtx file decoded to Event XML, and the format said where it is known.

mod content;
mod evtx;
mod find;
mod zstd;

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

pub use content::Format;
pub use evtx::Damage;
pub use find::{Found, find};

use content::Content;

/// Where bytes come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
}

impl Location {
    /// What messages and samples call it: the path as the user gave it, or `stdin`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Stdin => "stdin".to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// The size in bytes as it is stored, where that is known.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        match self {
            Self::Stdin => None,
            Self::File(path) => path
                .metadata()
                .ok()
                .filter(std::fs::Metadata::is_file)
                .map(|of| of.len()),
        }
    }
}

/// An input that is being read: the bytes that a module takes.
pub struct Stream {
    content: Content,
    format: Format,
}

/// Opens an input.
///
/// `format` is what the user says of it; with [`Format::Auto`] the name's ending
/// and the first bytes decide. `watch` stands between the stored bytes and the
/// unpacking, so that progress can be counted.
///
/// # Errors
///
/// When it cannot be opened or its first bytes cannot be read, and when it is to
/// be .evtx and is not.
pub fn open(
    location: &Location,
    format: Format,
    watch: impl FnOnce(Box<dyn Read>) -> Box<dyn Read>,
) -> io::Result<Stream> {
    let (source, by_name): (Box<dyn Read>, Format) = match location {
        Location::Stdin => (Box::new(io::stdin().lock()), Format::Auto),
        Location::File(path) => {
            let mut file = File::open(path)?;
            if file.metadata()?.is_dir() {
                return Err(io::Error::from(io::ErrorKind::IsADirectory));
            }
            let source: Box<dyn Read> = match evtx::record_order(&mut file)? {
                Some(start) => Box::new(start.reader(file, path)?),
                None => Box::new(file),
            };
            (source, Format::of_name(path))
        }
    };
    let content = content::open(watch(source), format)?;
    let format = match (&content, format) {
        (Content::Evtx(_), _) => Format::Xml,
        (Content::Plain(_), Format::Auto) => by_name,
        (Content::Plain(_), given) => given,
    };
    Ok(Stream { content, format })
}

impl Stream {
    /// The format of the bytes, as `rule_input` takes it.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// What could not be decoded since the last time this was asked.
    pub fn take_damage(&mut self) -> Vec<Damage> {
        match &mut self.content {
            Content::Evtx(events) => events.take_damage(),
            Content::Plain(_) => Vec::new(),
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.content {
            Content::Evtx(events) => events.read(buffer),
            Content::Plain(bytes) => bytes.read(buffer),
        }
    }
}
