//! A detection module under wasmtime.
//!
//! [`Module`] is the compiled code, [`Instance`] a memory of its own with that
//! code in it, [`Session`] one set of rules opened in an instance:
//!
//! ```no_run
//! use host_runner::module::Module;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let module = Module::embedded()?;
//! let mut instance = module.instantiate()?;
//! let mut session = instance.open(&serde_json::json!({}))?;
//! session.push(b"{\"EventCode\":1}\n")?;
//! session.finish()?;
//! loop {
//!     let lines = session.alerts()?;
//!     if lines.is_empty() {
//!         break;
//!     }
//!     print!("{}", String::from_utf8_lossy(lines));
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A module is given nothing but its own memory, and that only up to
//! [`MEMORY_LIMIT`]. What it answers is checked before it is used, so that a
//! module that is broken or hostile ends in an error that names it.

mod abi;
mod error;
mod instance;
mod pack;
mod session;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use wasmtime::{Config, Engine, OptLevel};

pub use abi::Version;
pub use error::{ModuleError, Place, Refusal};
pub use instance::{Instance, MEMORY_LIMIT};
pub use session::{Counters, MalformedSample, PushError, Session};

/// The module that this program was built with, for every host.
pub static EMBEDDED: &[u8] = include_bytes!(env!("RULE_WASM_EMBEDDED"));

/// The same for hosts that have SIMD.
pub static EMBEDDED_SIMD: &[u8] = include_bytes!(env!("RULE_WASM_SIMD_EMBEDDED"));

/// What messages call a module that this program was built with.
pub const EMBEDDED_NAME: &str = "the built-in module";

/// A compiled detection module, to be instantiated any number of times.
#[derive(Clone)]
pub struct Module {
    name: Arc<str>,
    version: Version,
    code: wasmtime::Module,
}

impl Module {
    /// The module that is built into this program.
    ///
    /// # Errors
    ///
    /// When the engine refuses it, which a build that passed its tests does not do.
    pub fn embedded() -> Result<Self, ModuleError> {
        Self::from_bytes(EMBEDDED_NAME, EMBEDDED)
    }

    /// A module from a file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is no WebAssembly core module, is no
    /// detection module, speaks another major version of the ABI, or imports
    /// anything.
    pub fn from_file(path: &Path) -> Result<Self, ModuleError> {
        let (name, bytes) = Self::read(path)?;
        Self::from_bytes(&name, &bytes)
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

    /// A module from its bytes; `name` is what messages call it.
    ///
    /// # Errors
    ///
    /// As [`Module::from_file`], but for reading.
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, ModuleError> {
        let version = abi::version_of(name, bytes)?;
        let not_a_module = |error: wasmtime::Error| ModuleError::NotAModule {
            module: name.to_owned(),
            reason: format!("{error:#}"),
        };
        let mut config = Config::new();
        config.cranelift_opt_level(OptLevel::Speed);
        let engine = Engine::new(&config).map_err(not_a_module)?;
        let code = wasmtime::Module::from_binary(&engine, bytes).map_err(not_a_module)?;
        if let Some(import) = code.imports().next() {
            return Err(ModuleError::Import {
                module: name.to_owned(),
                import: format!("{}.{}", import.module(), import.name()),
            });
        }
        Ok(Self {
            name: name.into(),
            version,
            code,
        })
    }

    /// What messages call this module.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version of the ABI that this module speaks.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// A memory of its own with this module's code in it.
    ///
    /// # Errors
    ///
    /// When an export of the ABI is missing or of another type, or the module
    /// stops while it starts.
    pub fn instantiate(&self) -> Result<Instance, ModuleError> {
        Instance::new(self)
    }
}
