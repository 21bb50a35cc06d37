//! Tables for `lookup`, as a host gives them.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use serde_json::Value;

use crate::rows::{LookupMatch, LookupTable};
use crate::settings::{Section, SettingError, texts, wrong};

/// The tables by their names.
pub(in super::super) type Lookups = BTreeMap<String, Arc<LookupTable>>;

/// Adds `lookups` of a configuration; one of a name that is there takes its place.
pub(super) fn add(section: &Section<'_>, lookups: &mut Lookups) -> Result<(), SettingError> {
    for (name, value) in section.map_of("lookups")? {
        let table = table(value, &format!("lookups.{name}"))?;
        lookups.insert(name.clone(), Arc::new(table));
    }
    Ok(())
}

/// `{"columns": ["a"], "rows": [["x"]], "match": {"a": "wildcard"}, "case": false,
/// "default": "x"}`.
fn table(value: &Value, at: &str) -> Result<LookupTable, SettingError> {
    let section = Section::new(value, at, &["columns", "rows", "match", "case", "default"])?;
    let columns = section.texts("columns")?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (number, row) in section.list("rows")?.iter().enumerate() {
        let at = format!("{at}.rows[{number}]");
        let row = texts(row).ok_or_else(|| wrong(&at, "a list of texts", row))?;
        if row.len() > columns.len() {
            let message = format!("`{at}` has more values than the table has columns");
            return Err(SettingError::new(message));
        }
        rows.push(row);
    }
    let mut matching = BTreeMap::new();
    for (column, how) in section.text_map("match")? {
        let how = match how.as_str() {
            "wildcard" => LookupMatch::Wildcard,
            "cidr" => LookupMatch::Network,
            "exact" => continue,
            other => {
                let at = format!("{at}.match.{column}");
                let message =
                    format!("`{at}` must be `exact`, `wildcard` or `cidr`, not `{other}`");
                return Err(SettingError::new(message));
            }
        };
        matching.insert(column, how);
    }
    Ok(LookupTable {
        columns,
        rows,
        matching,
        ignores_case: section.flag("case")? == Some(false),
        default: section.text("default")?.map(String::from),
    })
}
