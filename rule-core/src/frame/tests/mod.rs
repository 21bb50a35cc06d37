//! Frames of named inputs, and what holds for all inputs.

mod cases;
mod encodings;
mod limits;
mod snapshots;
mod splits;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Format, Frame, Framer};

/// Large enough to be no limit in a test that is not about it.
const MAX: usize = 1 << 20;

/// The frames of an input that comes in `pushes`, as lines: kind, offset, text.
fn frames<'p>(
    format: Format,
    max: usize,
    pushes: impl IntoIterator<Item = &'p [u8]>,
) -> Vec<String> {
    let mut lines = Vec::new();
    let mut sink = |frame: Frame<'_>| lines.push(line(frame));
    let mut framer = Framer::new(format, max);
    for push in pushes {
        framer.push(push, &mut sink);
    }
    framer.finish(&mut sink);
    assert_eq!(framer.pending(), 0, "nothing is held after the end");
    lines
}

fn line(frame: Frame<'_>) -> String {
    match frame {
        Frame::Record {
            kind,
            bytes,
            offset,
        } => format!("{kind:?} {offset} {}", on_one_line(bytes)),
        Frame::Malformed {
            reason,
            bytes,
            offset,
        } => format!("! {reason:?} {offset} {}", on_one_line(bytes)),
    }
}

fn on_one_line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.replace('\n', "\\n").replace('\r', "\\r")
}

fn whole(format: Format, input: &[u8]) -> Vec<String> {
    frames(format, MAX, [input])
}

fn byte_by_byte(format: Format, input: &[u8]) -> Vec<String> {
    frames(format, MAX, input.chunks(1))
}

/// Checks named inputs, whole and byte by byte. What is expected is written as
/// [`line`] writes it.
fn check(format: Format, cases: &[(&str, &str, &[&str])]) {
    for (name, input, expected) in cases {
        let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
        assert_eq!(whole(format, input.as_bytes()), expected, "{name}");
        let slowly = byte_by_byte(format, input.as_bytes());
        assert_eq!(slowly, expected, "{name}, byte by byte");
    }
}
