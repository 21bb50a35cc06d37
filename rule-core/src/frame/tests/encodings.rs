//! UTF-16 and byte order marks.

use super::{Format, byte_by_byte, check, whole};
use alloc::vec::Vec;
use proptest::prelude::*;

fn utf16(text: &str, big_endian: bool) -> Vec<u8> {
    let unit = |unit: u16| {
        if big_endian {
            unit.to_be_bytes()
        } else {
            unit.to_le_bytes()
        }
    };
    text.encode_utf16().flat_map(unit).collect()
}

#[test]
fn utf16_is_told_with_and_without_a_mark() {
    let cases = [
        (
            Format::Auto,
            "{\"a\":\"ü😀\"}\n{}",
            "Json 0 {\"a\":\"ü😀\"}",
        ),
        (Format::Auto, "[{}]", "Json 1 {}"),
        (Format::Auto, "<Event>é</Event>", "Xml 0 <Event>é</Event>"),
        (Format::Csv, "a,b", "CsvHeader 0 a,b"),
        (Format::Text, "\r\nx", "TextLine 2 x"),
    ];
    for (format, text, first) in cases {
        for mark in ["", "\u{feff}"] {
            for big_endian in [false, true] {
                let mut input = utf16(mark, big_endian);
                input.extend(utf16(text, big_endian));
                let found = whole(format, &input);
                assert_eq!(found[0], first, "{text} {mark:?} {big_endian}");
                assert_eq!(found, byte_by_byte(format, &input), "{text} {mark:?}");
            }
        }
    }
}

#[test]
fn utf16_that_is_broken_has_replacement_characters() {
    let cases: [(&str, &[u16], &str); 4] = [
        (
            "a low surrogate",
            &[0x61, 0xdc00, 0x62],
            "TextLine 0 a\u{fffd}b",
        ),
        (
            "a high surrogate",
            &[0x61, 0xd800, 0x62],
            "TextLine 0 a\u{fffd}b",
        ),
        (
            "two high ones, then a low one",
            &[0x61, 0xd83d, 0xd83d, 0xde00],
            "TextLine 0 a\u{fffd}😀",
        ),
        (
            "a high one at the end",
            &[0x61, 0xd83d],
            "TextLine 0 a\u{fffd}",
        ),
    ];
    for (name, units, expected) in cases {
        let input: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        assert_eq!(whole(Format::Text, &input), [expected], "{name}");
        assert_eq!(byte_by_byte(Format::Text, &input), [expected], "{name}");
    }
    assert_eq!(whole(Format::Text, b"a\0b"), ["TextLine 0 a\u{fffd}"]);
}

#[test]
fn a_mark_is_taken_off_and_what_only_begins_like_one_is_not() {
    check(
        Format::Text,
        &[
            ("a mark alone", "\u{feff}", &[]),
            ("a mark", "\u{feff}a", &["TextLine 0 a"]),
            ("two marks", "\u{feff}\u{feff}a", &["TextLine 0 \u{feff}a"]),
            ("not quite a mark", "\u{fefe}a", &["TextLine 0 \u{fefe}a"]),
            ("one byte", "a", &["TextLine 0 a"]),
        ],
    );
    assert_eq!(whole(Format::Text, b"\xef\xbb"), ["TextLine 0 \u{fffd}"]);
}

proptest! {
    #[test]
    fn utf16_gives_what_utf8_gives(text in "[ -~]([a{}\":,\n <>E/]|\\PC)*", big_endian: bool) {
        for format in [Format::Auto, Format::Csv] {
            let expected = whole(format, text.as_bytes());
            prop_assert_eq!(whole(format, &utf16(&text, big_endian)), expected);
        }
    }
}
