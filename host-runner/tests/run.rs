//! `run` as a user meets it: what goes in, what comes out, and where.

mod desk;

use desk::{Desk, hit};
use flate2::{Compression, read::GzEncoder};

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    std::io::copy(&mut GzEncoder::new(bytes, Compression::fast()), &mut packed).expect("memory");
    packed
}

#[test]
fn the_built_in_detection_over_a_file() {
    let desk = Desk::new();
    let miss =
        "{\"Channel\":\"Application\",\"EventID\":1,\"Message\":\"New-MailboxExportRequest\"}\n";
    desk.file("a.ndjson", hit("EX01", "2021-03-14T01:40:12.987Z") + miss);
    let ran = desk.run(&["run", "a.ndjson"]);
    ran.told(0, &["read 2 events, 1 matched, 0 malformed, 1 alert\n"]);
    let alerts = ran.alerts();
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0]["row"]["dest"], "EX01");
    assert_eq!(alerts[0]["row"]["count"], 1);
    assert_eq!(alerts[0]["window"]["end"], "2021-03-14T01:50:00Z");
    assert_eq!(alerts[0]["risk"]["objects"][0]["score"], 32);
}

#[test]
fn all_inputs_are_one_search_in_any_order() {
    let desk = Desk::new();
    let (first, second) = (
        hit("EX01", "2021-03-14T01:00:00Z"),
        hit("EX01", "2021-03-14T01:30:00Z"),
    );
    desk.file("logs/deep/a.json", &first);
    desk.file("logs/b.ndjson.gz", gz(second.as_bytes()));
    desk.file("logs/readme.md", "not a log");
    let folder = desk.run(&["run", "logs"]);
    folder.told(
        0,
        &[
            "read 2 events, 2 matched, 0 malformed, 1 alert\n",
            "passed over 1 file",
        ],
    );
    assert_eq!(folder.alerts()[0]["row"]["count"], 2);
    let named = desk.run(&["run", "logs/b.ndjson.gz", "logs/deep/*.json"]);
    assert_eq!(named.out(), folder.out());
    let piped = desk.run_with(&["run"], second.clone() + &first);
    assert_eq!(piped.out(), folder.out());
    let mixed = desk.run_with(&["run", "-", "logs/b.ndjson.gz"], first);
    assert_eq!(mixed.out(), folder.out());
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_done() {
    let desk = Desk::new();
    let event = hit("EX01", "2021-03-14T01:00:00Z");
    desk.file("good.json", &event);
    let packed = gz(event.repeat(2_000).as_bytes());
    desk.file(
        "cut.json.gz",
        packed.get(..packed.len() - 9).expect("longer"),
    );
    let ran = desk.run(&["run", "gone.json", "cut.json.gz", "good.json"]);
    ran.told(
        2,
        &[
            "cannot read `gone.json`: there is no such file or folder",
            "cannot read `cut.json.gz` beyond byte ",
            "1 alert\n",
        ],
    );
    assert!(
        ran.alerts()[0]["row"]["count"]
            .as_u64()
            .is_some_and(|count| count > 1)
    );
}

#[test]
fn malformed_records_are_counted_and_shown() {
    let desk = Desk::new();
    let event = hit("EX01", "2021-03-14T01:00:00Z");
    desk.file(
        "a.json",
        format!("{event}{{\"EventID\":1,\"Message\":\"New-MailboxSearch\u{1b}[2J\"\n{event}"),
    );
    let ran = desk.run(&["run", "a.json"]);
    ran.told(
        0,
        &[
            "malformed: `a.json` at byte ",
            ", 2 matched, 1 malformed, 1 alert\n",
        ],
    );
    assert!(
        !ran.err().contains('\u{1b}'),
        "nothing reaches the terminal as it is"
    );
    assert_eq!(desk.run(&["run", "--quiet", "a.json"]).err(), "");
}

#[test]
fn exit_codes() {
    let desk = Desk::new();
    desk.file("hit.json", hit("EX01", "2021-03-14T01:00:00Z"));
    desk.file("miss.json", "{\"a\":1}\n");
    for (arguments, code) in [
        (&["run", "hit.json"][..], 0),
        (&["run", "--fail-on-alert", "hit.json"], 3),
        (&["run", "--fail-on-alert", "miss.json"], 0),
        (&["run", "gone.json"], 2),
        (&["run", "--rule", "gone.yml", "miss.json"], 1),
        (&["run", "--unheard-of", "miss.json"], 1),
        (&["run", "--format", "evtx", "miss.json"], 2),
        (&["--help"], 0),
        (&["--version"], 0),
        (&[], 1),
    ] {
        assert_eq!(desk.run(arguments).code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn times_without_a_zone_are_of_the_zone_that_is_given() {
    let desk = Desk::new();
    desk.file(
        "a.json",
        "{\"_time\":\"2021-07-01T12:00:00\",\"n\":\"1\"}\n",
    );
    let search = ["--window", "every=1h", "--search", "n=1 | stats count"];
    for (zone, start) in [
        ("UTC", "2021-07-01T12:00:00Z"),
        ("Europe/Berlin", "2021-07-01T10:00:00Z"),
        ("+05:00", "2021-07-01T07:00:00Z"),
    ] {
        let ran = desk.run(&[&["run", "a.json", "--timezone", zone][..], &search].concat());
        ran.told(0, &["1 alert"]);
        assert_eq!(ran.alerts()[0]["window"]["start"], start, "{zone}");
    }
}

#[test]
fn outputs_for_people_and_for_spreadsheets() {
    let desk = Desk::new();
    desk.file("a.json", hit("EX01", "2021-03-14T01:00:00Z"));
    let table = desk.run(&["run", "--output", "table", "a.json"]).out();
    for part in [
        "Windows MSExchange Management Mailbox Cmdlet Usage",
        "EX01",
        "risk score",
        "32",
    ] {
        assert!(table.contains(part), "{part:?} is not in\n{table}");
    }
    assert!(
        !table.contains('\u{1b}'),
        "no colour where there is no terminal"
    );
    let csv = desk.run(&["run", "--output", "csv", "a.json"]).out();
    assert!(csv.starts_with("alert.rule,alert.kind,alert.id,"), "{csv}");
    assert_eq!(csv.lines().count(), 2, "{csv}");
}

#[test]
fn samples_show_the_events_behind_a_row() {
    let desk = Desk::new();
    let event = hit("EX01", "2021-03-14T01:00:00Z");
    desk.file("a.json", &event);
    let ran = desk.run(&["run", "--samples", "1", "a.json"]);
    let alert = &ran.alerts()[0];
    assert!(alert.to_string().contains("a.json"), "{alert}");
}

#[test]
fn a_module_that_is_none() {
    let desk = Desk::new();
    desk.file("odd.wasm", "hello");
    desk.file("a.json", "{}\n");
    desk.run(&["run", "--module", "odd.wasm", "a.json"])
        .told(1, &["`odd.wasm` is no WebAssembly"]);
    desk.run(&["describe", "--module", "gone.wasm"])
        .told(1, &["cannot read the module `gone.wasm`"]);
}

#[test]
fn a_record_that_is_too_long_is_malformed_and_the_next_is_not() {
    let desk = Desk::new();
    let event = hit("EX01", "2021-03-14T01:00:00Z");
    desk.file(
        "a.json",
        format!("{event}{{\"a\":\"{}\"}}\n{event}", "x".repeat(9 << 20)),
    );
    let ran = desk.run(&["run", "a.json"]);
    ran.told(
        0,
        &[
            "malformed: `a.json` at byte ",
            "read 3 events, 2 matched, 1 malformed, 1 alert\n",
        ],
    );
}

#[test]
fn early_and_late_rows_are_asked_for_and_counted() {
    let desk = Desk::new();
    desk.file("clock.yml", "clock: record\n");
    // The clock follows once ten events have set it; the last is of a window that
    // has closed by then.
    let mut events: String = (0..10)
        .map(|_| hit("EX01", "2021-03-14T01:00:00Z"))
        .collect();
    events += &hit("EX02", "2021-03-14T01:55:00Z");
    events += &hit("EX02", "2021-03-14T02:50:00Z");
    events += &hit("EX01", "2021-03-14T01:10:00Z");
    desk.file("a.json", events);
    let kinds = |more: &[&str]| {
        let ran = desk.run(&[&["run", "a.json", "--config", "clock.yml"][..], more].concat());
        ran.told(0, &["13 matched"]);
        let mut kinds: Vec<String> = ran
            .alerts()
            .iter()
            .map(|alert| alert["kind"].as_str().expect("a kind").to_owned())
            .collect();
        kinds.sort();
        (kinds, ran.err())
    };
    let (given, told) = kinds(&[]);
    assert_eq!(given, ["final", "final", "final", "late"]);
    assert!(
        told.contains("in late or amended alerts: 1 event\n"),
        "{told}"
    );
    let (given, told) = kinds(&["--late", "amend"]);
    assert_eq!(given, ["amended", "final", "final", "final"]);
    assert!(told.contains("1 amended, after late events"), "{told}");
    let (given, told) = kinds(&["--early"]);
    assert_eq!(
        given,
        ["early", "early", "early", "final", "final", "final", "late"]
    );
    assert!(told.contains("3 early, before the window closed"), "{told}");
}
