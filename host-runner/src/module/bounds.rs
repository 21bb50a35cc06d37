//! What a module from elsewhere may use up of this program.
//!
//! The module that is built in was tested with the program and is a part of it. One that a
//! user names may be anything. Its memory and its stack have an end in every engine; here is
//! how its calls are ended that would go on for ever, and how much it may say.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use wasmparser::{Parser, Payload};
use wasmtime::Engine;

use super::ModuleError;

/// The parts of a call's time in which it is looked at: it ends at most so much later.
const PARTS: u32 = 8;

/// The time between two looks, whatever is asked for.
const SHORTEST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(1);

/// The bytes of code that a module may have, and one of its functions. The built-in module
/// has 1.8 MB, and 44 KB in one function. What compiling takes may be a few hundred times as
/// much: of 4 MB of nested blocks and jumps out of them the compiler made 1.5 GB.
const CODE: usize = 64 << 20;
const FUNCTION: usize = 512 << 10;

/// What a module that a user names may use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// How long one call may take; without it as long as it likes, and its code, which then
    /// looks at no clock, is a fifth faster.
    pub call: Option<Duration>,
    /// How long it may take to compile.
    pub compile: Option<Duration>,
    /// How many bytes of alerts it may give before it is given anything.
    pub output: u64,
}

impl Default for Bounds {
    /// A minute for a call, which with 256 KiB of input takes milliseconds, and with the
    /// windows of a large state seconds; a minute to compile, which takes seconds; 4 GiB of
    /// alerts, where a state takes up to one.
    fn default() -> Self {
        let minute = Some(Duration::from_secs(60));
        Self {
            call: minute,
            compile: minute,
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
        start(module, "module-watch", watch)
    }
}

/// Looks at how much code a module has, before it is compiled.
///
/// # Errors
///
/// When it has too much, or a function of it does. What is wrong with its bytes is said by
/// whoever compiles it.
pub(super) fn check_code(module: &str, bytes: &[u8]) -> Result<(), ModuleError> {
    let too_much = |what, length, limit| {
        Err(ModuleError::CodeLength {
            module: module.to_owned(),
            what,
            length,
            limit,
        })
    };
    for payload in Parser::new(0).parse_all(bytes).map_while(Result::ok) {
        match payload {
            Payload::CodeSectionStart { range, .. } if range.len() > CODE => {
                return too_much("all its functions", range.len(), CODE);
            }
            Payload::CodeSectionEntry(body) if body.range().len() > FUNCTION => {
                return too_much("one function", body.range().len(), FUNCTION);
            }
            _ => {}
        }
    }
    Ok(())
}

/// Compiles a module in no more time than it has.
///
/// # Errors
///
/// When it takes longer, or no thread can be started.
pub(super) fn compile_within<T: Send + 'static>(
    time: Duration,
    module: &str,
    compile: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ModuleError> {
    let (give, take) = mpsc::sync_channel(1);
    start(module, "module-compile", move || {
        // Nobody may wait for it any more.
        let _ = give.send(compile());
    })?;
    take.recv_timeout(time).map_err(|error| match error {
        RecvTimeoutError::Timeout => ModuleError::CompileTime {
            module: module.to_owned(),
            after: time,
        },
        RecvTimeoutError::Disconnected => ModuleError::NotAModule {
            module: module.to_owned(),
            reason: "the compiler broke off".to_owned(),
        },
    })
}

/// Starts a thread that ends by itself.
fn start(
    module: &str,
    name: &str,
    work: impl FnOnce() + Send + 'static,
) -> Result<(), ModuleError> {
    match thread::Builder::new().name(name.to_owned()).spawn(work) {
        Ok(_runs_by_itself) => Ok(()),
        Err(source) => Err(ModuleError::Watch {
            module: module.to_owned(),
            source,
        }),
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
