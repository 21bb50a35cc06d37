//! JSON records: the objects of the top level, or of top-level arrays.
//!
//! The scanner knows JSON's structure, so that it finds where an object ends,
//! and, where a writer was cut off, that it does not end: the next line goes on
//! with the object only if it can. What it does not check is left to the
//! decoder: numbers, literals, escapes, control characters.
//!
//! # Where a broken object ends
//!
//! - At a line break inside a string: JSON has none there.
//! - Before a `{` at the begin of a line that can't stand there, or a `[` at
//!   column 0. Also before a `{` that could stand there, but is at column 0 of an
//!   input whose last object was closed on its own line: such inputs are JSON
//!   lines, and no writer of them puts a value there.
//! - Else brackets are counted, and it ends where they are closed, or before a
//!   line that begins so, no further right than the object itself; where the
//!   object is all on one line, however far right.
//!
//! Nothing of this looks back: the bytes after a broken object are looked at
//! once, as all others.
//!
//! # Between objects
//!
//! Commas, blanks and the brackets of arrays. A `[` at column 0 always begins an
//! array, as the one before may have been cut off; an array that the input
//! leaves open is no fault, because no record of it is missing.
//!
//! # Lines that are passed over
//!
//! In an input of JSON lines a `{` at column 0 begins a record, whatever was before it. So
//! a line that begins with one and is followed by another can be passed over as a whole,
//! unread: nothing of it is left. That includes brackets: what they say counts up to the
//! next end of a record on the line, where it began with one.

mod form;

use super::{Feed, Keep, Reason, RecordKind, is_blank};
use memchr::{memchr, memchr3};

