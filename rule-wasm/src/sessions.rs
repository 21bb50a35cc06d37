//! Sessions by their handles.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use rule_core::annotate::{Additions, Own, as_text, is_object, longest_form, repaired};
use rule_core::session::{Annotated, ErrorCode, Headroom, RECORDS_CONFIG, Session, SessionError};
use rule_core::time::Time;

/// The sessions of a module, and the last error of each.
///
/// A method gives what the export of its name gives, but for the form: a number,
/// or bytes, or a [`Failure`]. After a failure the session is as it was before.
#[derive(Debug)]
pub struct Sessions {
    builtin: &'static [u8],
    /// The configuration that was packed into the module, over the built-in one.
    packed: Vec<u8>,
    /// What records that come alone go through, opened at the first or when packed.
    filter: Option<Session>,
    open: BTreeMap<i32, Open>,
    last_handle: i32,
    /// The last error of `rule_open`.
    open_error: Option<SessionError>,
    /// Can so much be allocated?
    has_memory: fn(Headroom) -> bool,
}

#[derive(Debug)]
struct Open {
    session: Session,
    error: Option<SessionError>,
}

/// A call that failed; `rule_last_error` says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure(pub ErrorCode);

/// The number of an error at the ABI: below zero, and never another's.
#[must_use]
pub fn error_number(code: ErrorCode) -> i32 {
    match code {
        ErrorCode::BadHandle => -1,
        ErrorCode::OutOfMemory => -2,
        ErrorCode::Finished => -3,
        ErrorCode::BadConfiguration => -10,
        ErrorCode::UnknownKey => -11,
        ErrorCode::Sealed => -12,
        ErrorCode::BadDetection => -20,
        ErrorCode::Syntax => -21,
        ErrorCode::UndefinedMacro => -22,
        ErrorCode::MacroCycle => -23,
        ErrorCode::MacroArguments => -24,
        ErrorCode::BadSchedule => -25,
        ErrorCode::UnsupportedCommand => -30,
        ErrorCode::UnsupportedFunction => -31,
        ErrorCode::UnsupportedOption => -32,
        ErrorCode::UnsupportedFeature => -33,
        ErrorCode::BadRecord => -40,
        ErrorCode::BadSnapshot => -50,
        ErrorCode::OtherRules => -51,
        ErrorCode::CannotMerge => -52,
    }
}

/// What becomes of a record that comes alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filtered {
    /// It goes on as it came.
    AsItCame,
    /// This goes on in its place, one JSON object.
    Record(Vec<u8>),
    /// It goes no further.
    LeftOut,
    /// It is no JSON object, and there is no memory to make it one.
    Lost,
}

impl From<Annotated> for Filtered {
    fn from(annotated: Annotated) -> Self {
        match annotated {
            Annotated::AsItCame => Filtered::AsItCame,
            Annotated::Record(record) => Filtered::Record(record),
            Annotated::LeftOut => Filtered::LeftOut,
        }
    }
}

/// With less memory than this no error is told in words.
const WORDS: Headroom = Headroom {
    largest: 1024,
    total: 2048,
};

/// What opening a configuration takes beyond what the session will need: the
/// texts of its searches as trees and plans, and what is there for any.
const OPEN_FACTOR: usize = 40;
const OPEN_BASE: usize = 512 * 1024;

impl Sessions {
    /// No sessions yet. `builtin` is the configuration that the module carries,
    /// `has_memory` answers whether so much can be allocated.
    #[must_use]
    pub const fn new(builtin: &'static [u8], has_memory: fn(Headroom) -> bool) -> Self {
        Sessions {
            builtin,
            packed: Vec::new(),
            filter: None,
            open: BTreeMap::new(),
            last_handle: 0,
            open_error: None,
            has_memory,
        }
    }

    /// `rule_open`: a handle.
    ///
    /// # Errors
    /// What is wrong with the configuration, and memory that would not do.
    pub fn open(&mut self, config: &[u8]) -> Result<i32, Failure> {
        match self.try_open(config) {
            Ok(session) => {
                // Two thousand million sessions are not opened; the last handle
                // is an error rather than one used twice.
                let Some(handle) = self.last_handle.checked_add(1) else {
                    let error =
                        SessionError::new(ErrorCode::OutOfMemory, "there are no handles left");
                    return self.open_failed(error);
                };
                self.last_handle = handle;
                self.open_error = None;
                self.open.insert(
                    handle,
                    Open {
                        session,
                        error: None,
                    },
                );
                Ok(handle)
            }
            Err(error) => self.open_failed(error),
        }
    }

