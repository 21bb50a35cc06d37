//! YAML files as values, with errors that say file, line and column.

use std::fs;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_saphyr::{DuplicateKeyPolicy, UserMessageFormatter};

use super::RuleError;

/// What is done about a key that stands twice in a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Twice {
    /// It is an error: in a file of the user's, one of the two is a mistake.
    Refused,
    /// The last one counts. Published detections have such keys, and that is how the
    /// tools that publish them read them.
    LastCounts,
}

/// Reads a YAML file; one whose name ends in `.json` is read as JSON, whose
/// escapes YAML does not all know.
pub(crate) fn read<T: DeserializeOwned>(path: &Path, twice: Twice) -> Result<T, RuleError> {
    let text = fs::read_to_string(path).map_err(|error| RuleError::read(path, error))?;
    if path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
    {
        return serde_json::from_str(&text).map_err(|error| {
            let text = error.to_string();
            located(path, error.line() as u64, error.column() as u64, &text)
        });
    }
    let policy = match twice {
        Twice::Refused => DuplicateKeyPolicy::Error,
        Twice::LastCounts => DuplicateKeyPolicy::LastWins,
    };
    let options = serde_saphyr::options! { with_snippet: false, duplicate_keys: policy };
    serde_saphyr::from_str_with_options(&text, options).map_err(|error| {
        let (line, column) = error
            .location()
            .map_or((0, 0), |at| (at.line(), at.column()));
        located(
            path,
            line,
            column,
            &error.render_with_formatter(&UserMessageFormatter),
        )
    })
}

/// An error with the place after the file's name, and not again at the end of the
/// parser's reason.
fn located(path: &Path, line: u64, column: u64, reason: &str) -> RuleError {
    let reason = reason
        .rsplit_once(" at line ")
        .map_or(reason, |(reason, _)| reason);
    RuleError::Content {
        path: path.display().to_string(),
        place: if line == 0 {
            String::new()
        } else {
            format!(", line {line}, column {column}")
        },
        reason: reason.to_owned(),
    }
}
