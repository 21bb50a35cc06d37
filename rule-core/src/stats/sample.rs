//! Events kept to show what is behind a result.

use alloc::boxed::Box;
use alloc::string::String;

use serde::Serialize;

use super::size;
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

impl Observation<'_> {
    /// Puts the samples among those kept: the earliest ones stay, so that the
    /// order of arrival changes nothing. Gives the bytes that they grew by.
    pub(super) fn keep_in(&self, samples: &mut Option<Box<[Sample]>>) -> usize {
        let mut kept = samples.take().unwrap_or_default().into_vec();
        let mut grown = 0usize;
        for sample in self.samples {
            let place = kept.partition_point(|other| other <= sample);
            if place < self.keep {
                grown += size(sample);
                kept.insert(place, sample.clone());
            }
            if kept.len() > self.keep {
                let dropped = kept.pop();
                grown = grown.saturating_sub(dropped.as_ref().map_or(0, size));
            }
        }
        *samples = Some(kept.into_boxed_slice());
        grown
    }
}

fn size(sample: &Sample) -> usize {
    size::SAMPLE + sample.input.len() + sample.text.len()
}
