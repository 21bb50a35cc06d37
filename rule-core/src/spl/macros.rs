//! The table of macros.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// A macro: text that stands in for its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Macro {
    /// The text. `$name$` is replaced by the argument of that name.
    pub definition: String,
    /// The names of its arguments, in the order of a call.
    pub arguments: Vec<String>,
}

/// Macros by name and number of arguments: as in Splunk, one name may have a
/// definition for each number.
#[derive(Clone, Debug, Default)]
pub struct Macros {
    /// Those of a name by their number of arguments, ascending.
    by_name: BTreeMap<String, Vec<Macro>>,
}

impl Macros {
    /// A table without macros.
    #[must_use]
    pub fn new() -> Macros {
        Macros::default()
    }

    /// Puts a macro in, in the place of one with the same name and number of
    /// arguments. A name in Splunk's form with the number, `name(1)`, is taken as
    /// `name`: the number is that of `arguments`.
    pub fn insert(&mut self, name: &str, definition: impl Into<String>, arguments: Vec<String>) {
        let same_name = self
            .by_name
            .entry(without_count(name).to_owned())
            .or_default();
        let place = place(same_name, arguments.len());
        let one = Macro {
            definition: definition.into(),
            arguments,
        };
        match place {
            Ok(place) => {
                if let Some(before) = same_name.get_mut(place) {
                    *before = one;
                }
            }
            Err(place) => same_name.insert(place, one),
        }
    }

    /// The macro of a name that takes `count` arguments.
    #[must_use]
    pub fn get(&self, name: &str, count: usize) -> Option<&Macro> {
        let same_name = self.by_name.get(name)?;
        same_name.get(place(same_name, count).ok()?)
    }

    /// The numbers of arguments that a name is defined for, ascending; none for
    /// an unknown name.
    pub fn counts(&self, name: &str) -> impl Iterator<Item = usize> {
        self.by_name
            .get(name)
            .into_iter()
            .flatten()
            .map(|one| one.arguments.len())
    }

    /// All names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }
}

/// Where the one with `count` arguments is, or would be.
fn place(same_name: &[Macro], count: usize) -> Result<usize, usize> {
    same_name.binary_search_by_key(&count, |one| one.arguments.len())
}

fn without_count(name: &str) -> &str {
    name.trim()
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once('('))
        .filter(|(_, count)| count.trim().bytes().all(|byte| byte.is_ascii_digit()))
        .map_or(name.trim(), |(before, _)| before.trim_end())
}
