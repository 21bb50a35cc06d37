//! What npm brings for the triage page.

use std::fs;

use serde_json::Value;

use crate::failure::Failure;
use crate::workspace::Workspace;

/// npm, as it is called on this machine.
pub(crate) const PROGRAM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

const LOCK: &str = "web/package-lock.json";

/// A package that the page holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) licence: String,
    /// The digest of its archive, such as `sha512-...` in base64.
    pub(crate) integrity: String,
    /// Where npm puts it, from the folder of the lock file.
    pub(crate) folder: String,
}

/// The folder of the lock file.
pub(crate) const FOLDER: &str = "web";

/// What of the lock file the page holds, and not only its making.
pub(crate) fn shipped(workspace: &Workspace) -> Result<Vec<Package>, Failure> {
    fs::read_to_string(workspace.root().join(LOCK))
        .map_err(|error| error.to_string())
        .and_then(|text| parse(&text))
        .map_err(|why| {
            let remedy = "see that the lock file is as it is in the repository";
            Failure::new(format!("`{LOCK}`: {why}"), remedy)
        })
}

fn parse(text: &str) -> Result<Vec<Package>, String> {
    let lock: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let packages = lock["packages"]
        .as_object()
        .ok_or("it names no packages")?
        .iter();
    let shipped = packages.filter_map(|(path, package)| {
        let (_, name) = path.rsplit_once("node_modules/")?;
        let is_shipped = package["dev"] != true && package["link"] != true;
        is_shipped.then_some((path, name, package))
    });
    let read = |(path, name, package): (&String, &str, &Value)| {
        let text = |key: &str| {
            let value = package[key].as_str().map(str::to_owned);
            value.ok_or_else(|| format!("`{name}` has no `{key}`"))
        };
        Ok(Package {
            name: name.to_owned(),
            version: text("version")?,
            licence: text("license")?,
            integrity: text("integrity")?,
            folder: path.clone(),
        })
    };
    shipped.map(read).collect()
}

/// The packages with known vulnerabilities, by what `npm audit` answers.
///
/// # Errors
///
/// Why it could not say.
pub(super) fn vulnerable(answer: &str) -> Result<Vec<String>, String> {
    let answer: Value = serde_json::from_str(answer).map_err(|error| error.to_string())?;
    match answer["vulnerabilities"].as_object() {
        Some(vulnerabilities) => Ok(vulnerabilities.keys().cloned().collect()),
        None => Err(answer["message"]
            .as_str()
            .unwrap_or("npm says nothing of them")
            .to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_the_making_takes_is_not_shipped() {
        let lock = r#"{"packages": {
            "": {"name": "page", "version": "0.1.0"},
            "package": {"name": "ours", "version": "0.1.0", "license": "MIT"},
            "node_modules/ours": {"resolved": "package", "link": true},
            "node_modules/vite": {"version": "8.0.0", "license": "MIT", "integrity": "sha512-a", "dev": true},
            "node_modules/a/node_modules/@b/c": {"version": "1.2.3", "license": "ISC", "integrity": "sha512-b"}
        }}"#;
        let expected = Package {
            name: "@b/c".to_owned(),
            version: "1.2.3".to_owned(),
            licence: "ISC".to_owned(),
            integrity: "sha512-b".to_owned(),
            folder: "node_modules/a/node_modules/@b/c".to_owned(),
        };
        assert_eq!(parse(lock), Ok(vec![expected]));
        let without = lock.replace(r#""license": "ISC", "#, "");
        assert_eq!(parse(&without), Err("`@b/c` has no `license`".to_owned()));
    }

    #[test]
    fn what_npm_answers() {
        let known = r#"{"auditReportVersion": 2, "vulnerabilities": {"a": {}, "b": {}}}"#;
        assert_eq!(vulnerable(known), Ok(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(vulnerable(r#"{"vulnerabilities": {}}"#), Ok(Vec::new()));
        let refused = r#"{"message": "405 Method Not Allowed", "statusCode": 405}"#;
        assert_eq!(
            vulnerable(refused),
            Err("405 Method Not Allowed".to_owned())
        );
    }
}
