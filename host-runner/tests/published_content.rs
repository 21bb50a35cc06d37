//! Published detections and macros: their YAML is read, whatever its style.
//!
//! The content is public and not kept in this repository; where it is missing the
//! tests say so and are skipped.

use std::path::{Path, PathBuf};

use host_runner::rules::{Detection, Macros};

fn content(folder: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/data/escu")
        .join(folder);
    let there = folder.is_dir();
    if !there {
        println!("skipped: `{}` is not there", folder.display());
    }
    there.then_some(folder)
}

#[test]
fn every_detection_is_read_with_its_types() {
    let Some(folder) = content("detections") else {
        return;
    };
    let mut read = 0;
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let detection = Detection::from_file(&path).expect("a detection");
        for key in ["name", "id", "search", "date", "type", "status"] {
            let value = detection.body.get(key);
            assert!(
                value.is_some_and(serde_json::Value::is_string),
                "{path:?}: {key}: {value:?}"
            );
        }
        // Some are published with their version in quotes.
        let version = detection
            .body
            .get("version")
            .map(|version| version.to_string());
        let digits = version.as_deref().map(|version| version.trim_matches('"'));
        assert!(
            digits.is_some_and(|digits| digits.parse::<u32>().is_ok()),
            "{path:?}: {version:?}"
        );
        read += 1;
    }
    assert_eq!(read, 956);
}

#[test]
fn every_macro_is_read() {
    let Some(folder) = content("macros") else {
        return;
    };
    let mut macros = Macros::default();
    macros.add_path(&folder).expect("macros");
    assert!(!macros.is_empty());
}
