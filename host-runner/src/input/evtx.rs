//! Windows event log files, decoded to Event XML, one event after the other.
//!
//! Such a file is a header of 4 KiB and chunks of 64 KiB, each of which can be
//! read by itself. So it is read as a stream, a chunk at a time, from a pipe or a
//! packed file as well, and a chunk that is damaged costs that chunk alone.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use evtx::{EvtxChunkData, ParserSettings};

use super::content::EVTX;

const HEADER: usize = 4096;
const CHUNK: usize = 64 * 1024;

/// Where a chunk says the number of its first record.
const FIRST_RECORD: u64 = 24;

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
    /// The XML of the chunk in hand, and how much of it has been read.
    xml: Vec<u8>,
    read: usize,
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
            xml: Vec::new(),
            read: 0,
            damage: VecDeque::new(),
        }
    }

    pub(super) fn take_damage(&mut self) -> Vec<Damage> {
        self.damage.drain(..).collect()
    }

    /// Decodes the next chunk; false at the file's end.
    fn next_chunk(&mut self) -> io::Result<bool> {
        let number = match self.chunks {
            Some(number) => number,
            None => {
                if read_up_to(&mut self.source, HEADER)?.len() < HEADER {
                    self.report(true, "the file ends inside its header".to_owned());
                    return Ok(false);
                }
                0
            }
        };
        let mut bytes = read_up_to(&mut self.source, CHUNK)?;
        if bytes.is_empty() {
            return Ok(false);
        }
        self.chunks = Some(number + 1);
        let length = bytes.len();
        // A cut chunk's whole records are worth having.
        bytes.resize(CHUNK, 0);
        // Windows makes room for chunks before it writes them.
        if bytes.iter().any(|&byte| byte != 0) {
            self.decode(number, bytes, length);
        }
        if length < CHUNK {
            self.report(true, format!("the file ends inside chunk {number}"));
        }
        Ok(true)
    }

    /// Decodes a chunk of which the first `length` bytes are the file's.
    fn decode(&mut self, number: u64, bytes: Vec<u8>, length: usize) {
        self.xml.clear();
        self.read = 0;
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
        for what in lost {
            self.report(false, what);
        }
    }

    fn report(&mut self, cut: bool, what: String) {
        self.damage.push_back(Damage { what, cut });
    }
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
        }
    }
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
        let head = read_up_to(file, FIRST_RECORD as usize + 8)?;
        let Some((mark, number)) = head.split_first_chunk::<8>().zip(head.last_chunk::<8>()) else {
            continue;
        };
        let number = u64::from_le_bytes(*number);
        if mark.0 == b"ElfChnk\0" && oldest.is_none_or(|(least, _)| number < least) {
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
}
