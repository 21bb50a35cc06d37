//! What is in an artefact, as a bill of materials in CycloneDX's JSON.
//!
//! It has no time and no serial number: the same artefact has the same bill.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::supply::lock::Locked;
use crate::supply::npm;
use crate::supply::packages::{Linked, Package};

/// The version of CycloneDX.
const VERSION: &str = "1.5";

/// A bill, while it is written.
#[derive(Debug, Default)]
pub(super) struct Bom {
    /// By their references.
    components: BTreeMap<String, Value>,
    depends: BTreeMap<String, BTreeSet<String>>,
}

impl Bom {
    /// Adds crates; `lock` has the digests of their archives.
    pub(super) fn crates(&mut self, linked: &Linked, lock: &[Locked]) -> Result<(), String> {
        let mut references = BTreeMap::new();
        for package in &linked.packages {
            let locked = lock
                .iter()
                .find(|locked| locked.name == package.name && locked.version == package.version);
            let component = of_crate(package, locked)?;
            let reference = reference(&component);
            references.insert(package.id(), reference.clone());
            self.components.insert(reference, component);
        }
        for (id, depends) in &linked.depends {
            let named = |id| {
                let found = references.get(id).cloned();
                found.ok_or_else(|| format!("cargo says nothing of `{} {}`", id.0, id.1))
            };
            let depends = depends.iter().map(named).collect::<Result<Vec<_>, _>>()?;
            self.depends.entry(named(id)?).or_default().extend(depends);
        }
        Ok(())
    }

    /// Adds what npm brings, all of it below one component.
    pub(super) fn npm(&mut self, above: &str, packages: &[npm::Package]) -> Result<(), String> {
        for package in packages {
            let component = of_npm(package)?;
            let reference = reference(&component);
            self.depend(above, &reference);
            self.components.insert(reference, component);
        }
        Ok(())
    }

    /// Adds something of this project that is no crate.
    pub(super) fn ours(&mut self, name: &str, version: &str) -> String {
        let reference = own_reference(name, version);
        let component = json!({
            "type": "library", "bom-ref": reference, "name": name, "version": version,
            "licenses": [{"expression": OURS}],
        });
        self.components.insert(reference.clone(), component);
        reference
    }

    pub(super) fn depend(&mut self, above: &str, below: &str) {
        self.depends
            .entry(above.to_owned())
            .or_default()
            .insert(below.to_owned());
    }

    /// The bill of one of its components: `root`, by reference. `made_with` are the tools, by
    /// name and version.
    pub(super) fn write(
        mut self,
        root: &str,
        kind: &str,
        made_with: &[(&str, String)],
    ) -> Result<String, String> {
        let mut root = self
            .components
            .remove(root)
            .ok_or_else(|| format!("there is no component `{root}`"))?;
        root["type"] = json!(kind);
        let tools: Vec<Value> = made_with
            .iter()
            .map(|(name, version)| json!({"type": "application", "name": name, "version": version}))
            .collect();
        let depends: Vec<Value> = self
            .depends
            .iter()
            .map(|(above, below)| json!({"ref": above, "dependsOn": below}))
            .collect();
        let bill = json!({
            "bomFormat": "CycloneDX",
            "specVersion": VERSION,
            "version": 1,
            "metadata": {"tools": {"components": tools}, "component": root},
            "components": self.components.into_values().collect::<Vec<_>>(),
            "dependencies": depends,
        });
        serde_json::to_string_pretty(&bill)
            .map(|text| text + "\n")
            .map_err(|error| error.to_string())
    }
}

/// The licence of what is ours.
const OURS: &str = "MIT OR Apache-2.0";

/// The reference to something of this project. It is in no registry, so that no address of a
/// package would name it.
pub(super) fn own_reference(name: &str, version: &str) -> String {
    format!("{name}@{version}")
}

fn reference(component: &Value) -> String {
    component["bom-ref"].as_str().unwrap_or_default().to_owned()
}

