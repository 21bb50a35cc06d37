//! `extract`, `kv`: fields of a text that says `name=value`.

use alloc::string::String;

use super::command::Context;
use super::gathered::Gathered;
use super::row::Row;

/// `extract pairdelim=";" kvdelim=":"` over the raw event [Search Reference, "extract"].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extract {
    /// Characters any of which ends a pair.
    pub pair_ends: String,
    /// Characters any of which stands between a name and its value.
    pub name_ends: String,
    /// How many pairs count.
    pub limit: usize,
    /// How many characters are read.
    pub longest: usize,
    /// Is each value of a name kept? Else the first, and what the field had before
    /// [transforms.conf, "MV_ADD"].
    pub several: bool,
    /// Are names made of letters, digits and `_` alone?
    pub clean: bool,
}

impl Extract {
    /// The characters that end a pair where none are given `[U]`.
    pub const PAIR_ENDS: &'static str = " \t\r\n,;";

    pub(super) fn apply(&self, row: &mut Row, context: &Context<'_>) {
        let Some(text) = row.get("_raw").text() else {
            return;
        };
        let end = text.char_indices().nth(self.longest);
        let mut rest = text
            .get(..end.map_or(text.len(), |(at, _)| at))
            .unwrap_or_default();
        let mut found = Gathered::default();
        let mut pairs = 0usize;
        while pairs < self.limit && !rest.is_empty() {
            let (name, value, after) = self.pair(rest);
            rest = after;
            let name = match self.clean {
                true => cleaned(name),
                false => String::from(name),
            };
            // An empty value is no field `[U]`.
            if name.is_empty() || value.is_empty() {
                continue;
            }
            pairs = pairs.saturating_add(1);
            let is_new = row.get(&name).is_null() && !found.has(&name);
            if is_new || self.several {
                found.add(&name, String::from(value));
            }
        }
        drop(text);
        if self.several {
            found.keep(row);
        }
        found.set(row, context);
    }

    /// The pair that a text begins with, and what is behind it; without a value where
    /// none stands there.
    fn pair<'t>(&self, text: &'t str) -> (&'t str, &'t str, &'t str) {
        let in_either = |next: char| self.pair_ends.contains(next) || self.name_ends.contains(next);
        let (name, rest) = text
            .split_at_checked(text.find(in_either).unwrap_or(text.len()))
            .unwrap_or_default();
        let mut letters = rest.chars();
        if !letters
            .next()
            .is_some_and(|end| self.name_ends.contains(end))
        {
            return (name, "", letters.as_str());
        }
        let behind = letters.as_str();
        // A value in quotes holds what would end the pair.
        if let Some((value, rest)) = behind
            .strip_prefix('"')
            .and_then(|inside| inside.split_once('"'))
        {
            return (name.trim(), value, rest);
        }
        let (value, rest) = match behind.find(|next: char| self.pair_ends.contains(next)) {
            Some(at) => behind.split_at_checked(at).unwrap_or_default(),
            None => (behind, ""),
        };
        (name.trim(), value.trim(), rest)
    }
}

/// Other characters than letters and digits are `_`; digits and `_` in front go
/// [transforms.conf, "CLEAN_KEYS"].
fn cleaned(name: &str) -> String {
    let letters = name.chars().map(|letter| match letter {
        'a'..='z' | 'A'..='Z' | '0'..='9' => letter,
        _ => '_',
    });
    letters
        .skip_while(|letter| matches!(letter, '0'..='9' | '_'))
        .collect()
}
