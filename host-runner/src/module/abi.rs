//! The version of the ABI: read from a module without running it.

use std::fmt;

use wasmparser::{Chunk, Encoding, Parser, Payload};

use super::ModuleError;

/// The custom section that says which version a module speaks.
const SECTION: &str = "rule-abi";

/// A version of the ABI between a host and a detection module.
///
/// Modules and hosts of one major version work together; a minor version only
/// adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// Another number is another contract.
    pub major: u16,
    /// A higher number has more in it.
    pub minor: u16,
}

/// The version that this host speaks.
pub(crate) const SPOKEN: Version = Version { major: 1, minor: 0 };

impl Version {
    /// The version that a module's section states, such as `1.0`.
    fn parse(text: &[u8]) -> Option<Self> {
        let (major, minor) = std::str::from_utf8(text).ok()?.trim().split_once('.')?;
        Some(Self {
            major: major.parse().ok()?,
            minor: minor.parse().ok()?,
        })
    }

    /// The version that `rule_abi_version` answers: major << 16 + minor.
    pub(super) fn from_answer(answer: u32) -> Self {
        let [a, b, c, d] = answer.to_be_bytes();
        Self {
            major: u16::from_be_bytes([a, b]),
            minor: u16::from_be_bytes([c, d]),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// Reads the version out of a module's bytes, and refuses what this host cannot
/// run: no WebAssembly, a component, no detection module, another major version.
pub(super) fn version_of(module: &str, bytes: &[u8]) -> Result<Version, ModuleError> {
    let not_a_module = |reason: String| ModuleError::NotAModule {
        module: module.to_owned(),
        reason,
    };
    if bytes.get(..4) != Some(b"\0asm") {
        return Err(not_a_module(
            "it does not begin with the bytes of one".to_owned(),
        ));
    }
    let mut parser = Parser::new(0);
    let mut rest = bytes;
    loop {
        let (consumed, payload) = match parser.parse(rest, true) {
            Ok(Chunk::Parsed { consumed, payload }) => (consumed, payload),
            // Nothing more comes, so it is not asked for.
            Ok(Chunk::NeedMoreData(_)) => break,
            Err(error) => return Err(not_a_module(error.to_string())),
        };
        rest = rest.get(consumed..).unwrap_or_default();
        match payload {
            Payload::Version {
                encoding: Encoding::Component,
                ..
            } => {
                return Err(not_a_module(
                    "it is a component; give the core module".to_owned(),
                ));
            }
            // Functions are read by the engine alone: each of them costs as much as the rest.
            Payload::CodeSectionStart { size, .. } => {
                parser.skip_section();
                let size = usize::try_from(size).unwrap_or(usize::MAX);
                rest = rest.get(size..).unwrap_or_default();
            }
            Payload::CustomSection(section) if section.name() == SECTION => {
                return match Version::parse(section.data()) {
                    Some(version) if version.major == SPOKEN.major => Ok(version),
                    found => Err(ModuleError::Version {
                        module: module.to_owned(),
                        found: found.map_or_else(
                            || {
                                String::from_utf8_lossy(section.data())
                                    .escape_debug()
                                    .to_string()
                            },
                            |version| version.to_string(),
                        ),
                        spoken: SPOKEN,
                    }),
                };
            }
            Payload::End(_) => break,
            _ => {}
        }
    }
    Err(ModuleError::NotADetectionModule {
        module: module.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for (text, expected) in [
            ("1.0", Some((1, 0))),
            ("12.34", Some((12, 34))),
            ("1", None),
            ("", None),
            ("1.x", None),
            ("1.99999", None),
        ] {
            let found = Version::parse(text.as_bytes()).map(|v| (v.major, v.minor));
            assert_eq!(found, expected, "{text:?}");
        }
        assert_eq!(
            Version::from_answer(0x0001_0002),
            Version { major: 1, minor: 2 }
        );
    }
}
