//! A search, the first line, over records, the rest. It is refused, or it runs: over the
//! records as they come and in pieces, with the scan and without it, to the same alerts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rule_core::session::Session;
use rule_fuzz::play::{Outcome, Played};
use rule_fuzz::rules;
use serde_json::json;

fn outcome(search: &str, strict: bool, pieces: &[&[u8]]) -> Option<Outcome> {
    let config = json!({
        "detections": {"name": "n", "id": "i", "search": search},
        "window": "all", "strict": strict, "samples": 1, "limits": {"record": 4096},
    });
    let session = Session::open(config.to_string().as_bytes(), &[rules::LITTLE]).ok()?;
    let mut played = Played::new(session);
    for piece in pieces {
        played.push(piece);
    }
    Some(played.end())
}

fuzz_target!(|data: &[u8]| {
    let mut lines = data.splitn(2, |byte| *byte == b'\n');
    let (Some(search), Some(log)) = (lines.next(), lines.next()) else {
        return;
    };
    let Ok(search) = str::from_utf8(search) else {
        return;
    };
    let Some(whole) = outcome(search, false, &[log]) else {
        return;
    };
    whole.assert_counted(log.len());
    let (first, second) = log.split_at(log.len() / 2);
    let strict = outcome(search, true, &[first, second]).expect("it opened before");
    assert_eq!(whole.alerts, strict.alerts, "with the scan and without");
});
