//! `serve` with clients that are slow, broken or hostile: each costs itself, and
//! nobody else.
#![cfg(unix)]

mod desk;

use std::io::Write;
use std::net::Shutdown;

use desk::station::{answer, is_closed};
use desk::{Desk, hit, until};
use flate2::Compression;
use flate2::write::GzEncoder;

const SEARCH: [&str; 4] = ["--search", "a=1 | stats count by b", "--window", "all"];

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

#[test]
fn bodies_that_are_no_events() {
    let desk = Desk::new();
    let station = desk.serve(&SEARCH);
    let deep = "{\"a\":".repeat(1000) + "1" + &"}".repeat(1000);
    let brackets = "[".repeat(100_000);
    let long = format!("{{\"a\":1,\"b\":\"{}\"}}", "x".repeat(10 << 20));
    let good = "\n{\"a\":1,\"b\":\"good\"}\n";
    for (name, body, events, malformed) in [
        ("half a record", b"{\"a\":1,\"b\":".to_vec(), 1, 1),
        (
            "no JSON behind JSON",
            b"{\"a\":1,\"b\":\"x\"}\nnothing\n".to_vec(),
            2,
            1,
        ),
        ("a thousand deep", (deep + good).into(), 2, 1),
        ("10 MB in one record", (long + good).into(), 2, 1),
        (
            "NUL",
            [b"{\"a\":1,\"b\":\"\0\"}", good.as_bytes()].concat(),
            2,
            1,
        ),
        (
            "invalid UTF-8",
            [b"{\"a\":1,\"b\":\"\xff\xfe\"}", good.as_bytes()].concat(),
            2,
            0,
        ),
        (
            "an escape that is none",
            [b"{\"a\":1,\"b\":\"\\ud800\"}", good.as_bytes()].concat(),
            2,
            0,
        ),
    ] {
        let answer = station.post(&["content-type: application/json"], body);
        assert_eq!(answer.took(), (200, events, malformed), "{name}");
    }
    let answer = station.post(&["content-type: application/json"], brackets);
    assert_eq!(answer.status, 200, "brackets without an end: {answer:?}");
    assert_eq!(
        station.post(&[], good).took(),
        (200, 1, 0),
        "and on it goes"
    );
    let ran = station.stop();
    let good = ran
        .alerts()
        .into_iter()
        .find(|alert| alert["row"]["b"] == "good");
    assert_eq!(good.expect("found")["row"]["count"], 6);
}

#[test]
fn bodies_that_are_too_large() {
    let desk = Desk::new();
    let station = desk.serve(&[&SEARCH[..], &["--body-limit", "1MiB"]].concat());
    let bomb = gzip(&vec![b' '; 200 << 20]);
    assert!(bomb.len() < 1 << 20, "it is small as long as it is packed");
    let large = vec![b' '; (1 << 20) + 1];
    let claims =
        b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 99999999999\r\n\r\n";
    let chunked = [
        &b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n"[..],
        format!("{:x}\r\n", large.len()).as_bytes(),
        &large,
        b"\r\n0\r\n\r\n",
    ]
    .concat();
    assert_eq!(station.post(&["content-encoding: gzip"], bomb).status, 413);
    assert_eq!(
        station
            .post(&["content-encoding: gzip"], gzip(&large))
            .status,
        413
    );
    assert_eq!(station.post(&[], &large).status, 413);
    assert_eq!(station.raw(&chunked).status, 413);
    let mut claiming = station.connect();
    claiming.write_all(claims).expect("sent");
    claiming.shutdown(Shutdown::Write).expect("open");
    let told = answer(claiming).expect("an answer");
    assert_eq!(told.status, 413);
    assert!(told.body.contains("raise `--body-limit`"), "{told:?}");
    assert_eq!(
        station.post(&[], &large[1..]).took(),
        (200, 0, 0),
        "just not too large"
    );
    assert_eq!(
        station.metric("rule_queue_bytes"),
        0,
        "all memory is given back"
    );
    station.stop().told(0, &["read 0 events"]);
}

