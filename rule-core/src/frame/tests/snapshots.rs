//! A framer that is written and read goes on as it would have.

use super::splits::{formats, inputs};
use super::{Format, Frame, Framer, line};
use crate::snapshot::{Damaged, Reader, Writer};
use alloc::string::String;
use alloc::vec::Vec;
use proptest::prelude::*;
use proptest::sample::Index;

fn written(framer: &Framer) -> Vec<u8> {
    let mut writer = Writer::new();
    framer.write(&mut writer);
    writer.into_bytes()
}

fn read(bytes: &[u8], max: usize) -> Result<Framer, Damaged> {
    let mut reader = Reader::new(bytes);
    let framer = Framer::read(&mut reader, max)?;
    reader.end()?;
    Ok(framer)
}

fn push(framer: &mut Framer, bytes: &[u8], lines: &mut Vec<String>) {
    framer.push(bytes, &mut |frame: Frame<'_>| lines.push(line(frame)));
}

fn utf16(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn encoded() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![3 => inputs(), 1 => inputs().prop_map(|bytes| utf16(&bytes))]
}

const MAX: [usize; 3] = [1 << 20, 40, 300];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn read_again_it_goes_on(input in encoded(), format in formats(), cut: Index, max in prop::sample::select(MAX.as_slice())) {
        let (before, after) = input.split_at(cut.index(input.len() + 1));
        let mut framer = Framer::new(format, max);
        let (mut lines, mut again) = (Vec::new(), Vec::new());
        push(&mut framer, before, &mut lines);
        let bytes = written(&framer);
        let mut second = read(&bytes, max).unwrap();
        prop_assert_eq!(written(&second), bytes);
        prop_assert_eq!(second.pending(), framer.pending());
        prop_assert_eq!(second.is_between(), framer.is_between());
        lines.clear();
        for (framer, lines) in [(&mut framer, &mut lines), (&mut second, &mut again)] {
            push(framer, after, lines);
        }
        prop_assert_eq!(written(&second), written(&framer));
        for (framer, lines) in [(&mut framer, &mut lines), (&mut second, &mut again)] {
            framer.finish(&mut |frame: Frame<'_>| lines.push(line(frame)));
        }
        prop_assert_eq!(lines, again);
    }

    #[test]
    fn the_split_of_the_bytes_does_not_show(input in encoded(), format in formats(), cuts in prop::collection::vec(any::<Index>(), 0..5), max in prop::sample::select(MAX.as_slice())) {
        let mut whole = Framer::new(format, max);
        push(&mut whole, &input, &mut Vec::new());
        let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(input.len() + 1)).collect();
        places.extend([0, input.len()]);
        places.sort_unstable();
        let mut cut = Framer::new(format, max);
        for pair in places.windows(2) {
            push(&mut cut, &input[pair[0]..pair[1]], &mut Vec::new());
        }
        prop_assert_eq!(written(&cut), written(&whole));
    }

    /// Where nothing is in progress, nothing comes of the end, and only there.
    #[test]
    fn between_records_the_end_gives_nothing(input in encoded(), format in formats()) {
        let mut framer = Framer::new(format, MAX[0]);
        push(&mut framer, &input, &mut Vec::new());
        let between = framer.is_between();
        let half = framer.encoding.pending() > 0;
        let mut lines = Vec::new();
        framer.finish(&mut |frame: Frame<'_>| lines.push(line(frame)));
        prop_assert!(if half { !between } else { between == lines.is_empty() }, "{lines:?}");
    }

    /// A part of a file is read as it is in the whole, from its place on.
    #[test]
    fn a_part_has_the_offsets_of_the_whole(input in inputs(), format in formats(), first in 0u64..5000) {
        let mut here = Framer::new(format, MAX[0]);
        let mut there = Framer::starting_at(format, MAX[0], first);
        let (mut lines, mut moved) = (Vec::new(), Vec::new());
        here.push(&input, &mut |frame: Frame<'_>| lines.push(line(shifted(frame, first))));
        here.finish(&mut |frame: Frame<'_>| lines.push(line(shifted(frame, first))));
        push(&mut there, &input, &mut moved);
        there.finish(&mut |frame: Frame<'_>| moved.push(line(frame)));
        prop_assert_eq!(lines, moved);
    }

    #[test]
    fn whatever_is_read_can_go_on(
        input in encoded(), format in formats(), cut: Index,
        changes in prop::collection::vec((any::<Index>(), any::<u8>()), 1..4), after in encoded(),
    ) {
        let before = &input[..cut.index(input.len() + 1)];
        let mut framer = Framer::new(format, MAX[2]);
        push(&mut framer, before, &mut Vec::new());
        let mut bytes = written(&framer);
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Ok(mut framer) = read(&bytes, MAX[2]) {
            let bytes = written(&framer);
            prop_assert_eq!(read(&bytes, MAX[2]).map(|again| written(&again)), Ok(bytes));
            push(&mut framer, &after, &mut Vec::new());
            framer.finish(&mut |_: Frame<'_>| {});
        }
    }
}

fn shifted(frame: Frame<'_>, by: u64) -> Frame<'_> {
    match frame {
        Frame::Record {
            kind,
            bytes,
            offset,
        } => Frame::Record {
            kind,
            bytes,
            offset: offset + by,
        },
        Frame::Malformed {
            reason,
            bytes,
            offset,
        } => Frame::Malformed {
            reason,
            bytes,
            offset: offset + by,
        },
    }
}

#[test]
fn what_is_cut_is_refused() {
    let mut framer = Framer::new(Format::Json, MAX[0]);
    push(&mut framer, b"{\"a\":", &mut Vec::new());
    let bytes = written(&framer);
    for length in 0..bytes.len() {
        assert!(read(&bytes[..length], MAX[0]).is_err(), "cut at {length}");
    }
}

/// What was too long stays so, and what is too long for the new limit is.
#[test]
fn the_smaller_limit_holds_for_the_record_in_progress() {
    let body = "x".repeat(500);
    let (begin, end) = (std::format!("{{\"a\":\"{body}"), "\"}\n{}");
    for (before, after, wanted) in [
        (400, 2000, "! TooLong 0 "),
        (2000, 400, "! TooLong 0 "),
        (2000, 1000, "Json 0 "),
        (1000, 2000, "Json 0 "),
    ] {
        let mut framer = Framer::new(Format::Json, before);
        push(&mut framer, begin.as_bytes(), &mut Vec::new());
        let mut framer = read(&written(&framer), after).unwrap();
        assert!(framer.pending() <= after);
        let mut lines = Vec::new();
        push(&mut framer, end.as_bytes(), &mut lines);
        assert!(lines[0].starts_with(wanted), "{before} {after} {lines:?}");
    }
}

#[test]
fn between_records_the_new_limit_holds() {
    let mut framer = Framer::new(Format::Json, 10);
    push(&mut framer, b"{}\n", &mut Vec::new());
    let mut framer = read(&written(&framer), 100).unwrap();
    let mut lines = Vec::new();
    push(&mut framer, b"{\"a\":\"1234567890\"}", &mut lines);
    assert_eq!(lines, ["Json 3 {\"a\":\"1234567890\"}"]);
}
