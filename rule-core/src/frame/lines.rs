//! Lines of JSON that are taken as they are, without being cut into records: those that
//! are passed over, and those that are one record each.
//!
//! A line that is one JSON object and is followed by another line that begins one is one
//! record, whatever the scanner would look at in it. So the decoder reads it at once, and
//! only what it can't read is looked at by the scanner, which knows where it ends.
//!
//! Whether a line is passed over depends on the whole of it and on the byte behind it
//! alone. Where a push ends before that, the line is held until the rest has come: so it
//! does not depend on the split of the bytes. Nobody has to wait for that: a line in which
//! something is found that is looked for is read at once, and so is one that is a single
//! record, which is the same as to pass over it.

use memchr::memchr;

use super::feed::{Feed, Held};
use super::json::Json;
use super::{Frame, Sink};

/// Gives bytes to the scanner, but for lines that the sink passes over. The first of them
/// stands at `offset`.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "it goes on by bytes that are there, no further than their end; offsets are argued \
              in the feed"
)]
pub(super) fn push(
    json: &mut Json,
    bytes: &[u8],
    offset: u64,
    held: &mut Held,
    max: usize,
    sink: &mut dyn Sink,
) {
    let by_lines = sink.takes_lines();
    if !by_lines {
        read(json, held, max, sink);
    }
    let mut at = 0;
    if json.holds_line() {
        match held_line(json, bytes, held, max, sink) {
            Some(taken) => at = taken,
            None => return,
        }
    }
    while at < bytes.len() {
        let here = offset + at as u64;
        let rest = bytes.get(at..).unwrap_or_default();
        if by_lines && json.begins_line(here) && rest.first() == Some(&b'{') {
            let passed = sink.pass(rest, max).min(rest.len());
            let here = here + passed as u64;
            if passed > 0 {
                at += passed;
                json.pass_to(here);
            }
            let rest = rest.get(passed..).unwrap_or_default();
            match whole_line(rest) {
                Some(line) => {
                    if line.length <= max && sink.line(line.object, here) {
                        at += line.length;
                        json.pass_to(here + line.length as u64);
                        continue;
                    }
                }
                None => {
                    let has_a_byte_behind =
                        memchr(b'\n', rest).is_some_and(|end| end + 1 < rest.len());
                    if !has_a_byte_behind
                        && rest.len() <= max
                        && !sink.finds(rest)
                        && !is_one_record(json, rest, here, max)
                    {
                        json.hold_line(here);
                        held.hold_all(rest, max);
                        return;
                    }
                }
            }
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let mut feed = Feed::new(rest, offset + at as u64, held, max, sink);
        at += json.push(&mut feed, by_lines);
    }
}

/// A line that may be one record.
struct Line<'b> {
    object: &'b [u8],
    /// With all that is behind the object, its break too.
    length: usize,
}

/// The line that bytes begin with, where it has the form of an object that is alone on it,
/// or of an element of an array, and another line follows that begins so.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "places among the bytes, behind one that is there"
)]
fn whole_line(bytes: &[u8]) -> Option<Line<'_>> {
    let end = memchr(b'\n', bytes)?;
    let object = object_of(bytes.get(..end)?)?;
    (bytes.get(end + 1) == Some(&b'{')).then_some(Line {
        object,
        length: end + 1,
    })
}

/// What a line, without its break, begins and ends with where it has the form of an object
/// that is alone on it, or of an element of an array: all but what is behind its last `}`.
pub(crate) fn object_of(line: &[u8]) -> Option<&[u8]> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let object = line.strip_suffix(b",").unwrap_or(line);
    matches!(object, [b'{', .., b'}']).then_some(object)
}

/// What is looked for may have begun so many bytes before those that are new. What is
/// longer is found when the line is whole.
const OVERLAP: usize = 256;

/// Is this a line with its break, and one record, read by a scanner at its begin?
#[expect(
    clippy::arithmetic_side_effects,
    reason = "an offset, of the byte behind a line; they are argued in the feed"
)]
fn is_one_record(json: &Json, line: &[u8], start: u64, max: usize) -> bool {
    if !line.ends_with(b"\n") {
        return false;
    }
    let (mut records, mut others) = (0, 0);
    let mut count = |frame: Frame<'_>| match frame {
        Frame::Record { .. } => records = usize::saturating_add(records, 1),
        Frame::Malformed { .. } => others = usize::saturating_add(others, 1),
    };
    let (mut json, mut held) = (json.clone(), Held::default());
    json.push(
        &mut Feed::new(line, start, &mut held, max, &mut count),
        false,
    );
    (records, others) == (1, 0) && json.begins_line(start + line.len() as u64)
}

/// Goes on with the line that is held. Gives how many of the bytes are done with; none
/// where more of the line has to come.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "lengths of bytes that are in memory, of two parts of it, and an offset, argued in \
              the feed"
)]
fn held_line(
    json: &mut Json,
    bytes: &[u8],
    held: &mut Held,
    max: usize,
    sink: &mut dyn Sink,
) -> Option<usize> {
    let is_whole = held.bytes().ends_with(b"\n");
    let missing = match is_whole {
        true => 0,
        false => memchr(b'\n', bytes).map_or(bytes.len(), |end| end + 1),
    };
    if held.bytes().len() + missing > max {
        read(json, held, max, sink);
        return Some(0);
    }
    held.hold_all(bytes.get(..missing).unwrap_or_default(), max);
    let Some(behind) = bytes.get(missing) else {
        let new = held.bytes().len().saturating_sub(missing + OVERLAP);
        let mut from_its_begin = json.clone();
        let start = from_its_begin.read_line().unwrap_or_default();
        let is_read = sink.finds(held.bytes().get(new..).unwrap_or_default())
            || is_one_record(&from_its_begin, held.bytes(), start, max);
        if is_read {
            read(json, held, max, sink);
        }
        return is_read.then_some(missing);
    };
    if held.bytes().ends_with(b"\n") {
        let length = held.bytes().len();
        held.hold_all(&[*behind], length + 1);
        let start = json.read_line().unwrap_or_default();
        let is_taken = sink.pass(held.bytes(), max) == length
            || whole_line(held.bytes()).is_some_and(|line| sink.line(line.object, start));
        if is_taken {
            json.pass_to(start + length as u64);
            held.clear();
            return Some(missing);
        }
        json.hold_line(start);
        held.cut(length);
    }
    read(json, held, max, sink);
    Some(missing)
}

/// Gives the line that is held to the scanner, if one is.
pub(super) fn read(json: &mut Json, held: &mut Held, max: usize, sink: &mut dyn Sink) {
    if let Some(start) = json.read_line() {
        let line = core::mem::take(held).into_bytes();
        let mut feed = Feed::new(&line, start, held, max, sink);
        json.push(&mut feed, false);
    }
}
