//! Events kept to show what is behind a result.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::size;
use crate::snapshot::{Damaged, Reader, Writer};
use crate::time::Time;

/// An event behind a result. Ordered by time, then by its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Sample {
    /// When it was.
    #[serde(skip)]
    pub time: Option<Time>,
    /// The input that it came from.
    pub input: String,
    /// Where it begins, in bytes of the input's text.
    pub offset: u64,
    /// The id of its record, where the event has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// Its text.
    pub text: String,
}

/// What a group is told of an event besides its fields.
#[derive(Clone, Copy, Debug, Default)]
pub struct Observation<'o> {
    /// When it was.
    pub time: Option<Time>,
    /// The event itself; of a row, the events behind it.
    pub samples: &'o [Sample],
    /// How many samples a group keeps.
    pub keep: usize,
}

impl Sample {
    /// Writes it.
    pub fn write(&self, writer: &mut Writer) {
        writer.option(self.time, |writer, time| time.write(writer));
        writer.text(&self.input);
        writer.number(self.offset);
        writer.option(self.record.as_deref(), Writer::text);
        writer.text(&self.text);
    }

    /// Reads one.
    ///
    /// # Errors
    /// What is no sample.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        Ok(Sample {
            time: reader.option(Time::read)?,
            input: reader.string()?,
            offset: reader.number()?,
            record: reader.option(Reader::string)?,
            text: reader.string()?,
        })
    }

    fn size(&self) -> usize {
        let record = self.record.as_ref().map_or(0, String::len);
        [self.input.len(), record, self.text.len()]
            .into_iter()
            .fold(size::SAMPLE, usize::saturating_add)
    }
}

/// The samples of a group: the earliest ones, so that the order of arrival
/// changes nothing.
///
/// Boxed, for most sessions keep none.
#[derive(Clone, Debug, Default)]
pub(super) struct Samples {
    /// In their order; None rather than an empty box.
    kept: Option<Box<[Sample]>>,
}

impl Samples {
    pub(super) fn as_slice(&self) -> &[Sample] {
        self.kept.as_deref().unwrap_or_default()
    }

    /// Puts others among those kept, and keeps so many. Gives the bytes that
    /// they grew by.
    pub(super) fn add(&mut self, others: &[Sample], keep: usize) -> isize {
        if others.is_empty() && self.as_slice().len() <= keep {
            return 0;
        }
        let before = self.size();
        let mut kept = self.kept.take().unwrap_or_default().into_vec();
        for sample in others {
            let place = kept.partition_point(|other| other <= sample);
            if place < keep {
                kept.insert(place, sample.clone());
                kept.truncate(keep);
            }
        }
        kept.truncate(keep);
        self.set(kept);
        size::growth(before, self.size())
    }

    fn set(&mut self, kept: Vec<Sample>) {
        self.kept = (!kept.is_empty()).then(|| kept.into_boxed_slice());
    }

    /// Bytes of what is kept.
    pub(super) fn size(&self) -> usize {
        self.as_slice().iter().map(Sample::size).sum()
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.list(self.as_slice().iter(), |writer, one| one.write(writer));
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let kept = reader.list(Sample::read)?;
        if !kept.is_sorted() {
            return Err(Damaged);
        }
        let mut samples = Samples::default();
        samples.set(kept);
        Ok(samples)
    }
}
