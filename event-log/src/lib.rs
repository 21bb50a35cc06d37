#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::todo,
    clippy::unimplemented,
    clippy::get_unwrap,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::allow_attributes_without_reason
)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        reason = "a test fails by panicking"
    )
)]
//! Windows event log files, decoded to Event XML, one event after the other.
//!
//! Such a file is a header of 4 KiB and chunks of 64 KiB, each of which can be
//! read by itself. So it is read as a stream, a chunk at a time, from a pipe or a
//! packed file as well, and a chunk that is damaged costs that chunk alone.
//!
//! Decoding is most of the work. So a chunk can be had as it is stored before it is decoded,
//! to be passed over where nothing in it can match.

mod chunk;
mod order;
mod values;

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::Arc;

use evtx::{EvtxChunkData, ParserSettings};

pub use order::{HEAD, Start, first_record, record_order};

/// The first bytes of such a file.
pub const EVTX: &[u8] = b"ElfFile\0";

/// As many bytes are the header of a file.
pub const HEADER: usize = 4096;
/// As many bytes are a chunk.
pub const CHUNK: usize = 64 * 1024;

/// As many places in the content are a chunk's, whatever it is decoded to, so that a place
/// can be found again without decoding what is before it.
const PLACES: u64 = 1 << 32;

/// A part of a file that could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// What is damaged and why, for people.
    pub what: String,
    /// Whether a whole chunk or the file's end is lost, rather than one record.
    pub cut: bool,
}

/// A part of an input as it is stored, with whole events in it: none of them is decoded yet.
///
/// Each text of an event stands whole in the bytes, as `rule_pass` asks for.
#[derive(Debug, Clone, Copy)]
pub struct Stored<'s> {
    /// The bytes.
    pub bytes: &'s [u8],
    /// How many events they hold.
    pub records: u32,
}

/// The events of a file as a stream of XML, one event a line.
pub struct Events {
    source: Box<dyn Read>,
    settings: Arc<ParserSettings>,
    /// Chunks read; none before the header was.
    chunks: Option<u64>,
    /// The chunk in hand.
    chunk: Vec<u8>,
    /// As many bytes of it are the file's, where it is not decoded or passed over yet.
    length: Option<usize>,
    /// The XML of the chunk in hand, and how much of it has been read.
    xml: Vec<u8>,
    read: usize,
    /// Why the next chunk cannot be had, where that is known before it is to be decoded.
    failed: Option<io::Error>,
    damage: VecDeque<Damage>,
}

impl Events {
    /// The events of a file; `source` begins with the file's header.
    #[must_use]
    pub fn new(source: Box<dyn Read>) -> Self {
        Self {
            source,
            settings: Arc::new(
                ParserSettings::default()
                    .indent(false)
                    .validate_checksums(false),
            ),
            chunks: None,
            chunk: Vec::new(),
            length: None,
            xml: Vec::new(),
            read: 0,
            failed: None,
            damage: VecDeque::new(),
        }
    }

    /// What could not be decoded since the last time this was asked.
    pub fn take_damage(&mut self) -> Vec<Damage> {
        self.damage.drain(..).collect()
    }

