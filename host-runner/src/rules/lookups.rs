//! Tables for `lookup`: CSV files, and the YAML files that Splunk's content publishes
//! beside them.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{RuleError, YAML, files, yaml};

/// Tables by name, as `rule_open` takes them; a later one replaces an earlier one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lookups(Map<String, Value>);

/// What a published file says of a table beside it.
#[derive(Deserialize)]
struct File {
    name: String,
    #[serde(default)]
    filename: Option<String>,
    #[serde(default)]
    match_type: Matches,
    #[serde(default)]
    case_sensitive_match: Option<Value>,
    #[serde(default)]
    default_match: Option<Value>,
}

/// `WILDCARD(column)`, `CIDR(column)`: one, or several in a list or with commas.
#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Matches {
    Text(String),
    List(Vec<String>),
    #[default]
    None,
}

impl Lookups {
    /// Adds the tables of a file or folder: CSV files, each under its own name, and the
    /// published YAML files, whose CSV stands beside them.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or is no table.
    pub fn add_path(&mut self, path: &Path) -> Result<(), RuleError> {
        if !path.is_dir() {
            return self.add_file(path);
        }
        // What the YAML files say of a table counts.
        for endings in [&["csv"][..], YAML] {
            for file in files(path, endings)? {
                self.add_file(&file)?;
            }
        }
        Ok(())
    }

    fn add_file(&mut self, path: &Path) -> Result<(), RuleError> {
        let is_yaml = path
            .extension()
            .is_some_and(|ending| YAML.iter().any(|yaml| ending.eq_ignore_ascii_case(yaml)));
        if is_yaml {
            return self.add_published(path);
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        self.0.insert(name.into_owned(), table(path)?);
        Ok(())
    }

    /// Adds a table from the command line: `NAME=FILE`.
    ///
    /// # Errors
    ///
    /// When there is no `=`, or the file cannot be read or is no table.
    pub fn add_text(&mut self, text: &str) -> Result<(), RuleError> {
        let Some((name, path)) = text.split_once('=') else {
            return Err(RuleError::option(
                text,
                "there is no `=` in it; write `NAME=FILE`",
            ));
        };
        self.0
            .insert(name.trim().to_owned(), table(Path::new(path))?);
        Ok(())
    }

    /// A table that Splunk keeps elsewhere, in a collection, has no file: it is passed over.
    fn add_published(&mut self, path: &Path) -> Result<(), RuleError> {
        let file: File = yaml::read(path, yaml::Twice::Refused)?;
        let beside: PathBuf = match &file.filename {
            Some(name) => path.with_file_name(name),
            None => path.with_extension("csv"),
        };
        if !beside.is_file() {
            return Ok(());
        }
        let mut table = table(&beside)?;
        let matches = match &file.match_type {
            Matches::Text(text) => text.split(',').map(str::to_owned).collect(),
            Matches::List(list) => list.clone(),
            Matches::None => Vec::new(),
        };
        let mut how = Map::new();
        for one in matches
            .iter()
            .map(|one| one.trim())
            .filter(|one| !one.is_empty())
        {
            let parts = one.strip_suffix(')').and_then(|one| one.split_once('('));
            let Some((kind, column)) = parts else {
                let reason = format!(
                    "`{one}` is no way to match: write `WILDCARD(column)` or `CIDR(column)`"
                );
                return Err(RuleError::content(path, reason));
            };
            how.insert(column.trim().to_owned(), json!(kind.to_lowercase()));
        }
        table["match"] = Value::Object(how);
        if file.case_sensitive_match.as_ref().is_some_and(is_false) {
            table["case"] = json!(false);
        }
        if let Some(default) = file.default_match {
            table["default"] = match default {
                Value::String(text) => json!(text),
                other => json!(other.to_string()),
            };
        }
        self.0.insert(file.name, table);
        Ok(())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the tables to those of a configuration.
    pub fn write_to(&self, lookups: &mut Map<String, Value>) {
        for (name, table) in &self.0 {
            lookups.insert(name.clone(), table.clone());
        }
    }
}

/// `false`, `0`, `no`, in whatever type.
fn is_false(value: &Value) -> bool {
    match value {
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => matches!(text.to_lowercase().as_str(), "false" | "f" | "0" | "no"),
        _ => false,
    }
}

/// The table of a CSV file: its header, and its rows.
fn table(path: &Path) -> Result<Value, RuleError> {
    let wrong = |error: csv::Error| match error.into_kind() {
        csv::ErrorKind::Io(error) => RuleError::read(path, error),
        csv::ErrorKind::UnequalLengths { pos, .. } => {
            let line = pos.map_or(0, |pos| pos.line());
            RuleError::content(
                path,
                format!("line {line} has another number of values than the header"),
            )
        }
        csv::ErrorKind::Utf8 { pos, .. } => {
            let line = pos.map_or(0, |pos| pos.line());
            RuleError::content(path, format!("line {line} is no UTF-8"))
        }
        _ => RuleError::content(path, "this is no CSV"),
    };
    let mut reader = csv::Reader::from_path(path).map_err(wrong)?;
    let columns: Vec<String> = reader
        .headers()
        .map_err(wrong)?
        .iter()
        .map(|name| name.trim_start_matches('\u{feff}').to_owned())
        .collect();
    let rows = reader
        .into_deserialize::<Vec<String>>()
        .collect::<Result<Vec<_>, _>>()
        .map_err(wrong)?;
    Ok(json!({ "columns": columns, "rows": rows }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn read(files: &[(&str, &str)]) -> Result<Value, String> {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            fs::write(folder.path().join(name), text).expect("written");
        }
        let mut lookups = Lookups::default();
        lookups
            .add_path(folder.path())
            .map_err(|error| error.to_string())?;
        Ok(Value::Object(lookups.0))
    }

    #[test]
    fn a_folder_of_tables() {
        let csv = "\u{feff}name,what\n*x*,\"a, b\"\n";
        assert_eq!(
            read(&[("t.csv", csv)]).unwrap(),
            json!({"t": {"columns": ["name", "what"], "rows": [["*x*", "a, b"]]}})
        );
        let yaml = "name: tools\nfilename: t.csv\nmatch_type: WILDCARD(name), cidr(ip)\ncase_sensitive_match: 'false'\ndefault_match: false\nmin_matches: 1\n";
        let all = read(&[("t.csv", csv), ("tools.yml", yaml)]).unwrap();
        assert_eq!(
            all["tools"],
            json!({
                "columns": ["name", "what"],
                "rows": [["*x*", "a, b"]],
                "match": {"name": "wildcard", "ip": "cidr"},
                "case": false,
                "default": "false",
            })
        );
        let all = read(&[
            ("t.csv", csv),
            ("t.yml", "name: t\nmatch_type: [WILDCARD(name)]\n"),
        ]);
        assert_eq!(all.unwrap()["t"]["match"], json!({"name": "wildcard"}));
        let kept_elsewhere = read(&[("k.yml", "name: k\ncollection: k\n")]);
        assert_eq!(kept_elsewhere.unwrap(), json!({}));
    }

    #[test]
    fn what_is_no_table() {
        for (files, expected) in [
            (
                &[("t.csv", "a,b\n1\n")][..],
                "line 2 has another number of values",
            ),
            (
                &[
                    ("t.csv", "a\n1\n"),
                    ("t.yml", "name: t\nmatch_type: LIKE\n"),
                ],
                "`LIKE` is no way to match",
            ),
        ] {
            let error = read(files).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
        let error = Lookups::default()
            .add_text("t.csv")
            .unwrap_err()
            .to_string();
        assert!(error.contains("write `NAME=FILE`"), "{error}");
    }
}
