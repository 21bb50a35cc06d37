//! The licences of what others wrote, as one text to go with an artefact.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use spdx::{Expression, ParseMode};

use crate::supply::{npm, packages};

/// What others wrote, and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Work {
    name: String,
    version: String,
    /// What it says its licence is.
    licence: String,
    /// The file with it, where the licence is not one that has a name.
    licence_file: Option<PathBuf>,
    folder: PathBuf,
}

impl Work {
    /// The crates that are not of this project.
    pub(super) fn of_crates(packages: &[packages::Package]) -> impl Iterator<Item = Self> {
        let others = packages.iter().filter(|package| !package.is_ours);
        others.map(|package| Self {
            name: package.name.clone(),
            version: package.version.clone(),
            licence: package.licence.clone().unwrap_or_default(),
            licence_file: package.licence_file.clone(),
            folder: package.folder.clone(),
        })
    }

    /// What npm brought into a folder.
    pub(super) fn of_npm(packages: &[npm::Package], folder: &Path) -> impl Iterator<Item = Self> {
        packages.iter().map(|package| Self {
            name: package.name.clone(),
            version: package.version.clone(),
            licence: package.licence.clone(),
            licence_file: None,
            folder: folder.join(&package.folder),
        })
    }
}

/// The file beside an artefact.
pub(super) const FILE: &str = "THIRD-PARTY-LICENCES.txt";

/// How the files begin that licences and notices are in.
const NAMES: [&str; 6] = [
    "LICENSE",
    "LICENCE",
    "COPYING",
    "COPYRIGHT",
    "NOTICE",
    "UNLICENSE",
];

/// Where crates keep code that is not theirs, with its licences.
const OF_OTHERS: &str = "third_party";

const RULE: &str =
    "================================================================================";

/// The text for some works, each named once.
///
/// # Errors
///
/// When a work brings no text and its licence has none that is known, or a file cannot be
/// read.
pub(super) fn text(works: impl IntoIterator<Item = Work>) -> Result<String, String> {
    let works: BTreeMap<String, Work> = works
        .into_iter()
        .map(|work| (format!("{} {}", work.name, work.version), work))
        .collect();
    let mut texts: BTreeMap<String, BTreeSet<&String>> = BTreeMap::new();
    let mut list = String::new();
    for (name, work) in &works {
        let licence = match &*work.licence {
            "" => "see below",
            licence => licence,
        };
        // Writing to a String cannot fail.
        let _ = writeln!(list, "{name}: {licence}");
        for text in texts_of(work)? {
            texts.entry(text).or_default().insert(name);
        }
    }
    let mut out = format!(
        "What others wrote of this, and under which licences.\n\
         Rust's standard library is in it too: MIT OR Apache-2.0, \
         https://github.com/rust-lang/rust.\n\n{list}"
    );
    for (text, names) in texts {
        let names: Vec<&str> = names.into_iter().map(String::as_str).collect();
        let _ = write!(out, "\n{RULE}\n{}\n{RULE}\n\n{text}\n", names.join(", "));
    }
    Ok(out)
}

fn texts_of(work: &Work) -> Result<Vec<String>, String> {
    let mut files = Vec::new();
    find(&work.folder, &mut files)?;
    files.extend(work.licence_file.clone());
    files.sort();
    files.dedup();
    if files.is_empty() {
        return standard(work);
    }
    let read = |file: &PathBuf| {
        let bytes = fs::read(file).map_err(|error| format!("`{}`: {error}", file.display()))?;
        let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
        Ok(text.trim_matches('\n').trim_end().to_owned())
    };
    files.iter().map(read).collect()
}

/// The files of a folder that have licences, and of the code of others below it.
fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("`{}`: {error}", folder.display());
    let is_of_others = folder
        .components()
        .any(|part| part.as_os_str() == OF_OTHERS);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if is_of_others || name == OF_OTHERS {
                find(&path, files)?;
            }
        } else if NAMES
            .iter()
            .any(|begin| name.to_uppercase().starts_with(begin))
        {
            files.push(path);
        }
    }
    Ok(())
}

/// The text of the licence that a work names and does not bring.
fn standard(work: &Work) -> Result<Vec<String>, String> {
    let Work { name, licence, .. } = work;
    let expression = Expression::parse_mode(licence, ParseMode::LAX)
        .map_err(|error| format!("`{name}` brings no licence, and names `{licence}`: {error}"))?;
    let texts: BTreeSet<&str> = expression
        .requirements()
        .filter_map(|asked| asked.req.license.id())
        .map(|licence| licence.text().trim())
        .collect();
    match texts.is_empty() {
        true => Err(format!(
            "`{name}` brings no licence, and `{licence}` has no text that is known"
        )),
        false => Ok(texts.into_iter().map(str::to_owned).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(folder: &Path, name: &str, files: &[(&str, &str)]) -> Work {
        let folder = folder.join(name);
        fs::create_dir_all(folder.join("third_party/deep")).unwrap();
        for (file, text) in files {
            fs::write(folder.join(file), text).unwrap();
        }
        Work {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            licence: "MIT/ISC".to_owned(),
            licence_file: None,
            folder,
        }
    }

    #[test]
    fn a_text_that_is_the_same_is_there_once() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let b = [("LICENSE-MIT", "be free\r\n"), ("lib.rs", "fn")];
        let a = [
            ("licence.md", "\nbe free"),
            ("third_party/deep/COPYING", "theirs"),
        ];
        let works = [work(folder, "b", &b), work(folder, "a", &a)];
        let text = text(works).unwrap();
        let (list, texts) = text.split_once(RULE).unwrap();
        assert!(
            list.ends_with("a 1.0.0: MIT/ISC\nb 1.0.0: MIT/ISC\n\n"),
            "{list}"
        );
        assert_eq!(
            texts,
            format!("\na 1.0.0, b 1.0.0\n{RULE}\n\nbe free\n\n{RULE}\na 1.0.0\n{RULE}\n\ntheirs\n")
        );
    }

    #[test]
    fn a_licence_that_is_not_brought_has_its_standard_text() {
        let folder = tempfile::tempdir().unwrap();
        let mut work = work(folder.path(), "a", &[]);
        let brought = text([work.clone()]).unwrap();
        assert!(brought.contains("MIT License"), "{brought}");
        assert!(brought.contains("ISC License"), "{brought}");
        work.licence = "LicenseRef-mine".to_owned();
        let why = text([work]).unwrap_err();
        assert!(why.starts_with("`a` brings no licence"), "{why}");
    }

    #[test]
    fn what_is_ours_is_not_of_others() {
        let package = |name: &str, is_ours| packages::Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            licence: None,
            licence_file: None,
            folder: PathBuf::new(),
            is_ours,
        };
        let packages = [package("ours", true), package("other", false)];
        let names: Vec<String> = Work::of_crates(&packages).map(|work| work.name).collect();
        assert_eq!(names, ["other"]);
    }
}
