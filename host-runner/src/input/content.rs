//! What a stream holds, by its first bytes: packed, .evtx, or as it is.

use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use event_log::{EVTX, Events};

use super::zstd::Frames;

/// How often a stream may be packed within itself: enough for `.evtx.gz.zst`,
/// and an end for a file that unpacks to itself.
const DEPTH: usize = 4;

/// As many bytes as the longest mark has.
const MARK: usize = 8;

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// The size of the reads from a packed file.
const PACKED_BUFFER: usize = 64 * 1024;

/// The form of an input's records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// By the first bytes
    Auto,
    /// JSON, one record a line or as an array
    #[value(alias = "json", alias = "jsonl")]
    Ndjson,
    /// Windows event XML
    Xml,
    /// Classic text of Windows events
    Text,
    /// CSV with a header
    Csv,
    /// A Windows event log file
    Evtx,
}

impl Format {
    /// The name that `rule_input` takes.
    #[must_use]
    pub fn abi_name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Ndjson => "json",
            Self::Xml | Self::Evtx => "xml",
            Self::Text => "text",
            Self::Csv => "csv",
        }
    }

    /// What a file's name says: CSV cannot be told from text by its bytes.
    pub(crate) fn of_name(path: &Path) -> Self {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().to_lowercase());
        let name = name.unwrap_or_default();
        let unpacked = name
            .strip_suffix(".gz")
            .or_else(|| name.strip_suffix(".zst"));
        match unpacked.unwrap_or(&name).ends_with(".csv") {
            true => Self::Csv,
            false => Self::Auto,
        }
    }
}

/// An unpacked stream.
pub(super) enum Content {
    /// Bytes as they are.
    Plain(Box<dyn Read>),
    /// A Windows event log file, as Event XML.
    Evtx(Box<Events>),
}

/// Whether the beginning of a file says that it is not to be read as it is: packed,
/// or an event log. None where it is too short to tell.
pub(crate) fn is_wrapped(beginning: &[u8]) -> Option<bool> {
    let marks = [GZIP, ZSTD, EVTX];
    if marks.iter().any(|mark| beginning.starts_with(mark)) {
        return Some(true);
    }
    match marks.iter().any(|mark| mark.starts_with(beginning)) {
        true => None,
        false => Some(false),
    }
}

/// Unpacks a stream until what is left is a log; whether it was packed at all.
pub(super) fn open(source: Box<dyn Read>, format: Format) -> io::Result<(Content, bool)> {
    let mut source = source;
    for depth in 0..DEPTH {
        let (mark, whole) = peek(source)?;
        if mark.starts_with(GZIP) {
            source = Box::new(MultiGzDecoder::new(BufReader::with_capacity(
                PACKED_BUFFER,
                whole,
            )));
        } else if mark.starts_with(ZSTD) {
            source = Box::new(Frames::new(BufReader::with_capacity(PACKED_BUFFER, whole)));
        } else if matches!(format, Format::Auto | Format::Evtx) && mark == EVTX {
            return Ok((Content::Evtx(Box::new(Events::new(whole))), depth > 0));
        } else if format == Format::Evtx {
            return Err(io::Error::other(
                "it is no .evtx file; leave `--format` away to have it recognised",
            ));
        } else {
            return Ok((Content::Plain(whole), depth > 0));
        }
    }
    Err(io::Error::other(format!(
        "it is packed more than {DEPTH} times; unpack it first"
    )))
}

/// The first bytes of a stream, and the stream with those bytes in it still.
fn peek(mut source: Box<dyn Read>) -> io::Result<(Vec<u8>, Box<dyn Read>)> {
    let mut mark = Vec::with_capacity(MARK);
    source.by_ref().take(MARK as u64).read_to_end(&mut mark)?;
    let whole = Box::new(Cursor::new(mark.clone()).chain(source));
    Ok((mark, whole))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory")
    }

    fn zst(bytes: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
    }

    fn read(bytes: Vec<u8>) -> io::Result<String> {
        match open(Box::new(Cursor::new(bytes)), Format::Auto)?.0 {
            Content::Plain(mut plain) => {
                let mut text = String::new();
                plain.read_to_string(&mut text)?;
                Ok(text)
            }
            Content::Evtx(_) => Ok("evtx".to_owned()),
        }
    }

    #[test]
    fn packed_by_content() {
        let line = b"{\"a\":1}\n";
        for (name, bytes, expected) in [
            ("plain", line.to_vec(), "{\"a\":1}\n"),
            ("empty", Vec::new(), ""),
            ("shorter than a mark", b"{".to_vec(), "{"),
            ("gz", gz(line), "{\"a\":1}\n"),
            (
                "two members",
                [gz(line), gz(line)].concat(),
                "{\"a\":1}\n{\"a\":1}\n",
            ),
            ("zst", zst(line), "{\"a\":1}\n"),
            (
                "two frames",
                [zst(line), zst(line)].concat(),
                "{\"a\":1}\n{\"a\":1}\n",
            ),
            ("gz in zst", zst(&gz(line)), "{\"a\":1}\n"),
            ("evtx in gz", gz(b"ElfFile\0"), "evtx"),
        ] {
            assert_eq!(read(bytes).expect(name), expected, "{name}");
        }
    }

    #[test]
    fn a_cut_file_gives_what_it_has_and_an_error() {
        let text = "0123456789abcdef".repeat(20_000);
        for (name, packed) in [("gz", gz(text.as_bytes())), ("zst", zst(text.as_bytes()))] {
            let cut = packed
                .get(..packed.len() - 12)
                .expect("long enough")
                .to_vec();
            let Ok((Content::Plain(mut plain), true)) =
                open(Box::new(Cursor::new(cut)), Format::Auto)
            else {
                panic!("{name}: it opens");
            };
            let mut bytes = Vec::new();
            let mut buffer = [0; 4096];
            let failed = loop {
                match plain.read(&mut buffer) {
                    Ok(0) => break false,
                    Ok(read) => bytes.extend_from_slice(&buffer[..read]),
                    Err(_) => break true,
                }
            };
            assert!(failed, "{name}: the cut is an error");
            assert!(
                text.as_bytes().starts_with(&bytes),
                "{name}: what came is right"
            );
            assert!(!bytes.is_empty(), "{name}: something came");
        }
    }

    #[test]
    fn a_limit_to_packing() {
        let mut bytes = b"{}".to_vec();
        for _ in 0..DEPTH {
            bytes = gz(&bytes);
        }
        let error = read(bytes).expect_err("too deep");
        assert!(error.to_string().contains("packed more than"), "{error}");
    }

    #[test]
    fn what_a_beginning_says() {
        for (beginning, expected) in [
            (&b""[..], None),
            (b"E", None),
            (b"\x1f", None),
            (b"{", Some(false)),
            (b"ElfFolk", Some(false)),
            (b"ElfFile\0..", Some(true)),
            (b"\x1f\x8b", Some(true)),
        ] {
            assert_eq!(is_wrapped(beginning), expected, "{beginning:?}");
        }
    }

    #[test]
    fn what_is_said_to_be_evtx_and_is_not() {
        let error = open(Box::new(Cursor::new(b"{}".to_vec())), Format::Evtx).err();
        assert!(error.is_some_and(|error| error.to_string().contains("no .evtx file")));
    }

    #[test]
    fn csv_by_name() {
        for (name, expected) in [
            ("export.csv", Format::Csv),
            ("EXPORT.CSV.gz", Format::Csv),
            ("a.json", Format::Auto),
            ("csv", Format::Auto),
        ] {
            assert_eq!(Format::of_name(Path::new(name)), expected, "{name}");
        }
    }
}
