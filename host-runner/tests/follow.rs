//! `run --follow`: what is written to a file is read, wherever a rotation puts it.
#![cfg(unix)]

mod desk;

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use desk::{Desk, Started, until};
use serde_json::Value;

const RULE: [&str; 4] = [
    "--search",
    "a=hit | stats count by user",
    "--window",
    "every=1s",
];

/// The arguments that follow these inputs into the file `alerts`.
fn follow<'a>(inputs: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [
        &["run", "--follow", "--to", "alerts"][..],
        &RULE,
        inputs,
        more,
    ]
    .concat()
}

const KEPT: [&str; 4] = ["--checkpoint", "state", "--checkpoint-interval", "50ms"];

fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("after 1970").as_millis() as f64 / 1000.0
}

/// An event of this moment.
fn event(user: &str) -> String {
    format!(
        "{{\"_time\":{:.3},\"a\":\"hit\",\"user\":\"{user}\"}}\n",
        now()
    )
}

fn append(desk: &Desk, name: &str, text: &str) {
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(desk.path(name))
        .expect("opened");
    file.write_all(text.as_bytes()).expect("written");
}

/// The events that the alerts count, by user: of each alert its last revision.
fn counted(desk: &Desk) -> BTreeMap<String, u64> {
    let mut last: BTreeMap<(String, u64), (u64, Value)> = BTreeMap::new();
    let text = fs::read_to_string(desk.path("alerts")).unwrap_or_default();
    let end = text.rfind('\n').map_or(0, |at| at + 1);
    for line in text[..end].lines() {
        let alert: Value = serde_json::from_str(line).expect("a whole line is an alert");
        let number = |key: &str| alert[key].as_u64().expect("a number");
        let (part, revision) = (number("part"), number("revision"));
        let finding = (alert["id"].as_str().expect("an id").to_owned(), part);
        let before = last.insert(finding, (revision, alert));
        assert!(
            before.is_none_or(|(before, _)| before < revision),
            "each alert once, its revisions rising: {line}"
        );
    }
    let mut counts = BTreeMap::new();
    for alert in last.values().map(|(_, alert)| alert) {
        let user = alert["row"]["user"].as_str().expect("a user").to_owned();
        *counts.entry(user).or_default() += alert["row"]["count"].as_u64().expect("a count");
    }
    counts
}

fn total(desk: &Desk) -> u64 {
    counted(desk).values().sum()
}

#[test]
fn a_file_grows_and_windows_close_by_the_clock() {
    let desk = Desk::new();
    append(&desk, "app.log", &event("u"));
    let child = desk.start(&follow(&["app.log"], &[]));
    until("the first is counted", || total(&desk) == 1);
    let whole = event("u");
    let (first, second) = whole.split_at(20);
    append(&desk, "app.log", first);
    thread::sleep(Duration::from_millis(400));
    append(&desk, "app.log", second);
    until("a record that came in two is counted", || total(&desk) == 2);
    append(&desk, "app.log", &(event("u") + event("u").trim_end()));
    let ran = {
        until("the third is counted", || total(&desk) >= 3);
        child.stop()
    };
    ran.told(0, &["read 4 events, 4 matched, 0 malformed"]);
    assert_eq!(total(&desk), 4, "an end in order gives what windows hold");
}

#[test]
fn rotation_by_name_and_by_cutting() {
    let desk = Desk::new();
    let child = desk.start(&follow(&["app.log"], &KEPT));
    until("it has looked for the file", || {
        desk.header("state").is_some()
    });
    append(&desk, "app.log", &event("u"));
    until("the first file is read", || total(&desk) == 1);
    fs::rename(desk.path("app.log"), desk.path("app.log.1")).expect("moved");
    append(&desk, "app.log.1", &event("u"));
    append(&desk, "app.log", &event("u"));
    until("both files are read", || total(&desk) == 3);
    append(&desk, "app.log", &event("u").repeat(3));
    until("and on", || total(&desk) == 6);
    fs::write(desk.path("app.log"), event("u")).expect("cut");
    until("what was cut is read from its start", || total(&desk) == 7);
    fs::remove_file(desk.path("app.log")).expect("removed");
    append(&desk, "app.log", &event("u"));
    until("what was removed is back", || total(&desk) == 8);
    child.stop().told(
        0,
        &[
            "`app.log` is not there yet; it is waited for",
            "`app.log` was cut from ",
            "read 8 events, 8 matched",
        ],
    );
}

