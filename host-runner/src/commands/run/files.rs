//! One input after the other, to their end; with a checkpoint, from where the last
//! start was.

use std::fs::File;

use super::super::keeping::{Keeper, output_state, start};
use super::super::open::open_rules;
use super::reading::Reader;
use super::results::{Results, Tally};
use super::{Rules, conclude};
use crate::checkpoint::{Header, Identity, InputState};
use crate::cli::Run;
use crate::failure::{Failure, warn};
use crate::input::{Found, Location, Stream};
use crate::output::Start;
use crate::progress::Progress;

pub(super) fn execute(options: &Run, rules: &Rules<'_>, found: &Found) -> Result<u8, Failure> {
    let events = options.events.settings()?;
    let mut keeper = Keeper::lock(options.checkpoint.as_deref(), options.checkpoint_interval)?;
    let module = options.module.load()?;
    let mut instance = module.instantiate()?;
    let mut session = open_rules(&mut instance, rules.configuration, rules.settings)?;

    let fresh = begun(options, found);
    let resumed = match &keeper {
        Some(keeper) => keeper.resume(&mut session, &fresh)?,
        None => None,
    };
    if let (Some(keeper), Some(header)) = (&keeper, &resumed) {
        if header.done {
            return already_done(options, &mut session, header);
        }
        check_unchanged(keeper, header, found)?;
    }

    let sizes: Option<u64> = found.inputs.iter().map(Location::size).sum();
    let progress = Progress::new(sizes, !options.quiet);
    let results = Results::open(options, start(resumed.as_ref(), Start::Anew), progress)?;
    let mut header = resumed.unwrap_or(fresh);
    if let Some(keeper) = &mut keeper {
        keeper.begin(&mut session, &results, &mut header)?;
    }
    let mut run = Files {
        reader: Reader {
            session,
            results: &results,
            events: &events,
            format: options.format,
            tally: Tally {
                unread: header.unread,
                damaged: header.damaged,
            },
        },
        keeper,
        header,
    };
    for (index, location) in found.inputs.iter().enumerate() {
        run.read(index, location)?;
    }
    run.finish(options)
}

/// A run as it begins.
fn begun(options: &Run, found: &Found) -> Header {
    let names: Vec<String> = found.inputs.iter().map(Location::name).collect();
    let mut header = Header::new(false, names.clone());
    header.unread = !found.failed.is_empty();
    header.output = output_state(options.to.as_ref());
    header.inputs = names
        .into_iter()
        .map(|name| InputState {
            name,
            ..InputState::default()
        })
        .collect();
    header
}

/// A run that was done before this start: nothing is read or written.
fn already_done(
    options: &Run,
    session: &mut crate::module::Session<'_>,
    header: &Header,
) -> Result<u8, Failure> {
    if !options.quiet
        && let Some(folder) = &options.checkpoint
    {
        warn(&format!(
            "`{}` holds the checkpoint of a run that is done: nothing is read or written again",
            folder.display()
        ));
    }
    let tally = Tally {
        unread: header.unread,
        damaged: header.damaged,
    };
    conclude(options, session, tally)
}

/// Refuses to go on where a file is another than the one that was read before.
fn check_unchanged(keeper: &Keeper, header: &Header, found: &Found) -> Result<(), Failure> {
    for (state, location) in header.inputs.iter().zip(&found.inputs) {
        let (Some(identity), Location::File(path)) = (&state.file, location) else {
            continue;
        };
        let same = File::open(path).and_then(|mut file| identity.has_content_of(&mut file));
        let name = &state.name;
        match same {
            Ok(true) => {}
            Ok(false) => {
                return Err(keeper
                    .other_run(format!("`{name}` has other content than when it was read"))
                    .into());
            }
            Err(error) => {
                return Err(keeper
                    .other_run(format!("`{name}` cannot be read again: {error}"))
                    .into());
            }
        }
    }
    Ok(())
}

/// A run over files.
struct Files<'s, 'r> {
    reader: Reader<'s, 'r>,
    keeper: Option<Keeper>,
    header: Header,
}

impl Files<'_, '_> {
    /// Reads an input to its end, if that has not been done before.
    fn read(&mut self, index: usize, location: &Location) -> Result<(), Failure> {
        let reader = &mut self.reader;
        let Some(state) = self.header.inputs.get(index) else {
            return Ok(());
        };
        let (before, begun) = (state.bytes, state.begun);
        if state.ended {
            reader.results.progress.passed(location.size().unwrap_or(0));
            return Ok(());
        }
        if let Some(mut stream) = reader.open(location) {
            if begun {
                self.go_on(location, &mut stream, before)?;
            } else {
                if let (Some(_), Location::File(path)) = (&self.keeper, location) {
                    self.identify(index, path);
                }
                let about = self
                    .reader
                    .events
                    .of_input(&location.name(), stream.format());
                self.reader.begin(&about)?;
            }
            self.read_on(index, location, &mut stream)?;
        }
        if let Some(state) = self.header.inputs.get_mut(index) {
            state.ended = true;
        }
        Ok(())
    }

    /// Notes which file is read.
    fn identify(&mut self, index: usize, path: &std::path::Path) {
        let file = File::open(path).and_then(|mut file| Identity::of(&mut file));
        if let Some(state) = self.header.inputs.get_mut(index) {
            // It was opened just before; without this it is not checked later.
            state.file = file.ok();
        }
    }

    /// Passes over what the module has already.
    fn go_on(
        &mut self,
        location: &Location,
        stream: &mut Stream,
        before: u64,
    ) -> Result<(), Failure> {
        let Err(error) = self.reader.skip(stream, before) else {
            return Ok(());
        };
        let difference = format!("`{}` is not what it was: {error}", location.name());
        Err(match &self.keeper {
            Some(keeper) => keeper.other_run(difference).into(),
            None => Failure::Usage(difference),
        })
    }

    fn read_on(
        &mut self,
        index: usize,
        location: &Location,
        stream: &mut Stream,
    ) -> Result<(), Failure> {
        let (keeper, header) = (&mut self.keeper, &mut self.header);
        self.reader.read_on(location, stream, None, |reader, at| {
            let Some(keeper) = keeper else { return Ok(()) };
            if let Some(state) = header.inputs.get_mut(index) {
                state.begun = true;
                state.bytes = at;
            }
            match keeper.is_due() {
                true => save(keeper, header, reader),
                false => Ok(()),
            }
        })
    }

    /// Ends all input and all time; answers the exit code.
    fn finish(mut self, options: &Run) -> Result<u8, Failure> {
        let reader = &mut self.reader;
        reader.session.finish().map_err(Failure::Midway)?;
        reader.results.take(&mut reader.session)?;
        reader.results.finish()?;
        let mut tally = reader.tally;
        if let Some(keeper) = &mut self.keeper {
            self.header.done = true;
            save(keeper, &mut self.header, reader)?;
            tally.unread |= keeper.is_behind();
        }
        conclude(options, &mut reader.session, tally)
    }
}

/// Writes a checkpoint of where the reader is.
fn save(
    keeper: &mut Keeper,
    header: &mut Header,
    reader: &mut Reader<'_, '_>,
) -> Result<(), Failure> {
    header.unread = reader.tally.unread;
    header.damaged = reader.tally.damaged;
    keeper.save(&mut reader.session, reader.results, header)?;
    Ok(())
}
