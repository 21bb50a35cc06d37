//! What a release is made of.

mod modules;
mod sums;

pub(crate) use self::modules::reproduce;
