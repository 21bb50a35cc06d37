//! Alerts to a receiver behind a URL: all of them, also where it is down at first or
//! the run is started again.

mod desk;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use desk::Desk;

/// A receiver that answers with these status codes in turn, the last one from then
/// on, and keeps what it took.
struct Receiver {
    url: String,
    taken: Arc<Mutex<String>>,
}

impl Receiver {
    fn answering(answers: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/alerts", listener.local_addr().expect("bound"));
        let taken = Arc::new(Mutex::new(String::new()));
        let keep = Arc::clone(&taken);
        thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let answer = answers[number.min(answers.len() - 1)];
                let body = receive(stream.expect("a caller"), answer);
                if answer.starts_with("200") {
                    keep.lock().expect("whole").push_str(&body);
                }
            }
        });
        Self { url, taken }
    }

    fn lines(&self) -> Vec<String> {
        let taken = self.taken.lock().expect("whole");
        taken.lines().map(str::to_owned).collect()
    }
}

/// Reads one request and answers it.
fn receive(mut stream: TcpStream, answer: &str) -> String {
    let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a header");
        let line = line.trim().to_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a number");
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    let head = format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).expect("answered");
    String::from_utf8(body).expect("text")
}

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
