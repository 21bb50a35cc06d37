//! Fluent Bit's side of `rule_fluent_bit`, as its filter `wasm` does it.
//!
//! Tag and record are copied into memory of the module's `malloc`, each with a NUL
//! behind it; where that gives 0 the call is made all the same, with 0 and the true
//! length. What is given back is a C string anywhere in the module's memory: it is
//! copied, then tag and record are given back with `free`.

use super::abi::{Argument, Guest};

/// What becomes of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GoesOn {
    /// The pointer of the record was given back.
    AsItCame,
    /// This text is in its place.
    As(Vec<u8>),
    /// It is dropped: the empty string was given back.
    Dropped,
}

/// The filter, over a module in some runtime.
#[derive(Debug)]
pub struct Filter<G> {
    guest: G,
    tag: Vec<u8>,
}

impl<G: Guest> Filter<G> {
    /// The filter with a module that was started.
    #[must_use]
    pub fn new(guest: G) -> Self {
        Filter {
            guest,
            tag: b"tail.0".to_vec(),
        }
    }

    /// The module.
    pub fn guest(&mut self) -> &mut G {
        &mut self.guest
    }

    /// Packs a configuration in, as `host-runner pack` does; false where it is refused.
    pub fn pack(&mut self, config: &[u8]) -> bool {
        let pointer = self.put(config);
        let packed = self.guest.call(
            "rule_pack",
            &[Argument::I32(pointer), Argument::I32(length(config))],
        );
        self.guest.free(pointer);
        packed == 0
    }

    /// A copy in the module's memory with a NUL behind it, or 0.
    fn put(&mut self, bytes: &[u8]) -> i32 {
        let pointer = self
            .guest
            .call("malloc", &[Argument::I32(length(bytes) + 1)]) as i32;
        if pointer != 0 {
            let at = pointer as u32 as usize;
            let place = &mut self.guest.memory()[at..=at + bytes.len()];
            place[..bytes.len()].copy_from_slice(bytes);
            place[bytes.len()] = 0;
        }
        pointer
    }

    /// One record through the filter.
    pub fn filter(&mut self, record: &[u8], seconds: i32, nanoseconds: i32) -> GoesOn {
        let tag = self.tag.clone();
        let tag_at = self.put(&tag);
        let record_at = self.put(record);
        let answer = self.call([tag_at, record_at], &tag, record, seconds, nanoseconds);
        self.guest.free(tag_at);
        self.guest.free(record_at);
        answer
    }

    /// A record for which `malloc` gave 0.
    pub fn filter_missing(&mut self, record: &[u8]) -> GoesOn {
        let tag = self.tag.clone();
        self.call([0, 0], &tag, record, 0, 0)
    }

    fn call(
        &mut self,
        [tag_at, record_at]: [i32; 2],
        tag: &[u8],
        record: &[u8],
        seconds: i32,
        nanoseconds: i32,
    ) -> GoesOn {
        let arguments = [
            tag_at,
            length(tag),
            seconds,
            nanoseconds,
            record_at,
            length(record),
        ];
        let given = self
            .guest
            .call("rule_fluent_bit", &arguments.map(Argument::I32)) as i32;
        assert_ne!(given, 0, "Fluent Bit would read the memory at 0");
        let at = given as u32 as usize;
        let text = &self.guest.memory()[at..];
        let end = text.iter().position(|byte| *byte == 0);
        let text = text[..end.expect("a NUL ends the string")].to_vec();
        match text {
            _ if given == record_at => {
                assert_eq!(text, record, "what is given back was not written to");
                GoesOn::AsItCame
            }
            text if text.is_empty() => GoesOn::Dropped,
            text => GoesOn::As(text),
        }
    }
}

fn length(bytes: &[u8]) -> i32 {
    i32::try_from(bytes.len()).expect("bytes that fit a module")
}
