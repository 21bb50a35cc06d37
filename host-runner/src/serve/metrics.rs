//! What is counted, and how Prometheus is told of it.
//!
//! The text is of the exposition format 0.0.4, which every scraper reads. What the
//! module counts goes on over a restart from a checkpoint; all else begins at 0. Each
//! metric is there from the start, so that its first change is seen as one; those of
//! checkpoints only where there are any.

use metrics::{Counter, Gauge, Key, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};

use super::budget::Budget;
use crate::module::Counters;

/// The media type of the text.
pub(crate) const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The kinds of alerts.
const KINDS: [&str; 5] = ["final", "early", "late", "amended", "partial"];

/// The statuses of answers that are usual; others are there once they were given.
const STATUSES: [u16; 10] = [200, 400, 401, 404, 405, 408, 413, 415, 429, 503];

/// A counter of the module: its name, what it counts, and where that is.
type Counted = (&'static str, &'static str, fn(&Counters) -> u64);

/// What the module counts: its name, its help, where it is.
#[rustfmt::skip]
const COUNTED: [Counted; 10] = [
    ("rule_input_bytes_total", "Bytes of events, unpacked.", |of| of.bytes),
    ("rule_events_total", "Events that were read.", |of| of.records),
    ("rule_events_matched_total", "Events that are in a row.", |of| of.matches),
    ("rule_events_malformed_total", "Events that could not be read.", |of| of.malformed),
    ("rule_events_invalid_utf8_total", "Events with bytes that are no UTF-8.", |of| of.invalid_utf8),
    ("rule_events_late_total", "Matching events after their windows had closed.", |of| of.late),
    ("rule_events_future_total", "Events too far ahead of the clock.", |of| of.future),
    ("rule_events_outside_total", "Matching events in no window.", |of| of.outside),
    ("rule_events_no_time_total", "Matching events without a usable time.", |of| of.no_time),
    ("rule_clock_back_total", "Times that the clock went back.", |of| of.clock_back),
];

/// What is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    /// What the module has counted, in the order of [`COUNTED`].
    counted: [Counter; COUNTED.len()],
    /// Alerts by kind, in the order of [`KINDS`].
    alerts: [Counter; KINDS.len()],
    groups: Gauge,
    queue_bytes: Gauge,
    queue_limit_bytes: Gauge,
    delivery_up: Gauge,
    /// Bytes of memory that the module has.
    pub(crate) module_bytes: Gauge,
    /// Bytes of alerts that were not delivered yet.
    pub(crate) undelivered_bytes: Gauge,
    /// Tries to deliver that failed.
    pub(crate) delivery_retries: Counter,
    /// Connections that are open, HTTP and TCP.
    pub(crate) http_connections: Gauge,
    /// The same of TCP.
    pub(crate) tcp_connections: Gauge,
    /// Connections by TCP that were refused.
    pub(crate) tcp_refused: Counter,
    /// Bytes that the module refused, of connections or in the middle of a body.
    pub(crate) passed_over_bytes: Counter,
    /// Seconds since 1970 of the last checkpoint.
    pub(crate) checkpoint_seconds: Gauge,
    /// Bytes of the last checkpoint: the module's state, for the most part.
    pub(crate) checkpoint_bytes: Gauge,
    /// Bytes of the journal.
    pub(crate) journal_bytes: Gauge,
}

