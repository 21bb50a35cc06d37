//! The scan is nothing: with it and without it the alerts are the same.
//!
//! The first three bytes say what is looked for, in which format, and how the rest is cut
//! into pushes; the rest is the log.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rule_core::session::Session;
use serde_json::json;

/// Searches whose texts can be hidden in every way there is.
const SEARCHES: [&str; 6] = [
    "Message IN (\"*New-MailboxSearch*\", \"*Get-Recipient*\") | stats count by host Message",
    "EventCode=1 \"Search-Mailbox\" | stats count",
    "a=*kk-s* OR b=\"*ss'k*\" | stats count by a b",
    "param1=*Mailbox* | stats count values(param2)",
    "Image=*\\\\evil.exe NOT user=root | stats count by user",
    "CommandLine IN (*whoami*, *net1*, *tasklist*, *quser*, *nltest*) | table CommandLine",
];

const FORMATS: [&str; 5] = ["auto", "json", "xml", "text", "csv"];

fn alerts(search: &str, format: &str, piece: usize, log: &[u8], strict: bool) -> Option<Vec<u8>> {
    let config = json!({
        "detections": { "name": "n", "id": "i", "search": search },
        "window": "all",
        "strict": strict,
        "limits": { "record": 4096 },
    });
    let mut session = Session::open(config.to_string().as_bytes(), &[]).ok()?;
    let input = json!({ "format": format });
    session.input(input.to_string().as_bytes()).ok()?;
    for piece in log.chunks(piece) {
        session.push(piece).ok()?;
    }
    session.finish().ok()?;
    let mut all = Vec::new();
    loop {
        let lines = session.take_alerts();
        if lines.is_empty() {
            return Some(all);
        }
        all.extend(lines);
    }
}

fuzz_target!(|data: &[u8]| {
    let Some(([search, format, piece], log)) = data.split_first_chunk() else {
        return;
    };
    let search = SEARCHES[usize::from(*search) % SEARCHES.len()];
    let format = FORMATS[usize::from(*format) % FORMATS.len()];
    let piece = match piece {
        0..=127 => usize::MAX,
        more => usize::from(*more) - 127,
    };
    let scanned = alerts(search, format, piece, log, false);
    let strict = alerts(search, format, usize::MAX, log, true);
    assert_eq!(scanned.is_some(), strict.is_some());
    assert_eq!(
        scanned, strict,
        "{search} over {format} in pieces of {piece}"
    );
});
