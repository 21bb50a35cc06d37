//! Windows events in their classic text form.

use alloc::borrow::Cow;
use alloc::string::String;
use memchr::{memchr, memmem};

use super::{DecodeError, Decoded, FieldSink, MAX_PATH_BYTES, error};

/// The field that has an event's first line: date and time, without a zone.
pub const CLASSIC_TIME: &str = "ClassicTime";

const MESSAGE: &str = "Message";

/// Gives the fields of a classic event: its first line as [`CLASSIC_TIME`], the
/// value of each line `Key=value`, and as `Message` all from `Message=` to the
/// end of the event, with its line breaks as LF and without those at its end.
/// What the message says is not taken apart.
///
/// # Errors
///
/// Where the second line does not start with `LogName=`.
pub fn classic_text<'r>(
    record: &'r [u8],
    sink: &mut impl FieldSink<'r>,
) -> Result<Decoded, DecodeError> {
    let (time, mut rest) = split_line(record);
    if !rest.starts_with(b"LogName=") {
        return error(
            "the second line does not start with `LogName=`",
            record.len().saturating_sub(rest.len()),
        );
    }
    if sink.wants(CLASSIC_TIME) {
        sink.field(CLASSIC_TIME, String::from_utf8_lossy(time));
    }
    while !rest.is_empty() {
        if let Some(message) = rest.strip_prefix(b"Message=") {
            if sink.wants(MESSAGE) {
                sink.field(MESSAGE, text(message));
            }
            break;
        }
        let (line, after) = split_line(rest);
        rest = after;
        let Some((key, value)) = memchr(b'=', line)
            .and_then(|at| line.split_at_checked(at))
            .filter(|(key, _)| !key.is_empty())
        else {
            continue;
        };
        if key.len() > MAX_PATH_BYTES {
            sink.too_long();
            continue;
        }
        let key = String::from_utf8_lossy(key);
        if sink.wants(&key) {
            let value = value.get(1..).unwrap_or_default();
            sink.field(&key, String::from_utf8_lossy(value));
        }
    }
    Ok(Decoded::of(record))
}

/// The first line without its line break, and what follows it.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a place behind a byte that is there"
)]
fn split_line(text: &[u8]) -> (&[u8], &[u8]) {
    let (line, rest) = match memchr(b'\n', text) {
        Some(at) => (
            text.get(..at).unwrap_or_default(),
            text.get(at + 1..).unwrap_or_default(),
        ),
        None => (text, [].as_slice()),
    };
    (line.strip_suffix(b"\r").unwrap_or(line), rest)
}

/// A text of several lines with LF between them and none at its end.
fn text(mut bytes: &[u8]) -> Cow<'_, str> {
    while let [before @ .., b'\r' | b'\n'] = bytes {
        bytes = before;
    }
    let text = String::from_utf8_lossy(bytes);
    if memmem::find(bytes, b"\r\n").is_some() {
        Cow::Owned(text.replace("\r\n", "\n"))
    } else {
        text
    }
}