    fn open_failed(&mut self, error: SessionError) -> Result<i32, Failure> {
        let failure = Failure(error.code);
        self.open_error = Some(error);
        Err(failure)
    }

    fn try_open(&self, config: &[u8]) -> Result<Session, SessionError> {
        let session = self.read(config)?;
        // What a session may come to need it must be able to get now.
        self.check_memory(session.memory_to_come())?;
        Ok(session)
    }

    /// A session of a configuration over those that the module carries.
    fn read(&self, config: &[u8]) -> Result<Session, SessionError> {
        let carried = [self.builtin, &self.packed];
        let lengths = carried.iter().map(|layer| layer.len());
        let text = lengths.fold(config.len(), usize::saturating_add);
        self.check_memory(Headroom {
            largest: text.saturating_mul(2),
            total: text.saturating_mul(OPEN_FACTOR).saturating_add(OPEN_BASE),
        })?;
        Session::open(config, &carried)
    }

    /// `rule_pack`: keeps a configuration, and opens what records that come alone go
    /// through, so that both are there when the module is started again from here.
    ///
    /// # Errors
    /// What is wrong with the configuration; one that was packed before.
    pub fn pack(&mut self, config: &[u8]) -> Result<(), Failure> {
        if self.filter.is_some() {
            let message = "the module is packed, or has taken a record: pack one that is new";
            let error = SessionError::new(ErrorCode::BadConfiguration, message);
            return self.open_failed(error).map(|_| ());
        }
        self.packed = config.to_vec();
        match self.read(RECORDS_CONFIG) {
            Ok(session) => {
                self.open_error = None;
                self.filter = Some(session);
                Ok(())
            }
            Err(error) => {
                self.packed = Vec::new();
                self.open_failed(error).map(|_| ())
            }
        }
    }

    /// A record that comes alone, with the time that its pipeline gives it: what goes
    /// on in its place.
    ///
    /// Whatever is wrong, the record goes on, and as one JSON object: as it came, or
    /// made one, or, where it may have matched and could not be looked at, with what is
    /// wrong in it.
    pub fn filter(&mut self, record: &[u8], time: Time) -> Filtered {
        let passes = self
            .filter
            .as_mut()
            .is_some_and(|filter| filter.pass(record, time));
        if passes && self.without_alerts() == Annotated::LeftOut {
            return Filtered::LeftOut;
        }
        if is_object(record) {
            return match passes {
                true => Filtered::AsItCame,
                false => self.looked_at(record, time).into(),
            };
        }
        if !self.has_memory_to_rewrite(record) {
            return Filtered::Lost;
        }
        let Some(record) = repaired(record) else {
            return Filtered::Record(as_text(record));
        };
        let annotated = match passes {
            true => Annotated::AsItCame,
            false => self.looked_at(&record, time),
        };
        match annotated {
            Annotated::AsItCame => Filtered::Record(record),
            other => other.into(),
        }
    }

    fn without_alerts(&self) -> Annotated {
        let filter = self.filter.as_ref();
        filter.map_or(Annotated::AsItCame, Session::without_alerts)
    }

    fn looked_at(&mut self, record: &[u8], time: Time) -> Annotated {
        self.try_filter(record, time)
            .unwrap_or_else(|error| self.with_error(record, &error.message))
    }

    fn try_filter(&mut self, record: &[u8], time: Time) -> Result<Annotated, SessionError> {
        if self.filter.is_none() {
            self.filter = Some(self.read(RECORDS_CONFIG)?);
        }
        let needed = self
            .filter
            .as_ref()
            .map(|filter| filter.annotate_headroom(record.len()));
        self.check_memory(needed.unwrap_or_default())?;
        match &mut self.filter {
            Some(filter) => filter.annotate(record, time, &self.has_memory),
            None => Ok(Annotated::AsItCame),
        }
    }

    /// A record that says what went wrong with it, where there is memory for that.
    fn with_error(&self, record: &[u8], error: &str) -> Annotated {
        if !self.has_memory_to_rewrite(record) {
            return Annotated::AsItCame;
        }
        let additions = Additions {
            error: Some(String::from(error)),
            ..Additions::default()
        };
        match Own::of(record) {
            Ok(own) => Annotated::Record(additions.on(own)),
            Err(_) => Annotated::AsItCame,
        }
    }

