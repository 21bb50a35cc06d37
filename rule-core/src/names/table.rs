//! Which raw path is which field: the sources, compiled for the fields that a
//! session asks for.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::kinds::Compiled;
use super::paths::Paths;
use super::sources::Sources;
use crate::decode::MAX_PATH_BYTES;

/// Where a record carries an event as its source wrote it, outside of any envelope.
pub(crate) const RAW: &str = "_raw";

/// The tables, ready to read events with.
#[derive(Clone, Debug)]
pub struct Table {
    pub(super) sources: Sources,
    /// The fields asked for; an event keeps the value of each at its place here.
    fields: Vec<String>,
    places: BTreeMap<String, usize>,
    pub(super) paths: Paths,
    /// What a path begins with whose values go into message templates; none where no
    /// message is asked for.
    pub(super) insert_prefixes: Vec<String>,
    /// Are all fields kept, asked for by name or not?
    pub(super) keep_all: bool,
    /// May a field be asked for whose path is too long to be read?
    pub(super) asks_too_long: bool,
    pub(super) slots: WellKnown,
    /// What is made of the fields of an event.
    pub(super) made: Compiled,
}

/// Where the fields are that the tables themselves ask for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WellKnown {
    pub(super) channel: usize,
    pub(super) provider: usize,
    pub(super) event_code: usize,
    pub(super) message: Option<usize>,
    pub(super) host: Option<usize>,
    pub(super) source: Option<usize>,
    pub(super) sourcetype: Option<usize>,
    pub(super) index: Option<usize>,
    pub(super) raw: Option<usize>,
    pub(super) time: Option<usize>,
}

/// What a raw path means.
#[derive(Clone, Debug, Default)]
pub(super) struct Meaning {
    /// The fields that it can fill, with the rank of the path for each: 0 is
    /// best.
    pub(super) targets: Vec<Target>,
    /// Its rank among the paths of `_time`.
    pub(super) time: Option<u16>,
    /// It is that of an array of values without names: what they are called.
    pub(super) counted_as: Option<String>,
    /// Its values go into message templates.
    pub(super) is_insert: bool,
    /// It is that of a text which is an event of its own.
    pub(super) is_carried: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) slot: usize,
    pub(super) rank: u16,
}

impl Table {
    /// Compiles the sources for `fields`. With `keep_all` events keep every
    /// other field too.
    #[must_use]
    pub fn new(sources: Sources, fields: impl IntoIterator<Item = String>, keep_all: bool) -> Self {
        let mut slots = Slots {
            sources: &sources,
            fields: Vec::new(),
            places: BTreeMap::new(),
            paths: BTreeMap::new(),
        };
        let kinds = sources.kinds();
        let mut made = Compiled::new(kinds);
        for field in fields {
            let slot = slots.of(&field);
            match sources.models().field(&field) {
                Some((inner, default)) => {
                    let own = slots.of(inner);
                    made.add(kinds, inner, own, &mut |own| slots.of(own));
                    made.add_of_dataset(slot, own, default);
                }
                None => made.add(kinds, &field, slot, &mut |own| slots.of(own)),
            }
        }
        made.settle();
        let [channel, provider, event_code] =
            ["Channel", "SourceName", "EventCode"].map(|name| slots.of(name));
        let find = |name: &str| slots.places.get(name).copied();
        let well_known = WellKnown {
            channel,
            provider,
            event_code,
            message: find("Message"),
            host: find("host"),
            source: find("source"),
            sourcetype: find("sourcetype"),
            index: find("index"),
            raw: find(RAW),
            time: find("_time"),
        };
        let Slots {
            fields,
            places,
            mut paths,
            ..
        } = slots;
        let times = sources.fields.get("_time").into_iter().flatten();
        let times = core::iter::once("_time").chain(times.map(String::as_str));
        for (rank, path) in times.enumerate() {
            let meaning = paths.entry(String::from(path)).or_default();
            meaning.time.get_or_insert(rank_of(rank));
        }
        for (array, name) in &sources.positional {
            paths.entry(array.clone()).or_default().counted_as = Some(name.clone());
        }
        paths.entry(String::from(RAW)).or_default().is_carried = true;
        let mut insert_prefixes = Vec::new();
        if well_known.message.is_some() {
            for insert in &sources.inserts {
                match insert.ends_with('.') {
                    true => insert_prefixes.push(insert.clone()),
                    false => paths.entry(insert.clone()).or_default().is_insert = true,
                }
            }
            for (path, meaning) in &mut paths {
                let is_below = |prefix: &String| path.starts_with(prefix.as_str());
                meaning.is_insert |= insert_prefixes.iter().any(is_below);
            }
        }
        let is_too_long = |path: &String| path.len() > MAX_PATH_BYTES;
        Table {
            fields,
            places,
            asks_too_long: keep_all || paths.keys().any(is_too_long),
            paths: Paths::new(paths),
            insert_prefixes,
            keep_all,
            slots: well_known,
            made,
            sources,
        }
    }

    /// The fields asked for, each at the place that events keep it.
    #[must_use]
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// The place of a field.
    #[must_use]
    pub fn find(&self, field: &str) -> Option<usize> {
        self.places.get(field).copied()
    }

    /// The name that a field is kept under beside those asked for.
    pub(super) fn plain_name<'p>(&self, path: &'p str) -> &'p str {
        self.sources
            .data_prefixes
            .iter()
            .find_map(|prefix| path.strip_prefix(prefix.as_str()))
            .unwrap_or(path)
    }
}

/// The places of fields, as they are given out.
struct Slots<'s> {
    sources: &'s Sources,
    fields: Vec<String>,
    places: BTreeMap<String, usize>,
    paths: BTreeMap<String, Meaning>,
}

impl Slots<'_> {
    /// The place of a field, made where it has none.
    fn of(&mut self, field: &str) -> usize {
        if let Some(slot) = self.places.get(field) {
            return *slot;
        }
        let slot = self.fields.len();
        for (rank, path) in self.paths_of(field).into_iter().enumerate() {
            let targets = &mut self.paths.entry(path).or_default().targets;
            // The first, best rank of a path counts.
            if targets.iter().all(|target| target.slot != slot) {
                targets.push(Target {
                    slot,
                    rank: rank_of(rank),
                });
            }
        }
        self.fields.push(String::from(field));
        self.places.insert(String::from(field), slot);
        slot
    }

    /// Where a field may stand, best first: under its own name, then where its
    /// row says, then below each prefix.
    fn paths_of(&self, field: &str) -> Vec<String> {
        let mut paths = alloc::vec![String::from(field)];
        // `_time` is read apart: which path wins depends on the zones.
        if field == "_time" {
            return Vec::new();
        }
        paths.extend(
            self.sources
                .fields
                .get(field)
                .into_iter()
                .flatten()
                .cloned(),
        );
        paths.extend(
            self.sources
                .data_prefixes
                .iter()
                .map(|prefix| alloc::format!("{prefix}{field}")),
        );
        for (array, name) in &self.sources.positional {
            if field.strip_prefix(name.as_str()).is_some_and(is_position) {
                paths.push(alloc::format!("{array}{field}"));
            }
        }
        paths
    }
}

/// The rank of the path at a place among those of a field.
fn rank_of(place: usize) -> u16 {
    u16::try_from(place).unwrap_or(u16::MAX)
}

/// Is this the number of `param7`?
fn is_position(text: &str) -> bool {
    !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}
