//! Several threads, each with an instance of the module over a stretch of the
//! inputs; what they found is joined at the end.

use std::panic;
use std::thread;

use super::super::open::open_rules;
use super::parts::{self, LEAST};
use super::reading::{Piece, Reader};
use super::results::{Results, Tally};
use super::{Rules, conclude};
use crate::cli::Run;
use crate::failure::Failure;
use crate::input::{Found, Location};
use crate::module::{Instance, Session};
use crate::output::Start;
use crate::progress::Progress;
use crate::rules::InputSettings;

/// What the threads share.
struct Shared<'a> {
    options: &'a Run,
    rules: &'a Rules<'a>,
    events: &'a InputSettings,
    results: &'a Results,
}

pub(super) fn execute(
    options: &Run,
    rules: &Rules<'_>,
    found: &Found,
    jobs: usize,
) -> Result<u8, Failure> {
    let events = options.events.settings()?;
    let module = options.module.load()?;
    let stretches = parts::divide(&found.inputs, options.format, jobs, LEAST);
    let mut instances = stretches
        .iter()
        .map(|_| module.instantiate())
        .collect::<Result<Vec<_>, _>>()?;
    let mut work = instances.iter_mut().zip(&stretches);
    let Some((instance, first)) = work.next() else {
        return Err(Failure::Usage("there is nothing to read".to_owned()));
    };
    let session = open_rules(instance, rules.configuration, rules.settings)?;
    let sizes: Option<u64> = found.inputs.iter().map(Location::size).sum();
    let results = Results::open(options, Start::Anew, Progress::new(sizes, !options.quiet))?;
    let shared = Shared {
        options,
        rules,
        events: &events,
        results: &results,
    };

    let (mut session, mut tally) = thread::scope(|scope| {
        let others: Vec<_> = work
            .map(|(instance, stretch)| scope.spawn(|| shared.snapshot(instance, stretch)))
            .collect();
        let (mut session, mut tally) = shared.read(session, first)?;
        for other in others {
            let (snapshot, unread) = other
                .join()
                .unwrap_or_else(|panicked| panic::resume_unwind(panicked))?;
            session.merge(&snapshot).map_err(Failure::Midway)?;
            results.take(&mut session)?;
            tally.add(unread);
        }
        Ok::<_, Failure>((session, tally))
    })?;
    tally.unread |= !found.failed.is_empty();
    session.finish().map_err(Failure::Midway)?;
    results.take(&mut session)?;
    results.finish()?;
    conclude(options, &mut session, tally)
}

impl Shared<'_> {
    /// Reads a stretch in an instance; answers its state.
    fn snapshot(
        &self,
        instance: &mut Instance,
        stretch: &[Piece<'_>],
    ) -> Result<(Vec<u8>, Tally), Failure> {
        let session = instance.open(self.rules.configuration)?;
        let (mut session, tally) = self.read(session, stretch)?;
        let snapshot = session.snapshot().map_err(Failure::Midway)?;
        Ok((snapshot.to_vec(), tally))
    }

    /// Reads a stretch to its end.
    fn read<'s>(
        &self,
        session: Session<'s>,
        stretch: &[Piece<'_>],
    ) -> Result<(Session<'s>, Tally), Failure> {
        let mut reader = Reader {
            session,
            results: self.results,
            events: self.events,
            format: self.options.format,
            tally: Tally::default(),
        };
        for piece in stretch {
            reader.read_piece(piece)?;
        }
        Ok((reader.session, reader.tally))
    }
}
