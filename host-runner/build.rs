//! Builds the detection module for WebAssembly and embeds it in the program.
//!
//! A cargo inside cargo: the module has another target and another profile than
//! the program, so it gets a run and a target folder of its own. That way plain
//! `cargo build`, `cargo install --path host-runner` and clippy work without a
//! step before them. Three things are looked at, in this order:
//!
//! - `RULE_WASM` names a module that is built already (`RULE_WASM_SIMD` the one with
//!   SIMD, else it is the same);
//! - `target/wasm-toolchain/env` in the workspace names a toolchain that
//!   `cargo xtask setup` brought, for where rustup cannot add a target;
//! - else the toolchain of the outer build, with its WebAssembly target.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use sha2::{Digest as _, Sha256};

const TARGET: &str = "wasm32v1-none";
const PROFILE: &str = "module";

/// How large a function is put in place of a call to it, where it does not ask for that
/// itself. The compiler's own measure makes the module a tenth larger, and each start
/// longer by as much, for a few hundredths of speed.
const INLINE: &str = "-Cllvm-args=-inline-threshold=100";

/// Sixteen bytes at once.
const SIMD: &str = "-Ctarget-feature=+simd128";

/// The triage page that is embedded, where it is built.
const PAGE: &str = "web/dist";

/// What the nested build depends on, from the root of the workspace.
const SOURCES: [&str; 8] = [
    "Cargo.toml",
    "Cargo.lock",
    "rule-core/src",
    "rule-core/Cargo.toml",
    "rule-wasm/src",
    "rule-wasm/Cargo.toml",
    "rules",
    "target/wasm-toolchain/env",
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
    let toolchain = Toolchain::find(workspace)?;
    let target_dir = target_dir(Path::new(&variable("OUT_DIR")?));
    let module = build(workspace, &toolchain, &target_dir, INLINE)?;
    let simd = match ready_simd {
        Some(simd) => simd,
        // A folder of its own, for other flags would build the first one anew.
        None => build(
            workspace,
            &toolchain,
            &target_dir.with_file_name("wasm-simd"),
            &format!("{INLINE} {SIMD}"),
        )?,
    };
    Ok([module, simd])
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

/// What the nested build runs with.
struct Toolchain {
    cargo: String,
    /// More arguments for cargo.
    arguments: Vec<String>,
    /// Variables for cargo.
    variables: BTreeMap<String, String>,
}

impl Toolchain {
    fn find(workspace: &Path) -> Result<Self, String> {
        let file = workspace.join("target/wasm-toolchain/env");
        match fs::read_to_string(&file) {
            Ok(text) => Self::parse(&text).map_err(|why| format!("`{}`: {why}", file.display())),
            Err(_) => Self::outer(),
        }
    }

    /// The file that the set-up writes: one `KEY=VALUE` a line.
    fn parse(text: &str) -> Result<Self, String> {
        let mut variables = BTreeMap::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let (key, value) = line
                .split_once('=')
                .ok_or_else(|| format!("`{line}` is no `KEY=VALUE`; run `cargo xtask setup`"))?;
            variables.insert(key.trim().to_owned(), value.trim().to_owned());
        }
        let cargo = variables
            .remove("CARGO")
            .ok_or_else(|| "it names no `CARGO`; run `cargo xtask setup`".to_owned())?;
        let arguments = variables
            .remove("ARGS")
            .map(|arguments| arguments.split_whitespace().map(str::to_owned).collect())
            .unwrap_or_default();
        if let Some(linker) = variables.remove("LINKER") {
            variables.insert("CARGO_TARGET_WASM32V1_NONE_LINKER".to_owned(), linker);
        }
        Ok(Self {
            cargo,
            arguments,
            variables,
        })
    }

    /// The toolchain of the outer build, if it has the target.
    fn outer() -> Result<Self, String> {
        let rustc = variable("RUSTC")?;
        let libraries = Command::new(&rustc)
            .args(["--print", "target-libdir", "--target", TARGET])
            .output()
            .map_err(|error| format!("cannot run `{rustc}`: {error}"))?;
        let folder = String::from_utf8_lossy(&libraries.stdout);
        if !libraries.status.success() || !Path::new(folder.trim()).is_dir() {
            return Err(format!(
                "the target {TARGET} is not installed: run `cargo xtask setup`"
            ));
        }
        Ok(Self {
            cargo: variable("CARGO")?,
            arguments: Vec::new(),
            variables: BTreeMap::new(),
        })
    }
}

/// A folder beside those of the outer build's profiles, so that all of them
/// share one build of the module.
fn target_dir(out: &Path) -> PathBuf {
    // <target>/<profile>/build/<package>/out
    out.ancestors().nth(4).unwrap_or(out).join("wasm")
}

fn build(
    workspace: &Path,
    toolchain: &Toolchain,
    target_dir: &Path,
    flags: &str,
) -> Result<PathBuf, String> {
    let mut command = Command::new(&toolchain.cargo);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let of_cargo = text.starts_with("CARGO") && !KEPT.iter().any(|kept| text.starts_with(kept));
        if of_cargo || OUTER.contains(&&*text) {
            command.env_remove(&name);
        }
    }
    let status = command
        .current_dir(workspace)
        .envs(&toolchain.variables)
        .env("RUSTFLAGS", flags)
        .args([
            "build",
            "--package",
            "rule-wasm",
            "--lib",
            "--target",
            TARGET,
        ])
        .args(["--profile", PROFILE, "--target-dir"])
        .arg(target_dir)
        .args(&toolchain.arguments)
        // Standard output is cargo's channel for this script's instructions.
        .stdout(Stdio::null())
        .status()
        .map_err(|error| format!("cannot run `{}`: {error}", toolchain.cargo))?;
    if !status.success() {
        return Err(
            "the module (package rule-wasm) did not build; its errors are above".to_owned(),
        );
    }
    let built = target_dir.join(TARGET).join(PROFILE).join("rule_wasm.wasm");
    match built.is_file() {
        true => Ok(built),
        false => Err(format!(
            "the build of rule-wasm left no `{}`",
            built.display()
        )),
    }
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("{name} is not set: run this script by cargo"))
}
