//! What must hold in every host, as cases in data.
//!
//! ```text
//! cases/*.toml ─ case ─┐                    ┌ native: rule-core as it is
//!                      ├─ play ── a host ───┼ wasmtime: rule.wasm, compiled
//! pieces of the bytes ─┘    │               ├ wasmi: rule.wasm, interpreted
//!                           ▼               └ the examples: in five languages
//!                        outcome ── what the case expects
//! ```
//!
//! - [`case`]: the form of the data: a configuration, what is done, what is
//!   expected. A case knows no host.
//! - [`host`]: what a case is played in.
//! - [`play`]: one case in one host, to an [`play::Outcome`].
//! - [`expect`]: an outcome beside what its case expects.
//! - [`detect`]: what the commands of the examples must do.
//!
//! All hosts must come to the same outcome, byte for byte, and so must every way
//! to cut the input into pushes.

pub mod case;
pub mod detect;
pub mod expect;
pub mod host;
pub mod play;

/// The module under test: the one that the program embeds.
pub const MODULE: &[u8] = include_bytes!(env!("RULE_WASM_EMBEDDED"));

/// The same for hosts that have SIMD.
pub const MODULE_SIMD: &[u8] = include_bytes!(env!("RULE_WASM_SIMD_EMBEDDED"));