impl Metrics {
    /// Nothing counted yet. `build` are the labels of what is always 1: the versions of
    /// the program and of the module's interface, and the digest of the rules.
    #[rustfmt::skip]
    pub(crate) fn new(build: Labels<'_>, checkpoints: bool) -> Self {
        let registry = Registry(PrometheusBuilder::new().build_recorder());
        registry.gauge("rule_build_info", "What runs here.", build).set(1);
        for status in STATUSES {
            registry.requests(status).increment(0);
        }
        let counter = |name, help| registry.counter(name, help, &[]);
        let gauge = |name, help| registry.gauge(name, help, &[]);
        let of_checkpoints = |name, help| match checkpoints {
            true => gauge(name, help),
            false => Gauge::noop(),
        };
        Self {
            counted: COUNTED.map(|(name, help, _)| counter(name, help)),
            alerts: KINDS.map(|kind| registry.alerts(kind)),
            groups: gauge("rule_groups", "Groups that open windows hold."),
            queue_bytes: gauge("rule_queue_bytes", "Bytes of events that wait for the module."),
            queue_limit_bytes: gauge("rule_queue_limit_bytes", "Bytes of events that may wait."),
            delivery_up: gauge("rule_delivery_up", "Whether the alerts are taken."),
            module_bytes: gauge("rule_module_memory_bytes", "Memory of the module."),
            undelivered_bytes: gauge("rule_undelivered_bytes", "Bytes of alerts that wait to be delivered."),
            delivery_retries: counter("rule_delivery_retries_total", "Tries to deliver alerts that failed."),
            http_connections: gauge("rule_http_connections", "Open HTTP connections."),
            tcp_connections: gauge("rule_tcp_connections", "Open TCP connections."),
            tcp_refused: counter("rule_tcp_refused_total", "TCP connections that were refused."),
            passed_over_bytes: counter("rule_passed_over_bytes_total", "Bytes that the module refused."),
            checkpoint_seconds: of_checkpoints("rule_checkpoint_timestamp_seconds", "When the last checkpoint was written."),
            checkpoint_bytes: of_checkpoints("rule_checkpoint_bytes", "Size of the last checkpoint."),
            journal_bytes: of_checkpoints("rule_journal_bytes", "Size of the journal since then."),
            registry,
        }
    }

    /// What the module has counted by now.
    pub(crate) fn set_counters(&self, counters: &Counters) {
        for ((_, _, of), counter) in COUNTED.iter().zip(&self.counted) {
            counter.absolute(of(counters));
        }
        self.groups.set(counters.groups as f64);
    }

    /// Counts the alerts in lines by their kind, which stands at the beginning of each.
    pub(crate) fn count_alerts(&self, lines: &[u8]) {
        for line in lines.split(|&byte| byte == b'\n') {
            let kind = line.strip_prefix(b"{\"schema\":\"rule-alert/1\",\"kind\":\"");
            let Some(kind) = kind else { continue };
            let found = KINDS.iter().zip(&self.alerts);
            for (_, count) in found.filter(|(name, _)| kind.starts_with(name.as_bytes())) {
                count.increment(1);
            }
        }
    }

    /// Counts a request by the status of its answer.
    pub(crate) fn count_request(&self, status: u16) {
        self.registry.requests(status).increment(1);
    }

    /// The text of it all. `delivering` is whether alerts are taken.
    pub(crate) fn text(&self, budget: &Budget, delivering: bool) -> String {
        self.queue_bytes.set(budget.held() as f64);
        self.queue_limit_bytes.set(budget.limit() as f64);
        self.delivery_up.set(u8::from(delivering));
        // There are no histograms, for which alone the recorder wants upkeep.
        self.registry.0.handle().render()
    }
}

/// The metrics by their names and labels: asked for again, they are the same.
#[derive(Debug)]
struct Registry(PrometheusRecorder);

/// Of which part of the program they are. The text says nothing of it.
const METADATA: Metadata<'_> = Metadata::new(module_path!(), Level::INFO, None);

