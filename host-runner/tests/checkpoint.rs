//! `run --checkpoint`: a start goes on where the one before was, or says why not.

mod desk;

use std::fs;

use desk::{Desk, hit, hits};

/// Enough that a run takes a while.
const EVENTS: u32 = 40_000;

const RUN: [&str; 8] = [
    "run",
    "a.json",
    "--checkpoint",
    "state",
    "--checkpoint-interval",
    "0s",
    "--to",
    "alerts",
];

/// A run that was killed in the middle of its first input.
fn killed() -> Desk {
    let desk = Desk::new();
    desk.file("a.json", hits(EVENTS));
    desk.killed_midway("state", &RUN);
    desk
}

#[test]
fn a_start_goes_on_where_the_one_before_was_killed() {
    let desk = killed();
    let begun = desk.header("state").expect("a checkpoint");
    let ran = desk.run(&RUN);
    ran.told(0, &[&format!("read {EVENTS} events, {EVENTS} matched")]);
    let alone = Desk::new();
    alone.file("a.json", hits(EVENTS));
    assert_eq!(desk.read("alerts"), alone.run(&["run", "a.json"]).out());
    let done = desk.header("state").expect("a checkpoint");
    assert_eq!(done["done"], true);
    assert!(done["inputs"][0]["bytes"].as_u64() > begun["inputs"][0]["bytes"].as_u64());
}

#[test]
fn what_is_packed_goes_on_too() {
    let desk = Desk::new();
    let text = hits(EVENTS);
    let mut packed = Vec::new();
    std::io::copy(
        &mut flate2::read::GzEncoder::new(text.as_bytes(), flate2::Compression::fast()),
        &mut packed,
    )
    .expect("memory");
    desk.file("a.json", packed);
    desk.file("b.json", hit("EX99", "2021-03-14T01:00:00Z"));
    let arguments = [&RUN[..], &["b.json"]].concat();
    desk.killed_midway("state", &arguments);
    desk.run(&arguments)
        .told(0, &[&format!("read {} events", EVENTS + 1)]);
    assert_eq!(
        desk.read("alerts"),
        desk.run(&["run", "a.json", "b.json"]).out()
    );
}

#[test]
fn a_run_that_is_done_does_nothing_more() {
    let desk = Desk::new();
    desk.file("a.json", hit("EX01", "2021-03-14T01:00:00Z"));
    let arguments = ["run", "a.json", "--checkpoint", "state"];
    let first = desk.run(&arguments);
    first.told(0, &["1 alert\n"]);
    assert_eq!(first.alerts().len(), 1);
    desk.file("a.json", hit("EX01", "2021-03-14T01:00:00Z").repeat(2));
    let second = desk.run(&arguments);
    second.told(
        0,
        &[
            "the checkpoint of a run that is done",
            "read 1 event, 1 matched, 0 malformed, 1 alert\n",
        ],
    );
    assert_eq!(second.out(), "");
}

#[test]
fn two_runs_on_one_folder() {
    let desk = Desk::new();
    desk.file("a.json", hits(EVENTS));
    let first = desk.start(&RUN);
    desk::until("the first has the folder", || {
        desk.header("state").is_some()
    });
    desk.run(&RUN)
        .told(1, &["another run works with the folder `state`"]);
    first.wait().told(0, &[]);
    assert_eq!(desk.read("alerts"), desk.run(&["run", "a.json"]).out());
}

