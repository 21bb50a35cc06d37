//! The scanner's state in a snapshot.

use super::{AfterString, Json, MAX_DEPTH, State, WORDS};
use crate::frame::Reason;
use crate::snapshot::{Damaged, Reader, Writer};

impl Json {
    pub(in crate::frame) fn write(&self, writer: &mut Writer) {
        self.without_leftovers().write_all(writer);
    }

    /// Without what is left of records and containers that have ended: nothing goes by it,
    /// and one state has one form.
    fn without_leftovers(&self) -> Json {
        let plain = Json {
            state: self.state,
            line: self.line,
            has_token: self.has_token,
            in_array: self.in_array,
            array_of_line: self.array_of_line,
            lines: self.lines,
            ..Json::default()
        };
        match self.state {
            State::Between => plain,
            State::Garbage | State::Line => Json {
                start: self.start,
                ..plain
            },
            _ if self.is_broken() => Json {
                objects: plain.objects,
                ..self.clone()
            },
            _ => Json {
                objects: self.open_objects(),
                reason: plain.reason,
                one_line: plain.one_line,
                ..self.clone()
            },
        }
    }

    /// Which of the open containers are objects, and nothing of those that were open before.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a bit of a word, and no word is without one below it"
    )]
    fn open_objects(&self) -> [u64; WORDS] {
        let mut objects = self.objects;
        let mut open = self.depth;
        for word in &mut objects {
            if open < 64 {
                *word &= (1 << open) - 1;
            }
            open = open.saturating_sub(64);
        }
        objects
    }

    #[expect(clippy::arithmetic_side_effects, reason = "places in two short tables")]
    fn write_all(&self, writer: &mut Writer) {
        let (place, escaped) = match self.state {
            State::InString { then, escaped } => (STATES.len() + after_string(then), escaped),
            state => {
                let place = STATES.iter().position(|one| *one == state);
                (place.unwrap_or_default(), false)
            }
        };
        writer.count(place);
        writer.flag(escaped);
        writer.number(self.depth);
        for word in self.objects {
            writer.number(word);
        }
        writer.number(self.start);
        writer.number(self.start_line);
        writer.number(self.line);
        writer.flag(self.has_token);
        writer.flag(self.in_array);
        writer.option(self.array_of_line, Writer::flag);
        writer.flag(self.lines);
        self.reason.write(writer);
        writer.flag(self.one_line);
    }

    /// Reads a state in which the next byte is the one at `offset`.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a place that is not in the first table is behind it"
    )]
    pub(in crate::frame) fn read(reader: &mut Reader<'_>, offset: u64) -> Result<Self, Damaged> {
        let place = reader.count()?;
        let escaped = reader.flag()?;
        let state = match STATES.get(place) {
            Some(_) if escaped => return Err(Damaged),
            Some(state) => *state,
            None => {
                let then = AFTER.get(place - STATES.len()).ok_or(Damaged)?;
                State::InString {
                    then: *then,
                    escaped,
                }
            }
        };
        let depth = reader.number()?;
        let mut objects = [0; WORDS];
        for word in &mut objects {
            *word = reader.number()?;
        }
        let json = Json {
            state,
            depth,
            objects,
            start: reader.number()?,
            start_line: reader.number()?,
            line: reader.number()?,
            has_token: reader.flag()?,
            in_array: reader.flag()?,
            array_of_line: reader.option(Reader::flag)?,
            lines: reader.flag()?,
            reason: Reason::read(reader)?,
            one_line: reader.flag()?,
        };
        // Each open container is a byte, and each place is one that was passed.
        let fits = json.depth <= offset
            && json.start_line <= json.start
            && json.start <= offset
            && json.line <= offset;
        // In a record that is not broken yet, each has its word in `objects`.
        let deep = json.depth <= MAX_DEPTH || json.is_broken();
        match fits && deep && json == json.without_leftovers() {
            true => Ok(json),
            false => Err(Damaged),
        }
    }

    fn is_broken(&self) -> bool {
        matches!(
            self.state,
            State::Broken
                | State::InString {
                    then: AfterString::Broken,
                    ..
                }
        )
    }

    /// Is a line held that may be passed over?
    pub(in crate::frame) fn holds_line(&self) -> bool {
        self.state == State::Line
    }

    pub(in crate::frame) fn is_between(&self) -> bool {
        self.state == State::Between
    }
}

/// The states but those in a string, which come behind them.
const STATES: [State; 11] = [
    State::Between,
    State::Garbage,
    State::FirstKey,
    State::Key,
    State::Colon,
    State::FirstValue,
    State::Value,
    State::Next,
    State::Scalar,
    State::Broken,
    State::Line,
];

const AFTER: [AfterString; 3] = [AfterString::Colon, AfterString::Next, AfterString::Broken];

fn after_string(then: AfterString) -> usize {
    let place = AFTER.iter().position(|one| *one == then);
    place.unwrap_or_default()
}
