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

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// A file with this content, changed so many seconds after 1970.
    fn file(folder: &Path, name: &str, content: &[u8], changed: u64) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, content).expect("written");
        let file = File::options().write(true).open(&path).expect("opened");
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(changed);
        file.set_modified(time).expect("set");
        path
    }

    fn identity(path: &Path) -> Identity {
        Identity::of(&mut File::open(path).expect("opened")).expect("read")
    }

    #[test]
    fn a_file_is_found_by_what_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("app.log");
        let old = file(folder.path(), "app.log.1", b"one\ntwo\n", 5);
        file(folder.path(), "app.log.2", b"other\n", 4);
        let known = identity(&old);
        let found = |bytes| find(&path, &known, bytes).expect("read");
        assert_eq!(found(4), Some(old.clone()));
        assert_eq!(found(8), Some(old));
        assert_eq!(found(9), None, "shorter than what was read of it");
    }

    #[test]
    fn the_next_is_the_oldest_that_was_not_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = file(folder.path(), "app.log", b"now\n", 9);
        let read = file(folder.path(), "app.log.4", b"read\n", 5);
        let first = file(folder.path(), "app.log-2026", b"first\n", 6);
        let second = file(folder.path(), "app.log_b", b"second\n", 7);
        for (name, content, changed) in [
            ("app.log.9", &b"before\n"[..], 4),
            ("app.log.5.gz", b"\x1f\x8b\x08", 6),
            ("app.log2", b"not its name\n", 6),
            ("other.log.1", b"another\n", 6),
        ] {
            file(folder.path(), name, content, changed);
        }
        let after = |path: &Path| fs::metadata(path).expect("there");
        let mut books = Books::default();
        books.read(identity(&read), 5);
        let found = next(&path, &after(&read), &books).expect("read");
        assert_eq!(found, Some(first.clone()));
        books.read(identity(&first), 6);
        let found = next(&path, &after(&first), &books).expect("read");
        assert_eq!(found, Some(second.clone()));
        books.read(identity(&second), 7);
        let found = next(&path, &after(&second), &books).expect("read");
        assert_eq!(found, None, "the one that has the name now is next");
    }
}
