//! Records that come one by one: what goes on in the place of each is one JSON object.
//!
//! The first two bytes say with which rules and settings; records have a zero between them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rule_core::time::Time;
use rule_fuzz::{rules, strict};
use rule_wasm::{Filtered, Sessions};

fuzz_target!(|data: &[u8]| {
    let Some(([set, settings], records)) = data.split_first_chunk() else {
        return;
    };
    let mut config = rules::config(usize::from(*set), usize::from(*settings));
    let only_alerts = settings & 0x80 != 0;
    if only_alerts {
        config["records"] = "alerts".into();
    }
    let mut sessions = Sessions::new(rules::LITTLE, |_| true);
    if sessions.pack(config.to_string().as_bytes()).is_err() {
        return;
    }
    for (number, record) in records.split(|byte| *byte == 0).enumerate() {
        let time = Time::from_seconds(1_615_683_600 + 400 * number as i64);
        match sessions.filter(record, time) {
            Filtered::AsItCame => {
                assert!(!only_alerts);
                assert!(strict::is_object(record), "it went on, and is no object");
            }
            Filtered::Record(text) => {
                let shown = String::from_utf8_lossy(&text);
                assert!(!text.contains(&0), "cut by its host: {shown}");
                assert!(strict::is_object(&text), "no JSON: {shown}");
            }
            Filtered::LeftOut => assert!(only_alerts, "a record is missing"),
            Filtered::Lost => panic!("there is memory"),
        }
    }
});
