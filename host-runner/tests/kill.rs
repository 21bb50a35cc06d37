//! A hundred kills at random moments: what all starts write together is what one
//! undisturbed run writes.

mod desk;

use std::collections::{BTreeMap, hash_map::RandomState};
use std::hash::{BuildHasher, Hasher};
use std::io::Read;
use std::thread;
use std::time::{Duration, Instant};

use desk::{Desk, Started, hits};
use serde_json::Value;

/// So that windows close, and alerts are given, all along the input.
const CLOCK: &str = "clock: record\n";

const EVENTS: u32 = 12_000;

const RUN: [&str; 8] = [
    "run",
    "a.json",
    "--config",
    "clock.yml",
    "--checkpoint",
    "state",
    "--checkpoint-interval",
    "0s",
];

/// A run's folder, and what the run gives undisturbed.
fn prepared() -> (Desk, String, Duration) {
    let desk = Desk::new();
    desk.file("clock.yml", CLOCK);
    desk.file("a.json", hits(EVENTS));
    let begun = Instant::now();
    let ran = desk.run(&RUN);
    ran.told(0, &[&format!("{EVENTS} matched")]);
    let took = begun.elapsed();
    let expected = ran.out();
    assert!(expected.lines().count() > 300, "alerts all along");
    desk.forget("state");
    (desk, expected, took)
}

/// How long a start lives: a time at random within the length of a run, and to its
/// end after the last kill.
fn lifetime(killed: u32, kills: u32, took: Duration) -> Duration {
    if killed == kills {
        return Duration::MAX;
    }
    let random = RandomState::new().build_hasher().finish();
    took.mul_f64(0.15 + 0.85 * (random % 1000) as f64 / 1000.0)
}

/// Lets it live for a moment and kills it; whether it was done before.
fn let_live(child: &mut Started, moment: Duration) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < moment && !child.has_ended() {
        thread::sleep(Duration::from_millis(2));
    }
    child.kill()
}

/// The whole lines of a text are alerts.
fn whole_lines(text: &str) -> Vec<Value> {
    let end = text.rfind('\n').map_or(0, |at| at + 1);
    text[..end]
        .lines()
        .map(|line| serde_json::from_str(line).expect("a whole line is an alert"))
        .collect()
}

fn in_a_file(kills: u32) {
    let (desk, expected, took) = prepared();
    let arguments = [&RUN[..], &["--to", "alerts"]].concat();
    let mut killed = 0;
    let mut rounds = 0;
    while killed < kills || rounds == 0 {
        let mut child = desk.start(&arguments);
        let done = let_live(&mut child, lifetime(killed, kills, took));
        if desk.path("alerts").exists() {
            whole_lines(&desk.read("alerts"));
        }
        if done {
            assert!(
                desk.read("alerts") == expected,
                "each alert once, after {killed} kills"
            );
            desk.forget("state");
            rounds += 1;
        } else {
            killed += 1;
        }
    }
    println!("{killed} kills, {rounds} runs done");
}

fn on_standard_output(kills: u32) {
    let (desk, expected, took) = prepared();
    let by_identity = |lines: &str| -> BTreeMap<String, Value> {
        whole_lines(lines)
            .into_iter()
            .map(|alert| {
                let identity = format!("{} {} {}", alert["id"], alert["part"], alert["revision"]);
                (identity, alert)
            })
            .collect()
    };
    let expected = by_identity(&expected);
    let mut given = BTreeMap::new();
    let mut killed = 0;
    let mut rounds = 0;
    while killed < kills || rounds == 0 {
        let mut child = desk.start(&RUN);
        let mut out = child.stdout();
        let reader = thread::spawn(move || {
            let mut text = String::new();
            out.read_to_string(&mut text).map(|_| text)
        });
        let done = let_live(&mut child, lifetime(killed, kills, took));
        let text = reader.join().expect("it reads").expect("text");
        for (identity, alert) in by_identity(&text) {
            let before = given.insert(identity, alert.clone());
            assert!(
                before.is_none_or(|before| before == alert),
                "the same again"
            );
        }
        if done {
            assert!(
                given == expected,
                "each alert at least once, after {killed} kills"
            );
            given.clear();
            desk.forget("state");
            rounds += 1;
        } else {
            killed += 1;
        }
    }
    println!("{killed} kills, {rounds} runs done");
}

#[test]
fn a_hundred_kills_at_random_moments() {
    thread::scope(|scope| {
        scope.spawn(|| in_a_file(60));
        scope.spawn(|| on_standard_output(40));
    });
}
