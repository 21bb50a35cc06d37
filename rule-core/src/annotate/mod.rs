//! A JSON record with alerts in it, for pipelines that give and take one record.

mod levels;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::decode::{DecodeError, Lexer, Token, error, unescape};
use levels::Levels;

/// The key of the running alert that a record has led to.
pub const ALERT: &str = "rule_alert";
/// The key of the list of all other alerts that a record carries.
pub const ALERTS: &str = "rule_alerts";
/// The key of what went wrong with a record.
pub const ERROR: &str = "rule_error";

/// One of these stands in each of the keys that are ours.
pub const COMMON: [&str; 2] = [ALERT, ERROR];

/// The keys that are ours: a record that comes with one of them was made to look as
/// if it had led to an alert, so what it has there is taken out.
const OURS: [&str; 3] = [ALERT, ALERTS, ERROR];

/// What a record carries on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Additions {
    /// The running alert, as JSON.
    pub alert: Option<Vec<u8>>,
    /// All other alerts, as JSON lines.
    pub alerts: Vec<u8>,
    /// What went wrong.
    pub error: Option<String>,
}

impl Additions {
    /// Is there nothing to carry?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.alert.is_none() && self.alerts.is_empty() && self.error.is_none()
    }

    /// A record with these in it, behind its own keys.
    #[must_use]
    pub fn on(&self, record: Own) -> Vec<u8> {
        let Own { mut object, .. } = record;
        // With a byte to spare, for a host that wants a NUL behind it.
        let alert = self.alert.as_ref().map_or(0, Vec::len);
        let error = self
            .error
            .as_ref()
            .map_or(0, |error| error.len().saturating_mul(6));
        object.text.reserve_exact(
            [alert, self.alerts.len(), error]
                .into_iter()
                .fold(64, usize::saturating_add),
        );
        if let Some(alert) = &self.alert {
            object.member(ALERT, |text| text.extend_from_slice(alert));
        }
        if !self.alerts.is_empty() {
            object.member(ALERTS, |text| list(&self.alerts, text));
        }
        if let Some(error) = &self.error {
            // Writing a text as JSON cannot fail.
            let error = serde_json::to_vec(error).unwrap_or_default();
            object.member(ERROR, |text| text.extend_from_slice(&error));
        }
        if object.text.is_empty() {
            object.text.push(b'{');
        }
        object.text.push(b'}');
        object.text
    }
}

/// What a record has itself.
#[derive(Debug)]
pub struct Own {
    object: Object,
    /// Did it come with a key that is ours?
    had_ours: bool,
}

/// An object that is written, but for its last bracket.
#[derive(Debug)]
struct Object {
    text: Vec<u8>,
}

impl Object {
    fn comma(&mut self) {
        self.text
            .push(if self.text.is_empty() { b'{' } else { b',' });
    }

    fn member(&mut self, key: &str, value: impl FnOnce(&mut Vec<u8>)) {
        self.comma();
        self.text.push(b'"');
        self.text.extend_from_slice(key.as_bytes());
        self.text.extend_from_slice(b"\":");
        value(&mut self.text);
    }
}

/// JSON lines as a JSON array: a line feed stands in none of them but at its end.
fn list(lines: &[u8], text: &mut Vec<u8>) {
    text.push(b'[');
    let lines = lines.strip_suffix(b"\n").unwrap_or(lines);
    let start = text.len();
    text.extend_from_slice(lines);
    for byte in text.iter_mut().skip(start) {
        if *byte == b'\n' {
            *byte = b',';
        }
    }
    text.push(b']');
}

impl Own {
    /// The members of a record that are its own, each as it is written.
    ///
    /// # Errors
    /// Where the record is not one JSON object.
    pub fn of(record: &[u8]) -> Result<Self, DecodeError> {
        let mut own = Own {
            object: Object {
                text: Vec::with_capacity(record.len()),
            },
            had_ours: false,
        };
        let mut lexer = Lexer::new(record);
        if !lexer.skip(b'{') {
            return error("the record is no JSON object", lexer.offset());
        }
        let mut more = !lexer.skip(b'}');
        while more {
            lexer.peek();
            let start = lexer.offset();
            let key = lexer.key()?;
            let is_ours = is_ours(&lexer, key);
            skip_value(&mut lexer)?;
            if is_ours {
                own.had_ours = true;
            } else {
                own.object.comma();
                let member = record.get(start..lexer.offset()).unwrap_or_default();
                own.object.text.extend_from_slice(member);
            }
            more = lexer.skip(b',');
            if !more && !lexer.skip(b'}') {
                return error("`,` or `}` is missing", lexer.offset());
            }
        }
        lexer.end()?;
        Ok(own)
    }

    /// Did the record come with a key that is ours, which was taken out?
    #[must_use]
    pub fn had_ours(&self) -> bool {
        self.had_ours
    }
}

fn is_ours(lexer: &Lexer<'_>, key: Token) -> bool {
    let text = match key {
        Token::Plain(place) => String::from_utf8_lossy(lexer.bytes(place)),
        Token::Escaped(place) => {
            let mut plain = String::new();
            unescape(&String::from_utf8_lossy(lexer.bytes(place)), &mut plain);
            Cow::Owned(plain)
        }
        Token::Object | Token::Array | Token::Null => return false,
    };
    OURS.contains(&text.as_ref())
}

