//! What the triage page is built and tested with: Node with npm, and a Chromium.
//!
//! Neither building nor running the program needs them. Where they are missing and this
//! is a system of Debian's kind whose packages may be installed, they are; where not, it
//! is said which ones to install, and what needs them is passed over.

use std::path::{Path, PathBuf};

use xshell::cmd;

use crate::workspace::{Workspace, say};

/// The oldest Node that builds the page.
const NODE: (u32, u32) = (20, 19);

/// Where distributions have the browser. `CHROMIUM` names another.
const CHROMIUM: [&str; 3] = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
];

/// Sees that Node and npm are there.
///
/// # Errors
///
/// What is missing.
pub(crate) fn node(workspace: &Workspace) -> Result<(), String> {
    if has_node(workspace) {
        return Ok(());
    }
    install(workspace, &["nodejs", "npm"])?;
    match has_node(workspace) {
        true => Ok(()),
        false => Err(format!(
            "the page needs Node {}.{} or newer, with npm",
            NODE.0, NODE.1
        )),
    }
}

/// Sees that a Chromium is there, as far as that can be done: its tests say where they
/// are skipped.
pub(crate) fn chromium(workspace: &Workspace) {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let known = CHROMIUM.iter().map(PathBuf::from);
    if named.into_iter().chain(known).any(|path| path.is_file()) {
        return;
    }
    if let Err(why) = install(workspace, &["chromium"]) {
        say(&format!("goes on without a browser: {why}"));
    }
}

fn has_node(workspace: &Workspace) -> bool {
    let node = cmd!(workspace.shell(), "node --version").quiet();
    let npm = cmd!(workspace.shell(), "npm --version").quiet();
    let version = node.ignore_stderr().read();
    version.is_ok_and(|version| is_new_enough(&version)) && npm.ignore_stderr().read().is_ok()
}

/// Whether a version such as `v20.20.2` will do.
fn is_new_enough(version: &str) -> bool {
    let mut parts = version.trim_start_matches('v').split('.');
    let mut next = || parts.next().and_then(|part| part.trim().parse().ok());
    matches!((next(), next()), (Some(major), Some(minor)) if (major, minor) >= NODE)
}

/// Installs packages of Debian's.
fn install(workspace: &Workspace, packages: &[&str]) -> Result<(), String> {
    let names = packages.join(" ");
    let whoami = cmd!(workspace.shell(), "id --user").quiet().ignore_stderr();
    let may =
        whoami.read().is_ok_and(|user| user == "0") && Path::new("/usr/bin/apt-get").is_file();
    if !may {
        return Err(format!("install {names}"));
    }
    say(&format!("installs {names} from Debian's packages"));
    let apt = |arguments: &[&str]| {
        cmd!(workspace.shell(), "apt-get --quiet --yes")
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .quiet()
            .ignore_stdout()
            .run()
    };
    apt(&["update"])
        .and_then(|()| apt(&[&["install", "--no-install-recommends"], packages].concat()))
        .map_err(|error| format!("{names} cannot be installed: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_node() {
        for (version, expected) in [
            ("v20.19.0", true),
            ("v20.20.2\n", true),
            ("v22.0.0", true),
            ("v20.18.9", false),
            ("v18.20.4", false),
            ("", false),
            ("v20", false),
        ] {
            assert_eq!(is_new_enough(version), expected, "{version:?}");
        }
    }
}
