//! Named CSV rows.

use super::{All, Nothing, lines};
use crate::decode::{csv_header, csv_row};
use alloc::string::String;
use alloc::vec::Vec;

fn header(names: &str) -> Vec<String> {
    csv_header(names.as_bytes()).unwrap()
}

#[test]
fn a_header_is_the_names_of_its_columns() {
    let cases: [(&str, &[&str]); 4] = [
        ("a", &["a"]),
        ("a,\"b,c\",\"d\"\"\"", &["a", "b,c", "d\""]),
        ("_time,,a", &["_time", "", "a"]),
        ("a,", &["a", ""]),
    ];
    for (text, expected) in cases {
        assert_eq!(header(text), expected, "{text}");
    }
}

#[test]
fn rows_have_values_by_the_names_of_the_header() {
    let cases: [(&str, &str, &str, &[&str]); 6] = [
        ("plain", "a,b", "1,2 ", &["a=1", "b=2 "]),
        (
            "quoted",
            "a,b",
            "\"x,\r\ny\",\"\"\"z\"\"\"",
            &["a=x,\r\ny", "b=\"z\""],
        ),
        ("empty cells", "a,b,c", ",\"\",1", &["c=1"]),
        ("a short row", "a,b", "1", &["a=1"]),
        ("a column without a name", "a,,b", "1,2,3", &["a=1", "b=3"]),
        (
            "a quote inside a value",
            "a,b",
            "x\"y,1",
            &["a=x\"y", "b=1"],
        ),
    ];
    for (name, names, row, expected) in cases {
        let names = header(names);
        let found = lines(name, |sink| csv_row(&names, row.as_bytes(), sink));
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn rows_that_are_no_csv_are_malformed() {
    let cases: [(&str, &str, usize); 4] = [
        ("not closed", "1,\"x", 2),
        ("text behind the closing quote", "\"x\"y,1", 3),
        ("more values than names", "1,2,3", 4),
        ("an empty value more", "1,2,", 4),
    ];
    let names = header("a,b");
    for (name, row, offset) in cases {
        let error = csv_row(&names, row.as_bytes(), &mut Nothing).expect_err(name);
        assert_eq!(error.offset, offset, "{name}: {error}");
    }
    assert!(csv_header(b"\"a").is_err());
}

#[test]
fn values_are_borrowed_and_bytes_that_are_no_utf8_are_flagged() {
    let mut all = All::default();
    let names = header("a,b");
    let decoded = csv_row(&names, b"1,\"2\"", &mut all).unwrap();
    assert_eq!((all.fields.len(), all.owned), (2, 0));
    assert!(!decoded.invalid_utf8);
    assert!(csv_row(&names, b"\xff", &mut all).unwrap().invalid_utf8);
    assert_eq!(all.fields[2].1, "\u{fffd}");
}
