//! Builds the triage page: the browser's modules, the package around them, the page.
//!
//! The engine is built twice, with SIMD and without; both go with one file of JavaScript,
//! so that which of them is loaded can be chosen at start.

use std::fs;
use std::path::{Path, PathBuf};

use module_build::{Flags, PROFILE, Paths};
use xshell::{Cmd, cmd};

use crate::failure::Failure;
use crate::setup::browser;
use crate::supply::npm;
use crate::workspace::{Workspace, say};

/// The target of the browser's modules, which have std, unlike the hosts' module.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// What makes the bindings, a workspace of its own.
const BINDGEN: &str = "xtask/web-bindgen/Cargo.toml";

const MEND: &str = "mend what is said above, then run this again";

/// Builds the page into `web/dist`, and the package into `web/package`.
pub(crate) fn web(workspace: &Workspace) -> Result<(), Failure> {
    needs(workspace).map_err(|why| Failure::new(why, "bring it, then run this again"))?;
    let target_dir = workspace.target_dir()?;
    let [plain, simd] = modules(workspace, &target_dir)?;
    let bind = |module: &Path, folder: &Path, name: &str| {
        bind(workspace, &target_dir, module, folder, name)
    };
    let folder = workspace.root().join("web/package/wasm");
    bind(&plain.join("evtx_web.wasm"), &folder, "evtx")?;
    bind(&plain.join("rule_web.wasm"), &folder, "rule")?;
    let beside = simd.join("bindings");
    bind(&simd.join("rule_web.wasm"), &beside, "rule")?;
    take_simd(&beside, &folder)?;
    page(workspace)
}

/// Sees that what the page is built with is there.
///
/// # Errors
///
/// What is missing.
pub(crate) fn needs(workspace: &Workspace) -> Result<(), String> {
    browser::node(workspace)?;
    target(workspace)
}

/// Sees that the target of the browser's modules is there.
///
/// # Errors
///
/// Why it is not.
pub(crate) fn target(workspace: &Workspace) -> Result<(), String> {
    let libraries = workspace
        .rustc()
        .args(["--print", "target-libdir", "--target", TARGET])
        .ignore_stderr()
        .read();
    if libraries.is_ok_and(|folder| Path::new(&folder).is_dir()) {
        return Ok(());
    }
    say(&format!("adds the target {TARGET} by rustup"));
    cmd!(workspace.shell(), "rustup target add {TARGET}")
        .quiet()
        .run()
        .map_err(|error| format!("the Rust toolchain has no target {TARGET}: {error}"))
}

/// Builds the browser's modules, without SIMD and with it; gives where they are.
pub(crate) fn modules(workspace: &Workspace, target_dir: &Path) -> Result<[PathBuf; 2], Failure> {
    let build = |folder: &str, simd: bool, packages: &[&str]| {
        let folder = target_dir.join(folder);
        let paths = Paths::of(workspace.root(), &workspace.toolchain())
            .map_err(|why| Failure::new(why, MEND))?;
        let packages = packages.iter().flat_map(|name| ["--package", name]);
        workspace.step(
            &format!("builds the browser's modules ({})", folder.display()),
            workspace
                .cargo()
                .args(["build", "--locked", "--lib", "--target", TARGET])
                .args(["--profile", PROFILE, "--target-dir"])
                .arg(&folder)
                .args(packages)
                // wasm-bindgen reads in a module's sections what it may use, and strips them.
                .env("CARGO_PROFILE_MODULE_STRIP", "debuginfo")
                .env(Flags::VARIABLE, Flags::new(simd, &paths).encoded()),
            MEND,
        )?;
        Ok(folder.join(TARGET).join(PROFILE))
    };
    Ok([
        build("web", false, &["rule-web", "evtx-web"])?,
        build("web-simd", true, &["rule-web"])?,
    ])
}

/// Makes JavaScript and types for a module.
fn bind(
    workspace: &Workspace,
    target_dir: &Path,
    module: &Path,
    folder: &Path,
    name: &str,
) -> Result<(), Failure> {
    workspace.step(
        &format!("makes the bindings `{name}`"),
        workspace
            .cargo()
            .args(["run", "--quiet", "--locked", "--manifest-path", BINDGEN])
            .arg("--target-dir")
            .arg(target_dir.join("web-bindgen"))
            .arg("--")
            .args([module, folder])
            .arg(name),
        MEND,
    )
}

/// Takes the module with SIMD alone: it goes with the JavaScript of the other.
fn take_simd(from: &Path, folder: &Path) -> Result<(), Failure> {
    let failed =
        |error: std::io::Error| Failure::new(format!("`{}`: {error}", folder.display()), MEND);
    let script = |folder: &Path| fs::read_to_string(folder.join("rule.js")).map_err(failed);
    if script(from)? != script(folder)? {
        return Err(Failure::new(
            "the bindings of the module with SIMD are not those of the other",
            "delete `web` and `web-simd` in cargo's target folder, then run this again",
        ));
    }
    let [from, to] = [from.join("rule_bg.wasm"), folder.join("rule_simd_bg.wasm")];
    fs::copy(from, to).map(|_| ()).map_err(failed)
}

/// Builds the package and the page with what npm brings.
fn page(workspace: &Workspace) -> Result<(), Failure> {
    let web = workspace.root().join("web");
    bring(workspace, &web)?;
    workspace.step(
        "builds the page",
        run_npm(workspace, &["run", "build"]),
        MEND,
    )?;
    say(&format!("the page is in `{}`", web.join("dist").display()));
    Ok(())
}

/// Has npm bring what the page is built with, where that is not there as it should be.
fn bring(workspace: &Workspace, web: &Path) -> Result<(), Failure> {
    let lock = web.join("package-lock.json");
    let made_from = web.join("node_modules/.made-from");
    let read = |path: &Path| fs::read_to_string(path).ok();
    let wanted = read(&lock);
    if wanted.is_some() && read(&made_from) == wanted {
        return Ok(());
    }
    workspace.step(
        "brings what the page is built with",
        run_npm(workspace, &["ci", "--no-audit", "--no-fund"]),
        "get online, then run this again",
    )?;
    // Without it the next run brings everything again, no more.
    let _ = fs::write(made_from, wanted.unwrap_or_default());
    Ok(())
}

fn run_npm<'w>(workspace: &'w Workspace, arguments: &[&str]) -> Cmd<'w> {
    let npm = npm::PROGRAM;
    cmd!(workspace.shell(), "{npm} --prefix web")
        .args(arguments)
        .quiet()
}

/// Runs the tests of the page: its parts in Node, and what a user does in a browser.
pub(crate) fn test(workspace: &Workspace) -> Result<(), Failure> {
    browser::chromium(workspace);
    workspace.step(
        "runs the tests of the page",
        run_npm(workspace, &["test"]),
        "`npm --prefix web test -- NAME` runs one file of tests",
    )
}
