//! Sessions by their handles.

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

use rule_core::session::{ErrorCode, Headroom, Session, SessionError};
use rule_core::time::Time;

use crate::carried::Carried;
use crate::filter::{Filter, Filtered};

/// The sessions of a module, and the last error of each.
///
/// A method gives what the export of its name gives, but for the form: a number,
/// or bytes, or a [`Failure`]. After a failure the session is as it was before.
#[derive(Debug)]
pub struct Sessions {
    carried: Carried,
    /// What records that come alone go through.
    filter: Filter,
    /// By their handles, which rise.
    open: Vec<(i32, Box<Open>)>,
    last_handle: i32,
    /// The last error of `rule_open`.
    open_error: Option<SessionError>,
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

impl Sessions {
    /// No sessions yet. `builtin` is the configuration that the module carries,
    /// `has_memory` answers whether so much can be allocated.
    #[must_use]
    pub const fn new(builtin: &'static [u8], has_memory: fn(Headroom) -> bool) -> Self {
        Sessions {
            carried: Carried::new(builtin, has_memory),
            filter: Filter::new(),
            open: Vec::new(),
            last_handle: 0,
            open_error: None,
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
                let open = Open {
                    session,
                    error: None,
                };
                self.open.push((handle, Box::new(open)));
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
        let session = self.carried.read(config)?;
        // What a session may come to need it must be able to get now.
        self.carried.check_memory(session.memory_to_come())?;
        Ok(session)
    }

    /// `rule_pack`: keeps a configuration, and opens what records that come alone go
    /// through, so that both are there when the module is started again from here.
    ///
    /// # Errors
    /// What is wrong with the configuration; one that was packed before.
    pub fn pack(&mut self, config: &[u8]) -> Result<(), Failure> {
        let packed = match self.filter.is_open() {
            true => {
                let message = "the module is packed, or has taken a record: pack one that is new";
                Err(SessionError::new(ErrorCode::BadConfiguration, message))
            }
            false => self
                .carried
                .pack(config, |carried| self.filter.open(carried)),
        };
        match packed {
            Ok(()) => {
                self.open_error = None;
                Ok(())
            }
            Err(error) => self.open_failed(error).map(|_| ()),
        }
    }

    /// A record that comes alone, with the time that its pipeline gives it: what goes
    /// on in its place.
    pub fn filter(&mut self, record: &[u8], time: Time) -> Filtered {
        self.filter.take(&self.carried, record, time)
    }

    /// `rule_close`.
    ///
    /// # Errors
    /// A handle that is none.
    pub fn close(&mut self, handle: i32) -> Result<(), Failure> {
        let place = self.place(handle).ok_or(Failure(ErrorCode::BadHandle))?;
        self.open.remove(place);
        Ok(())
    }

    fn place(&self, handle: i32) -> Option<usize> {
        self.open.binary_search_by_key(&handle, |open| open.0).ok()
    }

    fn get(&self, handle: i32) -> Option<&Open> {
        let (_, open) = self.open.get(self.place(handle)?)?;
        Some(open)
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

    /// `rule_pass`: whether these bytes need not be decoded.
    ///
    /// # Errors
    /// A finished session, and memory that would not do.
    pub fn pass(&mut self, handle: i32, bytes: &[u8], records: u64) -> Result<usize, Failure> {
        self.run(
            handle,
            |session| session.pass_headroom(bytes.len()),
            |session| session.pass(bytes, records).map(usize::from),
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
        let error = match (handle, self.get(handle)) {
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
        let place = self.place(handle);
        let Some((_, open)) = place.and_then(|place| self.open.get_mut(place)) else {
            return Err(Failure(ErrorCode::BadHandle));
        };
        let checked = self.carried.check_memory(headroom(&open.session));
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
        sessions.carried.has_memory = |headroom| headroom.total < 70_000;
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
    fn what_need_not_be_decoded() {
        let mut sessions = Sessions::new(b"", |_| true);
        let rule = br#"{"detections":{"name":"n","id":"i","search":"a=*whoami* | stats count"}}"#;
        let handle = sessions.open(rule).unwrap();
        assert_eq!(sessions.pass(handle, b"", 0), Ok(1));
        assert_eq!(sessions.pass(handle, b"a\0b\0", 3), Ok(1));
        assert_eq!(sessions.pass(handle, b"w\0h\0o\0a\0m\0i\0", 5), Ok(0));
        assert!(text(sessions.counters(handle).unwrap()).contains(r#""records":3,"#));
        sessions.carried.has_memory = |headroom| headroom.total < 100_000;
        assert_eq!(sessions.pass(handle, b"a", 1), Ok(1));
        assert_eq!(
            sessions.pass(handle, &[b' '; 40_000], 1),
            Err(Failure(ErrorCode::OutOfMemory))
        );
        sessions.carried.has_memory = |_| true;
        sessions.finish(handle).unwrap();
        assert_eq!(
            sessions.pass(handle, b"", 0),
            Err(Failure(ErrorCode::Finished))
        );
        assert_eq!(sessions.pass(0, b"", 0), Err(Failure(ErrorCode::BadHandle)));
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
