//! SHA-256 over files, in the form of `sha256sum`.

use std::fs;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::failure::Failure;

/// The digest of a file in hexadecimal digits.
pub(super) fn digest(file: &Path) -> Result<String, Failure> {
    let bytes = fs::read(file).map_err(|error| {
        let remedy = "see that the file is there and can be read";
        Failure::new(format!("`{}`: {error}", file.display()), remedy)
    })?;
    Ok(hexadecimal(&bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
