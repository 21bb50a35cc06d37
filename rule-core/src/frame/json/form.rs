//! The scanner's state in a snapshot.

use super::{AfterString, Json, MAX_DEPTH, State};
use crate::frame::Reason;
use crate::snapshot::{Damaged, Reader, Writer};

impl Json {
    pub(in crate::frame) fn write(&self, writer: &mut Writer) {
        self.without_the_last_record().write_all(writer);
    }

    /// Between records nothing is left of the last one, and of a line that is held only
    /// where it begins.
    fn without_the_last_record(&self) -> Json {
        match self.state {
            State::Between | State::Line => Json {
                state: self.state,
                start: match self.state {
                    State::Line => self.start,
                    _ => 0,
                },
                line: self.line,
                has_token: self.has_token,
                in_array: self.in_array,
                array_of_line: self.array_of_line,
                lines: self.lines,
                ..Json::default()
            },
            _ => self.clone(),
        }
    }

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
        let mut objects = [0; (MAX_DEPTH / 64) as usize];
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
        // One state has one form.
        let nothing_is_left = json == json.without_the_last_record();
        match fits && deep && nothing_is_left {
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
