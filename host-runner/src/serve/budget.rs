//! The memory for input that the module has not taken yet.
//!
//! Whatever is read from a client, packed or not, is paid for here before it is
//! kept: a full budget is what makes a client wait or come again.

use std::sync::Arc;

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

/// So many bytes may be held at once.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    left: Arc<Semaphore>,
    limit: usize,
}

/// Bytes of the budget; given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    budget: Budget,
    permit: OwnedSemaphorePermit,
}

/// There are not as many bytes left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full;

impl Budget {
    /// A budget of so many bytes, at most 4 GiB.
    pub(crate) fn new(limit: u32) -> Self {
        let limit = limit as usize;
        Self {
            left: Arc::new(Semaphore::new(limit)),
            limit,
        }
    }

    /// Holds nothing yet, for what comes in pieces.
    pub(crate) fn begin(&self) -> Result<Held, Full> {
        let permit = Arc::clone(&self.left).try_acquire_many_owned(0);
        Ok(Held {
            budget: self.clone(),
            permit: permit.map_err(|_| Full)?,
        })
    }

    /// Waits until so many bytes are left, and holds them.
    ///
    /// # Errors
    ///
    /// When the budget is no more.
    pub(crate) async fn wait(&self, bytes: u32) -> Result<Held, AcquireError> {
        Ok(Held {
            permit: Arc::clone(&self.left).acquire_many_owned(bytes).await?,
            budget: self.clone(),
        })
    }

    /// The bytes that are held.
    pub(crate) fn held(&self) -> usize {
        self.limit.saturating_sub(self.left.available_permits())
    }

    /// The bytes that can be held.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }
}

impl Held {
    /// Holds more bytes, if there are as many left.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Full> {
        let bytes = u32::try_from(bytes).map_err(|_| Full)?;
        let left = Arc::clone(&self.budget.left);
        let more = left.try_acquire_many_owned(bytes).map_err(|_| Full)?;
        self.permit.merge(more);
        Ok(())
    }

    /// The budget that this is of.
    pub(crate) fn budget(&self) -> &Budget {
        &self.budget
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_given_back() {
        let budget = Budget::new(10);
        let mut one = budget.begin().expect("nothing is held");
        assert_eq!((one.grow(6), budget.held()), (Ok(()), 6));
        let mut other = budget.begin().expect("nothing more is held");
        assert_eq!(other.grow(5), Err(Full));
        assert_eq!((other.grow(4), budget.held()), (Ok(()), 10));
        drop(one);
        assert_eq!((other.grow(6), budget.held()), (Ok(()), 10));
        drop(other);
        assert_eq!(budget.held(), 0);
        assert_eq!(
            budget.begin().expect("nothing").grow(usize::MAX),
            Err(Full),
            "more than can be counted"
        );
    }
}
