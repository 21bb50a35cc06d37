//! How the modules are built: their target, profile and flags, and with which toolchain.
//!
//! `host-runner/build.rs` builds the hosts' module with it and embeds it, `cargo xtask` the
//! browser's modules and what is shipped. The same source and the same compiler give the
//! same bytes, wherever they lie on the disk (see [`Flags`]), so that anybody can build a
//! module again and compare.

mod flags;
mod paths;
mod toolchain;

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub use self::flags::{Flags, SIMD};
pub use self::paths::Paths;
pub use self::toolchain::Toolchain;

/// The target of the hosts' module.
pub const TARGET: &str = "wasm32v1-none";

/// The profile of all modules.
pub const PROFILE: &str = "module";

/// What the build of the hosts' module depends on, from the root of the workspace.
pub const SOURCES: [&str; 9] = [
    "Cargo.toml",
    "Cargo.lock",
    "rule-core/src",
    "rule-core/Cargo.toml",
    "rule-wasm/src",
    "rule-wasm/Cargo.toml",
    "rules",
    "module-build/src",
    Toolchain::FILE,
];

/// Variables of the outer build that must not reach the nested one: its flags,
/// wrappers (clippy is one), target and profile.
const OUTER: [&str; 12] = [
    "RUSTC",
    "RUSTC_WRAPPER",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_LINKER",
    "RUSTFLAGS",
    "RUSTDOCFLAGS",
    "TARGET",
    "PROFILE",
    "OPT_LEVEL",
    "DEBUG",
    "OUT_DIR",
    "CLIPPY_ARGS",
];

/// Variables with cargo's prefix that are the user's settings, not this build's.
const KEPT: [&str; 5] = [
    "CARGO_HOME",
    "CARGO_NET_",
    "CARGO_HTTP_",
    "CARGO_REGISTR",
    "CARGO_MAKEFLAGS",
];

/// A build of the hosts' module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// For every runtime.
    Portable,
    /// For those that have WebAssembly's vectors.
    Simd,
}

impl Build {
    /// Cargo's folder for this build below the target folder. Each has its own, for other
    /// flags would build the first one anew.
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Self::Portable => "wasm",
            Self::Simd => "wasm-simd",
        }
    }

    /// Builds the module below a target folder; gives its path.
    ///
    /// # Errors
    ///
    /// When the toolchain cannot be run, or the module does not build: what cargo says of
    /// it went to standard error.
    pub fn module(
        self,
        workspace: &Path,
        toolchain: &Toolchain,
        target_dir: &Path,
    ) -> Result<PathBuf, String> {
        let folder = target_dir.join(self.folder());
        let paths = Paths::of(workspace, toolchain)?;
        let flags = Flags::new(self == Self::Simd, &paths);
        let mut command = nested(toolchain);
        let status = command
            .current_dir(workspace)
            .env(Flags::VARIABLE, flags.encoded())
            .args(["build", "--locked", "--package", "rule-wasm", "--lib"])
            .args(["--target", TARGET, "--profile", PROFILE, "--target-dir"])
            .arg(&folder)
            .args(toolchain.arguments())
            // Standard output is cargo's channel for a build script's instructions.
            .stdout(Stdio::null())
            .status()
            .map_err(|error| format!("cannot run `{}`: {error}", toolchain.cargo()))?;
        if !status.success() {
            return Err(
                "the module (package rule-wasm) did not build; its errors are above".to_owned(),
            );
        }
        let built = folder.join(TARGET).join(PROFILE).join("rule_wasm.wasm");
        match built.is_file() {
            true => Ok(built),
            false => Err(format!(
                "the build of rule-wasm left no `{}`",
                built.display()
            )),
        }
    }
}

/// A cargo inside cargo, free of what is meant for the outer one.
fn nested(toolchain: &Toolchain) -> Command {
    let mut command = Command::new(toolchain.cargo());
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let of_cargo = text.starts_with("CARGO") && !KEPT.iter().any(|kept| text.starts_with(kept));
        if of_cargo || OUTER.contains(&&*text) {
            command.env_remove(&name);
        }
    }
    command.envs(toolchain.variables());
    command
}
