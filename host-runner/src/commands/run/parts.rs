//! Dividing inputs among threads: each gets a stretch of them, in their order.
//!
//! A stretch begins at an input, or at a line of a large file of JSON lines. Not
//! every line will do: one inside of an object that is spread over lines is no
//! record. A line is taken where it is a whole JSON object by itself and the line
//! before it ends with one, for between two values of one array or object there
//! would be a comma.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use serde::de::IgnoredAny;

use super::reading::Piece;
use crate::input::{Format, Location};

/// A file is not cut into smaller parts than this, in bytes.
pub(super) const LEAST: u64 = 4 << 20;

/// As many bytes are looked through for a line to begin at: twice the longest record
/// that is taken by default.
const SEARCHED: u64 = 16 << 20;

/// A place between two records: an input, and a place in its bytes.
type Cut = (usize, u64);

/// Divides inputs into at most `jobs` stretches of about the same number of stored
/// bytes; no part of a file is smaller than `least`.
pub(super) fn divide(
    inputs: &[Location],
    format: Format,
    jobs: usize,
    least: u64,
) -> Vec<Vec<Piece<'_>>> {
    let sizes: Vec<u64> = inputs
        .iter()
        .map(|input| input.size().unwrap_or(0))
        .collect();
    let total: u64 = sizes.iter().sum();
    let mut cuts: Vec<Cut> = (1..jobs as u64)
        .map(|job| {
            let target = u128::from(total) * u128::from(job) / jobs as u128;
            cut_near(inputs, &sizes, target as u64, format, least)
        })
        .filter(|&cut| cut > (0, 0) && cut < (inputs.len(), 0))
        .collect();
    cuts.sort_unstable();
    cuts.dedup();

    let mut stretches = Vec::new();
    let mut from = (0, 0);
    for to in cuts.into_iter().chain([(inputs.len(), 0)]) {
        stretches.push(stretch(inputs, from, to));
        from = to;
    }
    stretches
}

/// The pieces between two places.
fn stretch(inputs: &[Location], from: Cut, to: Cut) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for (index, location) in inputs.iter().enumerate() {
        let start = if index == from.0 { from.1 } else { 0 };
        let end = (index == to.0).then_some(to.1);
        if index >= from.0 && (index, start) < to {
            pieces.push(Piece {
                start,
                end,
                ..Piece::whole(location)
            });
        }
    }
    pieces
}

/// The place between two records that is near so many bytes from the beginning.
fn cut_near(inputs: &[Location], sizes: &[u64], target: u64, format: Format, least: u64) -> Cut {
    let mut before = 0;
    for (index, (input, &size)) in inputs.iter().zip(sizes).enumerate() {
        let at = target - before;
        if at < size {
            let cut = match input {
                Location::File(path) if at >= least && size - at >= least => {
                    // What cannot be read here is told when it is read.
                    line_near(path, at, format).ok().flatten()
                }
                _ => None,
            };
            return match cut {
                Some(line) => (index, line),
                None if at < size / 2 => (index, 0),
                None => (index + 1, 0),
            };
        }
        before += size;
    }
    (inputs.len(), 0)
}

/// Where at or after a place a line begins that is a record by itself; none where the
/// file is none of JSON lines.
fn line_near(path: &Path, at: u64, format: Format) -> io::Result<Option<u64>> {
    let json = match format {
        Format::Ndjson => true,
        Format::Auto => Format::of_name(path) == Format::Auto,
        _ => false,
    };
    let mut file = File::open(path)?;
    let mut first = [0];
    file.read_exact(&mut first)?;
    if !json || first != *b"{" {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(at))?;
    let mut lines = BufReader::new(file.take(SEARCHED));
    let mut start = at;
    let mut after_object = false;
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = lines.read_until(b'\n', &mut line)?;
        let text = without_break(&line);
        if after_object && text.starts_with(b"{") && is_json(text) {
            return Ok(Some(start));
        }
        // What does not end with a line break is the last line, or was not read whole.
        if !line.ends_with(b"\n") {
            return Ok(None);
        }
        after_object = text.ends_with(b"}");
        start += length as u64;
    }
}

fn without_break(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn where_a_file_can_be_cut() {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text, at, expected) in [
            ("lines", "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n", 3, Some(8)),
            (
                "at a line",
                "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n",
                8,
                Some(16),
            ),
            ("the last without end", "{\"a\":1}\n{\"b\":2}", 3, Some(8)),
            ("line ends of two", "{\"a\":1}\r\n{\"b\":2}\r\n", 3, Some(9)),
            ("no object", "{\"a\":1}\n[1]\n{\"b\":2}\n{}\n", 3, Some(20)),
            ("broken", "{\"a\":1}\n{\"b\":\n{\"c\":2}\n{}\n", 3, Some(22)),
            (
                "spread over lines",
                "{\n\"a\":{\n}\n}\n{\n\"b\":1}\n",
                3,
                None,
            ),
            (
                "in an array",
                "{\"a\":[\n{\"b\":1},\n{\"c\":2}\n]}\n",
                2,
                None,
            ),
            ("another first byte", "[{\"a\":1}]\n{\"b\":2}\n", 3, None),
            ("nothing after", "{\"a\":1}\n", 3, None),
        ] {
            let path = folder.path().join("a.json");
            fs::write(&path, text).expect("written");
            let found = line_near(&path, at, Format::Auto).expect(name);
            assert_eq!(found, expected, "{name}");
        }
        let path = folder.path().join("a.csv");
        fs::write(&path, "{\"a\":1}\n{\"b\":2}\n").expect("written");
        for (format, expected) in [
            (Format::Auto, None),
            (Format::Ndjson, Some(8)),
            (Format::Text, None),
        ] {
            let found = line_near(&path, 3, format).expect("read");
            assert_eq!(found, expected, "{format:?}");
        }
    }

    #[test]
    fn all_of_it_is_in_one_stretch_in_its_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let inputs: Vec<Location> = [0, 10, 300, 1, 50, 2]
            .iter()
            .enumerate()
            .map(|(number, &lines)| {
                let path = folder.path().join(format!("{number}.json"));
                fs::write(&path, "{\"a\":1}\n".repeat(lines)).expect("written");
                Location::File(path)
            })
            .collect();
        for jobs in 1..20 {
            for least in [1, 100, 1 << 20] {
                let stretches = divide(&inputs, Format::Auto, jobs, least);
                assert!((1..=jobs).contains(&stretches.len()), "{jobs} {least}");
                let mut at: Cut = (0, 0);
                for piece in stretches.iter().flatten() {
                    let index = inputs
                        .iter()
                        .position(|input| input == piece.location)
                        .expect("one of them");
                    assert_eq!((index, piece.start), at, "{jobs} {least}");
                    at = match piece.end {
                        Some(end) => (index, end),
                        None => (index + 1, 0),
                    };
                    assert!(piece.start % 8 == 0, "at a line");
                }
                assert_eq!(at, (inputs.len(), 0), "{jobs} {least}");
            }
        }
        let halves = divide(&inputs, Format::Auto, 2, 1);
        assert_eq!(halves.len(), 2);
        assert!(halves[0].last().expect("some").end.is_some(), "{halves:?}");
    }
}
