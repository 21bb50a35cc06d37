//! `timezone`: a text, or a name with its TZif data in base64.

use alloc::format;
use alloc::vec::Vec;

use serde_json::Value;

use crate::settings::{Section, SettingError, wrong};
use crate::time::Zone;

pub(super) fn read(value: &Value, at: &str) -> Result<Zone, SettingError> {
    match value {
        Value::String(text) => {
            Zone::parse(text).map_err(|error| SettingError::new(format!("`{at}`: {error}")))
        }
        Value::Object(_) => {
            let section = Section::new(value, at, &["name", "tzif"])?;
            let name = section.text("name")?.unwrap_or("unnamed");
            let Some(text) = section.text("tzif")? else {
                return Err(SettingError::new(format!("`{at}.tzif` is missing")));
            };
            let data = base64(text).ok_or_else(|| {
                SettingError::new(format!(
                    "`{at}.tzif` must be the data of a TZif file in base64"
                ))
            })?;
            Zone::tzif(name, &data).map_err(|error| SettingError::new(format!("`{at}`: {error}")))
        }
        other => Err(wrong(
            at,
            "a text, or an object with `name` and `tzif`",
            other,
        )),
    }
}

/// Base64 of RFC 4648 with its padding; None where the text is none.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for chunk in text.as_bytes().chunks(4) {
        let padding = chunk.iter().rev().take_while(|byte| **byte == b'=').count();
        if chunk.len() != 4 || padding > 2 {
            return None;
        }
        let mut bits = 0u32;
        for byte in chunk.iter().take(4 - padding) {
            bits = bits << 6 | sextet(*byte)?;
        }
        bits <<= 6 * padding;
        let whole = bits.to_be_bytes();
        bytes.extend(whole.iter().skip(1).take(3 - padding));
    }
    Some(bytes)
}

fn sextet(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vectors of RFC 4648, section 10.
    #[test]
    fn vectors() {
        for (text, wanted) in [
            ("", Some(&b""[..])),
            ("Zg==", Some(b"f")),
            ("Zm8=", Some(b"fo")),
            ("Zm9v", Some(b"foo")),
            ("Zm9vYmE=", Some(b"fooba")),
            ("Zm9vYmFy", Some(b"foobar")),
            ("Zm9", None),
            ("Z===", None),
            ("Zm9v!mFy", None),
        ] {
            assert_eq!(base64(text).as_deref(), wanted, "{text}");
        }
    }
}
