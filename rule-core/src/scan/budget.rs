//! How many needles may be compared in vain before a quick search gives up.

/// What is left of it.
pub(super) struct Budget(usize);

impl Budget {
    /// The budget for a scan over these bytes: one comparison in so many of them.
    pub(super) fn of(bytes: &[u8], one_in: usize) -> Self {
        Budget(64 + bytes.len() / one_in)
    }

    /// Takes comparisons off; is nothing left?
    pub(super) fn is_spent(&mut self, comparisons: usize) -> bool {
        self.0 = self.0.saturating_sub(comparisons);
        self.0 == 0
    }
}
