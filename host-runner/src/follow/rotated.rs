//! Files that bore a name before: where a rotation has put them.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::Books;
use crate::checkpoint::Identity;
use crate::input::is_wrapped;

/// The files beside `path` whose names begin with its name, such as `app.log.1` and
/// `app.log-20260101` beside `app.log`, with the times of their last change.
fn siblings(path: &Path) -> io::Result<Vec<(SystemTime, PathBuf)>> {
    let Some(name) = path.file_name() else {
        return Ok(Vec::new());
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let other = entry.file_name();
        let rest = other
            .as_encoded_bytes()
            .strip_prefix(name.as_encoded_bytes());
        if !rest.is_some_and(|rest| {
            rest.starts_with(b".") || rest.starts_with(b"-") || rest.starts_with(b"_")
        }) {
            continue;
        }
        // What is gone in between is none of them.
        if let Ok(metadata) = fs::metadata(entry.path())
            && metadata.is_file()
        {
            found.push((metadata.modified()?, entry.path()));
        }
    }
    found.sort();
    Ok(found)
}

/// The file that was read under `path` before, by the name that it has now.
pub(super) fn find(path: &Path, identity: &Identity, bytes: u64) -> io::Result<Option<PathBuf>> {
    for (_, sibling) in siblings(path)? {
        let mut file = File::open(&sibling)?;
        if file.metadata()?.len() >= bytes && identity.is(&mut file)? {
            return Ok(Some(sibling));
        }
    }
    Ok(None)
}

/// The oldest file that bore the name `path` after the one that was changed last at
/// `after`, and that was not read.
pub(super) fn next(path: &Path, after: &Metadata, books: &Books) -> io::Result<Option<PathBuf>> {
    let after = after.modified()?;
    for (changed, sibling) in siblings(path)? {
        if changed < after {
            continue;
        }
        let mut file = File::open(&sibling)?;
        if !books.know(&mut file)? && !is_packed(&sibling)? {
            return Ok(Some(sibling));
        }
    }
    Ok(None)
}

/// Whether a file was packed when it was rotated.
fn is_packed(path: &Path) -> io::Result<bool> {
    let mut beginning = Vec::new();
    File::open(path)?.take(8).read_to_end(&mut beginning)?;
    Ok(is_wrapped(&beginning) == Some(true))
}
