//! Bytes to records, whatever the split of the bytes.
//!
//! A [`Framer`] is pushed the bytes of one input and gives its records, each a
//! slice that is whole: a JSON object, an `Event` element, a classic Windows
//! event, a line of text, a row of CSV. The same bytes give the same frames,
//! however they are cut into pushes.
//!
//! ```text
//! bytes ─ encoding ─ UTF-8 ─┬─ json ─┐
//!          BOM, UTF-16      ├─ xml  ─┤
//!                           ├─ text ─┼─ feed ─ frames
//!                           └─ csv  ─┘  borrowed, or joined with what is held
//! ```
//!
//! # Cost
//!
//! Each scanner is an automaton that looks at a byte once and goes on where it
//! stopped, so a record that comes byte by byte costs what it costs whole. A
//! record that lies whole in a push is borrowed from it. Only the unfinished
//! record is held, and of a record longer than the limit, of garbage and of
//! text between events only the first [`SAMPLE_BYTES`].
//!
//! # Offsets
//!
//! An offset counts bytes of the UTF-8 text: after conversion from UTF-16, and
//! without the byte order mark. For an input that is UTF-8 without such a mark
//! it is the offset in the input.
//!
//! # Snapshots
//!
//! The state is plain data: the encoding with its half characters (at most
//! three bytes), the format, the offset of the next byte, the bytes held, and the
//! scanner's own numbers. It holds no pointer and nothing of earlier records.

mod csv;
mod encoding;
mod feed;
mod form;
mod json;
mod lines;
mod sink;
#[cfg(test)]
mod tests;
mod text;
mod xml;

use alloc::vec::Vec;

use encoding::Encoding;
use feed::{Feed, Held, Keep};
pub(crate) use lines::object_of;
pub use sink::Sink;

use crate::snapshot::{Damaged, Reader, Writer};

/// A part of an input begins no later than here, and no input goes on beyond
/// twice as much, so that adding to an offset never runs over.
const LAST_BEGIN: u64 = 1 << 62;

/// How many bytes of a malformed record are kept, at most.
pub const SAMPLE_BYTES: usize = 256;

/// How the bytes of an input are cut into records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Told by the first byte that is neither byte order mark nor blank: `{` and
    /// `[` are JSON, `<` is XML, anything else is text.
    #[default]
    Auto,
    /// JSON objects: one a line, pretty-printed, one after another, or the
    /// elements of arrays.
    Json,
    /// `Event` elements of the Windows event log, wherever they stand.
    Xml,
    /// Classic Windows event text; outside of it, each line is a record.
    Text,
    /// CSV with a header, delimited by commas, as in RFC 4180.
    Csv,
}

/// What a record is, and so which decoder reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordKind {
    /// One JSON object.
    Json,
    /// One `Event` element, from its start tag to its end tag.
    Xml,
    /// A Windows event in its classic text form: a line with date and time, a
    /// line that starts with `LogName=`, and what follows.
    ClassicText,
    /// A line of other text, without its line break.
    TextLine,
    /// The first row of a CSV input. There is one at most: where the first row
    /// is malformed, none.
    CsvHeader,
    /// A later row of a CSV input.
    CsvRow,
}

/// Why bytes are no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Longer than the framer's limit.
    TooLong,
    /// The input ends, or the next record begins, before this one is complete.
    Truncated,
    /// A JSON string with a line break that is not escaped.
    LineBreakInString,
    /// JSON containers in more than 256 levels.
    TooDeep,
    /// A bracket, comma or colon of JSON where none can be.
    Structure,
    /// An element of a top-level JSON array that is no object.
    NotAnObject,
    /// A line outside of JSON objects.
    NotJson,
    /// XML without an `Event` element.
    NoEvent,
    /// Text between `Event` elements.
    TextBetweenEvents,
    /// A quoted CSV value without its closing quote.
    OpenQuote,
}

impl Reason {
    /// The reason in the words of a message to the user.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::TooLong => "the record is longer than the limit for a record",
            Self::Truncated => "ends before the record does",
            Self::LineBreakInString => {
                "a line break inside a JSON string, which must be written `\\n`"
            }
            Self::TooDeep => "nested too deep, in more than 256 levels",
            Self::Structure => "a bracket, comma or colon stands where JSON has none",
            Self::NotAnObject => "an element of the array is no JSON object",
            Self::NotJson => "the line is no JSON object",
            Self::NoEvent => "the XML has no `Event` element",
            Self::TextBetweenEvents => "text stands between the `Event` elements",
            Self::OpenQuote => "a quoted CSV value has no closing quote",
        }
    }
}

