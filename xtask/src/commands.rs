//! The commands, each a list of steps.
//!
//! Demo and tests build the program in the same profile, so that the WebAssembly
//! runtime, which takes minutes, is built once for both.

use module_build::{SIMD, TARGET};
use xshell::Cmd;

use crate::failure::Failure;
use crate::fuzz;
use crate::setup::Toolchain;
use crate::supply;
use crate::web;
use crate::workspace::{Workspace, say};

/// The crates that the module is made of, which must do without std.
const MODULE: [&str; 4] = ["--package", "rule-core", "--package", "rule-wasm"];

const MEND_BUILD: &str = "mend what the compiler says above, then run this again";

/// Builds the program.
pub(crate) fn build(workspace: &Workspace, release: bool) -> Result<(), Failure> {
    workspace.step(
        "builds the program, the module inside it",
        workspace
            .cargo()
            .args(["build", "--locked", "--bin", "host-runner"])
            .args(release.then_some("--release")),
        MEND_BUILD,
    )
}

/// Builds the program and runs the built-in detection over the sample logs.
pub(crate) fn demo(workspace: &Workspace) -> Result<(), Failure> {
    build(workspace, false)?;
    workspace.step(
        "runs the detection over samples/logs, each hour as the published search would",
        host_runner(workspace)
            .args(["run", "--window", "schedule", "--output", "table"])
            .arg("samples/logs"),
        "read the message above; samples/README.md says what should be found",
    )
}

/// How many inputs each fuzz target tries among the tests, a few seconds of them. A number,
/// and not a time, so that one machine tries what another does.
const FUZZ_RUNS: u32 = 3000;

/// Runs all tests: of the crates, of the page, and of the detections; and what fuzzing has
/// found, with a short look for more.
pub(crate) fn test(workspace: &Workspace) -> Result<(), Failure> {
    // The page first: the program has it inside.
    let page = web::needs(workspace);
    match &page {
        Ok(()) => web::web(workspace)?,
        Err(why) => say(&format!("goes on without the triage page: {why}")),
    }
    workspace.step(
        "runs the tests of every crate",
        workspace.cargo().args(["test", "--locked", "--workspace"]),
        "`cargo test --package CRATE NAME` runs the test that failed alone",
    )?;
    if page.is_ok() {
        web::test(workspace)?;
    }
    workspace.step(
        "runs the test cases of the detections and the samples",
        host_runner(workspace).args(["test", "rules", "samples"]),
        "compare the rows above: mend the detection or the case; \
         `cargo run --package host-runner -- test FILE` runs one file of cases",
    )?;
    match fuzz::needs(workspace) {
        Ok(()) => fuzz::fuzz(workspace, &fuzz::Options::of_all(FUZZ_RUNS)),
        Err(why) => {
            say(&format!("goes on without fuzzing: {why}"));
            Ok(())
        }
    }
}

/// Checks what must hold of the source before it is handed in.
pub(crate) fn lint(workspace: &Workspace) -> Result<(), Failure> {
    for component in ["fmt", "clippy"] {
        component_is_there(workspace, component)?;
    }
    workspace.step(
        "checks the format",
        workspace.cargo().args(["fmt", "--all", "--check"]),
        "run `cargo fmt --all`",
    )?;
    supply::lint(workspace)?;
    workspace.step(
        "checks the lints, a warning is an error",
        workspace
            .cargo()
            .args(["clippy", "--locked", "--workspace", "--all-targets"])
            .args(["--", "--deny", "warnings"]),
        "mend what clippy says above, then run this again",
    )?;
    for (build, flags) in [("", ""), (", with SIMD", SIMD)] {
        workspace.step(
            &format!("checks that the module's crates do without std{build}"),
            without_std(workspace, flags)?,
            "these crates may use `core` and `alloc` only; see the errors above",
        )?;
    }
    workspace.step(
        "checks the documentation, a warning is an error",
        workspace
            .cargo()
            .args(["doc", "--locked", "--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "--deny warnings"),
        "mend what rustdoc says above, then run this again",
    )
}

/// A run of the program as it is built for the demo and the tests.
pub(crate) fn host_runner(workspace: &Workspace) -> Cmd<'_> {
    // By its name alone, all crates say which features of others are wanted, as for the
    // tests: by its package it would be built anew, and WebAssembly's runtime below it.
    workspace
        .cargo()
        .args(["run", "--quiet", "--locked", "--bin", "host-runner", "--"])
}

/// Clippy for the module's target; where a toolchain brought by the set-up has to
/// stand in, which has no clippy, its compiler's own check.
fn without_std<'w>(workspace: &'w Workspace, flags: &str) -> Result<Cmd<'w>, Failure> {
    let Some(toolchain) = Toolchain::read(workspace)? else {
        return Ok(workspace
            .cargo()
            .args(["clippy", "--locked"])
            .args(MODULE)
            .args(["--target", TARGET])
            .args(["--", "--deny", "warnings"])
            // Cargo would take them in place of those of a target.
            .env_remove("RUSTFLAGS")
            .env("CARGO_TARGET_WASM32V1_NONE_RUSTFLAGS", flags));
    };
    Ok(toolchain
        .cargo(workspace)
        .args(["check", "--locked"])
        .env("CARGO_TARGET_WASM32V1_NONE_RUSTFLAGS", flags)
        .args(MODULE)
        .args(["--target", TARGET])
        // A folder of its own: two compilers that share one would each build
        // everything anew.
        .args(["--target-dir", "target/wasm-toolchain/check"])
        .args(toolchain.arguments()))
}

/// Adds a component of the toolchain that a minimal installation leaves out.
fn component_is_there(workspace: &Workspace, component: &str) -> Result<(), Failure> {
    let probe = workspace.cargo().args([component, "--version"]);
    if probe.ignore_stderr().read().is_ok() {
        return Ok(());
    }
    let name = if component == "fmt" {
        "rustfmt"
    } else {
        component
    };
    workspace.step(
        &format!("adds {name} to the Rust toolchain"),
        xshell::cmd!(workspace.shell(), "rustup component add {name}").quiet(),
        &format!("install {name} for this Rust toolchain, then run this again"),
    )
}
