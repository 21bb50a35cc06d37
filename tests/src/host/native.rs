//! rule-core as it is, without a module.

use rule_core::session::{Session, SessionError};

use super::{Answer, Host};

/// A session of rule-core, over the rules that the module carries.
#[derive(Debug, Default)]
pub struct Native {
    session: Option<Session>,
}

impl Native {
    fn session(&mut self) -> &mut Session {
        self.session.as_mut().expect("a session is open")
    }
}

fn json<T>(result: Result<T, SessionError>) -> Answer<T> {
    result.map_err(|error| error.to_json())
}

impl Host for Native {
    fn open(&mut self, config: &[u8]) -> Answer<()> {
        let session = json(Session::open(config, &[rules::BUNDLE.as_bytes()]))?;
        self.session = Some(session);
        Ok(())
    }

    fn input(&mut self, settings: &[u8]) -> Answer<()> {
        json(self.session().input(settings))
    }

    fn push(&mut self, bytes: &[u8]) -> Answer<usize> {
        json(self.session().push(bytes))
    }

    fn advance(&mut self, now_ms: i64) -> Answer<usize> {
        json(self.session().advance(now_ms))
    }

    fn finish(&mut self) -> Answer<usize> {
        json(self.session().finish())
    }

    fn some_alerts(&mut self) -> Vec<u8> {
        self.session().take_alerts()
    }

    fn counters(&mut self) -> Vec<u8> {
        self.session().counters_json()
    }

    fn describe(&mut self) -> Vec<u8> {
        self.session().describe()
    }

    fn explain(&mut self, record: &[u8]) -> Answer<Vec<u8>> {
        json(self.session().explain(record))
    }

    fn snapshot(&mut self) -> Answer<Vec<u8>> {
        Ok(self.session().snapshot())
    }

    fn restore(&mut self, snapshot: &[u8]) -> Answer<()> {
        json(self.session().restore(snapshot))
    }

    fn merge(&mut self, snapshot: &[u8]) -> Answer<usize> {
        json(self.session().merge(snapshot))
    }
}
