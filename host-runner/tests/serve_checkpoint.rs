//! `serve --checkpoint`: what was acknowledged outlasts a kill, and an end in order.
#![cfg(unix)]

mod desk;

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use desk::station::{Station, answer};
use desk::{Desk, hits, until};
use serde_json::Value;

const KEPT: [&str; 6] = [
    "--config",
    "clock.yml",
    "--checkpoint",
    "state",
    "--to",
    "alerts",
];
const SELDOM: [&str; 2] = ["--checkpoint-interval", "1h"];
const OFTEN: [&str; 2] = ["--checkpoint-interval", "20ms"];

/// A desk at which windows close by the events, so that there are alerts all along.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.file("clock.yml", "clock: record\n");
    desk
}

fn serve(desk: &Desk, more: &[&str]) -> Station {
    desk.serve(&[&KEPT[..], more].concat())
}

/// What an undisturbed `serve` of these bodies gives, and keeps.
fn undisturbed(bodies: &[String]) -> String {
    let desk = desk();
    let station = serve(&desk, &SELDOM);
    for body in bodies {
        assert_eq!(station.post(&[], body).status, 200);
    }
    station.stop().told(0, &["0 malformed"]);
    desk.read("alerts")
}

fn bodies(events: u32, each: usize) -> Vec<String> {
    let lines = hits(events);
    let lines: Vec<&str> = lines.lines().collect();
    lines.chunks(each).map(|part| part.join("\n")).collect()
}

#[test]
fn what_was_acknowledged_outlasts_kills() {
    for interval in [SELDOM, OFTEN] {
        let bodies = bodies(6000, 100);
        let expected = undisturbed(&bodies);
        assert!(expected.lines().count() > 100, "alerts all along");
        let desk = desk();
        let mut station = serve(&desk, &interval);
        for (number, body) in bodies.iter().enumerate() {
            assert_eq!(station.post(&[], body).took(), (200, 100, 0));
            if number % 13 == 5 {
                station.child.kill();
                station = serve(&desk, &interval);
            }
        }
        station.stop().told(0, &["read 6000 events, 6000 matched"]);
        assert!(
            desk.read("alerts") == expected,
            "each alert once, and the same"
        );
    }
}

#[test]
fn connections_that_a_kill_ends_are_ended_at_the_next_start() {
    let desk = desk();
    let tcp = ["--tcp", "127.0.0.1:0"];
    let mut station = serve(&desk, &[&tcp[..], &OFTEN].concat());
    let mut stream = station.tcp();
    let lines = hits(10);
    let cut = lines.len() - 30;
    stream.write_all(&lines.as_bytes()[..cut]).expect("sent");
    until("all but the last are read", || {
        station.metric("rule_events_total") == 9
    });
    until("the checkpoint knows the connection", || {
        let header = desk.header("state").expect("written");
        header["inputs"][0]["name"]
            .as_str()
            .is_some_and(|name| name.starts_with("tcp "))
    });
    station.child.kill();
    let station = serve(&desk, &[&tcp[..], &SELDOM].concat());
    let mut stream = station.tcp();
    stream.write_all(lines.as_bytes()).expect("sent");
    until("all of the next are read", || {
        station.metric("rule_events_total") == 20
    });
    station
        .stop()
        .told(0, &["read 20 events, 19 matched, 1 malformed"]);
}

