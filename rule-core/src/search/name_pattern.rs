//! Field names with wildcards: `*`, `src_*`, `*.name`.

use alloc::string::String;
use alloc::vec::Vec;

/// A field name in which `*` stands for any run of characters. Field names have
/// case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePattern {
    parts: Vec<String>,
}

impl NamePattern {
    /// Compiles a name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        NamePattern {
            parts: name.split('*').map(String::from).collect(),
        }
    }

    /// The name itself, where it has no wildcard.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [name] => Some(name),
            _ => None,
        }
    }

    /// Has any of them a wildcard?
    #[must_use]
    pub fn any(patterns: &[NamePattern]) -> bool {
        patterns.iter().any(|one| one.literal().is_none())
    }

    /// How many wildcards it has.
    #[must_use]
    pub fn wildcards(&self) -> usize {
        self.parts.len().saturating_sub(1)
    }

    /// What each wildcard stands for in `name`; None where the pattern does not
    /// cover it. Each takes as little as it can, the last one the rest.
    #[must_use]
    pub fn captures<'n>(&self, name: &'n str) -> Option<Vec<&'n str>> {
        let (first, rest) = self.parts.split_first()?;
        let mut left = name.strip_prefix(first.as_str())?;
        let Some((last, middle)) = rest.split_last() else {
            return left.is_empty().then(Vec::new);
        };
        let mut captures = Vec::with_capacity(rest.len());
        for part in middle {
            let (captured, after) = left.split_once(part.as_str())?;
            captures.push(captured);
            left = after;
        }
        captures.push(left.strip_suffix(last.as_str())?);
        Some(captures)
    }

    /// Does the pattern cover `name`?
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        match self.literal() {
            Some(literal) => literal == name,
            None => self.captures(name).is_some(),
        }
    }

    /// Does the pattern cover `name` where it takes whatever fields there are? Names that
    /// begin with `_` are Splunk's own, and of such only patterns that begin so `[U]`.
    #[must_use]
    pub fn covers(&self, name: &str) -> bool {
        let own = |text: &str| text.starts_with('_');
        let begins = self.parts.first().is_some_and(|first| own(first));
        begins == own(name) && self.matches(name)
    }

    /// The name that has `captures` in place of the wildcards.
    #[must_use]
    pub fn fill(&self, captures: &[&str]) -> String {
        let mut name = String::new();
        for (index, part) in self.parts.iter().enumerate() {
            name.push_str(part);
            if index < self.parts.len().saturating_sub(1) {
                name.push_str(captures.get(index).copied().unwrap_or_default());
            }
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (pattern, name, wanted) in [
            ("*", "anything", Some("anything")),
            ("Processes.*", "Processes.dest", Some("dest")),
            ("Processes.*", "Registry.dest", None),
            ("src*port", "src_port", Some("_")),
            ("*a*", "bab", Some("b|b")),
            ("*.*", "x.y.z", Some("x|y.z")),
            ("dest", "dest", Some("")),
            ("dest", "Dest", None),
            ("a*a", "a", None),
        ] {
            let captures = NamePattern::new(pattern)
                .captures(name)
                .map(|parts| parts.join("|"));
            assert_eq!(captures.as_deref(), wanted, "{pattern} on {name}");
        }
        assert_eq!(NamePattern::new("old_*").fill(&["dest"]), "old_dest");
    }
}
