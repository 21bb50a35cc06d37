//! Groups of events by their by-values.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::accumulator::Accumulator;
use super::size;
use super::{Item, Observation, Sample, Source, Stats};
use crate::time::Time;
use crate::value::{Value, compare_texts};

/// The groups of one window, or of one `stats` over rows.
///
/// Kept in an ordered map: its cost is the same whatever by-values an attacker
/// chooses, which that of a hash map without a secret key is not.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    groups: BTreeMap<Box<[u8]>, Group>,
    bytes: usize,
}

#[derive(Clone, Debug)]
struct Group {
    accumulators: Box<[Accumulator]>,
    latest: Option<Time>,
    /// Boxed, for most sessions keep none.
    samples: Option<Box<[Sample]>>,
}

/// The groups that one event can be in, at most: an event whose by-fields have
/// several values is in one for each combination of them.
pub const MAX_COMBINATIONS: usize = 1000;

/// The bytes that the keys of one event's combinations take together, at most,
/// the first one apart.
const MAX_COMBINED_BYTES: usize = 1 << 20;

/// The result of one group.
#[derive(Clone, Debug)]
pub struct GroupResult<'s> {
    /// The by-fields.
    pub by: Vec<&'s str>,
    /// Their values, in the order of the by-clause.
    pub by_values: Vec<String>,
    /// The aggregates: column and value, in their order.
    pub values: Vec<(&'s str, Value)>,
    /// The latest time of its events.
    pub latest: Option<Time>,
    /// Events behind it, earliest first.
    pub samples: Vec<Sample>,
}

impl Groups {
    /// Takes an event into the groups of its by-values.
    ///
    /// An event that lacks a by-field is in none (`[U]`; documented for tstats). Of
    /// a by-field with several values each is a group, and a value that is
    /// there twice counts twice [Search Reference, "stats"]. Gives the number of
    /// combinations left out: beyond [`MAX_COMBINATIONS`], or of more than a MiB.
    pub fn add(&mut self, stats: &Stats, source: &dyn Source, seen: &Observation<'_>) -> usize {
        let mut left_out = 0;
        let mut keys: Vec<Vec<u8>> = alloc::vec![Vec::new()];
        for field in &stats.by {
            let mut values: Vec<Vec<u8>> = Vec::new();
            source.visit(field, &mut |item| values.push(encode(item)));
            keys = match (keys.as_mut_slice(), values.as_slice()) {
                // By far the most: one value, no combination.
                ([key], [value]) => {
                    key.extend_from_slice(value);
                    continue;
                }
                (keys, values) => combine(keys, values, &mut left_out),
            };
        }
        for key in keys {
            self.add_to(key.into_boxed_slice(), stats, source, seen);
        }
        left_out
    }

    fn add_to(
        &mut self,
        key: Box<[u8]>,
        stats: &Stats,
        source: &dyn Source,
        seen: &Observation<'_>,
    ) {
        let key_bytes = key.len();
        let bytes = &mut self.bytes;
        let group = self.groups.entry(key).or_insert_with(|| {
            let new = stats
                .aggregates
                .iter()
                .map(|one| Accumulator::new(one.function));
            let accumulators: Box<[Accumulator]> = new.collect();
            *bytes += key_bytes + size::GROUP;
            *bytes += accumulators.iter().map(Accumulator::size).sum::<usize>();
            Group {
                accumulators,
                latest: None,
                samples: None,
            }
        });
        group.latest = group.latest.max(seen.time);
        if seen.keep > 0 && !seen.samples.is_empty() {
            *bytes += seen.keep_in(&mut group.samples);
        }
        for (aggregate, accumulator) in stats.aggregates.iter().zip(&mut group.accumulators) {
            match &aggregate.field {
                Some(field) => {
                    source.visit(field, &mut |item| {
                        *bytes += accumulator.add(item, seen.time)
                    });
                }
                None => accumulator.add_event(),
            }
        }
    }

    /// How many groups there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Are there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// What the groups take of memory, in bytes, reckoned.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The results, sorted by the by-values: numbers before text.
    #[must_use]
    pub fn results<'s>(&self, stats: &'s Stats) -> Vec<GroupResult<'s>> {
        let by: Vec<&str> = stats.by.iter().map(|field| field.name.as_str()).collect();
        let mut results: Vec<GroupResult<'s>> = self
            .groups
            .iter()
            .map(|(key, group)| GroupResult {
                by: by.clone(),
                by_values: decode(key),
                values: stats
                    .aggregates
                    .iter()
                    .zip(&group.accumulators)
                    .map(|(aggregate, kept)| (aggregate.column.as_str(), kept.value()))
                    .collect(),
                latest: group.latest,
                samples: group.samples.as_deref().unwrap_or_default().to_vec(),
            })
            .collect();
        results.sort_by(|left, right| order(&left.by_values, &right.by_values));
        results
    }
}

fn order(left: &[String], right: &[String]) -> Ordering {
    let pairs = left.iter().zip(right);
    pairs
        .map(|(left, right)| compare_texts(left, right))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// Each key with each value behind it, as far as the limits go.
fn combine(keys: &[Vec<u8>], values: &[Vec<u8>], left_out: &mut usize) -> Vec<Vec<u8>> {
    let mut combined: Vec<Vec<u8>> = Vec::new();
    let mut bytes = 0usize;
    for (key, value) in keys
        .iter()
        .flat_map(|key| values.iter().map(move |value| (key, value)))
    {
        bytes = bytes.saturating_add(key.len() + value.len());
        if !combined.is_empty()
            && (combined.len() >= MAX_COMBINATIONS || bytes > MAX_COMBINED_BYTES)
        {
            *left_out = keys
                .len()
                .saturating_mul(values.len())
                .saturating_sub(combined.len());
            break;
        }
        combined.push([key.as_slice(), value].concat());
    }
    combined
}

/// A by-value in a key: its length, then its bytes, so that no two lists of
/// values have one key. By-values are text: 5 and "5" are one group.
fn encode(item: Item<'_>) -> Vec<u8> {
    let number;
    let text = match item {
        Item::Text(text) => text,
        Item::Number(value) => {
            number = value.to_string();
            &number
        }
    };
    let mut key = Vec::with_capacity(4 + text.len());
    key.extend_from_slice(&(text.len() as u32).to_le_bytes());
    key.extend_from_slice(text.as_bytes());
    key
}

fn decode(mut key: &[u8]) -> Vec<String> {
    let mut values = Vec::new();
    while let Some((length, rest)) = key.split_first_chunk::<4>() {
        let length = u32::from_le_bytes(*length) as usize;
        let Some((text, after)) = rest.split_at_checked(length) else {
            break;
        };
        values.push(String::from_utf8_lossy(text).into_owned());
        key = after;
    }
    values
}
