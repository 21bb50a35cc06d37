//! What the tests run the hosts of `examples/` on, in `target/hosts`.
//!
//! - `python`: an environment of Python's with the wheel of wasmtime that
//!   `examples/python/requirements.txt` names.
//! - `wasmtime-c-api`: in `lib` the library of that wheel, in `include` the header
//!   from the crate that the library is built from.
//!
//! Neither building nor running the program needs any of it. Where it cannot be had,
//! that is said, and the tests pass over the language. What is there is not fetched
//! again: the last step of each part is a file that says what it was made from.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use xshell::cmd;

use crate::workspace::{Workspace, say};

/// The crate that has the header, and its version. The header is a standard one:
/// libraries of other versions go with it.
const CRATE: &str = "wasmtime-c-api-impl";
const VERSION: &str = "48.0.8";

/// Brings what is missing, as far as it can be had.
pub(crate) fn setup(workspace: &Workspace) {
    let hosts = workspace.root().join("target").join("hosts");
    let requirements = workspace.root().join("examples/python/requirements.txt");
    if let Err(why) = python(workspace, &hosts.join("python"), &requirements)
        .and_then(|python| c_api(workspace, &python, &hosts.join("wasmtime-c-api")))
    {
        say(&format!("goes on without some hosts of `examples`: {why}"));
    }
}

/// An environment of Python's with the wheels that a file of requirements names: the
/// folder.
pub(crate) fn python(
    workspace: &Workspace,
    folder: &Path,
    requirements: &Path,
) -> Result<PathBuf, String> {
    let (python, version) = any_python(workspace).ok_or("there is no Python here")?;
    let wanted = format!("{version}\n{}", read(requirements)?);
    let made_from = folder.join("made-from");
    if is_made_from(&made_from, &wanted) {
        return Ok(folder.to_path_buf());
    }
    say(&format!(
        "makes {}, with the wheels of {}",
        folder.display(),
        requirements.display()
    ));
    // Its own pip may have to be installed with the system's packages: what it says
    // then is what to do.
    let shell = workspace.shell();
    cmd!(shell, "{python} -m venv --clear {folder}")
        .quiet()
        .run()
        .map_err(|error| error.to_string())?;
    let own = python_in(folder);
    cmd!(shell, "{own} -m pip install --quiet")
        .args(["--disable-pip-version-check", "--only-binary", ":all:"])
        .args(["--require-hashes", "--requirement"])
        .arg(requirements)
        .quiet()
        .run()
        .map_err(|error| error.to_string())?;
    write(&made_from, &wanted)?;
    Ok(folder.to_path_buf())
}

/// The Python of an environment.
pub(crate) fn python_in(folder: &Path) -> PathBuf {
    match cfg!(windows) {
        true => folder.join("Scripts").join("python.exe"),
        false => folder.join("bin").join("python"),
    }
}

/// The Python of this machine, and the version that it says.
fn any_python(workspace: &Workspace) -> Option<(&'static str, String)> {
    ["python3", "python"].into_iter().find_map(|python| {
        let asked = cmd!(workspace.shell(), "{python} --version");
        let version = asked.quiet().ignore_stderr().read().ok()?;
        Some((python, version))
    })
}

/// Header and library, laid out as in a release of wasmtime for C.
fn c_api(workspace: &Workspace, python: &Path, folder: &Path) -> Result<(), String> {
    if cfg!(windows) {
        return Err("the wheel of wasmtime has nothing to link C with on Windows".to_owned());
    }
    let wanted = format!("{CRATE} {VERSION}\n{}", read(&python.join("made-from"))?);
    let made_from = folder.join("made-from");
    if is_made_from(&made_from, &wanted) {
        return Ok(());
    }
    say("makes target/hosts/wasmtime-c-api, wasmtime for C");
    let library = library(python).ok_or("the wheel of wasmtime has no library")?;
    let ending = library.extension().unwrap_or_default();
    copy(
        &library,
        &folder.join("lib/libwasmtime").with_extension(ending),
    )?;
    copy(
        &header(workspace, &folder.join("package"))?,
        &folder.join("include/wasm.h"),
    )?;
    write(&made_from, &wanted)
}

