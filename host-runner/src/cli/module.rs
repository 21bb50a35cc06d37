//! The options that say which module runs, and where its code is kept.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser as _};

use crate::failure::{Failure, warn};
use crate::module::{Build, Cache, Compiler, Module};

/// The word that turns the cache off.
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
    cache: CacheOptions,
}

/// Where compiled modules are kept.
#[derive(Debug, Args)]
#[command(next_help_heading = "Module")]
pub(crate) struct CacheOptions {
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
        let compiler = self.cache.compiler();
        Ok(match &self.module {
            Some(path) => compiler.file(path)?,
            None => compiler.embedded(self.portable.then_some(Build::Portable))?,
        })
    }

    /// Whether the user gave a module.
    pub(crate) fn is_given(&self) -> bool {
        self.module.is_some()
    }
}

impl CacheOptions {
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
        cache.map_or_else(Compiler::new, Compiler::with_cache)
    }
}
