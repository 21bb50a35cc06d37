//! The configurations of `pipelines/fluent-bit`, run by the real Fluent Bit that the
//! environment variable `FLUENT_BIT` names: the alerts are those of `run`, and every
//! other record comes through as it was.

#[path = "../desk/mod.rs"]
mod desk;
mod forward;
mod hostile;
mod pipeline;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{SystemTime, UNIX_EPOCH};

use desk::receiver::Receiver;
use desk::{Desk, hit, until};
use jiff::{Timestamp, ToSpan};
use pipeline::{FluentBit, configuration, free_port, kept, program, set, take_alerts};
use serde_json::{Value, json};

/// A folder with the built-in detection packed as `rule.wasm`.
fn desk(records: &str) -> Desk {
    let desk = Desk::new();
    let packed = desk.run(&["pack", "--records", records, "--out", "rule.wasm"]);
    packed.told(0, &[]);
    desk
}

/// An event that matches nothing.
fn miss(time: &str) -> String {
    format!(
        "{{\"Channel\":\"Security\",\"Hostname\":\"EX01\",\"TimeCreated\":\"{time}\",\"EventID\":4624,\"Größe\":[1,{{\"x\":null}},true,-1.5],\"Message\":\"An account was logged on.\\r\\n\"}}\n"
    )
}

/// Events in the order of their times, hits among them, and what closes the windows of
/// all of them.
fn events() -> String {
    let start: Timestamp = "2021-03-16T02:00:00Z".parse().expect("a time");
    let mut text: String = (0_i32..600)
        .map(|number| {
            let time = format!("{:.3}", start + (36 * number).seconds());
            match number % 3 {
                0 => hit(&format!("EX{:02}", number % 7), &time),
                _ => miss(&time),
            }
        })
        .collect();
    let sample = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../samples/logs/exchange-nxlog.ndjson"
    );
    text += &std::fs::read_to_string(sample).expect("it is there");
    let end = start + 8.hours();
    for number in 1_i32..6 {
        text += &miss(&format!("{:.3}", end + (30 * number).minutes()));
    }
    text
}

/// The alerts of `run` over a file, without what tells a final one from a running one.
fn run(desk: &Desk, file: &str) -> BTreeMap<String, Value> {
    let ran = desk.run(&["run", file]);
    ran.told(0, &[" 0 malformed"]);
    let alerts = rows(ran.alerts());
    assert!(alerts.len() > 1, "the events have alerts");
    alerts
}

/// The last revision of each alert, without its number and kind.
fn rows(alerts: impl IntoIterator<Item = Value>) -> BTreeMap<String, Value> {
    let mut kept = kept(alerts);
    for alert in kept.values_mut() {
        let alert = alert.as_object_mut().expect("an object");
        alert.remove("kind");
        alert.remove("revision");
    }
    kept
}

