//! Inputs: from what the user names to bytes that a module takes.
//!
//! [`find`] turns names (files, folders, patterns, `-`) into a list of
//! [`Location`]s; [`open()`] turns one of them into a [`Stream`]: unpacked, an
//! .evtx file decoded to Event XML, and the format said where it is known.

mod content;
mod find;
mod zstd;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

pub use content::Format;
pub(crate) use content::is_wrapped;
pub use event_log::{Damage, Stored};
pub use find::{Found, find};
pub(crate) use zstd::Frames as ZstdFrames;

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
    /// As many bytes of plain content were read.
    at: u64,
    format: Format,
    /// The file, where its bytes are taken as they stand in it.
    plain: Option<PathBuf>,
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
    let mut plain = None;
    let (source, by_name): (Box<dyn Read>, Format) = match location {
        Location::Stdin => (Box::new(io::stdin()), Format::Auto),
        Location::File(path) => {
            let mut file = File::open(path)?;
            if file.metadata()?.is_dir() {
                return Err(io::Error::from(io::ErrorKind::IsADirectory));
            }
            let source: Box<dyn Read> = match event_log::record_order(&mut file)? {
                Some(start) => Box::new(start.reader(file, path)?),
                None => {
                    plain = file.metadata()?.is_file().then(|| path.clone());
                    Box::new(file)
                }
            };
            (source, Format::of_name(path))
        }
    };
    let (content, packed) = content::open(watch(source), format)?;
    let format = match (&content, format) {
        (Content::Evtx(_), _) => Format::Xml,
        (Content::Plain(_), Format::Auto) => by_name,
        (Content::Plain(_), given) => given,
    };
    let plain = plain.filter(|_| !packed && matches!(content, Content::Plain(_)));
    Ok(Stream {
        content,
        at: 0,
        format,
        plain,
    })
}

impl Stream {
    /// The format of the bytes, as `rule_input` takes it.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Whether it is read in another format than the one it is stored in.
    #[must_use]
    pub fn is_decoded(&self) -> bool {
        matches!(self.content, Content::Evtx(_))
    }

    /// The next part of it, where that is stored in another format than the one it is read
    /// in, and can be passed over as a whole. Where it cannot be had, that is the error of
    /// the read that follows.
    pub fn stored(&mut self) -> Option<Stored<'_>> {
        match &mut self.content {
            Content::Evtx(events) => events.stored(),
            Content::Plain(_) => None,
        }
    }

    /// Passes over the part that [`stored`](Self::stored) gave, which is not decoded then.
    pub fn pass_over(&mut self) {
        match &mut self.content {
            Content::Evtx(events) => events.pass_over(),
            Content::Plain(_) => {}
        }
    }

    /// How far it was read, for [`skip`](Self::skip): the bytes of its content, or of an
    /// event log a number that grows as they do.
    #[must_use]
    pub fn position(&self) -> u64 {
        match &self.content {
            Content::Evtx(events) => events.position(),
            Content::Plain(_) => self.at,
        }
    }

    /// A position for people.
    #[must_use]
    pub fn place(&self, position: u64) -> String {
        match &self.content {
            Content::Evtx(_) => format!("chunk {}", event_log::chunk_at(position)),
            Content::Plain(_) => format!("byte {position} of its content"),
        }
    }

    /// Passes over what is before a position, from the start on; answers which position was
    /// reached.
    ///
    /// A file whose bytes are taken as they are is read from there, by a reader that
    /// `watch` has seen; all else is unpacked up to there. What of that could not be
    /// decoded is not told again.
    ///
    /// # Errors
    ///
    /// When what comes before cannot be read.
    pub fn skip(
        &mut self,
        position: u64,
        watch: impl FnOnce(Box<dyn Read>) -> Box<dyn Read>,
    ) -> io::Result<u64> {
        if let Content::Evtx(events) = &mut self.content {
            return events.skip(position);
        }
        let Some(path) = &self.plain else {
            return io::copy(&mut self.by_ref().take(position), &mut io::sink());
        };
        let mut file = File::open(path)?;
        let skipped = file.metadata()?.len().min(position);
        file.seek(SeekFrom::Start(skipped))?;
        self.content = Content::Plain(watch(Box::new(file)));
        self.at = skipped;
        Ok(skipped)
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
            Content::Plain(bytes) => {
                let read = bytes.read(buffer)?;
                self.at += read as u64;
                Ok(read)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    #[test]
    fn what_is_passed_over_is_not_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(b"0123456789").expect("memory");
        let packed = packed.finish().expect("memory");
        for (name, bytes) in [("plain", &b"0123456789"[..]), ("packed", &packed)] {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).expect("written");
            for (skip, skipped, rest) in [(0, 0, "0123456789"), (4, 4, "456789"), (20, 10, "")] {
                let location = Location::File(path.clone());
                let mut stream = open(&location, Format::Auto, |source| source).expect(name);
                let passed = stream.skip(skip, |source| source).expect(name);
                assert_eq!(passed, skipped, "{name} {skip}");
                let mut text = String::new();
                stream.read_to_string(&mut text).expect(name);
                assert_eq!(text, rest, "{name} {skip}");
            }
        }
    }
}
