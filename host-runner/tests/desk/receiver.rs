//! A receiver of alerts, as a test needs one.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// No answer at all: it goes away when it has read everything.
pub const NOTHING: &str = "";

/// It takes everything, and its answer comes byte by byte.
pub const SLOWLY: &str = "200 Slowly";

/// A receiver that keeps what it took.
pub struct Receiver {
    pub url: String,
    taken: Arc<Mutex<String>>,
    asked: Arc<AtomicUsize>,
    answer: Arc<Mutex<&'static str>>,
}

impl Receiver {
    /// Answers with these status codes in turn, the last one from then on: [`NOTHING`] to go
    /// away without a word, [`SLOWLY`] to take what comes byte by byte.
    pub fn answering(answers: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        Self::begin(listener, answers)
    }

    /// Listens at an address where there was nobody before.
    pub fn at(address: &str) -> Self {
        let listener = TcpListener::bind(address).expect("the port is free");
        Self::begin(listener, &["200 OK"])
    }

    fn begin(listener: TcpListener, answers: &'static [&'static str]) -> Self {
        let url = format!("http://{}/alerts", listener.local_addr().expect("bound"));
        let taken = Arc::new(Mutex::new(String::new()));
        let asked = Arc::new(AtomicUsize::new(0));
        let last = answers[answers.len() - 1];
        let answer = Arc::new(Mutex::new(last));
        let (keep, count, say) = (Arc::clone(&taken), Arc::clone(&asked), Arc::clone(&answer));
        thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let answer = match answers.get(number) {
                    Some(answer) if number + 1 < answers.len() => answer,
                    _ => *say.lock().expect("whole"),
                };
                let body = receive(stream.expect("a caller"), answer);
                if answer.starts_with("200") {
                    keep.lock().expect("whole").push_str(&body);
                }
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self {
            url,
            taken,
            asked,
            answer,
        }
    }

    /// Answers so from now on.
    pub fn answers(&self, answer: &'static str) {
        *self.answer.lock().expect("whole") = answer;
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// What it took.
    pub fn text(&self) -> String {
        self.taken.lock().expect("whole").clone()
    }

    pub fn lines(&self) -> Vec<String> {
        self.text().lines().map(str::to_owned).collect()
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
    for part in head.as_bytes().chunks(match answer {
        SLOWLY => 1,
        _ => head.len(),
    }) {
        if answer == NOTHING {
            break;
        }
        // The program may have been killed by now.
        let _ = stream.write_all(part);
        if answer == SLOWLY {
            thread::sleep(Duration::from_millis(20));
        }
    }
    String::from_utf8(body).expect("text")
}
