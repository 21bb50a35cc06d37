//! From the bytes of a module to code that runs.

use std::fs;
use std::path::Path;

use wasmtime::{Config, Engine, OptLevel};

use super::cache::Cache;
use super::embedded::{Build, EMBEDDED_NAME};
use super::{Module, ModuleError, abi};

/// Compiles modules, or takes them compiled from a [`Cache`].
#[derive(Debug, Clone, Default)]
pub struct Compiler {
    cache: Option<Cache>,
}

/// Where the code of a module is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It was compiled, and is not kept.
    Compiled,
    /// It was compiled, and is in the cache now.
    Kept,
    /// It was in the cache.
    Cached,
}

impl Origin {
    /// It in words.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Compiled => "compiled",
            Self::Kept => "compiled and kept",
            Self::Cached => "from the cache",
        }
    }
}

impl Compiler {
    /// A compiler that keeps nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A compiler that takes from a cache what is there, and keeps there what is not.
    #[must_use]
    pub fn with_cache(cache: Cache) -> Self {
        Self { cache: Some(cache) }
    }

    /// The module that is built into this program: the given build, or the one that suits
    /// this machine.
    ///
    /// # Errors
    ///
    /// When the engine refuses it, which a build that passed its tests does not do.
    pub fn embedded(&self, build: Option<Build>) -> Result<Module, ModuleError> {
        let build = build.unwrap_or_else(Build::of_this_machine);
        Ok(Module {
            build: Some(build),
            ..self.compile(EMBEDDED_NAME, build.bytes(), Some(build.digest()))?
        })
    }

    /// A module from a file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is no WebAssembly core module, is no
    /// detection module, speaks another major version of the ABI, or imports
    /// anything.
    pub fn file(&self, path: &Path) -> Result<Module, ModuleError> {
        let (name, bytes) = read(path)?;
        self.bytes(&name, &bytes)
    }

    /// A module from its bytes; `name` is what messages call it.
    ///
    /// # Errors
    ///
    /// As [`Compiler::file`], but for reading.
    pub fn bytes(&self, name: &str, bytes: &[u8]) -> Result<Module, ModuleError> {
        self.compile(name, bytes, None)
    }

    /// A module whose digest may be known.
    fn compile(
        &self,
        name: &str,
        bytes: &[u8],
        digest: Option<&str>,
    ) -> Result<Module, ModuleError> {
        let version = abi::version_of(name, bytes)?;
        let config = config();
        let engine = Engine::new(&config).map_err(|error| not_a_module(name, &error))?;
        let compiled = match &self.cache {
            Some(cache) => cache.module(&config, &engine, bytes, digest),
            None => {
                wasmtime::Module::from_binary(&engine, bytes).map(|code| (code, Origin::Compiled))
            }
        };
        let (code, origin) = compiled.map_err(|error| not_a_module(name, &error))?;
        if let Some(import) = code.imports().next() {
            return Err(ModuleError::Import {
                module: name.to_owned(),
                import: format!("{}.{}", import.module(), import.name()),
            });
        }
        Ok(Module {
            name: name.into(),
            version,
            build: None,
            origin,
            code,
        })
    }
}

/// What messages call the module in a file, and its bytes.
pub(crate) fn read(path: &Path) -> Result<(String, Vec<u8>), ModuleError> {
    let name = path.display().to_string();
    match fs::read(path) {
        Ok(bytes) => Ok((name, bytes)),
        Err(source) => Err(ModuleError::Read {
            module: name,
            source,
        }),
    }
}

/// How code is compiled. What is left out nobody asks for, and it would be read, checked
/// and copied at each start: a fifth of the whole.
fn config() -> Config {
    let mut config = Config::new();
    config
        .cranelift_opt_level(OptLevel::Speed)
        // A trap is told by its kind and the export that was called.
        .wasm_backtrace_max_frames(None)
        .generate_address_map(false)
        .debug_symbols(false);
    if !cfg!(windows) {
        // There the system wants it.
        config.native_unwind_info(false);
    }
    config
}

pub(super) fn not_a_module(name: &str, error: &wasmtime::Error) -> ModuleError {
    ModuleError::NotAModule {
        module: name.to_owned(),
        reason: format!("{error:#}"),
    }
}
