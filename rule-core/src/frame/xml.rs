//! Windows events in XML: `Event` elements wherever they stand.
//!
//! The scanner knows markup well enough to tell where an event begins and ends:
//! tags with their quoted attributes, comments, CDATA sections and processing
//! instructions. It asks for no document around the events: prologs, `Events`
//! elements, comments and the `Record 12` lines of evtx_dump may stand between
//! them. A prefix (`<e:Event>`) is taken as part of no name.
//!
//! An event that begins inside of another shows that the other was cut off.
//!
//! Elements around events that have another name than `Events` are taken as a
//! wrapper, without a word; where no event follows, they are malformed, once.
//! Text between events is malformed too, once up to the next event.

mod form;

use alloc::vec::Vec;

use super::{Feed, Keep, Reason, RecordKind, is_blank};
use memchr::{memchr, memchr2};

/// A name longer than this is not looked at to its end: it is no `Event`.
const MAX_NAME: usize = 64;

/// What evtx_dump writes before the number of a record.
const RECORD_LINE: &[u8] = b"Record ";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    /// After `<`, before it is told what begins; `opening` has the bytes.
    Opening,
    Tag(InTag),
    /// In what ends with `needed` times `mark`, then `>`.
    Section {
        mark: u8,
        needed: u8,
        seen: u8,
    },
    /// In `<!DOCTYPE`; `inside`: between its brackets.
    Declaration {
        inside: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct InTag {
    kind: Tag,
    /// The quote of the attribute value at hand.
    quote: Option<u8>,
    /// The last byte was a slash.
    slash: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    EventStart,
    EventEnd,
    Other,
}

/// A line between events, as far as it may be `Record 12`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Line {
    #[default]
    Blank,
    /// So many bytes of [`RECORD_LINE`].
    Word(usize),
    Digits,
    /// Blanks after the digits.
    After,
}

/// What stands between events and does not belong there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stray {
    start: u64,
    /// There is text in it, so it is no wrapper.
    text: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Xml {
    state: State,
    /// Where the event in progress began.
    event: Option<u64>,
    /// The bytes from `<` at `opening_start` on, until it is told what they are.
    opening: Vec<u8>,
    opening_start: u64,
    line: Line,
    line_start: u64,
    stray: Option<Stray>,
    had_event: bool,
}