/// What the framer finds, in the order of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// A record.
    Record {
        /// What it is.
        kind: RecordKind,
        /// All of it, in UTF-8 unless the input itself is broken there.
        bytes: &'a [u8],
        /// Where it begins.
        offset: u64,
    },
    /// Bytes that are no record, and are skipped.
    Malformed {
        /// Why.
        reason: Reason,
        /// The first of them, at most [`SAMPLE_BYTES`].
        bytes: &'a [u8],
        /// Where they begin.
        offset: u64,
    },
}

/// Cuts the bytes of one input into records.
///
/// # Examples
///
/// ```
/// # use rule_core::frame::{Format, Frame, Framer};
/// let mut framer = Framer::new(Format::Auto, 8 << 20);
/// let mut found = Vec::new();
/// let mut sink = |frame: Frame<'_>| {
///     if let Frame::Record { bytes, offset, .. } = frame {
///         found.push((offset, bytes.to_vec()));
///     }
/// };
/// framer.push(b"{\"EventID\":1}\n{\"Eve", &mut sink);
/// framer.push(b"ntID\":6}", &mut sink);
/// framer.finish(&mut sink);
/// assert_eq!(found[1], (14, b"{\"EventID\":6}".to_vec()));
/// ```
#[derive(Clone, Debug)]
pub struct Framer {
    encoding: Encoding,
    records: Records,
}

/// The part of a framer that sees UTF-8 only.
#[derive(Clone, Debug)]
struct Records {
    format: Format,
    max: usize,
    scanner: Option<Scanner>,
    held: Held,
    /// Where the input's first byte stands, and where the next one does.
    first: u64,
    offset: u64,
}

#[derive(Clone, Debug)]
enum Scanner {
    Json(json::Json),
    Xml(xml::Xml),
    Text(text::Text),
    Csv(csv::Csv),
}

impl Framer {
    /// A framer at the begin of an input. A record longer than
    /// `max_record_bytes`, in UTF-8 and with the line break that ends it, is
    /// [`Reason::TooLong`].
    #[must_use]
    pub fn new(format: Format, max_record_bytes: usize) -> Self {
        Self {
            encoding: Encoding::default(),
            records: Records {
                format,
                max: max_record_bytes,
                scanner: None,
                held: Held::default(),
                first: 0,
                offset: 0,
            },
        }
    }

    /// A framer for a part of an input, whose first byte stands at `offset` of the
    /// text; it is the first of a line.
    #[must_use]
    pub fn starting_at(format: Format, max_record_bytes: usize, offset: u64) -> Self {
        let mut framer = Self::new(format, max_record_bytes);
        framer.records.offset = offset.min(LAST_BEGIN);
        framer.records.first = framer.records.offset;
        framer
    }

    /// Takes the next bytes of the input, and gives the frames that they
    /// complete to `sink`.
    pub fn push(&mut self, bytes: &[u8], sink: &mut dyn Sink) {
        let Self { encoding, records } = self;
        encoding.push(bytes, &mut |utf8| records.push(utf8, sink));
    }

    /// Ends the input: gives its last record, as a record where nothing of it
    /// is missing, else as malformed. The framer is then as new, for another
    /// input of the same format.
    pub fn finish(&mut self, sink: &mut dyn Sink) {
        let Self { encoding, records } = self;
        encoding.finish(&mut |utf8| records.push(utf8, sink));
        records.finish(sink);
        *self = Self::new(self.records.format, self.records.max);
    }

    /// Would the end of the input give nothing: neither a record nor a malformed one?
    #[must_use]
    pub fn is_between(&self) -> bool {
        let scanner = self.records.scanner.as_ref();
        scanner.is_none_or(Scanner::is_between) && self.encoding.pending() == 0
    }

    /// Writes it as it is in the middle of the input.
    pub(crate) fn write(&self, writer: &mut Writer) {
        self.encoding.write(writer);
        self.records.write(writer);
    }

