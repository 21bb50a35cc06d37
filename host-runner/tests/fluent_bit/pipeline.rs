//! Fluent Bit, started with a configuration of `pipelines/fluent-bit`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::desk::{Desk, until};

/// The program that `FLUENT_BIT` names; none, with a word about it, where it is not set.
pub(crate) fn program() -> Option<PathBuf> {
    let named = std::env::var_os("FLUENT_BIT").map(PathBuf::from);
    if named.is_none() {
        println!("skipped: set FLUENT_BIT to the path of a Fluent Bit, 4.1.2 or newer");
    }
    named
}

/// The text of a configuration, as a user has it.
pub(crate) fn configuration(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pipelines/fluent-bit");
    let text = fs::read_to_string(path.join(name)).expect("it is there");
    text.replace("\r\n", "\n")
}

/// Sets what a configuration leaves to its user, in its part `env`.
#[track_caller]
pub(crate) fn set(configuration: &str, settings: &[(&str, &str)]) -> String {
    let mut text = configuration.to_owned();
    for (key, value) in settings {
        let start = format!("\n  {key}: ");
        let at = text.find(&start).expect("a setting of its part `env`") + start.len();
        let end = at + text[at..].find('\n').expect("a line's end");
        text.replace_range(at..end, value);
    }
    text
}

/// A port that is free now.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("it has one").port()
}

/// A Fluent Bit that runs; killed where a test leaves it behind.
pub(crate) struct FluentBit<'a> {
    desk: &'a Desk,
    child: Child,
}

impl<'a> FluentBit<'a> {
    /// Starts it in the folder of a test, which has the module as `rule.wasm`. Events go
    /// to `events`, alerts to `alerts`.
    pub(crate) fn start(desk: &'a Desk, program: &Path, configuration: &str) -> Self {
        let here = |name: &str| desk.path(name).to_str().expect("text").to_owned();
        let configuration = set(
            configuration,
            &[
                ("rule_module", &here("rule.wasm")),
                ("state_folder", &here("state")),
                ("events_folder", &here("events")),
                ("alerts_folder", &here("alerts")),
            ],
        );
        let file = desk.file("fluent-bit.yaml", configuration);
        let log = File::create(desk.path("log")).expect("a file");
        let child = Command::new(program)
            .arg("--config")
            .arg(file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        Self {
            desk,
            child: child.expect("it starts"),
        }
    }

    /// Waits until as many events have come out.
    pub(crate) fn until_events(&mut self, count: usize) {
        until("all events came out", || {
            assert!(self.runs(), "it died:\n{}", self.log());
            self.desk.lines("events/events.ndjson").len() >= count
        });
    }

    pub(crate) fn runs(&mut self) -> bool {
        self.child.try_wait().expect("it can be asked").is_none()
    }

    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.desk.path("log")).expect("it is there")).into_owned()
    }

    /// Asks it to end, as a service manager does; that it ends well is part of each test,
    /// and that no call of the module failed.
    pub(crate) fn stop(mut self) {
        let asked = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(asked.expect("kill runs").success());
        let status = self.child.wait().expect("it ends");
        let log = self.log();
        assert!(status.success(), "{status}\n{log}");
        for failure in ["running wasm code", "[wasm]", "invalid JSON format"] {
            assert!(!log.contains(failure), "{log}");
        }
    }
}

impl Drop for FluentBit<'_> {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Desk {
    /// The whole lines of a file, each as JSON; none where there is no file yet.
    pub(crate) fn lines(&self, name: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.path(name)).unwrap_or_default();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let parsed = whole.lines().map(serde_json::from_str);
        parsed.collect::<Result<_, _>>().expect("JSON")
    }
}

/// Takes the alerts off a record: what was put in comes back, and them.
pub(crate) fn take_alerts(record: &mut Value) -> Vec<Value> {
    let object = record.as_object_mut().expect("an object");
    let mut alerts = Vec::from_iter(object.remove("rule_alert"));
    if let Some(Value::Array(list)) = object.remove("rule_alerts") {
        alerts.extend(list);
    }
    alerts
}

/// What a receiver holds that keeps the last revision of each alert: rows by id, part
/// and host.
pub(crate) fn kept(alerts: impl IntoIterator<Item = Value>) -> BTreeMap<String, Value> {
    let mut kept: BTreeMap<String, Value> = BTreeMap::new();
    for alert in alerts {
        let key = format!("{} {}", alert["id"], alert["part"]);
        let is_newer = |old: &Value| old["revision"].as_u64() < alert["revision"].as_u64();
        if kept.get(&key).is_none_or(is_newer) {
            kept.insert(key, alert);
        }
    }
    kept
}
