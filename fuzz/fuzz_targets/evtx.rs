//! A chunk of an .evtx file: it is decoded, and passed over where it says that it can be, with
//! no more XML than its templates can come to.
//!
//! The first byte says how it comes: with checksums that fit, or as it is.
#![no_main]

use std::io::{Cursor, Read};

use event_log::{CHUNK, EVTX, Events, HEADER};
use flate2::Crc;
use libfuzzer_sys::fuzz_target;

/// Where the checksums of a chunk are, and the places that the first is over.
const RECORDS_CHECKSUM: usize = 52;
const FREE_SPACE: usize = 48;
const CHECKSUM: usize = 124;

fn crc(parts: &[&[u8]]) -> [u8; 4] {
    let mut sum = Crc::new();
    parts.iter().for_each(|part| sum.update(part));
    sum.sum().to_le_bytes()
}

/// Mark and checksums as a sound chunk has them.
fn seal(chunk: &mut [u8]) {
    chunk[..8].copy_from_slice(b"ElfChnk\0");
    let free = chunk[FREE_SPACE..]
        .first_chunk()
        .map_or(0, |bytes| u32::from_le_bytes(*bytes));
    if let Some(records) = chunk.get(512..free as usize) {
        let sum = crc(&[records]);
        chunk[RECORDS_CHECKSUM..RECORDS_CHECKSUM + 4].copy_from_slice(&sum);
    }
    let sum = crc(&[&chunk[..120], &chunk[128..512]]);
    chunk[CHECKSUM..CHECKSUM + 4].copy_from_slice(&sum);
}

fuzz_target!(|data: &[u8]| {
    let Some((how, stored)) = data.split_first() else {
        return;
    };
    let mut file = vec![0; HEADER];
    file[..8].copy_from_slice(EVTX);
    file.extend_from_slice(stored);
    if how & 1 == 0 {
        file.resize(HEADER + stored.len().next_multiple_of(CHUNK).max(CHUNK), 0);
        file[HEADER..].chunks_mut(CHUNK).for_each(seal);
    }
    let mut events = Events::new(Box::new(Cursor::new(file.clone())));
    let mut passed = Events::new(Box::new(Cursor::new(file)));
    while let Some(stored) = passed.stored() {
        assert!(
            stored.records > 0,
            "a chunk without events need not be asked for"
        );
        passed.pass_over();
    }
    let mut xml = Vec::new();
    events
        .read_to_end(&mut xml)
        .expect("a file in memory can be read");
    // What one chunk can come to is bounded by what its templates can.
    assert!(xml.len() <= 64 << 20, "{} bytes of XML", xml.len());
    let damage = events.take_damage();
    assert!(damage.iter().all(|damage| !damage.what.is_empty()));
});
