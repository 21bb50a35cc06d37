//! Cargo's lock files.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::failure::Failure;
use crate::workspace::Workspace;

/// A package that a lock file names.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Locked {
    pub(crate) name: String,
    pub(crate) version: String,
    /// Where it comes from; nothing where it lies in the workspace.
    pub(crate) source: Option<String>,
    /// The SHA-256 of its archive, in hexadecimal digits.
    pub(crate) checksum: Option<String>,
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

/// The lock file beside a manifest.
pub(crate) fn beside(manifest: &Path) -> PathBuf {
    manifest.with_extension("lock")
}

/// What a lock file names.
pub(crate) fn read(file: &Path) -> Result<Vec<Locked>, Failure> {
    fs::read_to_string(file)
        .map_err(|error| error.to_string())
        .and_then(|text| parse(&text))
        .map_err(|why| {
            let remedy = "see that the lock file is as it is in the repository";
            Failure::new(format!("`{}`: {why}", file.display()), remedy)
        })
}

fn parse(text: &str) -> Result<Vec<Locked>, String> {
    let lock: Lock = toml::from_str(text).map_err(|error| error.to_string())?;
    Ok(lock.package)
}

/// Whether a lock file goes with its manifests.
pub(super) fn is_current(workspace: &Workspace, manifest: &str) -> Result<(), Failure> {
    let file = beside(Path::new(manifest));
    workspace
        .cargo()
        .args(["update", "--quiet", "--workspace", "--locked"])
        .args(["--manifest-path", manifest])
        .run()
        .map_err(|error| {
            let remedy = format!(
                "run `cargo update --workspace --manifest-path {manifest}`, and commit the lock \
                 file"
            );
            Failure::new(format!("`{}` is behind: {error}", file.display()), remedy)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_file() {
        let text = "version = 4\n\n[[package]]\nname = \"ours\"\nversion = \"0.1.0\"\n\
                    dependencies = [\"memchr\"]\n\n[[package]]\nname = \"memchr\"\n\
                    version = \"2.8.3\"\nsource = \"registry+r\"\nchecksum = \"ab\"\n";
        let packages = parse(text).unwrap();
        let [ours, memchr] = &packages[..] else {
            panic!("{packages:?}");
        };
        assert_eq!((&*ours.name, &ours.source), ("ours", &None));
        assert_eq!(memchr.source.as_deref(), Some("registry+r"));
        assert_eq!(memchr.checksum.as_deref(), Some("ab"));
        assert!(parse("package = 1").is_err());
    }
}
