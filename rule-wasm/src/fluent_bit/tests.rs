use super::*;
use crate::host::{in_a_new_module, with};
use crate::memory::capped::capped;
use core::ffi::CStr;
use std::string::String;

const ALERTS: &[u8] =
    br#"{"detections":{"name":"n","id":"i","search":"x=1 | stats count by x"},"window":"all","records":"alerts"}"#;

const ALL: &[u8] =
    br#"{"detections":{"name":"n","id":"i","search":"x=1 | stats count by x"},"window":"all"}"#;

fn take(record: *const u8, length: i32) -> *const u8 {
    // SAFETY: the record is of `malloc`'s, or null.
    unsafe { rule_fluent_bit(b"tag".as_ptr(), 3, 1_700_000_000, 5_000_000, record, length) }
}

/// The C string that is given for a record, copied out; nothing where it is the record's own.
fn given(record: &str) -> Option<String> {
    with(&[record.as_bytes(), b"\0"].concat(), |pointer, length| {
        let given = take(pointer, i32::try_from(length).unwrap() - 1);
        (given != pointer).then(|| text(given))
    })
}

fn text(given: *const u8) -> String {
    assert!(!given.is_null());
    // SAFETY: a C string, by the documentation.
    let text = unsafe { CStr::from_ptr(given.cast()) };
    text.to_str().unwrap().into()
}

fn pack(config: &[u8]) {
    sessions().pack(config).unwrap();
}

#[test]
fn a_record_goes_on_as_it_came_or_with_what_was_found() {
    in_a_new_module(|| {
        pack(ALL);
        assert_eq!(given(r#"{"x":2}"#), None);
        let found = given(r#"{"x":1}"#).unwrap();
        assert!(found.starts_with(r#"{"x":1,"rule_alert":{"#) && found.ends_with('}'));
        assert_eq!(given(r#"{"x":nan}"#).unwrap(), r#"{"x":null}"#);
        assert_eq!(given(r#"{"x":3}"#), None);
    });
}

#[test]
fn a_record_that_goes_no_further_is_an_empty_text() {
    in_a_new_module(|| {
        pack(ALERTS);
        assert_eq!(given(r#"{"x":2}"#).unwrap(), "");
        assert!(given(r#"{"x":1}"#).unwrap().contains("rule_alert"));
    });
}

#[test]
fn what_the_host_could_not_put_in_is_said() {
    for length in [0, 7, -1, i32::MAX] {
        let given = text(take(core::ptr::null(), length));
        assert!(
            given.contains("could not be put into the module"),
            "{given}"
        );
    }
}

#[test]
fn no_bytes_are_no_record() {
    in_a_new_module(|| {
        pack(ALL);
        let wanted = given("").unwrap();
        assert!(wanted.contains("no JSON object"), "{wanted}");
        for length in [-1, i32::MIN] {
            let negative = with(b"{}\0", |pointer, _| text(take(pointer, length)));
            assert_eq!(negative, wanted);
        }
    });
}

#[test]
fn without_memory_a_record_is_still_given() {
    in_a_new_module(|| {
        pack(ALL);
        with(b"{\"x\":1}", |pointer, _| {
            let (given, _) = capped(0, usize::MAX, || take(pointer, 7));
            assert_eq!(given, pointer);
        });
        with(b"{\"x\":nan}", |pointer, _| {
            let (given, _) = capped(0, usize::MAX, || take(pointer, 9));
            assert!(text(given).contains("out of memory"));
        });
    });
}

#[test]
fn digits_of_a_fraction() {
    for (nanoseconds, wanted) in [(0, 0), (5_000_000, 3), (5_000, 6), (5, 9), (999_999_999, 9)] {
        assert_eq!(digits(nanoseconds), wanted, "{nanoseconds}");
    }
}
