//! Detections, macros and settings: from files and options to the JSON that
//! `rule_open` takes.

mod configuration;
mod detection;
mod input_settings;
mod lookups;
mod macros;
mod timezone;
mod yaml;

use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

pub use configuration::{Late, Records, Settings, Window};
pub use detection::Detection;
pub use input_settings::{Granted, InputSettings};
pub use lookups::Lookups;
pub use macros::Macros;
pub use timezone::timezone;

pub(crate) use yaml::{Twice, read as read_yaml};

/// Why a file or an option that describes rules cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// A file cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// The file or folder.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// A file is no YAML, or no JSON, or holds something else than it should.
    #[error("`{path}`{place}: {reason}")]
    Content {
        /// The file.
        path: String,
        /// Where in the file, as text that follows its name; may be empty.
        place: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// An option's value cannot be used.
    #[error("`{value}`: {reason}")]
    Option {
        /// The value as it was given.
        value: String,
        /// What is wrong and what to do.
        reason: String,
    },
}

impl RuleError {
    pub(crate) fn content(path: &Path, reason: impl Into<String>) -> Self {
        Self::Content {
            path: path.display().to_string(),
            place: String::new(),
            reason: reason.into(),
        }
    }

    pub(crate) fn read(path: &Path, source: io::Error) -> Self {
        Self::Read {
            path: path.display().to_string(),
            source,
        }
    }

    pub(crate) fn option(value: &str, reason: impl Into<String>) -> Self {
        Self::Option {
            value: value.to_owned(),
            reason: reason.into(),
        }
    }
}

/// What the names of YAML files end in.
pub(crate) const YAML: &[&str] = &["yml", "yaml"];

/// What the names of detections' files end in.
pub(crate) const DETECTIONS: &[&str] = &["yml", "yaml", "spl"];

/// The files of a folder whose names end so, all the way down, sorted by path.
pub(crate) fn files(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, RuleError> {
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(folder).to_owned();
            RuleError::read(&path, error.into())
        })?;
        let wanted = entry.path().extension().is_some_and(|ending| {
            endings
                .iter()
                .any(|wanted| ending.eq_ignore_ascii_case(wanted))
        });
        if entry.file_type().is_file() && wanted {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}
