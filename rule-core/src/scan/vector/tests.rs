//! Each operation against what its documentation says, byte by byte.

use super::Vector;
use super::x86::{Avx2, Ssse3};
use proptest::prelude::*;
use std::vec;
use std::vec::Vec;

#[target_feature(enable = "ssse3")]
fn ssse3(bytes: &[[u8; 32]; 2], table: &[u8; 16]) {
    each_operation_is_what_it_says::<Ssse3>(bytes, table);
}

#[target_feature(enable = "avx2")]
fn avx2(bytes: &[[u8; 32]; 2], table: &[u8; 16]) {
    each_operation_is_what_it_says::<Avx2>(bytes, table);
}

/// Inlined, so that it is compiled for the feature.
#[inline(always)]
fn each_operation_is_what_it_says<V: Vector>(bytes: &[[u8; 32]; 2], table: &[u8; 16]) {
    let [one, two] = [0, 1].map(|index| &bytes[index][..V::BYTES]);
    let [first, second] = [one, two].map(V::load);
    let is = |vector: V, wanted: Vec<u8>| {
        let array = vector.to_array();
        assert_eq!(array[..V::BYTES], wanted);
        assert_eq!(array[V::BYTES..], [0; 32][V::BYTES..]);
    };
    let each = |of: &dyn Fn(u8, u8) -> u8| -> Vec<u8> {
        one.iter()
            .zip(two)
            .map(|(one, two)| of(*one, *two))
            .collect()
    };
    let zeros = vec![0; V::BYTES];

    is(first, one.to_vec());
    // Of too few bytes none is read, nor one behind them.
    let short = &one[..usize::from(table[0]) % V::BYTES];
    // In a block of its own: what is read beyond its end is seen.
    let alone = short.to_vec();
    is(V::load(&alone), zeros.clone());
    is(V::repeated(table), table.repeat(V::BYTES / 16));
    is(V::splat(one[0]), vec![one[0]; V::BYTES]);
    is(first.and(second), each(&|one, two| one & two));
    is(first.or(second), each(&|one, two| one | two));
    is(first.high(), each(&|one, _| one >> 4));
    let places = first.and(V::splat(0x0f));
    let at = each(&|one, _| table[usize::from(one & 0x0f)]);
    is(V::repeated(table).at(places), at);
    let both = [one, two].concat();
    let (even, odd) = first.split(second);
    is(even, both.iter().copied().step_by(2).collect());
    is(odd, both.iter().copied().skip(1).step_by(2).collect());
    let moved = [&one[V::BYTES - 1..], &two[..V::BYTES - 1]].concat();
    is(second.behind(first), moved);
    is(
        first.same(second),
        each(&|one, two| if one == two { 255 } else { 0 }),
    );
    is(first.same(first), vec![255; V::BYTES]);
    assert_eq!(first.is_zero(), one == zeros);
    let bits = one
        .iter()
        .enumerate()
        .map(|(place, byte)| u32::from(byte >> 7) << place);
    assert_eq!(first.bits(), bits.sum::<u32>());
}

fn check(bytes: [[u8; 32]; 2], table: [u8; 16]) {
    if std::is_x86_feature_detected!("ssse3") {
        // SAFETY: the processor has it.
        unsafe { ssse3(&bytes, &table) };
    }
    if std::is_x86_feature_detected!("avx2") {
        // SAFETY: the same.
        unsafe { avx2(&bytes, &table) };
    }
}

/// One byte alone at each place, for what looks at all of them.
#[test]
fn no_place_is_left_out() {
    let table = core::array::from_fn(|place| 0xf0 | place.to_le_bytes()[0]);
    check([[0; 32]; 2], table);
    for place in 0..32 {
        let mut bytes = [[0; 32]; 2];
        bytes[0][place] = 0x80;
        check(bytes, table);
        bytes[1][place] = 0x81;
        check(bytes, table);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 16 } else { 4000 }))]

    #[test]
    fn any_bytes(bytes: [[u8; 32]; 2], table: [u8; 16]) {
        check(bytes, table);
    }
}
