//! The detection module under wasmtime.
//!
//! [`RuleModule`] is the module, compiled once. Each [`Session`] is an instance of
//! it with one open session: they share nothing, so each may have a thread of its
//! own, and dropping one gives back all that it held.
//!
//! ```no_run
//! let module = rule_module::RuleModule::load("rule.wasm")?;
//! let mut session = module.open(b"")?;
//! if session.push(b"{\"EventCode\":1}\n")? > 0 {
//!     print!("{}", String::from_utf8_lossy(&session.alerts()?));
//! }
//! # Ok::<(), rule_module::RuleError>(())
//! ```
//!
//! ABI.md says what each call means, and the form of all JSON.

mod error;
mod session;

use std::path::Path;

use wasmtime::{Engine, Module};

pub use self::error::{Refusal, RuleError};
pub use self::session::Session;

/// The bytes of memory that an instance may have: enough for the default limits.
/// `rule_describe` says under `memory.needed` what other limits take.
pub const MEMORY_LIMIT: usize = 64 << 20;

/// The module, compiled.
#[derive(Clone)]
pub struct RuleModule {
    engine: Engine,
    module: Module,
    memory_limit: usize,
}

impl RuleModule {
    /// Reads and compiles the module at `path`.
    ///
    /// # Errors
    /// A file that cannot be read, or is no module.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, RuleError> {
        let engine = Engine::default();
        let module = Module::from_file(&engine, path)?;
        Ok(Self::of(engine, module))
    }

    /// Compiles the module in `wasm`.
    ///
    /// # Errors
    /// Bytes that are no module.
    pub fn compile(wasm: &[u8]) -> Result<Self, RuleError> {
        let engine = Engine::default();
        let module = Module::from_binary(&engine, wasm)?;
        Ok(Self::of(engine, module))
    }

    fn of(engine: Engine, module: Module) -> Self {
        RuleModule {
            engine,
            module,
            memory_limit: MEMORY_LIMIT,
        }
    }

    /// The same module, whose instances may have so many bytes of memory.
    #[must_use]
    pub fn with_memory_limit(self, memory_limit: usize) -> Self {
        RuleModule {
            memory_limit,
            ..self
        }
    }

    /// Opens a session with a configuration in JSON; an empty one runs the
    /// detections that the module carries.
    ///
    /// # Errors
    /// A configuration that the module refuses, or a module of another interface.
    pub fn open(&self, config: &[u8]) -> Result<Session, RuleError> {
        Session::open(&self.engine, &self.module, self.memory_limit, config)
    }
}
