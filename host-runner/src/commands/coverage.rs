//! How many detections load, and what stops the others.

use std::collections::BTreeMap;
use std::fmt;

use crate::module::Refusal;

/// A count of detections that load and of what stops the others.
#[derive(Debug, Default)]
pub(super) struct Coverage {
    loads: u64,
    stopped: BTreeMap<String, u64>,
}

impl Coverage {
    /// Counts a detection that loads.
    pub(super) fn loads(&mut self) {
        self.loads += 1;
    }

    /// Counts a detection by what stops it.
    pub(super) fn stopped(&mut self, refusal: &Refusal) {
        *self.stopped.entry(cause(refusal)).or_default() += 1;
    }

    /// Counts a file that cannot be read.
    pub(super) fn unreadable(&mut self) {
        *self
            .stopped
            .entry("unreadable file".to_owned())
            .or_default() += 1;
    }
}

/// What stops a detection, such as `command lookup`.
fn cause(refusal: &Refusal) -> String {
    let kind = match refusal.code.as_str() {
        "unsupported_command" => "command",
        "unsupported_function" => "function",
        "unsupported_option" => "option",
        "unsupported_feature" => "feature",
        "undefined_macro" | "macro_cycle" | "macro_arguments" => "macro",
        other => return other.replace('_', " "),
    };
    match &refusal.what {
        Some(what) => format!("{kind} {what}"),
        None => kind.to_owned(),
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut causes: Vec<(&str, u64)> = self
            .stopped
            .iter()
            .map(|(cause, count)| (cause.as_str(), *count))
            .collect();
        causes.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        let width = causes
            .iter()
            .map(|(cause, _)| cause.chars().count())
            .max()
            .unwrap_or(0);
        let digits = causes
            .first()
            .map_or(0, |(_, count)| count.to_string().len());
        for (cause, count) in &causes {
            writeln!(f, "{cause:width$}  {count:>digits$}")?;
        }
        let all = self.loads + self.stopped.values().sum::<u64>();
        writeln!(f, "{} of {all} load", self.loads)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_frequent_first() {
        let refusal = |code: &str, what: Option<&str>| Refusal {
            code: code.to_owned(),
            what: what.map(str::to_owned),
            ..Refusal::default()
        };
        let mut coverage = Coverage::default();
        coverage.loads();
        coverage.stopped(&refusal("unsupported_function", Some("cidrmatch")));
        for _ in 0..12 {
            coverage.stopped(&refusal("unsupported_command", Some("lookup")));
        }
        coverage.stopped(&refusal("bad_schedule", None));
        assert_eq!(
            coverage.to_string(),
            "command lookup      12\n\
             bad schedule         1\n\
             function cidrmatch   1\n\
             1 of 15 load\n"
        );
    }

    #[test]
    fn nothing_at_all() {
        assert_eq!(Coverage::default().to_string(), "0 of 0 load\n");
    }
}
