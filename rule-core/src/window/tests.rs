//! Windows of the published schedule and of others.

use super::*;
use crate::time::parse;
use proptest::prelude::*;
use std::string::{String, ToString};
use std::vec;

fn seconds(text: &str) -> i64 {
    parse(text).unwrap().resolve(&Zone::utc()).seconds()
}

fn shown(bounds: &[Bounds]) -> String {
    let parts: Vec<String> = bounds
        .iter()
        .map(|bounds| match bounds {
            Bounds::All => String::from("all"),
            Bounds::Run { start, end, run } => {
                let text =
                    |at: i64| Time::from_seconds(at).rfc3339().to_string()[8..16].to_string();
                std::format!("{}..{} run {}", text(*start), text(*end), text(*run))
            }
        })
        .collect();
    parts.join(", ")
}

fn published() -> Schedule {
    Schedule::search("0 * * * *", "-70m@m", "-10m@m").unwrap()
}

#[test]
fn the_windows_of_a_time() {
    let search = |cron, earliest, latest| Schedule::search(cron, earliest, latest).unwrap();
    for (name, schedule, at, wanted) in [
        (
            "the start is in",
            published(),
            "2021-03-14T10:50:00Z",
            "14T10:50..14T11:50 run 14T12:00",
        ),
        (
            "the end is not",
            published(),
            "2021-03-14T11:50:00Z",
            "14T11:50..14T12:50 run 14T13:00",
        ),
        (
            "a second before the end",
            published(),
            "2021-03-14T11:49:59Z",
            "14T10:50..14T11:50 run 14T12:00",
        ),
        (
            "over midnight",
            published(),
            "2021-03-14T23:55:00Z",
            "14T23:50..15T00:50 run 15T01:00",
        ),
        (
            "overlapping",
            search("0 * * * *", "-2h", "now"),
            "2021-03-14T10:30:00Z",
            "14T09:00..14T11:00 run 14T11:00, 14T10:00..14T12:00 run 14T12:00",
        ),
        (
            "a gap",
            search("0 * * * *", "-30m", "now"),
            "2021-03-14T10:15:00Z",
            "",
        ),
        (
            "behind the gap",
            search("0 * * * *", "-30m", "now"),
            "2021-03-14T10:30:00Z",
            "14T10:30..14T11:00 run 14T11:00",
        ),
        (
            "yesterday",
            search("30 4 * * *", "-1d@d", "@d"),
            "2021-03-14T10:15:00Z",
            "14T00:00..15T00:00 run 15T04:30",
        ),
        (
            "last month",
            search("0 0 2 * *", "-1mon@mon", "@mon"),
            "2021-03-14T10:15:00Z",
            "01T00:00..01T00:00 run 02T00:00",
        ),
        (
            "every",
            Schedule::every(3600, 3000, 600).unwrap(),
            "2021-03-14T11:49:59Z",
            "14T10:50..14T11:50 run 14T12:00",
        ),
        ("all", Schedule::All, "2021-03-14T11:49:59Z", "all"),
        (
            "9999 is no time that a search runs in",
            published(),
            "9999-12-31T00:00:00Z",
            "",
        ),
        (
            "1601",
            published(),
            "1601-01-01T00:00:00Z",
            "31T23:50..01T00:50 run 01T01:00",
        ),
    ] {
        assert_eq!(
            shown(&schedule.windows(seconds(at), &Zone::utc())),
            wanted,
            "{name}"
        );
    }
}

