//! `serve` and where its alerts go: a receiver that is down, a buffer that is full, a
//! disk that takes nothing.
#![cfg(unix)]

mod desk;

use std::collections::BTreeSet;
use std::io::Write;
use std::net::TcpListener;

use desk::receiver::Receiver;
use desk::station::Station;
use desk::{Desk, until};

/// A search whose rows are given at once.
const EARLY: [&str; 5] = [
    "--search",
    "a=1 | stats count by b",
    "--window",
    "all",
    "--early",
];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&EARLY[..], more].concat()
}

/// An event of a group of its own.
fn event(number: usize) -> String {
    format!("{{\"a\":1,\"b\":\"group {number}\"}}\n")
}

/// The groups that alerts are of.
fn groups(lines: &[String]) -> BTreeSet<String> {
    let group = |line: &String| {
        let alert: serde_json::Value = serde_json::from_str(line).expect("JSON");
        alert["row"]["b"].as_str().expect("a group").to_owned()
    };
    lines.iter().map(group).collect()
}

/// Posts events until one is refused; how many were taken.
fn fill(station: &Station) -> usize {
    let mut taken = 0;
    loop {
        let answer = station.post(&[], event(taken));
        match answer.status {
            200 => taken += 1,
            429 => {
                assert!(answer.head.contains("retry-after: "), "{answer:?}");
                assert!(answer.body.contains("come again"), "{answer:?}");
                return taken;
            }
            _ => panic!("{answer:?}"),
        }
        assert!(taken < 10_000, "the buffer has no end");
    }
}

#[test]
fn a_receiver_that_is_down_holds_events_up_and_loses_none() {
    let desk = Desk::new();
    let receiver = Receiver::answering(&["503 Busy"]);
    let limit = ["--to", &receiver.url, "--alert-limit", "8KiB"];
    let station = desk.serve(&with(&limit));
    assert_eq!(station.get("/health").status, 200);
    let mut taken = fill(&station);
    assert!(taken > 5, "some are taken before the buffer is full");
    let health = station.get("/health");
    assert_eq!(health.status, 503, "{health:?}");
    assert!(health.body.contains("blocked"), "{health:?}");
    assert_eq!(station.get("/").status, 429, "who looks first sees it");
    assert_eq!(station.metric("rule_delivery_up"), 0);
    assert!(station.metric("rule_undelivered_bytes") >= 8 << 10);
    until("it is tried again", || {
        station.metric("rule_delivery_retries_total") > 1
    });
    receiver.answers("200 OK");
    until("all is delivered", || {
        groups(&receiver.lines()).len() == taken
    });
    until("it is well again", || station.get("/health").status == 200);
    assert_eq!(
        station.post(&[], event(taken)).status,
        200,
        "and takes events"
    );
    taken += 1;
    let ran = station.stop();
    ran.told(
        0,
        &[
            "does not take the alerts: it answers 503",
            "it is tried again",
        ],
    );
    assert_eq!(groups(&receiver.lines()).len(), taken);
}

#[test]
fn a_receiver_that_is_not_there_yet() {
    let desk = Desk::new();
    let address = {
        let nobody = TcpListener::bind("127.0.0.1:0").expect("a port");
        nobody.local_addr().expect("bound").to_string()
    };
    let url = format!("http://{address}/alerts");
    let station = desk.serve(&with(&["--to", &url]));
    assert_eq!(station.post(&[], event(1)).status, 200);
    until("it was tried", || {
        station.get("/health").body.contains("undelivered")
    });
    let receiver = Receiver::at(&address);
    until("it is delivered", || receiver.lines().len() == 1);
    until("it is well", || station.get("/health").status == 200);
    station.stop().told(0, &["1 matched"]);
}

#[test]
fn what_cannot_be_delivered_at_the_end_is_kept_or_shown() {
    let desk = Desk::new();
    let receiver = Receiver::answering(&["503 Busy"]);
    let station = desk.serve(&with(&["--to", &receiver.url]));
    assert_eq!(station.post(&[], event(1)).status, 200);
    let ran = station.stop();
    ran.told(
        2,
        &["alerts are not delivered; here they are on standard output"],
    );
    let kinds: Vec<_> = ran
        .alerts()
        .iter()
        .map(|alert| alert["kind"].clone())
        .collect();
    assert_eq!(kinds, ["early", "final"]);

    let kept = ["--to", &receiver.url, "--checkpoint", "state"];
    let station = desk.serve(&with(&kept));
    assert_eq!(station.post(&[], event(2)).status, 200);
    let ran = station.stop();
    ran.told(0, &["are not delivered; they are kept in the checkpoint"]);
    assert_eq!(ran.out(), "");
    receiver.answers("200 OK");
    let station = desk.serve(&with(&kept));
    until("it is delivered now", || {
        groups(&receiver.lines()).contains("group 2")
    });
    station.stop().told(0, &["read 1 event, 1 matched"]);
}

#[test]
fn standard_output_that_is_closed_is_told() {
    let desk = Desk::new();
    let mut station = desk.serve(&EARLY);
    drop(station.child.stdout());
    // It may have ended before its answer is out.
    let mut client = station.connect();
    let body = event(1);
    let head = format!(
        "POST / HTTP/1.1\r\nhost: test\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    client
        .write_all((head + &body).as_bytes())
        .expect("it listens");
    until("it has ended", || station.child.has_ended());
    let ran = station.ended();
    ran.told(2, &["the output of the alerts takes no more"]);
}

#[test]
fn a_disk_that_is_full_holds_events_up() {
    if !std::path::Path::new("/dev/full").exists() {
        println!("skipped: this system has no /dev/full");
        return;
    }
    let desk = Desk::new();
    let station = desk.serve(&with(&["--to", "/dev/full", "--alert-limit", "4KiB"]));
    assert!(fill(&station) > 0);
    assert_eq!(station.get("/health").status, 503);
    let ran = station.stop();
    ran.told(
        2,
        &[
            "cannot write the alerts: `/dev/full`",
            "here they are on standard output",
        ],
    );
    assert!(ran.out().lines().count() > 1);
}
