//! The order of chunks: a full log writes its newest over its oldest.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::{CHUNK, EVTX, HEADER, chunk};

/// As many bytes of a chunk say the number of its first record.
pub const HEAD: usize = chunk::FIRST_RECORD + 8;

/// The number of a chunk's first record, which its first [`HEAD`] bytes say; none where
/// they are no chunk's.
#[must_use]
pub fn first_record(head: &[u8]) -> Option<u64> {
    chunk::long(head, chunk::FIRST_RECORD).filter(|_| head.starts_with(chunk::MARK))
}

/// Where the oldest chunk of a log begins that has wrapped around.
///
/// A full log writes its newest chunk over its oldest, so that the order of the
/// file is not that of its records. A pipe or a packed file is read as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start(u64);

/// Looks whether a file is an event log that begins elsewhere than at its start.
///
/// The file stands at its start again afterwards.
///
/// # Errors
/// When the file cannot be read.
pub fn record_order(file: &mut File) -> io::Result<Option<Start>> {
    let length = file.metadata()?.len();
    let whole = length
        .checked_sub(HEADER as u64)
        .is_some_and(|chunks| chunks.is_multiple_of(CHUNK as u64));
    if !whole || !file.metadata()?.is_file() || read_up_to(file, EVTX.len())? != EVTX {
        rewind(file)?;
        return Ok(None);
    }
    let mut oldest: Option<(u64, u64)> = None;
    for at in (HEADER as u64..length).step_by(CHUNK) {
        file.seek(SeekFrom::Start(at))?;
        let head = read_up_to(file, HEAD)?;
        if let Some(number) = first_record(&head)
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
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn reader(self, mut file: File, path: &Path) -> io::Result<impl Read + use<>> {
        let header = read_up_to(&mut file, HEADER)?;
        file.seek(SeekFrom::Start(self.0))?;
        let mut again = File::open(path)?;
        again.seek(SeekFrom::Start(HEADER as u64))?;
        let newer = again.take(self.0.saturating_sub(HEADER as u64));
        Ok(io::Cursor::new(header).chain(file).chain(newer))
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

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
}
