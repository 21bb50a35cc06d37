//! The hosts that a case is played in.
//!
//! [`Host`] is the module's ABI as calls over bytes. [`native`] answers them from
//! rule-core itself; [`abi`] answers them from a module, through the two things
//! that it needs of a runtime, and [`wasmtime`] and [`wasmi`] are these two
//! things for each runtime. The hosts of `examples/` speak the ABI themselves:
//! [`example`] is that in Rust, [`child`] asks those in other languages, and
//! [`language`] finds what they run on. [`fluent_bit`] plays a host of another kind,
//! which gives one record and takes one.

pub mod abi;
pub mod child;
pub mod example;
pub mod fluent_bit;
pub mod language;
pub mod native;
pub mod wasmi;
pub mod wasmtime;

/// What a call gives: its result, or the JSON of the error as `rule_last_error`
/// has it.
pub type Answer<T> = Result<T, Vec<u8>>;

/// A detection engine with one session at a time.
///
/// Each call is that of the ABI, documented in ABI.md. A call before the first
/// [`Host::open`] is a mistake of the test, and panics; so does a trap.
pub trait Host {
    /// Opens a session in place of the one before.
    ///
    /// # Errors
    /// What the engine says is wrong with the configuration.
    fn open(&mut self, config: &[u8]) -> Answer<()>;

    /// Begins an input.
    ///
    /// # Errors
    /// What the engine says is wrong with its settings.
    fn input(&mut self, settings: &[u8]) -> Answer<()>;

    /// Bytes in; the number of alerts that wait.
    ///
    /// # Errors
    /// What the engine refuses them for.
    fn push(&mut self, bytes: &[u8]) -> Answer<usize>;

    /// Time goes on, in milliseconds since the epoch; the number of alerts that
    /// wait.
    ///
    /// # Errors
    /// What the engine refuses it for.
    fn advance(&mut self, now_ms: i64) -> Answer<usize>;

    /// The end of input and of time; the number of alerts that wait.
    ///
    /// # Errors
    /// What the engine refuses it for.
    fn finish(&mut self) -> Answer<usize>;

    /// Alerts that wait, as JSON lines, taken; none where none waits.
    fn some_alerts(&mut self) -> Vec<u8>;

    /// All alerts that wait, taken.
    fn alerts(&mut self) -> Vec<u8> {
        let mut all = Vec::new();
        loop {
            let mut lines = self.some_alerts();
            if lines.is_empty() {
                return all;
            }
            all.append(&mut lines);
        }
    }

    /// The counters as JSON.
    fn counters(&mut self) -> Vec<u8>;

    /// The session's rules and limits as JSON.
    fn describe(&mut self) -> Vec<u8>;

    /// One record against each rule, as JSON.
    ///
    /// # Errors
    /// What the engine says is wrong with the record.
    fn explain(&mut self, record: &[u8]) -> Answer<Vec<u8>>;

    /// The whole state as bytes.
    ///
    /// # Errors
    /// What the engine cannot give it for.
    fn snapshot(&mut self) -> Answer<Vec<u8>>;

    /// Puts the state of a snapshot in place of the session's.
    ///
    /// # Errors
    /// What the engine refuses the snapshot for.
    fn restore(&mut self, snapshot: &[u8]) -> Answer<()>;

    /// Joins the state of a snapshot, or of a partial alert; the number of alerts
    /// that wait.
    ///
    /// # Errors
    /// What the engine refuses it for.
    fn merge(&mut self, snapshot: &[u8]) -> Answer<usize>;
}

/// The kinds of host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// rule-core as it is.
    Native,
    /// The module, compiled.
    Wasmtime,
    /// The module, interpreted.
    Wasmi,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 3] = [Kind::Native, Kind::Wasmtime, Kind::Wasmi];

    /// Its name in the names of tests.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Native => "native",
            Kind::Wasmtime => "wasmtime",
            Kind::Wasmi => "wasmi",
        }
    }

    /// A host of this kind, with nothing open.
    #[must_use]
    pub fn start(self) -> Box<dyn Host> {
        match self {
            Kind::Native => Box::new(native::Native::default()),
            Kind::Wasmtime => Box::new(abi::Client::new(wasmtime::Guest::start(None))),
            Kind::Wasmi => Box::new(abi::Client::new(wasmi::Guest::start())),
        }
    }
}
