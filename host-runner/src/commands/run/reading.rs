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
            self.cannot_read(piece.location, None, &error);
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
        self.read_on(piece.location, &mut stream, piece.end, |_, _| Ok(()))?;
        self.begin(&json!({ "stream": name, "ends": true }))
    }

    /// Opens an input; none where it cannot be, and that is told.
    pub(super) fn open(&mut self, location: &Location) -> Option<Stream> {
        let progress = &self.results.progress;
        match input::open(location, self.format, |from| progress.watch(from)) {
            Ok(stream) => Some(stream),
            Err(error) => {
                self.cannot_read(location, None, &error);
                None
            }
        }
    }

    /// Passes over what of an input was read before.
    pub(super) fn skip(&self, stream: &mut Stream, position: u64) -> io::Result<()> {
        if position == 0 {
            return Ok(());
        }
        let progress = &self.results.progress;
        match stream.skip(position, |from| progress.watch(from))? {
            reached if reached == position => Ok(()),
            _ => Err(io::Error::other(format!(
                "it ends at {}, and more of it was read before",
                stream.place(stream.position())
            ))),
        }
    }

    /// Says what the next bytes are of; the record that ends with that may give alerts.
    pub(super) fn begin(&mut self, about: &Value) -> Result<(), Failure> {
        self.session.input(about).map_err(Failure::Midway)?;
        self.results.take(&mut self.session)
    }

    /// Reads an input that the module knows of to its end or to `end`; `each` is told
    /// after every push at which position it is.
    pub(super) fn read_on(
        &mut self,
        location: &Location,
        stream: &mut Stream,
        end: Option<u64>,
        mut each: impl FnMut(&mut Self, u64) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        loop {
            let at = stream.position();
            let pushed = match pass(&mut self.session, stream) {
                Ok(true) => Ok((0, true)),
                Ok(false) => {
                    let left = end.map_or(u64::MAX, |end| end.saturating_sub(at));
                    let pushed = self.session.push_from(&mut stream.by_ref().take(left));
                    pushed.map(|(waiting, read)| (waiting, read > 0))
                }
                Err(error) => Err(error.into()),
            };
            self.tell_damage(location, stream);
            let place = || (at > 0).then(|| stream.place(at));
            match pushed {
                Ok((waiting, goes_on)) => {
                    if waiting > 0 {
                        self.results.take(&mut self.session)?;
                    }
                    if !goes_on {
                        return Ok(());
                    }
                    each(self, stream.position())?;
                }
                Err(PushError::Input(error)) => {
                    self.cannot_read(location, place(), &error);
                    return Ok(());
                }
                // It refused these bytes and is as it was before: the other inputs may do.
                Err(PushError::Module(ModuleError::Refused(refusal))) => {
                    self.cannot_read(location, place(), &refusal);
                    return Ok(());
                }
                Err(PushError::Module(error)) => return Err(Failure::Midway(error)),
            }
            self.results.progress.step();
        }
    }

    /// Tells that an input cannot be read, or not beyond a place.
    fn cannot_read(&mut self, location: &Location, place: Option<String>, why: &dyn Display) {
        self.tally.unread = true;
        let name = location.name();
        self.results.warn(&match place {
            None => format!("cannot read `{name}`: {why}"),
            Some(place) => {
                format!("cannot read `{name}` beyond {place}: {why}; the events before it count")
            }
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

/// Passes over the next part of an input where the module says that no event in it can
/// match; whether it did.
pub(super) fn pass(session: &mut Session<'_>, stream: &mut Stream) -> Result<bool, ModuleError> {
    if !stream.is_decoded() || !session.passes()? {
        return Ok(false);
    }
    let passes = match stream.stored() {
        Some(stored) => session.pass(stored.bytes, stored.records)?,
        None => false,
    };
    if passes {
        stream.pass_over();
    }
    Ok(passes)
}
