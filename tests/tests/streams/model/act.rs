//! What a host does to a session, down to single pushes.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseResult;
use rule_tests::host::Host;
use serde_json::Value;

use super::stream::Step;

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Begins an input, or goes on with one, by its settings.
    Input(String),
    Push(Vec<u8>),
    Advance(i64),
    /// Takes the alerts that wait.
    Take,
}

/// What a session gave: the alerts, the counters at the end, and its state before
/// the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) alerts: String,
    pub(crate) counters: String,
    pub(crate) state: Vec<u8>,
}

impl Outcome {
    /// Another outcome is the same to the last byte.
    pub(crate) fn same(&self, other: &Outcome) -> TestCaseResult {
        prop_assert_eq!(&self.alerts, &other.alerts, "alerts");
        prop_assert_eq!(&self.counters, &other.counters, "counters");
        prop_assert!(self.state == other.state, "the states differ");
        Ok(())
    }
}

impl Act {
    /// Does it; alerts that are taken go to `alerts`.
    pub(crate) fn apply(&self, host: &mut dyn Host, alerts: &mut String) {
        let answer = match self {
            Act::Input(settings) => host.input(settings.as_bytes()),
            Act::Push(bytes) => host.push(bytes).map(drop),
            Act::Advance(now) => host.advance(*now).map(drop),
            Act::Take => {
                alerts.push_str(&text(&host.alerts()));
                Ok(())
            }
        };
        if let Err(error) = answer {
            panic!("{self:?}: {}", text(&error));
        }
    }
}

/// A stream as acts: events that come one behind the other are one push, and alerts
/// are taken behind each time told but the first, so that some wait for longer.
pub(crate) fn acts(stream: &[Step]) -> Vec<Act> {
    let mut acts = Vec::new();
    let mut told = false;
    for step in stream {
        match step {
            Step::Event(event) => match acts.last_mut() {
                Some(Act::Push(bytes)) => bytes.extend(event.line().into_bytes()),
                _ => acts.push(Act::Push(event.line().into_bytes())),
            },
            Step::Advance(now) => {
                acts.push(Act::Advance(*now));
                if told {
                    acts.push(Act::Take);
                }
                told = true;
            }
        }
    }
    acts
}

/// The same acts with their pushes cut, at places among all bytes.
pub(crate) fn cut(acts: &[Act], cuts: &[Index]) -> Vec<Act> {
    let length = |act: &Act| match act {
        Act::Push(bytes) => bytes.len(),
        _ => 0,
    };
    let total: usize = acts.iter().map(length).sum();
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(total + 1)).collect();
    places.sort_unstable();
    let mut pieces = Vec::new();
    let mut at = 0;
    for act in acts {
        let Act::Push(bytes) = act else {
            pieces.push(act.clone());
            continue;
        };
        let end = at + bytes.len();
        let inside = places.iter().filter(|place| (at..end).contains(*place));
        let mut from = 0;
        for place in inside {
            pieces.push(Act::Push(bytes[from..place - at].to_vec()));
            from = place - at;
        }
        pieces.push(Act::Push(bytes[from..].to_vec()));
        at = end;
    }
    pieces
}

/// Places to cut at.
pub(crate) fn cuts() -> impl Strategy<Value = Vec<Index>> {
    proptest::collection::vec(any::<Index>(), 0..6)
}

/// Opens a session and does all this, to the end; `between` is called before each
/// act and before the end.
pub(crate) fn run(
    host: &mut dyn Host,
    config: &Value,
    acts: &[Act],
    mut between: impl FnMut(&mut dyn Host),
) -> Outcome {
    open(host, config);
    let mut outcome = Outcome::default();
    for act in acts {
        between(host);
        act.apply(host, &mut outcome.alerts);
    }
    between(host);
    outcome.state = host.snapshot().expect("an open session has a state");
    host.finish().expect("an open session can be finished");
    outcome.alerts.push_str(&text(&host.alerts()));
    outcome.counters = text(&host.counters());
    outcome
}

/// Opens a session.
pub(crate) fn open(host: &mut dyn Host, config: &Value) {
    if let Err(error) = host.open(config.to_string().as_bytes()) {
        panic!("{config}: {}", text(&error));
    }
}

/// What an engine wrote.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("what the engine writes is UTF-8")
}
