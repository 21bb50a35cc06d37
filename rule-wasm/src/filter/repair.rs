//! Records that are nearly JSON, as a host writes what JSON has no form for.
//!
//! Fluent Bit hands such records over, and ends itself where it is given one back
//! that is not valid. What it writes is in its `msgpack2json`: floats as `nan` and
//! `inf`, keys that are no texts as they are, and bytes of extension types as `\x01`.

use alloc::vec::Vec;

use rule_core::annotate::is_object;

/// Bytes that either form may have, for a look whether there is memory for it.
pub(super) fn longest_form(record: &[u8]) -> usize {
    let more = record.iter().map(|byte| match byte {
        0..b' ' => 5,
        // Of a byte that is no UTF-8 the replacement has three.
        0x80.. => 2,
        b'"' | b'\\' => 1,
        // A word behind one of these may get its quotes.
        b':' | b',' | b'{' | b'[' | b' ' => 2,
        _ => 0,
    });
    more.fold(record.len(), usize::saturating_add)
        .saturating_add(128)
}

/// A record that is not one JSON object, as one: numbers that are none are null, other
/// words and keys are texts, and a backslash that begins no escape stands for itself.
/// None where that does not do.
pub(super) fn repaired(record: &[u8]) -> Option<Vec<u8>> {
    let mut repair = Repair {
        rest: record,
        out: Vec::with_capacity(longest_form(record)),
        open: Vec::new(),
        is_key: false,
    };
    repair.run();
    is_object(&repair.out).then_some(repair.out)
}

/// An object that says that a record is none, with the whole of it as a text.
pub(super) fn as_text(record: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(longest_form(record));
    out.extend_from_slice(b"{\"rule_error\":\"the record is no JSON object\",\"record\":");
    write_text(record, &mut out);
    out.push(b'}');
    out
}

/// Bytes as a string of JSON; what is no UTF-8 is U+FFFD.
fn write_text(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for chunk in bytes.utf8_chunks() {
        for byte in chunk.valid().bytes() {
            match byte {
                b'"' | b'\\' => out.extend([b'\\', byte]),
                0..b' ' => write_control(byte, out),
                _ => out.push(byte),
            }
        }
        if !chunk.invalid().is_empty() {
            out.extend_from_slice("\u{fffd}".as_bytes());
        }
    }
    out.push(b'"');
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "half a byte is below 16, which is a digit or one of six letters"
)]
fn write_control(byte: u8, out: &mut Vec<u8>) {
    let digit = |value: u8| match value {
        0..10 => b'0' + value,
        _ => b'a' + (value - 10),
    };
    out.extend_from_slice(b"\\u00");
    out.extend([digit(byte >> 4), digit(byte & 15)]);
}

struct Repair<'r> {
    rest: &'r [u8],
    out: Vec<u8>,
    /// The brackets that are open.
    open: Vec<u8>,
    /// Does a key come next?
    is_key: bool,
}