/// Names and values of labels.
type Labels<'a> = &'a [(&'static str, String)];

impl Registry {
    fn counter(&self, name: &'static str, help: &'static str, labels: Labels<'_>) -> Counter {
        self.0.describe_counter(name.into(), None, help.into());
        let key = Key::from_parts(name, labels);
        self.0.register_counter(&key, &METADATA)
    }

    fn gauge(&self, name: &'static str, help: &'static str, labels: Labels<'_>) -> Gauge {
        self.0.describe_gauge(name.into(), None, help.into());
        let key = Key::from_parts(name, labels);
        self.0.register_gauge(&key, &METADATA)
    }

    fn alerts(&self, kind: &str) -> Counter {
        let kind = ("kind", kind.to_owned());
        self.counter("rule_alerts_total", "Alerts since the start.", &[kind])
    }

    fn requests(&self, status: u16) -> Counter {
        let status = ("status", status.to_string());
        let help = "Requests since the start, by the status of the answer.";
        self.counter("rule_http_requests_total", help, &[status])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(metrics: &Metrics) -> String {
        metrics.text(&Budget::new(100), true)
    }

    #[test]
    fn the_text_is_what_scrapers_read() {
        let build = [
            ("version", "1.2.3".to_owned()),
            ("engine", "\"\n\\x".to_owned()),
        ];
        let metrics = Metrics::new(&build, true);
        metrics.count_request(200);
        metrics.count_request(429);
        metrics.count_request(200);
        metrics.count_request(418);
        metrics.count_alerts(
            b"{\"schema\":\"rule-alert/1\",\"kind\":\"late\",\"id\":\"x\"}\n{\"schema\":\"rule-alert/1\",\"kind\":\"final\"}\n",
        );
        metrics.set_counters(&Counters {
            records: 7,
            groups: 3,
            ..Counters::default()
        });
        metrics.checkpoint_seconds.set(1_900_000_000.0);
        metrics.journal_bytes.set((1_u64 << 40) as f64);
        metrics.tcp_connections.increment(1);
        metrics.tcp_connections.decrement(1);
        let text = text(&metrics);
        for line in [
            "rule_build_info{version=\"1.2.3\",engine=\"\\\"\\n\\\\x\"} 1",
            "rule_events_total 7",
            "rule_http_requests_total{status=\"200\"} 2",
            "rule_http_requests_total{status=\"429\"} 1",
            "rule_http_requests_total{status=\"418\"} 1",
            "rule_alerts_total{kind=\"late\"} 1",
            "rule_alerts_total{kind=\"final\"} 1",
            "rule_alerts_total{kind=\"early\"} 0",
            "rule_queue_limit_bytes 100",
            "rule_delivery_up 1",
            "rule_groups 3",
            "rule_tcp_connections 0",
            "rule_checkpoint_timestamp_seconds 1900000000",
            "rule_journal_bytes 1099511627776",
            "# HELP rule_groups Groups that open windows hold.",
            "# TYPE rule_alerts_total counter",
            "# TYPE rule_groups gauge",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
        let mut described = Vec::new();
        for line in text.lines().filter(|line| !line.is_empty()) {
            let mut words = line.split([' ', '{']);
            match (words.next(), words.next()) {
                (Some("#"), Some("HELP")) => {
                    let name = words.next().expect("a name");
                    assert!(!described.contains(&name), "{name} once");
                    described.push(name);
                }
                (Some("#"), Some("TYPE")) => {
                    let name = words.next().expect("a name");
                    assert_eq!(described.last(), Some(&name), "{line}");
                    let counter = words.next() == Some("counter");
                    assert_eq!(name.ends_with("_total"), counter, "{name}");
                }
                (Some(name), _) => assert_eq!(described.last(), Some(&name), "{line}"),
                _ => panic!("an empty line"),
            }
        }
    }

    #[test]
    fn all_are_there_from_the_start() {
        let zeros = |checkpoints: bool| {
            let text = text(&Metrics::new(&[], checkpoints));
            let zeros = text.lines().filter_map(|line| line.strip_suffix(" 0"));
            let mut zeros: Vec<String> = zeros.map(str::to_owned).collect();
            zeros.sort_unstable();
            zeros
        };
        let mut expected: Vec<String> = COUNTED.map(|(name, ..)| name.to_owned()).into();
        expected.extend(KINDS.map(|kind| format!("rule_alerts_total{{kind=\"{kind}\"}}")));
        expected.extend(
            STATUSES.map(|status| format!("rule_http_requests_total{{status=\"{status}\"}}")),
        );
        let others = [
            "rule_delivery_retries_total",
            "rule_groups",
            "rule_http_connections",
            "rule_module_memory_bytes",
            "rule_passed_over_bytes_total",
            "rule_queue_bytes",
            "rule_tcp_connections",
            "rule_tcp_refused_total",
            "rule_undelivered_bytes",
        ];
        expected.extend(others.map(str::to_owned));
        expected.sort_unstable();
        assert_eq!(zeros(false), expected);
        let of_checkpoints = [
            "rule_checkpoint_bytes",
            "rule_checkpoint_timestamp_seconds",
            "rule_journal_bytes",
        ];
        expected.extend(of_checkpoints.map(str::to_owned));
        expected.sort_unstable();
        assert_eq!(zeros(true), expected);
    }
}
