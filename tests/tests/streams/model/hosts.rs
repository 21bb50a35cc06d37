//! The engine as it is and the module under wasmtime, for a property.

use std::cell::RefCell;

use proptest::prelude::ProptestConfig;
use proptest::test_runner::{TestCaseError, TestCaseResult};
use rule_tests::host::{Host, Kind};

use super::given::{Played, play};
use super::oracle::{Expected, Oracle};
use super::settings::Settings;
use super::stream::Step;

/// So many cases of a property. No seeds are kept: a failure shows the smallest
/// input that fails, whole, and that is what to keep.
pub(crate) fn cases(count: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(count)
    }
}

/// Both hosts; a property is a function that may not change what it holds.
pub(crate) struct Hosts(RefCell<Vec<(&'static str, Box<dyn Host>)>>);

impl Hosts {
    pub(crate) fn start() -> Self {
        let kinds = [Kind::Native, Kind::Wasmtime];
        Hosts(RefCell::new(
            kinds.map(|kind| (kind.name(), kind.start())).into(),
        ))
    }

    /// What holds in each host.
    pub(crate) fn each(
        &self,
        mut holds: impl FnMut(&mut dyn Host) -> TestCaseResult,
    ) -> TestCaseResult {
        for (name, host) in self.0.borrow_mut().iter_mut() {
            holds(&mut **host).map_err(|error| match error {
                TestCaseError::Fail(why) => TestCaseError::fail(format!("{name}: {why}")),
                reject => reject,
            })?;
        }
        Ok(())
    }

    /// What the engine itself gives.
    pub(crate) fn native<T>(&self, gives: impl FnOnce(&mut dyn Host) -> T) -> T {
        gives(&mut *self.0.borrow_mut()[0].1)
    }

    /// Each host gives what the oracle says.
    pub(crate) fn as_expected(
        &self,
        oracle: &Oracle,
        settings: &Settings,
        stream: &[Step],
    ) -> TestCaseResult {
        let expected = oracle.expect(settings, stream);
        let config = settings.config();
        self.each(|host| {
            let played = play(host, &config, stream);
            compare(&expected, &played)
                .map_err(|why| TestCaseError::fail(format!("{why}\n{}", shown(stream))))
        })
    }
}

/// Expected and given, side by side.
fn compare(expected: &Expected, played: &Played) -> Result<(), String> {
    let (finals, others) = played.in_kinds()?;
    if finals != expected.finals {
        return Err(differ("finals", &expected.finals, &finals));
    }
    if others != expected.others {
        return Err(differ("others", &expected.others, &others));
    }
    for (name, count) in &expected.counters {
        let got = &played.counters[name];
        if got.as_i64() != Some(*count) {
            return Err(format!("the counter {name}: expected {count}, got {got}"));
        }
    }
    Ok(())
}

/// The entries that one side has alone; all of them where it is their order.
fn differ<T: PartialEq + std::fmt::Debug>(what: &str, expected: &[T], got: &[T]) -> String {
    let lines = |title: &str, of: &[T], other: &[T]| {
        let same_set = expected.len() == got.len() && expected.iter().all(|one| got.contains(one));
        let alone = of.iter().filter(|one| same_set || !other.contains(one));
        alone.fold(format!("{what} {title}:"), |text, one| {
            format!("{text}\n  {one:?}")
        })
    };
    [
        lines("expected", expected, got),
        lines("given", got, expected),
    ]
    .join("\n")
}

/// A stream as it can be given to the program.
pub(crate) fn shown(stream: &[Step]) -> String {
    let steps = stream.iter().enumerate().map(|(place, step)| match step {
        Step::Event(event) => format!("{place}: {}", event.line()),
        Step::Advance(now) => format!("{place}: advance {now}\n"),
    });
    steps.collect()
}
