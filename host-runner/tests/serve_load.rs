//! `serve` under load and under attack: thousands of clients, clients that never read, heads
//! without end, and events at full speed for as long as one likes.
//!
//! `RULE_SOAK=600 cargo test --package host-runner --test serve_load soak -- --nocapture`
//! sends for ten minutes and shows what was held.
#![cfg(target_os = "linux")]

mod desk;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use desk::Desk;
use desk::station::{Station, answer, is_closed};
use flate2::Compression;
use flate2::write::GzEncoder;

const SEARCH: [&str; 4] = ["--search", "a=1 | stats count by b", "--window", "all"];

/// Rows of the alerts, and the sum of their counts.
fn counted(ran: &desk::Ran) -> (usize, u64) {
    let alerts = ran.alerts();
    let count = |alert: &serde_json::Value| alert["row"]["count"].as_u64().expect("a count");
    (alerts.len(), alerts.iter().map(count).sum())
}

/// The memory of a process in KiB, by the name of its line in `/proc`.
fn memory(station: &Station, line: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", station.child.id()));
    let status = status.expect("it runs");
    let mut lines = status.lines();
    let value = lines.find_map(|found| found.strip_prefix(line)?.strip_prefix(':'));
    let value = value.and_then(|value| value.trim().strip_suffix(" kB"));
    value.expect("Linux says it").parse().expect("a number")
}

#[test]
fn thousands_of_clients_at_once() {
    const THREADS: usize = 16;
    const EACH: usize = 250;
    let desk = Desk::new();
    let station = desk.serve(&SEARCH);
    thread::scope(|scope| {
        for number in 0..THREADS {
            let station = &station;
            scope.spawn(move || {
                let body = format!("{{\"a\":1,\"b\":{number}}}\n");
                let send = |_| {
                    let mut stream = station.connect();
                    let request = format!(
                        "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                        body.len()
                    );
                    stream.write_all(request.as_bytes()).expect("sent");
                    stream
                };
                // All are open before the first is read.
                let open: Vec<TcpStream> = (0..EACH).map(send).collect();
                for stream in open {
                    assert_eq!(answer(stream).expect("an answer").took(), (200, 1, 0));
                }
            });
        }
    });
    let ran = station.stop();
    assert_eq!(counted(&ran), (THREADS, (THREADS * EACH) as u64));
}

#[test]
fn clients_that_never_read_give_up_their_places() {
    let desk = Desk::new();
    let arguments = ["--timeout", "300ms", "--connections", "2"];
    let station = desk.serve(&[&SEARCH[..], &arguments].concat());
    let request = b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n".repeat(1000);
    let deaf: Vec<TcpStream> = (0..2)
        .map(|_| {
            let mut stream = station.connect();
            stream
                .set_write_timeout(Some(Duration::from_millis(200)))
                .expect("set");
            // Until nothing more goes in: the answers fill all there is for them.
            while stream.write_all(&request).is_ok() {}
            stream
        })
        .collect();
    // There is no place for it until one of them has lost its own.
    assert_eq!(
        station.post(&[], "{\"a\":1,\"b\":\"good\"}").took(),
        (200, 1, 0)
    );
    drop(deaf);
    station.stop().told(0, &["read 1 event, 1 matched"]);
}

#[test]
fn heads_without_end() {
    let desk = Desk::new();
    let station = desk.serve(&[&SEARCH[..], &["--connections", "64"]].concat());
    let before = memory(&station, "VmRSS");
    let line = format!("x-filler: {}\r\n", "y".repeat(4000));
    for head in [
        // One header after the other, and one that never ends.
        line.repeat(2500),
        format!("x-filler: {}", "y".repeat(10 << 20)),
        "a: b\r\n".repeat(1 << 20),
    ] {
        let streams: Vec<TcpStream> = (0..32)
            .map(|_| {
                let mut stream = station.connect();
                let _ = stream.write_all(b"POST / HTTP/1.1\r\nhost: x\r\n");
                // It is cut off in the middle.
                assert!(stream.write_all(head.as_bytes()).is_err());
                stream
            })
            .collect();
        let grown = memory(&station, "VmRSS").saturating_sub(before);
        // 32 of them have sent up to 10 MiB each.
        assert!(grown < 64 << 10, "{grown} KiB for {} bytes", head.len());
        drop(streams);
    }
    assert_eq!(
        station.post(&[], "{\"a\":1,\"b\":\"good\"}").took(),
        (200, 1, 0)
    );
    station.stop().told(0, &["read 1 event, 1 matched"]);
}

