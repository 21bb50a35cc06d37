//! The text of a macro call: where it begins and ends, its name, its arguments.
//!
//! Ranges are bytes of the text that the call stands in.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "each number is a place in a text, the length of a part of it, or counts some of \
              its bytes, so none is beyond its end"
)]

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use crate::entries;

/// What [`next`] finds.
pub(super) enum Found {
    /// A text in double quotes, to its end or the end of all.
    Quoted { end: usize },
    /// A backtick outside quotes.
    Backtick { start: usize },
}

/// The first quotes or backtick at or after a byte.
pub(super) fn next(text: &str, from: usize) -> Option<Found> {
    let mut at = from;
    loop {
        let rest = text.get(at..)?;
        let found = rest.find(['"', '`', '\\'])?;
        let start = at + found;
        match rest.as_bytes().get(found) {
            Some(b'"') => {
                return Some(Found::Quoted {
                    end: quote_end(text, start).unwrap_or(text.len()),
                });
            }
            Some(b'`') => return Some(Found::Backtick { start }),
            _ => at = start + escape_length(rest.as_bytes(), found),
        }
    }
}

/// The backtick that closes a call whose text begins at a byte: not one in
/// quotes.
pub(super) fn closing(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        match next(text, at)? {
            Found::Quoted { end } => at = end,
            Found::Backtick { start } => return Some(start),
        }
    }
}

/// The name and the arguments, blanks around them left out, of a call that stands
/// between two bytes; or what is wrong with it.
pub(super) fn arguments(
    text: &str,
    start: usize,
    end: usize,
) -> Result<(String, Vec<Range<usize>>), &'static str> {
    let inside = text.get(start..end).unwrap_or_default();
    let (name, list) = match inside.split_once('(') {
        Some((name, list)) => (name, Some(list)),
        None => (inside, None),
    };
    let after_name = start + name.len() + 1;
    let name = name.trim();
    if name.is_empty() {
        return Err("a macro's name is missing between the backticks");
    }
    let Some(list) = list else {
        return Ok((name.to_owned(), Vec::new()));
    };
    let Some(list) = list.trim_end().strip_suffix(')') else {
        return Err("the arguments of a macro call are not closed: write `)` after them");
    };
    let mut arguments = Vec::new();
    for part in commas(list) {
        let whole = list.get(part.clone()).unwrap_or_default();
        let blanks = whole.len() - whole.trim_start().len();
        let from = after_name + part.start + blanks;
        arguments.push(from..from + whole.trim().len());
    }
    if let [only] = arguments.as_slice()
        && only.is_empty()
    {
        arguments.clear();
    }
    Ok((name.to_owned(), arguments))
}

/// The arguments by the names that the macro gives them, each as the parts of the
/// text that it is made of. By position, or, where each is written `name=value`
/// with the names of the macro, by name.
pub(super) fn by_name<'a>(
    text: &str,
    names: &'a [String],
    arguments: &[Range<usize>],
) -> BTreeMap<&'a str, Vec<Range<usize>>> {
    let mut keyed = BTreeMap::new();
    for argument in arguments {
        let whole = text.get(argument.clone()).unwrap_or_default();
        let Some((key, value)) = whole.split_once('=') else {
            break;
        };
        let Some(name) = names.iter().find(|name| *name == key.trim_end()) else {
            break;
        };
        let value = argument.end - value.trim_start().len()..argument.end;
        keyed.insert(name.as_str(), parts(text, value));
    }
    if keyed.len() == names.len() {
        return keyed;
    }
    let positions = names.iter().zip(arguments);
    entries::map(positions.map(|(name, argument)| (name.as_str(), parts(text, argument.clone()))))
}

/// The parts of an argument. Quotes around it are taken off, and then `\"` in it
/// is a quote. Splunk's pages give that escape only, so `\\` stays as it is `[U]`.
fn parts(text: &str, argument: Range<usize>) -> Vec<Range<usize>> {
    let whole = text.get(argument.clone()).unwrap_or_default();
    if !whole.starts_with('"') || quote_end(text, argument.start) != Some(argument.end) {
        return Vec::from([argument]);
    }
    let (mut from, to) = (argument.start + 1, argument.end - 1);
    let mut parts = Vec::new();
    let mut bytes = text.bytes().enumerate().take(to).skip(from);
    while let Some((at, byte)) = bytes.next() {
        if byte == b'\\' && bytes.next().is_some_and(|(_, escaped)| escaped == b'"') {
            parts.push(from..at);
            from = at + 1;
        }
    }
    parts.push(from..to);
    parts
}

/// The parts between the commas of a list that stand in no quotes and no
/// parentheses.
fn commas(list: &str) -> Vec<Range<usize>> {
    let bytes = list.as_bytes();
    let mut parts = Vec::new();
    let (mut start, mut at, mut depth) = (0, 0, 0usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = quote_end(list, at).unwrap_or(list.len());
                continue;
            }
            b'\\' => {
                at += escape_length(bytes, at);
                continue;
            }
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                parts.push(start..at);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    parts.push(start..list.len());
    parts
}

/// Bytes of a backslash and what it escapes: outside quotes as well as inside,
/// `\"` is no quote and the second backslash of `\\` escapes nothing.
fn escape_length(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at + 1) {
        Some(b'"' | b'\\') => 2,
        _ => 1,
    }
}

/// The byte after the quotes that open at a byte.
fn quote_end(text: &str, open: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = open + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return Some(at + 1),
            b'\\' => at += escape_length(bytes, at),
            _ => at += 1,
        }
    }
    None
}

/// The first place of a character at or after a byte.
pub(super) fn find(text: &str, from: usize, wanted: char) -> Option<usize> {
    text.get(from..)?.find(wanted).map(|found| from + found)
}
