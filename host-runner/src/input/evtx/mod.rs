//! Windows event log files, decoded to Event XML, one event after the other.
//!
//! Such a file is a header of 4 KiB and chunks of 64 KiB, each of which can be
//! read by itself. So it is read as a stream, a chunk at a time, from a pipe or a
//! packed file as well, and a chunk that is damaged costs that chunk alone.
//!
//! Decoding is most of the work. So a chunk can be had as it is stored before it is decoded,
//! to be passed over where nothing in it can match.

mod chunk;
mod values;

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use evtx::{EvtxChunkData, ParserSettings};

use super::Stored;
use super::content::EVTX;

const HEADER: usize = 4096;
const CHUNK: usize = 64 * 1024;

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

/// The events of a file as a stream of XML, one event a line.
pub(super) struct Events {
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
    pub(super) fn new(source: Box<dyn Read>) -> Self {
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

    pub(super) fn take_damage(&mut self) -> Vec<Damage> {
        self.damage.drain(..).collect()
    }

    /// The next chunk, where it is not begun and each text in it stands whole.
    pub(super) fn stored(&mut self) -> Option<Stored<'_>> {
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
            records: records.len() as u32,
        })
    }

    /// Passes over the chunk that [`stored`](Self::stored) gave.
    pub(super) fn pass_over(&mut self) {
        self.length = None;
    }

    /// How far it is: the chunk in hand, and how much of its XML has been read.
    pub(super) fn position(&self) -> u64 {
        let begun = self.chunks.unwrap_or(0);
        let is_over = self.length.is_none() && self.xml.is_empty();
        let before = begun.saturating_sub(u64::from(!is_over));
        before * PLACES + self.read as u64
    }

    /// Passes over all before a position; answers which one was reached.
    pub(super) fn skip(&mut self, position: u64) -> io::Result<u64> {
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
        self.chunks = self.chunks.map(|chunks| chunks + 1);
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
                && record.binxml_offset + u64::from(record.binxml_size) > length as u64
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
pub(super) fn chunk_at(position: u64) -> u64 {
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
                self.read += length;
                return Ok(length);
            }
            if !self.next_chunk()? {
                return Ok(0);
            }
            self.decode();
        }
    }
}

/// Fills the buffer as far as there are bytes; answers how many there were.
fn fill(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// As many bytes as there are, up to `length`.
fn read_up_to(source: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length);
    source
        .by_ref()
        .take(length as u64)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// An event without the line that makes it a document of its own.
fn without_prolog(xml: &[u8]) -> &[u8] {
    let rest = xml.strip_prefix(b"<?xml").and_then(|rest| {
        let end = rest.windows(2).position(|two| two == b"?>")?;
        rest.get(end + 2..)
    });
    rest.unwrap_or(xml).trim_ascii()
}

/// Where the oldest chunk of a log begins that has wrapped around.
///
/// A full log writes its newest chunk over its oldest, so that the order of the
/// file is not that of its records. A pipe or a packed file is read as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Start(u64);

/// Looks whether a file is an event log that begins elsewhere than at its start.
///
/// The file stands at its start again afterwards.
pub(super) fn record_order(file: &mut File) -> io::Result<Option<Start>> {
    let length = file.metadata()?.len();
    let whole = length
        .checked_sub(HEADER as u64)
        .is_some_and(|chunks| chunks % CHUNK as u64 == 0);
    if !whole || !file.metadata()?.is_file() || read_up_to(file, EVTX.len())? != EVTX {
        rewind(file)?;
        return Ok(None);
    }
    let mut oldest: Option<(u64, u64)> = None;
    for at in (HEADER as u64..length).step_by(CHUNK) {
        file.seek(SeekFrom::Start(at))?;
        let head = read_up_to(file, chunk::FIRST_RECORD + 8)?;
        if let Some(number) = chunk::long(&head, chunk::FIRST_RECORD)
            && head.starts_with(chunk::MARK)
            && oldest.is_none_or(|(least, _)| number < least)
        {
            oldest = Some((number, at));
        }
    }
    rewind(file)?;
    Ok(oldest
        .map(|(_, at)| at)
        .filter(|&at| at > HEADER as u64)
        .map(Start))
}

fn rewind(file: &mut File) -> io::Result<()> {
    match file.metadata()?.is_file() {
        true => file.rewind(),
        false => Ok(()),
    }
}

impl Start {
    /// The file with its chunks in the order of their records.
    pub(super) fn reader(self, mut file: File, path: &Path) -> io::Result<impl Read + use<>> {
        let header = read_up_to(&mut file, HEADER)?;
        file.seek(SeekFrom::Start(self.0))?;
        let mut again = File::open(path)?;
        again.seek(SeekFrom::Start(HEADER as u64))?;
        let newer = again.take(self.0 - HEADER as u64);
        Ok(io::Cursor::new(header).chain(file).chain(newer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

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

    /// A file of chunks that hold no records, each with its first record's number.
    fn log(numbers: &[u64]) -> File {
        let mut bytes = vec![0; HEADER];
        bytes[..8].copy_from_slice(EVTX);
        for number in numbers {
            let mut chunk = vec![0; CHUNK];
            chunk[..8].copy_from_slice(b"ElfChnk\0");
            chunk[24..32].copy_from_slice(&number.to_le_bytes());
            bytes.extend(chunk);
        }
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(&bytes).expect("written");
        file.rewind().expect("rewound");
        file
    }

    #[test]
    fn a_log_that_has_wrapped_around_begins_at_its_oldest_chunk() {
        for (numbers, expected) in [
            (&[1, 80, 160][..], None),
            (&[200, 80, 160], Some(Start((HEADER + CHUNK) as u64))),
            (&[], None),
        ] {
            let found = record_order(&mut log(numbers)).expect("read");
            assert_eq!(found, expected, "{numbers:?}");
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
