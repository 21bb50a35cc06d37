//! `serve` by TCP: each connection is an input of its own, and the alerts are those of
//! `run`.
#![cfg(unix)]

mod desk;

use std::io::Write;
use std::net::Shutdown;
use std::thread;

use desk::station::is_closed;
use desk::{Desk, hits, until};

const TCP: [&str; 2] = ["--tcp", "127.0.0.1:0"];

fn desk() -> Desk {
    let desk = Desk::new();
    desk.file("clock.yml", "clock: end\n");
    desk
}

#[test]
fn connections_in_turns_give_the_alerts_of_run() {
    let desk = desk();
    let lines = hits(600);
    desk.file("events.json", &lines);
    let expected = desk.run(&["run", "events.json"]).out();
    let station = desk.serve(&[&TCP[..], &["--config", "clock.yml"]].concat());
    let all: Vec<&str> = lines.lines().collect();
    let mut clients: Vec<_> = all
        .chunks(200)
        .enumerate()
        .map(|(number, part)| {
            let text = match number {
                // Fluent Bit's `json`, array behind array, and `json_stream`.
                0 => format!("[{}][{}]", part[..100].join(","), part[100..].join(",")),
                1 => part.concat(),
                // Vector's lines.
                _ => part.join("\n") + "\n",
            };
            (station.tcp(), text.into_bytes())
        })
        .collect();
    // Cut in the middle of records, one connection's after the other's.
    for turn in 0..40 {
        for (stream, text) in &mut clients {
            let step = text.len() / 39;
            let from = (turn * step).min(text.len());
            let to = (from + step).min(text.len());
            stream.write_all(&text[from..to]).expect("sent");
        }
    }
    until("all is read", || station.metric("rule_events_total") == 600);
    drop(clients);
    until("they are gone", || {
        station.metric("rule_tcp_connections") == 0
    });
    let ran = station.stop();
    ran.told(0, &["read 600 events, 600 matched, 0 malformed"]);
    assert_eq!(ran.out(), expected);
}

#[test]
fn the_end_of_a_connection_ends_its_record_and_no_other() {
    let desk = desk();
    let search = ["--search", "a=1 | stats count by b", "--window", "all"];
    let station = desk.serve(&[&TCP[..], &search].concat());
    let mut whole = station.tcp();
    whole.write_all(b"{\"a\":1,\"b\":").expect("sent");
    let mut cut = station.tcp();
    cut.write_all(b"{\"a\":1,\"b\":\"cut").expect("sent");
    until("both are open", || {
        station.metric("rule_tcp_connections") == 2
    });
    cut.shutdown(Shutdown::Both).expect("open");
    until("it is counted", || {
        station.metric("rule_events_malformed_total") == 1
    });
    whole.write_all(b"\"whole\"}").expect("sent");
    until("the other goes on", || {
        station.metric("rule_events_matched_total") == 1
    });
    let ran = station.stop();
    ran.told(0, &["read 2 events, 1 matched, 1 malformed, 1 alert"]);
    assert!(ran.out().contains("whole"), "{}", ran.out());
}

#[test]
fn what_is_no_lines_and_who_is_too_many() {
    let desk = desk();
    let more = ["--tcp-connections", "2", "--config", "clock.yml"];
    let station = desk.serve(&[&TCP[..], &more].concat());
    for bytes in [
        &b"\x92\x92\xd7\0"[..],
        b"\x16\x03\x01\x02",
        b"GET / HTTP/1.1\r\n\r\n",
    ] {
        let mut stream = station.tcp();
        stream.write_all(bytes).expect("sent");
        assert!(is_closed(&stream), "{bytes:?}");
        until("it is gone", || station.metric("rule_tcp_connections") == 0);
    }
    let (one, other) = (station.tcp(), station.tcp());
    until("both are open", || {
        station.metric("rule_tcp_connections") == 2
    });
    let third = station.tcp();
    assert!(is_closed(&third));
    assert_eq!(station.metric("rule_tcp_refused_total"), 1);
    drop((one, other));
    let ran = station.stop();
    ran.told(
        0,
        &[
            "sends MessagePack; set `format json_lines`",
            "sends TLS",
            "sends HTTP",
            "is refused: `--tcp-connections` are open",
            "read 0 events",
        ],
    );
}

#[test]
fn a_record_without_end_is_bounded_and_others_wait_for_nothing() {
    let desk = desk();
    let search = ["--search", "a=1 | stats count by b", "--window", "all"];
    let limits = ["--queue-limit", "2MiB", "--body-limit", "1MiB"];
    let station = desk.serve(&[&TCP[..], &search, &limits].concat());
    let mut endless = station.tcp();
    let writer = thread::spawn(move || {
        endless.write_all(b"{\"a\":1,\"b\":\"").expect("sent");
        for _ in 0..20 {
            endless.write_all(&[b'x'; 1 << 20]).expect("sent");
        }
        endless
            .write_all(b"\"}\n{\"a\":1,\"b\":\"after\"}\n")
            .expect("sent");
    });
    until("what follows is read", || {
        station.metric("rule_events_matched_total") == 1
    });
    writer.join().expect("all is sent");
    let ran = station.stop();
    ran.told(0, &["1 matched, 1 malformed"]);
    assert!(ran.out().contains("after"), "{}", ran.out());
}
