//! `serve` while it runs, and clients of it that send just the bytes of a test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

use super::{Desk, Ran, Started, until};

/// The program, serving.
pub struct Station {
    pub child: Started,
    pub http: SocketAddr,
    pub tcp: Option<SocketAddr>,
    said: Arc<Mutex<String>>,
}

/// What was answered to a request.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// The head, in lower case.
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    /// Its status, and its events and malformed ones.
    pub fn took(&self) -> (u16, u64, u64) {
        let json = self.json();
        let number = |key: &str| json[key].as_u64().unwrap_or(u64::MAX);
        (self.status, number("events"), number("malformed"))
    }
}

impl Desk {
    /// Starts `serve` at ports of the system's choice, and waits until it listens.
    pub fn serve(&self, arguments: &[&str]) -> Station {
        let mut all = vec!["serve", "--listen", "127.0.0.1:0"];
        all.extend(arguments);
        let mut child = self.start(&all);
        let said = Arc::new(Mutex::new(String::new()));
        let (keep, err) = (Arc::clone(&said), child.stderr());
        thread::spawn(move || {
            for line in BufReader::new(err).lines() {
                let line = line.expect("text");
                let mut said = keep.lock().expect("whole");
                said.push_str(&line);
                said.push('\n');
            }
        });
        let address = |scheme: &str| {
            let said = said.lock().expect("whole");
            let mut lines = said.lines();
            lines.find_map(|line| {
                line.strip_prefix("listening on ")?
                    .strip_prefix(scheme)?
                    .parse()
                    .ok()
            })
        };
        let wants_tcp = arguments.contains(&"--tcp");
        until("it listens", || {
            assert!(!child.has_ended(), "{}", said.lock().expect("whole"));
            address("http://").is_some() && (!wants_tcp || address("tcp://").is_some())
        });
        let http = address("http://").expect("it listens");
        let tcp = address("tcp://");
        Station {
            child,
            http,
            tcp,
            said,
        }
    }
}

impl Station {
    /// What it has said on standard error.
    pub fn said(&self) -> String {
        self.said.lock().expect("whole").clone()
    }

    /// Asks it to end and waits for that; what it said is in the answer.
    pub fn stop(self) -> Ran {
        self.child.ask_to_end();
        self.ended()
    }

    /// Waits for its end.
    pub fn ended(self) -> Ran {
        let mut output = self.child.wait().0;
        // The thread has read all where the pipe was closed.
        let said = self.said;
        until("all is read", || Arc::strong_count(&said) == 1);
        output.stderr = said.lock().expect("whole").clone().into_bytes();
        Ran(output)
    }

    /// Sends a request with its body's length, and these headers.
    pub fn request(&self, line: &str, headers: &[&str], body: &[u8]) -> Answer {
        let mut all = vec![format!("content-length: {}", body.len())];
        all.extend(headers.iter().map(|&header| header.to_owned()));
        let head = format!(
            "{line} HTTP/1.1\r\nhost: test\r\n{}\r\nconnection: close\r\n\r\n",
            all.join("\r\n")
        );
        self.raw(&[head.as_bytes(), body].concat())
    }

    /// Posts events.
    pub fn post(&self, headers: &[&str], body: impl AsRef<[u8]>) -> Answer {
        self.request("POST /", headers, body.as_ref())
    }

    pub fn get(&self, path: &str) -> Answer {
        self.request(&format!("GET {path}"), &[], b"")
    }

    /// The value of a metric, with its labels.
    pub fn metric(&self, name: &str) -> u64 {
        let text = self.get("/metrics").body;
        let mut lines = text.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.map_or(0, |value| value.parse().expect("a number"))
    }

    /// Sends these bytes as they are, and reads what is answered.
    pub fn raw(&self, bytes: &[u8]) -> Answer {
        let mut stream = self.connect();
        // It may answer and close before it has read all.
        let _ = stream.write_all(bytes);
        answer(stream).expect("an answer")
    }

    pub fn connect(&self) -> TcpStream {
        TcpStream::connect(self.http).expect("it listens")
    }

    /// A connection by TCP.
    pub fn tcp(&self) -> TcpStream {
        TcpStream::connect(self.tcp.expect("it listens")).expect("it listens")
    }
}

/// Reads an answer to its end; none where the connection ends without one.
pub fn answer(mut stream: TcpStream) -> Option<Answer> {
    let mut bytes = Vec::new();
    // What came before a reset counts.
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8(bytes).expect("text");
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1).expect("a status");
    Some(Answer {
        status: status.parse().expect("a number"),
        head: head.to_lowercase(),
        body: body.to_owned(),
    })
}

/// Whether the other side has closed a connection, or does now.
pub fn is_closed(mut stream: &TcpStream) -> bool {
    let closed = matches!(stream.read(&mut [0; 1]), Ok(0) | Err(_));
    let _ = stream.shutdown(Shutdown::Both);
    closed
}
