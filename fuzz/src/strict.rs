//! JSON, read by a reader that is not the engine's.

use serde::de::IgnoredAny;

/// One JSON object as in RFC 8259, however deep.
pub fn is_object(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    let begins = text.trim_start().starts_with('{');
    begins && serde_json::from_str::<IgnoredAny>(&text).is_ok()
}

/// Each line of these is one JSON object.
pub fn assert_lines(lines: &[u8]) {
    let text = std::str::from_utf8(lines).expect("alerts are UTF-8");
    assert!(text.is_empty() || text.ends_with('\n'), "a line ends");
    for line in text.lines() {
        assert!(is_object(line.as_bytes()), "no JSON: {line}");
    }
}
