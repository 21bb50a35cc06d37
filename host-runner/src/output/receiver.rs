//! A receiver of alerts behind a URL.
//!
//! Lines are posted as they come, and nothing goes on until they are taken: a
//! receiver that is down holds the run up, and a checkpoint never passes an alert
//! that was not taken. So each alert is delivered at least once; after a failure
//! in the middle of an answer it may come again, and its id, part and revision tell.

use std::io::{self, Write};
use std::thread;
use std::time::Duration;

use ureq::Agent;
use ureq::http::StatusCode;

use super::Target;
use crate::failure::warn;

/// How long a receiver has for one answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// As often is it tried; with the waits between, for about four minutes.
const TRIES: u32 = 12;
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// A receiver of alerts.
pub(crate) struct Receiver {
    agent: Agent,
    url: String,
    /// What has been taken and not been delivered yet.
    pending: Vec<u8>,
}

/// Why lines were not taken.
pub(crate) struct Refusal {
    reason: String,
    /// Whether it may be otherwise another time, and where it says so after how long.
    pub(crate) again: Option<Option<Duration>>,
}

impl Receiver {
    /// The receiver behind a URL.
    pub(crate) fn new(url: &str) -> Self {
        let agent = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .build();
        Self {
            agent: agent.into(),
            url: url.to_owned(),
            pending: Vec::new(),
        }
    }

    /// Sends lines once.
    pub(crate) fn post(&self, lines: &[u8]) -> Result<(), Refusal> {
        let answer = self
            .agent
            .post(&self.url)
            .header("content-type", "application/x-ndjson")
            .send(lines);
        let answer = answer.map_err(|error| Refusal {
            reason: error.to_string(),
            again: Some(None),
        })?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let busy = matches!(
            status,
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
        );
        let after = answer.headers().get("retry-after");
        let after = after.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        Err(Refusal {
            reason: format!("it answers {status}"),
            again: (busy || status.is_server_error()).then_some(after.map(Duration::from_secs)),
        })
    }
}

impl Receiver {
    /// A refusal in words.
    pub(crate) fn does_not_take(&self, refusal: &Refusal) -> String {
        format!(
            "`{}` does not take the alerts: {}",
            self.url, refusal.reason
        )
    }
}

impl Write for Receiver {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let lines = std::mem::take(&mut self.pending);
        if lines.is_empty() {
            return Ok(());
        }
        let mut wait = FIRST_WAIT;
        for tried in 1.. {
            let refusal = match self.post(&lines) {
                Ok(()) => return Ok(()),
                Err(refusal) => refusal,
            };
            let (Some(after), true) = (refusal.again, tried < TRIES) else {
                return Err(io::Error::other(self.does_not_take(&refusal)));
            };
            if tried == 1 {
                warn(&format!(
                    "{}; it is tried again",
                    self.does_not_take(&refusal)
                ));
            }
            thread::sleep(after.unwrap_or(wait).min(LONGEST_WAIT));
            wait = (wait * 2).min(LONGEST_WAIT);
        }
        Ok(())
    }
}

impl Target for Receiver {
    fn settle(&mut self) -> io::Result<Option<u64>> {
        self.flush().map(|()| None)
    }
}
