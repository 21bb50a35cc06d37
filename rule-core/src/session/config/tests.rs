use super::*;
use crate::frame::Format;
use serde_json::json;

fn read(config: Value) -> Result<Config, SessionError> {
    Config::read(&serde_json::to_vec(&config).unwrap(), &[])
}

#[test]
fn what_is_wrong_with_a_configuration() {
    for (config, code, wanted) in [
        (
            json!({"windw": "all"}),
            ErrorCode::UnknownKey,
            "unknown key `windw`: did you mean `window`?",
        ),
        (
            json!({"window": "hourly"}),
            ErrorCode::BadConfiguration,
            "`window` must be `schedule`, `all`, or an object with `every`, `offset` and `delay`, not `\"hourly\"`",
        ),
        (
            json!({"window": {"every": "1x"}}),
            ErrorCode::BadConfiguration,
            "`window.every` must be a duration such as `1h`, `50m` or `90s`, not `1x`",
        ),
        (
            json!({"window": {"offset": "1h"}}),
            ErrorCode::BadConfiguration,
            "a window needs `every` of a second or more, and no duration of more than 10 years",
        ),
        (
            json!({"clock": "wall"}),
            ErrorCode::BadConfiguration,
            "`clock` must be `end`, `host` or `record`, not `\"wall\"`",
        ),
        (
            json!({"records": "all"}),
            ErrorCode::BadConfiguration,
            "`records` must be `annotate` or `alerts`, not `\"all\"`",
        ),
        (
            json!({"early": "always"}),
            ErrorCode::BadConfiguration,
            "`early` must be `true`, `false` or `running`, not `\"always\"`",
        ),
        (
            json!({"samples": -1}),
            ErrorCode::BadConfiguration,
            "`samples` must be a whole number, not negative, not `-1`",
        ),
        (
            json!({"limits": {"record": 1}}),
            ErrorCode::BadConfiguration,
            "`limits.record` must be from 1024 to 268435456, not `1`",
        ),
        (
            json!({"macros": {"m": {}}}),
            ErrorCode::BadConfiguration,
            "`macros.m.definition` is missing",
        ),
        (
            json!({"defaults": {"timezone": "Middle Earth"}}),
            ErrorCode::BadConfiguration,
            "`defaults.timezone`: `Middle Earth` is no time zone: give `UTC`, an offset such as `+02:00`, a POSIX string such as `CET-1CEST,M3.5.0,M10.5.0/3`, or a name with its TZif data",
        ),
        (
            json!({"defaults": {"timezone": {"tzif": "AAAA"}}}),
            ErrorCode::BadConfiguration,
            "`defaults.timezone`: the data of time zone `unnamed` is no TZif file",
        ),
        (
            json!([]),
            ErrorCode::BadConfiguration,
            "the configuration must be an object, not `[]`",
        ),
    ] {
        let error = read(config).unwrap_err();
        assert_eq!((error.code, &*error.message), (code, wanted));
    }
    let error = Config::read(b"{", &[]).unwrap_err();
    assert_eq!(
        error.message,
        "the configuration is no JSON: EOF while parsing an object at line 1 column 1"
    );
}

#[test]
fn what_is_given_wins_over_what_is_built_in() {
    let builtin = json!({
        "detections": [{"name": "built in"}],
        "macros": {"a": "1", "b": {"definition": "2"}, "f(x)": "$x$"},
        "samples": 3,
    });
    let given =
        json!({"macros": {"b": "two"}, "window": {"every": "1h", "offset": "50m", "delay": "10m"}});
    let config = Config::read(
        given.to_string().as_bytes(),
        &[builtin.to_string().as_bytes()],
    )
    .unwrap();
    assert_eq!(config.detections.len(), 1);
    assert_eq!(config.macros.get("a", 0).unwrap().definition, "1");
    assert_eq!(config.macros.get("b", 0).unwrap().definition, "two");
    assert_eq!(config.macros.get("f", 1).unwrap().arguments, ["x"]);
    assert_eq!(config.samples, 3);
    let wanted = Schedule::Every {
        every: 3600,
        offset: 3000,
        delay: 600,
    };
    assert!(matches!(config.window, Window::Fixed(schedule) if schedule == wanted));
}

#[test]
fn layers_and_a_seal() {
    let bundle = br#"{"detections":[{"name":"a"}],"macros":{"m":"1"},"samples":1}"#;
    let packed = br#"{"macros":{"m":"2"},"samples":2,"sealed":true}"#;
    let above = br#"{"samples":3,"clock":"record","records":"alerts"}"#;
    let config = Config::read(above, &[bundle, packed]).unwrap();
    assert_eq!(config.macros.get("m", 0).unwrap().definition, "2");
    assert_eq!((config.samples, config.sealed), (3, true));
    assert_eq!(config.records, Records::Alerts);
    for key in SEALED {
        let given = json!({ key: {} }).to_string();
        let error = Config::read(given.as_bytes(), &[bundle, packed]).unwrap_err();
        assert_eq!(error.code, ErrorCode::Sealed, "{key}");
        assert!(error.message.contains(&alloc::format!("`{key}`")), "{key}");
    }
}

#[test]
fn settings_of_an_input() {
    let call = InputCall::parse(br#"{"name":"a.csv","format":"csv","host":"H"}"#).unwrap();
    let InputCall::Begins(settings) = call else {
        panic!("{call:?}");
    };
    let session = Defaults {
        host: Some("S".into()),
        sourcetype: Some("T".into()),
        ..Defaults::default()
    };
    let over = settings.over(&session);
    assert_eq!(
        (over.host.as_deref(), over.sourcetype.as_deref()),
        (Some("H"), Some("T"))
    );
    assert_eq!(settings.format, Format::Csv);
    let error = InputCall::parse(br#"{"format":"yaml"}"#).unwrap_err();
    assert_eq!(
        error.message,
        "`format` must be `auto`, `json`, `xml`, `text` or `csv`, not `\"yaml\"`"
    );
}

#[test]
fn a_message_is_one_line_whatever_is_in_it() {
    for config in [
        json!({"a\nb": 1}),
        json!({"window": {"every": "1\r\n\u{202e}x"}}),
    ] {
        let error = read(config).unwrap_err();
        let printed = |next: char| !next.is_control() && !matches!(next, '\u{2028}' | '\u{202e}');
        assert!(error.message.chars().all(printed), "{:?}", error.message);
    }
}
