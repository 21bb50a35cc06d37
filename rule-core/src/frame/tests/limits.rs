//! What is held, what is too long, and how deep JSON may go.

use super::{Format, Frame, Framer, MAX, byte_by_byte, frames, whole};
use crate::frame::SAMPLE_BYTES;
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

/// Inputs of three records; the second has a body of the given length.
fn inputs(len: usize) -> [(Format, String); 5] {
    let body = "x".repeat(len);
    [
        (Format::Json, format!("{{}}\n{{\"a\":\"{body}\"}}\n{{}}")),
        (
            Format::Xml,
            format!("<Event/><Event>{body}</Event><Event/>"),
        ),
        (Format::Text, format!("a\n{body}\nb\n")),
        (
            Format::Text,
            format!(
                "1/2/2024 23:10:32\nLogName=A\n1/2/2024 23:10:32\nLogName={body}\n\n1/2/2024 23:10:32\r\nLogName=B"
            ),
        ),
        (Format::Csv, format!("a\n{body}\nb\n")),
    ]
}

#[test]
fn a_record_that_is_too_long_is_skipped_once() {
    for (format, input) in inputs(5_000) {
        let found = frames(format, 1_000, [input.as_bytes()]);
        let [first, second, third] = found.as_slice() else {
            panic!("{format:?}: {found:?}");
        };
        assert!(
            !first.starts_with('!') && !third.starts_with('!'),
            "{found:?}"
        );
        assert!(second.starts_with("! TooLong "), "{second}");
        assert!(second.len() < SAMPLE_BYTES + 40, "{second}");
        for size in [1, 7, 999, 1_000, 1_001, 4_096] {
            let pushes = input.as_bytes().chunks(size);
            assert_eq!(frames(format, 1_000, pushes), found, "{format:?} {size}");
        }
    }
}

#[test]
fn the_limit_is_the_same_for_any_split() {
    for (format, input) in inputs(80) {
        for max in 20..130 {
            let found = frames(format, max, [input.as_bytes()]);
            for size in [1, 3, 50] {
                let pushes = input.as_bytes().chunks(size);
                assert_eq!(
                    frames(format, max, pushes),
                    found,
                    "{format:?} {max} {size}"
                );
            }
        }
    }
}

#[test]
fn no_more_is_held_than_the_limit() {
    const LIMIT: usize = 1_000;
    for (format, input) in inputs(5_000) {
        // Beside the record: bytes that may begin the next.
        let ahead = match format {
            Format::Xml | Format::Text => 64,
            _ => 0,
        };
        let mut framer = Framer::new(format, LIMIT);
        let mut most = 0;
        let (first, rest) = input.as_bytes().split_at(4_000);
        for push in first.chunks(1) {
            framer.push(push, &mut |_: Frame<'_>| {});
            most = most.max(framer.pending());
        }
        assert!(most >= LIMIT, "{format:?} {most}");
        assert!(most <= LIMIT + ahead, "{format:?} {most}");
        // By now the record is known to be too long.
        assert_eq!(framer.pending(), SAMPLE_BYTES, "{format:?}");
        framer.push(rest, &mut |_: Frame<'_>| {});
        assert!(framer.pending() < SAMPLE_BYTES, "{format:?}");
    }
    let garbage = "x".repeat(5_000);
    for input in [
        format!("<a>{garbage}"),
        format!("<{garbage}"),
        format!("<!{garbage}"),
    ] {
        let mut framer = Framer::new(Format::Xml, LIMIT);
        for push in input.as_bytes().chunks(10) {
            framer.push(push, &mut |_: Frame<'_>| {});
            assert!(framer.pending() <= SAMPLE_BYTES, "{}", framer.pending());
        }
    }
}

#[test]
fn records_that_lie_in_a_push_are_borrowed_from_it() {
    for (format, input) in inputs(80) {
        let input = input.as_bytes();
        let range = input.as_ptr_range();
        let mut borrowed = Vec::new();
        let mut sink = |frame: Frame<'_>| match frame {
            Frame::Record { bytes, .. } => borrowed.push(range.contains(&bytes.as_ptr())),
            Frame::Malformed { .. } => panic!("{frame:?}"),
        };
        let mut framer = Framer::new(format, MAX);
        framer.push(input, &mut sink);
        // What ends only with the input is held, so that it can be asked for.
        let ended = framer.pending() == 0;
        framer.finish(&mut sink);
        let expected = vec![true; borrowed.len() - usize::from(!ended)];
        assert!(borrowed.starts_with(&expected), "{format:?} {borrowed:?}");
        assert!(expected.len() >= 2, "{format:?}");
    }
}

#[test]
fn json_of_256_levels_is_a_record_and_of_257_is_not() {
    for (levels, kind) in [(255, "Json 0 "), (256, "Json 0 "), (257, "! TooDeep 0 ")] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let (open, close) = (open.repeat(levels - 1), close.repeat(levels - 1));
            let input = format!("{{\"a\":{open}1{close}}}{{}}");
            let found = whole(Format::Json, input.as_bytes());
            assert_eq!(found, byte_by_byte(Format::Json, input.as_bytes()));
            assert!(found[0].starts_with(kind), "{levels}: {}", found[0]);
            assert_eq!(found[1], format!("Json {} {{}}", input.len() - 2));
            assert_eq!(found.len(), 2);
        }
    }
}
