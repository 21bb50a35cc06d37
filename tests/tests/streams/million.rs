//! A million groups, with the limits as they are by default.

use std::collections::BTreeMap;
use std::fmt::Write;

use rule_tests::host::Host;
use rule_tests::host::abi::Client;
use rule_tests::host::native::Native;
use rule_tests::host::wasmtime::Guest;
use serde_json::{Value, json};

use crate::model::counters;

const GROUPS: usize = 1_000_000;
const AT_ONCE: usize = 10_000;

#[test]
fn a_million_groups_natively() {
    all_come_out(&mut Native::default());
}

/// The instance may not take a page more than 64 MiB.
#[test]
fn a_million_groups_in_the_module() {
    all_come_out(&mut Client::new(Guest::start(Some(64 << 20))));
}

fn all_come_out(host: &mut dyn Host) {
    let search = "user=* | stats count by user";
    let config = json!({"detections": {"name": "n", "id": "i", "search": search}});
    host.open(config.to_string().as_bytes()).unwrap();
    let description: Value = serde_json::from_slice(&host.describe()).unwrap();
    assert!(description["memory"]["needed"].as_u64().unwrap() <= 64 << 20);
    let mut seen = Seen::default();
    for from in (0..GROUPS).step_by(AT_ONCE) {
        let mut events = String::new();
        for user in from..from + AT_ONCE {
            writeln!(events, "{{\"_time\":1615720000,\"user\":\"u{user}\"}}").unwrap();
        }
        host.push(events.as_bytes()).unwrap();
        seen.take(host);
    }
    host.finish().unwrap();
    seen.take(host);

    let counters = counters(host);
    assert_eq!(counters["matches"], GROUPS);
    assert_eq!(seen.kinds.values().sum::<usize>(), GROUPS);
    assert_eq!(counters["alerts"], GROUPS);
    assert_eq!(counters["partial"], seen.kinds["\"kind\":\"partial\""]);
    assert!(seen.users.iter().all(|times| *times == 1), "each once");
}

/// The alerts so far: too many to be kept, or to be read as JSON.
struct Seen {
    kinds: BTreeMap<String, usize>,
    users: Vec<u8>,
}

impl Default for Seen {
    fn default() -> Self {
        Seen {
            kinds: BTreeMap::new(),
            users: vec![0; GROUPS],
        }
    }
}

impl Seen {
    fn take(&mut self, host: &mut dyn Host) {
        loop {
            let lines = host.some_alerts();
            if lines.is_empty() {
                return;
            }
            for line in std::str::from_utf8(&lines).unwrap().lines() {
                // {"schema":"...","kind":"...", ... "row":{"user":"u7","count":1}
                let kind = line.split(',').nth(1).unwrap();
                match self.kinds.get_mut(kind) {
                    Some(count) => *count += 1,
                    None => _ = self.kinds.insert(kind.to_string(), 1),
                }
                let row = line.split("\"row\":{\"user\":\"u").nth(1).unwrap();
                let (user, rest) = row.split_once('"').unwrap();
                assert!(rest.starts_with(",\"count\":1}"), "{line}");
                self.users[user.parse::<usize>().unwrap()] += 1;
            }
        }
    }
}
