//! A record that cannot match, in an interpreter: the portable module under wasmi,
//! which stands for the runtime of Fluent Bit.

use std::time::Instant;

use sets::Set;

use super::{Race, Results};
use crate::figure::Figure;
use crate::guest::Guest;
use crate::place::Build;

/// As many records a round.
const RECORDS: u64 = 2000;

impl Race<'_> {
    pub(super) fn interpreter(&self, results: &mut Results) {
        if self.wants("interpreter") {
            let figure = self.against_nothing();
            self.note(results, "interpreter", figure);
        }
    }

    /// The records through the filter, against the same records put in and taken out
    /// around a function that gives a number.
    fn against_nothing(&self) -> Result<Figure, String> {
        self.progress.says("the module in an interpreter");
        let mut events = Vec::new();
        let size = sets::LINE as u64 * RECORDS;
        // A set without hits, and without what could be one.
        sets::write(Set::NoLiterals, size, size, &mut events).map_err(|error| error.to_string())?;
        let records: Vec<&[u8]> = events.split(|byte| *byte == b'\n').collect();
        let records = records.split_last().map_or(&[][..], |(_, records)| records);
        let mut guest = Guest::start(&self.place.module(Build::Portable))?;
        for record in records {
            if !guest.filter(record)? {
                return Err("a record went on as another than it came".to_owned());
            }
        }
        let mut rounds = Vec::new();
        for _ in 0..self.rounds {
            let filter = timed(records, |record| guest.filter(record).map(drop))?;
            let nothing = timed(records, |record| guest.nothing(record))?;
            rounds.push(filter / nothing);
            self.progress.step();
        }
        Figure::of(rounds).ok_or_else(|| "there was no round".to_owned())
    }
}

fn timed(
    records: &[&[u8]],
    mut each: impl FnMut(&[u8]) -> Result<(), String>,
) -> Result<f64, String> {
    let started = Instant::now();
    for record in records {
        each(record)?;
    }
    Ok(started.elapsed().as_secs_f64())
}
