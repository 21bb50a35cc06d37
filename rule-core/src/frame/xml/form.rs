//! The scanner's state in a snapshot.

use alloc::vec::Vec;

use super::{InTag, Line, MAX_NAME, RECORD_LINE, State, Stray, Tag, Xml};
use crate::snapshot::{Damaged, Reader, Writer};

impl Xml {
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a place in a word, which is short"
    )]
    pub(in crate::frame) fn write(&self, writer: &mut Writer) {
        self.state.write(writer);
        writer.option(self.event, Writer::number);
        // What is left in it of an earlier tag means nothing.
        if self.state == State::Opening {
            writer.bytes(&self.opening);
        }
        writer.number(self.opening_start);
        match self.line {
            Line::Blank => writer.count(0),
            Line::Digits => writer.count(1),
            Line::After => writer.count(2),
            Line::Word(count) => writer.count(3 + count),
        }
        writer.number(self.line_start);
        writer.option(self.stray, |writer, stray| {
            writer.number(stray.start);
            writer.flag(stray.text);
        });
        writer.flag(self.had_event);
    }

    /// Reads a state in which the next byte is the one at `offset`.
    #[expect(clippy::arithmetic_side_effects, reason = "0, 1 and 2 are told before")]
    pub(in crate::frame) fn read(reader: &mut Reader<'_>, offset: u64) -> Result<Self, Damaged> {
        let state = State::read(reader)?;
        let xml = Xml {
            state,
            event: reader.option(Reader::number)?,
            opening: match state {
                State::Opening => reader.bytes()?.to_vec(),
                _ => Vec::new(),
            },
            opening_start: reader.number()?,
            line: match reader.count()? {
                0 => Line::Blank,
                1 => Line::Digits,
                2 => Line::After,
                more => Line::Word(more - 3),
            },
            line_start: reader.number()?,
            stray: reader.option(|reader| {
                Ok(Stray {
                    start: reader.number()?,
                    text: reader.flag()?,
                })
            })?,
            had_event: reader.flag()?,
        };
        let places = [
            xml.event.unwrap_or_default(),
            xml.opening_start,
            xml.line_start,
            xml.stray.map_or(0, |stray| stray.start),
        ];
        let word_fits = !matches!(xml.line, Line::Word(count) if count > RECORD_LINE.len());
        // A name that is too long is told before more of it is taken.
        let opening_fits = state != State::Opening
            || (xml.opening.first() == Some(&b'<')
                && xml.opening.len() <= MAX_NAME
                && xml.opening_start.checked_add(xml.opening.len() as u64) == Some(offset));
        let fits = places.iter().all(|place| *place <= offset) && word_fits && opening_fits;
        if fits { Ok(xml) } else { Err(Damaged) }
    }

    /// Would the end of the input give nothing here?
    pub(in crate::frame) fn is_between(&self) -> bool {
        self.event.is_none()
            && self.stray.is_none()
            && self.state == State::Text
            && !matches!(self.line, Line::Word(_))
    }
}

impl State {
    fn write(self, writer: &mut Writer) {
        match self {
            State::Text => writer.byte(0),
            State::Opening => writer.byte(1),
            State::Tag(tag) => {
                writer.byte(2);
                writer.byte(match tag.kind {
                    Tag::EventStart => 0,
                    Tag::EventEnd => 1,
                    Tag::Other => 2,
                });
                writer.option(tag.quote, Writer::byte);
                writer.flag(tag.slash);
            }
            State::Section { mark, needed, seen } => {
                writer.byte(3);
                writer.byte(mark);
                writer.byte(needed);
                writer.byte(seen);
            }
            State::Declaration { inside } => {
                writer.byte(4);
                writer.flag(inside);
            }
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        Ok(match reader.byte()? {
            0 => State::Text,
            1 => State::Opening,
            2 => State::Tag(InTag {
                kind: match reader.byte()? {
                    0 => Tag::EventStart,
                    1 => Tag::EventEnd,
                    2 => Tag::Other,
                    _ => return Err(Damaged),
                },
                quote: reader.option(|reader| match reader.byte()? {
                    quote @ (b'"' | b'\'') => Ok(quote),
                    _ => Err(Damaged),
                })?,
                slash: reader.flag()?,
            }),
            3 => {
                let (mark, needed, seen) = (reader.byte()?, reader.byte()?, reader.byte()?);
                let known = matches!((mark, needed), (b'?', 1) | (b'-' | b']', 2));
                if seen > needed || !known {
                    return Err(Damaged);
                }
                State::Section { mark, needed, seen }
            }
            4 => State::Declaration {
                inside: reader.flag()?,
            },
            _ => return Err(Damaged),
        })
    }
}
