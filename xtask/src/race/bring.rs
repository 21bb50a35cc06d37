//! Brings the competitors.

use std::path::{Path, PathBuf};

use super::without;
use crate::failure::Failure;
use crate::setup::hosts;
use crate::tools::{self, Tool};
use crate::workspace::{Workspace, say};

/// Peers that are programs.
const PROGRAMS: [Tool; 2] = [
    Tool {
        package: "ripgrep",
        version: "15.2.0",
        program: "rg",
    },
    Tool {
        package: "jaq",
        version: "3.1.2",
        program: "jaq",
    },
];

/// The race's own workspace.
const MANIFEST: &str = "benches/Cargo.toml";

/// Builds the race and the peers that are crates. The heaviest of them, VRL, may fail.
pub(super) fn build(workspace: &Workspace, folder: &Path) -> Result<(), Failure> {
    let mend = "mend what the compiler says above, then run this again";
    let cargo = |what: &[&str]| {
        workspace
            .cargo()
            .args(["build", "--locked", "--manifest-path", MANIFEST])
            .arg("--target-dir")
            .arg(folder)
            .args(what)
    };
    workspace.step(
        "builds rule-core as it is in the module, for this machine",
        cargo(&["--package", "native", "--profile", "module"]),
        mend,
    )?;
    workspace.step(
        "builds the race",
        cargo(&["--package", "race", "--release"]),
        mend,
    )?;
    let peers = ["--package", "peers", "--release"];
    say("builds the peers that are crates: minutes, at the first time");
    let all = cargo(&peers).args(["--features", "vrl"]).run();
    if let Err(error) = all {
        without("VRL", &error.to_string());
        if let Err(error) = cargo(&peers).run() {
            without("the peers that are crates", &error.to_string());
        }
    }
    Ok(())
}

/// Installs the peers that are programs.
pub(super) fn programs(workspace: &Workspace, folder: &Path) {
    for tool in &PROGRAMS {
        if let Err(why) = tools::bring(workspace, folder, tool) {
            without(tool.package, &why);
        }
    }
}

/// Makes the environment with the peers that are wheels: its Python.
pub(super) fn wheels(workspace: &Workspace, folder: &Path) -> Option<PathBuf> {
    let requirements = workspace
        .root()
        .join("benches/peers/wheels/requirements.txt");
    match hosts::python(workspace, folder, &requirements) {
        Ok(folder) => Some(hosts::python_in(&folder)),
        Err(why) => {
            without("DuckDB and Polars", &why);
            None
        }
    }
}
