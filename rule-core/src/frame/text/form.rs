//! The scanner's state in a snapshot.

use super::{Line, MAX_DATE_LINE, SECOND_LINE, Text, is_date_line};
use crate::snapshot::{Damaged, Reader, Writer};

impl Text {
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a place in the second line, which is short"
    )]
    pub(in crate::frame) fn write(&self, writer: &mut Writer) {
        match self.line {
            Line::MayBeDate => writer.count(0),
            Line::Other => writer.count(1),
            Line::MayBeSecond(matched) => writer.count(2 + matched),
        }
        writer.number(self.line_start);
        writer.flag(self.blank);
        writer.option(self.event, Writer::number);
        writer.bytes(&self.ahead);
        writer.number(self.ahead_start);
    }

    /// Reads a state in which the next byte is the one at `offset`.
    #[expect(clippy::arithmetic_side_effects, reason = "0 and 1 are told before")]
    pub(in crate::frame) fn read(reader: &mut Reader<'_>, offset: u64) -> Result<Self, Damaged> {
        let text = Text {
            line: match reader.count()? {
                0 => Line::MayBeDate,
                1 => Line::Other,
                more => Line::MayBeSecond(more - 2),
            },
            line_start: reader.number()?,
            blank: reader.flag()?,
            event: reader.option(Reader::number)?,
            ahead: reader.bytes()?.to_vec(),
            ahead_start: reader.number()?,
        };
        if text.fits(offset) {
            Ok(text)
        } else {
            Err(Damaged)
        }
    }

    /// Do the places and what is ahead belong together?
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "it is ahead of no further than the offset, and offsets are below 2^63"
    )]
    fn fits(&self, offset: u64) -> bool {
        let begun = self.event.unwrap_or_default().max(self.line_start);
        if begun > offset || self.ahead_start > offset {
            return false;
        }
        // What is ahead ends where the next byte comes.
        let in_place = self.ahead_start + self.ahead.len() as u64 == offset;
        match self.line {
            Line::Other => self.ahead.is_empty(),
            Line::MayBeDate => {
                self.ahead.is_empty() || (in_place && self.ahead.len() <= MAX_DATE_LINE)
            }
            Line::MayBeSecond(matched) => {
                let date = (self.line_start.checked_sub(self.ahead_start))
                    .and_then(|length| self.ahead.split_at_checked(usize::try_from(length).ok()?));
                in_place
                    && matched < SECOND_LINE.len()
                    && date.is_some_and(|(date, second)| {
                        date.strip_suffix(b"\n").is_some_and(is_date_line)
                            && date.len() <= MAX_DATE_LINE + 1
                            && SECOND_LINE.get(..matched) == Some(second)
                    })
            }
        }
    }

    /// Would the end of the input give nothing here?
    pub(in crate::frame) fn is_between(&self) -> bool {
        self.event.is_none() && self.ahead.is_empty() && self.blank
    }
}