#[test]
fn folders_and_patterns_find_what_comes_later() {
    let desk = Desk::new();
    desk.file("logs/one.log", event("one"));
    let child = desk.start(&follow(&["logs", "more/*.json"], &[]));
    until("the first is counted", || total(&desk) == 1);
    desk.file("logs/two.log", event("two"));
    desk.file("more/three.json", event("three"));
    append(&desk, "logs/one.log", &event("one"));
    until("all are counted", || total(&desk) == 4);
    // Rotated under a name that is followed, too: it is not read twice.
    fs::rename(desk.path("logs/one.log"), desk.path("logs/one-old.log")).expect("moved");
    append(&desk, "logs/one.log", &event("one"));
    until("the new one is counted", || total(&desk) == 5);
    thread::sleep(Duration::from_secs(3));
    child.stop().told(0, &["read 5 events, 5 matched"]);
    let expected = [("one", 3), ("three", 1), ("two", 1)].map(|(user, n)| (user.to_owned(), n));
    assert_eq!(counted(&desk), BTreeMap::from(expected));
}

#[test]
fn records_of_files_in_turns_are_not_mixed() {
    let desk = Desk::new();
    let child = desk.start(&follow(&["a.log", "b.log"], &["--quiet"]));
    let [a, b] = [event("a"), event("b")];
    for (from, to) in [(0, 9), (9, 30), (30, a.len())] {
        append(&desk, "a.log", &a[from..to]);
        append(&desk, "b.log", &b[from..to]);
        thread::sleep(Duration::from_millis(600));
    }
    until("both are counted", || total(&desk) == 2);
    assert_eq!(child.stop().err(), "");
}

#[test]
fn standard_input_until_it_ends() {
    let desk = Desk::new();
    let mut child = desk.start(&follow(&["-"], &[]));
    let mut stdin = child.stdin();
    stdin.write_all(event("u").as_bytes()).expect("taken");
    until("windows close while it waits", || total(&desk) == 1);
    stdin.write_all(event("u").as_bytes()).expect("taken");
    drop(stdin);
    child.wait().told(0, &["read 2 events, 2 matched"]);
    assert_eq!(total(&desk), 2);
}

#[test]
fn a_stop_keeps_windows_open_in_the_checkpoint() {
    let desk = Desk::new();
    let rule = ["--search", RULE[1], "--window", "all"];
    let follow = ["run", "app.log", "--follow", "--to", "alerts"];
    let arguments = [&follow[..], &rule, &KEPT].concat();
    for starts in 1..=3u64 {
        append(&desk, "app.log", &event("u"));
        let size = fs::metadata(desk.path("app.log")).expect("there").len();
        let child = desk.start(&arguments);
        until("it is read", || {
            desk.header("state")
                .is_some_and(|header| header["inputs"][0]["bytes"] == size)
        });
        let ran = child.stop();
        ran.told(0, &[&format!("read {starts} event"), "0 alerts"]);
        assert_eq!(desk.read("alerts"), "");
    }
}

