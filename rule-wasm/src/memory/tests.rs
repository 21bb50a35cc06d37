use super::capped::capped;
use super::*;
use proptest::prelude::*;
use std::vec::Vec;

#[test]
fn blocks_are_aligned_whole_and_apart() {
    let lengths = (0..40).chain([PIECE - 1, PIECE, PIECE + 1]);
    let blocks: Vec<(*mut u8, usize)> = lengths.map(|length| (malloc(length), length)).collect();
    for (index, (pointer, length)) in blocks.iter().enumerate() {
        assert!(pointer.addr().is_multiple_of(8) && !pointer.is_null());
        // SAFETY: so many bytes are there.
        unsafe { pointer.write_bytes(index as u8, *length) };
    }
    for (index, (pointer, length)) in blocks.iter().enumerate() {
        // SAFETY: they were written above.
        let bytes = unsafe { core::slice::from_raw_parts(*pointer, *length) };
        assert!(bytes == std::vec![index as u8; *length]);
    }
    // Every other one first: in no order of a stack.
    let (even, odd): (Vec<_>, Vec<_>) = blocks.iter().enumerate().partition(|(at, _)| at % 2 == 0);
    for (_, (pointer, _)) in even.into_iter().chain(odd) {
        // SAFETY: each is given back once.
        unsafe { free(*pointer) };
    }
}

#[test]
fn what_there_is_no_memory_for_is_null() {
    for length in [usize::MAX, usize::MAX - HEADER, isize::MAX as usize] {
        assert!(malloc(length).is_null(), "{length}");
    }
    assert!(capped(100, usize::MAX, || malloc(100).is_null()).0);
    // SAFETY: null is nothing.
    unsafe { free(core::ptr::null_mut()) };
}

#[test]
fn what_is_given_back_is_there_again() {
    let (last, left) = capped(1000, usize::MAX, || {
        let blocks = core::array::from_fn(|_| malloc(300));
        let [first, second, third, fourth] = blocks;
        // SAFETY: all came from `malloc`, and each is given back once; the last is null.
        unsafe {
            for block in [second, fourth, first, third] {
                free(block);
            }
        }
        fourth.is_null()
    });
    assert!(last);
    assert_eq!(left, 1000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 32 } else { 2000 }))]

    /// There is as much as can be had, and to ask takes none of it.
    #[test]
    fn what_can_be_had_is_had(
        left in 0..400_000_usize,
        block in PIECE..200_000,
        largest in 0..200_000_usize,
        total in 0..400_000_usize,
    ) {
        let headroom = Headroom { largest, total };
        let (had, after) = capped(left, block, || has(headroom));
        prop_assert_eq!(after, left);
        // A piece is never smaller than what it holds of the one before.
        let least = size_of::<Piece>();
        let fits = |room| largest <= block && largest.max(total) + room <= left;
        prop_assert!(had || !fits(2 * least), "{} left, {} a block, {:?}", left, block, headroom);
        prop_assert!(!had || fits(0), "{} left, {} a block, {:?}", left, block, headroom);
    }
}
