//! Kills at random moments: what all starts write together is what one undisturbed
//! run writes.
//!
//! A start spends half of its life on compiling the module, so most of the moments
//! are behind that: while it reads, writes alerts and keeps checkpoints.

mod desk;

use std::collections::{BTreeMap, hash_map::RandomState};
use std::hash::{BuildHasher, Hasher};
use std::io::Read;
use std::thread;
use std::time::{Duration, Instant};

use desk::{Desk, Started, hits};
use serde_json::Value;

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

/// A run that is killed again and again.
struct Trial {
    desk: Desk,
    arguments: Vec<&'static str>,
    /// What it gives undisturbed.
    expected: String,
    /// How long that takes at the most; less where it was faster later.
    took: Duration,
}

impl Trial {
    fn new(events: u32) -> Self {
        let desk = Desk::new();
        // So that windows close, and alerts are given, all along the input.
        desk.file("clock.yml", "clock: record\n");
        desk.file("a.json", hits(events));
        let arguments = RUN.to_vec();
        let begun = Instant::now();
        let ran = desk.run(&arguments);
        ran.told(0, &["read "]);
        let took = begun.elapsed();
        let expected = ran.out();
        assert!(expected.lines().count() > 300, "alerts all along");
        desk.forget("state");
        Self {
            desk,
            arguments,
            expected,
            took,
        }
    }

    /// Starts and kills until there were so many kills and a run is done; `check` sees
    /// what each start wrote to standard output, and whether the run was done then.
    fn kill(mut self, kills: u32, more: &[&str], mut check: impl FnMut(&Self, &str, bool)) {
        let arguments = [&self.arguments[..], more].concat();
        let (mut killed, mut rounds) = (0, 0);
        while killed < kills || rounds == 0 {
            let begun = Instant::now();
            let mut child = self.desk.start(&arguments);
            let mut out = child.stdout();
            let reader = thread::spawn(move || {
                let mut text = String::new();
                out.read_to_string(&mut text).map(|_| text)
            });
            let lifetime = match killed == kills {
                true => Duration::MAX,
                false => self.moment(),
            };
            let done = let_live(&mut child, lifetime);
            let text = reader.join().expect("it reads").expect("text");
            check(&self, &text, done);
            if done {
                self.took = self.took.min(begun.elapsed());
                self.desk.forget("state");
                rounds += 1;
            } else {
                killed += 1;
            }
        }
        println!("{killed} kills, {rounds} runs done");
    }

    /// A time at random within the length of a run, seldom in its first part.
    fn moment(&self) -> Duration {
        let random = RandomState::new().build_hasher().finish();
        let part = (random % 1000) as f64 / 1000.0;
        let part = match random / 1000 % 8 {
            0 => part,
            _ => 0.4 + 0.6 * part,
        };
        self.took.mul_f64(part)
    }

    /// With the alerts in a file, each is there once.
    fn in_a_file(self, kills: u32) {
        self.kill(kills, &["--to", "alerts"], |trial, _, done| {
            if trial.desk.path("alerts").exists() {
                let alerts = trial.desk.read("alerts");
                whole_lines(&alerts);
                assert!(!done || alerts == trial.expected, "each alert once");
            }
        });
    }

    /// On standard output, each is there at least once.
    fn on_standard_output(self, kills: u32) {
        let expected = by_identity(&self.expected);
        let mut given = BTreeMap::new();
        self.kill(kills, &[], |_, text, done| {
            for (identity, alert) in by_identity(text) {
                let before = given.insert(identity, alert.clone());
                assert!(
                    before.is_none_or(|before| before == alert),
                    "the same again"
                );
            }
            if done {
                assert!(given == expected, "each alert at least once");
                given.clear();
            }
        });
    }
}

/// Lets it live for a moment and kills it; whether it was done before.
fn let_live(child: &mut Started, moment: Duration) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < moment && !child.has_ended() {
        thread::sleep(Duration::from_millis(1));
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

/// The alerts by what tells them apart.
fn by_identity(lines: &str) -> BTreeMap<String, Value> {
    whole_lines(lines)
        .into_iter()
        .map(|alert| {
            let identity = format!("{} {} {}", alert["id"], alert["part"], alert["revision"]);
            (identity, alert)
        })
        .collect()
}

#[test]
fn a_hundred_kills_at_random_moments() {
    let (file, printed) = (Trial::new(40_000), Trial::new(40_000));
    thread::scope(|scope| {
        scope.spawn(|| file.in_a_file(60));
        scope.spawn(|| printed.on_standard_output(40));
    });
}
