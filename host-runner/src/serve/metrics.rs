//! What is counted, and how Prometheus is told of it.
//!
//! The text is of the exposition format 0.0.4, which every scraper reads. What the
//! module counts goes on over a restart from a checkpoint; all else begins at 0.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::budget::Budget;
use crate::module::Counters;

/// The media type of the text.
pub(crate) const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The kinds of alerts.
const KINDS: [&str; 5] = ["final", "early", "late", "amended", "partial"];

/// What is counted.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    /// Version of the program and of the module's interface, and the digest of the
    /// rules: the labels of what is always 1.
    build: Vec<(&'static str, String)>,
    /// What the module has counted, at its last step.
    counters: Mutex<Counters>,
    /// Alerts by kind, in the order of [`KINDS`].
    alerts: [AtomicU64; KINDS.len()],
    /// Requests by the status of their answers.
    requests: Mutex<BTreeMap<u16, u64>>,
    /// Bytes of memory that the module has.
    pub(crate) module_bytes: AtomicU64,
    /// Bytes of the last checkpoint: the module's state, for the most part.
    pub(crate) checkpoint_bytes: AtomicU64,
    /// Bytes of alerts that were not delivered yet.
    pub(crate) undelivered_bytes: AtomicU64,
    /// Tries to deliver that failed.
    pub(crate) delivery_retries: AtomicU64,
    /// Connections that are open, HTTP and TCP.
    pub(crate) http_connections: AtomicU64,
    /// The same of TCP.
    pub(crate) tcp_connections: AtomicU64,
    /// Connections by TCP that were refused.
    pub(crate) tcp_refused: AtomicU64,
    /// Bytes that the module refused, of connections or in the middle of a body.
    pub(crate) passed_over_bytes: AtomicU64,
    /// Bytes of the journal.
    pub(crate) journal_bytes: AtomicU64,
    /// Seconds since 1970 of the last checkpoint.
    pub(crate) checkpoint_seconds: AtomicU64,
    /// Whether there are checkpoints at all.
    checkpoints: bool,
}

