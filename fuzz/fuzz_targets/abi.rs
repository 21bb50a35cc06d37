//! Calls of the module's interface in any order, with handles that live, are dead, or never
//! were: none panics, and after an error a session is as it was.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use rule_core::session::ErrorCode;
use rule_fuzz::{rules, state, strict};
use rule_wasm::{Failure, Sessions, error_number};

#[derive(Arbitrary, Debug)]
enum Config<'d> {
    Rules { set: u8, settings: u8 },
    Any(&'d [u8]),
}

#[derive(Arbitrary, Debug)]
enum Bytes<'d> {
    Log,
    Any(&'d [u8]),
}

#[derive(Arbitrary, Debug)]
enum Input<'d> {
    Begins { format: u8, stream: Option<bool> },
    GoesOn(bool),
    Ends(bool),
    Any(&'d [u8]),
}

/// A state that was taken before, by its number, with a byte changed at will.
#[derive(Arbitrary, Debug)]
struct State {
    taken: u8,
    change: Option<(u16, u8)>,
}

#[derive(Arbitrary, Debug)]
enum Call<'d> {
    Open(Config<'d>),
    Pack(Config<'d>),
    Input(Input<'d>),
    Push(Bytes<'d>),
    Pass(Bytes<'d>, u8),
    Advance(i64),
    AdvanceBy(i16),
    Finish,
    Alerts,
    Describe,
    Counters,
    Explain(Bytes<'d>),
    Snapshot,
    Restore(State),
    Merge(State),
    LastError,
    Close,
}

/// Which session: most calls are for one of a few that are open.
#[derive(Arbitrary, Debug)]
enum Handle {
    First,
    Small(u8),
    Any(i32),
}

#[derive(Arbitrary, Debug)]
struct Sequence<'d> {
    /// What is opened first.
    first: (u8, u8),
    calls: Vec<(Handle, Call<'d>)>,
}

/// Sessions that are open at once, at the most.
const OPEN: usize = 6;

struct Run {
    sessions: Sessions,
    taken: Vec<Vec<u8>>,
    opened: i32,
    now: i64,
}

impl Run {
    fn call(&mut self, handle: i32, call: &Call<'_>) {
        let before = self.seen(handle);
        let failed = self.made(handle, call).err();
        let Some(Failure(code)) = failed else {
            return;
        };
        assert!(error_number(code) < 0);
        match call {
            Call::Open(_) | Call::Pack(_) => assert_error(&self.sessions.last_error(0)),
            // The error of the handle 0 is that of opening.
            _ if handle == 0 => {}
            _ => assert_error(&self.sessions.last_error(handle)),
        }
        assert!(
            self.seen(handle) == before,
            "{call:?} failed, and the state is another"
        );
    }

    /// What can be seen of a session.
    fn seen(&mut self, handle: i32) -> Option<(Vec<u8>, Vec<u8>)> {
        let state = self.sessions.snapshot(handle).ok()?;
        Some((state, self.sessions.counters(handle).ok()?))
    }

    fn made(&mut self, handle: i32, call: &Call<'_>) -> Result<(), Failure> {
        let sessions = &mut self.sessions;
        match call {
            Call::Open(config) => {
                let opened = sessions.open(&config.text())?;
                assert!(opened > self.opened, "a handle is never used again");
                self.opened = opened;
            }
            Call::Pack(config) => sessions.pack(&config.text())?,
            Call::Input(input) => sessions.input(handle, &input.text())?,
            Call::Push(bytes) => drop(sessions.push(handle, bytes.all())?),
            Call::Pass(bytes, records) => {
                let passed = sessions.pass(handle, bytes.all(), u64::from(*records))?;
                assert!(passed <= 1);
            }
            Call::Advance(now) => drop(sessions.advance(handle, *now)?),
            Call::AdvanceBy(seconds) => {
                self.now += i64::from(*seconds) * 1000;
                sessions.advance(handle, self.now)?;
            }
            Call::Finish => drop(sessions.finish(handle)?),
            Call::Alerts => strict::assert_lines(&sessions.alerts(handle)?),
            Call::Describe => assert!(strict::is_object(&sessions.describe(handle)?)),
            Call::Counters => assert!(strict::is_object(&sessions.counters(handle)?)),
            Call::Explain(bytes) => {
                assert!(strict::is_object(&sessions.explain(handle, bytes.all())?));
            }
            Call::Snapshot => {
                let state = sessions.snapshot(handle)?;
                self.taken.push(state);
                if self.taken.len() > OPEN {
                    self.taken.remove(0);
                }
            }
            Call::Restore(state) => {
                let bytes = state.bytes(&self.taken);
                sessions.restore(handle, &bytes)?;
                let after = sessions.snapshot(handle)?;
                assert!(after == bytes, "one state has one form");
            }
            Call::Merge(state) => drop(sessions.merge(handle, &state.bytes(&self.taken))?),
            Call::LastError => {
                let error = sessions.last_error(handle);
                assert!(error.is_empty() || strict::is_object(&error));
            }
            Call::Close => {
                sessions.close(handle)?;
                let again = sessions.close(handle);
                assert_eq!(again, Err(Failure(ErrorCode::BadHandle)));
            }
        }
        Ok(())
    }
}

fn assert_error(error: &[u8]) {
    assert!(
        strict::is_object(error),
        "{}",
        String::from_utf8_lossy(error)
    );
}

impl Config<'_> {
    fn text(&self) -> Vec<u8> {
        match self {
            Config::Rules { set, settings } => {
                let mut config = rules::config(usize::from(*set), usize::from(*settings));
                if settings & 0x80 != 0 {
                    config["clock"] = "host".into();
                }
                config.to_string().into_bytes()
            }
            Config::Any(text) => text.to_vec(),
        }
    }
}

impl Bytes<'_> {
    fn all(&self) -> &[u8] {
        match self {
            Bytes::Log => state::LOG,
            Bytes::Any(bytes) => bytes,
        }
    }
}

impl Input<'_> {
    fn text(&self) -> Vec<u8> {
        let name = |stream: &bool| if *stream { "s" } else { "t" };
        let settings = match self {
            Input::Begins { format, stream } => {
                let formats = ["auto", "json", "xml", "text", "csv"];
                let mut settings = serde_json::json!({
                    "format": formats[usize::from(*format) % formats.len()],
                });
                if let Some(stream) = stream {
                    settings["stream"] = name(stream).into();
                }
                settings
            }
            Input::GoesOn(stream) => serde_json::json!({"stream": name(stream), "goes_on": true}),
            Input::Ends(stream) => serde_json::json!({"stream": name(stream), "ends": true}),
            Input::Any(text) => return text.to_vec(),
        };
        settings.to_string().into_bytes()
    }
}

impl State {
    fn bytes(&self, taken: &[Vec<u8>]) -> Vec<u8> {
        let place = usize::from(self.taken) % taken.len().max(1);
        let mut bytes = taken.get(place).cloned().unwrap_or_default();
        if let Some((place, value)) = self.change
            && !bytes.is_empty()
        {
            let place = usize::from(place) % bytes.len();
            bytes[place] = value;
        }
        bytes
    }
}

fuzz_target!(|sequence: Sequence<'_>| {
    let mut run = Run {
        sessions: Sessions::new(rules::LITTLE, |_| true),
        taken: Vec::new(),
        opened: 0,
        now: 1_615_683_600_000,
    };
    let (set, settings) = sequence.first;
    run.call(0, &Call::Open(Config::Rules { set, settings }));
    for (handle, call) in sequence.calls.iter().take(40) {
        let handle = match handle {
            Handle::First => 1,
            Handle::Small(handle) => i32::from(*handle) % (OPEN as i32 + 2),
            Handle::Any(handle) => *handle,
        };
        if matches!(call, Call::Open(_)) && run.opened as usize >= OPEN {
            continue;
        }
        run.call(handle, call);
    }
});
