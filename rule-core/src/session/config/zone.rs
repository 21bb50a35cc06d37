//! `timezone`: a text, or a name with its TZif data in base64.

use alloc::format;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::settings::{Section, SettingError, wrong};
use crate::time::Zone;

pub(super) fn read(value: &Value, at: &str) -> Result<Zone, SettingError> {
    match value {
        Value::String(text) => {
            Zone::parse(text).map_err(|error| SettingError::new(format!("`{at}`: {error}")))
        }
        Value::Object(_) => {
            let section = Section::new(value, at, &["name", "tzif"])?;
            let name = section.text("name")?.unwrap_or("unnamed");
            let Some(text) = section.text("tzif")? else {
                return Err(SettingError::new(format!("`{at}.tzif` is missing")));
            };
            let data = STANDARD.decode(text).map_err(|_| {
                SettingError::new(format!(
                    "`{at}.tzif` must be the data of a TZif file in base64"
                ))
            })?;
            Zone::tzif(name, &data).map_err(|error| SettingError::new(format!("`{at}`: {error}")))
        }
        other => Err(wrong(
            at,
            "a text, or an object with `name` and `tzif`",
            other,
        )),
    }
}