impl Metrics {
    /// Nothing counted yet.
    pub(crate) fn new(build: Vec<(&'static str, String)>, checkpoints: bool) -> Self {
        Self {
            build,
            checkpoints,
            ..Self::default()
        }
    }

    /// What the module has counted by now.
    pub(crate) fn set_counters(&self, counters: Counters) {
        *locked(&self.counters) = counters;
    }

    /// Counts the alerts in lines by their kind, which stands at the beginning of each.
    pub(crate) fn count_alerts(&self, lines: &[u8]) {
        for line in lines.split(|&byte| byte == b'\n') {
            let kind = line.strip_prefix(b"{\"schema\":\"rule-alert/1\",\"kind\":\"");
            let Some(kind) = kind else { continue };
            let found = KINDS.iter().zip(&self.alerts);
            for (_, count) in found.filter(|(name, _)| kind.starts_with(name.as_bytes())) {
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Counts a request by the status of its answer.
    pub(crate) fn count_request(&self, status: u16) {
        *locked(&self.requests).entry(status).or_default() += 1;
    }

    /// The text of it all. `delivering` is whether alerts are taken.
    pub(crate) fn text(&self, budget: &Budget, delivering: bool) -> String {
        let mut text = Text::default();
        let build = labels(
            self.build
                .iter()
                .map(|(name, value)| (*name, value.as_str())),
        );
        text.add("rule_build_info", "What runs here.", &[(build, 1)]);
        let alerts = KINDS.iter().zip(&self.alerts).map(|(&kind, count)| {
            let count = count.load(Ordering::Relaxed);
            (labels([("kind", kind)].into_iter()), count)
        });
        let alerts: Vec<_> = alerts.collect();
        text.add("rule_alerts_total", "Alerts since the start.", &alerts);
        let requests = locked(&self.requests).clone();
        let requests = requests.iter().map(|(status, &count)| {
            let status = status.to_string();
            (labels([("status", status.as_str())].into_iter()), count)
        });
        let requests: Vec<_> = requests.collect();
        text.add(
            "rule_http_requests_total",
            "Requests since the start, by the status of the answer.",
            &requests,
        );
        text.add_plain(&of_the_module(&locked(&self.counters)));
        text.add_plain(&self.of_the_station(budget, delivering));
        if self.checkpoints {
            text.add_plain(&self.of_checkpoints());
        }
        text.0
    }

    #[rustfmt::skip]
    fn of_the_station(&self, budget: &Budget, delivering: bool) -> [Plain; 10] {
        let of = |value: &AtomicU64| value.load(Ordering::Relaxed);
        [
            ("rule_module_memory_bytes", "Memory of the module.", of(&self.module_bytes)),
            ("rule_http_connections", "Open HTTP connections.", of(&self.http_connections)),
            ("rule_tcp_connections", "Open TCP connections.", of(&self.tcp_connections)),
            ("rule_tcp_refused_total", "TCP connections that were refused.", of(&self.tcp_refused)),
            ("rule_passed_over_bytes_total", "Bytes that the module refused.", of(&self.passed_over_bytes)),
            ("rule_queue_bytes", "Bytes of events that wait for the module.", budget.held() as u64),
            ("rule_queue_limit_bytes", "Bytes of events that may wait.", budget.limit() as u64),
            ("rule_delivery_up", "Whether the alerts are taken.", u64::from(delivering)),
            ("rule_delivery_retries_total", "Tries to deliver alerts that failed.", of(&self.delivery_retries)),
            ("rule_undelivered_bytes", "Bytes of alerts that wait to be delivered.", of(&self.undelivered_bytes)),
        ]
    }

    #[rustfmt::skip]
    fn of_checkpoints(&self) -> [Plain; 3] {
        let of = |value: &AtomicU64| value.load(Ordering::Relaxed);
        [
            ("rule_checkpoint_timestamp_seconds", "When the last checkpoint was written.", of(&self.checkpoint_seconds)),
            ("rule_checkpoint_bytes", "Size of the last checkpoint.", of(&self.checkpoint_bytes)),
            ("rule_journal_bytes", "Size of the journal since then.", of(&self.journal_bytes)),
        ]
    }
}

/// What the module counts.
#[rustfmt::skip]
fn of_the_module(counters: &Counters) -> [Plain; 11] {
    [
        ("rule_input_bytes_total", "Bytes of events, unpacked.", counters.bytes),
        ("rule_events_total", "Events that were read.", counters.records),
        ("rule_events_matched_total", "Events that are in a row.", counters.matches),
        ("rule_events_malformed_total", "Events that could not be read.", counters.malformed),
        ("rule_events_invalid_utf8_total", "Events with bytes that are no UTF-8.", counters.invalid_utf8),
        ("rule_events_late_total", "Matching events after their windows had closed.", counters.late),
        ("rule_events_future_total", "Events too far ahead of the clock.", counters.future),
        ("rule_events_outside_total", "Matching events in no window.", counters.outside),
        ("rule_events_no_time_total", "Matching events without a usable time.", counters.no_time),
        ("rule_clock_back_total", "Times that the clock went back.", counters.clock_back),
        ("rule_groups", "Groups that open windows hold.", counters.groups),
    ]
}

/// A metric without labels: its name, its help, its value.
type Plain = (&'static str, &'static str, u64);

/// The text while it is written. A name that ends in `_total` is a counter's, as the
/// conventions have it; all others are gauges.
#[derive(Default)]
struct Text(String);

impl Text {
    fn add(&mut self, name: &str, help: &str, samples: &[(String, u64)]) {
        let kind = if name.ends_with("_total") {
            "counter"
        } else {
            "gauge"
        };
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (labels, value) in samples {
            let _ = writeln!(self.0, "{name}{labels} {value}");
        }
    }

    fn add_plain(&mut self, metrics: &[Plain]) {
        for &(name, help, value) in metrics {
            self.add(name, help, &[(String::new(), value)]);
        }
    }
}

/// Labels in their braces.
fn labels<'a>(labels: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let pairs: Vec<String> = labels
        .map(|(name, value)| format!("{name}=\"{value}\""))
        .collect();
    format!("{{{}}}", pairs.join(","))
}

fn locked<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    // It is whole between two changes, also where a thread died.
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_what_scrapers_read() {
        let metrics = Metrics::new(vec![("version", "1.2.3".to_owned())], true);
        metrics.count_request(200);
        metrics.count_request(429);
        metrics.count_request(200);
        metrics.count_alerts(
            b"{\"schema\":\"rule-alert/1\",\"kind\":\"late\",\"id\":\"x\"}\n{\"schema\":\"rule-alert/1\",\"kind\":\"final\"}\n",
        );
        metrics.set_counters(Counters {
            records: 7,
            ..Counters::default()
        });
        let text = metrics.text(&Budget::new(100), true);
        for line in [
            "rule_build_info{version=\"1.2.3\"} 1",
            "rule_events_total 7",
            "rule_http_requests_total{status=\"200\"} 2",
            "rule_http_requests_total{status=\"429\"} 1",
            "rule_alerts_total{kind=\"late\"} 1",
            "rule_alerts_total{kind=\"final\"} 1",
            "rule_alerts_total{kind=\"early\"} 0",
            "rule_queue_limit_bytes 100",
            "# TYPE rule_alerts_total counter",
            "# TYPE rule_groups gauge",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
        let mut described = Vec::new();
        for line in text.lines() {
            let mut words = line.split([' ', '{']);
            match (words.next(), words.next()) {
                (Some("#"), Some("HELP")) => {
                    let name = words.next().expect("a name");
                    assert!(!described.contains(&name), "{name} once");
                    described.push(name);
                }
                (Some("#"), Some("TYPE")) => {
                    let name = words.next().expect("a name");
                    let counter = words.next() == Some("counter");
                    assert_eq!(name.ends_with("_total"), counter, "{name}");
                }
                (Some(name), _) => assert_eq!(described.last(), Some(&name), "{line}"),
                _ => panic!("an empty line"),
            }
        }
    }
}
