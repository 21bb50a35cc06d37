//! The names that are followed, looked for again and again.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::input::{self, Location};

/// What the user named.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Whether standard input is one of them.
    pub(crate) stdin: bool,
    /// The files, also those that are not there yet.
    pub(crate) files: Vec<PathBuf>,
    /// Names behind which there is nothing now.
    pub(crate) waiting: Vec<String>,
    /// Names that cannot be looked at, with the reason.
    pub(crate) failed: Vec<(String, String)>,
}

/// The files behind names, as [`input::find`] finds them; a name without a pattern
/// in it that is no folder is that file, there or not.
pub(crate) fn find(names: &[PathBuf]) -> Names {
    let mut all = Names::default();
    for name in names {
        let there = name.as_os_str() == "-" || name.exists();
        if !there && !has_pattern(name) {
            all.waiting.push(name.display().to_string());
            all.files.push(name.clone());
            continue;
        }
        let found = input::find(std::slice::from_ref(name));
        if !there && found.inputs.is_empty() {
            all.waiting.push(name.display().to_string());
            continue;
        }
        for location in found.inputs {
            match location {
                Location::Stdin => all.stdin = true,
                Location::File(path) => all.files.push(path),
            }
        }
        all.failed.extend(found.failed);
    }
    let mut seen = HashSet::new();
    all.files.retain(|path| seen.insert(path.clone()));
    all
}

fn has_pattern(name: &Path) -> bool {
    name.to_string_lossy().contains(['*', '?', '['])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_is_there_and_what_is_waited_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        for name in ["a.log", "b.log", "readme.md"] {
            fs::write(path(name), "").expect("written");
        }
        let names = [
            path("a.log"),
            path("*.log"),
            path("later.log"),
            path("*.json"),
            PathBuf::from("-"),
        ];
        let found = find(&names);
        assert_eq!(
            found.files,
            [path("a.log"), path("b.log"), path("later.log")]
        );
        assert!(found.stdin);
        let waiting: Vec<String> = [path("later.log"), path("*.json")]
            .map(|path| path.display().to_string())
            .into();
        assert_eq!(found.waiting, waiting);
        assert_eq!(found.failed, []);
        assert_eq!(find(&[folder.path().to_owned()]).files.len(), 2);
    }
}
