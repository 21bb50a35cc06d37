//! Is a record one JSON object? At the least cost, for each record that goes on as
//! it came is asked this.

use alloc::vec::Vec;

/// Is this one JSON object as in RFC 8259, however deep? Bytes that are no UTF-8 and
/// surrogates without their other half may stand in its strings, as for the decoder.
#[must_use]
pub fn is_object(record: &[u8]) -> bool {
    let mut reader = Reader { rest: record };
    reader.blanks();
    reader.rest.first() == Some(&b'{') && reader.value().is_some() && {
        reader.blanks();
        reader.rest.is_empty()
    }
}

struct Reader<'r> {
    rest: &'r [u8],
}

/// Which of the containers that are open are objects: the innermost is the lowest bit.
#[derive(Default)]
struct Levels {
    last: u64,
    count: usize,
    before: Vec<u64>,
}

impl Levels {
    fn push(&mut self, is_object: bool) {
        if self.count > 0 && self.count.is_multiple_of(64) {
            self.before.push(self.last);
        }
        self.last = self.last << 1 | u64::from(is_object);
        self.count += 1;
    }

    fn pop(&mut self) {
        self.count -= 1;
        self.last >>= 1;
        if self.count > 0 && self.count.is_multiple_of(64) {
            self.last = self.before.pop().unwrap_or_default();
        }
    }

    fn in_object(&self) -> Option<bool> {
        (self.count > 0).then_some(self.last & 1 == 1)
    }
}

