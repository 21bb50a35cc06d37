//! Is a JSON record an event in an envelope of Splunk's?
//!
//! Two forms are known: what a search exports, `{"preview":false,"result":{..}}`,
//! and what the HTTP event collector takes, `{"time":1,"host":"h","event":{..}}`.
//! Both are told by their top-level keys alone: any other key beside them, and
//! it is an event of its own. Most events show that with their first key, so the
//! question costs little.

use alloc::string::String;

use super::json::{Lexer, Token, unescape};
use super::{DecodeError, MAX_DEPTH, error};

/// What stands around the event of a JSON record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Envelope {
    /// Nothing: the record is the event.
    None,
    /// The HTTP event collector's form. `event` has the event, as an object or
    /// as text; beside it stand none but `time`, `host`, `source`, `sourcetype`
    /// and `index`, which are no containers, and `fields`.
    Hec,
    /// The form of Splunk's export. `result` has the event's fields; beside it
    /// stand none but `preview`, `offset` and `lastrow`.
    Export,
}

/// Tells the envelope of a JSON record. A record that is malformed has none, as
/// far as it is looked at.
#[must_use]
pub fn envelope(record: &[u8]) -> Envelope {
    read(record).unwrap_or(Envelope::None)
}

fn read(record: &[u8]) -> Result<Envelope, DecodeError> {
    let mut lexer = Lexer::new(record);
    let mut found = Envelope::None;
    let (mut may_be_hec, mut may_be_export) = (true, true);
    if !lexer.skip(b'{') || lexer.skip(b'}') {
        return Ok(Envelope::None);
    }
    loop {
        let key = lexer.key()?;
        let mut unescaped = String::new();
        let key = match key {
            Token::Plain(place) => lexer.bytes(place),
            Token::Escaped(place) => {
                unescape(&String::from_utf8_lossy(lexer.bytes(place)), &mut unescaped);
                unescaped.as_bytes()
            }
            Token::Object | Token::Array | Token::Null => &[],
        };
        let value = lexer.peek();
        let is_container = matches!(value, Some(b'{' | b'['));
        match key {
            b"event" => found = Envelope::Hec,
            b"result" if value == Some(b'{') => found = Envelope::Export,
            _ => {}
        }
        may_be_hec &= match key {
            b"event" | b"fields" => true,
            b"time" | b"host" | b"source" | b"sourcetype" | b"index" => !is_container,
            _ => false,
        };
        may_be_export &= match key {
            b"result" => value == Some(b'{'),
            b"preview" | b"offset" | b"lastrow" => !is_container,
            _ => false,
        };
        if !may_be_hec && !may_be_export {
            return Ok(Envelope::None);
        }
        skip_value(&mut lexer)?;
        if lexer.skip(b',') {
            continue;
        }
        if !lexer.skip(b'}') {
            return error("`,` or `}` is missing", lexer.offset());
        }
        // No key belongs to both, so one of the two is left, if what it needs
        // was found.
        return Ok(found);
    }
}

/// Takes a value with all that is in it. Keys are not told from values, which
/// is enough to find its end.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "it ends where there are more than MAX_DEPTH, and closes none that is not open"
)]
fn skip_value(lexer: &mut Lexer<'_>) -> Result<(), DecodeError> {
    let mut depth = 0_usize;
    loop {
        match lexer.value()? {
            Token::Object | Token::Array => depth += 1,
            Token::Null | Token::Plain(_) | Token::Escaped(_) => {}
        }
        if depth > MAX_DEPTH {
            return error("nested too deep, in more than 256 levels", lexer.offset());
        }
        while depth > 0 {
            match lexer.peek() {
                Some(mark @ (b'}' | b']')) => {
                    lexer.skip(mark);
                    depth -= 1;
                }
                Some(mark @ (b',' | b':')) => {
                    lexer.skip(mark);
                }
                _ => break,
            }
        }
        if depth == 0 {
            return Ok(());
        }
    }
}