#[test]
fn an_end_in_order_under_load_loses_nothing_acknowledged() {
    let desk = desk();
    let search = ["--search", "a=1 | stats count by b", "--window", "all"];
    let kept = ["--checkpoint", "state", "--to", "alerts"];
    let mut total = 0;
    for _ in 0..3 {
        let station = desk.serve(&[&search[..], &kept, &OFTEN].concat());
        let (taken, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
        let http = station.http;
        thread::scope(|scope| {
            for client in 0..4 {
                let (taken, stop) = (&taken, &stop);
                scope.spawn(move || {
                    let body = format!("{{\"a\":1,\"b\":\"client {client}\"}}\n").repeat(20);
                    let request = format!("POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                    while !stop.load(Ordering::SeqCst) {
                        let Ok(mut stream) = std::net::TcpStream::connect(http) else {
                            return;
                        };
                        if stream.write_all(request.as_bytes()).is_err() {
                            continue;
                        }
                        match answer(stream) {
                            Some(told) if told.status == 200 => {
                                assert_eq!(told.took(), (200, 20, 0));
                                taken.fetch_add(20, Ordering::SeqCst);
                            }
                            Some(told) => assert_eq!(told.status, 503, "{told:?}"),
                            None => {}
                        }
                    }
                });
            }
            until("there is load", || taken.load(Ordering::SeqCst) > 400);
            let ran = station.stop();
            stop.store(true, Ordering::SeqCst);
            ran.told(0, &["0 malformed"]);
        });
        total += taken.load(Ordering::SeqCst);
        // What the state has, the next start tells.
        let station = desk.serve(&[&search[..], &kept, &SELDOM].concat());
        let matched = station.metric("rule_events_matched_total") as usize;
        // A client that was not answered may have been taken: at least once.
        assert!(matched >= total, "{matched} of {total}");
        total = matched;
        station.stop().told(0, &[]);
    }
}

#[test]
fn without_a_checkpoint_an_end_in_order_gives_all() {
    let desk = Desk::new();
    let station = desk.serve(&["--search", "a=1 | stats count by b", "--window", "every=1h"]);
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("after 1970")
        .as_secs();
    let event = format!("{{\"_time\":{now},\"a\":1,\"b\":\"x\"}}\n");
    assert_eq!(station.post(&[], event.repeat(7)).took(), (200, 7, 0));
    let ran = station.stop();
    ran.told(0, &["read 7 events, 7 matched, 0 malformed, 1 alert"]);
    let alerts = ran.alerts();
    assert_eq!(
        (&alerts[0]["kind"], &alerts[0]["row"]["count"]),
        (&Value::from("final"), &Value::from(7))
    );
}

#[test]
fn windows_close_by_the_clock_also_over_a_restart() {
    let desk = Desk::new();
    let arguments = [
        "--search",
        "a=1 | stats count by b",
        "--window",
        "every=1s",
        "--checkpoint",
        "state",
        "--to",
        "alerts",
    ];
    let total = |desk: &Desk| -> u64 {
        let text = std::fs::read_to_string(desk.path("alerts")).unwrap_or_default();
        let mut last: BTreeMap<(String, u64), u64> = BTreeMap::new();
        for line in text.lines() {
            let Ok(alert) = serde_json::from_str::<Value>(line) else {
                continue;
            };
            let id = alert["id"].as_str().expect("an id").to_owned();
            let part = alert["part"].as_u64().expect("a number");
            last.insert(
                (id, part),
                alert["row"]["count"].as_u64().expect("a number"),
            );
        }
        last.values().sum()
    };
    let mut sent = 0;
    for round in 0..3 {
        let mut station = desk.serve(&arguments);
        for _ in 0..5 {
            let now = std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .expect("after 1970")
                .as_millis() as f64
                / 1000.0;
            let event = format!("{{\"_time\":{now:.3},\"a\":1,\"b\":\"x\"}}\n");
            assert_eq!(station.post(&[], event).took(), (200, 1, 0));
            sent += 1;
        }
        if round == 2 {
            until("all windows have closed", || total(&desk) == sent);
        }
        station.child.kill();
    }
}

#[test]
fn checkpoints_of_others_are_refused() {
    let desk = desk();
    desk.file("events.json", hits(3));
    desk.run(&[
        "run",
        "events.json",
        "--checkpoint",
        "of-run",
        "--to",
        "alerts",
    ])
    .told(0, &[]);
    serve(&desk, &[]).stop().told(0, &[]);
    let (run, serve) = (["run", "events.json"], ["serve", "--listen", "127.0.0.1:0"]);
    let common = ["--to", "alerts", "--checkpoint"];
    desk.run(&[&run[..], &common, &["state"], &["--config", "clock.yml"]].concat())
        .told(1, &["another run: "]);
    desk.run(&[&serve[..], &common, &["of-run"]].concat())
        .told(1, &["another run: "]);
    desk.run(&[&serve[..], &common, &["state"], &["--search", "b=1"]].concat())
        .told(1, &["other rules or settings"]);
    let held = self::serve(&desk, &[]);
    desk.run(&[&serve[..], &common, &["state", "--config", "clock.yml"]].concat())
        .told(1, &["another run works with the folder"]);
    held.stop().told(0, &[]);
}

#[test]
fn a_torn_journal_is_told_and_the_rest_of_it_counts() {
    let desk = desk();
    let mut station = serve(&desk, &SELDOM);
    for body in bodies(30, 10) {
        assert_eq!(station.post(&[], body).took(), (200, 10, 0));
    }
    station.child.kill();
    let number = desk.header("state").expect("written")["journal"].clone();
    let path = desk.path(&format!("state/journal-{number}"));
    let mut journal = std::fs::read(&path).expect("read");
    journal.truncate(journal.len() - 5);
    std::fs::write(&path, &journal).expect("written");
    let station = serve(&desk, &SELDOM);
    assert!(
        station.said().contains("were not written whole"),
        "{}",
        station.said()
    );
    station.stop().told(0, &["read 20 events"]);
    std::fs::remove_file(desk.path("state/checkpoint")).expect("removed");
    serve(&desk, &SELDOM).stop().told(0, &["read 0 events"]);
}
