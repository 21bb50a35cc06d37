//! `serve` by HTTP: what shippers send is taken, and gives the alerts of `run`.
#![cfg(unix)]

mod desk;

use std::io::Write;

use desk::{Desk, hit, hits, until};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use serde_json::json;

/// So that nothing closes before the end, as with `run` over files.
const AT_THE_END: [&str; 2] = ["--config", "clock.yml"];

fn desk() -> Desk {
    let desk = Desk::new();
    desk.file("clock.yml", "clock: end\n");
    desk
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).expect("memory");
    encoder.finish().expect("memory")
}

fn deflate(text: &str) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).expect("memory");
    encoder.finish().expect("memory")
}

fn zstd(text: &str) -> Vec<u8> {
    let level = ruzstd::encoding::CompressionLevel::Fastest;
    ruzstd::encoding::compress_to_vec(text.as_bytes(), level)
}

/// Events as an array.
fn array(lines: &str) -> String {
    let lines: Vec<&str> = lines.lines().collect();
    format!("[{}]", lines.join(","))
}

/// Events with the date that Fluent Bit puts first into each.
fn dated(lines: &str) -> String {
    let with_date = |line: &str| format!("{{\"date\":1615686012.987654,{}\n", &line[1..]);
    lines.lines().map(with_date).collect()
}

#[test]
fn what_shippers_send_gives_the_alerts_of_run() {
    let desk = desk();
    let lines = hits(500);
    desk.file("events.json", &lines);
    let expected = desk.run(&["run", "events.json"]).out();
    assert!(expected.lines().count() > 20, "{expected}");

    let json = "content-type: application/json";
    let ndjson = "content-type: application/x-ndjson";
    let [gz, zlib, zst] = [
        "content-encoding: gzip",
        "content-encoding: deflate",
        "content-encoding: zstd",
    ];
    let station = desk.serve(&AT_THE_END);
    let parts: Vec<String> = {
        let lines: Vec<&str> = lines.lines().collect();
        lines
            .chunks(50)
            .map(|part| part.join("\n") + "\n")
            .collect()
    };
    // Vector leaves the last line's end away, Fluent Bit does not.
    let whole = |text: &str| text.trim_end().to_owned();
    let sent: [(&str, Vec<&str>, Vec<u8>); 10] = [
        ("vector, lines", vec![ndjson], whole(&parts[0]).into()),
        (
            "vector, lines, gzip",
            vec![ndjson, gz],
            gzip(&whole(&parts[1])),
        ),
        ("vector, array", vec![json], array(&parts[2]).into()),
        (
            "vector, array, zlib",
            vec![json, zlib],
            deflate(&array(&parts[3])),
        ),
        (
            "vector, lines, zstd",
            vec![ndjson, zst],
            zstd(&whole(&parts[4])),
        ),
        (
            "fluent bit, json",
            vec![json],
            array(&dated(&parts[5])).into(),
        ),
        (
            "fluent bit, json_lines, gzip",
            vec![ndjson, gz],
            gzip(&dated(&parts[6])),
        ),
        (
            "fluent bit, json_stream",
            vec![json],
            dated(&parts[7]).replace('\n', "").into(),
        ),
        ("without a type", vec![], parts[8].clone().into()),
        ("two gzip members", vec![gz], {
            let middle = parts[9].len() / 2;
            let (one, two) = parts[9].split_at(middle);
            [gzip(one), gzip(two)].concat()
        }),
    ];
    for (name, headers, body) in &sent {
        let answer = station.post(headers, body);
        assert_eq!(answer.took(), (200, 50, 0), "{name}: {answer:?}");
    }
    let ran = station.stop();
    ran.told(0, &["read 500 events, 500 matched, 0 malformed"]);
    assert_eq!(ran.out(), expected);
}

