//! The profile of the module, which `native` is built in too.

use std::fs;
use std::path::Path;

use toml::{Table, Value};

use crate::place::Place;

/// The module's own allocator: `native` has the system's.
const ALLOCATOR: &str = "dlmalloc";

/// Checks that this workspace builds `native` as the project builds its module.
///
/// # Errors
/// When the profiles differ: the row would compare something else.
pub(crate) fn check(place: &Place) -> Result<(), String> {
    let [project, own] =
        [place.root.join("Cargo.toml"), place.own("Cargo.toml")].map(|manifest| profile(&manifest));
    let [project, own] = [project?, own?];
    match project == own {
        true => Ok(()),
        false => Err(format!(
            "`[profile.module]` of `benches/Cargo.toml` is {own}, and that of `Cargo.toml` \
             {project}: make them the same"
        )),
    }
}

fn profile(manifest: &Path) -> Result<Value, String> {
    let told = |error: &dyn std::fmt::Display| format!("`{}`: {error}", manifest.display());
    let text = fs::read_to_string(manifest).map_err(|error| told(&error))?;
    let table: Table = toml::from_str(&text).map_err(|error| told(&error))?;
    let profile = table
        .get("profile")
        .and_then(|profile| profile.get("module"));
    let mut profile = profile
        .cloned()
        .ok_or_else(|| told(&"it has no `[profile.module]`"))?;
    if let Some(Value::Table(packages)) = profile.get_mut("package") {
        packages.remove(ALLOCATOR);
    }
    Ok(profile)
}
