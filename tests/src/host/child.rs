//! The module in another language: a program that plays what it is asked over its
//! standard input, one request and one answer at a time.
//!
//! ```text
//! request   VERB LENGTH\n   and so many bytes
//! answer    ok LENGTH\n     and so many bytes: what the call gave
//!           refused LENGTH\n and so many bytes: the JSON of the error
//! ```
//!
//! The verbs are the calls of [`Host`]: `open` (in place of the session before),
//! `input`, `push`, `advance`, `finish`, `alerts`, `counters`, `describe`,
//! `explain`, `snapshot`, `restore`, `merge`. Numbers, those of `advance` too, are
//! decimal text. The program ends with its standard input, and after a trap.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

use super::{Answer, Host};

/// A program that plays.
#[derive(Debug)]
pub struct Child {
    name: String,
    process: std::process::Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Child {
    /// Starts the program. Its standard error is that of the test.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("`{name}` must start: {error}"));
        let requests = process.stdin.take();
        let answers = process.stdout.take().expect("a pipe was asked for");
        Child {
            name,
            process,
            requests,
            answers: BufReader::new(answers),
        }
    }

    fn ask(&mut self, verb: &str, bytes: &[u8]) -> Answer<Vec<u8>> {
        let mut request = format!("{verb} {}\n", bytes.len()).into_bytes();
        request.extend_from_slice(bytes);
        let name = &self.name;
        let mut head = String::new();
        self.requests
            .as_mut()
            .expect("open as long as the child")
            .write_all(&request)
            .and_then(|()| self.answers.read_line(&mut head))
            .unwrap_or_else(|error| panic!("`{name}` must answer `{verb}`: {error}"));
        let (kind, length) = head
            .trim_end()
            .split_once(' ')
            .unwrap_or_else(|| panic!("`{name}` gave no answer to `{verb}`, but `{head}`"));
        let mut answer = vec![0; length.parse().expect("a length")];
        self.answers
            .read_exact(&mut answer)
            .unwrap_or_else(|error| panic!("`{name}` must end its answer: {error}"));
        match kind {
            "ok" => Ok(answer),
            "refused" => Err(answer),
            other => panic!("`{name}` answered `{verb}` with `{other}`"),
        }
    }

    fn count(&mut self, verb: &str, bytes: &[u8]) -> Answer<usize> {
        let text = self.ask(verb, bytes)?;
        let text = String::from_utf8(text).expect("a number is text");
        Ok(text.parse().expect("a number"))
    }

    /// A call that no open session refuses.
    fn bytes(&mut self, verb: &str) -> Vec<u8> {
        self.ask(verb, b"").unwrap_or_else(|error| {
            panic!("`{verb}`: {}", String::from_utf8_lossy(&error));
        })
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.requests = None;
        // The test has its result already; how the program ends adds nothing.
        let _ = self.process.wait();
    }
}

impl Host for Child {
    fn open(&mut self, config: &[u8]) -> Answer<()> {
        self.ask("open", config).map(drop)
    }

    fn input(&mut self, settings: &[u8]) -> Answer<()> {
        self.ask("input", settings).map(drop)
    }

    fn push(&mut self, bytes: &[u8]) -> Answer<usize> {
        self.count("push", bytes)
    }

    fn advance(&mut self, now_ms: i64) -> Answer<usize> {
        self.count("advance", now_ms.to_string().as_bytes())
    }

    fn finish(&mut self) -> Answer<usize> {
        self.count("finish", b"")
    }

    fn some_alerts(&mut self) -> Vec<u8> {
        self.bytes("alerts")
    }

    fn counters(&mut self) -> Vec<u8> {
        self.bytes("counters")
    }

    fn describe(&mut self) -> Vec<u8> {
        self.bytes("describe")
    }

    fn explain(&mut self, record: &[u8]) -> Answer<Vec<u8>> {
        self.ask("explain", record)
    }

    fn snapshot(&mut self) -> Answer<Vec<u8>> {
        self.ask("snapshot", b"")
    }

    fn restore(&mut self, snapshot: &[u8]) -> Answer<()> {
        self.ask("restore", snapshot).map(drop)
    }

    fn merge(&mut self, snapshot: &[u8]) -> Answer<usize> {
        self.count("merge", snapshot)
    }
}
