//! The user's word that it is enough: an interrupt or a termination signal.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Whether the program was told to end.
#[derive(Debug, Clone)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Listens to the system's signals from now on; they end a
    /// [`park`](thread::park_timeout) of this thread.
    ///
    /// # Errors
    ///
    /// When the system does not let it.
    pub(crate) fn on_signals() -> Result<Self, ctrlc::Error> {
        let stop = Self(Arc::new(AtomicBool::new(false)));
        let (told, waiting) = (stop.clone(), thread::current());
        ctrlc::set_handler(move || {
            told.0.store(true, Ordering::Relaxed);
            waiting.unpark();
        })?;
        Ok(stop)
    }

    /// Whether it is time to end.
    pub(crate) fn is_told(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