impl Xml {
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "it goes on by bytes that are there, no further than their end"
    )]
    pub(super) fn push(&mut self, feed: &mut Feed<'_>) {
        let bytes = feed.bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let rest = bytes.get(at..).unwrap_or_default();
            at += match self.state {
                State::Text if byte == b'<' => {
                    self.end_line();
                    self.open(feed.offset(at));
                    1
                }
                State::Text if self.reads_text() => {
                    self.text_byte(byte, feed.offset(at));
                    1
                }
                State::Text => memchr(b'<', rest).unwrap_or(rest.len()),
                State::Opening => self.opening_byte(byte, feed),
                State::Tag(tag) => self.tag(tag, rest, at, feed),
                State::Section { mark, needed, seen } => {
                    let (state, len) = match byte {
                        b'>' if seen == needed => (State::Text, 1),
                        _ if byte == mark => (
                            State::Section {
                                mark,
                                needed,
                                seen: needed.min(seen + 1),
                            },
                            1,
                        ),
                        _ => (
                            State::section(mark, needed),
                            memchr(mark, rest).unwrap_or(rest.len()),
                        ),
                    };
                    self.state = state;
                    len
                }
                State::Declaration { inside } => {
                    self.state = match byte {
                        b'>' if !inside => State::Text,
                        b'[' => State::Declaration { inside: true },
                        b']' => State::Declaration { inside: false },
                        _ => self.state,
                    };
                    1
                }
            };
        }
        feed.keep(self.keeps(feed.end()));
    }

    /// What is held of the bytes before `end`.
    pub(super) fn keeps(&self, end: u64) -> Keep {
        let start = match (self.event, self.stray, self.state) {
            (Some(start), _, _) => return Keep::Record { start, end },
            (None, Some(stray), _) => stray.start,
            (None, None, State::Text) if self.line != Line::Blank => self.line_start,
            (None, None, State::Text | State::Opening) => return Keep::Nothing,
            (None, None, _) => self.opening_start,
        };
        Keep::Sample { start, end }
    }

    pub(super) fn finish(&mut self, feed: &mut Feed<'_>) {
        if let Some(start) = self.event {
            feed.malformed(Reason::Truncated, start, feed.end());
            return;
        }
        self.end_line();
        if self.state == State::Opening {
            self.hold_opening(feed);
        }
        if self.state != State::Text {
            self.note_stray(self.opening_start, false);
        }
        if let Some(stray) = self.stray {
            let reason = if stray.text && self.had_event {
                Reason::TextBetweenEvents
            } else {
                Reason::NoEvent
            };
            feed.skipped(reason, stray.start, feed.end());
        }
    }

    /// How many bytes are held here.
    pub(super) fn ahead(&self) -> usize {
        match self.state {
            State::Opening => self.opening.len(),
            _ => 0,
        }
    }

    /// Takes a byte of text between events.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a byte of the word was matched, so no more than it has"
    )]
    fn text_byte(&mut self, byte: u8, here: u64) {
        if self.line == Line::Blank {
            self.line_start = here;
        }
        let line = match (self.line, byte) {
            (Line::Blank, _) if is_blank(byte) => Line::Blank,
            (Line::Blank, b'R') => Line::Word(1),
            (Line::Word(count), _) if RECORD_LINE.get(count) == Some(&byte) => {
                Line::Word(count + 1)
            }
            (Line::Word(count), b'0'..=b'9') if count == RECORD_LINE.len() => Line::Digits,
            (Line::Digits, b'0'..=b'9') => Line::Digits,
            (Line::Digits | Line::After, b'\n') => Line::Blank,
            (Line::Digits | Line::After, _) if is_blank(byte) => Line::After,
            _ => {
                self.note_stray(self.line_start, true);
                Line::Blank
            }
        };
        self.line = line;
    }

    /// Ends the line between events that markup or the input's end cuts off.
    fn end_line(&mut self) {
        if matches!(self.line, Line::Word(_)) {
            self.note_stray(self.line_start, true);
        }
        self.line = Line::Blank;
    }

    fn note_stray(&mut self, start: u64, text: bool) {
        let stray = self.stray.get_or_insert(Stray { start, text });
        stray.text |= text;
    }

    /// Takes the `<` at `here`.
    fn open(&mut self, here: u64) {
        self.state = State::Opening;
        self.opening.clear();
        self.opening.push(b'<');
        self.opening_start = here;
    }

    /// Takes a byte after `<`. Gives how many bytes are done with.
    fn opening_byte(&mut self, byte: u8, feed: &mut Feed<'_>) -> usize {
        let ends_name = is_blank(byte) || matches!(byte, b'/' | b'>' | b'<');
        match self.opening.get(1) {
            None if byte == b'?' => self.told(State::section(b'?', 1), feed),
            None if matches!(byte, b'!' | b'/' | b'_' | b':') => {}
            None if byte.is_ascii_alphabetic() || !byte.is_ascii() => {}
            None => {
                // No markup begins so: the `<` is text.
                self.hold_opening(feed);
                if self.event.is_none() {
                    self.note_stray(self.opening_start, true);
                }
                self.state = State::Text;
                return 0;
            }
            Some(b'!') => {
                self.opening.push(byte);
                let inside = self.opening.contains(&b'[');
                match self.opening.as_slice() {
                    b"<!--" => self.told(State::section(b'-', 2), feed),
                    b"<![CDATA[" => self.told(State::section(b']', 2), feed),
                    begun if b"<!--".starts_with(begun) || b"<![CDATA[".starts_with(begun) => {}
                    [.., b'>'] => self.told(State::Text, feed),
                    _ => self.told(State::Declaration { inside }, feed),
                }
                return 1;
            }
            Some(_) if ends_name || self.opening.len() >= MAX_NAME => {
                self.tag_name(feed);
                return 0;
            }
            Some(_) => {}
        }
        self.opening.push(byte);
        1
    }

    /// It is told what begins with `opening`, and it is no tag.
    fn told(&mut self, state: State, feed: &mut Feed<'_>) {
        self.hold_opening(feed);
        self.state = state;
    }

    /// Takes the name of a tag, which `opening` has.
    fn tag_name(&mut self, feed: &mut Feed<'_>) {
        let (end, name) = match self.opening.as_slice() {
            [_, b'/', name @ ..] => (true, name),
            [_, name @ ..] => (false, name),
            [] => (false, [].as_slice()),
        };
        let local = name.rsplit(|&byte| byte == b':').next().unwrap_or(name);
        let kind = match local {
            b"Event" if end && self.event.is_some() => Tag::EventEnd,
            b"Event" if !end => {
                self.begin_event(feed);
                Tag::EventStart
            }
            _ => {
                let wraps = !end && local != b"Events" && self.event.is_none();
                self.hold_opening(feed);
                if wraps {
                    self.note_stray(self.opening_start, false);
                }
                Tag::Other
            }
        };
        self.state = State::Tag(InTag {
            kind,
            quote: None,
            slash: false,
        });
    }

    fn begin_event(&mut self, feed: &mut Feed<'_>) {
        if let Some(start) = self.event {
            feed.malformed(Reason::Truncated, start, self.opening_start);
        }
        if let Some(stray) = self.stray.take()
            && stray.text
        {
            feed.skipped(Reason::TextBetweenEvents, stray.start, self.opening_start);
        }
        feed.restart(self.opening_start, &self.opening);
        self.event = Some(self.opening_start);
        self.had_event = true;
    }

    /// Gives the bytes of `opening` to the feed, where no earlier ones are held.
    fn hold_opening(&mut self, feed: &mut Feed<'_>) {
        if self.event.is_none() && self.stray.is_none() {
            feed.restart(self.opening_start, &self.opening);
        }
    }

    /// Goes on in a tag, with the bytes `rest` at `at`. Gives how many of them
    /// are done with.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "places among the bytes, behind one that is there"
    )]
    fn tag(&mut self, tag: InTag, rest: &[u8], at: usize, feed: &mut Feed<'_>) -> usize {
        let found = match tag.quote {
            Some(quote) => memchr2(quote, b'<', rest),
            None => rest
                .iter()
                .position(|byte| matches!(byte, b'>' | b'"' | b'\'' | b'<')),
        };
        let Some(len) = found else {
            let slash = rest.last() == Some(&b'/');
            self.state = State::Tag(InTag { slash, ..tag });
            return rest.len();
        };
        let slash = match len.checked_sub(1) {
            Some(before) => rest.get(before) == Some(&b'/'),
            None => tag.slash,
        };
        match rest.get(len) {
            Some(b'>') => {
                let whole = tag.kind == Tag::EventEnd || (tag.kind == Tag::EventStart && slash);
                if let Some(start) = self.event.filter(|_| whole) {
                    feed.record(RecordKind::Xml, start, feed.offset(at + len + 1));
                    self.event = None;
                }
                self.state = State::Text;
            }
            // No `<` can stand in a tag: this one was cut off.
            Some(b'<') => {
                self.state = State::Text;
                return len;
            }
            mark => {
                let quote = if tag.quote.is_some() {
                    None
                } else {
                    mark.copied()
                };
                self.state = State::Tag(InTag {
                    quote,
                    slash: false,
                    ..tag
                });
            }
        }
        len + 1
    }

    /// Is text of meaning here? Not in an event, and not beside other stray text.
    fn reads_text(&self) -> bool {
        self.event.is_none() && !self.stray.is_some_and(|stray| stray.text)
    }
}

impl State {
    /// A comment, CDATA section or processing instruction.
    fn section(mark: u8, needed: u8) -> Self {
        Self::Section {
            mark,
            needed,
            seen: 0,
        }
    }
}
