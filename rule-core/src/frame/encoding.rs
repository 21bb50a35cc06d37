//! Whatever encoding the input has, as UTF-8 without a byte order mark.
//!
//! UTF-8 is passed on as it is, borrowed and unchecked. UTF-16 is told by its
//! byte order mark, or by a first character that is printable ASCII (`<`, `{`
//! and `[` above all) with a NUL beside it, and is converted block by block.
//! Surrogates without their other half, and an odd byte at the end, become
//! U+FFFD.

use alloc::string::String;

use crate::snapshot::{Damaged, Reader, Writer};

/// Converted text is passed on in blocks of about this size.
const BLOCK_BYTES: usize = 64 << 10;

#[derive(Clone, Debug)]
pub(super) enum Encoding {
    /// Fewer bytes came than it takes to tell: `seen[..len]`.
    Unknown {
        seen: [u8; 3],
        len: usize,
    },
    Utf8,
    Utf16(Utf16),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Utf16 {
    big_endian: bool,
    /// The first byte of a unit whose second has not come.
    half: Option<u8>,
    /// The first unit of a pair whose second has not come.
    high: Option<u16>,
}

impl Default for Encoding {
    fn default() -> Self {
        Self::Unknown {
            seen: [0; 3],
            len: 0,
        }
    }
}

impl Encoding {
    /// Converts the next bytes and passes them on.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut dyn FnMut(&[u8])) {
        match self {
            Self::Unknown { seen, len } => {
                if *len == 0
                    && let Some((encoding, mark)) = tell(bytes)
                {
                    *self = encoding;
                    return self.push(bytes.get(mark..).unwrap_or_default(), out);
                }
                let mut rest = bytes;
                while let Some((&byte, behind)) = rest.split_first() {
                    rest = behind;
                    if let Some(slot) = seen.get_mut(*len) {
                        *slot = byte;
                        *len = len.saturating_add(1);
                    }
                    let first = seen.get(..*len).unwrap_or_default();
                    if let Some((encoding, mark)) = tell(first) {
                        let (seen, len) = (*seen, *len);
                        *self = encoding;
                        self.push(seen.get(mark..len).unwrap_or_default(), out);
                        return self.push(behind, out);
                    }
                }
            }
            Self::Utf8 => {
                if !bytes.is_empty() {
                    out(bytes);
                }
            }
            Self::Utf16(utf16) => utf16.push(bytes, out),
        }
    }

    /// Passes on what is left at the end of the input.
    pub(super) fn finish(&mut self, out: &mut dyn FnMut(&[u8])) {
        match self {
            Self::Unknown { seen, len } => out(seen.get(..*len).unwrap_or_default()),
            Self::Utf8 => {}
            Self::Utf16(utf16) => {
                if utf16.half.is_some() || utf16.high.is_some() {
                    let mut text = String::new();
                    text.extend(utf16.high.take().map(|_| char::REPLACEMENT_CHARACTER));
                    text.extend(utf16.half.take().map(|_| char::REPLACEMENT_CHARACTER));
                    out(text.as_bytes());
                }
            }
        }
    }

    /// Is it not told yet?
    pub(super) fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown { .. })
    }

    /// How many bytes are held back.
    pub(super) fn pending(&self) -> usize {
        match self {
            Self::Unknown { len, .. } => *len,
            Self::Utf8 => 0,
            Self::Utf16(utf16) => {
                let high = if utf16.high.is_some() { 2 } else { 0 };
                usize::from(utf16.half.is_some()).saturating_add(high)
            }
        }
    }
}

impl Encoding {
    pub(super) fn write(&self, writer: &mut Writer) {
        match self {
            Self::Unknown { seen, len } => {
                writer.byte(0);
                writer.bytes(seen.get(..*len).unwrap_or_default());
            }
            Self::Utf8 => writer.byte(1),
            Self::Utf16(utf16) => {
                writer.byte(2);
                writer.flag(utf16.big_endian);
                writer.option(utf16.half, Writer::byte);
                writer.option(utf16.high, |writer, high| writer.number(u64::from(high)));
            }
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        match reader.byte()? {
            0 => {
                let first = reader.bytes()?;
                let mut seen = [0; 3];
                // As soon as it can be told it is.
                if first.len() > seen.len() || tell(first).is_some() {
                    return Err(Damaged);
                }
                for (slot, byte) in seen.iter_mut().zip(first) {
                    *slot = *byte;
                }
                Ok(Self::Unknown {
                    seen,
                    len: first.len(),
                })
            }
            1 => Ok(Self::Utf8),
            2 => Ok(Self::Utf16(Utf16 {
                big_endian: reader.flag()?,
                half: reader.option(Reader::byte)?,
                high: reader.option(|reader| {
                    let unit = u16::try_from(reader.number()?).map_err(|_| Damaged)?;
                    match unit {
                        0xd800..0xdc00 => Ok(unit),
                        _ => Err(Damaged),
                    }
                })?,
            })),
            _ => Err(Damaged),
        }
    }
}

/// The encoding of an input that begins with `first`, and the length of its
/// byte order mark; none where more bytes are needed.
fn tell(first: &[u8]) -> Option<(Encoding, usize)> {
    let utf16 = |big_endian| {
        Encoding::Utf16(Utf16 {
            big_endian,
            ..Utf16::default()
        })
    };
    match first {
        [] | [_] | [0xef, 0xbb] => None,
        [0xef, 0xbb, 0xbf, ..] => Some((Encoding::Utf8, 3)),
        [0xff, 0xfe, ..] => Some((utf16(false), 2)),
        [0xfe, 0xff, ..] => Some((utf16(true), 2)),
        [character, 0, ..] if is_text(*character) => Some((utf16(false), 0)),
        [0, character, ..] if is_text(*character) => Some((utf16(true), 0)),
        _ => Some((Encoding::Utf8, 0)),
    }
}

fn is_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n')
}

impl Utf16 {
    fn push(&mut self, bytes: &[u8], out: &mut dyn FnMut(&[u8])) {
        let mut text = String::new();
        let mut rest = bytes;
        if let (Some(first), Some((&second, after))) = (self.half, rest.split_first()) {
            self.half = None;
            self.unit([first, second], &mut text);
            rest = after;
        }
        let (units, odd) = rest.as_chunks::<2>();
        for unit in units {
            self.unit(*unit, &mut text);
            if text.len() >= BLOCK_BYTES {
                out(text.as_bytes());
                text.clear();
            }
        }
        if let [byte] = odd {
            self.half = Some(*byte);
        }
        if !text.is_empty() {
            out(text.as_bytes());
        }
    }

    fn unit(&mut self, bytes: [u8; 2], text: &mut String) {
        let unit = if self.big_endian {
            u16::from_be_bytes(bytes)
        } else {
            u16::from_le_bytes(bytes)
        };
        if let Some(high) = self.high.take() {
            if let Some(Ok(character)) = char::decode_utf16([high, unit]).next() {
                text.push(character);
                return;
            }
            text.push(char::REPLACEMENT_CHARACTER);
        }
        if (0xd800..0xdc00).contains(&unit) {
            self.high = Some(unit);
        } else {
            let character = char::from_u32(u32::from(unit));
            text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }
}
