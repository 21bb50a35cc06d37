//! Makes the WebAssembly target available, once, by whichever way works.
//!
//! 1. The Rust toolchain in use has the target: nothing to do.
//! 2. `rustup target add`.
//! 3. Where rustup is not there or cannot reach its server: Debian's packages of a
//!    newer Rust with the source of its standard library, unpacked into
//!    `target/wasm-toolchain`, nothing installed (see [`mod@debian`]).
//!
//! `--wasm-setup` or the variable `RULE_WASM_SETUP` names a way to take and stays
//! with it. The build script of `host-runner` finds the result of the third way
//! by the file `target/wasm-toolchain/env` (see [`mod@toolchain`]); with the first two
//! that file is not there.
//!
//! What the tests run the hosts of `examples/` on is another matter, see
//! [`mod@hosts`], and so is what Spark runs on, see [`mod@java`].

pub(crate) mod browser;
mod debian;
pub(crate) mod hosts;
pub(crate) mod java;
mod packages;
mod toolchain;

use std::path::Path;

use clap::ValueEnum;
use module_build::TARGET;
use xshell::cmd;

pub(crate) use self::toolchain::Toolchain;
use crate::failure::Failure;
use crate::workspace::{Workspace, say};

/// How the WebAssembly target is made available.
#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Way {
    /// What is there already, else rustup, else Debian's packages
    #[default]
    Auto,
    /// By rustup, or not at all
    Rustup,
    /// From Debian's packages, even where the target is installed
    Debian,
}

/// Makes the target available.
///
/// # Errors
///
/// When no way works, with what each of them said.
pub(crate) fn setup(workspace: &Workspace, way: Way) -> Result<(), Failure> {
    match way {
        Way::Debian => debian(workspace),
        Way::Rustup => rustup(workspace),
        Way::Auto => {
            if !installed(workspace) && toolchain_is_ready(workspace)? {
                return Ok(());
            }
            let Err(first) = rustup(workspace) else {
                return Ok(());
            };
            say(&format!("{}; tries Debian's packages", first.what()));
            debian(workspace).map_err(|second| {
                Failure::new(
                    format!("{}; {}", first.what(), second.what()),
                    format!(
                        "get online and run this again, or add the target {TARGET} \
                         to this Rust toolchain by hand"
                    ),
                )
            })
        }
    }
}

/// Whether the toolchain in use has the target.
fn installed(workspace: &Workspace) -> bool {
    let libraries = workspace
        .rustc()
        .args(["--print", "target-libdir", "--target", TARGET])
        .ignore_stderr()
        .read();
    libraries.is_ok_and(|folder| Path::new(&folder).is_dir())
}

fn rustup(workspace: &Workspace) -> Result<(), Failure> {
    if installed(workspace) {
        say(&format!("has the target {TARGET}"));
    } else {
        say(&format!("adds the target {TARGET} by rustup"));
        let added = cmd!(workspace.shell(), "rustup target add {TARGET}")
            // The fallback is better than minutes of tries without a network.
            .env("RUSTUP_MAX_RETRIES", "1")
            .env_remove("RUST_BACKTRACE")
            .quiet()
            .run();
        let failed = |why: &str| {
            Failure::new(
                format!("rustup could not add the target {TARGET}: {why}"),
                "get online and run this again, or take the other way: \
                 RULE_WASM_SETUP=debian",
            )
        };
        added.map_err(|error| failed(&error.to_string()))?;
        // rustup may be there, but not be where the compiler in use comes from.
        if !installed(workspace) {
            return Err(failed("the compiler in use has it not, even so"));
        }
    }
    // A build must not go on with a toolchain that is no longer needed.
    Toolchain::forget(workspace)
}

fn debian(workspace: &Workspace) -> Result<(), Failure> {
    if toolchain_is_ready(workspace)? {
        return Ok(());
    }
    debian::install(workspace)
}

fn toolchain_is_ready(workspace: &Workspace) -> Result<bool, Failure> {
    Ok(Toolchain::read(workspace)?.is_some_and(|toolchain| toolchain.is_whole()))
}