#[test]
fn what_was_rotated_while_nobody_looked() {
    let desk = Desk::new();
    let arguments = follow(&["app.log"], &KEPT);
    let start = |expected: u64| {
        let child = desk.start(&arguments);
        until("all of it is counted", || total(&desk) == expected);
        child.stop()
    };
    append(&desk, "app.log", &event("u"));
    start(1);
    // It grows after it was read, and is rotated twice.
    append(&desk, "app.log", &event("u"));
    fs::rename(desk.path("app.log"), desk.path("app.log.2")).expect("moved");
    append(&desk, "app.log", &event("v").repeat(2));
    fs::rename(desk.path("app.log"), desk.path("app.log.1")).expect("moved");
    append(&desk, "app.log", &event("w"));
    let ran = start(5);
    assert!(!ran.err().contains("warning"), "{}", ran.err());
    // And gone altogether.
    fs::remove_file(desk.path("app.log")).expect("removed");
    append(&desk, "app.log", &event("x").repeat(3));
    start(8).told(
        0,
        &["the file that was read as `app.log` is gone or was cut"],
    );
    desk.run(&follow(&["other.log"], &KEPT))
        .told(1, &["it reads `app.log` where `other.log` is given"]);
}

/// A writer that goes on and rotates, and a follower that is killed again and again.
#[test]
fn kills_on_a_growing_and_rotating_file() {
    let desk = Desk::new();
    let arguments = follow(&["app.log"], &KEPT);
    append(&desk, "app.log", &event("u"));
    // What was rotated before the first start is none of its business.
    let child = desk.start(&arguments);
    until("the file is known", || {
        desk.header("state")
            .is_some_and(|header| header["inputs"][0]["file"].is_object())
    });
    let over = AtomicBool::new(false);
    let written = thread::scope(|scope| {
        let writer = scope.spawn(|| write_and_rotate(&desk, &over));
        kill_again_and_again(&desk, child, &arguments);
        over.store(true, Ordering::Relaxed);
        writer.join().expect("it writes")
    });
    let written = 1 + written;
    let child = desk.start(&arguments);
    until("all of it is counted", || total(&desk) == written);
    let ran = child.stop();
    ran.told(0, &[&format!("read {written} events, {written} matched")]);
    assert!(!ran.err().contains("is gone"), "{}", ran.err());
    assert_eq!(total(&desk), written);
}

/// Writes events and rotates the file now and then, as a service and its log rotation
/// do; how many events.
fn write_and_rotate(desk: &Desk, over: &AtomicBool) -> u64 {
    let mut written = 0;
    for step in 0u64.. {
        if over.load(Ordering::Relaxed) {
            break;
        }
        for _ in 0..=step % 3 {
            append(desk, "app.log", &event("u"));
            written += 1;
        }
        thread::sleep(Duration::from_millis(20 + 37 * step % 90));
        if step % 9 == 8 {
            let old = format!("app.log.{step}");
            fs::rename(desk.path("app.log"), desk.path(&old)).expect("moved");
            // The service has not noticed yet.
            append(desk, &old, &event("u"));
            written += 1;
        }
    }
    written
}

fn kill_again_and_again(desk: &Desk, first: Started, arguments: &[&str]) {
    let mut child = first;
    for kill in 0..20 {
        thread::sleep(Duration::from_millis(300 + 531 * kill % 1700));
        assert!(!child.has_ended(), "it follows until it is killed");
        child.kill();
        total(desk);
        child = desk.start(arguments);
    }
}

#[test]
fn without_a_checkpoint_the_alerts_go_on_after_the_last_whole_line() {
    let desk = Desk::new();
    desk.file("alerts", "{\"before\":1}\n{\"torn");
    append(&desk, "app.log", &event("u"));
    let child = desk.start(&follow(&["app.log"], &[]));
    until("there is an alert", || {
        desk.read("alerts").contains("schema")
    });
    child.stop().told(0, &[]);
    let alerts = desk.read("alerts");
    assert!(
        alerts.starts_with("{\"before\":1}\n{\"schema\""),
        "{alerts}"
    );
    assert!(alerts.ends_with("}\n"));
}

#[test]
fn what_does_not_go_together() {
    let desk = Desk::new();
    desk.file("a.log", "");
    desk.run(&["run", "--follow", "a.log", "--output", "table"])
        .told(1, &["only `--output ndjson`"]);
    desk.run(&["run", "--follow", "a.log", "--to", "a.log"])
        .told(1, &["`a.log` is among the inputs"]);
}
