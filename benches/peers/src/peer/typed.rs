//! What a programmer writes by hand: a struct of the fields that are needed, and tests
//! in Rust.

use std::borrow::Cow;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use sets::{Found, Groups, RuleSet};

use super::{Peer, cannot};

/// The fields, borrowed from the line where they hold no escapes.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Event<'a> {
    #[serde(borrow)]
    channel: Cow<'a, str>,
    #[serde(borrow)]
    hostname: Cow<'a, str>,
    #[serde(borrow)]
    time_created: Cow<'a, str>,
    #[serde(borrow)]
    message: Cow<'a, str>,
    #[serde(rename = "EventID")]
    event_id: u32,
}

/// How a line becomes an event.
type Parse = for<'a> fn(&'a [u8]) -> Result<Event<'a>, String>;

pub(crate) struct Typed {
    parse: Parse,
    tests: Tests,
}

impl Typed {
    pub(crate) fn sonic_rs(rules: RuleSet) -> Result<Self, String> {
        Self::new(rules, |line| {
            sonic_rs::from_slice(line).map_err(|error| error.to_string())
        })
    }

    pub(crate) fn serde_json(rules: RuleSet) -> Result<Self, String> {
        Self::new(rules, |line| {
            serde_json::from_slice(line).map_err(|error| error.to_string())
        })
    }

    fn new(rules: RuleSet, parse: Parse) -> Result<Self, String> {
        let tests = Tests::new(rules)?;
        Ok(Self { parse, tests })
    }
}

impl Peer for Typed {
    fn line(&mut self, line: &[u8]) -> Result<(), String> {
        let event = (self.parse)(line)?;
        self.tests.take(&event);
        Ok(())
    }

    fn finish(self) -> Found {
        self.tests.groups.finish()
    }
}

/// The tests of the rules that are written by hand.
pub(crate) struct Tests {
    /// The texts of the built-in detection; none for the rule of codes alone.
    texts: Option<Regex>,
    pub(crate) groups: Groups,
}

impl Tests {
    pub(crate) fn new(rules: RuleSet) -> Result<Self, String> {
        let texts = match rules {
            RuleSet::Builtin => Some(rules.texts().ok_or_else(|| cannot(rules))?),
            RuleSet::NoLiterals => None,
            RuleSet::Rules250 | RuleSet::Users => return Err(cannot(rules)),
        };
        let compiled = texts.map(|texts| any_of(&texts)).transpose();
        Ok(Self {
            texts: compiled?,
            groups: Groups::default(),
        })
    }

    pub(crate) fn take(&mut self, event: &Event<'_>) {
        let Some(texts) = &self.texts else {
            if event.event_id > 4000 {
                self.groups.add(["", &event.hostname, ""], 1, "", "");
            }
            return;
        };
        if event.event_id == 1
            && event.channel == "MSExchange Management"
            && texts.is_match(&event.message)
        {
            let time = &event.time_created;
            self.groups
                .add(["", &event.hostname, &event.message], 1, time, time);
        }
    }
}

fn any_of(texts: &[String]) -> Result<Regex, String> {
    RegexBuilder::new(&texts.join("|"))
        .case_insensitive(true)
        .unicode(false)
        .build()
        .map_err(|error| error.to_string())
}