fn json_lines(text: &str) -> Vec<Value> {
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

/// Compares what came out with what went in; gives the alerts that the events carry.
#[track_caller]
fn came_through(desk: &Desk, sent: &[Value]) -> Vec<Value> {
    let mut events = desk.lines("events/events.ndjson");
    let alerts = events.iter_mut().flat_map(take_alerts).collect();
    assert_eq!(events, sent);
    alerts
}

/// What a receiver took.
fn records(receiver: &Receiver) -> Vec<Value> {
    json_lines(&receiver.text())
}

/// The alerts on their own way.
fn alerts_file(desk: &Desk) -> Vec<Value> {
    let mut records = desk.lines("alerts/alerts.ndjson");
    let alerts = records.iter_mut().flat_map(take_alerts).collect();
    assert!(records.iter().all(|rest| *rest == json!({})), "{records:?}");
    alerts
}

#[test]
fn files_of_the_past_have_the_alerts_of_run() {
    let Some(program) = program() else { return };
    let desk = desk("annotate");
    desk.file("events.ndjson", events());
    let expected = run(&desk, "events.ndjson");
    let (port, files) = (free_port(), desk.path("events.ndjson"));
    let receiver = Receiver::at(&format!("127.0.0.1:{port}"));
    let settings = [
        ("log_files", files.to_str().expect("text")),
        ("parser", "past_json"),
        ("receiver_port", &port.to_string()),
    ];
    let mut fluent_bit = FluentBit::start(
        &desk,
        &program,
        &set(&configuration("tail.yaml"), &settings),
    );
    let sent = json_lines(&events());
    fluent_bit.until_events(sent.len());
    until("the receiver has what the file has", || {
        let taken = records(&receiver);
        rows(alerts_file(&desk)) == expected && taken == desk.lines("alerts/alerts.ndjson")
    });
    fluent_bit.stop();

    let carried = came_through(&desk, &sent);
    assert_eq!(carried, alerts_file(&desk));
    let mut received = records(&receiver);
    let received = received.iter_mut().flat_map(take_alerts);
    assert_eq!(rows(received), expected);
    for alert in kept(carried).values() {
        assert_eq!(alert["kind"], "final", "{alert}");
    }
}

#[test]
fn live_logs_have_their_rows_as_they_grow() {
    let Some(program) = program() else { return };
    let desk = desk("annotate");
    let start = now() - 90.seconds();
    let text: String = (0_i32..60)
        .map(|number| {
            let time = format!("{:.6}", start + number.seconds());
            match number % 4 {
                0 => hit(&format!("EX{:02}", number % 3), &time),
                _ => miss(&time),
            }
        })
        .collect();
    desk.file("events.ndjson", &text);
    let expected = run(&desk, "events.ndjson");
    let files = desk.path("events.ndjson");
    let settings = [("log_files", files.to_str().expect("text"))];
    let mut fluent_bit = FluentBit::start(
        &desk,
        &program,
        &set(&configuration("tail.yaml"), &settings),
    );
    let sent = json_lines(&text);
    fluent_bit.until_events(sent.len());
    let carried = came_through(&desk, &sent);
    assert_eq!(carried.len(), 15, "each match carries its row");
    until("the alerts have come", || alerts_file(&desk) == carried);
    fluent_bit.stop();
    assert_eq!(rows(carried), expected);
}

#[test]
fn alerts_wait_for_their_receiver_over_a_restart() {
    let Some(program) = program() else { return };
    let desk = desk("annotate");
    desk.file("events.ndjson", events());
    let expected = run(&desk, "events.ndjson");
    let (port, files) = (free_port(), desk.path("events.ndjson"));
    let settings = [
        ("log_files", files.to_str().expect("text")),
        ("parser", "past_json"),
        ("receiver_port", &port.to_string()),
    ];
    let configuration = set(&configuration("tail.yaml"), &settings);
    let mut fluent_bit = FluentBit::start(&desk, &program, &configuration);
    fluent_bit.until_events(json_lines(&events()).len());
    until("the alerts have come", || {
        rows(alerts_file(&desk)) == expected
    });
    fluent_bit.stop();

    let receiver = Receiver::at(&format!("127.0.0.1:{port}"));
    let fluent_bit = FluentBit::start(&desk, &program, &configuration);
    until("what waited has come", || {
        let mut records = records(&receiver);
        rows(records.iter_mut().flat_map(take_alerts)) == expected
    });
    fluent_bit.stop();
    // Reading went on where it had ended.
    came_through(&desk, &json_lines(&events()));
}

#[test]
fn agents_that_forward_have_the_alerts_of_run() {
    let Some(program) = program() else { return };
    let desk = desk("annotate");
    desk.file("events.ndjson", events());
    let expected = run(&desk, "events.ndjson");
    let port = free_port();
    let settings = [("listen_port", &*port.to_string())];
    let mut fluent_bit = FluentBit::start(
        &desk,
        &program,
        &set(&configuration("forward.yaml"), &settings),
    );
    let sent = json_lines(&events());
    let records: Vec<_> = sent
        .iter()
        .map(|event| (seconds(event), forward::packed(event)))
        .collect();
    // An agent that names the alerts' way is led to the events' all the same.
    forward::send(port, "alert.logs", &records);
    fluent_bit.until_events(sent.len());
    let carried = came_through(&desk, &sent);
    until("the alerts have come", || alerts_file(&desk) == carried);
    fluent_bit.stop();
    assert_eq!(rows(carried), expected);
}

fn seconds(event: &Value) -> u32 {
    let time: Timestamp = event["TimeCreated"]
        .as_str()
        .and_then(|text| text.parse().ok())
        .expect("a time");
    time.as_second().try_into().expect("after 1970")
}

#[test]
fn copies_beside_the_stream_have_the_alerts_of_run() {
    let Some(program) = program() else { return };
    let desk = desk("alerts");
    desk.file("events.ndjson", events());
    let expected = run(&desk, "events.ndjson");
    let files = desk.path("events.ndjson");
    let settings = [
        ("log_files", files.to_str().expect("text")),
        ("parser", "past_json"),
    ];
    let configuration = set(&configuration("beside.yaml"), &settings);
    let mut fluent_bit = FluentBit::start(&desk, &program, &configuration);
    let sent = json_lines(&events());
    fluent_bit.until_events(sent.len());
    until("the alerts have come", || {
        rows(alerts_file(&desk)) == expected
    });
    fluent_bit.stop();
    assert_eq!(desk.lines("events/events.ndjson"), sent);
    // What is no copy closes nothing, so that some rows wait for their last word.
    let kinds: BTreeSet<String> = kept(alerts_file(&desk))
        .values()
        .map(|alert| alert["kind"].to_string())
        .collect();
    assert_eq!(kinds, ["\"early\"", "\"final\""].map(str::to_owned).into());
}

/// The record of an event as the input winevtlog writes it.
fn winevtlog(number: u32, message: &str, inserts: &[&str]) -> Value {
    json!({
        "ProviderName": "MSExchange CmdletLogs", "ProviderGuid": "", "Qualifiers": 16384,
        "EventID": 1, "Version": 0, "Level": 4, "Task": 1, "Opcode": 0,
        "Keywords": "0x80000000000000",
        "TimeCreated": now().strftime("%Y-%m-%d %H:%M:%S +0000").to_string(),
        "EventRecordID": number, "ActivityID": "", "RelatedActivityID": "",
        "ProcessID": 0, "ThreadID": 0, "Channel": "MSExchange Management",
        "Computer": "EX05.example.com", "UserID": "", "Message": message,
        "StringInserts": inserts,
    })
}

#[test]
fn channels_of_windows_have_the_alerts_of_run() {
    let Some(program) = program() else { return };
    let desk = desk("annotate");
    let search = "Cmdlet suceeded. Cmdlet Search-Mailbox, parameters .";
    let records = [
        winevtlog(1, search, &["Search-Mailbox", ""]),
        // Where the provider's messages are not installed.
        winevtlog(2, "", &["New-MailboxExportRequest", "-Mailbox ceo"]),
        winevtlog(3, "Cmdlet suceeded. Cmdlet Get-Mailbox, parameters .", &[]),
        winevtlog(4, search, &["Search-Mailbox", ""]),
        winevtlog(
            5,
            "Cmdlet suceeded. Cmdlet New-MailboxSearch, parameters .",
            &[],
        ),
    ];
    desk.file(
        "events.ndjson",
        records
            .each_ref()
            .map(|record| format!("{record}\n"))
            .concat(),
    );
    let expected = run(&desk, "events.ndjson");
    // The input is Windows' own: a file with its records stands in for it.
    let mut stand_in = configuration("winevtlog.yaml");
    let input = stand_in
        .find("    - name: winevtlog\n")
        .expect("it is there");
    let filters = stand_in.find("  filters:\n").expect("it is there");
    let tail = format!(
        "    - {{name: tail, tag: logs.windows, path: '{}', parser: plain, read_from_head: true}}\n\n",
        desk.path("events.ndjson").display()
    );
    stand_in.replace_range(input..filters, &tail);
    stand_in += "\nparsers:\n  - {name: plain, format: json}\n";
    let mut fluent_bit = FluentBit::start(&desk, &program, &stand_in);
    fluent_bit.until_events(records.len());
    let carried = came_through(&desk, &records);
    fluent_bit.stop();
    assert_eq!(rows(carried), expected);
}

/// What the configurations share is the same in each; this needs no Fluent Bit.
#[test]
fn the_way_of_the_alerts_is_one() {
    let way = |name: &str| {
        let text = configuration(name);
        text[text.find("  filters:\n").expect("it is there")..].to_owned()
    };
    assert_eq!(way("forward.yaml"), way("tail.yaml"));
    assert_eq!(way("winevtlog.yaml"), way("tail.yaml"));
}

/// The time, to the second.
fn now() -> Timestamp {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    let now = i64::try_from(now.as_secs()).expect("a time");
    Timestamp::from_second(now).expect("a time")
}
