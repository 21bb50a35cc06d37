//! The workspace: where it is, and how its tools are called.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use module_build::Toolchain;
use serde_json::Value;
use xshell::{Cmd, Shell, cmd};

use crate::failure::Failure;

/// A shell that stands in the root of the workspace.
pub(crate) struct Workspace {
    shell: Shell,
    root: PathBuf,
    /// Cargo's home, where it is not the one of the process.
    home: Option<PathBuf>,
}

impl Workspace {
    pub(crate) fn open() -> Result<Self, Failure> {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self::at(package.parent().unwrap_or(package), None)
    }

    /// The workspace whose root is a folder, with a home of cargo's of its own.
    pub(crate) fn at(root: &Path, home: Option<PathBuf>) -> Result<Self, Failure> {
        let root = root.to_path_buf();
        let shell = Shell::new().map_err(|error| {
            Failure::new(
                error.to_string(),
                "go to a folder that exists, then run this again",
            )
        })?;
        shell.change_dir(&root);
        if let Some(home) = &home {
            shell.set_var("CARGO_HOME", home);
        }
        Ok(Self { shell, root, home })
    }

    pub(crate) fn shell(&self) -> &Shell {
        &self.shell
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's folder for what it builds, wherever its settings put it.
    ///
    /// # Errors
    ///
    /// When cargo does not say.
    pub(crate) fn target_dir(&self) -> Result<PathBuf, Failure> {
        let arguments = ["metadata", "--quiet", "--no-deps", "--format-version", "1"];
        let said = self.cargo().args(arguments).read();
        said.map_err(|error| error.to_string())
            .and_then(|text| {
                let metadata: Value =
                    serde_json::from_str(&text).map_err(|error| error.to_string())?;
                let folder = metadata["target_directory"].as_str();
                folder
                    .map(PathBuf::from)
                    .ok_or_else(|| "cargo names none".to_owned())
            })
            .map_err(|why| {
                let what = format!("could not find the target folder: {why}");
                Failure::new(what, "see what `cargo metadata` says")
            })
    }

    /// The cargo that runs this program.
    pub(crate) fn cargo(&self) -> Cmd<'_> {
        let cargo = cargo();
        cmd!(self.shell, "{cargo}").quiet()
    }

    /// The toolchain of this machine, as modules are built with it.
    pub(crate) fn toolchain(&self) -> Toolchain {
        let [cargo, rustc] = [cargo(), rustc()].map(|path| path.to_string_lossy().into_owned());
        let toolchain = Toolchain::new(cargo, rustc);
        match &self.home {
            Some(home) => toolchain.with("CARGO_HOME", &home.to_string_lossy()),
            None => toolchain,
        }
    }

    /// The compiler that goes with that cargo.
    pub(crate) fn rustc(&self) -> Cmd<'_> {
        let rustc = rustc();
        cmd!(self.shell, "{rustc}").quiet()
    }

    /// The target that programs for this machine are built for.
    pub(crate) fn host(&self) -> Result<String, Failure> {
        let said = self
            .rustc()
            .arg("-vV")
            .read()
            .map_err(|error| error.to_string());
        said.and_then(|text| {
            let host = text.lines().find_map(|line| line.strip_prefix("host: "));
            host.map(str::to_owned)
                .ok_or_else(|| "it names no host".to_owned())
        })
        .map_err(|why| {
            let what = format!("could not find what the compiler builds for: {why}");
            Failure::new(what, "see what `rustc -vV` says")
        })
    }

    /// A program that was built here.
    pub(crate) fn program(&self, file: &Path) -> Cmd<'_> {
        cmd!(self.shell, "{file}").quiet()
    }

    /// Says what comes, then runs it. Its output goes where this program's goes.
    ///
    /// # Errors
    ///
    /// When it cannot be started or does not succeed: `remedy` then says what to do.
    pub(crate) fn step(&self, what: &str, command: Cmd<'_>, remedy: &str) -> Result<(), Failure> {
        say(what);
        command
            .run()
            .map_err(|error| Failure::new(format!("{what}: {error}"), remedy))
    }
}

fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn rustc() -> OsString {
    std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())
}

/// The line before a step.
pub(crate) fn say(what: &str) {
    eprintln!("==> {what}");
}
