//! Records that are nearly JSON, as a host writes what JSON has no form for.
//!
//! Fluent Bit hands such records over, and ends itself where it is given one back
//! that is not valid. What it writes is in its `msgpack2json`: floats as `nan` and
//! `inf`, keys that are no texts as they are, and bytes of extension types as `\x01`.

use alloc::string::String;
use alloc::vec::Vec;

use super::valid::is_object;

/// A record that is not one JSON object, as one: numbers that are none are null, other
/// words and keys are texts, and a backslash that begins no escape stands for itself.
/// None where that does not do.
#[must_use]
pub fn repaired(record: &[u8]) -> Option<Vec<u8>> {
    let mut repair = Repair {
        rest: record,
        out: Vec::with_capacity(record.len() + record.len() / 8 + 64),
        open: Vec::new(),
        is_key: false,
    };
    repair.run();
    is_object(&repair.out).then_some(repair.out)
}

/// An object that says that a record is none, with the whole of it as a text.
#[must_use]
pub fn as_text(record: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(record);
    let mut out = Vec::with_capacity(record.len() + record.len() / 4 + 64);
    for (key, text) in [
        ("{\"rule_error\":", "the record is no JSON object"),
        (",\"record\":", &text),
    ] {
        out.extend_from_slice(key.as_bytes());
        // Writing a text as JSON cannot fail.
        out.append(&mut serde_json::to_vec(text).unwrap_or_default());
    }
    out.push(b'}');
    out
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
                    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
                    let escape = [
                        '\\',
                        'u',
                        '0',
                        '0',
                        digit(control >> 4),
                        digit(control & 15),
                    ];
                    self.out.extend(escape.iter().map(|c| *c as u8));
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
            let text = String::from_utf8_lossy(word);
            self.out
                .append(&mut serde_json::to_vec(&*text).unwrap_or_default());
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
        fn any_bytes_can_be_a_text(record in prop::collection::vec(any::<u8>(), 0..60)) {
            prop_assert!(is_object(&as_text(&record)));
        }
    }
}
