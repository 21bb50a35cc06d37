//! Alerts on their way out: a bounded queue, and a thread that delivers.
//!
//! An alert stays in the queue until it has been taken: written to standard output,
//! brought to the disk in its file, or answered by its receiver. What is not taken is
//! tried again, for as long as it takes; the queue fills, and who gives to it sees that
//! it [is full](Outbox::is_full) and takes no more events.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::metrics::Metrics;
use super::status::Status;
use crate::failure::warn;
use crate::output::{Output, Receiver};

/// The waits between two tries, the first one and the longest.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Where alerts are delivered.
pub(crate) enum Goal {
    /// A receiver behind a URL.
    Receiver(Receiver),
    /// A file, which takes a write as a whole or not at all.
    File(Box<dyn Output>),
    /// Standard output: what it does not take is lost.
    Stdout(Box<dyn Output>),
}

/// The queue of alerts.
#[derive(Clone)]
pub(crate) struct Outbox(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    limit: usize,
    status: Arc<Status>,
    metrics: Arc<Metrics>,
}

#[derive(Default)]
struct State {
    /// What the module gave, in its pieces: whole lines.
    waiting: VecDeque<Arc<[u8]>>,
    bytes: usize,
    /// The length of the file with all that was delivered.
    length: Option<u64>,
    /// Why the first is not taken.
    failing: Option<String>,
    /// Nothing can be delivered any more.
    broken: Option<io::Error>,
    /// It is about to end: no long wait is made any more.
    closing: bool,
    /// Nothing is tried any more.
    given_up: bool,
}

/// Why alerts were not taken.
struct Trouble {
    reason: String,
    /// After how long it may be otherwise, where that is known.
    after: Option<Duration>,
    /// The error, where nothing can be done about it.
    broken: Option<io::Error>,
}

impl Outbox {
    /// A queue of about `limit` bytes, and its thread. `length` is that of the file at
    /// its beginning.
    pub(crate) fn open(
        goal: Goal,
        limit: usize,
        length: Option<u64>,
        status: Arc<Status>,
        metrics: Arc<Metrics>,
    ) -> Self {
        let state = State {
            length,
            ..State::default()
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            changed: Condvar::new(),
            limit,
            status,
            metrics,
        });
        let delivering = Arc::clone(&shared);
        thread::spawn(move || delivering.deliver(goal));
        Self(shared)
    }

    /// Takes lines as the module gives them, also where it is full: what one step of
    /// the module gives is not parted.
    pub(crate) fn put(&self, lines: &[u8]) {
        if lines.is_empty() {
            return;
        }
        let mut state = self.0.state();
        state.bytes += lines.len();
        state.waiting.push_back(lines.into());
        self.0.tell_bytes(&state);
        self.0.changed.notify_all();
    }

    /// Whether there is no room.
    pub(crate) fn is_full(&self) -> bool {
        self.0.state().bytes >= self.0.limit
    }

    /// The error of an output that takes nothing any more.
    pub(crate) fn broken(&self) -> Option<io::Error> {
        self.0.state().broken.take()
    }

    /// What has not been delivered, and the length of the file with all that has:
    /// both of one moment.
    pub(crate) fn standing(&self) -> (Vec<u8>, Option<u64>) {
        let state = self.0.state();
        let lines: Vec<&[u8]> = state.waiting.iter().map(|lines| &**lines).collect();
        (lines.concat(), state.length)
    }

    /// Waits until all is delivered, or for so long; then nothing is tried any more.
    /// Answers what is left.
    pub(crate) fn close(&self, patience: Duration) -> Vec<u8> {
        let end = Instant::now() + patience;
        let mut state = self.0.state();
        state.closing = true;
        self.0.changed.notify_all();
        while !state.waiting.is_empty() && state.broken.is_none() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.0.wait(state, left);
        }
        state.given_up = true;
        self.0.changed.notify_all();
        drop(state);
        self.standing().0
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // It is whole between two changes, also where a thread died.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, most: Duration) -> MutexGuard<'a, State> {
        let waited = self.changed.wait_timeout(state, most);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn tell_bytes(&self, state: &State) {
        self.metrics.undelivered_bytes.set(state.bytes as f64);
    }

    /// Delivers until it is given up.
    fn deliver(&self, mut goal: Goal) {
        let (mut wait, mut written) = (FIRST_WAIT, false);
        while let Some(lines) = self.first() {
            match goal.give(&lines, &mut written) {
                Ok(length) => {
                    (wait, written) = (FIRST_WAIT, false);
                    self.delivered(&lines, length);
                }
                Err(trouble) => {
                    if self.failed(trouble, wait) {
                        return;
                    }
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
        }
    }

    /// Waits for the first in the queue; none where it is given up.
    fn first(&self) -> Option<Arc<[u8]>> {
        let mut state = self.state();
        loop {
            if state.given_up {
                return None;
            }
            if let Some(lines) = state.waiting.front() {
                return Some(Arc::clone(lines));
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn delivered(&self, lines: &[u8], length: Option<u64>) {
        let mut state = self.state();
        state.waiting.pop_front();
        state.bytes -= lines.len();
        state.length = length;
        state.failing = None;
        self.tell_bytes(&state);
        self.status.undelivered(false);
        self.changed.notify_all();
    }

    /// Tells that it is not taken, and waits; whether that is the end.
    fn failed(&self, trouble: Trouble, wait: Duration) -> bool {
        let mut state = self.state();
        self.status.undelivered(true);
        if let Some(error) = trouble.broken {
            state.broken = Some(error);
            self.changed.notify_all();
            return true;
        }
        self.metrics.delivery_retries.increment(1);
        if state.failing.as_deref() != Some(trouble.reason.as_str()) {
            warn(&format!("{}; it is tried again", trouble.reason));
            state.failing = Some(trouble.reason);
        }
        let (begun, wait) = (
            Instant::now(),
            trouble.after.unwrap_or(wait).min(LONGEST_WAIT),
        );
        loop {
            let wait = if state.closing {
                FIRST_WAIT.min(wait)
            } else {
                wait
            };
            let left = wait.saturating_sub(begun.elapsed());
            if left.is_zero() || state.given_up {
                return false;
            }
            state = self.wait(state, left);
        }
    }
}

impl Goal {
    /// Delivers lines; answers the length of their file. `written` is kept between the
    /// tries: whether the file has them, though not yet for certain.
    fn give(&mut self, lines: &[u8], written: &mut bool) -> Result<Option<u64>, Trouble> {
        let at_the_end = |error: io::Error| Trouble {
            reason: error.to_string(),
            after: None,
            broken: Some(error),
        };
        match self {
            Self::Receiver(receiver) => match receiver.post(lines) {
                Ok(()) => Ok(None),
                Err(refusal) => Err(Trouble {
                    after: refusal.again.flatten(),
                    reason: receiver.does_not_take(&refusal),
                    broken: None,
                }),
            },
            Self::Stdout(output) => output.alerts(lines).map(|()| None).map_err(at_the_end),
            Self::File(output) => {
                let given = match *written {
                    true => Ok(()),
                    false => output.alerts(lines),
                };
                *written = given.is_ok();
                given.and_then(|()| output.settle()).map_err(|error| {
                    // A pipe that is named as a file may lose its reader.
                    match error.kind() {
                        io::ErrorKind::BrokenPipe => at_the_end(error),
                        _ => Trouble {
                            reason: format!("cannot write the alerts: {error}"),
                            after: None,
                            broken: None,
                        },
                    }
                })
            }
        }
    }
}
