//! `pack`: rules and settings into a module.

use super::open::open_rules;
use super::summary::counted;
use crate::cli::Pack;
use crate::failure::{DONE, Failure};
use crate::module::Source;
use crate::replace::replace;

pub(super) fn execute(options: &Pack) -> Result<u8, Failure> {
    let mut settings = options.common.settings()?;
    options.windows.add_to(&mut settings);
    settings.defaults = options.events.settings()?;
    settings.records = options.records;
    settings.sealed = options.sealed;
    let configuration = settings.to_json()?;
    let source = options.source()?;
    let compiler = options.taking.compiler();
    let packed = compiler
        .pack(&source, &configuration)
        .map_err(|error| Failure::at_open(error, &settings))?;

    // Started as a host will, before it is written.
    let target = options.out.display().to_string();
    let packed = Source::bytes(&target, packed);
    let mut instance = compiler.module(&packed)?.instantiate()?;
    let mut session = open_rules(&mut instance, &serde_json::json!({}), &settings)?;
    let described = session.describe()?;
    // A host may load it at any moment.
    replace(&options.out, packed.content()).map_err(|source| Failure::Target {
        path: target.clone(),
        source,
    })?;
    let rules = described["rules"].as_array().map_or(0, Vec::len);
    let memory = described["memory"]["needed"].as_u64().unwrap_or(0);
    eprintln!(
        "packed {} into `{target}`: {}, up to {} of memory, SHA-256 {}",
        counted(rules as u64, "rule"),
        indicatif::BinaryBytes(packed.content().len() as u64),
        indicatif::BinaryBytes(memory),
        packed.digest()
    );
    Ok(DONE)
}
