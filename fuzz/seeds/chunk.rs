//! A chunk of an .evtx file with one event, as [MS-EVEN6, 2.2.12] has it.

/// Where the header of a chunk ends.
const HEADER: usize = 512;

/// The chunk up to its free space. Mark and checksums are the target's to write.
pub(crate) fn chunk() -> Vec<u8> {
    let mut chunk = Chunk(vec![0; HEADER]);
    chunk.bytes(b"**\0\0");
    let size_at = chunk.hole();
    chunk.bytes(&1u64.to_le_bytes());
    chunk.bytes(&132_223_104_000_000_000u64.to_le_bytes());
    chunk.bytes(FRAGMENT);
    // An instance of a template, which stands right here.
    chunk.bytes(&[0x0c, 1, 1, 0, 0, 0]);
    let template = chunk.0.len() as u32 + 4;
    chunk.number(template);
    chunk.bytes(&[0; 4 + 16]);
    let body_at = chunk.hole();
    chunk.bytes(FRAGMENT);
    let event = chunk.element("Event");
    for (place, name) in ["EventID", "Computer"].into_iter().enumerate() {
        let element = chunk.element(name);
        // A value that the record puts in: a text.
        chunk.bytes(&[0x0d, place as u8, 0, 1]);
        chunk.bytes(&[0x04]);
        chunk.fill(element);
    }
    let channel = chunk.element("Channel");
    chunk.bytes(&[0x05, 1]);
    chunk.text("System");
    chunk.bytes(&[0x04]);
    chunk.fill(channel);
    chunk.bytes(&[0x04]);
    chunk.fill(event);
    chunk.bytes(&[0]);
    chunk.fill(body_at);
    let values = ["1", "host"];
    chunk.number(values.len() as u32);
    for value in values {
        chunk.bytes(&[2 * value.len() as u8, 0, 1, 0]);
    }
    for value in values {
        chunk.wide(value);
    }
    chunk.bytes(&[0]);
    let size = (chunk.0.len() + 4 - HEADER) as u32;
    chunk.number(size);
    chunk.0[size_at..size_at + 4].copy_from_slice(&size.to_le_bytes());
    let free = chunk.0.len() as u32;
    for (place, number) in [(24, 1), (32, 1), (40, 128), (44, HEADER as u32), (48, free)] {
        chunk.0[place..place + 4].copy_from_slice(&number.to_le_bytes());
    }
    chunk.0
}

/// What binary XML begins with.
const FRAGMENT: &[u8] = &[0x0f, 1, 1, 0];

struct Chunk(Vec<u8>);

impl Chunk {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn number(&mut self, number: u32) {
        self.bytes(&number.to_le_bytes());
    }

    /// A place for a size.
    fn hole(&mut self) -> usize {
        self.number(0);
        self.0.len() - 4
    }

    /// The size of all behind a place for one.
    fn fill(&mut self, hole: usize) {
        let size = (self.0.len() - hole - 4) as u32;
        self.0[hole..hole + 4].copy_from_slice(&size.to_le_bytes());
    }

    fn wide(&mut self, text: &str) {
        text.encode_utf16()
            .for_each(|unit| self.bytes(&unit.to_le_bytes()));
    }

    fn text(&mut self, text: &str) {
        self.bytes(&(text.len() as u16).to_le_bytes());
        self.wide(text);
    }

    /// The start tag of an element. Gives the place of its size.
    fn element(&mut self, name: &str) -> usize {
        self.bytes(&[0x01, 0xff, 0xff]);
        let size = self.hole();
        let name_at = self.0.len() as u32 + 4;
        self.number(name_at);
        self.bytes(&[0; 4]);
        let hash = name.encode_utf16().fold(0u32, |hash, unit| {
            hash.wrapping_mul(65599).wrapping_add(u32::from(unit))
        });
        self.bytes(&(hash as u16).to_le_bytes());
        self.text(name);
        self.bytes(&[0, 0, 0x02]);
        size
    }
}
