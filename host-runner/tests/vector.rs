//! The configurations of `pipelines/vector`: what Vector would send by them, byte for
//! byte, is taken by the program as their comments start it, and found.
//!
//! The forms of Vector's events and bodies are those of its 0.58.
#![cfg(unix)]

mod desk;

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use desk::receiver::Receiver;
use desk::{Desk, hits, until};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../pipelines/vector")
}

/// A configuration, and the command line in its comments that starts the program.
fn configuration(name: &str) -> (Value, Vec<String>) {
    let text = fs::read_to_string(folder().join(name)).expect("it is there");
    let parsed: Value = serde_saphyr::from_str(&text).expect(name);
    let mut lines = text.lines();
    let line = lines.find_map(|line| line.strip_prefix("#   host-runner "));
    let words = line.unwrap_or_default().split_whitespace();
    (parsed, words.map(str::to_owned).collect())
}

/// The value behind an option of a command line.
fn option<'a>(arguments: &'a [String], name: &str) -> &'a str {
    let at = arguments.iter().position(|one| one == name);
    &arguments[at.expect(name) + 1]
}

/// Puts another value behind an option.
fn replace(arguments: &mut [String], name: &str, value: &str) {
    let at = arguments.iter().position(|one| one == name).expect(name);
    arguments[at + 1] = value.to_owned();
}