    /// Is there memory for a record that is written anew, and given as a C string?
    fn has_memory_to_rewrite(&self, record: &[u8]) -> bool {
        let length = longest_form(record).saturating_add(4096);
        (self.has_memory)(Headroom {
            largest: length.saturating_mul(2),
            total: length.saturating_mul(4),
        })
    }

    fn check_memory(&self, headroom: Headroom) -> Result<(), SessionError> {
        if (self.has_memory)(headroom) {
            return Ok(());
        }
        if !(self.has_memory)(WORDS) {
            return Err(SessionError::new(ErrorCode::OutOfMemory, String::new()));
        }
        let message = format!(
            "out of memory: {} bytes are needed: grant the module more memory, or lower \
             `limits.record` and `limits.state`",
            headroom.total
        );
        Err(SessionError::new(ErrorCode::OutOfMemory, message))
    }

    /// `rule_close`.
    ///
    /// # Errors
    /// A handle that is none.
    pub fn close(&mut self, handle: i32) -> Result<(), Failure> {
        match self.open.remove(&handle) {
            Some(_) => Ok(()),
            None => Err(Failure(ErrorCode::BadHandle)),
        }
    }

    /// `rule_input`.
    ///
    /// # Errors
    /// Settings that cannot be read, a finished session.
    pub fn input(&mut self, handle: i32, settings: &[u8]) -> Result<(), Failure> {
        self.run(
            handle,
            |session| session.push_headroom(settings.len()),
            |session| session.input(settings),
        )
    }

    /// `rule_push`: the number of alerts that wait.
    ///
    /// # Errors
    /// A finished session, and memory that would not do.
    pub fn push(&mut self, handle: i32, bytes: &[u8]) -> Result<usize, Failure> {
        self.run(
            handle,
            |session| session.push_headroom(bytes.len()),
            |session| session.push(bytes),
        )
    }

    /// `rule_advance`: the number of alerts that wait.
    ///
    /// # Errors
    /// A finished session, and memory that would not do.
    pub fn advance(&mut self, handle: i32, now_ms: i64) -> Result<usize, Failure> {
        self.run(handle, Session::close_headroom, |session| {
            session.advance(now_ms)
        })
    }

    /// `rule_finish`: the number of alerts that wait.
    ///
    /// # Errors
    /// A session that is finished already, and memory that would not do.
    pub fn finish(&mut self, handle: i32) -> Result<usize, Failure> {
        self.run(handle, Session::close_headroom, Session::finish)
    }

    /// `rule_alerts`: JSON lines.
    ///
    /// # Errors
    /// A handle that is none, and memory that would not do.
    pub fn alerts(&mut self, handle: i32) -> Result<Vec<u8>, Failure> {
        self.run(handle, Session::alerts_headroom, |session| {
            Ok(session.take_alerts())
        })
    }

    /// `rule_describe`: JSON.
    ///
    /// # Errors
    /// A handle that is none.
    pub fn describe(&mut self, handle: i32) -> Result<Vec<u8>, Failure> {
        self.run(
            handle,
            |session| session.push_headroom(0),
            |session| Ok(session.describe()),
        )
    }

    /// `rule_counters`: JSON.
    ///
    /// # Errors
    /// A handle that is none.
    pub fn counters(&mut self, handle: i32) -> Result<Vec<u8>, Failure> {
        self.run(
            handle,
            |session| session.push_headroom(0),
            |session| Ok(session.counters_json()),
        )
    }

    /// `rule_explain`: JSON.
    ///
    /// # Errors
    /// Bytes that are no record.
    pub fn explain(&mut self, handle: i32, record: &[u8]) -> Result<Vec<u8>, Failure> {
        self.run(
            handle,
            |session| session.push_headroom(record.len()),
            |session| session.explain(record),
        )
    }

    /// `rule_snapshot`: the state as bytes.
    ///
    /// # Errors
    /// A handle that is none, and memory that would not do.
    pub fn snapshot(&mut self, handle: i32) -> Result<Vec<u8>, Failure> {
        self.run(handle, Session::snapshot_headroom, |session| {
            Ok(session.snapshot())
        })
    }

    /// `rule_restore`.
    ///
    /// # Errors
    /// Bytes that are no snapshot of these rules, and memory that would not do.
    pub fn restore(&mut self, handle: i32, snapshot: &[u8]) -> Result<(), Failure> {
        self.run(
            handle,
            |session| session.restore_headroom(snapshot.len()),
            |session| session.restore(snapshot),
        )
    }

