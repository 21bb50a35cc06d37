#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::todo,
    clippy::unimplemented,
    clippy::get_unwrap,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::allow_attributes_without_reason
)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        reason = "a test fails by panicking"
    )
)]
//! Windows event log files (.evtx) in JavaScript: bytes in, Event XML out.
//!
//! The XML is what the program's input gives for the same file, for it is the same
//! code ([`event_log`]). It is a module of its own, so that who reads no such file
//! does not load it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::rc::Rc;

use event_log::{CHUNK, Events, HEADER};
use wasm_bindgen::prelude::wasm_bindgen;

/// A file that is being read from its start, in pieces of any size.
#[wasm_bindgen]
pub struct EventLog {
    given: Given,
    events: Events,
    /// Whether the header was taken already.
    begun: bool,
    /// What could not be decoded, a line for each.
    damage: Vec<String>,
}

#[wasm_bindgen]
impl EventLog {
    /// A file of which nothing has been read.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> EventLog {
        let given = Given::default();
        EventLog {
            events: Events::new(Box::new(given.clone())),
            given,
            begun: false,
            damage: Vec::new(),
        }
    }

    /// Takes the next bytes of the file; gives the events that are whole by now, as
    /// lines of XML.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.given.0.borrow_mut().extend(bytes);
        let mut xml = Vec::new();
        while self.given.0.borrow().len() >= self.needed() && self.next(&mut xml) {}
        xml
    }

    /// The end of the file: the events of a chunk that was cut.
    pub fn finish(&mut self) -> Vec<u8> {
        let mut xml = Vec::new();
        while self.next(&mut xml) {}
        xml
    }

    /// What could not be decoded since this was asked last.
    #[wasm_bindgen(js_name = takeDamage)]
    pub fn take_damage(&mut self) -> Vec<String> {
        std::mem::take(&mut self.damage)
    }

    fn needed(&self) -> usize {
        match self.begun {
            true => CHUNK,
            false => CHUNK + HEADER,
        }
    }

    /// Decodes a chunk; false where there is none.
    fn next(&mut self, xml: &mut Vec<u8>) -> bool {
        self.begun = true;
        let is_there = match self.events.next_chunk_xml() {
            Ok(Some(lines)) => {
                xml.extend_from_slice(lines);
                true
            }
            Ok(None) => false,
            Err(error) => {
                self.damage.push(error.to_string());
                false
            }
        };
        let damage = self.events.take_damage().into_iter();
        self.damage.extend(damage.map(|damage| damage.what));
        is_there
    }
}

impl Default for EventLog {
    fn default() -> Self {
        Self::new()
    }
}

/// The number of a chunk's first record, by its first bytes ([`headLength`] of them);
/// nothing where it is no chunk. The chunk with the least of them is the one to begin
/// with: a full log writes its newest chunk over its oldest.
///
/// [`headLength`]: head_length
#[wasm_bindgen(js_name = firstRecord)]
#[must_use]
pub fn first_record(head: &[u8]) -> Option<u64> {
    event_log::first_record(head)
}

/// As many bytes of a chunk say the number of its first record.
#[wasm_bindgen(js_name = headLength)]
#[must_use]
pub fn head_length() -> usize {
    event_log::HEAD
}

/// As many bytes are the header of a file, before its chunks.
#[wasm_bindgen(js_name = headerLength)]
#[must_use]
pub fn header_length() -> usize {
    HEADER
}

/// As many bytes are a chunk.
#[wasm_bindgen(js_name = chunkLength)]
#[must_use]
pub fn chunk_length() -> usize {
    CHUNK
}

/// Bytes that were given and not read yet.
#[derive(Clone, Default)]
struct Given(Rc<RefCell<VecDeque<u8>>>);

impl Read for Given {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.borrow_mut().read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_decoded_as_soon_as_they_are_whole() {
        let mut log = EventLog::new();
        assert!(log.push(&[0; HEADER]).is_empty());
        assert!(log.push(&[1; CHUNK - 1]).is_empty());
        assert!(log.take_damage().is_empty());
        log.push(&[1; 10]);
        assert_eq!(log.take_damage().len(), 1);
        assert!(log.finish().is_empty());
        let damage = log.take_damage();
        assert!(
            damage
                .iter()
                .any(|what| what == "the file ends inside chunk 1"),
            "{damage:?}"
        );
    }
}
