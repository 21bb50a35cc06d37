//! Macros: published YAML files, folders of them, and `NAME=TEXT`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{RuleError, YAML, files, yaml};

/// Macros by name; a later one of the same name replaces an earlier one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Macros(BTreeMap<String, Definition>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Definition {
    text: String,
    arguments: Vec<String>,
}

/// A macro's file in its published form.
#[derive(Deserialize)]
struct File {
    name: String,
    definition: String,
    #[serde(default)]
    arguments: Vec<String>,
}

impl Macros {
    /// Adds the macros of a file, or of all the YAML files of a folder.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or is no macro.
    pub fn add_path(&mut self, path: &Path) -> Result<(), RuleError> {
        if path.is_dir() {
            for file in files(path, YAML)? {
                self.add_file(&file)?;
            }
            return Ok(());
        }
        self.add_file(path)
    }

    fn add_file(&mut self, path: &Path) -> Result<(), RuleError> {
        let File { name, definition, arguments } = yaml::read(path, yaml::Twice::Refused).map_err(|error| match error {
            RuleError::Content { path, place, reason } => RuleError::Content {
                path,
                place,
                reason: format!("{reason}; a macro's file has the keys `name`, `definition` and, if it takes any, `arguments`"),
            },
            other => other,
        })?;
        self.0.insert(
            name,
            Definition {
                text: definition,
                arguments,
            },
        );
        Ok(())
    }

    /// Adds a macro as it stands on the command line: `NAME=TEXT`, where the name
    /// may say arguments: `name(first,second)=TEXT`.
    ///
    /// # Errors
    ///
    /// When there is no `=`, or the name is not one.
    pub fn add_text(&mut self, text: &str) -> Result<(), RuleError> {
        let wrong = |reason: &str| {
            RuleError::option(
                text,
                format!("{reason}; write `NAME=TEXT` or `NAME(ARGUMENT,ARGUMENT)=TEXT`"),
            )
        };
        let (head, definition) = text
            .split_once('=')
            .ok_or_else(|| wrong("there is no `=` in it"))?;
        let head = head.trim();
        let (name, arguments) = match head.split_once('(') {
            None => (head, Vec::new()),
            Some((name, rest)) => {
                let inside = rest
                    .strip_suffix(')')
                    .ok_or_else(|| wrong("its arguments have no end"))?;
                (
                    name.trim_end(),
                    inside
                        .split(',')
                        .map(|argument| argument.trim().to_owned())
                        .collect(),
                )
            }
        };
        let is_name = |name: &str| {
            !name.is_empty()
                && name
                    .chars()
                    .all(|c| c.is_alphanumeric() || "_-.:".contains(c))
        };
        if !is_name(name) {
            return Err(wrong("the name of the macro is not one"));
        }
        if !arguments.iter().all(|argument| is_name(argument)) {
            return Err(wrong("an argument of the macro has no name"));
        }
        self.0.insert(
            name.to_owned(),
            Definition {
                text: definition.to_owned(),
                arguments,
            },
        );
        Ok(())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the macros, as `rule_open` takes them, over those that are there.
    pub(super) fn write_to(&self, macros: &mut serde_json::Map<String, Value>) {
        for (name, Definition { text, arguments }) in &self.0 {
            macros.insert(
                name.clone(),
                json!({ "definition": text, "arguments": arguments }),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_the_command_line() {
        for (text, expected) in [
            (
                "a=b=c",
                Some(("a", json!({"definition": "b=c", "arguments": []}))),
            ),
            (
                "a(x, y)=$x$=$y$",
                Some((
                    "a",
                    json!({"definition": "$x$=$y$", "arguments": ["x", "y"]}),
                )),
            ),
            (
                "a=",
                Some(("a", json!({"definition": "", "arguments": []}))),
            ),
            ("a", None),
            ("=b", None),
            ("a(x=b", None),
            ("a()=b", None),
            ("a b=c", None),
        ] {
            let mut macros = Macros::default();
            let added = macros.add_text(text);
            let mut map = serde_json::Map::new();
            macros.write_to(&mut map);
            match expected {
                Some((name, value)) => {
                    assert!(added.is_ok(), "{text}");
                    assert_eq!(map.get(name), Some(&value), "{text}");
                }
                None => assert!(added.is_err() && map.is_empty(), "{text}"),
            }
        }
    }

    #[test]
    fn a_folder_of_files_and_a_file_that_is_no_macro() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("written");
            path
        };
        write(
            "a.yml",
            "definition: convert ctime($field$)\narguments: [field]\nname: ctime\ndescription: d\n",
        );
        write("b.yml", "name: f\ndefinition: search *\n");
        write("readme.md", "no macro");
        let mut macros = Macros::default();
        macros.add_path(folder.path()).expect("two macros");
        assert_eq!(macros.0.keys().collect::<Vec<_>>(), ["ctime", "f"]);

        let wrong = write("c.yml", "name: c\n");
        let error = macros
            .add_path(&wrong)
            .expect_err("no definition")
            .to_string();
        assert!(
            error.contains("c.yml") && error.contains("`definition`"),
            "{error}"
        );
    }
}
