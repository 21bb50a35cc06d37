//! What the clients' side gives to the engine.

use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use super::budget::Held;

/// A step of the module that can be made again: all that changes its state.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Entry {
    /// The time, in milliseconds since 1970.
    Clock(i64),
    /// Bytes of an input.
    Part(Part),
}

/// Bytes of an input.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    /// What `rule_input` is told before; it has a `stream`.
    pub(crate) about: Value,
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
    /// Whether the input ends behind them: its last record is whole then.
    pub(crate) ends: bool,
}

impl Part {
    /// The stream that it is of.
    pub(crate) fn stream(&self) -> &str {
        self.about
            .get("stream")
            .and_then(Value::as_str)
            .unwrap_or("")
    }
}

/// Something that waits for the engine.
#[derive(Debug)]
pub(crate) struct Work {
    /// What the module is to be given.
    pub(crate) entry: Entry,
    /// The memory of it, until it is done.
    pub(crate) _held: Held,
    /// Who waits for the answer; nobody where the client's protocol has none.
    pub(crate) answer: Option<oneshot::Sender<Answer>>,
}

/// What the engine says of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It has it.
    Taken {
        /// Records in it.
        events: u64,
        /// Of these, the ones that could not be read.
        malformed: u64,
    },
    /// Not now: why.
    Later(&'static str),
    /// The module refused it: why.
    Refused(String),
}

/// Bodies that wait; each holds its bytes of the budget.
const BODIES: usize = 1024;

/// Parts of connections that wait: their clients wait beyond that.
const PARTS: usize = 16;

/// The ways to the engine.
#[derive(Debug, Clone)]
pub(crate) struct Senders {
    /// Bodies, which are refused where it is full.
    pub(crate) bodies: mpsc::Sender<Work>,
    /// Parts of connections, which wait.
    pub(crate) parts: mpsc::Sender<Work>,
}

/// Their ends at the engine.
#[derive(Debug)]
pub(crate) struct Receivers {
    bodies: mpsc::Receiver<Work>,
    parts: mpsc::Receiver<Work>,
    ended: [bool; 2],
}

/// What came.
#[derive(Debug)]
pub(crate) enum Came {
    /// The body of a request.
    Body(Work),
    /// A part of a connection.
    Part(Work),
    /// Nothing comes any more.
    Ended,
}

/// The ways to the engine, and their ends.
pub(crate) fn ways() -> (Senders, Receivers) {
    let (bodies, bodies_end) = mpsc::channel(BODIES);
    let (parts, parts_end) = mpsc::channel(PARTS);
    let receivers = Receivers {
        bodies: bodies_end,
        parts: parts_end,
        ended: [false; 2],
    };
    (Senders { bodies, parts }, receivers)
}

impl Receivers {
    /// Waits for what comes next; parts only where they are wanted.
    pub(crate) async fn next(&mut self, parts: bool) -> Came {
        while self.ended != [true; 2] {
            let [bodies_ended, parts_ended] = &mut self.ended;
            tokio::select! {
                work = self.bodies.recv(), if !*bodies_ended => match work {
                    Some(work) => return Came::Body(work),
                    None => *bodies_ended = true,
                },
                work = self.parts.recv(), if !*parts_ended && parts => match work {
                    Some(work) => return Came::Part(work),
                    None => *parts_ended = true,
                },
                // Bodies come no more, and parts are not wanted now.
                () = std::future::pending(), if *bodies_ended && !parts => {}
            }
        }
        Came::Ended
    }

    /// The next body, if one waits.
    pub(crate) fn waiting_body(&mut self) -> Option<Work> {
        self.bodies.try_recv().ok()
    }
}
