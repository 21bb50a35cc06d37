//! What can go wrong between this program and a module.

use std::io;
use std::time::Duration;

use serde::Deserialize;

use super::Digest;
use super::abi::Version;

/// A module that cannot be loaded, broke its contract, or refused a call.
///
/// Each message names the module: the built-in one, or the file it came from.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModuleError {
    /// The module's file cannot be read.
    #[error("cannot read the module `{module}`: {source}")]
    Read {
        /// The file.
        module: String,
        /// What the system said.
        source: io::Error,
    },
    /// The module is another than the one that was named by its digest.
    #[error("`{module}` has the SHA-256 `{found}`, not `{expected}`; it is not run")]
    Digest {
        /// The module's name.
        module: String,
        /// The digest of what is there.
        found: Digest,
        /// The digest of what was asked for.
        expected: Digest,
    },
    /// The bytes are no WebAssembly core module that this engine takes.
    #[error("`{module}` is no WebAssembly core module: {reason}")]
    NotAModule {
        /// The module's name.
        module: String,
        /// What is wrong with the bytes.
        reason: String,
    },
    /// A WebAssembly module, but none that carries a detection.
    #[error(
        "`{module}` is no detection module: it has no section `rule-abi`; give one built from rule-wasm"
    )]
    NotADetectionModule {
        /// The module's name.
        module: String,
    },
    /// The module speaks a version of the ABI that this program does not.
    #[error(
        "`{module}` speaks ABI {found}, this program speaks {spoken}; use a program and a module of one major version"
    )]
    Version {
        /// The module's name.
        module: String,
        /// What the module says it speaks.
        found: String,
        /// What this program speaks.
        spoken: Version,
    },
    /// The module asks for something of its host; a detection module asks for nothing.
    #[error("`{module}` imports `{import}`; a detection module gets nothing from its host")]
    Import {
        /// The module's name.
        module: String,
        /// The first import, as `module.name`.
        import: String,
    },
    /// The module has its rules packed in already.
    #[error("`{module}` is packed already; pack the built-in module, or one built from rule-wasm")]
    Packed {
        /// The module's name.
        module: String,
    },
    /// An export of the ABI is missing, or is of another type.
    #[error("`{module}` has no export `{export}` of the type that ABI {spoken} states")]
    Export {
        /// The module's name.
        module: String,
        /// The export that was looked for.
        export: &'static str,
        /// The version whose exports were looked for.
        spoken: Version,
    },
    /// The module stopped in the middle of a call.
    #[error(
        "the module `{module}` stopped in `{call}`: {reason}; the results up to here are incomplete"
    )]
    Trap {
        /// The module's name.
        module: String,
        /// The export that was called.
        call: &'static str,
        /// What the engine says of it.
        reason: String,
    },
    /// The module did not come back from a call in the time that it was given.
    #[error(
        "the module `{module}` was stopped in `{call}`, which took longer than {after:?}; the \
         results up to here are incomplete; `--module-timeout` gives it more time"
    )]
    Time {
        /// The module's name.
        module: String,
        /// The export that was called.
        call: &'static str,
        /// The time that a call may take.
        after: Duration,
    },
    /// The module has more code than is compiled.
    #[error(
        "the module `{module}` is not compiled: {length} bytes of code in {what}, and \
         {limit} is the most"
    )]
    CodeLength {
        /// The module's name.
        module: String,
        /// Which code.
        what: &'static str,
        /// As many bytes it has.
        length: usize,
        /// As many it may have.
        limit: usize,
    },
    /// The module takes longer to compile than it may.
    #[error(
        "the module `{module}` took longer than {after:?} to compile; `--module-timeout` gives it \
         more time"
    )]
    CompileTime {
        /// The module's name.
        module: String,
        /// The time that it may take.
        after: Duration,
    },
    /// The module gives alerts without end.
    #[error(
        "the module `{module}` gave more than {limit} bytes of alerts at once; \
         `--module-output` lets it give more"
    )]
    Output {
        /// The module's name.
        module: String,
        /// As much it may give.
        limit: u64,
    },
    /// Nothing could be started that ends the module's calls.
    #[error("the module `{module}` cannot be watched over: {source}")]
    Watch {
        /// The module's name.
        module: String,
        /// What the system said.
        source: io::Error,
    },
    /// The module answered with something that cannot be.
    #[error("the module `{module}` answered `{call}` wrongly: {reason}")]
    Answer {
        /// The module's name.
        module: String,
        /// The export that was called.
        call: &'static str,
        /// What is wrong with the answer.
        reason: String,
    },
    /// The module has no memory left for what was asked.
    #[error("the module `{module}` has no memory left for `{call}`")]
    Memory {
        /// The module's name.
        module: String,
        /// What the memory was for.
        call: &'static str,
    },
    /// The module refused the call and said why; its state is as it was.
    #[error(transparent)]
    Refused(Box<Refusal>),
}

/// Why a module refused a call: what `rule_last_error` says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// A word for programs, such as `unsupported_command`.
    pub code: String,
    /// A sentence for people.
    pub message: String,
    /// The command, function, option or macro that stops a detection.
    #[serde(default)]
    pub what: Option<String>,
    /// The name of the detection that it is about.
    #[serde(default)]
    pub detection: Option<String>,
    /// Where in the search it is.
    #[serde(default, rename = "where")]
    pub place: Option<Place>,
    /// The line of the search with a caret under the place, several lines of text.
    #[serde(default)]
    pub picture: Option<String>,
}

/// A place in the text of a search.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub struct Place {
    /// The line, from 1.
    #[serde(default)]
    pub line: u64,
    /// The column in characters, from 1.
    #[serde(default)]
    pub column: u64,
    /// The offset in bytes, from 0.
    #[serde(default)]
    pub offset: u64,
    /// The length in bytes.
    #[serde(default)]
    pub length: u64,
}
