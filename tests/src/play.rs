//! One case in one host.

use crate::case::{Case, Step};
use crate::host::Host;

/// All that a host answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What `rule_describe` gave.
    pub described: Vec<u8>,
    /// What `rule_explain` gave, or the error.
    pub explained: Option<Result<Vec<u8>, Vec<u8>>>,
    /// The numbers of waiting alerts, where the case looks at them.
    pub waiting: Vec<usize>,
    /// The errors of the calls that failed, in their order.
    pub errors: Vec<Vec<u8>>,
    /// The alerts.
    pub alerts: Vec<u8>,
    /// What `rule_counters` gave at the end.
    pub counters: Vec<u8>,
    /// What became of the records of `hits`, then of `misses`.
    pub probes: Vec<Probe>,
}

/// A record alone in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The counters at the end.
    pub counters: Vec<u8>,
    /// What `rule_explain` gave for it, or the error.
    pub explained: Result<Vec<u8>, Vec<u8>>,
}

/// How the bytes of a step are cut into pushes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Not at all.
    Whole,
    /// Into pieces of this many bytes.
    Pieces(usize),
    /// The same, and behind each the session is put aside as a snapshot and goes on
    /// in a new one.
    Restarts(usize),
}

/// Plays a case; `config` is what it opens with.
pub fn play(case: &Case, config: &[u8], host: &mut dyn Host, cut: Cut) -> Outcome {
    let mut outcome = Outcome::default();
    if let Err(error) = host.open(config) {
        outcome.errors.push(error);
        return outcome;
    }
    outcome.described = host.describe();
    outcome.explained = case
        .explain
        .as_ref()
        .map(|explain| host.explain(explain.record.as_bytes()));
    let mut waiting = 0;
    let mut finished = false;
    for step in case.all_steps() {
        let answer = match &step {
            Step::Input(settings) => host
                .input(settings.to_string().as_bytes())
                .map(|()| waiting),
            Step::Settings(text) => host.input(text.as_bytes()).map(|()| waiting),
            Step::Text(_) | Step::Hex(_) | Step::Repeat(..) => {
                push(host, config, &step.bytes().unwrap_or_default(), cut)
            }
            Step::Advance(now) => host.advance(*now),
            Step::Waiting(_) => {
                outcome.waiting.push(waiting);
                Ok(waiting)
            }
            Step::Finish => {
                finished = true;
                host.finish()
            }
        };
        match answer {
            Ok(count) => waiting = count,
            Err(error) => outcome.errors.push(error),
        }
    }
    if !finished {
        // What waits may leave no room for more.
        outcome.alerts = host.alerts();
        host.finish().expect("an open session can be finished");
    }
    outcome.alerts.append(&mut host.alerts());
    outcome.counters = host.counters();
    for record in case.hits.iter().chain(&case.misses) {
        outcome.probes.push(probe(record.as_bytes(), config, host));
    }
    outcome
}

fn push(host: &mut dyn Host, config: &[u8], bytes: &[u8], cut: Cut) -> Result<usize, Vec<u8>> {
    let (length, restarts) = match cut {
        Cut::Whole => return host.push(bytes),
        Cut::Pieces(length) => (length, false),
        Cut::Restarts(length) => (length, true),
    };
    let mut waiting = host.push(b"")?;
    for piece in bytes.chunks(length) {
        if restarts {
            restart(host, config);
        }
        waiting = host.push(piece)?;
    }
    Ok(waiting)
}

fn restart(host: &mut dyn Host, config: &[u8]) {
    let snapshot = host.snapshot().expect("an open session has a state");
    host.open(config).expect("it could be opened before");
    host.restore(&snapshot).expect("a state of the same rules");
    let again = host.snapshot().expect("an open session has a state");
    assert_eq!(again, snapshot, "a state that was restored is the same");
}

fn probe(record: &[u8], config: &[u8], host: &mut dyn Host) -> Probe {
    host.open(config).expect("it could be opened before");
    let explained = host.explain(record);
    host.push(record).expect("an open session takes bytes");
    host.finish().expect("an open session can be finished");
    Probe {
        counters: host.counters(),
        explained,
    }
}
