//! The modules that are shipped, and the proof that anybody gets the same bytes.

use std::fs;
use std::path::{Path, PathBuf};

use module_build::{Build, Toolchain};

use super::sums::digest;
use crate::failure::Failure;
use crate::web;
use crate::workspace::{Workspace, say};

const MEND: &str = "mend what the compiler says above, then run this again";

/// What a copy of the tree leaves out: what was built or brought, and what git keeps.
const LEFT_OUT: [&str; 3] = ["target", "node_modules", ".git"];

/// The hosts' modules by the names under which they are shipped.
const SHIPPED: [(&str, Build); 2] = [
    ("rule.wasm", Build::Portable),
    ("rule-simd.wasm", Build::Simd),
];

/// The toolchain for the hosts' modules.
pub(super) fn toolchain(workspace: &Workspace) -> Result<Toolchain, Failure> {
    Toolchain::find(workspace.root(), workspace.toolchain())
        .map_err(|why| Failure::new(why, "run `cargo xtask setup`"))
}

/// Builds the hosts' modules; gives the name and the path of each.
pub(super) fn modules(
    workspace: &Workspace,
    toolchain: &Toolchain,
    target_dir: &Path,
) -> Result<[(&'static str, PathBuf); 2], Failure> {
    let build = |(name, build): (&'static str, Build)| {
        say(&format!("builds {name}"));
        build
            .module(workspace.root(), toolchain, target_dir)
            .map(|module| (name, module))
            .map_err(|why| Failure::new(why, MEND))
    };
    let [portable, simd] = SHIPPED.map(build);
    Ok([portable?, simd?])
}

/// Builds all modules here and from a copy of the tree that lies elsewhere, with another
/// home of cargo's and another target folder, and compares their bytes.
pub(crate) fn reproduce(workspace: &Workspace) -> Result<(), Failure> {
    let target_dir = workspace.target_dir()?;
    let elsewhere = target_dir.join("reproduce");
    let home = elsewhere.join("home of cargo");
    let copy = copy(workspace, &elsewhere, &home)?;
    let toolchain = toolchain(workspace)?;
    let here = all(workspace, &toolchain, &target_dir)?;
    let toolchain = toolchain.with("CARGO_HOME", &home.to_string_lossy());
    let there = all(&copy, &toolchain, &elsewhere.join("builds"))?;
    let mut differ = Vec::new();
    for ((name, here), (_, there)) in here.iter().zip(&there) {
        let (here, there) = (digest(here)?, digest(there)?);
        println!("{here}  {name}");
        if here != there {
            println!("{there}  {name}, built from a copy");
            differ.push(*name);
        }
    }
    match differ.is_empty() {
        true => Ok(()),
        false => Err(Failure::new(
            format!("built from a copy, other bytes: {}", differ.join(", ")),
            format!(
                "compare what `strings` finds in the modules here with those in `{}`: a path \
                 that is not the same everywhere has its place in `module-build/src/paths.rs`",
                elsewhere.join("builds").display()
            ),
        )),
    }
}

/// Builds all modules, the browser's among them where its target is there.
fn all(
    workspace: &Workspace,
    toolchain: &Toolchain,
    target_dir: &Path,
) -> Result<Vec<(&'static str, PathBuf)>, Failure> {
    let mut modules = Vec::from(modules(workspace, toolchain, target_dir)?);
    match web::target(workspace) {
        Ok(()) => {
            let [plain, simd] = web::modules(workspace, target_dir)?;
            modules.extend([
                ("rule_web.wasm", plain.join("rule_web.wasm")),
                ("rule_web.wasm with SIMD", simd.join("rule_web.wasm")),
                ("evtx_web.wasm", plain.join("evtx_web.wasm")),
            ]);
        }
        Err(why) => say(&format!("goes on without the browser's modules: {why}")),
    }
    Ok(modules)
}

/// A copy of the tree, with a home of cargo's of its own that has the crates of the other.
fn copy(workspace: &Workspace, elsewhere: &Path, home: &Path) -> Result<Workspace, Failure> {
    let failed = |path: &Path, error: std::io::Error| {
        let remedy = format!("delete `{}`, then run this again", elsewhere.display());
        Failure::new(format!("`{}`: {error}", path.display()), remedy)
    };
    let tree = elsewhere.join("a copy of the tree");
    match fs::remove_dir_all(elsewhere) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(failed(elsewhere, error));
        }
        _ => {}
    }
    fs::create_dir_all(home).map_err(|error| failed(home, error))?;
    copy_folder(workspace.root(), &tree).map_err(|error| failed(&tree, error))?;
    let own = workspace
        .toolchain()
        .home()
        .map_err(|why| Failure::new(why, MEND))?;
    for name in ["registry", "config.toml"] {
        let (from, to) = (own.join(name), home.join(name));
        if from.exists() {
            link(&from, &to).map_err(|error| failed(&to, error))?;
        }
    }
    Workspace::at(&tree, Some(home.to_path_buf()))
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(from, to)
}

#[cfg(not(unix))]
fn link(from: &Path, to: &Path) -> std::io::Result<()> {
    match from.is_dir() {
        // Cargo brings the crates again.
        true => Ok(()),
        false => fs::copy(from, to).map(drop),
    }
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if LEFT_OUT.iter().any(|left_out| name == *left_out) {
            continue;
        }
        let to = to.join(&name);
        match entry.file_type()? {
            kind if kind.is_dir() => copy_folder(&entry.path(), &to)?,
            kind if kind.is_file() => drop(fs::copy(entry.path(), to)?),
            _ => {}
        }
    }
    Ok(())
}
