//! Turns the data files of this folder into one JSON object, the bundle.
//!
//! `detections/*.yml` (not `*.test.yml`) become the array `detections`, in the
//! order of their file names; `macros/*.yml` become the map `macros`, by name;
//! `sources.yml` becomes `sources`, which `cim.yml` adds `events` and `models`
//! to. This is the shape of a configuration, so the engine reads what is built
//! in just as it reads what a user gives it.
//!
//! A file that cannot be read, or is not what its folder says, ends the build
//! with the file's name and the reason.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What the bundle says of a macro: its text and the names of its arguments.
#[derive(Serialize)]
struct Macro {
    definition: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    arguments: Vec<String>,
}

/// A macro as its file has it, in the published form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MacroFile {
    name: String,
    definition: String,
    #[serde(default)]
    arguments: Vec<String>,
    #[serde(rename = "description")]
    _description: String,
}

#[derive(Serialize)]
struct Bundle {
    detections: Vec<Value>,
    macros: BTreeMap<String, Macro>,
    sources: Map<String, Value>,
}

fn main() -> Result<(), Box<dyn Error>> {
    // A folder stands for all the files in it, new ones too.
    for watched in ["build.rs", "detections", "macros", "sources.yml", "cim.yml"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let folder = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let mut sources: Map<String, Value> = read(&folder.join("sources.yml"))?;
    sources.extend(read::<Map<String, Value>>(&folder.join("cim.yml"))?);
    let bundle = Bundle {
        detections: detections(&folder.join("detections"))?,
        macros: macros(&folder.join("macros"))?,
        sources,
    };
    let target = PathBuf::from(std::env::var("OUT_DIR")?).join("bundle.json");
    fs::write(target, serde_json::to_string(&bundle)?)?;
    Ok(())
}

fn detections(folder: &Path) -> Result<Vec<Value>, Box<dyn Error>> {
    let mut detections = Vec::new();
    for path in yaml_files(folder)? {
        let detection: Value = read(&path)?;
        for key in ["name", "id", "search"] {
            if detection.get(key).and_then(Value::as_str).is_none() {
                return Err(
                    format!("{}: a detection needs the text `{key}`", path.display()).into(),
                );
            }
        }
        detections.push(detection);
    }
    Ok(detections)
}

fn macros(folder: &Path) -> Result<BTreeMap<String, Macro>, Box<dyn Error>> {
    let mut macros = BTreeMap::new();
    for path in yaml_files(folder)? {
        let file: MacroFile = read(&path)?;
        if path.file_stem() != Some(file.name.as_ref()) {
            return Err(format!(
                "{}: the macro is called `{}`; give the file that name",
                path.display(),
                file.name
            )
            .into());
        }
        macros.insert(
            file.name,
            Macro {
                definition: file.definition,
                arguments: file.arguments,
            },
        );
    }
    Ok(macros)
}

/// The YAML files of a folder, by name, without the test cases.
fn yaml_files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".yml") && !name.ends_with(".test.yml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Box<dyn Error>> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_saphyr::from_str(&text).map_err(|error| format!("{}: {error}", path.display()).into())
}
