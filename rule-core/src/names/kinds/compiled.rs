//! The fields that a session asks for, as far as kinds of events and datasets make them,
//! with their places.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::Kind;
use super::part::{Part, Taken, command_line};
use crate::search::Pattern;

/// The values that an event keeps at a place.
pub(in super::super) trait Slots<'r> {
    fn values(&self, slot: usize) -> &[Cow<'r, str>];
    /// Adds a value.
    fn add(&mut self, slot: usize, value: Cow<'r, str>);
}

/// What can be made of an event.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Compiled {
    kinds: Vec<CompiledKind>,
    /// Fields of datasets.
    datasets: Vec<DatasetField>,
}

#[derive(Clone, Debug, Default)]
struct CompiledKind {
    /// None before a field of it is asked for, so that no event is read for that.
    when: Vec<(usize, Vec<Pattern>)>,
    /// The place of each field, and the ways to its value.
    fields: Vec<(usize, Vec<Way>)>,
}

#[derive(Clone, Debug)]
struct DatasetField {
    slot: usize,
    /// The place of the event's field that it is.
    field: usize,
    default: Option<String>,
}

/// A [`Part`] with the places of the fields that it reads.
#[derive(Clone, Debug)]
enum Way {
    Taken(usize, Taken),
    Constant(String, Option<[usize; 2]>),
    CommandLine([usize; 2]),
}

impl Compiled {
    pub(in super::super) fn new(kinds: &[Kind]) -> Self {
        Compiled {
            kinds: alloc::vec![CompiledKind::default(); kinds.len()],
            datasets: Vec::new(),
        }
    }

    /// Adds a field, kept at `slot`, as far as these kinds make it. `place` gives the
    /// places of the event's own fields.
    pub(in super::super) fn add(
        &mut self,
        kinds: &[Kind],
        field: &str,
        slot: usize,
        place: &mut dyn FnMut(&str) -> usize,
    ) {
        let is_there = |kind: &CompiledKind| kind.fields.iter().any(|(known, _)| *known == slot);
        if self.kinds.iter().any(is_there) {
            return;
        }
        for (kind, compiled) in kinds.iter().zip(&mut self.kinds) {
            if let Some(parts) = kind.fields.get(field) {
                if compiled.when.is_empty() {
                    let when = kind.when.iter().map(|(field, values)| {
                        let values = values.iter().map(|value| Pattern::new(value, false));
                        (place(field), values.collect())
                    });
                    compiled.when = when.collect();
                }
                let ways = parts.iter().map(|part| Way::new(part, place)).collect();
                compiled.fields.push((slot, ways));
            }
        }
    }

    /// Adds a field of a dataset, kept at `slot`, which is the event's at `field`.
    pub(in super::super) fn add_of_dataset(
        &mut self,
        slot: usize,
        field: usize,
        default: Option<&str>,
    ) {
        self.datasets.push(DatasetField {
            slot,
            field,
            default: default.map(String::from),
        });
    }

    /// Leaves out the kinds that make nothing that is asked for.
    pub(in super::super) fn settle(&mut self) {
        self.kinds.retain(|kind| !kind.fields.is_empty());
    }

    /// Adds what an event does not say itself.
    pub(in super::super) fn fill<'r>(&'r self, slots: &mut dyn Slots<'r>) {
        for kind in &self.kinds {
            if !kind.takes(slots) {
                continue;
            }
            for (slot, ways) in &kind.fields {
                let mut ways = ways.iter();
                while slots.values(*slot).is_empty()
                    && let Some(way) = ways.next()
                {
                    for value in way.values(slots) {
                        slots.add(*slot, value);
                    }
                }
            }
        }
        for field in &self.datasets {
            if !slots.values(field.slot).is_empty() {
                continue;
            }
            let values = slots.values(field.field).iter();
            let mut values: Vec<_> = values.filter(|value| !value.is_empty()).cloned().collect();
            if values.is_empty() {
                let default = field.default.as_deref();
                values.extend(default.map(Cow::Borrowed));
            }
            for value in values {
                slots.add(field.slot, value);
            }
        }
    }
}

impl CompiledKind {
    fn takes<'r>(&self, slots: &dyn Slots<'r>) -> bool {
        self.when.iter().all(|(slot, wanted)| {
            let mut values = slots.values(*slot).iter();
            values.any(|value| wanted.iter().any(|one| one.matches(value)))
        })
    }
}

impl Way {
    fn new(part: &Part, place: &mut dyn FnMut(&str) -> usize) -> Self {
        match part {
            Part::Taken(taken) => Way::Taken(place(&taken.field), taken.clone()),
            Part::Constant { text, where_same } => {
                let same = where_same.as_ref();
                let same = same.map(|[left, right]| [place(left), place(right)]);
                Way::Constant(text.clone(), same)
            }
            Part::CommandLine { logged, program } => {
                Way::CommandLine([place(logged), place(program)])
            }
        }
    }

    fn values<'r>(&'r self, slots: &dyn Slots<'r>) -> Vec<Cow<'r, str>> {
        let first = |slot: usize| slots.values(slot).first();
        match self {
            Way::Taken(slot, taken) => {
                let values = slots.values(*slot).iter();
                values.filter_map(|value| taken.value(value)).collect()
            }
            Way::Constant(text, same) => {
                let holds = same.is_none_or(|[left, right]| {
                    first(left).is_some() && first(left) == first(right)
                });
                holds
                    .then_some(Cow::Borrowed(text.as_str()))
                    .into_iter()
                    .collect()
            }
            Way::CommandLine([logged, program]) => command_line(first(*logged), first(*program))
                .into_iter()
                .collect(),
        }
    }
}
