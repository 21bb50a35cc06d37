//! Builds the detection module for WebAssembly and embeds it in the program.
//!
//! A cargo inside cargo: the module has another target and another profile than
//! the program, so it gets a run and a target folder of its own ([`module_build`]). That
//! way plain `cargo build`, `cargo install --path host-runner` and clippy work without a
//! step before them. Three things are looked at, in this order:
//!
//! - `RULE_WASM` names a module that is built already (`RULE_WASM_SIMD` the one with
//!   SIMD, else it is the same);
//! - `target/wasm-toolchain/env` in the workspace names a toolchain that
//!   `cargo xtask setup` brought, for where rustup cannot add a target;
//! - else the toolchain of the outer build, with its WebAssembly target.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use module_build::{Build, SOURCES, Toolchain};
use sha2::{Digest as _, Sha256};

/// The triage page that is embedded, where it is built.
const PAGE: &str = "web/dist";

fn main() -> ExitCode {
    // The folder is there before the page is, so that its building is seen.
    println!("cargo::rerun-if-changed=../{PAGE}");
    let embedded = modules().and_then(|[module, simd]| {
        embed("RULE_WASM", &module)?;
        embed("RULE_WASM_SIMD", &simd)
    });
    match embedded {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            println!("cargo::error={}", message.replace('\n', " "));
            ExitCode::FAILURE
        }
    }
}

/// Gives a module to the program: where it lies, and its digest, which a start would take
/// a millisecond and a half to find out.
fn embed(name: &str, module: &Path) -> Result<(), String> {
    let bytes =
        fs::read(module).map_err(|error| format!("cannot read `{}`: {error}", module.display()))?;
    println!("cargo::rustc-env={name}_EMBEDDED={}", module.display());
    print!("cargo::rustc-env={name}_DIGEST=");
    for byte in Sha256::digest(&bytes) {
        print!("{byte:02x}");
    }
    println!();
    Ok(())
}

/// The paths of the modules to embed, built if need be: for every host, and for those
/// that have SIMD.
fn modules() -> Result<[PathBuf; 2], String> {
    let manifest = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let ready_module = ready(&manifest, "RULE_WASM")?;
    let ready_simd = ready(&manifest, "RULE_WASM_SIMD")?;
    if let Some(module) = ready_module {
        let simd = ready_simd.unwrap_or_else(|| module.clone());
        return Ok([module, simd]);
    }
    let workspace = manifest
        .parent()
        .ok_or("the package lies outside its workspace")?;
    for source in SOURCES {
        let source = workspace.join(source);
        // A path that is not there would make every build run this again.
        if source.exists() {
            println!("cargo::rerun-if-changed={}", source.display());
        }
    }
    let toolchain = Toolchain::find(
        workspace,
        Toolchain::new(variable("CARGO")?, variable("RUSTC")?),
    )?;
    let out = PathBuf::from(variable("OUT_DIR")?);
    let target_dir = target_dir(&out);
    let build = |build: Build| build.module(workspace, &toolchain, target_dir);
    // Side by side: most of building one takes one core alone.
    let (module, simd) = thread::scope(|scope| {
        let simd = scope.spawn(|| ready_simd.map_or_else(|| build(Build::Simd), Ok));
        (build(Build::Portable), simd.join())
    });
    let simd = simd.map_err(|_| "building the module with SIMD has panicked")?;
    Ok([module?, simd?])
}

/// A module that is built already, where a variable names one.
fn ready(manifest: &Path, name: &str) -> Result<Option<PathBuf>, String> {
    println!("cargo::rerun-if-env-changed={name}");
    let Some(ready) = env::var_os(name) else {
        return Ok(None);
    };
    let ready = manifest.join(ready);
    println!("cargo::rerun-if-changed={}", ready.display());
    match ready.is_file() {
        true => Ok(Some(ready)),
        false => Err(format!(
            "{name} names `{}`, which is no file",
            ready.display()
        )),
    }
}

/// The folder above those of the outer build's profiles, so that all of them share one
/// build of the module.
fn target_dir(out: &Path) -> &Path {
    // <target>/<profile>/build/<package>/out
    out.ancestors().nth(4).unwrap_or(out)
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("{name} is not set: run this script by cargo"))
}