/// How many containers may be open, the record's own object included.
const MAX_DEPTH: u64 = 256;
/// Words with a bit for each of them.
const WORDS: usize = (MAX_DEPTH / 64) as usize;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Outside of records.
    Between,
    /// In a line that is no JSON, from `start`.
    Garbage,
    /// After `{`: a key or `}`.
    FirstKey,
    /// After `,` in an object: a key.
    Key,
    /// After a key.
    Colon,
    /// After `[`: a value or `]`.
    FirstValue,
    /// After `:`, or `,` in an array: a value.
    Value,
    /// After a value: `,` or the container's end.
    Next,
    /// In a number or literal.
    Scalar,
    /// In a string; `then` is the state after it. `escaped`: after a backslash.
    InString { then: AfterString, escaped: bool },
    /// In a record that is no JSON: brackets are counted.
    Broken,
    /// In a line, held from `start` on, that may be passed over.
    Line,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AfterString {
    Colon,
    Next,
    Broken,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Json {
    state: State,
    /// Open containers. In a broken record: those not closed yet.
    depth: u64,
    /// Of each open container, outermost first: is it an object?
    objects: [u64; WORDS],
    /// Where the record began, and the line that it began on.
    start: u64,
    start_line: u64,
    /// Where the current line began.
    line: u64,
    /// The current line has had a token.
    has_token: bool,
    in_array: bool,
    /// Where the current line began with a record, as lines do: `in_array` at its begin.
    array_of_line: Option<bool>,
    /// The last record was closed on the line that it began on.
    lines: bool,
    /// Why the record is broken, and whether it all stood on one line till then.
    reason: Reason,
    one_line: bool,
}

impl Default for Json {
    fn default() -> Self {
        Self {
            state: State::Between,
            depth: 0,
            objects: [0; WORDS],
            start: 0,
            start_line: 0,
            line: 0,
            has_token: false,
            in_array: false,
            array_of_line: None,
            lines: false,
            reason: Reason::Structure,
            one_line: false,
        }
    }
}

impl Json {
    /// For an input whose first byte, that of a line, stands at `first`.
    pub(super) fn starting_at(first: u64) -> Self {
        Self {
            line: first,
            ..Self::default()
        }
    }

    /// Takes bytes, and gives how many: all of them, or with `by_lines` up to where a line
    /// begins that may be passed over.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "it goes on by bytes that are there, no further than their end"
    )]
    pub(super) fn push(&mut self, feed: &mut Feed<'_>, by_lines: bool) -> usize {
        let bytes = feed.bytes();
        let mut at = 0;
        // That line is one to be read, or it would not be here.
        let begins_line = self.begins_line(feed.offset(at));
        while let Some(&byte) = bytes.get(at) {
            let is_first = begins_line && at == 0;
            if by_lines && !is_first && self.begins_line(feed.offset(at)) {
                break;
            }
            at = match self.state {
                State::InString { then, escaped } => self.string(bytes, at, then, escaped, feed),
                State::Garbage => match line_break(bytes, at) {
                    Some(end) => {
                        self.malformed(Reason::NotJson, feed.offset(end), feed);
                        end
                    }
                    None => bytes.len(),
                },
                State::Scalar => {
                    let rest = bytes.get(at..).unwrap_or_default();
                    match rest.iter().position(|&byte| ends_scalar(byte)) {
                        Some(len) => {
                            self.state = State::Next;
                            at + len
                        }
                        None => bytes.len(),
                    }
                }
                _ if byte == b'\n' => {
                    if self.state == State::Broken && self.depth == 0 {
                        self.malformed(self.reason, feed.offset(at), feed);
                    }
                    self.line_break(feed.offset(at + 1));
                    at + 1
                }
                _ if is_blank(byte) => at + 1,
                _ => {
                    let next = self.token(byte, at, feed);
                    self.has_token |= next > at;
                    next
                }
            };
        }
        feed.keep(self.keeps(feed.offset(at)));
        at
    }

    /// Is `offset` the begin of a line, of an input of lines, and of no record that is in
    /// progress?
    pub(super) fn begins_line(&self, offset: u64) -> bool {
        self.state == State::Between && self.lines && self.line == offset
    }

    /// Passes over lines, up to the one that begins at `offset`.
    pub(super) fn pass_to(&mut self, offset: u64) {
        self.state = State::Between;
        self.line_break(offset);
    }

    /// Holds the line that begins at `start`: more of it has to come.
    pub(super) fn hold_line(&mut self, start: u64) {
        self.state = State::Line;
        self.start = start;
    }

    /// Goes on where the line began that is held; gives where that is.
    pub(super) fn read_line(&mut self) -> Option<u64> {
        let is_held = self.state == State::Line;
        is_held.then(|| {
            self.state = State::Between;
            self.start
        })
    }

    /// The next line begins at `offset`.
    fn line_break(&mut self, offset: u64) {
        if self.state != State::Between {
            self.end_on_line();
        }
        self.array_of_line = None;
        self.line = offset;
        self.has_token = false;
    }

    /// A record ends on a line, or the line does.
    fn end_on_line(&mut self) {
        if let Some(in_array) = self.array_of_line {
            self.in_array = in_array;
        }
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
        let reason = match self.state {
            State::Between | State::Line => return,
            State::Garbage => Reason::NotJson,
            State::Broken => self.reason,
            State::InString {
                then: AfterString::Broken,
                ..
            } => self.reason,
            _ => Reason::Truncated,
        };
        self.malformed(reason, feed.end(), feed);
    }

    /// Goes on in a string at `at`; gives where to go on.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "it goes on by bytes that are there, no further than their end"
    )]
    fn string(
        &mut self,
        bytes: &[u8],
        mut at: usize,
        then: AfterString,
        mut escaped: bool,
        feed: &mut Feed<'_>,
    ) -> usize {
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            if escaped && rest.first() != Some(&b'\n') {
                escaped = false;
                at += 1;
                continue;
            }
            let Some(len) = memchr3(b'"', b'\\', b'\n', rest) else {
                break;
            };
            at += len;
            match bytes.get(at) {
                Some(b'"') => {
                    self.state = match then {
                        AfterString::Colon => State::Colon,
                        AfterString::Next => State::Next,
                        AfterString::Broken => State::Broken,
                    };
                    return at + 1;
                }
                Some(b'\n') => {
                    let reason = match then {
                        AfterString::Broken => self.reason,
                        _ => Reason::LineBreakInString,
                    };
                    self.malformed(reason, feed.offset(at), feed);
                    return at;
                }
                _ => {
                    escaped = true;
                    at += 1;
                }
            }
        }
        self.state = State::InString { then, escaped };
        bytes.len()
    }

    /// Takes the token that begins with `byte`, which is no blank; gives where
    /// to go on. That is `at` again where the token ended a broken record.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "it goes on by a byte that is there"
    )]
    fn token(&mut self, byte: u8, at: usize, feed: &mut Feed<'_>) -> usize {
        let here = feed.offset(at);
        let in_string = |then| State::InString {
            then,
            escaped: false,
        };
        match (self.state, byte) {
            (State::Between, _) => return self.between(byte, at, feed),
            (State::Broken, _) => return self.broken(byte, at, feed),
            (State::FirstKey | State::Key, b'"') => self.state = in_string(AfterString::Colon),
            (State::Colon, b':') => self.state = State::Value,
            (State::FirstValue | State::Value, b'{')
                if self.lines && self.first_on_line() && self.column(here) == 0 =>
            {
                self.malformed(Reason::Truncated, self.line, feed);
                return at;
            }
            (State::FirstValue | State::Value, b'{' | b'[') => self.open(byte == b'{'),
            (State::FirstValue | State::Value, b'"') => self.state = in_string(AfterString::Next),
            (State::FirstValue | State::Value, _) if !ends_scalar(byte) => {
                self.state = State::Scalar;
            }
            (State::Next, b',') if self.in_object() => self.state = State::Key,
            (State::Next, b',') => self.state = State::Value,
            (State::Next, b'}') if self.in_object() => self.close(here, feed),
            (State::Next, b']') if !self.in_object() => self.close(here, feed),
            (State::FirstKey, b'}') | (State::FirstValue, b']') => self.close(here, feed),
            _ if self.may_begin(byte, here) => {
                self.malformed(Reason::Truncated, self.line, feed);
                return at;
            }
            _ => {
                self.break_record(Reason::Structure);
                return at;
            }
        }
        at + 1
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "it goes on by a byte that is there"
    )]
    fn between(&mut self, byte: u8, at: usize, feed: &Feed<'_>) -> usize {
        let here = feed.offset(at);
        let begins_line = self.first_on_line() && self.column(here) == 0;
        match byte {
            b',' => return at + 1,
            b']' if self.in_array => {
                self.in_array = false;
                return at + 1;
            }
            b'[' if begins_line || !self.in_array => {
                self.in_array = true;
                return at + 1;
            }
            _ => {}
        }
        self.start = here;
        self.start_line = self.line;
        self.depth = 0;
        if begins_line && byte == b'{' && self.lines {
            self.array_of_line = Some(self.in_array);
        }
        if byte == b'{' {
            self.open(true);
            at + 1
        } else if self.in_array {
            self.break_record(Reason::NotAnObject);
            at
        } else {
            self.state = State::Garbage;
            at
        }
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a record begins behind the begin of its line, a bracket is a byte, so there \
                  are no more than offsets, and none is closed that is not open"
    )]
    fn broken(&mut self, byte: u8, at: usize, feed: &mut Feed<'_>) -> usize {
        let here = feed.offset(at);
        let column = self.start - self.start_line;
        match byte {
            // Only on a later line than its own: a token is never given back twice.
            _ if self.line != self.start_line
                && self.may_begin(byte, here)
                && (self.one_line || self.column(here) <= column) =>
            {
                self.malformed(self.reason, self.line, feed);
                return at;
            }
            b'"' => {
                self.state = State::InString {
                    then: AfterString::Broken,
                    escaped: false,
                };
            }
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' if self.depth > 1 => self.depth -= 1,
            b'}' | b']' if self.depth == 1 => self.malformed(self.reason, here + 1, feed),
            b',' | b']' if self.depth == 0 => {
                self.malformed(self.reason, here, feed);
                return at;
            }
            _ => {}
        }
        at + 1
    }

    /// Opens a container, or breaks the record where that is one too many.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a record that is not broken is no deeper than MAX_DEPTH"
    )]
    fn open(&mut self, object: bool) {
        let bit = 1 << (self.depth % 64);
        match self.objects.get_mut((self.depth / 64) as usize) {
            Some(word) => {
                *word = if object { *word | bit } else { *word & !bit };
                self.state = if object {
                    State::FirstKey
                } else {
                    State::FirstValue
                };
            }
            None => self.break_record(Reason::TooDeep),
        }
        self.depth += 1;
    }

    /// Closes the innermost container, with the bracket at `here`.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "an offset, of a byte that is there"
    )]
    fn close(&mut self, here: u64, feed: &mut Feed<'_>) {
        self.depth = self.depth.saturating_sub(1);
        self.state = State::Next;
        if self.depth == 0 {
            self.state = State::Between;
            self.lines = self.start_line == self.line;
            self.end_on_line();
            feed.record(RecordKind::Json, self.start, here + 1);
        }
    }

    fn in_object(&self) -> bool {
        let depth = self.depth.saturating_sub(1);
        let word = self.objects.get((depth / 64) as usize);
        word.is_some_and(|word| word >> (depth % 64) & 1 == 1)
    }

    fn break_record(&mut self, reason: Reason) {
        self.reason = reason;
        self.one_line = self.start_line == self.line;
        self.state = State::Broken;
    }

    fn malformed(&mut self, reason: Reason, end: u64, feed: &mut Feed<'_>) {
        self.state = State::Between;
        self.end_on_line();
        feed.malformed(reason, self.start, end);
    }

    /// Is the token at hand the first of its line?
    fn first_on_line(&self) -> bool {
        !self.has_token
    }

    /// Is the token at hand one that a line begins with where a record, or an
    /// array of them, does?
    fn may_begin(&self, byte: u8, here: u64) -> bool {
        self.first_on_line() && (byte == b'{' || (byte == b'[' && self.column(here) == 0))
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a line begins before what stands on it"
    )]
    fn column(&self, here: u64) -> u64 {
        here - self.line
    }
}

fn ends_scalar(byte: u8) -> bool {
    is_blank(byte) || matches!(byte, b',' | b':' | b'{' | b'}' | b'[' | b']' | b'"')
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "a place among the bytes, behind one that is there"
)]
fn line_break(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    memchr(b'\n', rest).map(|len| at + len)
}
