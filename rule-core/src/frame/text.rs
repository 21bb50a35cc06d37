//! Lines of text, and the classic text form of Windows events.
//!
//! A classic event begins at a line with date and time and nothing else, if the
//! line after it starts with `LogName=`, and goes to the next such begin. Lines
//! before the first one are a record each; so are all lines of an input that
//! has none.
//!
//! The line that may begin an event, with what follows until that is settled,
//! is held apart (`ahead`): it is either the first of an event, or goes to the
//! event or line that it is part of. It is short by its form.

mod form;

use alloc::vec::Vec;

use super::{Feed, Keep, RecordKind};
use memchr::memchr;

/// What the second line of a classic event starts with.
const SECOND_LINE: &[u8] = b"LogName=";

/// A date line is no longer than this, its line break included.
const MAX_DATE_LINE: usize = 40;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Line {
    /// At its begin, or all of it so far fits a date line and is in `ahead`.
    #[default]
    MayBeDate,
    /// The line before is a date line, and this one has the first bytes of
    /// [`SECOND_LINE`], so many.
    MayBeSecond(usize),
    /// Neither.
    Other,
}

#[derive(Clone, Debug)]
pub(super) struct Text {
    line: Line,
    line_start: u64,
    /// The line has blanks only, so far.
    blank: bool,
    /// Where the classic event in progress began.
    event: Option<u64>,
    /// The bytes from `ahead_start` on that may begin an event.
    ahead: Vec<u8>,
    ahead_start: u64,
}

impl Default for Text {
    fn default() -> Self {
        Self {
            line: Line::default(),
            line_start: 0,
            // An input without a byte has no line.
            blank: true,
            event: None,
            ahead: Vec::new(),
            ahead_start: 0,
        }
    }
}

