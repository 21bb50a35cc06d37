//! From the bytes of a module to code that runs.

use std::path::Path;

use wasmtime::{Config, Engine, OptLevel};

use super::bounds::{Deadline, check_code, compile_within};
use super::cache::Cache;
use super::{Bounds, Build, Module, ModuleError, Source, abi};

/// Compiles modules, or takes them compiled from a [`Cache`].
#[derive(Debug, Clone, Default)]
pub struct Compiler {
    cache: Option<Cache>,
    bounds: Bounds,
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
        Self {
            cache: Some(cache),
            ..Self::default()
        }
    }

    /// With other bounds for modules than the built-in one.
    #[must_use]
    pub fn bounded(self, bounds: Bounds) -> Self {
        Self { bounds, ..self }
    }

    /// The module that is built into this program: the given build, or the one that suits
    /// this machine.
    ///
    /// # Errors
    ///
    /// When the engine refuses it, which a build that passed its tests does not do.
    pub fn embedded(&self, build: Option<Build>) -> Result<Module, ModuleError> {
        let build = build.unwrap_or_else(Build::of_this_machine);
        self.module(&Source::embedded(build))
    }

    /// A module from a file.
    ///
    /// # Errors
    ///
    /// As [`Source::file`] and [`Compiler::module`].
    pub fn file(&self, path: &Path) -> Result<Module, ModuleError> {
        self.module(&Source::file(path)?)
    }

    /// A module from its bytes; `name` is what messages call it.
    ///
    /// # Errors
    ///
    /// As [`Compiler::module`].
    pub fn bytes(&self, name: &str, bytes: &[u8]) -> Result<Module, ModuleError> {
        self.module(&Source::bytes(name, bytes.to_vec()))
    }

    /// A module. What it may use up has [`Bounds`], unless it is built in.
    ///
    /// # Errors
    ///
    /// When it is no WebAssembly core module, is no detection module, speaks another major
    /// version of the ABI, has more code than is compiled, or imports anything; or when it
    /// takes longer to compile than it may. That goes on then in a thread of its own, since
    /// nothing can end it, and comes to nothing.
    pub fn module(&self, source: &Source) -> Result<Module, ModuleError> {
        let name = source.name();
        let version = abi::version_of(name, source.content())?;
        let bounds = match source.build() {
            Some(_) => None,
            None => Some(self.bounds),
        };
        if bounds.is_some() {
            check_code(name, source.content())?;
        }
        let deadline = bounds.and_then(|bounds| bounds.call);
        let deadline = deadline.map(|call| Deadline { call });
        let config = config(deadline.is_some());
        let engine = engine(name, &config)?;
        let compiled = match bounds.and_then(|bounds| bounds.compile) {
            Some(time) => {
                let (cache, source) = (self.cache.clone(), source.clone());
                let compile = move || code(cache.as_ref(), &config, &engine, &source);
                compile_within(time, name, compile)?
            }
            None => code(self.cache.as_ref(), &config, &engine, source),
        };
        let (code, origin) = compiled.map_err(|error| not_a_module(name, &error))?;
        if let Some(import) = code.imports().next() {
            return Err(ModuleError::Import {
                module: name.to_owned(),
                import: format!("{}.{}", import.module(), import.name()),
            });
        }
        if let Some(deadline) = deadline {
            deadline.watch(name, code.engine())?;
        }
        Ok(Module {
            name: name.into(),
            digest: source.digest(),
            version,
            build: source.build(),
            deadline,
            output: bounds.map(|bounds| bounds.output),
            origin,
            code,
        })
    }
}

/// The code of a module: from the cache where there is one, or compiled. `engine` is one of
/// `config`.
fn code(
    cache: Option<&Cache>,
    config: &Config,
    engine: &Engine,
    source: &Source,
) -> wasmtime::Result<(wasmtime::Module, Origin)> {
    match cache {
        Some(cache) => cache.module(config, engine, source),
        None => wasmtime::Module::from_binary(engine, source.content())
            .map(|code| (code, Origin::Compiled)),
    }
}

/// Checks that a module is one, without compiling it.
pub(super) fn validate(source: &Source) -> Result<(), ModuleError> {
    let name = source.name();
    abi::version_of(name, source.content())?;
    wasmtime::Module::validate(&engine(name, &config(true))?, source.content())
        .map_err(|error| not_a_module(name, &error))
}

fn engine(name: &str, config: &Config) -> Result<Engine, ModuleError> {
    Engine::new(config).map_err(|error| not_a_module(name, &error))
}

/// How code is compiled. What is left out nobody asks for, and it would be read, checked
/// and copied at each start: a fifth of the whole. Code whose calls have a deadline looks
/// at the engine's clock in each loop.
fn config(deadline: bool) -> Config {
    let mut config = Config::new();
    config
        .cranelift_opt_level(OptLevel::Speed)
        .epoch_interruption(deadline)
        // The ABI has pointers of 32 bits into one memory.
        .wasm_memory64(false)
        .wasm_multi_memory(false)
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
