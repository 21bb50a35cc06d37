//! Packed bodies: `Content-Encoding`, unpacked within a bound.

use std::io::{self, Read};

use flate2::read::{MultiGzDecoder, ZlibDecoder};

use super::budget::{Full, Held};
use crate::input::ZstdFrames;

/// As much is unpacked at once.
const STEP: usize = 64 * 1024;

/// What `Accept-Encoding` says of this.
pub(crate) const ACCEPTED: &str = "gzip, deflate, zstd";

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    /// It is not.
    None,
    /// `gzip`
    Gzip,
    /// `deflate`: a zlib stream, as the standard has it
    Deflate,
    /// `zstd`
    Zstd,
}

/// Why a body cannot be unpacked.
#[derive(Debug)]
pub(crate) enum UnpackError {
    /// It is larger than a body may be.
    TooLarge,
    /// There is no memory left for it at the moment.
    Full,
    /// It is not what its header says, or cut off.
    Damaged(io::Error),
}

impl From<Full> for UnpackError {
    fn from(Full: Full) -> Self {
        Self::Full
    }
}

impl Packing {
    /// The packing that a header names; none where it is none of ours.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name.trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Self::None,
            "gzip" | "x-gzip" => Self::Gzip,
            "deflate" => Self::Deflate,
            "zstd" => Self::Zstd,
            _ => return None,
        })
    }
}

/// Unpacks a body of at most `limit` bytes; what is unpacked is paid for as it
/// comes, what was packed is given back.
pub(crate) fn unpack(
    packing: Packing,
    packed: Vec<u8>,
    held: Held,
    limit: usize,
) -> Result<(Vec<u8>, Held), UnpackError> {
    let mut reader: Box<dyn Read + '_> = match packing {
        Packing::None => return Ok((packed, held)),
        Packing::Gzip => Box::new(MultiGzDecoder::new(packed.as_slice())),
        Packing::Deflate => Box::new(ZlibDecoder::new(packed.as_slice())),
        Packing::Zstd => Box::new(ZstdFrames::new(packed.as_slice())),
    };
    let mut holding = held.budget().begin()?;
    let (mut unpacked, mut step) = (Vec::new(), vec![0; STEP]);
    loop {
        let read = match reader.read(&mut step) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            result => result.map_err(UnpackError::Damaged)?,
        };
        let Some(bytes) = step.get(..read).filter(|bytes| !bytes.is_empty()) else {
            return Ok((unpacked, holding));
        };
        if unpacked.len() + read > limit {
            return Err(UnpackError::TooLarge);
        }
        holding.grow(read)?;
        unpacked.extend_from_slice(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::super::budget::Budget;
    use super::*;
    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory")
    }

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory")
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
    }

    fn unpacked(
        packing: Packing,
        packed: Vec<u8>,
        budget: &Budget,
    ) -> Result<Vec<u8>, UnpackError> {
        let mut held = budget.begin().expect("nothing is held");
        held.grow(packed.len()).expect("there is room");
        unpack(packing, packed, held, 1000).map(|(bytes, _)| bytes)
    }

    #[test]
    fn each_packing_up_to_the_limit() {
        let budget = Budget::new(1_000_000);
        type Pack = fn(&[u8]) -> Vec<u8>;
        for (name, pack) in [
            ("gzip", gzip as Pack),
            ("deflate", deflate),
            ("zstd", zstd),
            ("identity", |bytes| bytes.to_vec()),
        ] {
            let packing = Packing::named(name).expect(name);
            for length in [0, 1, 1000] {
                let bytes = vec![b'x'; length];
                let found = unpacked(packing, pack(&bytes), &budget);
                assert_eq!(found.expect(name), bytes, "{name} {length}");
            }
            if packing != Packing::None {
                for bomb in [1001, 10_000_000] {
                    let found = unpacked(packing, pack(&vec![b'x'; bomb]), &budget);
                    assert!(matches!(found, Err(UnpackError::TooLarge)), "{name} {bomb}");
                }
                let mut cut = pack(b"abcdefgh");
                cut.truncate(cut.len() - 5);
                let found = unpacked(packing, cut, &budget);
                assert!(matches!(found, Err(UnpackError::Damaged(_))), "{name}, cut");
                let found = unpacked(packing, b"{\"a\":1}".to_vec(), &budget);
                assert!(
                    matches!(found, Err(UnpackError::Damaged(_))),
                    "{name}, plain"
                );
            }
        }
        assert_eq!(budget.held(), 0, "all is given back");
    }

    #[test]
    fn a_full_budget_stops_it() {
        let found = unpacked(Packing::Gzip, gzip(&[b'x'; 900]), &Budget::new(500));
        assert!(matches!(found, Err(UnpackError::Full)), "{found:?}");
    }

    #[test]
    fn names_of_packings() {
        for (name, expected) in [
            ("GZIP", Some(Packing::Gzip)),
            (" x-gzip ", Some(Packing::Gzip)),
            ("", Some(Packing::None)),
            ("br", None),
            ("snappy", None),
            ("gzip, gzip", None),
        ] {
            assert_eq!(Packing::named(name), expected, "{name:?}");
        }
    }
}
