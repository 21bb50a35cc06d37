//! An expression, up to the first zero, over a row whose fields `a`, `b`, `c` ... are the
//! texts between the zeros that follow. It is refused, or it gives a row, twice the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rule_core::session::Session;
use rule_fuzz::play::Played;
use serde_json::{Map, Value, json};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let mut parts = text.split('\0');
    let Some(expression) = parts.next() else {
        return;
    };
    let config = json!({
        "detections": {
            "name": "n", "id": "i",
            "search": format!("* | eval r={expression} | where r=r OR isnull(r) | stats values(r) as r list(r) as l"),
        },
        "window": "all",
    });
    let Ok(session) = Session::open(config.to_string().as_bytes(), &[]) else {
        return;
    };
    let names = ('a'..='z').map(String::from);
    let mut row: Map<String, Value> = names.zip(parts.map(Value::from)).collect();
    row.insert("_time".to_owned(), json!(1_615_683_600.25));
    let record = format!("{}\n", Value::Object(row));
    let mut played = Played::new(session);
    played.push(record.as_bytes());
    played.push(record.as_bytes());
    let outcome = played.end();
    assert_eq!(outcome.counters.malformed, 0, "{record}");
});
