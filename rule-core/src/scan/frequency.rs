//! How frequent bytes are in logs: which part of a text is the rarest.

/// How frequent the printable characters of ASCII are, from the blank on, as 255 + 16
/// times the binary logarithm of their share; 0 where there is none. Of some hundred
/// files of Windows events, as JSON and as XML, each file with the same weight.
#[rustfmt::skip]
const SHARES: [u8; 95] = [
    191, 0, 191, 111, 65, 99, 71, 58, 73, 73, 49, 0, 152, 165, 140, 162,
    177, 162, 161, 152, 159, 154, 136, 141, 153, 141, 164, 76, 166, 147, 166, 90,
    0, 124, 91, 144, 162, 143, 120, 100, 95, 139, 30, 102, 122, 115, 145, 126,
    132, 70, 109, 154, 141, 120, 107, 110, 0, 59, 91, 38, 135, 38, 41, 106,
    0, 186, 144, 167, 162, 192, 143, 135, 135, 172, 118, 113, 155, 167, 173, 174,
    140, 58, 174, 173, 186, 155, 150, 132, 133, 143, 49, 138, 0, 138, 0,
];

/// How frequent a run of bytes is, in letters of either case, were its bytes independent
/// of one another: the higher, the more frequent.
pub(super) fn of(bytes: &[u8]) -> u32 {
    bytes.iter().map(|&byte| u32::from(share(byte))).sum()
}

fn share(byte: u8) -> u8 {
    let one = |byte: u8| {
        let place = usize::from(byte).checked_sub(usize::from(b' '));
        place.and_then(|place| SHARES.get(place)).copied()
    };
    let cases = [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()];
    cases.into_iter().filter_map(one).max().unwrap_or_default()
}
