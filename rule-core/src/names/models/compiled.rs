//! The datasets that a session asks for, with the places of the fields.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::Models;
use super::part::{Part, Taken, command_line};
use crate::search::Pattern;

/// The values that an event keeps at a place.
pub(in super::super) trait Slots<'r> {
    fn values(&self, slot: usize) -> &[Cow<'r, str>];
}

/// Datasets, ready to fill their fields.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Compiled {
    datasets: Vec<CompiledDataset>,
}

#[derive(Clone, Debug)]
struct CompiledDataset {
    name: String,
    sources: Vec<CompiledSource>,
    /// The places of the fields that are never empty, and what they are then.
    defaults: Vec<(usize, String)>,
}

#[derive(Clone, Debug)]
struct CompiledSource {
    when: Vec<(usize, Vec<Pattern>)>,
    /// The place of each field, and the ways to its value.
    fields: Vec<(usize, Vec<Way>)>,
}

/// A [`Part`] with the places of the fields that it reads.
#[derive(Clone, Debug)]
enum Way {
    Taken(usize, Taken),
    Constant(String, Option<[usize; 2]>),
    CommandLine([usize; 2]),
}

impl Compiled {
    /// Adds a field of a dataset, kept at `slot`; `place` gives the places of the event's
    /// own fields. Nothing is added for any other field.
    pub(in super::super) fn add(
        &mut self,
        models: &Models,
        field: &str,
        slot: usize,
        place: &mut dyn FnMut(&str) -> usize,
    ) {
        let Some((dataset, name, inner)) = models.split(field) else {
            return;
        };
        if self.datasets.iter().all(|one| one.name != name) {
            let mut sources = Vec::new();
            for source in &dataset.sources {
                let when = source.when.iter().map(|(field, values)| {
                    let values = values.iter().map(|value| Pattern::new(value, false));
                    (place(field), values.collect())
                });
                sources.push(CompiledSource {
                    when: when.collect(),
                    fields: Vec::new(),
                });
            }
            self.datasets.push(CompiledDataset {
                name: String::from(name),
                sources,
                defaults: Vec::new(),
            });
        }
        let Some(compiled) = self.datasets.iter_mut().find(|one| one.name == name) else {
            return;
        };
        for (source, compiled) in dataset.sources.iter().zip(&mut compiled.sources) {
            let ways: Vec<Way> = match source.fields.get(inner) {
                Some(parts) => parts.iter().map(|part| Way::new(part, place)).collect(),
                None if source.as_named => {
                    let own = Taken::of(inner);
                    alloc::vec![Way::Taken(place(inner), own)]
                }
                None => continue,
            };
            compiled.fields.push((slot, ways));
        }
        if let Some(text) = dataset.defaults.get(inner) {
            compiled.defaults.push((slot, text.clone()));
        }
    }

    /// Gives each value that an event has in the datasets that it is in, with its place.
    pub(in super::super) fn fill<'r>(
        &'r self,
        slots: &dyn Slots<'r>,
        give: &mut dyn FnMut(usize, Cow<'r, str>),
    ) {
        for dataset in &self.datasets {
            let mut sources = dataset.sources.iter();
            let Some(source) = sources.find(|source| source.takes(slots)) else {
                continue;
            };
            let mut filled: Vec<usize> = Vec::new();
            for (slot, ways) in &source.fields {
                let mut any = false;
                for way in ways {
                    way.values(slots, &mut |value| {
                        any = true;
                        give(*slot, value);
                    });
                    if any {
                        filled.push(*slot);
                        break;
                    }
                }
            }
            let defaults = dataset.defaults.iter();
            for (slot, text) in defaults.filter(|(slot, _)| !filled.contains(slot)) {
                give(*slot, Cow::Borrowed(text.as_str()));
            }
        }
    }
}

impl CompiledSource {
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

    fn values<'r>(&'r self, slots: &dyn Slots<'r>, give: &mut dyn FnMut(Cow<'r, str>)) {
        match self {
            Way::Taken(slot, taken) => {
                let values = slots.values(*slot).iter();
                values.filter_map(|value| taken.value(value)).for_each(give);
            }
            Way::Constant(text, same) => {
                let holds = same.is_none_or(|[left, right]| {
                    let (left, right) = (slots.values(left).first(), slots.values(right).first());
                    left.is_some() && left == right
                });
                if holds {
                    give(Cow::Borrowed(text.as_str()));
                }
            }
            Way::CommandLine([logged, program]) => {
                let (logged, program) = (
                    slots.values(*logged).first(),
                    slots.values(*program).first(),
                );
                command_line(logged, program).into_iter().for_each(give);
            }
        }
    }
}
