//! The configurations that a module carries, and sessions over them.

use alloc::vec::Vec;

use rule_core::session::{Headroom, Session, SessionError};

/// What a module carries.
#[derive(Debug)]
pub(crate) struct Carried {
    builtin: &'static [u8],
    /// The configuration that was packed into the module, over the built-in one.
    packed: Vec<u8>,
    /// Can so much be allocated?
    pub(crate) has_memory: fn(Headroom) -> bool,
}

impl Carried {
    pub(crate) const fn new(builtin: &'static [u8], has_memory: fn(Headroom) -> bool) -> Self {
        Carried {
            builtin,
            packed: Vec::new(),
            has_memory,
        }
    }

    /// A session of a configuration over those that are carried.
    pub(crate) fn read(&self, config: &[u8]) -> Result<Session, SessionError> {
        let carried = [self.builtin, &self.packed];
        let lengths = carried.iter().map(|layer| layer.len());
        let text = lengths.fold(config.len(), usize::saturating_add);
        self.check_memory(Headroom::to_open(text))?;
        Session::open_with(config, &carried, self.has_memory)
    }

    /// Carries a configuration from now on, if what is opened with it can be.
    pub(crate) fn pack(
        &mut self,
        config: &[u8],
        open: impl FnOnce(&Self) -> Result<(), SessionError>,
    ) -> Result<(), SessionError> {
        self.packed = config.to_vec();
        let opened = open(self);
        if opened.is_err() {
            self.packed = Vec::new();
        }
        opened
    }

    pub(crate) fn check_memory(&self, headroom: Headroom) -> Result<(), SessionError> {
        headroom.check(&self.has_memory)
    }
}
