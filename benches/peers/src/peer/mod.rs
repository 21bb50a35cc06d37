//! The peers, each over blocks of whole lines.

pub(crate) mod regex;
pub(crate) mod rsigma;
pub(crate) mod tau;
pub(crate) mod typed;
#[cfg(feature = "vrl")]
pub(crate) mod vrl;

use memchr::memchr_iter;
use serde_json::Value;
use sets::{Found, Groups};

/// A competitor.
pub(crate) trait Peer {
    /// One line, its end not in it.
    fn line(&mut self, line: &[u8]) -> Result<(), String>;

    /// Whole lines.
    fn lines(&mut self, lines: &[u8]) -> Result<(), String> {
        let mut start = 0;
        for end in memchr_iter(b'\n', lines) {
            self.line(&lines[start..end])?;
            start = end + 1;
        }
        match &lines[start..] {
            [] => Ok(()),
            rest => self.line(rest),
        }
    }

    /// What was found.
    fn finish(self) -> Found;
}

/// The text of a field.
fn text<'a>(event: &'a Value, field: &str) -> &'a str {
    event[field].as_str().unwrap_or_default()
}

/// Counts an event that is there as a `serde_json` value.
fn count(groups: &mut Groups, rules: sets::RuleSet, rule: &str, event: &Value) {
    let rule = if rules.are_many() { rule } else { "" };
    let host = text(event, "Hostname");
    if rules.are_by_message() {
        let time = text(event, "TimeCreated");
        groups.add([rule, host, text(event, "Message")], 1, time, time);
    } else {
        groups.add([rule, host, ""], 1, "", "");
    }
}

/// What is said where a peer has no words for the rules.
fn cannot(rules: sets::RuleSet) -> String {
    format!("this peer has no rules for `{}`", rules.name())
}