impl Repair<'_> {
    fn run(&mut self) {
        while let Some(&byte) = self.rest.first() {
            match byte {
                b'"' => self.string(),
                b'{' | b'[' => {
                    self.open.push(byte);
                    self.is_key = byte == b'{';
                    self.copy(1);
                }
                b'}' | b']' => {
                    self.open.pop();
                    self.is_key = false;
                    self.copy(1);
                }
                b',' => {
                    self.is_key = self.open.last() == Some(&b'{');
                    self.copy(1);
                }
                b':' => {
                    self.is_key = false;
                    self.copy(1);
                }
                b' ' | b'\t' | b'\r' | b'\n' => self.copy(1),
                _ => self.word(),
            }
        }
    }

    fn copy(&mut self, count: usize) {
        let (taken, rest) = self
            .rest
            .split_at_checked(count)
            .unwrap_or((self.rest, &[]));
        self.out.extend_from_slice(taken);
        self.rest = rest;
    }

    fn string(&mut self) {
        self.copy(1);
        loop {
            match *self.rest {
                [] => return,
                [b'"', ..] => return self.copy(1),
                [b'\\', b'u', a, b, c, d, ..] if [a, b, c, d].iter().all(u8::is_ascii_hexdigit) => {
                    self.copy(6);
                }
                [
                    b'\\',
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't',
                    ..,
                ] => self.copy(2),
                [b'\\', ..] => {
                    self.out.push(b'\\');
                    self.copy(1);
                }
                [control @ 0..b' ', ref rest @ ..] => {
                    write_control(control, &mut self.out);
                    self.rest = rest;
                }
                _ => self.copy(1),
            }
        }
    }

    /// A run of bytes that stands outside of strings.
    fn word(&mut self) {
        let ends = |byte: &u8| {
            matches!(
                byte,
                b'"' | b'{' | b'}' | b'[' | b']' | b',' | b':' | b' ' | b'\t' | b'\r' | b'\n'
            )
        };
        let length = self.rest.iter().position(ends).unwrap_or(self.rest.len());
        let (word, rest) = self
            .rest
            .split_at_checked(length)
            .unwrap_or((self.rest, &[]));
        self.rest = rest;
        let unsigned = word.strip_prefix(b"-").unwrap_or(word);
        if self.is_key || !is_value(word) {
            if !self.is_key && ["nan", "inf"].iter().any(|one| unsigned == one.as_bytes()) {
                self.out.extend_from_slice(b"null");
                return;
            }
            write_text(word, &mut self.out);
            return;
        }
        self.out.extend_from_slice(word);
    }
}

fn is_value(word: &[u8]) -> bool {
    is_object(&[b"{\"x\":", word, b"}"].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::string::String;

    #[test]
    fn what_becomes_of_what() {
        for (record, wanted) in [
            (
                r#"{"x":nan,"y":[-inf,inf,-nan]}"#,
                r#"{"x":null,"y":[null,null,null]}"#,
            ),
            (
                r#"{5:"x",null:1,"a":{1.5:[2,{true:3}]}}"#,
                r#"{"5":"x","null":1,"a":{"1.5":[2,{"true":3}]}}"#,
            ),
            (
                r#"{"x":"\x01\xffffffff","y":"\\x01\"\u00e4"}"#,
                r#"{"x":"\\x01\\xffffffff","y":"\\x01\"\u00e4"}"#,
            ),
            ("{\"x\":\"a\nb\"}", r#"{"x":"a\u000ab"}"#),
            (
                r#"{"x":infinite,"y":-5,"z":true}"#,
                r#"{"x":"infinite","y":-5,"z":true}"#,
            ),
        ] {
            let text = String::from_utf8(repaired(record.as_bytes()).unwrap()).unwrap();
            assert_eq!(text, wanted, "{record}");
        }
        for record in [r#"{{"a":1}:2}"#, "", "[1]"] {
            assert_eq!(repaired(record.as_bytes()), None, "{record}");
        }
        let text = as_text(br#"{{"a":1}:2}"#);
        let wanted = r#"{"rule_error":"the record is no JSON object","record":"{{\"a\":1}:2}"}"#;
        assert_eq!(String::from_utf8(text).unwrap(), wanted);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn one_that_is_an_object_stays_as_it_is(
            record in r#"\{?("a":|[\[\]{},: ]|"[a-c\\xu0"\x01]{0,9}"?|-?(nan|inf|[0-2])|true){0,9}\}?"#,
        ) {
            let is_one = is_object(record.as_bytes());
            match repaired(record.as_bytes()) {
                Some(text) if is_one => prop_assert_eq!(String::from_utf8(text).unwrap(), record),
                Some(text) => prop_assert!(is_object(&text)),
                None => prop_assert!(!is_one),
            }
        }

        #[test]
        fn any_bytes_can_be_a_text_and_no_form_is_longer_than_was_said(
            record in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(&b"{}[]:,\"\\ xn\x01\xff"[..])], 0..60),
        ) {
            let text = as_text(&record);
            prop_assert!(is_object(&text));
            prop_assert!(text.len() <= longest_form(&record));
            if let Some(text) = repaired(&record) {
                prop_assert!(text.len() <= longest_form(&record));
            }
        }
    }
}
