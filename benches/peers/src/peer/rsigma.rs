//! rsigma-eval: Sigma rules over `serde_json` values.
//!
//! Parsing as its own program does it: a line to a `serde_json` value, which is
//! borrowed for the evaluation. Its candidate index is on by itself. Its bloom filter is
//! an option that changes nothing that can be measured over these sets, and its automaton
//! over all rules one for thousands of them, by its own documentation: both are off.

use rsigma_eval::{Engine, JsonEvent};
use serde_json::Value;
use sets::{Found, Groups, RuleSet};

use super::{Peer, cannot, count};

pub(crate) struct Rsigma {
    engine: Engine,
    rules: RuleSet,
    groups: Groups,
}

impl Rsigma {
    pub(crate) fn new(rules: RuleSet) -> Result<Self, String> {
        let text = rules.sigma().ok_or_else(|| cannot(rules))?;
        let collection = rsigma_parser::parse_sigma_yaml(&text).map_err(|e| e.to_string())?;
        let mut engine = Engine::new();
        engine
            .add_collection(&collection)
            .map_err(|error| error.to_string())?;
        Ok(Self {
            engine,
            rules,
            groups: Groups::default(),
        })
    }
}

impl Peer for Rsigma {
    fn line(&mut self, line: &[u8]) -> Result<(), String> {
        let event: Value = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        for result in self.engine.evaluate(&JsonEvent::borrow(&event)) {
            count(
                &mut self.groups,
                self.rules,
                &result.header.rule_title,
                &event,
            );
        }
        Ok(())
    }

    fn finish(self) -> Found {
        self.groups.finish()
    }
}