/// Each change after a kill, and what the next start says. It changes nothing, and
/// when the change is taken back the run goes on.
#[test]
fn what_a_start_does_not_go_on_with() {
    let desk = killed();
    desk.file("b.json", hit("EX01", "2021-03-14T01:00:00Z"));
    desk.file("changed.json", hits(EVENTS).replacen("EX00", "EX77", 1));
    let events = hits(EVENTS);
    let before = (
        fs::read(desk.path("state/checkpoint")).expect("there"),
        desk.read("alerts"),
    );
    let with = |more: &[&'static str]| [&RUN[..], more].concat();
    for (name, arguments, expected) in [
        (
            "another rule",
            with(&["--search", "EventCode=1 | stats count by host"]),
            "`state` holds the checkpoint of other rules or settings",
        ),
        (
            "another setting",
            with(&["--samples", "3"]),
            "`state` holds the checkpoint of other rules or settings",
        ),
        (
            "another input",
            with(&["b.json"]),
            "another run: it does not read `b.json`",
        ),
        (
            "another file for the alerts",
            [&RUN[..6], &["--to", "elsewhere"]].concat(),
            "another run: its alerts go to `",
        ),
        (
            "standard output",
            RUN[..6].to_vec(),
            "another run: its alerts go to `",
        ),
        (
            "following",
            with(&["--follow"]),
            "it was made without `--follow`",
        ),
    ] {
        let ran = desk.run(&arguments);
        assert_eq!(ran.code(), Some(1), "{name}: {}", ran.err());
        assert!(ran.err().contains(expected), "{name}: {}", ran.err());
        assert_eq!(ran.out(), "", "{name}");
    }
    desk.file("a.json", events.replacen("EX00", "EX77", 1));
    desk.run(&RUN)
        .told(1, &["`a.json` has other content than when it was read"]);
    desk.file("a.json", &events[..events.len() / 1000]);
    desk.run(&RUN).told(1, &["`a.json` is not what it was"]);
    fs::remove_file(desk.path("a.json")).expect("removed");
    desk.run(&RUN).told(1, &["it also reads `a.json`"]);
    fs::rename(desk.path("alerts"), desk.path("hidden")).expect("moved");
    desk.file("a.json", &events);
    desk.run(&RUN)
        .told(1, &["cannot go on with the alerts in `alerts`"]);
    fs::rename(desk.path("hidden"), desk.path("alerts")).expect("moved");
    let after = (
        fs::read(desk.path("state/checkpoint")).expect("there"),
        desk.read("alerts"),
    );
    assert!(before == after, "nothing has changed");

    // A file that grew is fine.
    desk.file(
        "a.json",
        events.clone() + &hit("EX01", "2021-03-14T01:00:00Z"),
    );
    desk.run(&RUN)
        .told(0, &[&format!("read {} events", EVENTS + 1)]);
    assert_eq!(desk.read("alerts"), desk.run(&["run", "a.json"]).out());
}

#[test]
fn a_damaged_checkpoint() {
    let desk = Desk::new();
    desk.file("a.json", hit("EX01", "2021-03-14T01:00:00Z"));
    desk.run(&RUN).told(0, &[]);
    let sound = fs::read(desk.path("state/checkpoint")).expect("there");
    let mut changed = sound.clone();
    changed[sound.len() / 2] ^= 4;
    for (name, bytes) in [
        ("cut", &sound[..sound.len() - 1]),
        ("empty", b""),
        ("changed", &changed),
        ("another file", b"{\"form\":\"something\"}\n"),
    ] {
        desk.file("state/checkpoint", bytes);
        let ran = desk.run(&RUN);
        assert_eq!(ran.code(), Some(1), "{name}");
        assert!(
            ran.err()
                .contains("the checkpoint `state/checkpoint` is damaged"),
            "{name}: {}",
            ran.err()
        );
        let found = fs::read(desk.path("state/checkpoint")).expect("there");
        assert!(found == bytes, "{name}: it stays as it is");
    }
}

#[test]
fn what_cannot_have_a_checkpoint() {
    let desk = Desk::new();
    desk.file("a.json", hit("EX01", "2021-03-14T01:00:00Z"));
    desk.file("file", "");
    for (arguments, expected) in [
        (
            &["run", "--checkpoint", "s"][..],
            "standard input cannot be read again",
        ),
        (
            &["run", "-", "--checkpoint", "s"],
            "standard input cannot be read again",
        ),
        (
            &["run", "a.json", "--checkpoint", "s", "--output", "csv"],
            "only `--output ndjson`",
        ),
        (
            &["run", "a.json", "--checkpoint", "s", "--jobs", "2"],
            "`--jobs` and `--checkpoint` do not go together",
        ),
        (
            &["run", "a.json", "--checkpoint", "file"],
            "cannot use the folder `file` for checkpoints",
        ),
        (
            &["run", "a.json", "--checkpoint-interval", "soon"],
            "give a length of time such as",
        ),
    ] {
        let ran = desk.run(arguments);
        ran.told(1, &[expected]);
        assert_eq!(ran.out(), "");
    }
    assert!(!desk.path("s").exists(), "nothing was made");
}

/// What stands in the way of the temporary file stands for a full disk.
#[test]
fn a_checkpoint_that_can_no_longer_be_written() {
    let desk = Desk::new();
    desk.file("a.json", hits(EVENTS));
    let child = desk.start(&RUN);
    desk::until("there is a checkpoint", || desk.header("state").is_some());
    desk::until("the way is blocked", || {
        fs::create_dir(desk.path("state/checkpoint.new")).is_ok()
    });
    let ran = child.wait();
    ran.told(2, &["cannot write a checkpoint into `state`"]);
    assert_eq!(ran.err().matches("cannot write a checkpoint").count(), 1);
    assert_eq!(desk.read("alerts"), desk.run(&["run", "a.json"]).out());

    fs::remove_dir(desk.path("state/checkpoint.new")).expect("removed");
    desk.run(&RUN).told(0, &[]);
    assert_eq!(desk.read("alerts"), desk.run(&["run", "a.json"]).out());
}
