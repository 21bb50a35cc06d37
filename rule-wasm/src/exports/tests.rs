use super::*;
use crate::host::{in_a_new_module, with};
use crate::memory::capped::capped;
use crate::memory::{free, malloc};
use std::string::String;

const RULE: &[u8] =
    br#"{"detections":{"name":"n","id":"i","search":"x=1 | stats count by x"},"window":"all"}"#;

const BAD_HANDLE: i32 = -1;

/// What a result says, copied out at once; nothing where it is an error.
fn text(packed: Packed) -> Option<String> {
    if packed.pointer.is_null() {
        return None;
    }
    // SAFETY: so many bytes are there until the next call.
    let bytes = unsafe { core::slice::from_raw_parts(packed.pointer, packed.length) };
    Some(String::from_utf8_lossy(bytes).into_owned())
}

fn open(config: &[u8]) -> i32 {
    // SAFETY: the bytes are in memory of `malloc`'s; so below.
    with(config, |pointer, length| unsafe {
        rule_open(pointer, length)
    })
}

fn push(handle: i32, bytes: &[u8]) -> i32 {
    with(bytes, |pointer, length| unsafe {
        rule_push(handle, pointer, length)
    })
}

fn snapshot(handle: i32) -> Vec<u8> {
    let packed = rule_snapshot(handle);
    assert!(!packed.pointer.is_null());
    // SAFETY: so many bytes are there until the next call.
    unsafe { core::slice::from_raw_parts(packed.pointer, packed.length) }.to_vec()
}

#[test]
fn the_version_is_that_of_the_section() {
    let version = rule_abi_version();
    assert_eq!(
        std::format!("{}.{}", version >> 16, version & 0xffff).as_bytes(),
        ABI
    );
}

