//! CSV rows, quoted as in RFC 4180.
//!
//! A quote opens a quoted value only at the value's begin, and a line break
//! inside it is part of it. Lines without anything are skipped. The first row is
//! the header, even one that is malformed: rows without names would otherwise
//! take the values of an event for them.

use super::{Feed, Keep, Reason, RecordKind};
use crate::snapshot::{Damaged, Reader, Writer};
use memchr::{memchr, memchr2};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Before the first byte of a row.
    #[default]
    Between,
    /// Before the first byte of a value.
    Begin,
    /// In a value without quotes, or behind the closing quote's neighbour.
    Bare,
    Quoted,
    /// After a quote in a quoted value: its end, or the first of two.
    Quote,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Csv {
    state: State,
    start: u64,
    has_header: bool,
}

impl Csv {
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "it goes on by bytes that are there, no further than their end"
    )]
    pub(super) fn push(&mut self, feed: &mut Feed<'_>) {
        let bytes = feed.bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let rest = bytes.get(at..).unwrap_or_default();
            at += match (self.state, byte) {
                (State::Between, b'\r' | b'\n') => 1,
                (State::Between, _) => {
                    self.start = feed.offset(at);
                    self.state = State::Begin;
                    0
                }
                (State::Begin | State::Quote, b'"') => {
                    self.state = State::Quoted;
                    1
                }
                (State::Quoted, _) => match memchr(b'"', rest) {
                    Some(len) => {
                        self.state = State::Quote;
                        len + 1
                    }
                    None => rest.len(),
                },
                (_, b'\n') => {
                    self.row(feed.offset(at), feed);
                    1
                }
                (_, b',') => {
                    self.state = State::Begin;
                    1
                }
                (State::Begin | State::Bare | State::Quote, _) => {
                    self.state = State::Bare;
                    memchr2(b',', b'\n', rest).unwrap_or(rest.len())
                }
            };
        }
        feed.keep(self.keeps(feed.end()));
    }

    /// What is held of the bytes before `end`.
    pub(super) fn keeps(&self, end: u64) -> Keep {
        match self.state {
            State::Between => Keep::Nothing,
            _ => Keep::Record {
                start: self.start,
                end,
            },
        }
    }

    pub(super) fn finish(&mut self, feed: &mut Feed<'_>) {
        match self.state {
            State::Between => {}
            State::Quoted => feed.malformed(Reason::OpenQuote, self.start, feed.end()),
            State::Begin | State::Bare | State::Quote => self.row(feed.end(), feed),
        }
    }

    fn row(&mut self, end: u64, feed: &mut Feed<'_>) {
        let kind = if self.has_header {
            RecordKind::CsvRow
        } else {
            RecordKind::CsvHeader
        };
        self.has_header = true;
        self.state = State::Between;
        feed.record(kind, self.start, end);
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.byte(match self.state {
            State::Between => 0,
            State::Begin => 1,
            State::Bare => 2,
            State::Quoted => 3,
            State::Quote => 4,
        });
        writer.number(self.start);
        writer.flag(self.has_header);
    }

    /// Reads a state in which the next byte is the one at `offset`.
    pub(super) fn read(reader: &mut Reader<'_>, offset: u64) -> Result<Self, Damaged> {
        let csv = Csv {
            state: match reader.byte()? {
                0 => State::Between,
                1 => State::Begin,
                2 => State::Bare,
                3 => State::Quoted,
                4 => State::Quote,
                _ => return Err(Damaged),
            },
            start: reader.number()?,
            has_header: reader.flag()?,
        };
        if csv.start <= offset {
            Ok(csv)
        } else {
            Err(Damaged)
        }
    }

    pub(super) fn is_between(&self) -> bool {
        self.state == State::Between
    }
}
