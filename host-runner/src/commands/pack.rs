//! `pack`: rules and settings into a module.

use super::open::open_rules;
use super::summary::counted;
use crate::cli::Pack;
use crate::failure::{DONE, Failure};
use crate::module::{self, Build, EMBEDDED_NAME};
use crate::replace::replace;

pub(super) fn execute(options: &Pack) -> Result<u8, Failure> {
    let mut settings = options.common.settings()?;
    options.windows.add_to(&mut settings);
    settings.defaults = options.events.settings()?;
    settings.records = options.records;
    settings.sealed = options.sealed;
    let configuration = settings.to_json()?;
    let built_in = match options.simd {
        true => Build::Simd,
        false => Build::Portable,
    };
    let (name, bytes) = match &options.module {
        Some(path) => module::read(path)?,
        None => (EMBEDDED_NAME.to_owned(), built_in.bytes().to_vec()),
    };
    let compiler = options.cache.compiler();
    let packed = compiler
        .pack(&name, &bytes, &configuration)
        .map_err(|error| Failure::at_open(error, &settings))?;

    // Started as a host will, before it is written.
    let target = options.out.display().to_string();
    let mut instance = compiler.bytes(&target, &packed)?.instantiate()?;
    let mut session = open_rules(&mut instance, &serde_json::json!({}), &settings)?;
    let described = session.describe()?;
    // A host may load it at any moment.
    replace(&options.out, &packed).map_err(|source| Failure::Target {
        path: target.clone(),
        source,
    })?;
    let rules = described["rules"].as_array().map_or(0, Vec::len);
    let memory = described["memory"]["needed"].as_u64().unwrap_or(0);
    eprintln!(
        "packed {} into `{target}`: {}, up to {} of memory",
        counted(rules as u64, "rule"),
        indicatif::BinaryBytes(packed.len() as u64),
        indicatif::BinaryBytes(memory)
    );
    Ok(DONE)
}
