//! Real events of an attack by ProxyLogon, in every host. The data are not part
//! of the project; where they are missing the tests say so and are skipped.

use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use rule_tests::host::Kind;
use serde_json::{Value, json};

const EVENTS: u64 = 10_487;

/// The events as JSON lines.
fn logs() -> Option<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/data/windows/otrf_proxylogon.ndjson.gz");
    let Ok(packed) = std::fs::read(&path) else {
        eprintln!("skipped: there is no {}", path.display());
        return None;
    };
    let mut text = Vec::new();
    MultiGzDecoder::new(&*packed)
        .read_to_end(&mut text)
        .unwrap();
    Some(text)
}

/// As much of the logs as a host reads in seconds: all, or for an interpreter the
/// last thousand events, among which are those of Exchange.
fn part(kind: Kind, logs: &[u8]) -> (&[u8], u64) {
    if kind != Kind::Wasmi {
        return (logs, EVENTS);
    }
    let ends = logs
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, byte)| **byte == b'\n');
    let before = ends.map(|(place, _)| place + 1).nth(1000);
    (&logs[before.expect("more than a thousand events")..], 1000)
}

fn run(kind: Kind, config: &[u8], logs: &[u8]) -> (String, Value) {
    let mut host = kind.start();
    host.open(config).unwrap();
    for piece in logs.chunks(256 * 1024) {
        host.push(piece).unwrap();
    }
    host.finish().unwrap();
    let counters = serde_json::from_slice(&host.counters()).unwrap();
    (String::from_utf8(host.alerts()).unwrap(), counters)
}

#[test]
fn the_detection_finds_none_of_its_cmdlets() {
    let Some(logs) = logs() else { return };
    for kind in Kind::ALL {
        let (logs, events) = part(kind, &logs);
        let (alerts, counters) = run(kind, b"", logs);
        assert_eq!(alerts, "", "{kind:?}");
        assert_eq!(counters["records"], events, "{kind:?}");
        assert_eq!(counters["malformed"], 0, "{kind:?}");
        assert_eq!(counters["bytes"], logs.len(), "{kind:?}");
    }
}

#[test]
fn the_cmdlets_that_are_there_are_found_and_nothing_of_sysmon() {
    let Some(logs) = logs() else { return };
    let search = "sourcetype=MSExchange:management EventCode=1 \
         | stats count min(_time) as firstTime max(_time) as lastTime by host Message";
    let config = json!({"detections": {"name": "n", "id": "i", "search": search}}).to_string();

    // The events of the channel, found in another way.
    let mut messages: Vec<String> = logs
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice::<Value>(line).ok())
        .filter(|event| event["Channel"] == "MSExchange Management" && event["EventID"] == 1)
        .map(|event| event["Message"].as_str().unwrap().to_string())
        .collect();
    messages.sort();
    assert_eq!(messages.len(), 3);
    let times = ["1615686017.518", "1615686014.768", "1615686012.987"];
    let wanted: Vec<String> = messages
        .iter()
        .zip(times)
        .map(|(message, time)| {
            let message = json!(message);
            format!(
                "\"row\":{{\"host\":\"MXS01.azsentinel.local\",\"Message\":{message},\"count\":1,\
                 \"firstTime\":{time},\"lastTime\":{time}}}"
            )
        })
        .collect();

    let mut of_hosts = Vec::new();
    for kind in Kind::ALL {
        let (alerts, counters) = run(kind, config.as_bytes(), part(kind, &logs).0);
        assert_eq!(counters["matches"], 3, "{kind:?}");
        let lines: Vec<&str> = alerts.lines().collect();
        assert_eq!(lines.len(), wanted.len(), "{kind:?}");
        for (line, row) in lines.iter().zip(&wanted) {
            assert!(line.contains(row.as_str()), "{kind:?}: {line}");
            let window =
                r#""window":{"start":"2021-03-14T00:50:00Z","end":"2021-03-14T01:50:00Z"}"#;
            assert!(line.contains(window), "{kind:?}: {line}");
        }
        of_hosts.push(alerts);
    }
    assert!(of_hosts.windows(2).all(|pair| pair[0] == pair[1]));
}
