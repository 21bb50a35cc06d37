//! What of `deny.toml` can be checked without cargo-deny.

use std::fs;

use serde::Deserialize;
use spdx::{Expression, Licensee, ParseMode};

use super::lock::Locked;
use crate::failure::Failure;
use crate::workspace::Workspace;

const FILE: &str = "deny.toml";

/// What is allowed.
#[derive(Deserialize)]
pub(super) struct Policy {
    licenses: Licences,
    bans: Bans,
    sources: Sources,
}

#[derive(Deserialize)]
struct Licences {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    #[serde(default)]
    deny: Vec<Banned>,
}

#[derive(Deserialize)]
struct Banned {
    #[serde(rename = "crate")]
    name: String,
    /// Who may have it all the same.
    #[serde(default)]
    wrappers: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Sources {
    allow_registry: Vec<String>,
}

impl Policy {
    pub(super) fn read(workspace: &Workspace) -> Result<Self, Failure> {
        fs::read_to_string(workspace.root().join(FILE))
            .map_err(|error| error.to_string())
            .and_then(|text| toml::from_str(&text).map_err(|error| error.to_string()))
            .map_err(|why| Failure::new(format!("`{FILE}`: {why}"), "mend the file"))
    }

    /// What is wrong with a package that a lock file names: who it is, or where from.
    pub(super) fn source(&self, package: &Locked) -> Option<String> {
        let Locked {
            name,
            version,
            source,
            checksum,
        } = package;
        let mut banned = self.bans.deny.iter();
        if banned.any(|banned| banned.name == *name && banned.wrappers.is_empty()) {
            return Some(format!("`{name} {version}` is banned"));
        }
        let source = source.as_deref()?;
        let mut allowed = self.sources.allow_registry.iter();
        let is_allowed = source
            .strip_prefix("registry+")
            .is_some_and(|registry| allowed.any(|allowed| allowed == registry));
        match (is_allowed, checksum) {
            (false, _) => Some(format!(
                "`{name} {version}` is from `{source}`, which is no registry that is allowed"
            )),
            (true, None) => Some(format!("`{name} {version}` has no checksum")),
            (true, Some(_)) => None,
        }
    }

    /// What is wrong with the licence of a package.
    pub(super) fn licence(&self, name: &str, licence: Option<&str>) -> Option<String> {
        let Some(licence) = licence else {
            return Some(format!("`{name}` names no licence"));
        };
        let expression = match Expression::parse_mode(licence, ParseMode::LAX) {
            Ok(expression) => expression,
            Err(error) => return Some(format!("`{name}` has the licence `{licence}`: {error}")),
        };
        let exceptions = self.licenses.exceptions.iter();
        let allowed: Vec<Licensee> = exceptions
            .filter(|exception| exception.name == name)
            .flat_map(|exception| &exception.allow)
            .chain(&self.licenses.allow)
            .filter_map(|allowed| Licensee::parse(allowed).ok())
            .collect();
        let is_allowed =
            expression.evaluate(|asked| allowed.iter().any(|allowed| allowed.satisfies(asked)));
        (!is_allowed).then(|| format!("`{name}` has the licence `{licence}`, which is not allowed"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        toml::from_str(
            "[licenses]\nallow = [\"MIT\", \"Apache-2.0 WITH LLVM-exception\"]\n\
             [[licenses.exceptions]]\ncrate = \"roots\"\nallow = [\"CDLA-Permissive-2.0\"]\n\
             [bans]\ndeny = [{ crate = \"openssl\" }, { crate = \"cc\", wrappers = [\"ring\"] }]\n\
             [sources]\nallow-registry = [\"https://r\"]\n",
        )
        .unwrap()
    }

    #[test]
    fn licences() {
        for (name, licence, expected) in [
            ("a", Some("MIT"), None),
            ("a", Some("MIT/GPL-3.0-only"), None),
            ("a", Some("Unlicense OR MIT"), None),
            ("a", Some("Apache-2.0 WITH LLVM-exception"), None),
            ("roots", Some("CDLA-Permissive-2.0"), None),
            (
                "a",
                Some("CDLA-Permissive-2.0"),
                Some("`a` has the licence `CDLA-Permissive-2.0`, which is not allowed"),
            ),
            (
                "a",
                Some("MIT AND Apache-2.0"),
                Some("`a` has the licence `MIT AND Apache-2.0`, which is not allowed"),
            ),
            ("a", None, Some("`a` names no licence")),
        ] {
            let fault = policy().licence(name, licence);
            assert_eq!(fault.as_deref(), expected, "{licence:?}");
        }
        let unknown = policy().licence("a", Some("mine alone")).unwrap();
        assert!(
            unknown.starts_with("`a` has the licence `mine alone`: "),
            "{unknown}"
        );
    }

    #[test]
    fn sources() {
        for (name, source, checksum, expected) in [
            ("ours", None, None, None),
            ("a", Some("registry+https://r"), Some("ab"), None),
            ("cc", Some("registry+https://r"), Some("ab"), None),
            (
                "a",
                Some("registry+https://r"),
                None,
                Some("`a 1.0.0` has no checksum"),
            ),
            (
                "a",
                Some("git+https://r"),
                None,
                Some("`a 1.0.0` is from `git+https://r`, which is no registry that is allowed"),
            ),
            (
                "openssl",
                Some("registry+https://r"),
                Some("ab"),
                Some("`openssl 1.0.0` is banned"),
            ),
        ] {
            let package = Locked {
                name: name.to_owned(),
                version: "1.0.0".to_owned(),
                source: source.map(str::to_owned),
                checksum: checksum.map(str::to_owned),
            };
            assert_eq!(policy().source(&package).as_deref(), expected, "{name}");
        }
    }
}
