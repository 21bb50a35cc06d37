//! The inputs in turns: what one of them has is given to the module, then the next.

use std::io;

use serde_json::json;

use super::super::reading::pass;
use super::Following;
use crate::failure::Failure;
use crate::follow::{Next, Said, Stdin};
use crate::input::{Damage, Format, Location};
use crate::module::{ModuleError, PushError};

/// As many pushes are made of one file before the others have their turn.
const TURN: usize = 8;

impl Following<'_, '_> {
    /// Lets a file have its turn; whether there was anything to do.
    pub(super) fn turn(&mut self, index: usize) -> Result<bool, Failure> {
        for pushes in 0..TURN {
            let Some(tail) = self.tails.get_mut(index) else {
                return Ok(false);
            };
            match tail.next(&mut self.books) {
                Ok(Next::Nothing) => return Ok(pushes > 0),
                Ok(Next::Bytes) => self.push(index)?,
                Ok(Next::Ended(warning)) => {
                    let name = tail.name();
                    if std::mem::take(&mut tail.begun) {
                        self.end_stream(&name)?;
                    }
                    if let Some(warning) = warning {
                        self.results.warn(&warning);
                    }
                }
                Err(error) => {
                    let name = tail.name();
                    self.cannot_read(name, &error);
                    return Ok(false);
                }
            }
            self.tick()?;
            if self.stop.is_told() {
                return Ok(true);
            }
        }
        Ok(true)
    }

    /// Gives the next bytes of a file to the module.
    fn push(&mut self, index: usize) -> Result<(), Failure> {
        let Some(tail) = self.tails.get_mut(index) else {
            return Ok(());
        };
        let name = tail.name();
        let (begun, format) = (std::mem::replace(&mut tail.begun, true), tail.format());
        self.take_up(&name, begun, format)?;
        let Some(tail) = self.tails.get_mut(index) else {
            return Ok(());
        };
        let passed = match tail.stream() {
            Some(stream) => pass(&mut self.session, stream),
            None => Ok(false),
        };
        let pushed = match passed {
            Ok(true) => Ok((0, 0)),
            Ok(false) => self.session.push_from(tail),
            Err(error) => Err(error.into()),
        };
        match pushed {
            Ok((waiting, _)) => {
                let damage = tail.take_damage();
                if waiting > 0 {
                    self.results.take(&mut self.session)?;
                }
                for damage in damage {
                    self.damaged(&name, &damage);
                }
                Ok(())
            }
            Err(PushError::Input(error)) => {
                self.cannot_read(name, &error);
                Ok(())
            }
            Err(PushError::Module(error)) => {
                let place = tail.place();
                self.refused(&name, &place, error)
            }
        }
    }

    /// Has the module read this input from now on.
    fn take_up(&mut self, name: &str, begun: bool, format: Format) -> Result<(), Failure> {
        if begun && self.current.as_deref() == Some(name) {
            return Ok(());
        }
        let about = match begun {
            true => json!({ "stream": name, "goes_on": true }),
            false => {
                let mut about = self.events.of_input(name, format);
                about["stream"] = json!(name);
                about
            }
        };
        self.session.input(&about).map_err(Failure::Midway)?;
        self.current = Some(name.to_owned());
        self.results.take(&mut self.session)
    }

    /// Ends an input: its last record is whole.
    fn end_stream(&mut self, name: &str) -> Result<(), Failure> {
        self.session
            .input(&json!({ "stream": name, "ends": true }))
            .map_err(Failure::Midway)?;
        self.current = None;
        self.results.take(&mut self.session)
    }

    /// Takes what came by standard input; whether there was anything.
    pub(super) fn hear(&mut self) -> Result<bool, Failure> {
        let mut busy = false;
        for _ in 0..TURN {
            let Some(said) = self.stdin.as_ref().and_then(Stdin::take) else {
                return Ok(busy);
            };
            busy = true;
            let name = Location::Stdin.name();
            match said {
                Said::Format(format) => {
                    self.stdin_begun = true;
                    self.take_up(&name, false, format)?;
                }
                Said::Bytes(bytes) => {
                    self.take_up(&name, true, Format::Auto)?;
                    match self.session.push(&bytes) {
                        Ok(_) => self.results.take(&mut self.session)?,
                        Err(error) => self.refused(&name, "byte 0", error)?,
                    }
                    self.tick()?;
                }
                Said::Damage(damage) => self.damaged(&name, &damage),
                Said::Failed(error) => {
                    self.cannot_read(name.clone(), &error);
                    self.stdin_ended(&name)?;
                }
                Said::Ended => self.stdin_ended(&name)?,
            }
        }
        Ok(busy)
    }

    fn stdin_ended(&mut self, name: &str) -> Result<(), Failure> {
        self.stdin = None;
        match std::mem::take(&mut self.stdin_begun) {
            true => self.end_stream(name),
            false => Ok(()),
        }
    }

    /// The module refused bytes and is as it was before; what follows may do.
    fn refused(&mut self, name: &str, place: &str, error: ModuleError) -> Result<(), Failure> {
        let ModuleError::Refused(refusal) = error else {
            return Err(Failure::Midway(error));
        };
        self.tally.unread = true;
        self.results.warn(&format!(
            "bytes of `{name}` before {place} are passed over: {refusal}"
        ));
        Ok(())
    }

    /// Tells that an input cannot be read at the moment, once for each reason.
    fn cannot_read(&mut self, name: String, error: &io::Error) {
        self.tally.unread = true;
        let text = format!("cannot read `{name}`: {error}");
        if self.told.get(&name) != Some(&text) {
            self.results.warn(&text);
            self.told.insert(name, text);
        }
    }

    fn damaged(&mut self, name: &str, damage: &Damage) {
        self.tally.damaged += 1;
        self.tally.unread |= damage.cut;
        self.results
            .warn(&format!("`{name}` is damaged: {}", damage.what));
    }
}