/// Is this one JSON object, however deep?
#[must_use]
pub fn is_object(record: &[u8]) -> bool {
    let mut lexer = Lexer::new(record);
    lexer.peek() == Some(b'{') && skip_value(&mut lexer).is_ok() && lexer.end().is_ok()
}

/// Takes a value, with all that is in it.
fn skip_value(lexer: &mut Lexer<'_>) -> Result<(), DecodeError> {
    let mut levels = Levels::default();
    loop {
        let offset = lexer.offset();
        let opened = match lexer.value()? {
            Token::Object => Some(b'}'),
            Token::Array => Some(b']'),
            Token::Null | Token::Plain(_) | Token::Escaped(_) => None,
        };
        if let Some(close) = opened
            && !lexer.skip(close)
        {
            if !levels.open(close == b'}') {
                return error("nested too deep for the memory that there is", offset);
            }
            if close == b'}' {
                lexer.key()?;
            }
            continue;
        }
        loop {
            let Some(in_object) = levels.in_object() else {
                return Ok(());
            };
            if lexer.skip(b',') {
                if in_object {
                    lexer.key()?;
                }
                break;
            }
            if !lexer.skip(if in_object { b'}' } else { b']' }) {
                return error("`,` or a closing bracket is missing", lexer.offset());
            }
            levels.close();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::string::ToString;
    use std::vec;

    #[test]
    fn what_is_put_where() {
        let additions = Additions {
            alert: Some(b"{\"a\":1}".to_vec()),
            alerts: b"{\"b\":1}\n{\"c\":1}\n".to_vec(),
            error: None,
        };
        let added = r#""rule_alert":{"a":1},"rule_alerts":[{"b":1},{"c":1}]}"#;
        for (record, own) in [
            ("{}", "{"),
            (" { } ", "{"),
            (r#"{"x":1}"#, r#"{"x":1,"#),
            (
                "{ \"x\" : [ {} , 1.50 ] ,\t\"y\":null }\n",
                "{\"x\" : [ {} , 1.50 ],\"y\":null,",
            ),
            (r#"{"rule_alert":{"kind":"final"},"x":"}"}"#, r#"{"x":"}","#),
            (
                r#"{"x":1,"rule_alerts":[[{}]],"rule_error":""}"#,
                r#"{"x":1,"#,
            ),
            (
                r#"{"rule\u005falert":1,"rule_alert2":2}"#,
                r#"{"rule_alert2":2,"#,
            ),
            (r#"{"x":{"rule_alert":1}}"#, r#"{"x":{"rule_alert":1},"#),
        ] {
            let text =
                String::from_utf8(additions.on(Own::of(record.as_bytes()).unwrap())).unwrap();
            assert_eq!(text, [own, added].concat(), "{record}");
        }
        let error = Additions {
            error: Some("a \"b\"".to_string()),
            ..Additions::default()
        };
        let nothing = || Own::of(b"{}").unwrap();
        assert_eq!(error.on(nothing()), br#"{"rule_error":"a \"b\""}"#);
        assert_eq!(Additions::default().on(nothing()), b"{}");
    }

    #[test]
    fn what_is_no_object() {
        let deep =
            |levels: usize| ["{\"x\":", &"[".repeat(levels), &"]".repeat(levels), "}"].concat();
        for record in [
            "",
            "[]",
            "1",
            "{",
            "{}{}",
            "{\"x\":1",
            "{\"x\":[1}",
            "{\"x\" 1}",
        ] {
            assert!(Own::of(record.as_bytes()).is_err(), "{record}");
        }
        assert!(Own::of(deep(1000).as_bytes()).is_ok());
    }

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
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn an_object_is_what_serde_json_takes_for_one(record in r#"\{("a":|[\[\]{},: ]|"[a-c\\un0"]{0,9}"|-?[0-2]{0,2}|true|null){0,9}\}"#) {
            let is_one = serde_json::from_str::<serde::de::IgnoredAny>(&record).is_ok();
            prop_assert_eq!(is_object(record.as_bytes()), is_one, "{}", record);
            prop_assert_eq!(Own::of(record.as_bytes()).is_ok(), is_one, "{}", record);
        }

        #[test]
        fn the_rest_of_a_record_stays_as_it_is(
            members in proptest::collection::vec(("[a-c]{1,2}|rule_alert", "[a\"\\\\]{0,3}", 0..4u8), 0..6),
        ) {
            let mut own = vec![];
            let mut all = vec![];
            for (key, text, shape) in members {
                let text = serde_json::to_string(&text).unwrap();
                let value = match shape {
                    0 => text,
                    1 => ["[", &text, ",{}]"].concat(),
                    2 => ["{\"rule_alert\":", &text, "}"].concat(),
                    _ => "-1.5e3".to_string(),
                };
                let member = ["\"", &key, "\":", &value].concat();
                if key != "rule_alert" {
                    own.push(member.clone());
                }
                all.push(member);
            }
            let record = ["{", &all.join(","), "}"].concat();
            let wanted = ["{", &own.join(","), "}"].concat();
            let text = Additions::default().on(Own::of(record.as_bytes()).unwrap());
            prop_assert_eq!(String::from_utf8(text).unwrap(), wanted);
        }
    }
}
