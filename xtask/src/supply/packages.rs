//! Which crates there are, and which of them an artefact holds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::failure::Failure;
use crate::workspace::Workspace;

/// The name and the version of a crate.
pub(crate) type Id = (String, String);

/// A crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) licence: Option<String>,
    /// The file that names its licence, where the licence is not one that has a name.
    pub(crate) licence_file: Option<PathBuf>,
    /// Its source.
    pub(crate) folder: PathBuf,
    /// Whether it is of this project.
    pub(crate) is_ours: bool,
}

impl Package {
    pub(crate) fn id(&self) -> Id {
        (self.name.clone(), self.version.clone())
    }
}

/// The crates that are linked into an artefact, and which of them depends on which.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Linked {
    pub(crate) packages: Vec<Package>,
    pub(crate) depends: BTreeMap<Id, BTreeSet<Id>>,
}

const REMEDY: &str = "see what cargo says above; get online if it has to bring crates";

/// All crates that the workspace is built of on this machine.
pub(crate) fn of_workspace(workspace: &Workspace) -> Result<Vec<Package>, Failure> {
    metadata(workspace, &host(workspace)?)
}

/// This machine's target.
pub(crate) fn host(workspace: &Workspace) -> Result<String, Failure> {
    let said = workspace.rustc().args(["--version", "--verbose"]).read();
    let said = said.map_err(|error| Failure::new(error.to_string(), REMEDY))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| Failure::new("the compiler names no host", "see `rustc -vV`"))
}

/// The crates that are linked into a package of the workspace for a target, with the features
/// of such a build: neither what its tests ask for, nor what runs only while it is built.
pub(crate) fn linked(
    workspace: &Workspace,
    package: &str,
    target: &str,
) -> Result<Linked, Failure> {
    let tree = workspace
        .cargo()
        .args(["tree", "--quiet", "--locked", "--package", package])
        .args(["--edges", "normal,no-proc-macro", "--target", target])
        .args(["--prefix", "depth", "--format", " {p}"])
        .read()
        .map_err(|error| Failure::new(error.to_string(), REMEDY))?;
    let depends = depends(&tree);
    let packages = metadata(workspace, target)?
        .into_iter()
        .filter(|package| depends.contains_key(&package.id()))
        .collect();
    Ok(Linked { packages, depends })
}

fn metadata(workspace: &Workspace, target: &str) -> Result<Vec<Package>, Failure> {
    workspace
        .cargo()
        .args(["metadata", "--quiet", "--locked", "--format-version", "1"])
        .args(["--filter-platform", target])
        .read()
        .map_err(|error| error.to_string())
        .and_then(|text| parse(&text))
        .map_err(|why| Failure::new(why, REMEDY))
}

/// What `cargo metadata` says, of what is built.
fn parse(metadata: &str) -> Result<Vec<Package>, String> {
    let metadata: Value = serde_json::from_str(metadata).map_err(|error| error.to_string())?;
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let built: BTreeSet<String> = list(&metadata["resolve"]["nodes"])
        .iter()
        .filter_map(|node| node["id"].as_str().map(str::to_owned))
        .collect();
    let read = |package: &Value| {
        let text = |key: &str| package[key].as_str().map(str::to_owned);
        let folder = text("manifest_path")?;
        let folder = Path::new(&folder).parent()?.to_path_buf();
        Some(Package {
            name: text("name")?,
            version: text("version")?,
            licence: text("license"),
            licence_file: text("license_file").map(|file| folder.join(file)),
            is_ours: package["source"].is_null(),
            folder,
        })
    };
    list(&metadata["packages"])
        .iter()
        .filter(|package| package["id"].as_str().is_some_and(|id| built.contains(id)))
        .map(|package| {
            read(package).ok_or_else(|| "cargo names a crate without a place".to_owned())
        })
        .collect()
}

/// Which crate depends on which, by a tree of cargo's with the depth before each line. What
/// is below a crate stands where it is named first.
fn depends(tree: &str) -> BTreeMap<Id, BTreeSet<Id>> {
    let mut depends: BTreeMap<Id, BTreeSet<Id>> = BTreeMap::new();
    let mut above: Vec<Id> = Vec::new();
    for line in tree.lines() {
        let mut words = line.split_whitespace();
        let depth = words.next().and_then(|depth| depth.parse().ok());
        let name = words.next();
        let version = words.next().and_then(|version| version.strip_prefix('v'));
        let (Some(depth), Some(name), Some(version)) = (depth, name, version) else {
            continue;
        };
        let id = (name.to_owned(), version.to_owned());
        above.truncate(depth);
        if let Some(parent) = above.last() {
            depends
                .entry(parent.clone())
                .or_default()
                .insert(id.clone());
        }
        depends.entry(id.clone()).or_default();
        above.push(id);
    }
    depends
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn id(name: &str) -> Id {
        (name.to_owned(), "1.0.0".to_owned())
    }

    #[test]
    fn a_tree() {
        let tree = "0 a v1.0.0 (/some where/a)\n1 b v1.0.0\n2 c v1.0.0\n1 c v1.0.0 (*)\n1 d v1.0.0\n2 b v1.0.0 (*)\n";
        let expected = [
            ("a", &["b", "c", "d"][..]),
            ("b", &["c"]),
            ("c", &[]),
            ("d", &["b"]),
        ];
        let expected = expected
            .into_iter()
            .map(|(name, depends)| (id(name), depends.iter().map(|name| id(name)).collect()))
            .collect();
        assert_eq!(depends(tree), expected);
    }

    #[test]
    fn what_is_not_built_for_a_target_is_left_out() {
        let metadata = json!({
            "packages": [
                {"id": "a#1", "name": "a", "version": "1.0.0", "license": "MIT", "license_file": null, "source": null, "manifest_path": "/w/a/Cargo.toml"},
                {"id": "b#1", "name": "b", "version": "1.0.0", "license": null, "license_file": "LICENCE", "source": "registry+r", "manifest_path": "/r/b/Cargo.toml"},
                {"id": "c#1", "name": "c", "version": "1.0.0", "license": "MIT", "license_file": null, "source": "registry+r", "manifest_path": "/r/c/Cargo.toml"},
            ],
            "resolve": {"nodes": [{"id": "a#1"}, {"id": "b#1"}]},
        });
        let packages = parse(&metadata.to_string()).unwrap();
        let [a, b] = &packages[..] else {
            panic!("{packages:?}");
        };
        assert!(a.is_ours && !b.is_ours);
        assert_eq!(a.id(), id("a"));
        assert_eq!(b.licence_file.as_deref(), Some(Path::new("/r/b/LICENCE")));
        assert_eq!(b.folder, Path::new("/r/b"));
    }
}
