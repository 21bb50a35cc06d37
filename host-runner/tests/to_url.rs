//! Alerts to a receiver behind a URL: all of them, also where it is down at first or
//! the run is started again.

mod desk;

use std::collections::BTreeSet;

use desk::Desk;
use desk::receiver::{NOTHING, Receiver, SLOWLY};

const RULE: [&str; 4] = ["--search", "a=1 | stats count by b", "--window", "all"];

fn events(count: usize) -> String {
    (0..count)
        .map(|n| format!("{{\"a\":1,\"b\":\"group {n}\"}}\n"))
        .collect()
}

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    ["run", "events.json"]
        .iter()
        .chain(&RULE)
        .chain(more)
        .copied()
        .collect()
}

#[test]
fn all_alerts_arrive_also_where_the_receiver_is_busy_at_first() {
    let desk = Desk::new();
    desk.file("events.json", events(2000));
    let expected = desk.run(&with(&[])).out();
    let receiver = Receiver::answering(&["503 Busy", "429 Later", "200 OK"]);
    let ran = desk.run(&with(&["--to", &receiver.url]));
    ran.told(0, &["it answers 503", "it is tried again"]);
    assert_eq!(ran.out(), "");
    let lines: Vec<&str> = expected.lines().collect();
    assert_eq!(receiver.lines(), lines);
}

#[test]
fn a_receiver_that_dies_and_one_that_is_slow() {
    let desk = Desk::new();
    desk.file("events.json", events(2000));
    let expected = desk.run(&with(&[])).out();
    let receiver = Receiver::answering(&[NOTHING, SLOWLY, NOTHING, "200 OK"]);
    let ran = desk.run(&with(&["--to", &receiver.url]));
    ran.told(0, &["does not take the alerts", "it is tried again"]);
    let lines: Vec<&str> = expected.lines().collect();
    assert_eq!(receiver.lines(), lines);
    assert!(receiver.asked() > 3, "{}", receiver.asked());
}

#[test]
fn a_refusal_ends_the_run_and_the_next_start_delivers_the_rest() {
    let desk = Desk::new();
    desk.file("events.json", events(2000));
    let expected = desk.run(&with(&[])).out();
    // The first alerts are taken, the next refused for good; then all is taken.
    let receiver = Receiver::answering(&["200 OK", "400 Bad Request", "200 OK"]);
    let arguments = with(&["--to", &receiver.url, "--checkpoint", "state"]);
    desk.run(&arguments)
        .told(2, &["does not take the alerts: it answers 400"]);
    desk.run(&arguments).told(0, &["2000 alerts"]);
    let once: BTreeSet<String> = receiver.lines().into_iter().collect();
    let expected: BTreeSet<String> = expected.lines().map(str::to_owned).collect();
    assert_eq!(once, expected, "each at least once");
    assert!(receiver.lines().len() > expected.len(), "some came twice");
}

#[test]
fn a_url_is_given_lines() {
    let desk = Desk::new();
    desk.file("events.json", events(1));
    desk.run(&with(&["--to", "http://127.0.0.1:9/", "--output", "csv"]))
        .told(1, &["a URL is given JSON lines"]);
}
