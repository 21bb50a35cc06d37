//! The state of a framer in a snapshot, and the small words of a frame.

use super::csv::Csv;
use super::feed::{Held, Keep};
use super::json::Json;
use super::text::Text;
use super::xml::Xml;
use super::{Format, LAST_BEGIN, Reason, RecordKind, Records, Scanner};
use crate::snapshot::{Damaged, Reader, Writer};

impl Records {
    pub(super) fn write(&self, writer: &mut Writer) {
        self.format.write(writer);
        writer.number(self.first);
        writer.number(self.offset);
        writer.option(self.scanner.as_ref(), |writer, scanner| {
            scanner.write(writer)
        });
        // The limit means something to what is held alone.
        if self.keeps() != Keep::Nothing {
            writer.count(self.max);
            self.held.write(writer);
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>, max: usize) -> Result<Self, Damaged> {
        let format = Format::read(reader)?;
        let first = reader.number()?;
        let offset = reader.number()?;
        if first > offset || first > LAST_BEGIN || offset > 2 * LAST_BEGIN {
            return Err(Damaged);
        }
        let mut records = Records {
            format,
            max,
            scanner: reader.option(|reader| Scanner::read(reader, offset))?,
            held: Held::default(),
            first,
            offset,
        };
        if !records.has_scanner_of_format() {
            return Err(Damaged);
        }
        let keep = records.keeps();
        if keep != Keep::Nothing {
            let written = usize::try_from(reader.number()?).unwrap_or(usize::MAX);
            records.held = Held::read(reader, keep, written)?;
            records.max = max.min(written);
            if keep.length(records.max) < keep.length(written) && records.holds_line() {
                // All of the line is needed still.
                records.max = written;
            }
            records.held.cut(keep.length(records.max));
        }
        Ok(records)
    }

    fn holds_line(&self) -> bool {
        self.scanner.as_ref().is_some_and(Scanner::holds_line)
    }

    fn keeps(&self) -> Keep {
        let scanner = self.scanner.as_ref();
        scanner.map_or(Keep::Nothing, |scanner| scanner.keeps(self.offset))
    }

    fn has_scanner_of_format(&self) -> bool {
        matches!(
            (self.format, &self.scanner),
            (_, None)
                | (Format::Auto | Format::Json, Some(Scanner::Json(_)))
                | (Format::Auto | Format::Xml, Some(Scanner::Xml(_)))
                | (Format::Auto | Format::Text, Some(Scanner::Text(_)))
                | (Format::Csv, Some(Scanner::Csv(_)))
        )
    }
}

impl Scanner {
    fn write(&self, writer: &mut Writer) {
        match self {
            Scanner::Json(json) => {
                writer.byte(0);
                json.write(writer);
            }
            Scanner::Xml(xml) => {
                writer.byte(1);
                xml.write(writer);
            }
            Scanner::Text(text) => {
                writer.byte(2);
                text.write(writer);
            }
            Scanner::Csv(csv) => {
                writer.byte(3);
                csv.write(writer);
            }
        }
    }

    /// Reads a scanner whose next byte is the one at `offset`.
    fn read(reader: &mut Reader<'_>, offset: u64) -> Result<Self, Damaged> {
        Ok(match reader.byte()? {
            0 => Scanner::Json(Json::read(reader, offset)?),
            1 => Scanner::Xml(Xml::read(reader, offset)?),
            2 => Scanner::Text(Text::read(reader, offset)?),
            3 => Scanner::Csv(Csv::read(reader, offset)?),
            _ => return Err(Damaged),
        })
    }

    /// Is a line held that may be passed over?
    fn holds_line(&self) -> bool {
        matches!(self, Scanner::Json(json) if json.holds_line())
    }

    /// What is held of the bytes before `end`, where the next push begins.
    fn keeps(&self, end: u64) -> Keep {
        match self {
            Scanner::Json(json) => json.keeps(end),
            Scanner::Xml(xml) => xml.keeps(end),
            Scanner::Text(text) => text.keeps(end),
            Scanner::Csv(csv) => csv.keeps(end),
        }
    }

    /// Would the end of the input give nothing here?
    pub(super) fn is_between(&self) -> bool {
        match self {
            Scanner::Json(json) => json.is_between(),
            Scanner::Xml(xml) => xml.is_between(),
            Scanner::Text(text) => text.is_between(),
            Scanner::Csv(csv) => csv.is_between(),
        }
    }
}

/// A table of all of a kind; a word is written as its place.
trait Word: Copy + PartialEq + 'static {
    const ALL: &'static [Self];
}

impl Word for Format {
    const ALL: &'static [Self] = &[
        Format::Auto,
        Format::Json,
        Format::Xml,
        Format::Text,
        Format::Csv,
    ];
}

impl Word for RecordKind {
    const ALL: &'static [Self] = &[
        RecordKind::Json,
        RecordKind::Xml,
        RecordKind::ClassicText,
        RecordKind::TextLine,
        RecordKind::CsvHeader,
        RecordKind::CsvRow,
    ];
}

impl Word for Reason {
    const ALL: &'static [Self] = &[
        Reason::TooLong,
        Reason::Truncated,
        Reason::LineBreakInString,
        Reason::TooDeep,
        Reason::Structure,
        Reason::NotAnObject,
        Reason::NotJson,
        Reason::NoEvent,
        Reason::TextBetweenEvents,
        Reason::OpenQuote,
    ];
}

fn write<W: Word>(word: W, writer: &mut Writer) {
    // Each is in its table; a place beyond it would be refused when it is read.
    let place = W::ALL.iter().position(|one| *one == word);
    writer.count(place.unwrap_or(W::ALL.len()));
}

fn read<W: Word>(reader: &mut Reader<'_>) -> Result<W, Damaged> {
    W::ALL.get(reader.count()?).copied().ok_or(Damaged)
}

macro_rules! words {
    ($($word:ident)*) => {$(
        impl $word {
            /// Writes it.
            pub(crate) fn write(self, writer: &mut Writer) {
                write(self, writer);
            }

            /// Reads one.
            pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
                read(reader)
            }
        }
    )*};
}

words! { Format RecordKind Reason }