/// The body that Vector's sink makes of events, and its headers.
fn body(sink: &Value, events: &[Value]) -> (Vec<&'static str>, Vec<u8>) {
    assert_eq!(sink["type"], "http");
    assert_eq!(sink["framing"]["method"], "newline_delimited");
    let (media, body) = match sink["encoding"]["codec"].as_str() {
        Some("text") => {
            let message =
                |event: &Value| event["message"].as_str().expect("text").to_owned() + "\n";
            (
                "content-type: text/plain",
                events.iter().map(message).collect::<String>(),
            )
        }
        Some("json") => {
            let lines: Vec<String> = events.iter().map(Value::to_string).collect();
            ("content-type: application/x-ndjson", lines.join("\n"))
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(sink["compression"], "gzip");
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body.as_bytes()).expect("memory");
    let packed = encoder.finish().expect("memory");
    (
        vec![media, "content-encoding: gzip", "user-agent: Vector/0.58.0"],
        packed,
    )
}

/// Vector's event of a line of a file.
fn of_file(line: &str) -> Value {
    json!({
        "file": "/var/log/exchange/a.ndjson",
        "host": "collector",
        "message": line,
        "source_type": "file",
        "timestamp": "2021-03-14T02:00:00.123456789Z",
    })
}

/// Vector's event of an entry in a Windows event log.
fn of_windows(host: &str, time: &str, message: &str) -> Value {
    json!({
        "channel": "MSExchange Management",
        "computer": host,
        "event_id": 1,
        "host": host,
        "keywords": "0x0080000000000000",
        "level": "Information",
        "level_value": 4,
        "message": message,
        "process_id": 0,
        "provider_name": "MSExchange CmdletLogs",
        "qualifiers": 16384,
        "record_id": 2051,
        "source_type": "windows_event_log",
        "string_inserts": ["New-MailboxExportRequest", "-Mailbox \"x\""],
        "task": 1,
        "thread_id": 0,
        "timestamp": time,
        "version": 0,
    })
}

fn strings(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

/// What the program says of itself.
fn help(command: &str) -> String {
    Desk::new().run(&[command, "--help"]).out()
}

/// The arguments of `serve`, with a port and a receiver of the test's own, and windows
/// that close at the end.
fn for_a_test<'a>(arguments: &'a [String], to: &'a str) -> Vec<&'a str> {
    assert_eq!(arguments[0], "serve");
    let mut all: Vec<&str> = strings(&arguments[1..]);
    let at = all
        .iter()
        .position(|&one| one == "--to")
        .expect("it goes somewhere");
    all[at + 1] = to;
    if let Some(at) = all.iter().position(|&one| one == "--checkpoint") {
        all.drain(at..at + 2);
    }
    all.extend(["--config", "clock.yml"]);
    all
}

#[test]
fn lines_of_files_by_http() {
    let (vector, arguments) = configuration("http.yaml");
    let (source, sink) = (&vector["sources"]["alerts"], &vector["sinks"]["detection"]);
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    assert_eq!(
        option(&arguments, "--to"),
        format!(
            "http://{}{}",
            text(&source["address"]),
            text(&source["path"])
        )
    );
    let help = help("serve");
    let address = text(&sink["uri"]).replace("http://", "").replace('/', "");
    assert!(help.contains(&format!("[default: {address}]")), "{address}");
    assert!(help.contains("[default: 16MiB]"));
    assert!(sink["batch"]["max_bytes"].as_u64().expect("a number") <= 8 << 20);
    assert_eq!(source["framing"]["method"], "newline_delimited");
    assert_eq!(source["decoding"]["codec"], "json");

    let desk = Desk::new();
    desk.file("clock.yml", "clock: end\n");
    let lines = hits(200);
    desk.file("events.json", &lines);
    let expected = desk.run(&["run", "events.json"]).out();
    let receiver = Receiver::answering(&["200 OK"]);
    let station = desk.serve(&for_a_test(&arguments, &receiver.url));
    let events: Vec<Value> = lines.lines().map(of_file).collect();
    for part in events.chunks(80) {
        let (headers, body) = body(sink, part);
        assert_eq!(
            station.post(&headers, body).took(),
            (200, part.len() as u64, 0)
        );
    }
    station
        .stop()
        .told(0, &["read 200 events, 200 matched, 0 malformed"]);
    assert_eq!(receiver.text(), expected, "the lines that the source reads");
}

#[test]
fn windows_events_by_http() {
    let (vector, mut arguments) = configuration("windows.yaml");
    replace(&mut arguments, "--to", "alerts");
    assert_eq!(vector["sources"]["events"]["render_message"], true);
    let message = "Cmdlet suceeded. Cmdlet New-MailboxExportRequest, parameters -Mailbox \"x\".";
    let events = [
        of_windows(
            "EX01.example.com",
            "2021-03-14T01:40:12.987654321Z",
            message,
        ),
        of_windows("EX01.example.com", "2021-03-14T01:41:00Z", message),
        of_windows(
            "EX02.example.com",
            "2021-03-14T01:42:00Z",
            "Cmdlet suceeded. Cmdlet Get-Mailbox, parameters .",
        ),
    ];
    let desk = Desk::new();
    desk.file("clock.yml", "clock: end\n");
    let station = desk.serve(&for_a_test(&arguments, "alerts"));
    let (headers, packed) = body(&vector["sinks"]["detection"], &events);
    assert_eq!(station.post(&headers, packed).took(), (200, 3, 0));
    station.stop().told(0, &["read 3 events, 2 matched"]);
    let alert: Value = serde_json::from_str(desk.read("alerts").trim()).expect("one alert");
    let expected = json!({
        "dest": "EX01.example.com",
        "Message": message,
        "count": 2,
        "firstTime": "2021-03-14T01:40:12",
        "lastTime": "2021-03-14T01:41:00",
    });
    assert_eq!(alert["row"], expected);
    assert_eq!(alert["window"]["start"], "2021-03-14T00:50:00Z");
}

#[test]
fn the_journal_by_tcp() {
    let (vector, mut arguments) = configuration("socket.yaml");
    let sink = &vector["sinks"]["detection"];
    assert_eq!(sink["address"], option(&arguments, "--tcp"));
    assert_eq!(
        vector["sources"]["alerts"]["include"][0],
        option(&arguments, "--to")
    );
    assert_eq!(
        (&sink["type"], &sink["mode"]),
        (&json!("socket"), &json!("tcp"))
    );
    assert_eq!(sink["encoding"]["codec"], "json");
    assert_eq!(sink["framing"]["method"], "newline_delimited");
    replace(&mut arguments, "--tcp", "127.0.0.1:0");
    let desk = Desk::new();
    desk.file("clock.yml", "clock: end\n");
    desk.file(
        "my-detection.yml",
        "name: failed\nid: 6a1f4a3e-3a0e-4a55-9a3b-1d2c3b4a5f60\nsearch: SYSLOG_IDENTIFIER=sshd message=\"Failed password*\" | stats count by host\n",
    );
    let station = desk.serve(&for_a_test(&arguments, "alerts"));
    let event = json!({
        "PRIORITY": "6",
        "SYSLOG_IDENTIFIER": "sshd",
        "_SYSTEMD_UNIT": "ssh.service",
        "host": "server",
        "message": "Failed password for root from 10.0.0.1 port 22 ssh2",
        "source_type": "journald",
        "timestamp": "2021-03-14T01:40:12.987654Z",
    });
    let mut stream = station.tcp();
    for _ in 0..3 {
        stream
            .write_all(format!("{event}\n").as_bytes())
            .expect("sent");
    }
    until("they are read", || {
        station.metric("rule_events_matched_total") == 3
    });
    station.stop().told(0, &["read 3 events, 3 matched"]);
    let alert: Value = serde_json::from_str(desk.read("alerts").trim()).expect("one alert");
    assert_eq!(alert["row"], json!({"host": "server", "count": 3}));
}

#[test]
fn started_by_vector() {
    let (vector, _) = configuration("exec.yaml");
    let source = &vector["sources"]["alerts"];
    assert_eq!(
        (&source["type"], &source["mode"]),
        (&json!("exec"), &json!("streaming"))
    );
    assert_eq!(source["include_stderr"], false, "only alerts are events");
    let command = source["command"].as_array().expect("a list");
    let words: Vec<&str> = command
        .iter()
        .map(|word| word.as_str().expect("text"))
        .collect();
    assert_eq!(words[0], "host-runner");
    let here = |word: &&str| match word.strip_prefix("/var/") {
        Some(path) => path.to_owned(),
        None => (*word).to_owned(),
    };
    let mut arguments: Vec<String> = words[1..].iter().map(here).collect();
    // Windows close by the events, so that there are alerts of 2021 at once.
    arguments.extend(["--config".to_owned(), "clock.yml".to_owned()]);
    let desk = Desk::new();
    desk.file("clock.yml", "clock: record\n");
    desk.file("log/exchange/a.ndjson", hits(2000));
    let child = desk.start(&strings(&arguments));
    until("the checkpoint has all", || {
        let header = desk.header("lib/vector/host-runner").unwrap_or_default();
        header["inputs"][0]["bytes"].as_u64() == Some(hits(2000).len() as u64)
    });
    let ran = child.stop();
    ran.told(0, &[]);
    assert_eq!(ran.err(), "");
    assert!(ran.alerts().len() > 20, "each line an alert");
}

#[test]
fn every_command_line_is_one_of_the_program() {
    let mut seen = 0;
    for entry in fs::read_dir(folder()).expect("it is there") {
        let path = entry.expect("read").path();
        let text = fs::read_to_string(&path).expect("text");
        for line in text.lines() {
            let line = line.trim_start_matches(['#', ' ']);
            let line = line.strip_prefix("RULE_TOKEN=... ").unwrap_or(line);
            let Some(words) = line.strip_prefix("host-runner ") else {
                continue;
            };
            let known = ["run", "serve"]
                .iter()
                .any(|name| words.starts_with(&format!("{name} ")));
            if !known {
                continue;
            }
            let mut arguments: Vec<&str> = words.split_whitespace().collect();
            arguments.push("--help");
            Desk::new().run(&arguments).told(0, &[]);
            seen += 1;
        }
    }
    assert!(seen >= 6, "{seen} command lines");
}
