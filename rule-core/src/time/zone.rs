//! Time zones: UTC, fixed offsets, POSIX strings, and IANA names whose data
//! the user brings (the module carries no database).

use alloc::string::{String, ToString};

use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use super::calendar::Civil;

/// A time zone.
#[derive(Clone, Debug)]
pub struct Zone {
    zone: TimeZone,
    /// As it was given: what tells it from others.
    name: String,
}

/// Why a text or data is no time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneError {
    message: String,
}

impl core::fmt::Display for ZoneError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.message)
    }
}

impl Zone {
    /// UTC.
    #[must_use]
    pub fn utc() -> Self {
        Zone {
            zone: TimeZone::UTC,
            name: String::from("UTC"),
        }
    }

    /// `UTC`, `Z`, `+02:00`, `-0530`, or a POSIX string such as
    /// `CET-1CEST,M3.5.0,M10.5.0/3`.
    ///
    /// # Errors
    /// Any other text; an IANA name needs its data ([`Zone::tzif`]).
    pub fn parse(text: &str) -> Result<Self, ZoneError> {
        if matches!(text, "UTC" | "Z" | "GMT" | "utc") {
            return Ok(Zone::utc());
        }
        let offset = parse_offset(text).and_then(|seconds| Offset::from_seconds(seconds).ok());
        let zone = match offset {
            Some(offset) => Ok(TimeZone::fixed(offset)),
            None => TimeZone::posix(text),
        };
        match zone {
            Ok(zone) => Ok(Zone {
                zone,
                name: String::from(text),
            }),
            Err(_) => Err(ZoneError {
                message: alloc::format!(
                    "`{text}` is no time zone: give `UTC`, an offset such as `+02:00`, a POSIX \
                     string such as `CET-1CEST,M3.5.0,M10.5.0/3`, or a name with its TZif data"
                ),
            }),
        }
    }

    /// A zone from the contents of a TZif file (RFC 9636), with its name.
    ///
    /// # Errors
    /// Where the data is no TZif file.
    pub fn tzif(name: &str, data: &[u8]) -> Result<Self, ZoneError> {
        match TimeZone::tzif(name, data) {
            Ok(zone) => Ok(Zone {
                zone,
                name: String::from(name),
            }),
            Err(_) => Err(ZoneError {
                message: alloc::format!("the data of time zone `{name}` is no TZif file"),
            }),
        }
    }

    /// The zone as it was given: a name, an offset or a POSIX string.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Seconds east of UTC at `seconds` since the epoch, and the zone's
    /// abbreviation then.
    pub(super) fn offset_at(&self, seconds: i64) -> (i32, String) {
        match timestamp(seconds) {
            Some(timestamp) => {
                let info = self.zone.to_offset_info(timestamp);
                (info.offset().seconds(), info.abbreviation().to_string())
            }
            None => (0, String::from("UTC")),
        }
    }

    /// The date and time of day at `seconds` since the epoch.
    pub(crate) fn civil(&self, seconds: i64) -> Civil {
        let offset = timestamp(seconds).map_or(0, |at| self.zone.to_offset(at).seconds());
        Civil::from_seconds(seconds.saturating_add(i64::from(offset)))
    }

    /// Seconds since the epoch at a local date and time. In the hour that a
    /// zone skips or has twice, the offset before the change counts, as in
    /// RFC 5545.
    pub(crate) fn seconds_of(&self, civil: Civil) -> i64 {
        let local = civil.seconds();
        if self.zone == TimeZone::UTC {
            return local;
        }
        let date_time = jiff::civil::DateTime::new(
            civil.year as i16,
            civil.month as i8,
            civil.day as i8,
            civil.hour as i8,
            civil.minute as i8,
            civil.second as i8,
            0,
        );
        let Ok(date_time) = date_time else {
            return local;
        };
        let offset = match self.zone.to_ambiguous_timestamp(date_time).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => before,
        };
        local.saturating_sub(i64::from(offset.seconds()))
    }
}

/// The nearest timestamp that jiff has: it ends a day before the year 9999 does.
fn timestamp(seconds: i64) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_second(seconds.clamp(-377_705_023_201, 253_402_207_200)).ok()
}

/// Seconds of `+02:00`, `+0200`, `+02` or their negatives.
pub(super) fn parse_offset(text: &str) -> Option<i32> {
    let (sign, digits) = match text.as_bytes() {
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| i32::from(byte - b'0'));
    let (hours, minutes) = match digits {
        [h1, h2] => (digit(h1)? * 10 + digit(h2)?, 0),
        [h1, h2, m1, m2] | [h1, h2, b':', m1, m2] => {
            (digit(h1)? * 10 + digit(h2)?, digit(m1)? * 10 + digit(m2)?)
        }
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets() {
        for (text, seconds) in [
            ("+02:00", Some(7200)),
            ("-0530", Some(-19_800)),
            ("+01", Some(3600)),
            ("02:00", None),
            ("+2", None),
            ("+24:00", None),
            ("+01:60", None),
        ] {
            assert_eq!(parse_offset(text), seconds, "{text}");
        }
    }

    #[test]
    fn local_times_in_a_zone_with_summer_time() {
        let zone = Zone::parse("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        for (name, civil, utc) in [
            ("winter", Civil::new(2021, 1, 1, 12, 0, 0), 1_609_498_800),
            ("summer", Civil::new(2021, 7, 1, 12, 0, 0), 1_625_133_600),
            (
                "in the hour that is skipped",
                Civil::new(2021, 3, 28, 2, 30, 0),
                1_616_895_000,
            ),
            (
                "in the hour that comes twice",
                Civil::new(2021, 10, 31, 2, 30, 0),
                1_635_640_200,
            ),
        ] {
            assert_eq!(zone.seconds_of(civil.unwrap()), utc, "{name}");
        }
        assert_eq!(zone.offset_at(1_625_133_600), (7200, String::from("CEST")));
    }

    #[test]
    fn what_is_no_zone_says_what_is() {
        let error = Zone::parse("Middle Earth").unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("`Middle Earth` is no time zone: give `UTC`")
        );
        assert!(Zone::tzif("X", b"nothing").is_err());
    }
}
