//! What a session is, as JSON.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::ABI_VERSION;
use super::config::Limits;
use super::engine::Engine;
use super::rule::Rule;
use crate::detection::{Risk, ScheduleText};

#[derive(Serialize)]
struct Description<'e> {
    abi: String,
    engine: &'static str,
    /// Over everything that decides what the rules find.
    digest: String,
    rules: Vec<RuleDescription<'e>>,
    /// The fields that events are read for.
    fields: &'e [String],
    limits: &'e Limits,
    memory: Memory,
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
        digest: digest(engine, &rules),
        fields: engine.fields(),
        rules,
        limits,
        memory: Memory {
            needed: engine.memory_needed(),
            state: engine.rules.iter().map(Rule::bytes).sum(),
        },
    };
    serde_json::to_vec(&description).unwrap_or_default()
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

fn digest(engine: &Engine, rules: &[RuleDescription<'_>]) -> String {
    let config = engine.config();
    let mut hash = Sha256::new();
    hash.update(serde_json::to_vec(rules).unwrap_or_default());
    let defaults = &config.defaults;
    let defaults = (
        &defaults.host,
        &defaults.source,
        &defaults.sourcetype,
        defaults.zone.name(),
    );
    // Of our own types and texts alone, so that no other crate's version shows.
    let settings = (&config.sources, &config.window, config.clock, defaults);
    hash.update(format!(
        "{settings:?} {} {:?}",
        config.samples, config.limits
    ));
    let mut text = String::with_capacity(64);
    for byte in hash.finalize() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