/// None is what no JSON has.
impl Reader<'_> {
    /// Takes a value, with all that is in it.
    fn value(&mut self) -> Option<()> {
        let mut levels = Levels::default();
        loop {
            self.blanks();
            let opened = match self.rest.first()? {
                b'"' => {
                    self.string()?;
                    None
                }
                b'{' => Some(true),
                b'[' => Some(false),
                _ => {
                    self.scalar()?;
                    None
                }
            };
            if let Some(is_object) = opened {
                self.take(1);
                self.blanks();
                let close = if is_object { b'}' } else { b']' };
                if self.rest.first() == Some(&close) {
                    self.take(1);
                } else {
                    levels.push(is_object);
                    if is_object {
                        self.key()?;
                    }
                    continue;
                }
            }
            loop {
                let Some(in_object) = levels.in_object() else {
                    return Some(());
                };
                self.blanks();
                let next = *self.rest.first()?;
                self.take(1);
                match (next, in_object) {
                    (b',', true) => {
                        self.key()?;
                        break;
                    }
                    (b',', false) => break,
                    (b'}', true) | (b']', false) => levels.pop(),
                    _ => return None,
                }
            }
        }
    }

    fn key(&mut self) -> Option<()> {
        self.blanks();
        self.string()?;
        self.blanks();
        self.expect(b':')
    }

    fn string(&mut self) -> Option<()> {
        self.expect(b'"')?;
        loop {
            self.take(plain(self.rest));
            match *self.rest {
                [b'"', ref rest @ ..] => {
                    self.rest = rest;
                    return Some(());
                }
                [b'\\', b'u', a, b, c, d, ref rest @ ..]
                    if [a, b, c, d].iter().all(u8::is_ascii_hexdigit) =>
                {
                    self.rest = rest;
                }
                [
                    b'\\',
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't',
                    ref rest @ ..,
                ] => self.rest = rest,
                _ => return None,
            }
        }
    }

    fn scalar(&mut self) -> Option<()> {
        for word in [&b"true"[..], b"false", b"null"] {
            if let Some(rest) = self.rest.strip_prefix(word) {
                self.rest = rest;
                return Some(());
            }
        }
        if self.rest.first() == Some(&b'-') {
            self.take(1);
        }
        // A zero stands alone.
        match self.rest.first()? {
            b'0' => self.take(1),
            _ => self.digits()?,
        }
        if self.rest.first() == Some(&b'.') {
            self.take(1);
            self.digits()?;
        }
        if matches!(self.rest.first(), Some(b'e' | b'E')) {
            self.take(1);
            if matches!(self.rest.first(), Some(b'+' | b'-')) {
                self.take(1);
            }
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let digits = self.rest.iter().take_while(|byte| byte.is_ascii_digit());
        let count = digits.count();
        self.take(count);
        (count > 0).then_some(())
    }

    fn blanks(&mut self) {
        while let [b' ' | b'\t' | b'\r' | b'\n', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        match self.rest {
            [first, rest @ ..] if *first == byte => {
                self.rest = rest;
                Some(())
            }
            _ => None,
        }
    }

    fn take(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// As many bytes stand in a string as they are: up to a quote, a backslash or a
/// control character. Eight at a time, for this runs in interpreters too.
fn plain(bytes: &[u8]) -> usize {
    let (chunks, rest) = bytes.as_chunks::<8>();
    for (index, chunk) in chunks.iter().enumerate() {
        let word = u64::from_le_bytes(*chunk);
        // The lowest byte that is flagged is one; a borrow may flag those above it.
        let below =
            |word: u64, bound: u8| word.wrapping_sub(ONES.wrapping_mul(u64::from(bound))) & !word;
        let quote = below(word ^ ONES.wrapping_mul(u64::from(b'"')), 1);
        let backslash = below(word ^ ONES.wrapping_mul(u64::from(b'\\')), 1);
        let special = (quote | backslash | below(word, b' ')) & HIGH;
        if special != 0 {
            return index * 8 + (special.trailing_zeros() / 8) as usize;
        }
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..b' ');
    let last = rest.iter().position(is_special).unwrap_or(rest.len());
    chunks.len() * 8 + last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotate::Own;
    use proptest::prelude::*;
    use std::string::String;

    #[test]
    fn objects_and_what_is_none() {
        let deep = |levels: usize, ends: usize| {
            ["{\"x\":", &"[".repeat(levels), &"]".repeat(ends), "}"].concat()
        };
        for (record, wanted) in [
            ("{}", true),
            (" {\t\"a\" : [ 1 , -0.5e+3 , { } ] ,\r\n\"b\":null} ", true),
            (r#"{"a":"\"\\\/\b\f\n\r\t\u00e4\ud800"}"#, true),
            (
                "{\"a\":\"more than eight bytes, \u{e4} and quotes \\\" in it\"}",
                true,
            ),
            ("", false),
            ("[]", false),
            ("1", false),
            ("{", false),
            ("{}{}", false),
            ("{} x", false),
            (r#"{"a":nan}"#, false),
            (r#"{"a":-inf}"#, false),
            (r#"{5:"x"}"#, false),
            (r#"{"a":"\x01"}"#, false),
            (r#"{"a":"\u00g0"}"#, false),
            (r#"{"a":01}"#, false),
            (r#"{"a":1.}"#, false),
            (r#"{"a":.1}"#, false),
            (r#"{"a":1e}"#, false),
            (r#"{"a":1,}"#, false),
            (r#"{"a":[1,]}"#, false),
            (r#"{"a":[1}"#, false),
            (r#"{"a" 1}"#, false),
            (r#"{"a":}"#, false),
            (r#"{"a":tru}"#, false),
            ("{\"a\":\"\n\"}", false),
            ("{\"a\":\"0123456789\u{1}\"}", false),
            ("{\"a\":\"unclosed", false),
            (&deep(1000, 1000), true),
            (&deep(64, 64), true),
            (&deep(65, 64), false),
            (&deep(63, 64), false),
            (&deep(1000, 999), false),
        ] {
            assert_eq!(is_object(record.as_bytes()), wanted, "{record}");
        }
        assert!(is_object(b"{\"a\":\"\xff\xfe\"}"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn agrees_with_the_decoder(record in r#"\{("a":|[\[\]{},: ]|"[a-c\\un0"]{0,9}"|-?[0-2]{0,2}|true|null){0,9}\}"#) {
            prop_assert_eq!(is_object(record.as_bytes()), Own::of(record.as_bytes()).is_ok());
        }

        #[test]
        fn finds_the_first_special_byte(bytes in prop::collection::vec(prop_oneof![8 => any::<u8>(), 1 => Just(b'"'), 20 => 32..=255u8], 0..40)) {
            let naive = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=31));
            prop_assert_eq!(plain(&bytes), naive.unwrap_or(bytes.len()), "{}", String::from_utf8_lossy(&bytes));
        }
    }
}
