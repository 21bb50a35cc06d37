//! Opening the rules of a command.

use serde_json::Value;

use super::summary::counted;
use crate::failure::{Failure, warn};
use crate::module::{Instance, Session};
use crate::rules::Settings;

/// As many detections that do not run are named.
const NAMED: usize = 3;

/// Opens the rules that the user set; tells which of a folder's do not run.
pub(super) fn open_rules<'i>(
    instance: &'i mut Instance,
    configuration: &Value,
    settings: &Settings,
) -> Result<Session<'i>, Failure> {
    let mut session = instance
        .open(configuration)
        .map_err(|error| Failure::at_open(error, settings))?;
    let skips = configuration
        .get("refused")
        .is_some_and(|how| how == "skip");
    if skips || settings.skip_refused {
        tell_refused(&session.describe()?);
    }
    Ok(session)
}

/// Warns of the detections that do not run.
fn tell_refused(described: &Value) {
    let list = |key: &str| described.get(key).and_then(Value::as_array);
    let Some(refused) = list("refused") else {
        return;
    };
    let all = refused.len() + list("rules").map_or(0, Vec::len);
    let names = refused.iter().filter_map(|one| one.get("detection"));
    let names: Vec<&str> = names.filter_map(Value::as_str).take(NAMED).collect();
    let others = match refused.len().saturating_sub(names.len()) {
        0 => String::new(),
        count => format!(" and {}", counted(count as u64, "other")),
    };
    warn(&format!(
        "{} of {} cannot run, the others do: {}{others}; `check` says why",
        refused.len(),
        counted(all as u64, "detection"),
        names.join(", "),
    ));
}
