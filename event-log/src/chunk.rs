//! A chunk as it is stored: whether it is sound, and its records.

use std::ops::Range;

use flate2::Crc;

use super::CHUNK;

/// The header of a chunk; the tables of its names and templates are the end of it.
const HEADER: usize = 512;

/// Where the header says the numbers of the first and of the last record, where the last
/// record begins and where the free space, and the checksum of what is in between.
pub(crate) const FIRST_RECORD: usize = 24;
const LAST_RECORD: usize = 32;
const LAST_OFFSET: usize = 44;
const FREE_SPACE: usize = 48;
const RECORDS_CHECKSUM: usize = 52;

/// Where it says its own checksum, which is over what is before its flags and behind it.
const FLAGS: usize = 120;
const CHECKSUM: usize = 124;
const TABLES: usize = 128;

/// A flag: there are no checksums.
const NO_CHECKSUM: u32 = 4;

pub(crate) const MARK: &[u8] = b"ElfChnk\0";
const RECORD_MARK: u32 = 0x2a2a;

/// Mark, size, number and time of a record before its content; its size again behind it.
const RECORD_HEADER: usize = 24;
const RECORD_END: usize = 4;

/// What a chunk holds before its free space, and the contents of its records as places in
/// that; none where the chunk is not as Windows leaves it, in whatever way.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "places in a chunk of 64 KiB, and some bytes behind them"
)]
pub(crate) fn records(chunk: &[u8]) -> Option<(&[u8], Vec<Range<usize>>)> {
    if chunk.len() != CHUNK || !chunk.starts_with(MARK) || number(chunk, FLAGS)? & NO_CHECKSUM != 0
    {
        return None;
    }
    let end = number(chunk, FREE_SPACE)? as usize;
    let used = chunk.get(..end)?;
    let (head, tables) = (used.get(..FLAGS)?, used.get(TABLES..HEADER)?);
    if checksum(&[head, tables]) != number(chunk, CHECKSUM)?
        || checksum(&[used.get(HEADER..)?]) != number(chunk, RECORDS_CHECKSUM)?
    {
        return None;
    }
    let mut records = Vec::new();
    let (mut at, mut last) = (HEADER, HEADER);
    let mut id = long(chunk, FIRST_RECORD)?;
    while at < end {
        let size = number(chunk, at + 4)? as usize;
        let next = at.checked_add(size)?;
        let content = at + RECORD_HEADER..next.checked_sub(RECORD_END)?;
        let is_record = number(chunk, at)? == RECORD_MARK
            && next <= end
            && content.start <= content.end
            && number(chunk, content.end)? as usize == size
            && long(chunk, at + 8)? == id;
        if !is_record {
            return None;
        }
        records.push(content);
        id = id.checked_add(1)?;
        (last, at) = (at, next);
    }
    let is_last = last == number(chunk, LAST_OFFSET)? as usize
        && id.checked_sub(1) == long(chunk, LAST_RECORD)
        && !records.is_empty();
    is_last.then_some((used, records))
}

fn checksum(parts: &[&[u8]]) -> u32 {
    let mut sum = Crc::new();
    for part in parts {
        sum.update(part);
    }
    sum.sum()
}

/// The number of four bytes at a place.
fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}

/// The number of eight bytes at a place.
pub(crate) fn long(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u64::from_le_bytes(*bytes))
}
