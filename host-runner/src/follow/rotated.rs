//! Files that bore a name before: where a rotation has put them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use super::Books;
use super::open::{open_file, wrapped};
use crate::checkpoint::Identity;

/// As often is looked for a file, and in between waited: a rotation that moves many
/// files may hide one of them from a look.
const LOOKS: usize = 3;
const PAUSE: Duration = Duration::from_millis(50);

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

/// The file that was read under `path` before, and the name that it has now.
pub(super) fn find(
    path: &Path,
    identity: &Identity,
    bytes: u64,
) -> io::Result<Option<(PathBuf, File)>> {
    for look in 0..LOOKS {
        if look > 0 {
            thread::sleep(PAUSE);
        }
        for (_, sibling) in siblings(path)? {
            if let Some(mut file) = open_file(&sibling)?
                // Of a packed file they are those of its content.
                && (file.metadata()?.len() >= bytes || wrapped(&mut file)? == Some(true))
                && identity.is(&mut file)?
            {
                return Ok(Some((sibling, file)));
            }
        }
    }
    Ok(None)
}

/// The oldest file that bore the name `path` after one that had been changed at `after`
/// when it was opened, and that was not read.
pub(super) fn next(
    path: &Path,
    after: SystemTime,
    books: &Books,
) -> io::Result<Option<(PathBuf, File)>> {
    for (changed, sibling) in siblings(path)? {
        if changed < after {
            continue;
        }
        if let Some(mut file) = open_file(&sibling)?
            && !books.know(&mut file)?
            && wrapped(&mut file)? != Some(true)
        {
            return Ok(Some((sibling, file)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let found = |bytes| {
            let found = find(&path, &known, bytes).expect("read");
            found.map(|(path, _)| path)
        };
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
        let next = |before: &Path, books: &Books| {
            let after = fs::metadata(before).expect("there").modified();
            let found = next(&path, after.expect("known"), books).expect("read");
            found.map(|(path, _)| path)
        };
        let mut books = Books::default();
        books.read(identity(&read), 5);
        assert_eq!(next(&read, &books), Some(first.clone()));
        books.read(identity(&first), 6);
        assert_eq!(next(&first, &books), Some(second.clone()));
        books.read(identity(&second), 7);
        let found = next(&second, &books);
        assert_eq!(found, None, "the one that has the name now is next");
    }
}
