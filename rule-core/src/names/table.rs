//! Which raw path is which field: the sources, compiled for the fields that a
//! session asks for.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::sources::Sources;

/// The tables, ready to read events with.
#[derive(Clone, Debug)]
pub struct Table {
    pub(super) sources: Sources,
    /// The fields asked for; an event keeps the value of each at its place here.
    fields: Vec<String>,
    pub(super) paths: BTreeMap<String, Meaning>,
    /// Are all fields kept, asked for by name or not?
    pub(super) keep_all: bool,
    pub(super) slots: WellKnown,
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
        let mut table = Table {
            sources,
            fields: Vec::new(),
            paths: BTreeMap::new(),
            keep_all,
            slots: WellKnown::default(),
        };
        for field in fields {
            table.slot_of(field);
        }
        table.slots = WellKnown {
            channel: table.slot_of(String::from("Channel")),
            provider: table.slot_of(String::from("SourceName")),
            event_code: table.slot_of(String::from("EventCode")),
            message: table.find("Message"),
            host: table.find("host"),
            source: table.find("source"),
            sourcetype: table.find("sourcetype"),
            index: table.find("index"),
            raw: table.find("_raw"),
            time: table.find("_time"),
        };
        let times = table
            .sources
            .fields
            .get("_time")
            .cloned()
            .unwrap_or_default();
        for (rank, path) in core::iter::once(String::from("_time"))
            .chain(times)
            .enumerate()
        {
            let meaning = table.paths.entry(path).or_default();
            meaning.time.get_or_insert(rank as u16);
        }
        table
    }

    /// The fields asked for, each at the place that events keep it.
    #[must_use]
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// The place of a field.
    #[must_use]
    pub fn find(&self, field: &str) -> Option<usize> {
        self.fields.iter().position(|name| name == field)
    }

    /// The place of a field, made where it has none.
    fn slot_of(&mut self, field: String) -> usize {
        if let Some(slot) = self.find(&field) {
            return slot;
        }
        let slot = self.fields.len();
        for (rank, path) in self.paths_of(&field).into_iter().enumerate() {
            let targets = &mut self.paths.entry(path).or_default().targets;
            // The first, best rank of a path counts.
            if targets.iter().all(|target| target.slot != slot) {
                targets.push(Target {
                    slot,
                    rank: rank as u16,
                });
            }
        }
        self.fields.push(field);
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

    /// The name that a field is kept under beside those asked for.
    pub(super) fn plain_name<'p>(&self, path: &'p str) -> &'p str {
        self.sources
            .data_prefixes
            .iter()
            .find_map(|prefix| path.strip_prefix(prefix.as_str()))
            .unwrap_or(path)
    }
}

/// Is this the number of `param7`?
fn is_position(text: &str) -> bool {
    !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}
