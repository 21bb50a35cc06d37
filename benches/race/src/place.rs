//! Where everything is.

use std::path::{Path, PathBuf};

use clap::Args;

/// What was built and brought before the race, by `cargo xtask race`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Place {
    /// The root of the project
    #[arg(long)]
    pub(crate) root: PathBuf,
    /// Where input and output of the race go
    #[arg(long)]
    pub(crate) work: PathBuf,
    /// The program of the project, optimised
    #[arg(long)]
    pub(crate) host_runner: PathBuf,
    /// The folder of the peers that are crates
    #[arg(long)]
    pub(crate) crates: PathBuf,
    /// The program that is rule-core without a module
    #[arg(long)]
    pub(crate) native: PathBuf,
    /// The folder in which peers are installed that are programs
    #[arg(long)]
    pub(crate) programs: PathBuf,
    /// The folder below which the two modules are that were built for the program
    #[arg(long)]
    pub(crate) modules: PathBuf,
    /// The Python that has the peers which are wheels
    #[arg(long)]
    pub(crate) python: Option<PathBuf>,
}

/// The builds of the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Build {
    /// For every host.
    Portable,
    /// For those that have SIMD.
    Simd,
}

impl Place {
    /// A module as it was built for the program.
    pub(crate) fn module(&self, build: Build) -> PathBuf {
        let folder = match build {
            Build::Portable => "wasm",
            Build::Simd => "wasm-simd",
        };
        let built = self.modules.join(folder).join("wasm32v1-none/module");
        built.join("rule_wasm.wasm")
    }

    /// A program that was built with this one.
    pub(crate) fn built(&self, name: &str) -> PathBuf {
        self.crates.join(executable(name))
    }

    /// A program that was installed.
    pub(crate) fn installed(&self, name: &str) -> PathBuf {
        self.programs.join("bin").join(executable(name))
    }

    /// A file of the race's own folder in the project.
    pub(crate) fn own(&self, file: &str) -> PathBuf {
        self.root.join("benches").join(file)
    }

    /// A folder below that of input and output.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        self.work.join(name)
    }
}

fn executable(name: &str) -> PathBuf {
    Path::new(name).with_extension(std::env::consts::EXE_EXTENSION)
}
