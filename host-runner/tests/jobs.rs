//! `run --jobs`: several threads give the bytes that one gives.

mod desk;

use desk::{Desk, hit, hits};

/// Files of all kinds, one of them large enough to be divided.
fn files() -> Desk {
    let desk = Desk::new();
    let mut large = String::new();
    for (number, line) in hits(60_000).lines().enumerate() {
        large += line;
        large.push('\n');
        if number % 9_000 == 0 {
            large += &format!("{{\"broken\": {number}\n");
        }
        if number % 7_000 == 0 {
            large += "{\n  \"spread\": {\n    \"over\": 1\n  }\n}\n";
        }
    }
    assert!(large.len() > 9 << 20, "two parts at least");
    desk.file("b/large.json", large);
    desk.file("a/first.json", hits(100) + "{\"no end");
    desk.file(
        "c/array.json",
        format!("[{}]", hits(50).trim_end().replace('\n', ",")),
    );
    desk.file("d/last.log", hit("EX05", "2021-03-14T01:00:00Z"));
    desk
}

#[test]
fn the_same_bytes_and_the_same_summary() {
    let desk = files();
    let inputs = ["run", "a", "b", "c", "d", "--samples", "2"];
    let one = desk.run(&inputs);
    one.told(0, &["malformed: `", "read 60"]);
    assert!(one.out().lines().count() > 1_000);
    for jobs in ["2", "3", "7"] {
        let several = desk.run(&[&inputs[..], &["--jobs", jobs]].concat());
        assert_eq!(several.code(), Some(0), "{jobs}: {}", several.err());
        assert!(several.out() == one.out(), "{jobs} jobs: the same alerts");
        assert_eq!(several.err(), one.err(), "{jobs} jobs: the same summary");
    }
}

#[test]
fn what_cannot_be_read_is_told_as_by_one() {
    let desk = files();
    desk.file("cut.json.gz", [0x1f, 0x8b, 8, 0]);
    let inputs = ["run", "gone.json", "cut.json.gz", "a", "b"];
    let one = desk.run(&inputs);
    one.told(2, &["cannot read `gone.json`", "cannot read `cut.json.gz`"]);
    let several = desk.run(&[&inputs[..], &["--jobs", "3"]].concat());
    several.told(2, &["cannot read `gone.json`", "cannot read `cut.json.gz`"]);
    assert!(several.out() == one.out());
}

#[test]
fn standard_input_and_nothing_at_all() {
    let desk = Desk::new();
    let event = hit("EX01", "2021-03-14T01:00:00Z");
    let ran = desk.run_with(&["run", "--jobs", "4"], event);
    ran.told(0, &["1 alert\n"]);
    desk.run(&["run", "gone.json", "--jobs", "4"])
        .told(2, &["read 0 events"]);
}

#[test]
fn what_does_not_go_together() {
    let desk = Desk::new();
    desk.file("a.json", hit("EX01", "2021-03-14T01:00:00Z"));
    desk.file("clock.yml", "clock: record\n");
    for (more, expected) in [
        (&["--follow"][..], "`--jobs` divides what is there"),
        (&["--early"], "no row can be given early"),
        (&["--config", "clock.yml"], "`--jobs` needs the clock `end`"),
    ] {
        desk.run(&[&["run", "a.json", "--jobs", "2"][..], more].concat())
            .told(1, &[expected]);
    }
    for jobs in ["0", "many"] {
        desk.run(&["run", "a.json", "--jobs", jobs])
            .told(1, &[jobs]);
    }
}
