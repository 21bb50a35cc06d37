//! The settings of the commands that read events: `run` and `serve`.

use serde_json::json;

use crate::cli::{Common, ModuleOptions, Windows};
use crate::rules::{RuleError, Settings};

/// The limits of the module in bytes, where the configuration says nothing else.
///
/// By itself the module keeps to what an agent can give it; the program has more to
/// give, and whole archives to read. What these need stays under
/// [`MEMORY_LIMIT`](crate::module::MEMORY_LIMIT).
const LIMITS: [(&str, u64); 2] = [("record", 8 << 20), ("state", 128 << 20)];

/// What the options and the configuration file say. `clock` is what tells the time
/// where they do not say it.
pub(super) fn settings(
    common: &Common,
    module: &ModuleOptions,
    windows: &Windows,
    clock: Option<&'static str>,
) -> Result<Settings, RuleError> {
    let mut settings = common.settings()?;
    windows.add_to(&mut settings);
    settings.clock = clock;
    // A module of the user's was made with limits of its own.
    if !module.is_given() {
        settings.limits = LIMITS
            .map(|(key, bytes)| (key.to_owned(), json!(bytes)))
            .into_iter()
            .collect();
    }
    Ok(settings)
}
