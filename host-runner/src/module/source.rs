//! The bytes of a module, by the name and the digest that they go by.

use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use super::{Build, EMBEDDED_NAME, ModuleError};

/// The size in bytes that a module may have: 256 MiB. Its memory starts with no more than
/// [`MEMORY_LIMIT`](super::MEMORY_LIMIT), of which most is free space that takes no room.
const LIMIT: u64 = 256 << 20;

/// The SHA-256 of a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; 32]);

/// A text that is no digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 is 64 hexadecimal digits, as `sha256sum` gives them")]
pub struct NoDigest;

impl Digest {
    /// The digest of bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl FromStr for Digest {
    type Err = NoDigest;

    fn from_str(text: &str) -> Result<Self, NoDigest> {
        let digits: Option<Vec<u8>> = text
            .chars()
            .map(|digit| {
                digit
                    .to_digit(16)
                    .and_then(|digit| u8::try_from(digit).ok())
            })
            .collect();
        let digits = digits.ok_or(NoDigest)?;
        let (pairs, []) = digits.as_chunks::<2>() else {
            return Err(NoDigest);
        };
        let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
        bytes.try_into().map(Self).map_err(|_| NoDigest)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A module that has not been compiled yet.
#[derive(Debug, Clone)]
pub struct Source {
    name: String,
    bytes: Cow<'static, [u8]>,
    digest: Digest,
    build: Option<Build>,
}

impl Source {
    /// A build of the module that is in this program.
    #[must_use]
    pub fn embedded(build: Build) -> Self {
        Self {
            name: EMBEDDED_NAME.to_owned(),
            bytes: Cow::Borrowed(build.bytes()),
            digest: build.digest(),
            build: Some(build),
        }
    }

    /// A module in a file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or holds more than 256 MiB.
    pub fn file(path: &Path) -> Result<Self, ModuleError> {
        let name = path.display().to_string();
        match read(path) {
            Ok(bytes) => Ok(Self::bytes(&name, bytes)),
            Err(source) => Err(ModuleError::Read {
                module: name,
                source,
            }),
        }
    }

    /// A module by its bytes; `name` is what messages call it.
    #[must_use]
    pub fn bytes(name: &str, bytes: Vec<u8>) -> Self {
        Self {
            name: name.to_owned(),
            digest: Digest::of(&bytes),
            bytes: Cow::Owned(bytes),
            build: None,
        }
    }

    /// Checks that it is the module that is meant.
    ///
    /// # Errors
    ///
    /// [`ModuleError::Digest`] where it is another.
    pub fn must_be(&self, expected: Digest) -> Result<(), ModuleError> {
        match self.digest == expected {
            true => Ok(()),
            false => Err(ModuleError::Digest {
                module: self.name.clone(),
                found: self.digest,
                expected,
            }),
        }
    }

    /// What messages call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The module.
    #[must_use]
    pub fn content(&self) -> &[u8] {
        &self.bytes
    }

    /// Its SHA-256.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Which build of the module in this program it is, where it is one.
    #[must_use]
    pub fn build(&self) -> Option<Build> {
        self.build
    }
}

/// Reads a file to its end, which a device or a pipe may not have.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = File::open(path)?.take(LIMIT + 1).read_to_end(&mut bytes)?;
    match read as u64 > LIMIT {
        true => Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "it has more than 256 MiB, which no module needs",
        )),
        false => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests() {
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let digest: Digest = text.to_ascii_uppercase().parse().expect("a digest");
        // The example of FIPS 180-2, B.1.
        assert_eq!(digest, Digest::of(b"abc"));
        assert_eq!(digest.to_string(), text);
        for wrong in [
            "",
            "ba78",
            &text[1..],
            &format!("{text}0"),
            &format!("{text}00"),
            &text.replace('b', "x"),
        ] {
            assert_eq!(wrong.parse::<Digest>(), Err(NoDigest), "{wrong}");
        }
    }

    #[test]
    fn another_module_than_the_one_that_is_meant() {
        let source = Source::bytes("a.wasm", b"abc".to_vec());
        assert!(source.must_be(Digest::of(b"abc")).is_ok());
        let error = source.must_be(Digest::of(b"abd")).expect_err("another");
        let told = error.to_string();
        assert!(told.contains("`a.wasm`"), "{told}");
        assert!(told.contains(&Digest::of(b"abc").to_string()), "{told}");
        assert!(told.contains(&Digest::of(b"abd").to_string()), "{told}");
    }
}
