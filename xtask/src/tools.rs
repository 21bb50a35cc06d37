//! Programs of crates.io that the commands call, installed below the target folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::workspace::{Workspace, say};

/// A program: the crate, its version, and its name.
pub(crate) struct Tool {
    pub(crate) package: &'static str,
    pub(crate) version: &'static str,
    pub(crate) program: &'static str,
}

/// Installs a program into a folder, where it is not there in this version; gives its path.
///
/// # Errors
///
/// Why it cannot be had.
pub(crate) fn bring(workspace: &Workspace, folder: &Path, tool: &Tool) -> Result<PathBuf, String> {
    let Tool {
        package,
        version,
        program,
    } = tool;
    let installed = folder.join("bin").join(program);
    let installed = installed.with_extension(std::env::consts::EXE_EXTENSION);
    let made_from = folder.join(format!("{program}.made-from"));
    let wanted = format!("{package} {version}\n");
    let is_wanted = fs::read_to_string(&made_from).is_ok_and(|found| found == wanted);
    if is_wanted && installed.is_file() {
        return Ok(installed);
    }
    say(&format!(
        "installs {package} {version}: minutes, at the first time"
    ));
    workspace
        .cargo()
        .args(["install", "--quiet", "--locked", "--force", "--root"])
        .arg(folder)
        .arg(format!("{package}@{version}"))
        .run()
        .map_err(|error| error.to_string())?;
    fs::write(&made_from, wanted).map_err(|error| error.to_string())?;
    Ok(installed)
}