/// A client that sends one body after the other by one connection.
struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    /// Sends a body; whether it was taken, or was to come again.
    fn post(&mut self, header: &str, body: &[u8]) -> bool {
        let head = format!(
            "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n{header}\r\n",
            body.len()
        );
        let stream = self.stream.get_mut();
        stream.write_all(head.as_bytes()).expect("sent");
        stream.write_all(body).expect("sent");
        let (mut status, mut length, mut line) = (String::new(), 0, String::new());
        self.stream.read_line(&mut status).expect("an answer");
        loop {
            line.clear();
            self.stream.read_line(&mut line).expect("an answer");
            let line = line.trim_end().to_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse().expect("a number");
            }
        }
        let mut text = vec![0; length];
        self.stream.read_exact(&mut text).expect("the answer");
        match status.split(' ').nth(1) {
            Some("200") => true,
            Some("429") => false,
            _ => panic!("{status}{}", String::from_utf8_lossy(&text)),
        }
    }
}

#[test]
fn soak() {
    const CLIENTS: u64 = 4;
    let seconds = std::env::var("RULE_SOAK").ok();
    let seconds: Option<u64> = seconds.map(|text| text.parse().expect("RULE_SOAK is seconds"));
    let desk = Desk::new();
    let limits = ["--body-limit", "4MiB", "--queue-limit", "16MiB"];
    let station = desk.serve(&[&SEARCH[..], &limits].concat());
    let lines: String = (0..5_000)
        .map(|number| {
            let b = number % 50;
            format!(
                "{{\"a\":{},\"b\":{b},\"c\":\"{number:0100}\"}}\n",
                number % 2
            )
        })
        .collect();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(lines.as_bytes()).expect("memory");
    let packed = packed.finish().expect("memory");

    let begun = Instant::now();
    let (taken, again) = (AtomicU64::new(0), AtomicU64::new(0));
    // A fixed amount, or as much as the time allows.
    let goes_on = |round: u64| match seconds {
        None => round < 100,
        Some(seconds) => begun.elapsed() < Duration::from_secs(seconds),
    };
    let mut held = Vec::new();
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let (station, taken, again) = (&station, &taken, &again);
                let (lines, packed, goes_on) = (&lines, &packed, &goes_on);
                scope.spawn(move || {
                    let stream = BufReader::new(station.connect());
                    let mut client = Client { stream };
                    let mut round = 0;
                    while goes_on(round) {
                        let took = match number % 2 {
                            0 => client.post("", lines.as_bytes()),
                            _ => client.post("content-encoding: gzip\r\n", packed),
                        };
                        match took {
                            true => {
                                taken.fetch_add(1, Ordering::Relaxed);
                                round += 1;
                            }
                            false => {
                                again.fetch_add(1, Ordering::Relaxed);
                                thread::sleep(Duration::from_millis(5));
                            }
                        }
                    }
                })
            })
            .collect();
        while clients.iter().any(|client| !client.is_finished()) {
            held.push(memory(&station, "VmRSS"));
            thread::sleep(Duration::from_millis(100));
        }
    });
    let bodies = taken.into_inner();
    let bytes = bodies * lines.len() as u64;
    let (early, most) = (
        held.get(held.len() / 4).copied().unwrap_or(0),
        held.iter().copied().max().unwrap_or(0),
    );
    println!(
        "{bodies} bodies, {} MB in {:.1} s, {} to come again; {} MiB after a quarter, {} MiB at most",
        bytes / 1_000_000,
        begun.elapsed().as_secs_f64(),
        again.into_inner(),
        early >> 10,
        most >> 10
    );
    // Flat: what it holds later is what it held early, but for what the limits allow.
    assert!(most < early + (32 << 10), "{early} KiB, then {most} KiB");
    assert_eq!(station.metric("rule_queue_bytes"), 0);
    let ran = station.stop();
    assert_eq!(counted(&ran), (25, bodies * 2_500), "nothing is lost");
}

#[test]
fn a_place_that_is_held_is_given_up_in_time() {
    let desk = Desk::new();
    let arguments = ["--timeout", "300ms", "--connections", "1"];
    let station = desk.serve(&[&SEARCH[..], &arguments].concat());
    // A byte now and then does not keep it: the head as a whole has its time.
    let mut slow = station.connect();
    let mut kept = 0;
    for byte in b"POST / HTTP/1.1\r\nhost: x\r\nx-slow: ".iter().cycle() {
        if slow.write_all(&[*byte]).is_err() {
            break;
        }
        kept += 1;
        assert!(kept < 10_000, "it keeps its place for ever");
        thread::sleep(Duration::from_millis(20));
    }
    assert!(is_closed(&slow));
    assert_eq!(station.post(&[], "{\"a\":1}").took(), (200, 1, 0));
    station.stop().told(0, &["read 1 event"]);
}
