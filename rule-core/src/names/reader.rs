//! From what a decoder emits to an event.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::event::{Defaults, Event, Found, Others, Slot};
use super::table::{Meaning, RAW, Table};
use crate::decode::{Envelope, FieldSink};
use crate::time;

/// The sink that makes an event of a decoder's fields.
///
/// An event may come in two layers: an envelope's own record, and the text that
/// the envelope carries (`event` of the HTTP Event Collector, `_raw` of an
/// export). What the outer layer says wins.
pub struct EventReader<'r> {
    table: &'r Table,
    envelope: Envelope,
    /// 0 for the record itself, 1 for what it carries.
    layer: u16,
    event: Event<'r>,
    found: Found<'r>,
    /// How many values each array of unnamed values had so far.
    counts: BTreeMap<String, usize>,
    /// What the path asked about last means.
    asked: Asked<'r>,
    /// The record carries a text that is an event of its own.
    carries: bool,
}

#[derive(Clone, Copy, Default)]
struct Asked<'r> {
    meaning: Option<&'r Meaning>,
    /// The rank that metadata of the envelope has over what the event says.
    metadata: bool,
    insert: bool,
    other: bool,
}

/// Values that a message template can have a place for: `%1` to `%99`.
const MOST_INSERTS: usize = 99;

/// The ranks of one layer: those of the paths of a field, and there are fewer.
const RANKS: u16 = 2000;

impl<'r> EventReader<'r> {
    /// A reader for one record.
    #[must_use]
    pub fn new(table: &'r Table, envelope: Envelope, raw: Cow<'r, str>) -> Self {
        let mut slots = Vec::new();
        slots.resize_with(table.fields().len(), Slot::default);
        EventReader {
            table,
            envelope,
            layer: 0,
            event: Event {
                slots,
                others: Others::default(),
                left_out: 0,
                raw,
                time: None,
                time_slot: None,
            },
            found: Found::default(),
            counts: BTreeMap::new(),
            asked: Asked::default(),
            carries: false,
        }
    }

    /// Did the record, outside of an envelope, carry a text that is an event of its own?
    #[must_use]
    pub fn carries(&self) -> bool {
        self.carries
    }

    /// Goes on with the text that the envelope carries.
    pub fn enter_carried(&mut self) {
        self.envelope = Envelope::None;
        self.layer = 1;
        self.counts.clear();
    }

    /// The event, with what it does not say taken from the tables and defaults.
    #[must_use]
    pub fn finish(mut self, defaults: &'r Defaults) -> Event<'r> {
        self.event.complete(self.table, defaults, self.found);
        self.event
    }

    /// The path as it would stand without the envelope, and whether it is
    /// metadata of the envelope; None for what is of no event.
    fn inside<'p>(&self, path: &'p str) -> Option<(&'p str, bool)> {
        match self.envelope {
            Envelope::None => Some((path, false)),
            Envelope::Export => path.strip_prefix("result.").map(|inner| (inner, true)),
            Envelope::Hec => match path {
                "time" => Some(("_time", true)),
                "host" | "source" | "sourcetype" | "index" => Some((path, true)),
                _ => path
                    .strip_prefix("event.")
                    .or_else(|| path.strip_prefix("fields."))
                    .map(|inner| (inner, false)),
            },
        }
    }

    #[inline]
    fn ask(&self, path: &str) -> Asked<'r> {
        let Some((path, metadata)) = self.inside(path) else {
            return Asked::default();
        };
        let table = self.table;
        let meaning = table.paths.get(path);
        let is_below = |prefix: &String| path.starts_with(prefix.as_str());
        Asked {
            meaning,
            metadata,
            insert: match meaning {
                Some(meaning) => meaning.is_insert,
                None => table.insert_prefixes.iter().any(is_below),
            },
            other: table.keep_all && path != RAW,
        }
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a layer is 0 or 1 and a rank below RANKS, so all stay below 4 * RANKS"
    )]
    fn give(&mut self, meaning: &Meaning, metadata: bool, value: Cow<'r, str>) {
        let inner = !metadata && self.envelope != Envelope::None;
        let offset = (2 * self.layer + u16::from(inner)) * RANKS;
        for target in &meaning.targets {
            // What an event of its own calls `index` is not where it is stored.
            if Some(target.slot) == self.table.slots.index && !metadata {
                continue;
            }
            if let Some(slot) = self.event.slots.get_mut(target.slot) {
                let is_kept = slot.offer(target.rank.min(RANKS - 1) + offset, value.clone());
                self.event.left_out += u64::from(!is_kept);
            }
        }
        if let Some(rank) = meaning.time {
            let rank = rank.min(RANKS - 1) + offset;
            if !self.found.has_stamp_before(rank)
                && let Some(stamp) = time::parse(&value)
            {
                self.found.offer_stamp(rank, stamp);
            }
        }
    }
}

impl<'r> FieldSink<'r> for EventReader<'r> {
    #[inline]
    fn wants(&mut self, path: &str) -> bool {
        self.asked = self.ask(path);
        self.asked.meaning.is_some() || self.asked.insert || self.asked.other
    }

    fn field(&mut self, path: &str, value: Cow<'r, str>) {
        let asked = self.asked;
        let is_asked = asked
            .meaning
            .is_some_and(|meaning| !meaning.targets.is_empty());
        if let Some(meaning) = asked.meaning {
            self.give(meaning, asked.metadata, value.clone());
            self.carries |= meaning.is_carried && self.envelope == Envelope::None;
            if let Some(name) = &meaning.counted_as {
                let array = self.inside(path).map_or(path, |(inner, _)| inner);
                let count = self.counts.entry(String::from(array)).or_default();
                *count = count.saturating_add(1);
                let position = alloc::format!("{array}{name}{count}");
                if let Some(meaning) = self.table.paths.get(&position) {
                    self.give(meaning, asked.metadata, value.clone());
                }
            }
        }
        if asked.insert && self.found.inserts.len() < MOST_INSERTS {
            self.found.inserts.push(value.clone());
        }
        if asked.other {
            let path = self.inside(path).map_or(path, |(inner, _)| inner);
            let name = self.table.plain_name(path);
            let is_kept = self.event.others.add(name, value);
            // One that a field has which was asked for is kept, or was counted.
            if !is_kept && !is_asked {
                self.event.left_out = self.event.left_out.saturating_add(1);
            }
        }
    }

    fn too_long(&mut self) {
        // Of what nobody asks for nothing is lost.
        if self.table.asks_too_long {
            self.event.left_out = self.event.left_out.saturating_add(1);
        }
    }
}