#[test]
fn each_body_is_an_input_of_its_own() {
    let desk = desk();
    let station = desk.serve(&AT_THE_END);
    let event = hit("EX01", "2021-03-14T01:40:12Z");
    let (first, second) = event.trim_end().split_at(40);
    assert_eq!(station.post(&[], first).took(), (200, 1, 1), "cut off");
    let rest = station.post(&["content-type: text/plain"], second);
    assert_eq!(
        (rest.status, rest.json()["malformed"].clone()),
        (200, json!(0)),
        "text by itself"
    );
    assert_eq!(station.post(&[], event.trim_end()).took(), (200, 1, 0));
    let xml = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='MSExchange CmdletLogs'/><EventID>1</EventID><TimeCreated SystemTime='2021-03-14T01:41:00.000Z'/><Channel>MSExchange Management</Channel><Computer>EX01</Computer></System><EventData><Data>Search-Mailbox</Data><Data>-Identity x</Data></EventData></Event>";
    assert_eq!(
        station.post(&["content-type: application/xml"], xml).took(),
        (200, 1, 0)
    );
    assert_eq!(station.post(&[], "").took(), (200, 0, 0), "nothing");
    let ran = station.stop();
    ran.told(0, &["2 matched, 1 malformed, 2 alerts"]);
    for part in ["New-MailboxExportRequest", "Search-Mailbox"] {
        assert!(ran.out().contains(part), "{part}");
    }
}

