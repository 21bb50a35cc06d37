//! The options that say which module runs, what it may use up, and where its code is kept.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytesize::ByteSize;
use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser as _};

use super::duration;
use crate::failure::{Failure, warn};
use crate::module::{Bounds, Build, Cache, Compiler, Digest, Module, ModuleError, Source};

/// The word that turns the cache or the timeout off.
const OFF: &str = "off";

/// Which module runs.
#[derive(Debug, Args)]
#[command(next_help_heading = "Module")]
pub(crate) struct ModuleOptions {
    /// Another module than the one that is built in
    #[arg(long, value_name = "FILE")]
    module: Option<PathBuf>,

    /// Runs the build of the built-in module that needs no SIMD
    ///
    /// Without this the machine decides, and `describe` says which one it is. Both give
    /// the same alerts.
    #[arg(long, conflicts_with = "module")]
    portable: bool,

    #[command(flatten)]
    taking: TakingOptions,
}

/// How a module is taken, whichever it is.
#[derive(Debug, Args)]
#[command(next_help_heading = "Module")]
pub(crate) struct TakingOptions {
    /// Takes the module only if its SHA-256 is this one
    ///
    /// `describe` says that of a module, `sha256sum` that of a file.
    #[arg(long, value_name = "DIGEST")]
    sha256: Option<Digest>,

    /// How long one call of another module than the built-in one may take, or `off`
    ///
    /// To compile it has as long, and a minute at the least. With `off` a module that never
    /// comes back holds up the program for ever. One that does runs about a fifth faster,
    /// since it looks at no clock.
    #[arg(
        long,
        value_name = "DURATION|off",
        value_parser = timeout,
        default_value = "60s"
    )]
    module_timeout: Timeout,

    /// How many bytes of alerts another module than the built-in one may give between two
    /// inputs
    #[arg(long, value_name = "SIZE", default_value = "4GiB")]
    module_output: ByteSize,

    /// Where compiled modules are kept for the next start: a folder, or `off`
    ///
    /// Without this it is a folder of this program among the caches of the user. What is
    /// there is checked before it runs. Where nothing can be kept, each start compiles.
    #[arg(
        long,
        value_name = "DIR|off",
        env = "RULE_MODULE_CACHE",
        // A variable that is empty says nothing; for a path that would be an error.
        value_parser = OsStringValueParser::new().map(PathBuf::from)
    )]
    module_cache: Option<PathBuf>,
}

impl ModuleOptions {
    /// The module to run.
    pub(crate) fn load(&self) -> Result<Module, Failure> {
        let build = || match self.portable {
            true => Build::Portable,
            false => Build::of_this_machine(),
        };
        let source = self.taking.source(self.module.as_deref(), build)?;
        Ok(self.taking.compiler().module(&source)?)
    }

    /// Whether the user gave a module.
    pub(crate) fn is_given(&self) -> bool {
        self.module.is_some()
    }
}

/// How long something may take, if it has an end.
#[derive(Debug, Clone, Copy)]
struct Timeout(Option<Duration>);

fn timeout(text: &str) -> Result<Timeout, String> {
    match text {
        OFF => Ok(Timeout(None)),
        text => duration(text).map(|length| Timeout(Some(length))),
    }
}

impl TakingOptions {
    /// The module in a file, or else a build of the one that is built in; the one that was
    /// meant, where that was said.
    pub(crate) fn source(
        &self,
        file: Option<&Path>,
        build: impl FnOnce() -> Build,
    ) -> Result<Source, ModuleError> {
        let source = match file {
            Some(path) => Source::file(path)?,
            None => Source::embedded(build()),
        };
        if let Some(expected) = self.sha256 {
            source.must_be(expected)?;
        }
        Ok(source)
    }

    /// What compiles modules. A folder that was asked for and cannot be used is told;
    /// that a user has none is as it is.
    pub(crate) fn compiler(&self) -> Compiler {
        let named = self
            .module_cache
            .as_deref()
            .filter(|folder| !folder.as_os_str().is_empty());
        let cache = match named {
            Some(folder) if folder.as_os_str() == OFF => None,
            Some(folder) => Cache::open(folder)
                .inspect_err(|error| warn(&format!("{error}; the module is compiled anew")))
                .ok(),
            None => Cache::of_user().ok(),
        };
        let call = self.module_timeout.0;
        let least = Bounds::default().compile;
        cache
            .map_or_else(Compiler::new, Compiler::with_cache)
            .bounded(Bounds {
                call,
                compile: call.zip(least).map(|(call, least)| call.max(least)),
                output: self.module_output.as_u64(),
            })
    }
}
