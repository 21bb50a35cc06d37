//! Brings the competitors.

use std::fs;
use std::path::{Path, PathBuf};

use super::without;
use crate::failure::Failure;
use crate::setup::hosts;
use crate::workspace::{Workspace, say};

/// Peers that are programs: the crate, its version, the program.
const PROGRAMS: [(&str, &str, &str); 2] = [("ripgrep", "15.2.0", "rg"), ("jaq", "3.1.2", "jaq")];

/// The race's own workspace.
const MANIFEST: &str = "benches/Cargo.toml";

/// Builds the race and the peers that are crates. The heaviest of them, VRL, may fail.
pub(super) fn build(workspace: &Workspace, folder: &Path) -> Result<(), Failure> {
    let mend = "mend what the compiler says above, then run this again";
    let cargo = |what: &[&str]| {
        workspace
            .cargo()
            .args(["build", "--manifest-path", MANIFEST])
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
    for (name, version, program) in PROGRAMS {
        let made_from = folder.join(format!("{program}.made-from"));
        let wanted = format!("{name} {version}\n");
        if fs::read_to_string(&made_from).is_ok_and(|found| found == wanted) {
            continue;
        }
        say(&format!("installs {name} {version} for the race"));
        let installed = workspace
            .cargo()
            .args(["install", "--quiet", "--locked", "--force", "--root"])
            .arg(folder)
            .arg(format!("{name}@{version}"))
            .run();
        let done = installed
            .map_err(|error| error.to_string())
            .and_then(|()| fs::write(&made_from, wanted).map_err(|error| error.to_string()));
        if let Err(why) = done {
            without(name, &why);
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
