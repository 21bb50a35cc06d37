//! What the project takes from others, held to the policy of `deny.toml`.
//!
//! `lint` looks at what costs nothing: the lock files, and the licences of what a build
//! brings anyway. `audit` has cargo-deny look at everything, and asks what is known of
//! vulnerabilities where that can be asked.

pub(crate) mod lock;
pub(crate) mod npm;
pub(crate) mod packages;
mod policy;

use xshell::cmd;

use self::policy::Policy;
use crate::failure::Failure;
use crate::tools::{self, Tool};
use crate::workspace::{Workspace, say};

/// The manifests of all workspaces, each with a lock file beside it.
const MANIFESTS: [&str; 4] = [
    "Cargo.toml",
    "benches/Cargo.toml",
    "fuzz/Cargo.toml",
    "xtask/web-bindgen/Cargo.toml",
];

const DENY: Tool = Tool {
    package: "cargo-deny",
    version: "0.20.2",
    program: "cargo-deny",
};

/// What of cargo-deny's findings is not said: one policy is for all workspaces, so that
/// each has something that it does not need; of duplicates, those alone that are denied.
const UNSAID: [&str; 6] = [
    "--allow",
    "duplicate",
    "--allow",
    "unused-wrapper",
    "--allow",
    "unmatched-bypass",
];

/// Checks the lock files, and the licences of what is built for this machine and shipped.
pub(crate) fn lint(workspace: &Workspace) -> Result<(), Failure> {
    let policy = Policy::read(workspace)?;
    say("checks the lock files, and the licences of what they name");
    let mut faults = Vec::new();
    for manifest in MANIFESTS {
        lock::is_current(workspace, manifest)?;
        let packages = lock::read(&lock::beside(&workspace.root().join(manifest)))?;
        faults.extend(packages.iter().filter_map(|package| policy.source(package)));
    }
    for package in packages::of_workspace(workspace)? {
        faults.extend(policy.licence(&package.name, package.licence.as_deref()));
    }
    for package in npm::shipped(workspace)? {
        faults.extend(policy.licence(&package.name, Some(&package.licence)));
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Failure::new(
            faults.join("\n       "),
            "take another crate, or write into `deny.toml` what is allowed and why",
        )),
    }
}

/// Has cargo-deny check each workspace, and asks for known vulnerabilities.
pub(crate) fn audit(workspace: &Workspace) -> Result<(), Failure> {
    lint(workspace)?;
    let folder = workspace.target_dir()?.join("tools");
    let deny = tools::bring(workspace, &folder, &DENY)
        .map_err(|why| Failure::new(why, "get online, then run this again"))?;
    let deny = |manifest: &str| {
        workspace
            .program(&deny)
            .args(["--manifest-path", manifest])
            .args(["--workspace", "--all-features", "--locked"])
            .args(["--config", "deny.toml"])
    };
    let fetched = deny("Cargo.toml")
        .args(["fetch", "db"])
        .ignore_stderr()
        .run();
    let checks: &[&str] = match &fetched {
        Ok(()) => &["advisories", "bans", "licenses", "sources"],
        Err(_) => &["bans", "licenses", "sources"],
    };
    for manifest in MANIFESTS {
        workspace.step(
            &format!("checks {} of `{manifest}`", checks.join(", ")),
            deny(manifest).arg("check").args(UNSAID).args(checks),
            "take another crate or version, or write into `deny.toml` what is allowed and why",
        )?;
    }
    if fetched.is_err() {
        say("NOT CHECKED: known vulnerabilities of crates; RustSec's database cannot be reached");
    }
    npm_audit(workspace)
}

/// Asks npm's registry what is known of the packages of the page.
fn npm_audit(workspace: &Workspace) -> Result<(), Failure> {
    let shell = workspace.shell();
    let npm = npm::PROGRAM;
    let asked = cmd!(shell, "{npm} --prefix web audit --package-lock-only --json")
        .quiet()
        .ignore_status()
        .ignore_stderr()
        .read();
    let answer = asked.map_err(|error| error.to_string());
    match answer.and_then(|answer| npm::vulnerable(&answer)) {
        Ok(vulnerable) if vulnerable.is_empty() => Ok(()),
        Ok(vulnerable) => Err(Failure::new(
            format!("npm knows vulnerabilities of {}", vulnerable.join(", ")),
            "`npm --prefix web audit` says more; take another version",
        )),
        Err(why) => {
            say(&format!(
                "NOT CHECKED: known vulnerabilities of npm's packages; {why}"
            ));
            Ok(())
        }
    }
}
