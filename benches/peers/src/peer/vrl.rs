//! VRL: the language of Vector, a program that is compiled once and run for each event.

use sets::{Found, Groups, RuleSet};
use vrl::compiler::runtime::Runtime;
use vrl::compiler::state::RuntimeState;
use vrl::compiler::{Program, TargetValueRef, TimeZone};
use vrl::value::{ObjectMap, Secrets, Value};

use super::{Peer, cannot};

pub(crate) struct Vrl {
    program: Program,
    runtime: Runtime,
    metadata: Value,
    secrets: Secrets,
    timezone: TimeZone,
    rules: RuleSet,
    groups: Groups,
}

impl Vrl {
    pub(crate) fn new(rules: RuleSet) -> Result<Self, String> {
        let text = rules.vrl().ok_or_else(|| cannot(rules))?;
        let compiled = vrl::compiler::compile(&text, &vrl::stdlib::all());
        let compiled = compiled.map_err(|wrong| format!("{wrong:?}"))?;
        Ok(Self {
            program: compiled.program,
            runtime: Runtime::new(RuntimeState::default()),
            metadata: Value::Object(ObjectMap::new()),
            secrets: Secrets::default(),
            timezone: TimeZone::default(),
            rules,
            groups: Groups::default(),
        })
    }

    /// Counts an event for each rule whose name the program gave.
    fn count(&mut self, matched: &Value, event: &Value) {
        let text = |field: &str| {
            let value = event.as_object().and_then(|event| event.get(field));
            value.and_then(Value::to_str_lossy).unwrap_or_default()
        };
        for rule in matched.as_array().into_iter().flatten() {
            let rule = rule.to_str_lossy().filter(|_| self.rules.are_many());
            let rule = rule.unwrap_or_default();
            let host = text("Hostname");
            if self.rules.are_by_message() {
                let [time, message] = ["TimeCreated", "Message"].map(text);
                self.groups.add([&rule, &host, &message], 1, &time, &time);
            } else {
                self.groups.add([&rule, &host, ""], 1, "", "");
            }
        }
    }
}

impl Peer for Vrl {
    fn line(&mut self, line: &[u8]) -> Result<(), String> {
        let mut event: Value = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        let mut target = TargetValueRef {
            value: &mut event,
            metadata: &mut self.metadata,
            secrets: &mut self.secrets,
        };
        self.runtime.clear();
        let matched = self
            .runtime
            .resolve(&mut target, &self.program, &self.timezone)
            .map_err(|error| format!("{error:?}"))?;
        self.count(&matched, &event);
        Ok(())
    }

    fn finish(self) -> Found {
        self.groups.finish()
    }
}