#[test]
fn other_paths_methods_and_types() {
    let desk = desk();
    let station = desk.serve(&AT_THE_END);
    for (line, headers, body, status, part) in [
        (
            "POST /events",
            &[][..],
            &b"{\"a\":1}"[..],
            200,
            "\"events\":1",
        ),
        ("GET /", &[], b"", 200, "\"ok\""),
        ("GET /health", &[], b"", 200, "{\"status\":\"ok\"}"),
        ("POST /other", &[], b"{}", 404, "events go to `/`"),
        ("DELETE /", &[], b"", 405, ""),
        ("POST /health", &[], b"{}", 405, ""),
        (
            "POST /",
            &["content-encoding: snappy"],
            b"x",
            415,
            "`snappy` cannot be unpacked",
        ),
        (
            "POST /",
            &["content-encoding: gzip, gzip"],
            b"x",
            415,
            "cannot be unpacked",
        ),
        (
            "POST /",
            &["content-type: application/msgpack"],
            b"\x92",
            415,
            "format json_lines",
        ),
        (
            "POST /",
            &["content-type: application/json"],
            b"a=1",
            400,
            "neither with `{`",
        ),
        (
            "POST /",
            &["content-encoding: gzip"],
            b"{\"a\":1}",
            400,
            "cannot be unpacked",
        ),
    ] {
        let answer = station.request(line, headers, body);
        assert_eq!(answer.status, status, "{line} {headers:?}: {answer:?}");
        assert!(answer.body.contains(part), "{line} {headers:?}: {answer:?}");
    }
    // What Vector asks before it sends anything.
    let head = station.request("HEAD /", &[], b"");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    let kept_alive = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 7\r\n\r\n{\"a\":1}POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n4\r\n{\"a\"\r\n3\r\n:2}\r\n0\r\n\r\n";
    let answers = station.raw(kept_alive);
    assert_eq!(
        answers.body.matches("\"events\":1").count(),
        2,
        "{answers:?}"
    );
    station.stop().told(0, &["read 3 events"]);
}

#[test]
fn metrics_say_what_happened() {
    let desk = desk();
    let station = desk.serve(&["--to", "alerts"]);
    let answer = station.post(&[], hits(3) + "{\"a\":\n");
    assert_eq!(answer.took(), (200, 4, 1));
    station.post(&["content-encoding: br"], "x");
    let text = station.get("/metrics");
    assert!(
        text.head
            .contains("content-type: text/plain; version=0.0.4"),
        "{}",
        text.head
    );
    assert!(
        text.body.contains("rule_build_info{version=\""),
        "{}",
        text.body
    );
    for (name, value) in [
        ("rule_events_total", 4),
        ("rule_events_matched_total", 3),
        ("rule_events_malformed_total", 1),
        // Of 2021: their windows had closed.
        ("rule_events_late_total", 3),
        ("rule_http_requests_total{status=\"415\"}", 1),
        ("rule_queue_bytes", 0),
        ("rule_queue_limit_bytes", 64 << 20),
        ("rule_delivery_up", 1),
        ("rule_tcp_connections", 0),
    ] {
        assert_eq!(
            station.metric(name),
            if name.contains("\"200\"") {
                value.max(station.metric(name))
            } else {
                value
            },
            "{name}"
        );
    }
    until("the late alerts are given when the clock moves", || {
        station.metric("rule_alerts_total{kind=\"late\"}") == 3
    });
    until("and delivered", || {
        station.metric("rule_undelivered_bytes") == 0
    });
    assert_eq!(desk.read("alerts").lines().count(), 3);
    station
        .stop()
        .told(0, &["read 4 events, 3 matched, 1 malformed, 3 alerts"]);
}

#[test]
fn a_token_keeps_others_out() {
    let desk = desk();
    desk.file("token", "s3cret\n");
    let station = desk.serve(&["--token-file", "token", "--config", "clock.yml"]);
    for (header, status) in [
        ("authorization: Bearer s3cret", 200),
        ("authorization: bearer s3cret", 200),
        ("authorization: Bearer other", 401),
        ("authorization: Basic s3cret", 401),
        ("x-nothing: here", 401),
    ] {
        let answer = station.post(&[header], "{\"a\":1}");
        assert_eq!(answer.status, status, "{header}: {answer:?}");
        let asked = answer.head.contains("www-authenticate: bearer");
        assert_eq!(asked, status == 401, "{header}: {answer:?}");
    }
    assert_eq!(station.get("/metrics").status, 401);
    assert_eq!(station.get("/").status, 401);
    assert_eq!(
        station.get("/health").status,
        200,
        "anyone may ask for that"
    );
    station.stop().told(0, &["read 2 events"]);
}

#[test]
fn what_cannot_be_meant_is_refused_at_the_start() {
    let desk = desk();
    desk.file("empty", "\n");
    for (arguments, part) in [
        (
            &["--listen", "0.0.0.0:0"][..],
            "other machines reach `0.0.0.0:0`: give a token",
        ),
        (&["--listen", "[::]:0"], "give a token"),
        (&["--tcp", "0.0.0.0:0"], "say with `--tcp-allow`"),
        (&["--tcp-allow", "10.0.0.0/8"], "--tcp"),
        (
            &["--tcp", "127.0.0.1:0", "--tcp-allow", "ten"],
            "give a network such as",
        ),
        (&["--token-file", "empty"], "`empty`: the token is empty"),
        (
            &["--token-file", "missing"],
            "cannot read the token in `missing`",
        ),
        (&["--token", "two words"], "without blanks"),
        (
            &["--body-limit", "64MiB"],
            "`--queue-limit` has to be twice",
        ),
        (&["--format", "evtx"], "give them to `run`"),
        (&["--body-limit", "lots"], "give a size"),
        (&["--listen", "nowhere"], "give an address with its port"),
        (
            &["--to", "missing/alerts"],
            "cannot write the results to `missing/alerts`",
        ),
        (
            &["--search", "a=1 | outlier x"],
            "can't run the command `outlier`",
        ),
    ] {
        let all = [&["serve", "--listen", "127.0.0.1:0"][..], arguments].concat();
        // The last one given counts.
        let all: Vec<&str> = match arguments[0] {
            "--listen" => [&["serve"][..], arguments].concat(),
            _ => all,
        };
        let ran = desk.run(&all);
        assert_eq!(ran.code(), Some(1), "{arguments:?}: {}", ran.err());
        assert!(ran.err().contains(part), "{arguments:?}: {}", ran.err());
    }
    let station = desk.serve(&[]);
    let address = station.http.to_string();
    desk.run(&["serve", "--listen", &address])
        .told(1, &["cannot listen at `", "in use"]);
}
