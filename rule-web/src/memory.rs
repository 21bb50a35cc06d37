//! Whether there is memory for what comes.

use std::hint::black_box;

use rule_core::session::Headroom;

/// Can so much be had? Asked before work is begun, for an allocation that fails in the
/// middle of it ends the instance. What was had stays with the allocator, so the work
/// finds it.
pub(crate) fn has(headroom: Headroom) -> bool {
    let mut piece: Vec<u8> = Vec::new();
    let had = piece.try_reserve_exact(headroom.total.max(headroom.largest));
    // The optimiser knows that memory given back unused need not be had at all.
    black_box(&piece);
    had.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_much_and_no_more() {
        let some = Headroom {
            largest: 1024,
            total: 4096,
        };
        assert!(has(some));
        let too_much = Headroom {
            largest: usize::MAX,
            total: 0,
        };
        assert!(!has(too_much));
    }
}