/// The library inside the wheel.
fn library(python: &Path) -> Option<PathBuf> {
    // lib/python3.11/site-packages/wasmtime/linux-x86_64/_libwasmtime.so
    let versions = entries(&python.join("lib"));
    let platforms = versions
        .iter()
        .flat_map(|version| entries(&version.join("site-packages").join("wasmtime")));
    platforms
        .flat_map(|platform| entries(&platform))
        .find(|file| file.file_stem().is_some_and(|stem| stem == "_libwasmtime"))
}

/// The header inside the crate, which cargo fetches for a package that names it.
fn header(workspace: &Workspace, package: &Path) -> Result<PathBuf, String> {
    let manifest = package.join("Cargo.toml");
    write(&package.join("src/lib.rs"), "")?;
    write(
        &manifest,
        &format!(
            "[package]\nname = \"header\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\n{CRATE} = {{ version = \"={VERSION}\", default-features = false }}\n"
        ),
    )?;
    let metadata = workspace
        .cargo()
        .args(["metadata", "--quiet", "--format-version", "1"])
        .arg("--manifest-path")
        .arg(&manifest)
        .read()
        .map_err(|error| error.to_string())?;
    let folder = folder_of_crate(&metadata).ok_or_else(|| format!("cargo has no {CRATE}"))?;
    Ok(folder.join("include").join("wasm.h"))
}

/// Where cargo has put the crate, by what it says of all packages.
fn folder_of_crate(metadata: &str) -> Option<PathBuf> {
    let metadata: Value = serde_json::from_str(metadata).ok()?;
    let mut packages = metadata["packages"].as_array()?.iter();
    let found = packages.find(|of| of["name"] == CRATE && of["version"] == VERSION)?;
    let manifest = Path::new(found["manifest_path"].as_str()?);
    manifest.parent().map(Path::to_path_buf)
}

fn is_made_from(file: &Path, wanted: &str) -> bool {
    fs::read_to_string(file).is_ok_and(|found| found == wanted)
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.flatten().map(|entry| entry.path()).collect()
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(file, text))
        .map_err(|error| format!("{}: {error}", file.display()))
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let folder = to.parent().unwrap_or(to);
    fs::create_dir_all(folder)
        .and_then(|()| fs::copy(from, to))
        .map(drop)
        .map_err(|error| format!("{} to {}: {error}", from.display(), to.display()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_crate_is_found_among_all_packages() {
        let metadata = json!({ "packages": [
            { "name": "wasmtime", "version": VERSION, "manifest_path": "/r/wasmtime/Cargo.toml" },
            { "name": CRATE, "version": "1.0.0", "manifest_path": "/r/older/Cargo.toml" },
            { "name": CRATE, "version": VERSION, "manifest_path": "/r/\"own\"/Cargo.toml" },
        ] })
        .to_string();
        let folder = PathBuf::from("/r/\"own\"");
        assert_eq!(folder_of_crate(&metadata), Some(folder));
        let another = metadata.replace(CRATE, "another");
        assert_eq!(folder_of_crate(&another), None);
        assert_eq!(folder_of_crate("no JSON"), None);
    }

    #[test]
    fn the_library_is_found_in_the_wheel() {
        let folder = tempfile::tempdir().unwrap();
        let wheel = folder.path().join("lib/python3.11/site-packages/wasmtime");
        write(&wheel.join("__init__.py"), "").unwrap();
        assert_eq!(library(folder.path()), None);
        let file = wheel.join("linux-x86_64/_libwasmtime.so");
        write(&file, "").unwrap();
        assert_eq!(library(folder.path()), Some(file));
    }

    #[test]
    fn what_was_made_from_something_else_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("made-from");
        assert!(!is_made_from(&file, "a"));
        write(&file, "a").unwrap();
        assert!(is_made_from(&file, "a"));
        assert!(!is_made_from(&file, "b"));
    }
}
