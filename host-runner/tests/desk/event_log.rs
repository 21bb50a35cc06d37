//! Windows event logs: those that are there, and one of one event, made token by token.

use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Crc;

/// The folder of public logs, beside the workspace; where it is missing it says so.
pub fn logs() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/windows/evtx");
    let there = folder.is_dir();
    if !there {
        println!("skipped: `{}` is not there", folder.display());
    }
    there.then_some(folder)
}

// Tokens and types of binary XML.
pub const ELEMENT: u8 = 0x01;
pub const WITH_ATTRIBUTES: u8 = 0x41;
pub const START_TAG_ENDS: u8 = 0x02;
pub const ELEMENT_ENDS: u8 = 0x04;
pub const TEXT: u8 = 0x05;
pub const ATTRIBUTE: u8 = 0x06;
pub const CDATA: u8 = 0x07;
pub const CHARACTER: u8 = 0x08;
pub const SUBSTITUTION: u8 = 0x0d;
pub const OPTIONAL: u8 = 0x0e;
pub const FRAGMENT: [u8; 4] = [0x0f, 1, 1, 0];
pub const STRING: u8 = 0x01;
pub const ANSI: u8 = 0x02;
pub const UINT16: u8 = 0x06;
pub const BINARY_XML: u8 = 0x21;
pub const STRINGS: u8 = 0x81;

/// Where the first chunk of a file begins.
pub const CHUNK_BEGINS: usize = 4096;
const CHUNK: usize = 64 * 1024;

/// A chunk that is being written.
pub struct Chunk(pub Vec<u8>);

impl Chunk {
    pub fn add(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.0.extend_from_slice(bytes.as_ref());
        self
    }

    pub fn number(&mut self, number: usize) -> &mut Self {
        self.add((number as u32).to_le_bytes())
    }

    /// A name, which stands where it is used first.
    pub fn name(&mut self, name: &str) -> &mut Self {
        self.number(self.0.len() + 4).add([0; 6]);
        self.add((name.len() as u16).to_le_bytes());
        self.add(utf16(name)).add([0; 2])
    }

    /// The start tag of an element of a template.
    pub fn open(&mut self, name: &str, attribute: Option<&str>) -> &mut Self {
        let token = if attribute.is_some() {
            WITH_ATTRIBUTES
        } else {
            ELEMENT
        };
        self.add([token, 0xff, 0xff]).number(0).name(name);
        if let Some(value) = attribute {
            self.number(0).add([ATTRIBUTE]).name("Name").text(value);
        }
        self.add([START_TAG_ENDS])
    }

    pub fn close(&mut self) -> &mut Self {
        self.add([ELEMENT_ENDS])
    }

    pub fn text(&mut self, text: &str) -> &mut Self {
        self.add([TEXT, STRING])
            .add((text.len() as u16).to_le_bytes());
        self.add(utf16(text))
    }

    pub fn value(&mut self, place: u8, kind: u8) -> &mut Self {
        self.add([SUBSTITUTION, place, 0, kind])
    }

    pub fn set(&mut self, at: usize, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
    }
}

pub fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn checksum(bytes: &[u8]) -> [u8; 4] {
    let mut sum = Crc::new();
    sum.update(bytes);
    sum.sum().to_le_bytes()
}

/// A log with one event, whose template has this content in the element `a` of its data,
/// and these values.
pub fn log(content: impl Fn(&mut Chunk) -> &mut Chunk, values: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut chunk = Chunk(vec![0; 512]);
    let begin = chunk.0.len();
    chunk.add([0x2a, 0x2a, 0, 0]).number(0).number(1).number(0);
    chunk.add(132_600_000_000_000_000_u64.to_le_bytes());
    chunk.add(FRAGMENT).add([0x0c, 1]).number(7);
    chunk.number(chunk.0.len() + 4).number(0).add([9; 16]);
    let size = chunk.0.len();
    chunk.number(0).add(FRAGMENT);
    chunk.open("Event", None).open("System", None);
    chunk.open("EventID", None).text("1").close();
    chunk.open("Computer", None).text("EX01").close().close();
    chunk.open("EventData", None).open("Data", Some("a"));
    content(&mut chunk);
    chunk.close().close().close().add([0]);
    let length = chunk.0.len() - size - 4;
    chunk.set(size, (length as u32).to_le_bytes());
    chunk.number(values.len());
    for (kind, value) in values {
        chunk
            .add((value.len() as u16).to_le_bytes())
            .add([*kind, 0]);
    }
    for (_, value) in values {
        chunk.add(value);
    }
    chunk.add([0]);
    let size = chunk.0.len() + 4 - begin;
    chunk
        .number(size)
        .set(begin + 4, (size as u32).to_le_bytes());

    let end = chunk.0.len();
    chunk.set(0, b"ElfChnk\0");
    for at in [8, 16, 24, 32] {
        chunk.set(at, 1_u64.to_le_bytes());
    }
    for (at, number) in [(40, 128), (44, begin), (48, end)] {
        chunk.set(at, (number as u32).to_le_bytes());
    }
    let sum = checksum(&chunk.0[512..end]);
    chunk.set(52, sum);
    let sum = checksum(&[&chunk.0[..120], &chunk.0[128..512]].concat());
    chunk.set(124, sum);
    chunk.0.resize(CHUNK, 0);
    let mut file = vec![0; CHUNK_BEGINS];
    file[..8].copy_from_slice(b"ElfFile\0");
    file.write_all(&chunk.0).expect("memory");
    file
}
