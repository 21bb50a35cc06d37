//! What the user names, as a list of inputs.

use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::Location;

/// The endings of the files that are taken from a folder, each also packed.
const LOGS: [&str; 8] = [
    "json", "ndjson", "jsonl", "log", "txt", "xml", "csv", "evtx",
];
const PACKED: [&str; 2] = ["gz", "zst"];

/// The inputs that were found.
#[derive(Debug, Default)]
pub struct Found {
    /// The inputs, in the order that they are to be read: as named, each folder
    /// sorted by path.
    pub inputs: Vec<Location>,
    /// Files in folders whose ending is none of a log.
    pub passed_over: u64,
    /// What could not be looked at, or named nothing: name and reason.
    pub failed: Vec<(String, String)>,
}

/// Finds the inputs behind names: files, folders, patterns with `*`, `?` and
/// `[...]`, and `-` for standard input.
///
/// A name that is a file is that file, whatever signs are in it.
#[must_use]
pub fn find(names: &[PathBuf]) -> Found {
    let mut found = Found::default();
    for name in names {
        if name.as_os_str() == "-" {
            found.inputs.push(Location::Stdin);
        } else if name.is_dir() {
            folder(name, &mut found);
        } else if name.exists() {
            found.inputs.push(Location::File(name.clone()));
        } else {
            pattern(name, &mut found);
        }
    }
    found
}

/// A name that is no file: a pattern, or a mistake.
fn pattern(name: &Path, found: &mut Found) {
    let text = name.to_string_lossy();
    let shown = name.display().to_string();
    if !text.contains(['*', '?', '[']) {
        found
            .failed
            .push((shown, "there is no such file or folder".to_owned()));
        return;
    }
    match glob::glob(&text) {
        Ok(paths) => {
            let mut any = false;
            for path in paths {
                any = true;
                match path {
                    Ok(path) if path.is_dir() => folder(&path, found),
                    Ok(path) => found.inputs.push(Location::File(path)),
                    Err(error) => {
                        found.failed.push((
                            error.path().display().to_string(),
                            error.error().to_string(),
                        ));
                    }
                }
            }
            if !any {
                found
                    .failed
                    .push((shown, "no file has a name like this".to_owned()));
            }
        }
        Err(error) => found
            .failed
            .push((shown, format!("the pattern cannot be read: {}", error.msg))),
    }
}

fn folder(path: &Path, found: &mut Found) {
    for entry in WalkDir::new(path).follow_links(true).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                if is_log(entry.path()) {
                    found.inputs.push(Location::File(entry.into_path()));
                } else {
                    found.passed_over += 1;
                }
            }
            Ok(_) => {}
            Err(error) => {
                let name = error.path().unwrap_or(path).display().to_string();
                let reason = error.io_error().map_or_else(
                    || "it is a link to a folder around it".to_owned(),
                    io::Error::to_string,
                );
                found.failed.push((name, reason));
            }
        }
    }
}

/// Whether a file's name ends as that of a log does, packed or not.
fn is_log(path: &Path) -> bool {
    let is_one_of = |path: &Path, endings: &[&str]| {
        path.extension().is_some_and(|ending| {
            endings
                .iter()
                .any(|known| ending.eq_ignore_ascii_case(known))
        })
    };
    is_one_of(path, &LOGS)
        || is_one_of(path, &PACKED)
            && path
                .file_stem()
                .is_some_and(|stem| is_one_of(Path::new(stem), &LOGS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn names_of_logs() {
        for (name, expected) in [
            ("a.json", true),
            ("a.NDJSON", true),
            ("a.jsonl.gz", true),
            ("Security.evtx", true),
            ("Security.evtx.zst", true),
            ("a.gz", false),
            ("a.tar.gz", false),
            ("README.md", false),
            ("json", false),
            (".json", false),
        ] {
            assert_eq!(is_log(Path::new(name)), expected, "{name}");
        }
    }

    #[test]
    fn folders_patterns_and_mistakes() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("deep")).expect("a folder");
        for name in ["b.json", "a.json", "readme.md", "deep/c.log", "odd[1].json"] {
            fs::write(path(name), "{}").expect("a file");
        }
        let names = |found: &Found| -> Vec<String> {
            found
                .inputs
                .iter()
                .map(|input| {
                    input
                        .name()
                        .replace(&format!("{}/", folder.path().display()), "")
                })
                .collect()
        };

        let found = find(&[folder.path().to_owned()]);
        assert_eq!(
            names(&found),
            ["a.json", "b.json", "deep/c.log", "odd[1].json"]
        );
        assert_eq!(found.passed_over, 1);

        let found = find(&[path("?.json"), path("odd[1].json"), PathBuf::from("-")]);
        assert_eq!(names(&found), ["a.json", "b.json", "odd[1].json", "stdin"]);

        let found = find(&[path("gone.json"), path("*.evtx")]);
        assert!(found.inputs.is_empty());
        let reasons: Vec<&str> = found.failed.iter().map(|(_, reason)| &**reason).collect();
        assert_eq!(
            reasons,
            [
                "there is no such file or folder",
                "no file has a name like this"
            ]
        );
    }
}
