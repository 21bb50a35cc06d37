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
//! To compile a module takes longer than most of what is done with it: a [`Compiler`]
//! with a [`Cache`] does it once for each machine. Nothing is kept unless a cache is given.
//!
//! A module is given nothing but its own memory, and that only up to
//! [`MEMORY_LIMIT`]. What it answers is checked before it is used, and how long a call of one
//! from elsewhere takes and how much it says has [`Bounds`], so that a module that is broken
//! or hostile ends in an error that names it.

mod abi;
mod bounds;
mod cache;
mod compiler;
mod embedded;
mod error;
mod instance;
mod pack;
mod session;
mod source;

use std::path::Path;
use std::sync::Arc;

use bounds::Deadline;

pub use abi::Version;
pub use bounds::Bounds;
pub use cache::{Cache, CacheError};
pub use compiler::{Compiler, Origin};
pub use embedded::{Build, EMBEDDED, EMBEDDED_NAME, EMBEDDED_SIMD};
pub use error::{ModuleError, Place, Refusal};
pub use instance::{Instance, MEMORY_LIMIT};
pub use session::{Counters, MalformedSample, PushError, Session};
pub use source::{Digest, NoDigest, Source};

/// A compiled detection module, to be instantiated any number of times.
#[derive(Clone)]
pub struct Module {
    name: Arc<str>,
    digest: Digest,
    version: Version,
    build: Option<Build>,
    /// When its calls end at the latest.
    deadline: Option<Deadline>,
    /// How many bytes of alerts it may give at once; none for the module that is built in.
    output: Option<u64>,
    origin: Origin,
    code: wasmtime::Module,
}

impl Module {
    /// The module that is built into this program: the build with SIMD where this machine
    /// has it, else the one for every machine. Both give the same.
    ///
    /// This and the other two compile; [`Compiler`] can keep what it has compiled.
    ///
    /// # Errors
    ///
    /// As [`Compiler::embedded`].
    pub fn embedded() -> Result<Self, ModuleError> {
        Compiler::new().embedded(None)
    }

    /// A module from a file.
    ///
    /// # Errors
    ///
    /// As [`Compiler::file`].
    pub fn from_file(path: &Path) -> Result<Self, ModuleError> {
        Compiler::new().file(path)
    }

    /// A module from its bytes; `name` is what messages call it.
    ///
    /// # Errors
    ///
    /// As [`Compiler::bytes`].
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, ModuleError> {
        Compiler::new().bytes(name, bytes)
    }

    /// What messages call this module.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its SHA-256.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The version of the ABI that this module speaks.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Which build of the module in this program it is, where it is one.
    #[must_use]
    pub fn build(&self) -> Option<Build> {
        self.build
    }

    /// Where its code is from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
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
