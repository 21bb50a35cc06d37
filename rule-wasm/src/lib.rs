#![no_std]
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::todo,
    clippy::unimplemented,
    clippy::get_unwrap,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::allow_attributes_without_reason
)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        reason = "a test fails by panicking"
    )
)]
//! The detection module: `rule.wasm`.
//!
//! A core WebAssembly module that imports nothing. What it exports is documented
//! in ABI.md; here is the thin edge between that and
//! [`rule_core::session::Session`]:
//!
//! - [`Sessions`] keeps sessions by their handles and turns results into the
//!   numbers of the ABI, in safe code that runs and is tested on every target; `filter`
//!   is that for records that come alone, `carried` has the configurations that the
//!   module carries;
//! - `exports` turns pointers into slices and back, `fluent_bit` does it in the way
//!   of that host, `memory` is the allocator with the check for headroom, and `bytes` what
//!   compiled code copies and compares with; `module` has what is kept between calls. They
//!   are exports on wasm32 alone, for a native `malloc` would take the place of the C
//!   library's; elsewhere they are there for their tests, `host`.

extern crate alloc;
#[cfg(test)]
extern crate std;

#[cfg(any(target_arch = "wasm32", test))]
mod bytes;
mod carried;
#[cfg(any(target_arch = "wasm32", test))]
mod exports;
mod filter;
#[cfg(any(target_arch = "wasm32", test))]
mod fluent_bit;
#[cfg(test)]
mod host;
#[cfg(any(target_arch = "wasm32", test))]
mod memory;
#[cfg(any(target_arch = "wasm32", test))]
mod module;
mod sessions;

pub use filter::Filtered;
pub use sessions::{Failure, Sessions, error_number};