impl Text {
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "it goes on by bytes that are there, no further than their end"
    )]
    pub(super) fn push(&mut self, feed: &mut Feed<'_>) {
        let bytes = feed.bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            at += match self.line {
                Line::MayBeDate => self.date_byte(byte, at, feed),
                Line::MayBeSecond(matched) => self.second_byte(byte, matched, feed),
                Line::Other => {
                    let rest = bytes.get(at..).unwrap_or_default();
                    let len = memchr(b'\n', rest).unwrap_or(rest.len());
                    let part = rest.get(..len).unwrap_or_default();
                    self.blank = self.blank && part.trim_ascii().is_empty();
                    if len < rest.len() {
                        self.end_line(feed.offset(at + len), feed);
                        len + 1
                    } else {
                        len
                    }
                }
            };
        }
        feed.keep(self.keeps(feed.end()));
    }

    /// What is held of the bytes before `end`.
    pub(super) fn keeps(&self, end: u64) -> Keep {
        let start = match (self.event, self.line) {
            (Some(start), _) => start,
            (None, Line::Other) => self.line_start,
            (None, _) => return Keep::Nothing,
        };
        let end = if self.ahead.is_empty() {
            end
        } else {
            self.ahead_start
        };
        Keep::Record { start, end }
    }

    pub(super) fn finish(&mut self, feed: &mut Feed<'_>) {
        if !self.ahead.is_empty() {
            self.settle_as_text(feed);
        }
        match self.event {
            Some(start) => feed.record(RecordKind::ClassicText, start, feed.end()),
            None => self.end_line(feed.end(), feed),
        }
    }

    /// How many bytes are held here.
    pub(super) fn ahead(&self) -> usize {
        self.ahead.len()
    }

    /// Takes a byte at the begin of a line, or behind what may be a date. Gives
    /// how many bytes are done with.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a place among the bytes, behind one that is there"
    )]
    fn date_byte(&mut self, byte: u8, at: usize, feed: &mut Feed<'_>) -> usize {
        if self.ahead.is_empty() {
            self.ahead_start = feed.offset(at);
            self.line_start = feed.offset(at);
            self.blank = true;
        }
        if byte == b'\n' && is_date_line(&self.ahead) {
            self.ahead.push(byte);
            self.line = Line::MayBeSecond(0);
            self.line_start = feed.offset(at + 1);
            return 1;
        }
        let fits = match byte {
            b'0'..=b'9' => true,
            b'/' | b':' | b'.' | b' ' | b'A' | b'P' | b'M' | b'\r' => !self.ahead.is_empty(),
            _ => false,
        };
        if fits && self.ahead.len() < MAX_DATE_LINE {
            self.ahead.push(byte);
            1
        } else {
            self.settle_as_text(feed);
            self.line = Line::Other;
            0
        }
    }

    /// Takes a byte of the line after a date line.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a byte of the second line was matched, so no more than it has"
    )]
    fn second_byte(&mut self, byte: u8, matched: usize, feed: &mut Feed<'_>) -> usize {
        if SECOND_LINE.get(matched) != Some(&byte) {
            self.settle_as_text(feed);
            return 0;
        }
        self.ahead.push(byte);
        self.line = Line::MayBeSecond(matched + 1);
        if matched + 1 == SECOND_LINE.len() {
            if let Some(start) = self.event {
                feed.record(RecordKind::ClassicText, start, self.ahead_start);
            }
            feed.restart(self.ahead_start, &self.ahead);
            self.event = Some(self.ahead_start);
            self.ahead.clear();
            self.line = Line::Other;
        }
        1
    }

    /// What is ahead begins no event: it goes where lines go.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "the second line, which may be one, began behind the first"
    )]
    fn settle_as_text(&mut self, feed: &mut Feed<'_>) {
        let matched = match self.line {
            Line::MayBeSecond(matched) => Some(matched),
            Line::MayBeDate | Line::Other => None,
        };
        self.line = match matched {
            // Nothing of the line at hand was taken: it may be a date line too.
            Some(0) => Line::MayBeDate,
            _ => Line::Other,
        };
        if let Some(start) = self.event {
            feed.join(start, self.ahead_start, &self.ahead);
        } else {
            feed.restart(self.ahead_start, &self.ahead);
            if matched.is_some() {
                let end = self.line_start.saturating_sub(1);
                feed.record(RecordKind::TextLine, self.ahead_start, end);
                let done = usize::try_from(self.line_start - self.ahead_start);
                let rest = done.ok().and_then(|done| self.ahead.get(done..));
                feed.restart(self.line_start, rest.unwrap_or_default());
            }
        }
        self.blank = match matched {
            Some(matched) => matched == 0,
            None => self.ahead.is_empty(),
        };
        self.ahead.clear();
    }

    /// Ends a line that is no date line, at the offset of its line break.
    fn end_line(&mut self, end: u64, feed: &mut Feed<'_>) {
        if self.event.is_none() && !self.blank {
            feed.record(RecordKind::TextLine, self.line_start, end);
        }
        self.line = Line::MayBeDate;
        self.blank = true;
    }
}

/// Is the line a date and a time of day and nothing else, as in
/// `11/14/2024 11:10:32 AM`? Milliseconds may follow the seconds, and AM or PM
/// may be missing.
fn is_date_line(line: &[u8]) -> bool {
    let mut rest = line.trim_ascii_end();
    let form: [(usize, usize, u8); 6] = [
        (1, 2, b'/'),
        (1, 2, b'/'),
        (4, 4, b' '),
        (1, 2, b':'),
        (2, 2, b':'),
        (2, 2, 0),
    ];
    for (least, most, separator) in form {
        let digits = digits(rest);
        if !(least..=most).contains(&digits) {
            return false;
        }
        rest = rest.get(digits..).unwrap_or_default();
        if separator != 0 {
            match rest.split_first() {
                Some((&found, after)) if found == separator => rest = after,
                _ => return false,
            }
        }
    }
    if let Some(fraction) = rest.strip_prefix(b".") {
        let digits = digits(fraction);
        if !(1..=9).contains(&digits) {
            return false;
        }
        rest = fraction.get(digits..).unwrap_or_default();
    }
    matches!(rest, b"" | b" AM" | b" PM")
}

fn digits(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count()
}