fn of_crate(package: &Package, locked: Option<&Locked>) -> Result<Value, String> {
    let Package { name, version, .. } = package;
    let mut component = json!({"type": "library", "name": name, "version": version});
    if let Some(licence) = &package.licence {
        // Crates of long ago have `/` where `OR` is meant.
        let canonical = spdx::Expression::canonicalize(licence)
            .map_err(|error| format!("`{name}` has the licence `{licence}`: {error}"))?;
        let licence = canonical.unwrap_or_else(|| licence.clone());
        component["licenses"] = json!([{"expression": licence}]);
    }
    if package.is_ours {
        component["bom-ref"] = json!(own_reference(name, version));
        return Ok(component);
    }
    let address = format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"));
    component["bom-ref"] = json!(address);
    component["purl"] = json!(address);
    let checksum = locked.and_then(|locked| locked.checksum.as_deref());
    let checksum = checksum.ok_or_else(|| format!("`{name} {version}` has no checksum"))?;
    component["hashes"] = json!([{"alg": "SHA-256", "content": checksum}]);
    Ok(component)
}

fn of_npm(package: &npm::Package) -> Result<Value, String> {
    let npm::Package {
        name,
        version,
        licence,
        integrity,
        ..
    } = package;
    let digest = integrity
        .strip_prefix("sha512-")
        .and_then(|digest| BASE64_STANDARD.decode(digest).ok())
        .ok_or_else(|| format!("`{name}` has the digest `{integrity}`, which is no SHA-512"))?;
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let address = format!("pkg:npm/{}@{version}", name.replace('@', "%40"));
    Ok(json!({
        "type": "library", "bom-ref": address, "name": name, "version": version, "purl": address,
        "licenses": [{"expression": licence}],
        "hashes": [{"alg": "SHA-512", "content": digest}],
    }))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn package(name: &str, licence: &str, is_ours: bool) -> Package {
        Package {
            name: name.to_owned(),
            version: "1.0.0+x".to_owned(),
            licence: Some(licence.to_owned()),
            licence_file: None,
            folder: PathBuf::new(),
            is_ours,
        }
    }

    fn bill() -> Result<String, String> {
        let ours = package("ours", "MIT OR Apache-2.0", true);
        let other = package("other", "MIT/ISC", false);
        let lock = [Locked {
            name: "other".to_owned(),
            version: "1.0.0+x".to_owned(),
            source: Some("registry+r".to_owned()),
            checksum: Some("ab".repeat(32)),
        }];
        let depends = [
            (ours.id(), [other.id()].into()),
            (other.id(), BTreeSet::new()),
        ];
        let linked = Linked {
            packages: vec![ours, other],
            depends: depends.into(),
        };
        let mut bom = Bom::default();
        bom.crates(&linked, &lock)?;
        let page = bom.ours("page", "1.0.0");
        bom.depend("ours@1.0.0+x", &page);
        let npm = npm::Package {
            name: "@a/b".to_owned(),
            version: "2.0.0".to_owned(),
            licence: "ISC".to_owned(),
            integrity: format!("sha512-{}", BASE64_STANDARD.encode([171; 64])),
            folder: String::new(),
        };
        bom.npm(&page, &[npm])?;
        bom.write(
            "ours@1.0.0+x",
            "application",
            &[("rustc", "1.95.0".to_owned())],
        )
    }

    #[test]
    fn what_is_in_it() {
        let bill: Value = serde_json::from_str(&bill().unwrap()).unwrap();
        assert_eq!(bill["metadata"]["component"]["name"], "ours");
        assert_eq!(bill["metadata"]["component"]["type"], "application");
        let [page, other, npm] = &bill["components"].as_array().unwrap()[..] else {
            panic!("{bill}");
        };
        assert_eq!(npm["purl"], "pkg:npm/%40a/b@2.0.0");
        assert_eq!(npm["hashes"][0]["content"], "ab".repeat(64));
        assert_eq!(other["purl"], "pkg:cargo/other@1.0.0%2Bx");
        assert_eq!(other["licenses"][0]["expression"], "MIT OR ISC");
        assert_eq!(page["name"], "page");
        let depends = json!([
            {"ref": "ours@1.0.0+x", "dependsOn": ["page@1.0.0", "pkg:cargo/other@1.0.0%2Bx"]},
            {"ref": "page@1.0.0", "dependsOn": ["pkg:npm/%40a/b@2.0.0"]},
            {"ref": "pkg:cargo/other@1.0.0%2Bx", "dependsOn": []},
        ]);
        assert_eq!(bill["dependencies"], depends);
    }

    #[test]
    fn what_has_no_digest_is_refused() {
        let linked = Linked {
            packages: vec![package("other", "MIT", false)],
            depends: BTreeMap::new(),
        };
        let refused = Bom::default().crates(&linked, &[]);
        assert_eq!(refused, Err("`other 1.0.0+x` has no checksum".to_owned()));
    }
}
