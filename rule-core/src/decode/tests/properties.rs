//! What holds for all records: no panic, the same values as serde_json, and
//! back what was written.

use super::{All, Nothing};
use crate::decode::{classic_text, csv_header, csv_row, envelope, json, xml};
use crate::frame::{Format, Frame, Framer, RecordKind};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};
use proptest::prelude::*;
use serde_json::{Map, Value};

type Fields = Vec<(String, String)>;

/// The fields of a JSON value, by recursion.
fn flatten(path: &str, value: &Value, fields: &mut Fields) {
    match value {
        Value::Null => {}
        Value::Bool(value) => fields.push((path.into(), value.to_string())),
        Value::Number(value) => fields.push((path.into(), value.to_string())),
        Value::String(value) => fields.push((path.into(), value.clone())),
        Value::Array(values) => {
            for value in values {
                flatten(&format!("{path}{{}}"), value, fields);
            }
        }
        Value::Object(values) => {
            for (key, value) in values {
                flatten(&format!("{path}.{key}"), value, fields);
            }
        }
    }
}

fn fields_of(object: &Map<String, Value>) -> Fields {
    let mut fields = Vec::new();
    for (key, value) in object {
        flatten(key, value, &mut fields);
    }
    fields
}

fn objects() -> impl Strategy<Value = Map<String, Value>> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[ -~\t\n\u{0}é😀]{0,9}".prop_map(Value::from),
    ];
    let value = scalar.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..5)
                .prop_map(|pairs| pairs.into_iter().collect::<Map<_, _>>().into()),
        ]
    });
    let key = prop_oneof!["[a-z.\"\\\\\n]{0,4}", any::<String>()];
    prop::collection::vec((key, value), 0..6).prop_map(|pairs| pairs.into_iter().collect())
}

/// Texts that are nearly JSON: a valid one with a few bytes changed, or tokens
/// at random.
fn nearly_json() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), any::<prop::sample::Index>());
    let bytes = b"{}[]\",:\\ \n\tun0123+-.eEatrfls\x01\x7f/";
    let changed = (objects(), prop::collection::vec(change, 0..3)).prop_map(|(object, changes)| {
        let mut text = Value::from(object).to_string().into_bytes();
        for (at, byte) in changes {
            let at = at.index(text.len());
            text[at] = bytes[byte.index(bytes.len())];
        }
        text
    });
    let tokens = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"\"",
        "\"a\"",
        "0",
        "-1",
        "1.5e3",
        "01",
        "1.",
        "true",
        "nul",
        "null",
        " ",
        "\"\\u0041\"",
        "\"\\x\"",
        "{\"a\":",
    ];
    let tokens = prop::collection::vec(prop::sample::select(tokens.to_vec()), 0..9)
        .prop_map(|tokens| format!("{{\"a\":{}", tokens.concat()).into_bytes());
    prop_oneof![changed, tokens]
}

