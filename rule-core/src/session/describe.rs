//! What a session is, as JSON.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::ABI_VERSION;
use super::config::{Config, Limits};
use super::engine::Engine;
use super::error::SessionError;
use super::rule::Rule;
use crate::detection::{Risk, ScheduleText};
use crate::entries;
use crate::scan;
use crate::snapshot::Digest;

#[derive(Serialize)]
struct Description<'e> {
    abi: String,
    engine: &'static str,
    /// Over everything that decides what the rules find.
    digest: String,
    /// The texts, one of which stands in each record that matches; none where there are no
    /// such texts.
    literals: Option<BTreeSet<String>>,
    rules: Vec<RuleDescription<'e>>,
    /// Why the other detections do not run; left out where there are none.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    refused: &'e [SessionError],
    /// The fields that events are read for.
    fields: &'e [String],
    limits: &'e Limits,
    memory: Memory,
    /// Can the rules not be changed by a configuration?
    sealed: bool,
}

#[derive(Serialize)]
struct RuleDescription<'e> {
    id: &'e str,
    name: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'e serde_json::Value>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'e str>,
    /// The search as it was written.
    search: &'e str,
    /// The search with its macros expanded.
    expanded: &'e str,
    macros: &'e [String],
    fields: &'e [String],
    schedule: &'e ScheduleText,
    #[serde(skip_serializing_if = "Option::is_none")]
    risk: Option<&'e Risk>,
    attack: &'e [String],
    stories: &'e [String],
}

#[derive(Serialize)]
struct Memory {
    /// Bytes that the session needs at the most.
    needed: usize,
    /// Bytes that its open windows hold now.
    state: usize,
}

pub(super) fn describe(engine: &Engine) -> Vec<u8> {
    let rules: Vec<RuleDescription<'_>> = engine.rules.iter().map(rule).collect();
    let limits = &engine.config().limits;
    let description = Description {
        abi: format!("{}.{}", ABI_VERSION.0, ABI_VERSION.1),
        engine: env!("CARGO_PKG_VERSION"),
        digest: hexadecimal(&engine.digest),
        fields: engine.fields(),
        literals: literals(engine),
        rules,
        refused: &engine.refused,
        limits,
        memory: Memory {
            needed: engine.memory_needed(),
            state: engine.size().bytes,
        },
        sealed: engine.config().sealed,
    };
    serde_json::to_vec(&description).unwrap_or_default()
}

fn literals(engine: &Engine) -> Option<BTreeSet<String>> {
    let sources = &engine.config().sources;
    let literals = |rule: &Rule| scan::literals(&rule.plan.filter, sources);
    let all: Option<Vec<_>> = engine.rules.iter().map(literals).collect();
    all.map(|all| entries::set(all.into_iter().flatten()))
}

fn rule(rule: &Rule) -> RuleDescription<'_> {
    let detection = &rule.detection;
    RuleDescription {
        id: &detection.id,
        name: &detection.name,
        version: detection.version.as_ref(),
        kind: detection.kind.as_deref(),
        search: &detection.search,
        expanded: &rule.expanded,
        macros: &rule.macros,
        fields: &rule.plan.fields,
        schedule: &detection.schedule,
        risk: detection.risk.as_ref(),
        attack: &detection.attack,
        stories: &detection.stories,
    }
}

/// Over everything that decides what the rules find: of our own types and texts
/// alone, so that no other crate's version shows. What only bounds memory is not
/// in it: a state can go on, and parts can be joined, where there is more room.
pub(super) fn digest(config: &Config, rules: &[Rule]) -> Digest {
    let rules: Vec<RuleDescription<'_>> = rules.iter().map(rule).collect();
    let mut hash = Sha256::new();
    hash.update(serde_json::to_vec(&rules).unwrap_or_default());
    let defaults = &config.defaults;
    let defaults = (
        &defaults.host,
        &defaults.source,
        &defaults.sourcetype,
        defaults.zone.name(),
    );
    let settings = (
        &config.sources,
        &config.lookups,
        &config.window,
        config.clock,
        defaults,
    );
    let streaming = (
        config.late,
        config.early,
        config.samples,
        config.limits.future,
    );
    hash.update(format!("{settings:?} {streaming:?}"));
    hash.finalize().into()
}

fn hexadecimal(digest: &Digest) -> String {
    let mut text = String::with_capacity(digest.len().saturating_mul(2));
    for byte in digest {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