    /// The next chunk, where it is not begun and each text in it stands whole.
    pub fn stored(&mut self) -> Option<Stored<'_>> {
        if self.read < self.xml.len() {
            return None;
        }
        if let Err(error) = self.next_chunk() {
            self.failed = Some(error);
        }
        if self.length != Some(CHUNK) {
            return None;
        }
        let (bytes, records) = chunk::records(&self.chunk)?;
        values::are_whole(bytes, &records).then_some(Stored {
            bytes,
            records: u32::try_from(records.len()).unwrap_or(u32::MAX),
        })
    }

    /// Passes over the chunk that [`stored`](Self::stored) gave.
    pub fn pass_over(&mut self) {
        self.length = None;
    }

    /// How far it is, as a number that grows: the chunk in hand, and how much of its XML has been read.
    #[must_use]
    pub fn position(&self) -> u64 {
        let begun = self.chunks.unwrap_or(0);
        let is_over = self.length.is_none() && self.xml.is_empty();
        let before = begun.saturating_sub(u64::from(!is_over));
        before
            .saturating_mul(PLACES)
            .saturating_add(self.read as u64)
    }

    /// Passes over all before a position; answers which one was reached.
    ///
    /// # Errors
    /// When what comes before cannot be read.
    pub fn skip(&mut self, position: u64) -> io::Result<u64> {
        for _ in 0..position / PLACES {
            if !self.next_chunk()? {
                return Ok(self.position());
            }
            self.pass_over();
        }
        let read = (position % PLACES) as usize;
        if read > 0 && self.next_chunk()? {
            self.decode();
            self.read = read.min(self.xml.len());
        }
        self.damage.clear();
        Ok(self.position())
    }

    /// The XML of the next chunk, which counts as read; none at the file's end.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn next_chunk_xml(&mut self) -> io::Result<Option<&[u8]>> {
        let decoded = self.decode_next()?;
        self.read = self.xml.len();
        Ok(decoded.then_some(self.xml.as_slice()))
    }

    /// Decodes the next chunk; false at the file's end.
    fn decode_next(&mut self) -> io::Result<bool> {
        let is_there = self.next_chunk()?;
        self.decode();
        Ok(is_there)
    }

    /// Has a chunk in hand that is not decoded; false at the file's end.
    fn next_chunk(&mut self) -> io::Result<bool> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        if self.length.is_some() {
            return Ok(true);
        }
        self.chunk.resize(CHUNK, 0);
        if self.chunks.is_none() {
            self.chunks = Some(0);
            let header = self.chunk.get_mut(..HEADER).unwrap_or_default();
            if fill(&mut self.source, header)? < HEADER {
                self.report(true, "the file ends inside its header".to_owned());
                return Ok(false);
            }
        }
        let length = fill(&mut self.source, &mut self.chunk)?;
        if length == 0 {
            return Ok(false);
        }
        // A cut chunk's whole records are worth having.
        self.chunk.get_mut(length..).unwrap_or_default().fill(0);
        self.chunks = self.chunks.map(|chunks| chunks.saturating_add(1));
        self.length = Some(length);
        self.xml.clear();
        self.read = 0;
        Ok(true)
    }

    /// Decodes the chunk in hand.
    fn decode(&mut self) {
        let (Some(length), Some(chunks)) = (self.length.take(), self.chunks) else {
            return;
        };
        let number = chunks.saturating_sub(1);
        // Windows makes room for chunks before it writes them.
        if self.chunk.iter().any(|&byte| byte != 0) {
            self.decode_records(number, length);
        }
        if length < CHUNK {
            self.report(true, format!("the file ends inside chunk {number}"));
        }
    }

    /// Decodes the records of a chunk of which the first `length` bytes are the file's.
    fn decode_records(&mut self, number: u64, length: usize) {
        let bytes = std::mem::take(&mut self.chunk);
        let mut chunk = match EvtxChunkData::new(bytes, false) {
            Ok(chunk) => chunk,
            Err(error) => return self.report(true, format!("chunk {number}: {error}")),
        };
        chunk.number = Some(number);
        let mut records = match chunk.parse(Arc::clone(&self.settings)) {
            Ok(records) => records,
            Err(error) => return self.report(true, format!("chunk {number}: {error}")),
        };
        let mut lost = Vec::new();
        for record in records.iter() {
            // The cut goes through this one.
            if let Ok(record) = &record
                && record
                    .binxml_offset
                    .saturating_add(u64::from(record.binxml_size))
                    > length as u64
            {
                continue;
            }
            match record.and_then(|record| record.into_xml_bytes()) {
                Ok(record) => {
                    self.xml.extend_from_slice(without_prolog(&record.data));
                    self.xml.push(b'\n');
                }
                Err(error) => lost.push(error.to_string()),
            }
        }
        drop(records);
        self.chunk = chunk.data;
        for what in lost {
            self.report(false, what);
        }
    }

    fn report(&mut self, cut: bool, what: String) {
        self.damage.push_back(Damage { what, cut });
    }
}

/// The number of the chunk that a position is in.
#[must_use]
pub fn chunk_at(position: u64) -> u64 {
    position / PLACES
}

impl Read for Events {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let left = self.xml.get(self.read..).unwrap_or_default();
            if !left.is_empty() {
                let length = left.len().min(buffer.len());
                let (to, from) = (buffer.get_mut(..length), left.get(..length));
                if let (Some(to), Some(from)) = (to, from) {
                    to.copy_from_slice(from);
                }
                self.read = self.read.saturating_add(length);
                return Ok(length);
            }
            if !self.decode_next()? {
                return Ok(0);
            }
        }
    }
}

/// Fills the buffer as far as there are bytes; answers how many there were.
fn fill(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0usize;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(read) => filled = filled.saturating_add(read),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// An event without the line that makes it a document of its own.
fn without_prolog(xml: &[u8]) -> &[u8] {
    let rest = xml.strip_prefix(b"<?xml").and_then(|rest| {
        let end = rest.windows(2).position(|two| two == b"?>")?;
        rest.get(end..)?.get(2..)
    });
    rest.unwrap_or(xml).trim_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_makes_a_document() {
        for (xml, expected) in [
            (
                "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Event/>\n",
                "<Event/>",
            ),
            ("<Event/>", "<Event/>"),
            ("<?xml <Event/>", "<?xml <Event/>"),
            ("", ""),
        ] {
            assert_eq!(
                without_prolog(xml.as_bytes()),
                expected.as_bytes(),
                "{xml:?}"
            );
        }
    }

    #[test]
    fn damage_is_told_and_the_rest_goes_on() {
        let mut bytes = vec![0; HEADER];
        bytes.extend([1; CHUNK]);
        bytes.extend([0; CHUNK]);
        bytes.extend([2; 100]);
        let mut events = Events::new(Box::new(io::Cursor::new(bytes)));
        let mut xml = Vec::new();
        events.read_to_end(&mut xml).expect("read");
        assert!(xml.is_empty());
        let damage = events.take_damage();
        let cuts: Vec<bool> = damage.iter().map(|one| one.cut).collect();
        assert_eq!(cuts, [true, true, true], "{damage:?}");
        assert!(damage[0].what.starts_with("chunk 0: "), "{damage:?}");
        assert_eq!(damage[2].what, "the file ends inside chunk 2");
    }

    /// Fails once, and is at its end then.
    struct Failing(bool);

    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            match std::mem::replace(&mut self.0, false) {
                true => Err(io::Error::other("the disk is gone")),
                false => Ok(0),
            }
        }
    }

    #[test]
    fn what_fails_ahead_fails_when_it_is_read() {
        let header = io::Cursor::new(vec![0; HEADER + 100]);
        let mut events = Events::new(Box::new(header.chain(Failing(true))));
        assert!(events.stored().is_none());
        assert!(events.stored().is_none());
        let mut buffer = [0; 10];
        let error = events.read(&mut buffer).expect_err("it fails");
        assert_eq!(error.to_string(), "the disk is gone");
        assert_eq!(events.read(&mut buffer).expect("the end"), 0);
    }
}
