//! The options of `pack`.

use std::path::PathBuf;

use clap::Args;

use super::{Common, Events, TakingOptions, Windows};
use crate::module::{Build, ModuleError, Source};
use crate::rules::Records;

/// Packs detections and settings into a module: one file to deploy
///
/// The module starts with its rules planned and imports nothing; any host with a
/// WebAssembly runtime runs it. In Fluent Bit its function is `rule_fluent_bit`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
host-runner pack --out rule.wasm\n  \
host-runner pack --rule my-detection.yml --macros macros/ --records alerts --out rule.wasm\n  \
host-runner describe --module rule.wasm")]
pub(crate) struct Pack {
    /// The module to write
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: PathBuf,

    #[command(flatten)]
    pub(crate) common: Common,

    #[command(flatten)]
    pub(crate) events: Events,

    #[command(flatten)]
    pub(crate) windows: Windows,

    /// Another module than the one that is built in
    #[arg(long, value_name = "FILE", help_heading = "Module")]
    module: Option<PathBuf>,

    /// Which records go on from Fluent Bit
    #[arg(long, value_enum, value_name = "WHICH", help_heading = "Module")]
    pub(crate) records: Option<Records>,

    /// Takes no other detections, macros and sources once it is packed
    #[arg(long, help_heading = "Module")]
    pub(crate) sealed: bool,

    /// Packs the build for hosts with SIMD: wasmtime, V8, browsers; not Fluent Bit
    #[arg(long, help_heading = "Module", conflicts_with = "module")]
    simd: bool,

    #[command(flatten)]
    pub(crate) taking: TakingOptions,
}

impl Pack {
    /// The module that is packed into.
    pub(crate) fn source(&self) -> Result<Source, ModuleError> {
        let build = || match self.simd {
            true => Build::Simd,
            false => Build::Portable,
        };
        self.taking.source(self.module.as_deref(), build)
    }
}
