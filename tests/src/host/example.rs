//! The host of `examples/rust`, in this process.

use rule_module::{RuleError, RuleModule, Session};

use super::{Answer, Host};

/// The module, and the session that is open.
pub struct Example {
    module: RuleModule,
    session: Option<Session>,
}

impl Example {
    /// A host with nothing open.
    #[must_use]
    pub fn start(module: RuleModule) -> Self {
        Example {
            module,
            session: None,
        }
    }

    fn session(&mut self) -> &mut Session {
        self.session.as_mut().expect("a session is open")
    }
}

/// What a call gave, or the JSON of the module's error.
fn answer<T>(result: Result<T, RuleError>) -> Answer<T> {
    result.map_err(|error| match error {
        RuleError::Refused(refusal) => refusal.json,
        RuleError::Runtime(error) => panic!("the module must not trap: {error:?}"),
    })
}

impl Host for Example {
    fn open(&mut self, config: &[u8]) -> Answer<()> {
        self.session = None;
        self.session = Some(answer(self.module.open(config))?);
        Ok(())
    }

    fn input(&mut self, settings: &[u8]) -> Answer<()> {
        answer(self.session().input(settings))
    }

    fn push(&mut self, bytes: &[u8]) -> Answer<usize> {
        answer(self.session().push(bytes))
    }

    fn advance(&mut self, now_ms: i64) -> Answer<usize> {
        answer(self.session().advance(now_ms))
    }

    fn finish(&mut self) -> Answer<usize> {
        answer(self.session().finish())
    }

    fn some_alerts(&mut self) -> Vec<u8> {
        answer(self.session().alerts()).expect("a session has alerts, or none")
    }

    fn counters(&mut self) -> Vec<u8> {
        answer(self.session().counters()).expect("a session has counters")
    }

    fn describe(&mut self) -> Vec<u8> {
        answer(self.session().describe()).expect("a session can be described")
    }

    fn explain(&mut self, record: &[u8]) -> Answer<Vec<u8>> {
        answer(self.session().explain(record))
    }

    fn snapshot(&mut self) -> Answer<Vec<u8>> {
        answer(self.session().snapshot())
    }

    fn restore(&mut self, snapshot: &[u8]) -> Answer<()> {
        answer(self.session().restore(snapshot))
    }

    fn merge(&mut self, snapshot: &[u8]) -> Answer<usize> {
        answer(self.session().merge(snapshot))
    }
}