    /// Reads one. Where a record is in progress, the input goes on under the limit
    /// that it was written under, if that is the smaller one: of a record that
    /// was too long there is no more than a sample.
    pub(crate) fn read(reader: &mut Reader<'_>, max_record_bytes: usize) -> Result<Self, Damaged> {
        let encoding = Encoding::read(reader)?;
        let records = Records::read(reader, max_record_bytes)?;
        // Before the encoding is told, nothing is passed on.
        let nothing_yet = records.scanner.is_none() && records.first == records.offset;
        if encoding.is_unknown() && !nothing_yet {
            return Err(Damaged);
        }
        Ok(Self { encoding, records })
    }

    /// How many bytes are held of records that are not complete.
    #[must_use]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "lengths of texts that are in memory side by side"
    )]
    pub fn pending(&self) -> usize {
        let ahead = match &self.records.scanner {
            Some(Scanner::Xml(xml)) => xml.ahead(),
            Some(Scanner::Text(text)) => text.ahead(),
            Some(Scanner::Json(_) | Scanner::Csv(_)) | None => 0,
        };
        self.encoding.pending() + self.records.held.bytes().len() + ahead
    }
}

impl Records {
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "an offset, behind bytes that are there; they are argued in the feed"
    )]
    fn push(&mut self, bytes: &[u8], sink: &mut dyn Sink) {
        let scanner = match &mut self.scanner {
            Some(scanner) => scanner,
            None => match Scanner::choose(self.format, bytes, self.first) {
                Some((scanner, blanks)) => {
                    let rest = bytes.get(blanks..).unwrap_or_default();
                    self.scanner = Some(scanner);
                    self.offset += blanks as u64;
                    return self.push(rest, sink);
                }
                None => {
                    self.offset += bytes.len() as u64;
                    return;
                }
            },
        };
        let (offset, held, max) = (self.offset, &mut self.held, self.max);
        match scanner {
            Scanner::Json(json) => lines::push(json, bytes, offset, held, max, sink),
            Scanner::Xml(xml) => xml.push(&mut Feed::new(bytes, offset, held, max, sink)),
            Scanner::Text(text) => text.push(&mut Feed::new(bytes, offset, held, max, sink)),
            Scanner::Csv(csv) => csv.push(&mut Feed::new(bytes, offset, held, max, sink)),
        }
        self.offset += bytes.len() as u64;
    }

    fn finish(&mut self, sink: &mut dyn Sink) {
        if let Some(Scanner::Json(json)) = &mut self.scanner {
            lines::read(json, &mut self.held, self.max, sink);
        }
        let mut feed = Feed::new(&[], self.offset, &mut self.held, self.max, sink);
        match &mut self.scanner {
            Some(Scanner::Json(json)) => json.finish(&mut feed),
            Some(Scanner::Xml(xml)) => xml.finish(&mut feed),
            Some(Scanner::Text(text)) => text.finish(&mut feed),
            Some(Scanner::Csv(csv)) => csv.finish(&mut feed),
            None => {}
        }
    }
}

impl Scanner {
    /// The scanner for the input that begins with `bytes`, and how many blanks
    /// stand before what it is told by; none where there are only blanks.
    fn choose(format: Format, bytes: &[u8], first: u64) -> Option<(Self, usize)> {
        Some(match format {
            Format::Json => (Self::Json(json::Json::starting_at(first)), 0),
            Format::Xml => (Self::Xml(xml::Xml::default()), 0),
            Format::Text => (Self::Text(text::Text::default()), 0),
            Format::Csv => (Self::Csv(csv::Csv::default()), 0),
            Format::Auto => {
                let blanks = bytes.iter().position(|&byte| !is_blank(byte))?;
                let scanner = match bytes.get(blanks)? {
                    b'{' | b'[' => Self::Json(json::Json::starting_at(first)),
                    b'<' => Self::Xml(xml::Xml::default()),
                    _ => Self::Text(text::Text::default()),
                };
                (scanner, blanks)
            }
        })
    }
}

/// Blanks and line breaks, as JSON and XML have them.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Appends, without the doubling of `Vec` beyond `max`.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "lengths in memory are below half of what a number holds, and there is room for no \
              less than there is"
)]
fn append_within(target: &mut Vec<u8>, bytes: &[u8], max: usize) {
    let needed = target.len() + bytes.len();
    if needed > target.capacity() {
        let room = needed.max((target.capacity() * 2).min(max));
        target.reserve_exact(room - target.len());
    }
    target.extend_from_slice(bytes);
}