#[test]
fn a_session_from_open_to_close() {
    let handle = open(RULE);
    assert!(handle > 0);
    assert!(
        text(rule_describe(handle))
            .unwrap()
            .contains(r#""name":"n""#)
    );
    assert_eq!(push(handle, b"{\"x\":1}\n{\"x\""), 0);
    assert_eq!(push(handle, b":1}\n"), 0);
    let explained = with(b"{\"x\":1}", |pointer, length| unsafe {
        rule_explain(handle, pointer, length)
    });
    assert!(text(explained).unwrap().starts_with('{'));
    let settings = with(b"{}", |pointer, length| unsafe {
        rule_input(handle, pointer, length)
    });
    assert_eq!(settings, 0);
    let passed = with(b"y", |pointer, length| unsafe {
        rule_pass(handle, pointer, length, 3)
    });
    assert_eq!(
        passed, 0,
        "every text is looked at for so short a one as `1`"
    );
    assert!(
        text(rule_counters(handle))
            .unwrap()
            .contains(r#""records":2,"#)
    );
    assert_eq!(rule_advance(handle, 0), 0);
    assert_eq!(rule_finish(handle), 1);
    assert!(
        text(rule_alerts(handle))
            .unwrap()
            .contains(r#""row":{"x":"1","count":2}"#)
    );
    assert_eq!(text(rule_alerts(handle)).unwrap(), "");
    assert_eq!(text(rule_last_error(handle)).unwrap(), "");
    assert_eq!(rule_finish(handle), -3);
    assert!(text(rule_last_error(handle)).unwrap().contains("finished"));
    assert_eq!(rule_close(handle), 0);
    assert_eq!(rule_close(handle), BAD_HANDLE);
}

#[test]
fn a_state_goes_from_one_session_to_another() {
    let [from, to] = [RULE, RULE].map(open);
    assert_eq!(push(from, b"{\"x\":1}\n"), 0);
    let state = snapshot(from);
    let restored = with(&state, |pointer, length| unsafe {
        rule_restore(to, pointer, length)
    });
    assert_eq!(restored, 0);
    let merged = with(&state, |pointer, length| unsafe {
        rule_merge(to, pointer, length)
    });
    assert_eq!(merged, 0);
    assert_eq!(rule_finish(to), 1);
    assert!(text(rule_alerts(to)).unwrap().contains(r#""count":2}"#));
    for cut in [0, 1, state.len() - 1] {
        let restored = with(&state[..cut], |pointer, length| unsafe {
            rule_restore(from, pointer, length)
        });
        assert_eq!(restored, -50, "{cut} bytes of a state");
    }
    assert_eq!(
        snapshot(from),
        state,
        "what could not be restored changed nothing"
    );
    assert_eq!([rule_close(from), rule_close(to)], [0, 0]);
}

#[test]
fn what_was_given_stays_for_as_long_as_memory_alone_is_asked_for() {
    let handle = open(RULE);
    let packed = rule_describe(handle);
    let described = text(packed);
    let other = malloc(packed.length);
    // SAFETY: it came from `malloc`, and is given back once.
    unsafe {
        other.write_bytes(0xff, packed.length);
        free(other);
    }
    assert_eq!(text(packed), described);
    assert_eq!(rule_close(handle), 0);
}

/// Where there are no bytes the pointer is not looked at.
#[test]
fn no_bytes_are_nothing_wherever_they_are() {
    let handle = open(RULE);
    for pointer in [
        core::ptr::null(),
        core::ptr::dangling(),
        core::ptr::without_provenance(usize::MAX),
    ] {
        // SAFETY: the length is 0.
        unsafe {
            let open = rule_open(pointer, 0);
            assert!(open > handle);
            assert_eq!(rule_close(open), 0);
            assert_eq!(rule_push(handle, pointer, 0), 0);
            assert_eq!(rule_pass(handle, pointer, 0, 0), 0);
            assert_eq!(rule_restore(handle, pointer, 0), -50);
            assert_eq!(rule_merge(handle, pointer, 0), -50);
            assert_eq!(rule_input(handle, pointer, 0), 0);
            assert!(text(rule_explain(handle, pointer, 0)).is_none());
        }
    }
    // What `malloc` gives for no bytes is as good as any.
    assert_eq!(push(handle, b""), 0);
    assert!(
        text(rule_counters(handle))
            .unwrap()
            .contains(r#""records":0,"#)
    );
    assert_eq!(rule_close(handle), 0);
}

#[test]
fn a_handle_that_is_none_is_an_error_everywhere() {
    let closed = open(RULE);
    assert_eq!(rule_close(closed), 0);
    for handle in [closed, 0, closed + 1, i32::MAX, -1, i32::MIN] {
        for result in [
            rule_close(handle),
            rule_advance(handle, i64::MIN),
            rule_finish(handle),
            push(handle, b"{}"),
        ] {
            assert_eq!(result, BAD_HANDLE, "{handle}");
        }
        with(b"{}", |pointer, length| unsafe {
            let calls = [rule_input, rule_push, rule_restore, rule_merge];
            assert_eq!(
                calls.map(|call| call(handle, pointer, length)),
                [BAD_HANDLE; 4]
            );
            assert_eq!(rule_pass(handle, pointer, length, u32::MAX), BAD_HANDLE);
            assert!(text(rule_explain(handle, pointer, length)).is_none());
        });
        for call in [rule_alerts, rule_describe, rule_counters, rule_snapshot] {
            assert!(text(call(handle)).is_none());
        }
        if handle != 0 {
            assert!(
                text(rule_last_error(handle))
                    .unwrap()
                    .contains("is no handle")
            );
        }
    }
}

#[test]
fn a_configuration_is_packed_once() {
    in_a_new_module(|| {
        let pack = |config| {
            with(config, |pointer, length| unsafe {
                rule_pack(pointer, length)
            })
        };
        assert_eq!(pack(b"{\"windw\":1}"), -11);
        assert!(
            text(rule_last_error(0))
                .unwrap()
                .contains("did you mean `window`?")
        );
        assert_eq!(pack(RULE), 0);
        assert_eq!(pack(RULE), -10);
        let handle = open(b"");
        assert!(
            text(rule_describe(handle))
                .unwrap()
                .contains(r#""name":"n""#)
        );
    });
}

#[test]
fn without_memory_nothing_is_given_and_nothing_changes() {
    in_a_new_module(|| {
        let handle = open(RULE);
        let (error, _) = capped(0, usize::MAX, || rule_last_error(handle));
        assert!(text(error).is_none());
        assert_eq!(text(rule_last_error(handle)).unwrap(), "");
        let record = b"{\"x\":1}\n";
        let (pushed, left) = with(record, |pointer, length| {
            capped(4000, usize::MAX, || unsafe {
                rule_push(handle, pointer, length)
            })
        });
        assert_eq!(pushed, -2);
        // The error itself is kept.
        assert!(left <= 4000 && left > 2000);
        assert!(
            text(rule_last_error(handle))
                .unwrap()
                .contains("out of memory")
        );
        assert_eq!(push(handle, record), 0);
        assert_eq!(rule_finish(handle), 1);
    });
}
