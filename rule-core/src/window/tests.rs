//! Windows of the published schedule and of others.

use super::*;
use crate::stats::{Item, Most, Observation, Source};
use crate::time::parse;
use proptest::prelude::*;
use std::string::{String, ToString};
use std::vec;

fn seconds(text: &str) -> i64 {
    parse(text).unwrap().resolve(&Zone::utc()).seconds()
}

/// The windows of the runs that see a time.
fn windows_of(schedule: &Schedule, at: i64, zone: &Zone) -> Vec<Bounds> {
    let mut windows = Vec::new();
    if let Some(runs) = schedule.span(at, zone).runs {
        let mut run = runs.first;
        while run <= runs.last {
            windows.push(schedule.window(run, zone));
            run = schedule.run_after(run, zone);
        }
    }
    windows
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

fn search(cron: &str, earliest: &str, latest: &str) -> Schedule {
    Schedule::search(cron, earliest, latest).unwrap()
}

fn published() -> Schedule {
    search("0 * * * *", "-70m@m", "-10m@m")
}

#[test]
fn the_windows_of_a_time() {
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
            "beyond the run, for events of the future that have arrived",
            search("0 * * * *", "-1h", "+5m"),
            "2021-03-14T10:02:00Z",
            "14T09:00..14T10:05 run 14T10:00, 14T10:00..14T11:05 run 14T11:00",
        ),
        (
            "every",
            Schedule::every(3600, 3000, 600).unwrap(),
            "2021-03-14T11:49:59Z",
            "14T10:50..14T11:50 run 14T12:00",
        ),
        (
            "9999",
            published(),
            "9999-12-29T00:00:00Z",
            "28T23:50..29T00:50 run 29T01:00",
        ),
        (
            "behind the last run that the calendar has",
            published(),
            "9999-12-30T00:00:00Z",
            "",
        ),
        (
            "1601",
            published(),
            "1601-01-01T00:00:00Z",
            "31T23:50..01T00:50 run 01T01:00",
        ),
    ] {
        let windows = windows_of(&schedule, seconds(at), &Zone::utc());
        assert_eq!(shown(&windows), wanted, "{name}");
    }
}

/// A month of hourly runs: 720 windows, and one span.
#[test]
fn a_span_of_many_windows() {
    let schedule = search("0 * * * *", "-30d", "now");
    let at = seconds("2021-03-14T10:15:00Z");
    let span = schedule.span(at, &Zone::utc());
    assert_eq!((span.start, span.end), (at - 900, at + 2700));
    assert_eq!(windows_of(&schedule, at, &Zone::utc()).len(), 720);
}

