//! The fields of named records, and what holds for all records.

mod csv;
mod json;
mod properties;
mod xml;

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};

use super::{
    DecodeError, Decoded, FieldSink, MAX_PATH_BYTES, classic_text, csv_row, json as decode_json,
    xml as decode_xml,
};

/// Takes every field, with whether its value is borrowed.
#[derive(Default)]
struct All {
    fields: Vec<(String, String)>,
    owned: usize,
    /// Values whose path is too long.
    too_long: usize,
}

impl<'r> FieldSink<'r> for All {
    fn wants(&mut self, path: &str) -> bool {
        assert!(path.len() <= MAX_PATH_BYTES + 2);
        true
    }

    fn field(&mut self, path: &str, value: Cow<'r, str>) {
        self.owned += usize::from(matches!(value, Cow::Owned(_)));
        self.fields.push((path.to_string(), value.into_owned()));
    }

    fn too_long(&mut self) {
        self.too_long += 1;
    }
}

/// Takes the fields of one path, and counts what else it is given.
struct One {
    path: &'static str,
    values: Vec<String>,
}

impl<'r> FieldSink<'r> for One {
    fn wants(&mut self, path: &str) -> bool {
        path == self.path
    }

    fn field(&mut self, path: &str, value: Cow<'r, str>) {
        assert_eq!(path, self.path, "only what is wanted is given");
        self.values.push(value.into_owned());
    }
}

/// Takes nothing.
struct Nothing;

impl<'r> FieldSink<'r> for Nothing {
    fn wants(&mut self, _: &str) -> bool {
        false
    }

    fn field(&mut self, path: &str, _: Cow<'r, str>) {
        panic!("`{path}` was not wanted");
    }
}

type Result = core::result::Result<Decoded, DecodeError>;

/// How many values of a well-formed record have a path that is too long.
fn too_long(decode: impl FnOnce(&mut All) -> Result) -> usize {
    let mut all = All::default();
    decode(&mut all).unwrap();
    all.too_long
}

/// The fields of a well-formed record as `path=value`.
fn lines(name: &str, decode: impl FnOnce(&mut All) -> Result) -> Vec<String> {
    let mut all = All::default();
    match decode(&mut all) {
        Ok(_) => {}
        Err(error) => panic!("{name}: {error}"),
    }
    let line = |(path, value): (String, String)| format!("{path}={value}");
    all.fields.into_iter().map(line).collect()
}

#[test]
fn a_value_whose_path_is_too_long_is_told_in_every_form() {
    let fits = "k".repeat(MAX_PATH_BYTES);
    let long = "k".repeat(MAX_PATH_BYTES + 1);
    let classic = format!("time\nLogName=x\n{fits}=1\n{long}=2\nMessage={long}=3\n");
    assert_eq!(
        too_long(|sink| classic_text(classic.as_bytes(), sink)),
        1,
        "classic text"
    );
    let header = [fits.clone(), long.clone(), long.clone()];
    assert_eq!(
        too_long(|sink| csv_row(&header, b"1,2,", sink)),
        1,
        "CSV: a cell with nothing in it is no value"
    );
    let object = format!(r#"{{"{fits}":1,"{long}":2,"{long}":null,"{fits}":[3,{{"a":4}}]}}"#);
    assert_eq!(
        too_long(|sink| decode_json(object.as_bytes(), sink)),
        3,
        "JSON"
    );
    let event = format!(
        "<Event><System><{long} a='1' b='2'/><c/></System>\
         <EventData><Data Name='{long}'/><Data Name='d'>3</Data></EventData>\
         <UserData><x><{long}><e>4</e></{long}></x></UserData></Event>"
    );
    assert_eq!(
        too_long(|sink| decode_xml(event.as_bytes(), sink)),
        3,
        "XML: of System an element with nothing in it is no value"
    );
}

#[test]
fn classic_text_has_its_lines_and_its_message() {
    let cases: [(&str, &str, &[&str]); 4] = [
        (
            "an event",
            "11/14/2024 11:10:32 AM\r\nLogName=A\r\nEventCode=1\r\nMessage=Cmdlet.\r\n\r\nAccount Name:\tx=y\r\n\r\n",
            &[
                "ClassicTime=11/14/2024 11:10:32 AM",
                "LogName=A",
                "EventCode=1",
                "Message=Cmdlet.\n\nAccount Name:\tx=y",
            ],
        ),
        (
            "values with `=`, empty values, lines that are no field",
            "t\nLogName=A=B\nEmpty=\n=x\nnone\n\nMessage=",
            &["ClassicTime=t", "LogName=A=B", "Empty=", "Message="],
        ),
        (
            "no message",
            "t\nLogName=A",
            &["ClassicTime=t", "LogName=A"],
        ),
        (
            "Message in the message",
            "t\nLogName=A\nMessage=a\nMessage=b\n",
            &["ClassicTime=t", "LogName=A", "Message=a\nMessage=b"],
        ),
    ];
    for (name, record, expected) in cases {
        let found = lines(name, |sink| classic_text(record.as_bytes(), sink));
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn classic_text_without_a_log_name_is_malformed() {
    let found = classic_text(b"11/14/2024 11:10:32 AM\nx", &mut Nothing).unwrap_err();
    assert_eq!(found.offset, 23);
    assert_eq!(classic_text(b"", &mut Nothing).unwrap_err().offset, 0);
}

#[test]
fn bytes_that_are_no_utf8_are_replaced_and_flagged() {
    let record = b"t\nLogName=\xff\nMessage=\xc3\r\nx";
    let mut all = All::default();
    let decoded = classic_text(record, &mut all).unwrap();
    assert!(decoded.invalid_utf8);
    let values: Vec<&str> = all.fields.iter().map(|field| field.1.as_str()).collect();
    assert_eq!(values, ["t", "\u{fffd}", "\u{fffd}\nx"]);
    assert_eq!(
        classic_text(b"t\nLogName=A", &mut Nothing),
        Ok(Decoded::default())
    );
}

#[test]
fn only_what_is_wanted_is_given() {
    let mut one = One {
        path: "EventCode",
        values: vec![],
    };
    classic_text(b"t\nLogName=A\nEventCode=1\nMessage=x", &mut one).unwrap();
    assert_eq!(one.values, ["1"]);
}
