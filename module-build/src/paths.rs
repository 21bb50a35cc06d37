//! Where source files lie on this machine, and what they are called in a module.

use std::fs;
use std::path::{Path, PathBuf};

use crate::toolchain::Toolchain;

/// The folders below which source files lie, each with the name that stands for it in a
/// module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths(Vec<(PathBuf, String)>);

impl Paths {
    /// The folders of this machine.
    ///
    /// # Errors
    ///
    /// When the compiler cannot be asked, or nobody says where cargo keeps its crates.
    pub fn of(workspace: &Path, toolchain: &Toolchain) -> Result<Self, String> {
        let home = toolchain.home()?;
        let version = toolchain.compiler_says(&["--version", "--verbose"])?;
        let commit = version
            .lines()
            .find_map(|line| line.strip_prefix("commit-hash: "))
            .unwrap_or("unknown");
        let sysroot = toolchain.compiler_says(&["--print", "sysroot"])?;
        Ok(Self::new(
            workspace,
            &registries(&home),
            Path::new(sysroot.trim()),
            commit.trim(),
        ))
    }

    /// `registries` are folders with a folder for each crate.
    pub(crate) fn new(
        workspace: &Path,
        registries: &[PathBuf],
        sysroot: &Path,
        commit: &str,
    ) -> Self {
        let mut paths = vec![(workspace.to_path_buf(), String::new())];
        paths.extend(
            registries
                .iter()
                .map(|registry| (registry.clone(), String::new())),
        );
        // As the standard library itself has been built.
        paths.push((
            sysroot.join("lib/rustlib/src/rust"),
            format!("/rustc/{commit}"),
        ));
        Self(paths)
    }

    /// As flags of the compiler, the last that fits a path counts.
    pub(crate) fn flags(&self) -> impl Iterator<Item = String> {
        self.0
            .iter()
            .map(|(folder, name)| format!("--remap-path-prefix={}={name}", folder.display()))
    }
}

/// Where cargo unpacks the crates of a registry, for each of them: the name of such a folder
/// depends on cargo's version and on a mirror in use.
fn registries(home: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(home.join("registry").join("src"));
    let folders = entries.into_iter().flatten().flatten();
    let mut registries: Vec<PathBuf> = folders
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    registries.sort();
    registries
}
