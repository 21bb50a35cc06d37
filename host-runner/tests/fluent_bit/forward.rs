//! What an agent sends by the forward protocol: MessagePack.
//!
//! `[tag, [[time, record], ...]]`, as "Forward Mode" in the Fluentd Forward Protocol
//! Specification v1.

use std::io::Write;
use std::net::TcpStream;

use serde_json::Value;

use crate::desk::until;

/// Sends records with the times of their events, as one message.
pub(crate) fn send(port: u16, tag: &str, records: &[(u32, Vec<u8>)]) {
    let mut message = vec![0x92];
    text(tag.as_bytes(), &mut message);
    head(0xdd, records.len(), &mut message);
    for (time, record) in records {
        message.extend([0x92, 0xce]);
        message.extend(time.to_be_bytes());
        message.extend(record);
    }
    let mut stream = None;
    until("it takes connections", || {
        stream = TcpStream::connect(("127.0.0.1", port)).ok();
        stream.is_some()
    });
    let sent = stream.expect("connected").write_all(&message);
    sent.expect("it takes the message");
}

/// A value of JSON as MessagePack.
pub(crate) fn packed(value: &Value) -> Vec<u8> {
    let mut to = Vec::new();
    pack(value, &mut to);
    to
}

/// A map with one key, both given as MessagePack.
pub(crate) fn pair(key: &[u8], value: &[u8]) -> Vec<u8> {
    [&[0x81], key, value].concat()
}

fn pack(value: &Value, to: &mut Vec<u8>) {
    match value {
        Value::Null => to.push(0xc0),
        Value::Bool(value) => to.push(0xc2 + u8::from(*value)),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => {
                to.push(0xd3);
                to.extend(whole.to_be_bytes());
            }
            None => {
                to.push(0xcb);
                to.extend(number.as_f64().expect("a number").to_be_bytes());
            }
        },
        Value::String(value) => text(value.as_bytes(), to),
        Value::Array(values) => {
            head(0xdd, values.len(), to);
            values.iter().for_each(|value| pack(value, to));
        }
        Value::Object(members) => {
            head(0xdf, members.len(), to);
            for (key, value) in members {
                text(key.as_bytes(), to);
                pack(value, to);
            }
        }
    }
}

/// A text, of bytes that need not be UTF-8.
pub(crate) fn text(bytes: &[u8], to: &mut Vec<u8>) {
    head(0xdb, bytes.len(), to);
    to.extend(bytes);
}

/// The type of a value and its length in 32 bits.
fn head(kind: u8, length: usize, to: &mut Vec<u8>) {
    to.push(kind);
    let length = u32::try_from(length).expect("a length of 32 bits");
    to.extend(length.to_be_bytes());
}