#[test]
fn a_search_over_all_time_has_no_last_run() {
    let schedule = search("0 * * * *", "0", "now");
    let span = schedule.span(seconds("2021-03-14T10:15:00Z"), &Zone::utc());
    assert_eq!(span.runs.unwrap().last, NEVER);
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

/// Events are nothing but their times here.
struct Nothing;

impl Source for Nothing {
    fn visit(&self, _: &crate::search::Field, _: &mut dyn FnMut(Item<'_>)) {}
}

fn stats() -> Stats {
    Stats {
        aggregates: vec![crate::stats::Aggregate {
            function: crate::stats::Function::Count,
            over: crate::stats::Over::Events,
            column: String::from("count"),
        }],
        by: Vec::new(),
        missing: None,
    }
}

fn windows(schedule: Schedule, keep: Option<i64>) -> Windows {
    Windows::new(schedule, Zone::utc(), keep, 0)
}

/// Counts an event; gives where it was put.
fn add(windows: &mut Windows, at: i64) -> Placement {
    let placement = windows.place(Some(Time::from_seconds(at)));
    if let Placement::In { place, .. } = placement {
        windows.count(place, Some(&stats()), |state| {
            if let State::Groups(groups) = state {
                let _ = groups.add(
                    &stats(),
                    &Nothing,
                    &Observation::default(),
                    Most::of_groups(usize::MAX),
                    &mut |_| {},
                );
            }
        });
    }
    placement
}

fn count(state: Option<State>) -> u64 {
    let rows = state.map_or_else(Vec::new, |state| state.into_rows(Some(&stats())));
    rows.iter()
        .map(|row| row.get("count").number().unwrap().as_f64() as u64)
        .sum()
}

/// Tells the time, and gives the windows that close with their counts.
fn close(windows: &mut Windows, now: Option<i64>) -> Vec<(Bounds, u64)> {
    match now {
        Some(now) => windows.advance(now),
        None => windows.end_of_time(),
    }
    let mut closed = Vec::new();
    while let Some(window) = windows.due(now) {
        let state = windows.close(window);
        closed.push((window, count(state)));
    }
    closed
}

#[test]
fn windows_close_at_their_run_and_not_before() {
    let mut windows = windows(published(), None);
    let at = |text| seconds(text);
    for time in ["2021-03-14T11:00:00Z", "2021-03-14T11:55:00Z"] {
        assert!(matches!(add(&mut windows, at(time)), Placement::In { .. }));
    }
    assert!(close(&mut windows, Some(at("2021-03-14T11:59:59Z"))).is_empty());
    add(&mut windows, at("2021-03-14T11:01:00Z"));
    let closed = close(&mut windows, Some(at("2021-03-14T12:00:00Z")));
    assert_eq!(shown(&[closed[0].0]), "14T10:50..14T11:50 run 14T12:00");
    assert_eq!((closed.len(), closed[0].1), (1, 2));
    for now in ["2021-03-14T12:00:00Z", "2021-03-14T10:00:00Z"] {
        assert!(close(&mut windows, Some(at(now))).is_empty());
        let late = add(&mut windows, at("2021-03-14T11:02:00Z"));
        assert!(matches!(late, Placement::Late(_)), "{late:?}");
    }
    assert_eq!(windows.place(None), Placement::NoTime);
    assert_eq!(close(&mut windows, None).len(), 1);
    assert_eq!(windows.size(), Size::default());
}

#[test]
fn where_windows_overlap_only_the_open_ones_get_an_event() {
    let mut windows = windows(search("0 * * * *", "-3h", "now"), None);
    let hour = |hour: i64| seconds("2021-03-14T00:00:00Z") + hour * 3600;
    add(&mut windows, hour(10) + 60);
    let first = close(&mut windows, Some(hour(11)));
    assert_eq!(first.iter().map(|one| one.1).collect::<Vec<_>>(), [1]);
    let behind = add(&mut windows, hour(10) + 120);
    assert!(
        matches!(behind, Placement::In { .. }),
        "not late: two runs are to come"
    );
    let rest = close(&mut windows, None);
    assert_eq!(rest.iter().map(|one| one.1).collect::<Vec<_>>(), [2, 2]);
}

#[test]
fn a_window_that_is_kept_is_amended_until_it_is_forgotten() {
    let mut windows = windows(published(), Some(3600));
    let at = |text| seconds(text);
    add(&mut windows, at("2021-03-14T11:00:00Z"));
    assert_eq!(
        close(&mut windows, Some(at("2021-03-14T12:00:00Z"))).len(),
        1
    );
    let window = windows_of(&published(), at("2021-03-14T11:00:00Z"), &Zone::utc());
    match add(&mut windows, at("2021-03-14T11:49:00Z")) {
        Placement::In { amends, .. } => assert_eq!(amends, window),
        other => panic!("{other:?}"),
    }
    assert_eq!(count(windows.window_state(window[0])), 2);
    assert!(windows.kept() > 0);
    assert!(close(&mut windows, Some(at("2021-03-14T13:00:00Z"))).is_empty());
    let late = add(&mut windows, at("2021-03-14T11:49:00Z"));
    assert_eq!(late, Placement::Late(window[0]));
    assert_eq!((windows.kept(), windows.size()), (0, Size::default()));
}

#[test]
fn a_search_over_all_time_ends_when_it_has_seen_all() {
    let mut windows = windows(search("0 * * * *", "0", "now"), None);
    for hours in [0, 2, 5] {
        add(&mut windows, seconds("2021-03-14T10:15:00Z") + hours * 3600);
    }
    let counts: Vec<u64> = close(&mut windows, None).iter().map(|one| one.1).collect();
    assert_eq!(counts, [1, 1, 2, 2, 2, 3]);
}

fn schedule() -> impl Strategy<Value = Schedule> {
    let search = (
        "(0|\\*/10|5) (\\*|\\*/3|1-5) \\* \\* (\\*|mon-fri)",
        "-(90m|2h@h|1d@d|3h|1w@w|75m@m)",
        "now|-10m@m|@h|-1h|@m|\\+10m",
    )
        .prop_filter_map("an empty range", |(cron, earliest, latest)| {
            Schedule::search(&cron, &earliest, &latest).ok()
        });
    let every = (1i64..5000, 0i64..5000, 0i64..5000)
        .prop_map(|(every, offset, delay)| Schedule::every(every, offset, delay).unwrap());
    prop_oneof![4 => search, 1 => every]
}

/// The definition: every run whose window has the time.
fn by_looking_at_each_run(schedule: &Schedule, at: i64, zone: &Zone) -> Vec<Bounds> {
    let mut windows = Vec::new();
    let mut run = at - 4 * 86_400;
    loop {
        run = schedule.run_after(run, zone);
        if run > at + 15 * 86_400 {
            return windows;
        }
        let window = schedule.window(run, zone);
        if let Bounds::Run { start, end, .. } = window
            && (start..end).contains(&at)
        {
            windows.push(window);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The published schedule tiles time, as semantics.md reckons it.
    #[test]
    fn the_published_schedule_is_arithmetic(at in -10_000_000_000i64..10_000_000_000) {
        let start = at - (at - 3000).rem_euclid(3600);
        let wanted = Bounds::Run { start, end: start + 3600, run: start + 4200 };
        prop_assert_eq!(windows_of(&published(), at, &Zone::utc()), vec![wanted]);
    }

    #[test]
    fn agrees_with_looking_at_each_run(schedule in schedule(), at in 1_600_000_000i64..1_610_000_000) {
        let utc = Zone::utc();
        prop_assert_eq!(windows_of(&schedule, at, &utc), by_looking_at_each_run(&schedule, at, &utc));
    }

    /// A span is as long as it can be: on its edges other windows begin.
    #[test]
    fn every_second_of_a_span_is_in_the_same_windows(
        schedule in schedule(), at in 1_600_000_000i64..1_610_000_000, within: prop::sample::Index,
    ) {
        let utc = Zone::utc();
        let span = schedule.span(at, &utc);
        prop_assert!((span.start..span.end).contains(&at));
        let other = span.start + within.index((span.end - span.start) as usize) as i64;
        prop_assert_eq!(schedule.span(other, &utc), span);
        let outside = [span.start - 1, span.end].map(|at| by_looking_at_each_run(&schedule, at, &utc));
        let inside = by_looking_at_each_run(&schedule, at, &utc);
        prop_assert!(outside.iter().all(|windows| *windows != inside));
    }

    /// Each window that closes has the events that are in it and came before it
    /// closed; so says the definition.
    #[test]
    fn windows_hold_what_came_before_they_closed(
        schedule in schedule(),
        steps in proptest::collection::vec((0i64..40_000, 0i64..40_000), 1..30),
    ) {
        let utc = Zone::utc();
        let base = 1_600_000_000;
        let mut windows = windows(schedule.clone(), None);
        let mut now = i64::MIN;
        let mut wanted: BTreeMap<Bounds, u64> = BTreeMap::new();
        let mut got: Vec<(Bounds, u64)> = Vec::new();
        for (at, told) in steps {
            let at = base + at;
            add(&mut windows, at);
            for window in by_looking_at_each_run(&schedule, at, &utc) {
                if matches!(window, Bounds::Run { run, .. } if run > now) {
                    *wanted.entry(window).or_default() += 1;
                }
            }
            if base + told > now {
                now = base + told;
                got.extend(close(&mut windows, Some(now)));
            }
        }
        got.extend(close(&mut windows, None));
        got.sort();
        let got: Vec<(Bounds, u64)> = got.into_iter().filter(|(_, count)| *count > 0).collect();
        prop_assert_eq!(got, wanted.into_iter().collect::<Vec<_>>());
        prop_assert_eq!(windows.size(), Size::default());
    }
}