    /// `rule_merge`: the number of alerts that wait.
    ///
    /// # Errors
    /// Bytes that are no snapshot of these rules, states that cannot be joined as
    /// they are, and memory that would not do.
    pub fn merge(&mut self, handle: i32, snapshot: &[u8]) -> Result<usize, Failure> {
        self.run(
            handle,
            |session| session.restore_headroom(snapshot.len()),
            |session| session.merge(snapshot),
        )
    }

    /// `rule_last_error`: JSON; empty where there was none.
    #[must_use]
    pub fn last_error(&self, handle: i32) -> Vec<u8> {
        let error = match (handle, self.open.get(&handle)) {
            (0, _) => self.open_error.clone(),
            (_, Some(open)) => open.error.clone(),
            (_, None) => {
                let message =
                    format!("`{handle}` is no handle: it was never opened, or it is closed");
                Some(SessionError::new(ErrorCode::BadHandle, message))
            }
        };
        error.map(|error| error.to_json()).unwrap_or_default()
    }

    /// Runs a call, after the check for the memory that it needs.
    fn run<T>(
        &mut self,
        handle: i32,
        headroom: impl FnOnce(&Session) -> Headroom,
        call: impl FnOnce(&mut Session) -> Result<T, SessionError>,
    ) -> Result<T, Failure> {
        let headroom = match self.open.get(&handle) {
            Some(open) => headroom(&open.session),
            None => return Err(Failure(ErrorCode::BadHandle)),
        };
        let checked = self.check_memory(headroom);
        let Some(open) = self.open.get_mut(&handle) else {
            return Err(Failure(ErrorCode::BadHandle));
        };
        checked
            .and_then(|()| call(&mut open.session))
            .map_err(|error| {
                let failure = Failure(error.code);
                open.error = Some(error);
                failure
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    const RULE: &[u8] =
        br#"{"detections":{"name":"n","id":"i","search":"x=1 | stats count by x"},"window":"all"}"#;

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_session_from_open_to_close() {
        let mut sessions = Sessions::new(b"", |_| true);
        let handle = sessions.open(RULE).unwrap();
        assert_eq!(sessions.push(handle, b"{\"x\":1}\n{\"x\""), Ok(0));
        assert_eq!(sessions.push(handle, b":1}"), Ok(0));
        assert_eq!(sessions.finish(handle), Ok(1));
        assert!(text(sessions.alerts(handle).unwrap()).contains(r#""row":{"x":"1","count":2}"#));
        assert_eq!(text(sessions.alerts(handle).unwrap()), "");
        assert_eq!(
            sessions.push(handle, b"x"),
            Err(Failure(ErrorCode::Finished))
        );
        assert!(text(sessions.last_error(handle)).starts_with(r#"{"code":"finished","message":"#));
        sessions.close(handle).unwrap();
        assert_eq!(sessions.close(handle), Err(Failure(ErrorCode::BadHandle)));
        assert!(text(sessions.last_error(handle)).contains("`1` is no handle"));
        assert_eq!(sessions.open(RULE), Ok(2), "a handle is never used again");
    }

    const AT: Time = Time::from_seconds(1_700_000_000);

    #[test]
    fn a_packed_configuration_is_under_every_session() {
        let mut sessions = Sessions::new(br#"{"samples":1}"#, |_| true);
        assert_eq!(
            sessions.pack(b"{\"windw\":1}"),
            Err(Failure(ErrorCode::UnknownKey))
        );
        let sealed = [&RULE[..RULE.len() - 1], br#","sealed":true}"#].concat();
        sessions.pack(&sealed).unwrap();
        let handle = sessions.open(b"").unwrap();
        assert!(text(sessions.describe(handle).unwrap()).contains(r#""name":"n""#));
        sessions.open(br#"{"samples":2}"#).unwrap();
        assert_eq!(sessions.open(RULE), Err(Failure(ErrorCode::Sealed)));
        assert_eq!(
            sessions.pack(b""),
            Err(Failure(ErrorCode::BadConfiguration))
        );
        assert!(text(sessions.last_error(0)).contains("is packed"));
    }

    #[test]
    fn records_that_come_alone_go_through_what_is_carried() {
        let mut sessions = Sessions::new(RULE, |_| true);
        assert_eq!(sessions.filter(b"{\"x\":2}", AT), Filtered::AsItCame);
        for (record, wanted) in [
            ("{\"x\":nan}", "{\"x\":null}"),
            (
                "no JSON",
                "{\"rule_error\":\"the record is no JSON object\",\"record\":\"no JSON\"}",
            ),
        ] {
            let goes_on = Filtered::Record(wanted.as_bytes().to_vec());
            assert_eq!(sessions.filter(record.as_bytes(), AT), goes_on);
        }
        let Filtered::Record(record) = sessions.filter(b"{\"x\":1}", AT) else {
            panic!("it carries an alert");
        };
        assert!(text(record).starts_with(r#"{"x":1,"rule_alert":{"#));
        let rule = text(RULE.to_vec()).replace("\"window\"", "\"records\":\"alerts\",\"window\"");
        let mut sessions = Sessions::new(b"", |_| true);
        sessions.pack(rule.as_bytes()).unwrap();
        assert_eq!(sessions.filter(b"{\"x\":2}", AT), Filtered::LeftOut);
    }

    #[test]
    fn a_record_that_could_not_be_looked_at_says_so() {
        for rule in [&b"{\"windw\":1}"[..], RULE] {
            let message = "out of memory";
            let mut sessions = Sessions::new(rule, |_| true);
            let _ = sessions.filter(b"{\"x\":2}", AT);
            sessions.has_memory = |headroom| headroom.total < 100_000;
            let Filtered::Record(record) = sessions.filter(b"{\"x\":1}", AT) else {
                panic!("{message}");
            };
            let record = text(record);
            assert!(record.starts_with(r#"{"x":1,"rule_error":""#), "{record}");
            assert!(record.contains(message), "{record}");
            sessions.has_memory = |_| false;
            assert_eq!(sessions.filter(b"{\"x\":1}", AT), Filtered::AsItCame);
            assert_eq!(sessions.filter(b"{\"x\":nan}", AT), Filtered::Lost);
        }
    }

    #[test]
    fn errors_of_open_are_those_of_handle_0() {
        let mut sessions = Sessions::new(b"", |_| true);
        assert_eq!(text(sessions.last_error(0)), "");
        assert_eq!(
            sessions.open(b"{\"windw\":1}"),
            Err(Failure(ErrorCode::UnknownKey))
        );
        assert!(text(sessions.last_error(0)).contains("did you mean `window`?"));
    }

    #[test]
    fn without_memory_the_session_stays_as_it_was() {
        let mut sessions = Sessions::new(b"", |_| true);
        let handle = sessions.open(RULE).unwrap();
        assert_eq!(sessions.push(handle, b"{\"x\":1}\n"), Ok(0));
        let before = text(sessions.counters(handle).unwrap());
        sessions.has_memory = |headroom| headroom.total < 70_000;
        assert_eq!(
            sessions.push(handle, &[b' '; 2000]),
            Err(Failure(ErrorCode::OutOfMemory))
        );
        assert_eq!(text(sessions.counters(handle).unwrap()), before);
        assert_eq!(sessions.open(RULE), Err(Failure(ErrorCode::OutOfMemory)));
        assert_eq!(sessions.push(handle, b"{\"x\":1}\n"), Ok(0));
        assert_eq!(sessions.finish(handle), Ok(1));
    }

    #[test]
    fn a_state_goes_from_one_session_to_another() {
        let mut sessions = Sessions::new(b"", |_| true);
        let [from, to, other] = [RULE, RULE, b"{}"].map(|rule| sessions.open(rule).unwrap());
        sessions.push(from, b"{\"x\":1}\n{\"x\"").unwrap();
        let snapshot = sessions.snapshot(from).unwrap();
        assert_eq!(
            sessions.restore(other, &snapshot),
            Err(Failure(ErrorCode::OtherRules))
        );
        assert_eq!(
            sessions.merge(to, &snapshot),
            Err(Failure(ErrorCode::CannotMerge))
        );
        assert!(text(sessions.last_error(to)).contains("unfinished record"));
        sessions.restore(to, &snapshot).unwrap();
        sessions.push(to, b":1}\n").unwrap();
        let whole = sessions.snapshot(to).unwrap();
        assert_eq!(
            sessions.restore(from, &whole[1..]),
            Err(Failure(ErrorCode::BadSnapshot))
        );
        sessions.input(from, b"{}").unwrap();
        assert_eq!(sessions.merge(from, &whole), Ok(0));
        assert_eq!(sessions.finish(from), Ok(1));
        let alerts = text(sessions.alerts(from).unwrap());
        assert!(alerts.contains(r#""count":3}"#), "{alerts}");
    }
}
