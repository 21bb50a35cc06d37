use super::*;
use core::cmp::Ordering;
use std::vec;
use std::vec::Vec;

/// Lengths without a word, with some, and with every rest behind them.
const LENGTHS: core::ops::Range<usize> = 0..if cfg!(miri) { 2 * WORD } else { 3 * WORD };

/// Places that are aligned, and that are not.
const OFFSETS: [usize; 2] = [0, 5];

/// Bytes that differ, one from its neighbours.
fn some(length: usize) -> Vec<u8> {
    let bytes = (0..length).map(|at| at.wrapping_mul(37).to_le_bytes()[0]);
    bytes.collect()
}

#[test]
fn copies_what_is_asked_and_nothing_beside_it() {
    for length in LENGTHS {
        for [from, to] in OFFSETS.map(|from| OFFSETS.map(|to| [from, to])).concat() {
            let source = some(from + length);
            let mut target = vec![0xee; to + length + WORD];
            let mut wanted = target.clone();
            wanted[to..to + length].copy_from_slice(&source[from..]);
            let pointer = target[to..].as_mut_ptr();
            // SAFETY: both have so many bytes, and are apart.
            let given = unsafe { memcpy(pointer, source[from..].as_ptr(), length) };
            assert_eq!(given, pointer);
            assert_eq!(target, wanted, "{length} bytes from {from} to {to}");
        }
    }
}

/// Compilers copy a value to itself, and count on its staying as it is.
#[test]
fn bytes_copied_to_themselves_stay() {
    for length in LENGTHS {
        let mut bytes = some(length);
        let pointer = bytes.as_mut_ptr();
        // SAFETY: each byte is read before it is written, and by the same pointer.
        unsafe { memcpy(pointer, pointer, length) };
        assert_eq!(bytes, some(length));
    }
}

#[test]
fn compares_by_the_first_byte_that_differs() {
    for length in LENGTHS {
        for [first, second] in OFFSETS.map(|one| OFFSETS.map(|two| [one, two])).concat() {
            let one = some(first + length);
            let mut other = vec![0; second];
            other.extend(&one[first..]);
            check(&one[first..], &other[second..]);
            for at in 0..length {
                for byte in [0, 0xff] {
                    let mut other = other.clone();
                    other[second + at] = byte;
                    // What stands behind the first difference weighs nothing.
                    if let Some(last) = other.get_mut(second + at + 1..).and_then(<[u8]>::last_mut)
                    {
                        *last ^= 0xff;
                    }
                    check(&one[first..], &other[second..]);
                }
            }
        }
    }
}

fn check(one: &[u8], other: &[u8]) {
    // SAFETY: both have so many bytes.
    let (compared, same) = unsafe {
        (
            memcmp(one.as_ptr(), other.as_ptr(), one.len()),
            bcmp(one.as_ptr(), other.as_ptr(), one.len()),
        )
    };
    // The standard library's own comparison may be this one: byte by byte instead.
    let pairs = one.iter().zip(other);
    let wanted = pairs
        .map(|(one, other)| one.cmp(other))
        .find(|order| order.is_ne());
    let wanted = wanted.unwrap_or(Ordering::Equal);
    assert_eq!(compared.cmp(&0), wanted, "{one:?} with {other:?}");
    assert_eq!(same == 0, wanted.is_eq(), "{one:?} with {other:?}");
}
