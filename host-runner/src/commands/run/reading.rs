//! Reading an input, or a part of one, to its end.

use std::fmt::Display;
use std::io::{self, Read};

use serde_json::{Value, json};

use super::results::{Results, Tally};
use crate::failure::Failure;
use crate::input::{self, Format, Location, Stream};
use crate::module::{ModuleError, PushError, Session};
use crate::rules::InputSettings;

/// An input, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) location: &'a Location,
    /// Where in its unpacked content it begins.
    pub(super) start: u64,
    /// Where it ends, where that is before the end of the input.
    pub(super) end: Option<u64>,
}

impl<'a> Piece<'a> {
    /// The whole of an input.
    pub(super) fn whole(location: &'a Location) -> Self {
        Self {
            location,
            start: 0,
            end: None,
        }
    }

    /// Whether it is a part of a file of JSON lines.
    fn is_part(&self) -> bool {
        self.start > 0 || self.end.is_some()
    }
}

/// What gives inputs to a session.
pub(super) struct Reader<'s, 'r> {
    pub(super) session: Session<'s>,
    pub(super) results: &'r Results,
    pub(super) events: &'r InputSettings,
    pub(super) format: Format,
    pub(super) tally: Tally,
}

impl Reader<'_, '_> {
    /// Reads a piece to its end, as a stream that ends with it: no record is in
    /// progress afterwards. What cannot be read is told, and the run goes on.
    pub(super) fn read_piece(&mut self, piece: &Piece<'_>) -> Result<(), Failure> {
        let Some(mut stream) = self.open(piece.location) else {
            return Ok(());
        };
        if let Err(error) = self.skip(&mut stream, piece.start) {
            self.cannot_read(piece.location, 0, &error);
            return Ok(());
        }
        let name = piece.location.name();
        let mut about = self.events.of_input(&name, stream.format());
        about["stream"] = json!(name);
        if piece.is_part() {
            about["format"] = json!(Format::Ndjson.abi_name());
            about["offset"] = json!(piece.start);
        }
        self.begin(&about)?;
        self.read_on(
            piece.location,
            &mut stream,
            piece.start,
            piece.end,
            |_, _| Ok(()),
        )?;
        self.begin(&json!({ "stream": name, "ends": true }))
    }

    /// Opens an input; none where it cannot be, and that is told.
    pub(super) fn open(&mut self, location: &Location) -> Option<Stream> {
        let progress = &self.results.progress;
        match input::open(location, self.format, |from| progress.watch(from)) {
            Ok(stream) => Some(stream),
            Err(error) => {
                self.cannot_read(location, 0, &error);
                None
            }
        }
    }

    /// Passes over the first bytes of an input.
    pub(super) fn skip(&self, stream: &mut Stream, length: u64) -> io::Result<()> {
        if length == 0 {
            return Ok(());
        }
        let progress = &self.results.progress;
        match stream.skip(length, |from| progress.watch(from))? {
            skipped if skipped == length => Ok(()),
            skipped => Err(io::Error::other(format!(
                "it has {skipped} bytes of content, and {length} were read before"
            ))),
        }
    }

    /// Says what the next bytes are of; the record that ends with that may give alerts.
    pub(super) fn begin(&mut self, about: &Value) -> Result<(), Failure> {
        self.session.input(about).map_err(Failure::Midway)?;
        self.results.take(&mut self.session)
    }

    /// Reads an input that the module knows of, from `at` to its end or to `end`;
    /// `each` is told after every push how far it is.
    pub(super) fn read_on(
        &mut self,
        location: &Location,
        stream: &mut Stream,
        mut at: u64,
        end: Option<u64>,
        mut each: impl FnMut(&mut Self, u64) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        loop {
            let left = end.map_or(u64::MAX, |end| end.saturating_sub(at));
            let pushed = self.session.push_from(&mut stream.by_ref().take(left));
            self.tell_damage(location, stream);
            match pushed {
                Ok((waiting, read)) => {
                    if waiting > 0 {
                        self.results.take(&mut self.session)?;
                    }
                    if read == 0 {
                        return Ok(());
                    }
                    at += read as u64;
                    each(self, at)?;
                }
                Err(PushError::Input(error)) => {
                    self.cannot_read(location, at, &error);
                    return Ok(());
                }
                // It refused these bytes and is as it was before: the other inputs may do.
                Err(PushError::Module(ModuleError::Refused(refusal))) => {
                    self.cannot_read(location, at, &refusal);
                    return Ok(());
                }
                Err(PushError::Module(error)) => return Err(Failure::Midway(error)),
            }
            self.results.progress.step();
        }
    }

    fn cannot_read(&mut self, location: &Location, at: u64, why: &dyn Display) {
        self.tally.unread = true;
        let name = location.name();
        self.results.warn(&match at {
            0 => format!("cannot read `{name}`: {why}"),
            at => format!(
                "cannot read `{name}` beyond byte {at} of its content: {why}; the events before it count"
            ),
        });
    }

    fn tell_damage(&mut self, location: &Location, stream: &mut Stream) {
        for damage in stream.take_damage() {
            self.tally.damaged += 1;
            self.tally.unread |= damage.cut;
            let name = location.name();
            self.results
                .warn(&format!("`{name}` is damaged: {}", damage.what));
        }
    }
}
