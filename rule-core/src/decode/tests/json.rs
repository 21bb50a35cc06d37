//! Named JSON records.

use super::{All, Nothing, One, lines};
use crate::decode::{Envelope, MAX_PATH_BYTES, envelope, json};
use alloc::{format, vec};

#[test]
fn values_have_the_path_of_their_keys() {
    let cases: [(&str, &str, &[&str]); 16] = [
        ("an empty object", " {} \r\n", &[]),
        ("a string", r#"{"a":"x"}"#, &["a=x"]),
        ("an empty string", r#"{"a":""}"#, &["a="]),
        (
            "numbers as they are written",
            r#"{"a":1,"b":-0.10,"c":1E+400,"d":12345678901234567890123}"#,
            &["a=1", "b=-0.10", "c=1E+400", "d=12345678901234567890123"],
        ),
        (
            "booleans and null",
            r#"{"a":true,"b":false,"c":null}"#,
            &["a=true", "b=false"],
        ),
        (
            "nested keys and dotted keys",
            r#"{"a":{"b":{"c":1},"d":2},"a.e":3,"f":4}"#,
            &["a.b.c=1", "a.d=2", "a.e=3", "f=4"],
        ),
        (
            "arrays",
            r#"{"a":[1,"x",null,[2],{"b":3,"c":[4]},{}],"d":5}"#,
            &["a{}=1", "a{}=x", "a{}{}=2", "a{}.b=3", "a{}.c{}=4", "d=5"],
        ),
        ("empty containers", r#"{"a":{},"b":[],"c":[[],{}]}"#, &[]),
        (
            "a key that is there twice",
            r#"{"a":1,"a":{"b":2},"a":3}"#,
            &["a=1", "a.b=2", "a=3"],
        ),
        (
            "empty keys",
            r#"{"":1,"a":{"":2},"":{"":3}}"#,
            &["=1", "a.=2", ".=3"],
        ),
        (
            "escapes",
            r#"{"a":"\"\\\/\b\f\n\r\t\u0041\u00e9x"}"#,
            &["a=\"\\/\u{8}\u{c}\n\r\tAéx"],
        ),
        ("a NUL", r#"{"a":"x\u0000y"}"#, &["a=x\0y"]),
        (
            "surrogates",
            r#"{"a":"\uD83D\uDE00","b":"\ud83d","c":"\ude00x","d":"\ud83d\ud83d\ude00","e":"\ud83d\u0041","f":"\ud83d\n"}"#,
            &[
                "a=😀",
                "b=\u{fffd}",
                "c=\u{fffd}x",
                "d=\u{fffd}😀",
                "e=\u{fffd}A",
                "f=\u{fffd}\n",
            ],
        ),
        (
            "escapes in keys",
            r#"{"\u0045vent\"Code":{"\u002e":1}}"#,
            &["Event\"Code..=1"],
        ),
        (
            "blanks everywhere",
            " { \"a\" : [ 1 , 2 ] ,\r\n\t\"b\" : { \"c\" : \"x\" } } ",
            &["a{}=1", "a{}=2", "b.c=x"],
        ),
        ("not ASCII", r#"{"ü":"日本 😀"}"#, &["ü=日本 😀"]),
    ];
    for (name, record, expected) in cases {
        let found = lines(name, |sink| json(record.as_bytes(), sink));
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn what_is_no_json_object_is_malformed_whoever_asks() {
    let cases: [(&str, &[u8], usize); 31] = [
        ("nothing", b"", 0),
        ("an array", b"[{}]", 0),
        ("a scalar", b" 1", 1),
        ("not closed", b"{\"a\":1", 6),
        ("not closed after a comma", b"{\"a\":1,", 7),
        ("not closed after a colon", b"{\"a\":", 5),
        ("not closed after a key", b"{\"a\"", 4),
        ("an array not closed", b"{\"a\":[1", 7),
        ("something behind it", b"{} {}", 3),
        ("a comma at the end of an object", b"{\"a\":1,}", 7),
        ("a comma at the end of an array", b"{\"a\":[1,]}", 8),
        ("a comma at the begin", b"{,}", 1),
        ("two commas", b"{\"a\":1,,\"b\":2}", 7),
        ("no comma", b"{\"a\":1 \"b\":2}", 7),
        ("no colon", b"{\"a\" 1}", 5),
        ("a key without quotes", b"{a:1}", 1),
        ("the wrong bracket", b"{\"a\":[1}}", 7),
        ("a string not closed", b"{\"a\":\"x}", 5),
        ("a control character", b"{\"a\":\"x\x1fy\"}", 7),
        ("a line break in a string", b"{\"a\":\"x\ny\"}", 7),
        ("an escape of another language", b"{\"a\":\"x\\'\"}", 7),
        ("a short escape", b"{\"a\":\"\\u12G4\"}", 6),
        ("a sign in an escape", b"{\"a\":\"\\u+123\"}", 6),
        ("a leading zero", b"{\"a\":01}", 6),
        ("a plus", b"{\"a\":+1}", 5),
        ("no digit before the point", b"{\"a\":.1}", 5),
        ("no digit behind the point", b"{\"a\":1.}", 7),
        ("no digit in the exponent", b"{\"a\":1e+}", 8),
        ("a minus alone", b"{\"a\":-}", 6),
        ("a word cut off", b"{\"a\":tru}", 5),
        ("a byte that is no UTF-8 outside of strings", b"{\xff}", 1),
    ];
    for (name, record, offset) in cases {
        let error = json(record, &mut Nothing).expect_err(name);
        assert_eq!(error.offset, offset, "{name}: {error}");
        assert_eq!(json(record, &mut All::default()), Err(error), "{name}");
    }
}

#[test]
fn strings_without_escapes_are_borrowed() {
    let mut all = All::default();
    json(br#"{"a":"x","b":1,"c":["y",true]}"#, &mut all).unwrap();
    assert_eq!((all.fields.len(), all.owned), (4, 0));
    json(br#"{"a":"\n"}"#, &mut all).unwrap();
    assert_eq!(all.owned, 1);
}

#[test]
fn only_what_is_wanted_is_given() {
    let mut one = One {
        path: "a.b",
        values: vec![],
    };
    json(br#"{"a":{"b":"\u0078","c":2},"b":3,"a.b":4}"#, &mut one).unwrap();
    assert_eq!(one.values, ["x", "4"]);
}

#[test]
fn bytes_that_are_no_utf8_are_replaced_and_flagged() {
    let mut all = All::default();
    let decoded = json(b"{\"a\xff\":\"x\xc3\\n\xff\"}", &mut all).unwrap();
    assert!(decoded.invalid_utf8);
    let expected = ("a\u{fffd}".into(), "x\u{fffd}\n\u{fffd}".into());
    assert_eq!(all.fields, [expected]);
    assert!(!json(b"{\"a\":\"x\"}", &mut Nothing).unwrap().invalid_utf8);
}

#[test]
fn containers_go_256_levels_deep() {
    for (open, close) in [("[", "]"), ("{\"\":", "}")] {
        let nested = |levels: usize| {
            let (open, close) = (open.repeat(levels - 1), close.repeat(levels - 1));
            format!("{{\"a\":{open}1{close}}}")
        };
        assert!(json(nested(256).as_bytes(), &mut Nothing).is_ok());
        assert!(json(nested(257).as_bytes(), &mut Nothing).is_err());
        assert!(json(nested(200_000).as_bytes(), &mut Nothing).is_err());
    }
}

#[test]
fn a_path_that_is_too_long_is_given_to_nobody_and_the_next_is() {
    let key = "k".repeat(MAX_PATH_BYTES);
    let record = format!(r#"{{"{key}":1,"{key}k":2,"{key}":{{"a":3}},"{key}":[4],"b":{{"c":5}}}}"#);
    let found = lines("long", |sink| json(record.as_bytes(), sink));
    assert_eq!(found, [format!("{key}=1"), "b.c=5".into()]);
}

#[test]
fn envelopes_are_told_by_all_their_keys() {
    let cases = [
        (
            r#"{"preview":false,"offset":0,"result":{"a":{"x":[1]}}}"#,
            Envelope::Export,
        ),
        (r#"{"result":{},"lastrow":true}"#, Envelope::Export),
        (r#"{"result":{},"x":1}"#, Envelope::None),
        (r#"{"result":"ok"}"#, Envelope::None),
        (r#"{"preview":false}"#, Envelope::None),
        (r#"{"event":"text"}"#, Envelope::Hec),
        (
            r#"{"time":1.5,"host":"h","source":"s","sourcetype":"t","index":"i","event":{"a":[{"b":1}]},"fields":{"c":"d"}}"#,
            Envelope::Hec,
        ),
        (r#" { "\u0065vent" : [ ] , "time" : "1" } "#, Envelope::Hec),
        (
            r#"{"event":{"code":1},"host":{"name":"x"}}"#,
            Envelope::None,
        ),
        (r#"{"event":{"code":1},"@timestamp":"x"}"#, Envelope::None),
        (r#"{"event":{},"result":{}}"#, Envelope::None),
        (r#"{"time":1,"host":"h"}"#, Envelope::None),
        (r#"{"EventID":1}"#, Envelope::None),
        ("{}", Envelope::None),
        ("", Envelope::None),
        ("[]", Envelope::None),
        (r#"{"event":1"#, Envelope::None),
        (r#"{"event":[[1"#, Envelope::None),
    ];
    for (record, expected) in cases {
        assert_eq!(envelope(record.as_bytes()), expected, "{record}");
    }
    let deep = format!("{{\"event\":{}", "[".repeat(200_000));
    assert_eq!(envelope(deep.as_bytes()), Envelope::None);
}