#[test]
fn clients_that_stall_are_cut_off_and_hold_up_nobody() {
    let desk = Desk::new();
    let arguments = ["--timeout", "300ms", "--connections", "8"];
    let station = desk.serve(&[&SEARCH[..], &arguments].concat());
    let begin = |text: &str| {
        let mut stream = station.connect();
        stream.write_all(text.as_bytes()).expect("sent");
        stream
    };
    let silent = begin("");
    let head = begin("POST / HTTP/1.1\r\nhost: x\r\ncontent-le");
    let half = begin(
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{\"a\":1,\"b\":\"half\"}\n",
    );
    assert!(is_closed(&silent), "nothing was answered");
    let told = answer(half).expect("an answer");
    assert_eq!(told.status, 408, "{told:?}");
    drop(head);
    let many: Vec<_> = (0..40).map(|_| begin("POST / HTTP/1.1\r\n")).collect();
    // There is no room for it until those before it have been cut off.
    assert_eq!(
        station.post(&[], "{\"a\":1,\"b\":\"whole\"}").took(),
        (200, 1, 0)
    );
    drop(many);
    let mut gone = begin(
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{\"a\":1,\"b\":\"gone\"}\n",
    );
    gone.flush().expect("sent");
    drop(gone);
    until("all of them are gone", || {
        station.metric("rule_http_connections") == 1
    });
    assert_eq!(station.metric("rule_queue_bytes"), 0);
    let ran = station.stop();
    ran.told(0, &["read 1 event, 1 matched"]);
    assert!(ran.out().contains("whole"), "half a body is nothing");
}

#[test]
fn what_is_no_http() {
    let desk = Desk::new();
    let station = desk.serve(&SEARCH);
    for bytes in [
        &b"\0\0\0\0\r\n\r\n"[..],
        b"{\"a\":1}\n\n\n",
        b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut stream = station.connect();
        stream.write_all(bytes).expect("sent");
        stream.shutdown(Shutdown::Write).expect("open");
        let told = answer(stream);
        assert!(told.is_none_or(|told| told.status == 400), "{bytes:?}");
    }
    let long = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "x".repeat(1 << 20));
    let told = station.raw(long.as_bytes());
    assert!(matches!(told.status, 414 | 431), "{told:?}");
    assert_eq!(
        station
            .post(&[], hit("EX01", "2021-03-14T01:40:12Z"))
            .status,
        200
    );
    station.stop().told(0, &["read 1 event"]);
}

#[test]
fn a_full_queue_says_when_to_come_again() {
    let desk = Desk::new();
    let limits = ["--body-limit", "64KiB", "--queue-limit", "128KiB"];
    let station = desk.serve(&[&SEARCH[..], &limits].concat());
    let head = "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 60000\r\n\r\n";
    let mut stalled: Vec<_> = (0..2).map(|_| station.connect()).collect();
    for stream in &mut stalled {
        stream.write_all(head.as_bytes()).expect("sent");
        stream.write_all(&[b' '; 59_999]).expect("sent");
    }
    until("they hold the queue", || {
        station.metric("rule_queue_bytes") == 2 * 59_999
    });
    let told = station.post(&[], vec![b' '; 20_000]);
    assert_eq!(told.status, 429, "{told:?}");
    assert!(told.head.contains("retry-after: 1"), "{told:?}");
    for mut stream in stalled {
        stream.write_all(b" ").expect("sent");
        assert_eq!(answer(stream).expect("an answer").took(), (200, 0, 0));
    }
    assert_eq!(station.post(&[], vec![b' '; 20_000]).status, 200);
    station.stop().told(0, &["read 0 events"]);
}

#[test]
fn an_end_waits_for_nobody_for_ever() {
    let desk = Desk::new();
    let station = desk.serve(&SEARCH);
    let mut stalled = station.connect();
    stalled
        .write_all(
            b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{\"a\":1,\"b\":\"half\"}\n",
        )
        .expect("sent");
    until("it is there", || station.metric("rule_queue_bytes") > 0);
    let ran = station.stop();
    ran.told(0, &["read 0 events"]);
    assert_eq!(ran.out(), "");
}
