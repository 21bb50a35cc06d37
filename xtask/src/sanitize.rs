//! `sanitize`: the tests of what is `unsafe`, where its mistakes show.
//!
//! - AddressSanitizer runs them on the processor, with its own instructions: it sees what
//!   is read or written outside of a block, or after it was given back, and what is never
//!   given back.
//! - Miri interprets them, few of each: it sees any behaviour that is undefined. It knows
//!   the vectors of x86-64 on any machine, and none of WebAssembly's.
//!
//! Both come with a nightly toolchain alone.

use clap::Args;
use xshell::{Cmd, cmd};

use crate::failure::Failure;
use crate::workspace::{Workspace, say};

/// What with.
#[derive(Args)]
pub(crate) struct Options {
    /// The toolchain that has Miri and AddressSanitizer
    #[arg(long, value_name = "NAME", default_value = NIGHTLY)]
    toolchain: String,
}

const NIGHTLY: &str = "nightly";

/// The crates that have `unsafe` code, and the modules that it is in.
const KERNEL: (&str, &[&str]) = ("rule-core", &["scan::kernel::", "scan::vector::"]);
const EDGE: (&str, &[&str]) = (
    "rule-wasm",
    &["bytes::", "exports::", "fluent_bit::", "memory::"],
);

/// What Miri runs, and as which machine: the kernels' own, with their vectors, and for the
/// edge one whose pointers are as wide as the module's too.
const INTERPRETED: [(&str, (&str, &[&str])); 3] = [
    (X86_64, KERNEL),
    (X86_64, EDGE),
    ("i686-unknown-linux-gnu", EDGE),
];
const X86_64: &str = "x86_64-unknown-linux-gnu";
const VECTORS: &str = "-Ctarget-feature=+avx2";

/// The generator of the tests' cases looks for earlier failures in a file.
const MIRI: &str = "-Zmiri-strict-provenance -Zmiri-disable-isolation";

const MEND: &str = "mend what is said above: the first line of it names the place";

/// Runs both.
pub(crate) fn sanitize(workspace: &Workspace, options: &Options) -> Result<(), Failure> {
    let nightly = Nightly {
        workspace,
        name: &options.toolchain,
    };
    let missing = |why| Failure::new(why, "bring it, then run this again");
    nightly.is_there().map_err(missing)?;
    nightly.address()?;
    nightly.has_miri().map_err(missing)?;
    nightly.miri()
}

/// A toolchain of rustup's.
struct Nightly<'w> {
    workspace: &'w Workspace,
    name: &'w str,
}

impl Nightly<'_> {
    fn is_there(&self) -> Result<(), String> {
        let Self { workspace, name } = self;
        let probe = cmd!(workspace.shell(), "rustup run {name} rustc --version").quiet();
        let version = probe.ignore_stderr().read();
        version.map(|_| ()).map_err(|_| {
            format!(
                "there is no Rust toolchain `{name}`: \
                 `rustup toolchain install {name} --component miri --component rust-src`"
            )
        })
    }

    fn has_miri(&self) -> Result<(), String> {
        let Self { workspace, name } = self;
        let probe = self.cargo().args(["miri", "--version"]);
        if probe.ignore_stderr().ignore_stdout().run().is_ok() {
            return Ok(());
        }
        say(&format!("adds Miri to the Rust toolchain `{name}`"));
        cmd!(workspace.shell(), "rustup component add miri rust-src")
            .args(["--toolchain", name])
            .env("RUSTUP_MAX_RETRIES", "1")
            .env_remove("RUST_BACKTRACE")
            .quiet()
            .run()
            .map_err(|error| format!("the Rust toolchain `{name}` has no Miri: {error}"))
    }

    fn address(&self) -> Result<(), Failure> {
        // With the target named, what runs while building is built without it.
        let host = self.host()?;
        for (package, modules) in [KERNEL, EDGE] {
            self.workspace.step(
                &format!("runs the tests of `{package}`'s unsafe code under AddressSanitizer"),
                self.cargo()
                    .args(["test", "--lib", "--package", package, "--target", &host])
                    .args(["--target-dir", "target/sanitize"])
                    .arg("--")
                    .args(modules)
                    .env("RUSTFLAGS", "-Zsanitizer=address"),
                MEND,
            )?;
        }
        Ok(())
    }

    fn miri(&self) -> Result<(), Failure> {
        for (target, (package, modules)) in INTERPRETED {
            self.workspace.step(
                &format!("runs the tests of `{package}`'s unsafe code under Miri, for {target}"),
                self.cargo()
                    .args(["miri", "test", "--lib", "--package", package])
                    .args(["--target", target, "--"])
                    .args(modules)
                    .env("RUSTFLAGS", if target == X86_64 { VECTORS } else { "" })
                    .env("MIRIFLAGS", MIRI),
                MEND,
            )?;
        }
        Ok(())
    }

    /// The machine that the toolchain is for.
    fn host(&self) -> Result<String, Failure> {
        let Self { workspace, name } = self;
        cmd!(
            workspace.shell(),
            "rustup run {name} rustc --print host-tuple"
        )
        .quiet()
        .read()
        .map_err(|error| Failure::new(error.to_string(), "take a newer nightly toolchain"))
    }

    fn cargo(&self) -> Cmd<'_> {
        let Self { workspace, name } = self;
        cmd!(workspace.shell(), "rustup run {name} cargo")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .quiet()
    }
}
