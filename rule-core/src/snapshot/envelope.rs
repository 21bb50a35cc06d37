//! What stands around a state: what it is, of which rules, and whether it is whole.
//!
//! ```text
//! "RULESNAP"  version  kind  digest of the rules  state ...  checksum
//!  8 bytes    2 bytes  1     32 bytes                        8 bytes
//! ```
//!
//! The version is big-endian. The checksum is the start of the SHA-256 over all
//! before it: it finds damage, and is no proof of who wrote the state.

use alloc::vec::Vec;

use sha2::{Digest as _, Sha256};

use super::Writer;

/// The version of the form. Another one is refused: a state is for going on, not
/// for keeping.
pub const VERSION: u16 = 1;

/// What tells one set of rules and settings from another: a SHA-256.
pub type Digest = [u8; 32];

const MAGIC: [u8; 8] = *b"RULESNAP";
const CHECKSUM: usize = 8;

/// Why bytes are no state that can be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// They do not begin as a snapshot does.
    NotASnapshot,
    /// They are of another version of the form.
    Version(u16),
    /// They are cut or changed.
    Damaged,
    /// They are of other rules or settings.
    OtherRules,
}

/// Puts a state into its envelope. `kind` says which of several states it is.
#[must_use]
pub fn seal(kind: u8, digest: &Digest, state: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.raw(&MAGIC);
    writer.raw(&VERSION.to_be_bytes());
    writer.byte(kind);
    writer.raw(digest);
    state(&mut writer);
    let mut bytes = writer.into_bytes();
    let sum = checksum(&bytes);
    bytes.extend_from_slice(&sum);
    bytes
}

/// Takes a state of these rules out of its envelope: its kind, and its bytes.
///
/// # Errors
/// Whatever is wrong with the envelope.
pub fn open<'b>(bytes: &'b [u8], digest: &Digest) -> Result<(u8, &'b [u8]), OpenError> {
    let rest = bytes.strip_prefix(&MAGIC).ok_or(OpenError::NotASnapshot)?;
    let (version, rest) = rest.split_first_chunk::<2>().ok_or(OpenError::Damaged)?;
    let version = u16::from_be_bytes(*version);
    if version != VERSION {
        return Err(OpenError::Version(version));
    }
    let (whole, sum) = bytes
        .split_last_chunk::<CHECKSUM>()
        .ok_or(OpenError::Damaged)?;
    if checksum(whole) != *sum {
        return Err(OpenError::Damaged);
    }
    let length = rest.len().saturating_sub(CHECKSUM);
    let rest = rest.get(..length).ok_or(OpenError::Damaged)?;
    let (kind, rest) = rest.split_first().ok_or(OpenError::Damaged)?;
    let (of, state) = rest.split_first_chunk::<32>().ok_or(OpenError::Damaged)?;
    if of != digest {
        return Err(OpenError::OtherRules);
    }
    Ok((*kind, state))
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM] {
    let hash: [u8; 32] = Sha256::digest(bytes).into();
    let (first, _) = hash.split_first_chunk().unwrap_or((&[0; CHECKSUM], &[]));
    *first
}
