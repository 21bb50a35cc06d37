//! What a module from elsewhere may use up of this program.
//!
//! The module that is built in was tested with the program and is a part of it. One that a
//! user names may be anything. Its memory and its stack have an end in every engine; here is
//! how its calls are ended that would go on for ever, and how much it may say.

use std::thread;
use std::time::Duration;

use wasmtime::Engine;

use super::ModuleError;

/// The parts of a call's time in which it is looked at: it ends at most so much later.
const PARTS: u32 = 8;

/// The time between two looks, whatever is asked for.
const SHORTEST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(1);

/// What a module that a user names may use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// How long one call may take; without it as long as it likes, and its code, which then
    /// looks at no clock, is a fifth faster.
    pub call: Option<Duration>,
    /// How many bytes of alerts it may give before it is given anything.
    pub output: u64,
}

impl Default for Bounds {
    /// A minute for a call, which with 256 KiB of input takes milliseconds, and with the
    /// windows of a large state seconds; 4 GiB of alerts, where a state takes up to one.
    fn default() -> Self {
        Self {
            call: Some(Duration::from_secs(60)),
            output: 4 << 30,
        }
    }
}

/// Ends the calls of a module that take too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Deadline {
    /// How long a call may take.
    pub(super) call: Duration,
}

impl Deadline {
    /// The time between two ticks of the engine's clock.
    fn tick(self) -> Duration {
        (self.call / PARTS).clamp(SHORTEST, LONGEST)
    }

    /// After how many ticks a call is ended. One that has begun counts as none.
    pub(super) fn ticks(self) -> u64 {
        let ticks = self.call.as_nanos().div_ceil(self.tick().as_nanos());
        u64::try_from(ticks).unwrap_or(u64::MAX).saturating_add(1)
    }

    /// Has an engine's clock tick for as long as the engine is there.
    ///
    /// # Errors
    ///
    /// When no thread can be started.
    pub(super) fn watch(self, module: &str, engine: &Engine) -> Result<(), ModuleError> {
        let (engine, tick) = (engine.weak(), self.tick());
        let watch = move || {
            loop {
                thread::sleep(tick);
                match engine.upgrade() {
                    Some(engine) => engine.increment_epoch(),
                    None => return,
                }
            }
        };
        let name = "module-watch".to_owned();
        match thread::Builder::new().name(name).spawn(watch) {
            Ok(_runs_by_itself) => Ok(()),
            Err(source) => Err(ModuleError::Watch {
                module: module.to_owned(),
                source,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_at_least_its_time() {
        for (call, ticks) in [
            (Duration::ZERO, 1),
            (Duration::from_millis(1), 2),
            (Duration::from_millis(800), 9),
            (Duration::from_millis(805), 9),
            (Duration::from_secs(60), 61),
            (Duration::MAX, u64::MAX),
        ] {
            let deadline = Deadline { call };
            assert!(deadline.ticks() >= ticks, "{call:?}: {}", deadline.ticks());
            let least = u128::from(deadline.ticks() - 1) * deadline.tick().as_nanos();
            assert!(
                least >= call.as_nanos().min(u128::from(u64::MAX)),
                "{call:?}"
            );
        }
    }
}
