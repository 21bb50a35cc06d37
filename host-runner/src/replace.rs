//! Files that are there as a whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Puts a file in the place of another, or of none: written beside, brought to the disk,
/// renamed. On an error what was there is still there.
pub(crate) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let beside = PathBuf::from(name);
    let written = write(&beside, content).and_then(|()| fs::rename(&beside, path));
    if let Err(error) = written {
        // It may not be there at all.
        let _ = fs::remove_file(&beside);
        return Err(error);
    }
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => sync_folder(folder),
        _ => sync_folder(Path::new(".")),
    }
}

fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Brings the names in a folder to the disk, where a system knows how to.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(path)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_replaced_and_what_is_left() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        for content in [&b"one"[..], b"two"] {
            replace(&path, content).expect("written");
            assert_eq!(fs::read(&path).expect("read"), content);
        }
        assert!(replace(&folder.path().join("no/folder"), b"").is_err());
        let blocked = folder.path().join("b");
        fs::create_dir_all(blocked.join("c")).expect("made");
        assert!(replace(&blocked, b"").is_err(), "a folder is not replaced");
        let names = fs::read_dir(folder.path()).expect("read").count();
        assert_eq!(names, 2, "nothing is left beside");
    }
}
