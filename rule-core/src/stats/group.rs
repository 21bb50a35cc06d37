//! What is kept of one group.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::kept::Kept;
use super::sample::Samples;
use super::size;
use super::{GroupResult, Observation, Source, Stats, key};
use crate::snapshot::{Damaged, Reader, Writer};
use crate::time::Time;

#[derive(Clone, Debug)]
pub(super) struct Group {
    /// For each aggregate.
    kept: Box<[Kept]>,
    latest: Option<Time>,
    samples: Samples,
}

impl Group {
    pub(super) fn new(stats: &Stats) -> Self {
        let new = stats.aggregates.iter();
        Group {
            kept: new.map(Kept::new).collect(),
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
        for (aggregate, kept) in stats.aggregates.iter().zip(&mut self.kept) {
            grown = grown.saturating_add(kept.add(aggregate, stats, source, seen.time));
        }
        grown
    }

    /// Takes what another part of the same group has; gives the bytes that the
    /// state grew by.
    pub(super) fn merge(&mut self, other: &Group, keep: usize) -> isize {
        self.latest = self.latest.max(other.latest);
        let pairs = self.kept.iter_mut().zip(&other.kept);
        let grown: isize = pairs.map(|(one, other)| one.merge(other)).sum();
        grown.saturating_add(self.samples.add(other.samples.as_slice(), keep))
    }

    /// Keeps no more than so many samples.
    pub(super) fn keep_samples(&mut self, keep: usize) {
        self.samples.add(&[], keep);
    }

    /// What it takes of memory, in bytes, reckoned.
    pub(super) fn size(&self) -> usize {
        let kept: usize = self.kept.iter().map(Kept::size).sum();
        size::GROUP
            .saturating_add(kept)
            .saturating_add(self.samples.size())
    }

    /// How many values its aggregates had no room for.
    pub(super) fn left_out(&self) -> u64 {
        self.kept.iter().map(Kept::left_out).sum()
    }

    /// How many texts its `values` list, and their bytes.
    pub(super) fn listed(&self) -> (usize, usize) {
        let kept = self.kept.iter().map(Kept::listed);
        kept.fold((0, 0), |(count, bytes), (more, longer)| {
            (count.saturating_add(more), bytes.saturating_add(longer))
        })
    }

    pub(super) fn result<'s>(&self, stats: &'s Stats, key: &[u8]) -> GroupResult<'s> {
        let mut values = Vec::new();
        for (aggregate, kept) in stats.aggregates.iter().zip(&self.kept) {
            kept.result(aggregate, stats, &mut values);
        }
        GroupResult {
            by: stats.by.iter().map(|field| field.name.as_str()).collect(),
            by_values: key::values(key).unwrap_or_default(),
            values,
            latest: self.latest,
            samples: self.samples.as_slice().to_vec(),
        }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        for kept in &self.kept {
            kept.write(writer);
        }
        writer.option(self.latest, |writer, time| time.write(writer));
        self.samples.write(writer);
    }

    pub(super) fn read(reader: &mut Reader<'_>, stats: &Stats) -> Result<Self, Damaged> {
        let kept = stats
            .aggregates
            .iter()
            .map(|one| Kept::read(reader, one))
            .collect::<Result<Vec<Kept>, Damaged>>()?;
        Ok(Group {
            kept: kept.into_boxed_slice(),
            latest: reader.option(Time::read)?,
            samples: Samples::read(reader)?,
        })
    }
}
