//! Where alerts go, if not to standard output.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A file, or the URL of a receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Destination {
    /// A file.
    File(PathBuf),
    /// The URL of a receiver of JSON lines.
    Url(String),
}

impl FromStr for Destination {
    type Err = Infallible;

    /// What begins with `http://` or `https://` is a URL, all else a file.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(
            match text.starts_with("http://") || text.starts_with("https://") {
                true => Self::Url(text.to_owned()),
                false => Self::File(PathBuf::from(text)),
            },
        )
    }
}

impl Destination {
    /// The file, where it is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Url(_) => None,
        }
    }

    /// What it is called whatever the working folder is.
    pub(crate) fn absolute(&self) -> String {
        match self {
            Self::File(path) => std::path::absolute(path)
                .unwrap_or_else(|_| path.clone())
                .display()
                .to_string(),
            Self::Url(url) => url.clone(),
        }
    }
}
