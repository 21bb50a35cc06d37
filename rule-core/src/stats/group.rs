//! What is kept of one group.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::accumulator::Accumulator;
use super::sample::Samples;
use super::size;
use super::{GroupResult, Observation, Source, Stats, key};
use crate::snapshot::{Damaged, Reader, Writer};
use crate::time::Time;

#[derive(Clone, Debug)]
pub(super) struct Group {
    /// One for each aggregate.
    accumulators: Box<[Accumulator]>,
    latest: Option<Time>,
    samples: Samples,
}

impl Group {
    pub(super) fn new(stats: &Stats) -> Self {
        let new = stats.aggregates.iter();
        Group {
            accumulators: new.map(|one| Accumulator::new(one.function)).collect(),
            latest: None,
            samples: Samples::default(),
        }
    }

    /// Takes an event; gives the bytes that the state grew by.
    pub(super) fn add(
        &mut self,
        stats: &Stats,
        source: &dyn Source,
        seen: &Observation<'_>,
    ) -> isize {
        self.latest = self.latest.max(seen.time);
        let mut grown = self.samples.add(seen.samples, seen.keep);
        for (aggregate, accumulator) in stats.aggregates.iter().zip(&mut self.accumulators) {
            match &aggregate.field {
                Some(field) => {
                    source.visit(field, &mut |item| grown += accumulator.add(item, seen.time));
                }
                None => accumulator.add_event(),
            }
        }
        grown
    }

    /// Takes what another part of the same group has; gives the bytes that the
    /// state grew by.
    pub(super) fn merge(&mut self, other: &Group, keep: usize) -> isize {
        self.latest = self.latest.max(other.latest);
        let pairs = self.accumulators.iter_mut().zip(&other.accumulators);
        let grown: isize = pairs.map(|(one, other)| one.merge(other)).sum();
        grown + self.samples.add(other.samples.as_slice(), keep)
    }

    /// Keeps no more than so many samples.
    pub(super) fn keep_samples(&mut self, keep: usize) {
        self.samples.add(&[], keep);
    }

    /// What it takes of memory, in bytes, reckoned.
    pub(super) fn size(&self) -> usize {
        let accumulators: usize = self.accumulators.iter().map(Accumulator::size).sum();
        size::GROUP + accumulators + self.samples.size()
    }

    pub(super) fn result<'s>(&self, stats: &'s Stats, key: &[u8]) -> GroupResult<'s> {
        let pairs = stats.aggregates.iter().zip(&self.accumulators);
        GroupResult {
            by: stats.by.iter().map(|field| field.name.as_str()).collect(),
            by_values: key::values(key).unwrap_or_default(),
            values: pairs
                .map(|(aggregate, kept)| (aggregate.column.as_str(), kept.value()))
                .collect(),
            latest: self.latest,
            samples: self.samples.as_slice().to_vec(),
        }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        for accumulator in &self.accumulators {
            accumulator.write(writer);
        }
        writer.option(self.latest, |writer, time| time.write(writer));
        self.samples.write(writer);
    }

    pub(super) fn read(reader: &mut Reader<'_>, stats: &Stats) -> Result<Self, Damaged> {
        let accumulators = stats
            .aggregates
            .iter()
            .map(|one| Accumulator::read(reader, one.function))
            .collect::<Result<Vec<Accumulator>, Damaged>>()?;
        Ok(Group {
            accumulators: accumulators.into_boxed_slice(),
            latest: reader.option(Time::read)?,
            samples: Samples::read(reader)?,
        })
    }
}