fn all_fields(record: &[u8]) -> Option<Fields> {
    let mut all = All::default();
    let decoded = json(record, &mut all).ok()?;
    assert_eq!(decoded.invalid_utf8, core::str::from_utf8(record).is_err());
    Some(all.fields)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn json_has_the_values_that_serde_json_has(object in objects()) {
        let expected = Some(fields_of(&object));
        let value = Value::from(object);
        prop_assert_eq!(all_fields(value.to_string().as_bytes()), expected.clone());
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        prop_assert_eq!(all_fields(pretty.as_bytes()), expected);
    }

    #[test]
    fn json_is_valid_where_serde_json_says_so(record in nearly_json()) {
        // We take what serde_json does not: numbers beyond f64, surrogates without
        // their other half, and bytes that are no UTF-8.
        let is_text = core::str::from_utf8(&record).is_ok();
        let surrogate = |bytes: &[u8]| matches!(bytes, [b'\\', b'u', b'd' | b'D']);
        if !is_text || record.windows(3).any(surrogate) {
            return Ok(());
        }
        // A Map is read from objects only, as ours is.
        let expected = serde_json::from_slice::<Map<String, Value>>(&record);
        let beyond = |error: &serde_json::Error| error.to_string().contains("out of range");
        if expected.as_ref().is_err_and(beyond) {
            return Ok(());
        }
        let found = all_fields(&record);
        prop_assert_eq!(found.is_some(), expected.is_ok(), "{:?}", expected);
        prop_assert_eq!(json(&record, &mut Nothing).is_ok(), expected.is_ok());
    }

    #[test]
    fn no_bytes_make_a_decoder_panic(record in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = json(&record, &mut All::default());
        let _ = xml(&record, &mut All::default());
        let _ = classic_text(&record, &mut All::default());
        let _ = envelope(&record);
        if let Ok(names) = csv_header(&record) {
            prop_assert!(csv_row(&names, &record, &mut All::default()).is_ok());
        }
    }

    #[test]
    fn no_markup_makes_the_xml_reader_panic(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "<", ">", "</", "/>", "<A>", "</A>", "<A b='", "'", "\"", "=", "&", "&amp;", "&#", "x41;",
            ";", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "<!", "é", "a", " ", "\r\n",
            "<System>", "</System>", "<EventData>", "<Data>", "</Data>", "<Data Name='x'>",
        ]), 0..30),
    ) {
        let record = format!("<Event>{}</Event>", pieces.concat());
        let wanted = xml(record.as_bytes(), &mut All::default());
        prop_assert_eq!(xml(record.as_bytes(), &mut Nothing), wanted);
    }

    #[test]
    fn xml_gives_back_what_was_escaped(values in prop::collection::vec(any::<String>(), 0..5)) {
        // NUL is no character of XML, and reads as U+FFFD.
        let values: Vec<String> = values.iter().map(|value| value.replace('\0', "")).collect();
        let mut record = String::from("<Event><EventData>");
        for value in &values {
            let value = value
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('\r', "&#13;");
            record.push_str(&format!("<Data>{value}</Data>"));
        }
        record.push_str("</EventData></Event>");
        let mut all = All::default();
        xml(record.as_bytes(), &mut all).unwrap();
        let found: Vec<String> = all.fields.into_iter().map(|field| field.1).collect();
        prop_assert_eq!(found, values);
    }

    #[test]
    fn csv_gives_back_what_was_written(
        rows in prop::collection::vec(prop::collection::vec("[a,\"\r\n é]{0,5}|\\PC*", 3), 1..5),
    ) {
        let quote = |value: &String| format!("\"{}\"", value.replace('"', "\"\""));
        let line = |row: &Vec<String>| row.iter().map(quote).collect::<Vec<_>>().join(",");
        let text = rows.iter().map(line).collect::<Vec<_>>().join("\r\n");
        let mut records: Vec<(RecordKind, Vec<u8>)> = Vec::new();
        let mut sink = |frame: Frame<'_>| match frame {
            Frame::Record { kind, bytes, .. } => records.push((kind, bytes.to_vec())),
            Frame::Malformed { .. } => panic!("{frame:?}"),
        };
        let mut framer = Framer::new(Format::Csv, 1 << 20);
        framer.push(text.as_bytes(), &mut sink);
        framer.finish(&mut sink);
        prop_assert_eq!(records.len(), rows.len());
        prop_assert_eq!(csv_header(&records[0].1).unwrap(), rows[0].clone());
        let names = vec!["a".to_string(), "b".to_string(), "c".to_string()];
        for ((_, record), row) in records.iter().zip(&rows) {
            let mut all = All::default();
            csv_row(&names, record, &mut all).unwrap();
            let expected = names.iter().cloned().zip(row.iter().cloned());
            let expected: Vec<_> = expected.filter(|(_, value)| !value.is_empty()).collect();
            prop_assert_eq!(all.fields, expected);
        }
    }
}
