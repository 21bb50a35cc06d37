//! Records that come alone: a filter that gives one JSON object, or nothing, for each.

mod repair;

use alloc::string::String;
use alloc::vec::Vec;

use rule_core::annotate::{Additions, Own, is_object};
use rule_core::session::{Annotated, Headroom, RECORDS_CONFIG, Session, SessionError};
use rule_core::time::Time;

use crate::carried::Carried;
use repair::{as_text, longest_form, repaired};

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

/// What records that come alone go through, opened at the first or when packed.
#[derive(Debug)]
pub(crate) struct Filter {
    session: Option<Session>,
}

impl Filter {
    pub(crate) const fn new() -> Self {
        Filter { session: None }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.session.is_some()
    }

    /// Opens it with what the module carries.
    pub(crate) fn open(&mut self, carried: &Carried) -> Result<(), SessionError> {
        self.session = Some(carried.read(RECORDS_CONFIG)?);
        Ok(())
    }

    /// Takes a record. Whatever is wrong, it goes on, and as one JSON object: as it came,
    /// or made one, or, where it may have matched and could not be looked at, with what is
    /// wrong in it.
    pub(crate) fn take(&mut self, carried: &Carried, record: &[u8], time: Time) -> Filtered {
        match self.annotated(carried, record, time) {
            Annotated::Record(annotated) => Filtered::Record(annotated),
            Annotated::LeftOut => Filtered::LeftOut,
            Annotated::AsItCame if is_object(record) => Filtered::AsItCame,
            Annotated::AsItCame | Annotated::Unreadable => self.made_json(carried, record, time),
        }
    }

    /// A record that is no JSON object is made one, and looked at then.
    fn made_json(&mut self, carried: &Carried, record: &[u8], time: Time) -> Filtered {
        if !has_memory_to_rewrite(carried, record) {
            return Filtered::Lost;
        }
        let Some(record) = repaired(record) else {
            return Filtered::Record(as_text(record));
        };
        match self.annotated(carried, &record, time) {
            Annotated::Record(annotated) => Filtered::Record(annotated),
            Annotated::LeftOut => Filtered::LeftOut,
            Annotated::AsItCame | Annotated::Unreadable => Filtered::Record(record),
        }
    }

    fn annotated(&mut self, carried: &Carried, record: &[u8], time: Time) -> Annotated {
        self.try_annotate(carried, record, time)
            .unwrap_or_else(|error| with_error(carried, record, error.message))
    }

    fn try_annotate(
        &mut self,
        carried: &Carried,
        record: &[u8],
        time: Time,
    ) -> Result<Annotated, SessionError> {
        if !self.is_open() {
            self.open(carried)?;
        }
        match &mut self.session {
            Some(session) => session.annotate(record, time, &carried.has_memory),
            None => Ok(Annotated::AsItCame),
        }
    }
}

/// A record that says what went wrong with it, where there is memory for that.
fn with_error(carried: &Carried, record: &[u8], error: String) -> Annotated {
    if !has_memory_to_rewrite(carried, record) {
        return Annotated::AsItCame;
    }
    let additions = Additions {
        error: Some(error),
        ..Additions::default()
    };
    match Own::of(record) {
        Ok(own) => Annotated::Record(additions.on(own)),
        Err(_) => Annotated::Unreadable,
    }
}

/// Is there memory for a record that is written anew, and given as a C string?
fn has_memory_to_rewrite(carried: &Carried, record: &[u8]) -> bool {
    let length = longest_form(record).saturating_add(4096);
    (carried.has_memory)(Headroom {
        largest: length.saturating_mul(2),
        total: length.saturating_mul(4),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Time = Time::from_seconds(1_700_000_000);
    const RULE: &[u8] =
        br#"{"detections":{"name":"n","id":"i","search":"x=1 | stats count by x"},"window":"all"}"#;
    const ALERTS: &[u8] = br#"{"detections":{"name":"n","id":"i","search":"x=1 | stats count by x"},"window":"all","records":"alerts"}"#;

    fn text(filtered: Filtered) -> String {
        match filtered {
            Filtered::Record(record) => String::from_utf8(record).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn one_object_for_each_record() {
        let carried = Carried::new(RULE, |_| true);
        let mut filter = Filter::new();
        let mut take = |record: &str| filter.take(&carried, record.as_bytes(), AT);
        assert_eq!(take(r#"{"x":2}"#), Filtered::AsItCame);
        assert_eq!(text(take(r#"{"x":nan}"#)), r#"{"x":null}"#);
        assert_eq!(
            text(take("no JSON")),
            r#"{"rule_error":"the record is no JSON object","record":"no JSON"}"#
        );
        assert!(text(take(r#"{"x":1}"#)).starts_with(r#"{"x":1,"rule_alert":{"#));
        let repaired = text(take(r#"{"x":1,"y":nan}"#));
        assert!(repaired.starts_with(r#"{"x":1,"y":null,"rule_alert":{"#));
    }

    #[test]
    fn only_alerts_where_only_these_go_on() {
        let carried = Carried::new(ALERTS, |_| true);
        let mut filter = Filter::new();
        for record in [r#"{"x":2}"#, r#"{"x":nan}"#] {
            let filtered = filter.take(&carried, record.as_bytes(), AT);
            assert_eq!(filtered, Filtered::LeftOut, "{record}");
        }
        let alert = text(filter.take(&carried, br#"{"x":1}"#, AT));
        assert!(alert.contains("rule_alert"));
    }

    #[test]
    fn a_record_that_could_not_be_looked_at_says_so() {
        let no_rule = Carried::new(br#"{"windw":1}"#, |_| true);
        let record = text(Filter::new().take(&no_rule, br#"{"x":1}"#, AT));
        assert!(
            record.starts_with(r#"{"x":1,"rule_error":"unknown key"#),
            "{record}"
        );

        let mut carried = Carried::new(RULE, |_| true);
        let mut filter = Filter::new();
        filter.open(&carried).unwrap();
        carried.has_memory = |headroom| headroom.total < 100_000;
        let record = text(filter.take(&carried, br#"{"x":1}"#, AT));
        assert!(
            record.starts_with(r#"{"x":1,"rule_error":"out of memory"#),
            "{record}"
        );
        carried.has_memory = |_| false;
        assert_eq!(filter.take(&carried, br#"{"x":1}"#, AT), Filtered::AsItCame);
        assert_eq!(filter.take(&carried, br#"{"x":nan}"#, AT), Filtered::Lost);
    }
}
