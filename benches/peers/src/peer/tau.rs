//! tau-engine: Chainsaw's rules over `serde_json` values, with all optimisations that
//! it has.

use serde_json::Value;
use sets::{Found, Groups, RuleSet};
use tau_engine::{Optimisations, Rule};

use super::{Peer, cannot, count};

pub(crate) struct Tau {
    named: Vec<(String, Rule)>,
    rules: RuleSet,
    groups: Groups,
}

impl Tau {
    pub(crate) fn new(rules: RuleSet) -> Result<Self, String> {
        let texts = rules.tau().ok_or_else(|| cannot(rules))?;
        let named = texts.into_iter().map(|(name, text)| {
            let rule = Rule::from_str(&text).map_err(|error| error.to_string())?;
            Ok((name, rule.optimise(Optimisations::default())))
        });
        Ok(Self {
            named: named.collect::<Result<_, String>>()?,
            rules,
            groups: Groups::default(),
        })
    }
}

impl Peer for Tau {
    fn line(&mut self, line: &[u8]) -> Result<(), String> {
        let event: Value = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        for (name, rule) in &self.named {
            if rule.matches(&event) {
                count(&mut self.groups, self.rules, name, &event);
            }
        }
        Ok(())
    }

    fn finish(self) -> Found {
        self.groups.finish()
    }
}
