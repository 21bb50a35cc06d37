//! Detections: published YAML, or a bare search.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{RuleError, yaml};

/// The name of the detection that a search on the command line becomes.
const SEARCH_NAME: &str = "search";

/// A detection as the module takes it, and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// The file, or the option, for messages.
    pub origin: String,
    /// The detection: the published YAML as JSON.
    pub body: Value,
}

impl Detection {
    /// Reads a detection from a file: YAML, or `.spl` with a bare search.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is no YAML or is no detection.
    pub fn from_file(path: &Path) -> Result<Self, RuleError> {
        match Self::from_file_if_any(path)? {
            Some(detection) => Ok(detection),
            None => Err(RuleError::content(
                path,
                "this is no detection: it has no key `search`; give a detection's YAML, or a bare search in a file that ends in `.spl`",
            )),
        }
    }

    /// As [`Detection::from_file`]; none where it is YAML but no detection.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or is no YAML.
    pub fn from_file_if_any(path: &Path) -> Result<Option<Self>, RuleError> {
        let origin = path.display().to_string();
        if path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("spl"))
        {
            let search = fs::read_to_string(path).map_err(|error| RuleError::read(path, error))?;
            let name = path
                .file_stem()
                .unwrap_or(path.as_os_str())
                .to_string_lossy();
            return Ok(Some(Self {
                origin,
                body: bare(&name, &search),
            }));
        }
        let body: Value = yaml::read(path, yaml::Twice::LastCounts)?;
        Ok(body
            .get("search")
            .is_some()
            .then_some(Self { origin, body }))
    }

    /// A search as it stands on the command line.
    #[must_use]
    pub fn from_search(search: &str) -> Self {
        Self {
            origin: "--search".to_owned(),
            body: bare(SEARCH_NAME, search),
        }
    }

    /// The detection's name, where it has one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.body.get("name").and_then(Value::as_str)
    }
}

/// A detection around a bare search.
///
/// Its id is made of the search: the same search gives alerts of the same ids,
/// wherever it runs and whatever its file is called.
fn bare(name: &str, search: &str) -> Value {
    let search = search.trim();
    let digest = Sha256::digest(search.as_bytes());
    let id: String = digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    json!({ "name": name, "id": id, "search": search })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn file(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        fs::write(&path, text).expect("written");
        (folder, path)
    }

    #[test]
    fn published_yaml_keeps_its_types() {
        let (_folder, path) = file(
            "a.yml",
            "name: A\nid: 396de86f-25e7-4b0e-be09-a330be35249d\nversion: 3\ndate: '2024-05-12'\nday: 2024-05-12\nsearch: >-\n  a=1\n  | stats count\ntags:\n  confidence: 80\n  ids: [T1059, 1e3]\n  yes: no\n",
        );
        let detection = Detection::from_file(&path).expect("a detection");
        let body = &detection.body;
        assert_eq!(body["version"], json!(3));
        assert_eq!(body["date"], json!("2024-05-12"));
        assert_eq!(body["day"], json!("2024-05-12"));
        assert_eq!(body["search"], json!("a=1 | stats count"));
        assert_eq!(body["tags"]["ids"][0], json!("T1059"));
        assert_eq!(detection.name(), Some("A"));
    }

    #[test]
    fn of_a_key_that_stands_twice_the_last_counts() {
        let (_folder, path) = file("a.yml", "name: A\nsearch: a\ntests: 1\ntests: 2\n");
        let detection = Detection::from_file(&path).expect("a detection");
        assert_eq!(detection.body["tests"], json!(2));
    }

    #[test]
    fn a_bare_search_has_the_id_of_its_text() {
        let (_folder, path) = file("mine.spl", "EventCode=1\n| stats count\n");
        let from_file = Detection::from_file(&path).expect("a detection");
        assert_eq!(from_file.name(), Some("mine"));
        assert_eq!(
            from_file.body["search"],
            json!("EventCode=1\n| stats count")
        );
        let typed = Detection::from_search("EventCode=1\n| stats count");
        assert_eq!(from_file.body["id"], typed.body["id"]);
        let other = Detection::from_search("EventCode=2");
        assert_ne!(typed.body["id"], other.body["id"]);
    }

    #[test]
    fn what_is_no_detection_says_so() {
        for (name, text, expected) in [
            (
                "a.yml",
                "name: A\n",
                ": this is no detection: it has no key `search`;",
            ),
            ("a.yml", "- 1\n- 2\n", ": this is no detection"),
            ("a.yml", "name: [A\nsearch: b\n", ", line 2, column"),
            (
                "a.json",
                "{\"name\": \"A\",\n}",
                ", line 2, column 1: trailing comma",
            ),
        ] {
            let (_folder, path) = file(name, text);
            let error = Detection::from_file(&path).expect_err(text).to_string();
            assert!(
                error.starts_with(&format!("`{}`", path.display())),
                "{error}"
            );
            assert!(error.contains(expected), "{text:?}: {error}");
        }
    }
}