#[test]
fn schedules_that_cannot_be() {
    for (cron, earliest, latest, wanted) in [
        (
            "0 * * *",
            "-70m@m",
            "-10m@m",
            "`0 * * *` is no cron expression: it needs five fields, as in `0 * * * *`",
        ),
        (
            "0 * * * *",
            "-70",
            "x",
            "`x` is no relative time: write it as `-70m@m`, `-1d@d` or `now`",
        ),
        (
            "0 * * * *",
            "now",
            "-10m",
            "the span from `now` to `-10m` is empty: its start must come before its end",
        ),
        (
            "0 * * * *",
            "-1h",
            "+5m",
            "the span ends at `+5m`, after the run: a search sees no event of the future",
        ),
        (
            "* * * * *",
            "-30d",
            "now",
            "the runs overlap too much: an event would be in 1000 windows or more, from `-30d` to `now`: run the search less often, or over less time",
        ),
    ] {
        assert_eq!(
            Schedule::search(cron, earliest, latest)
                .unwrap_err()
                .message,
            wanted
        );
    }
    assert!(Schedule::every(0, 0, 0).is_err());
}

fn windows(schedule: Schedule) -> Windows {
    Windows::new(schedule, Zone::utc())
}

#[test]
fn windows_close_at_their_run_and_not_before() {
    let mut windows = windows(published());
    let time = |text| Some(Time::from_seconds(seconds(text)));
    let open = |windows: &mut Windows, text| match windows.place(time(text)) {
        Placement::In(bounds) => {
            bounds.iter().for_each(|bounds| {
                let _ = windows.state(bounds, || State::new(None));
            });
            shown(&bounds)
        }
        other => std::format!("{other:?}"),
    };
    assert_eq!(
        open(&mut windows, "2021-03-14T11:00:00Z"),
        "14T10:50..14T11:50 run 14T12:00"
    );
    assert_eq!(
        open(&mut windows, "2021-03-14T11:55:00Z"),
        "14T11:50..14T12:50 run 14T13:00"
    );
    assert!(windows.close(seconds("2021-03-14T11:59:59Z")).is_empty());
    assert_eq!(
        open(&mut windows, "2021-03-14T11:01:00Z"),
        "14T10:50..14T11:50 run 14T12:00"
    );
    let closed = windows.close(seconds("2021-03-14T12:00:00Z"));
    assert_eq!(
        shown(&closed.iter().map(|(bounds, _)| *bounds).collect::<Vec<_>>()),
        "14T10:50..14T11:50 run 14T12:00"
    );
    assert_eq!(windows.place(time("2021-03-14T11:02:00Z")), Placement::Late);
    assert!(
        windows.close(seconds("2021-03-14T10:00:00Z")).is_empty(),
        "time does not go back"
    );
    assert_eq!(windows.place(time("2021-03-14T11:02:00Z")), Placement::Late);
    assert_eq!(windows.place(None), Placement::NoTime);
    assert_eq!(windows.close_all().len(), 1);
}

proptest! {
    /// The published schedule tiles time, as semantics.md reckons it.
    #[test]
    fn the_published_schedule_is_arithmetic(at in -10_000_000_000i64..10_000_000_000) {
        let start = at - (at - 3000).rem_euclid(3600);
        let wanted = Bounds::Run { start, end: start + 3600, run: start + 4200 };
        prop_assert_eq!(published().windows(at, &Zone::utc()), vec![wanted]);
    }

    /// The definition: every run whose span has the time.
    #[test]
    fn agrees_with_looking_at_each_run(
        at in 1_600_000_000i64..1_610_000_000,
        cron in "(0|\\*/10|5) (\\*|\\*/3) \\* \\* \\*",
        earliest in "-(90m|2h@h|1d@d|3h)", latest in "now|-10m@m|@h|-1h|@m",
    ) {
        let Ok(schedule) = Schedule::search(&cron, &earliest, &latest) else { return Ok(()) };
        let Schedule::Search { cron, earliest, latest } = &schedule else { return Ok(()) };
        let utc = Zone::utc();
        let mut wanted = Vec::new();
        let mut from = at - 7200;
        while let Some(run) = cron.next(from, &utc).filter(|run| *run < at + 3 * 86_400) {
            let (start, end) = (earliest.at(run, &utc), latest.at(run, &utc));
            if (start..end).contains(&at) {
                wanted.push(Bounds::Run { start, end, run });
            }
            from = run + 60;
        }
        wanted.sort();
        prop_assert_eq!(schedule.windows(at, &utc), wanted);
    }
}
