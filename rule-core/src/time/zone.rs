//! Time zones: UTC, fixed offsets, POSIX strings, and IANA names whose data
//! the user brings (the module carries no database).

use alloc::string::String;
use alloc::sync::Arc;

use jiff_core::Timestamp;
use jiff_core::civil;
use jiff_core::tz::{AmbiguousOffset, posix, tzif};

use super::calendar::Civil;

/// A time zone.
#[derive(Clone, Debug)]
pub struct Zone {
    rule: Rule,
    /// As it was given: what tells it from others.
    name: String,
}

/// When which offset counts.
#[derive(Clone, Debug)]
enum Rule {
    /// The same seconds east of UTC at all times.
    Fixed(i32),
    Posix(Arc<posix::TimeZone>),
    Tzif(Arc<tzif::TimeZone>),
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
            rule: Rule::Fixed(0),
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
        let rule = match parse_offset(text) {
            Some(seconds) => Some(Rule::Fixed(seconds)),
            None => posix::TimeZone::parse(text)
                .ok()
                .map(|zone| Rule::Posix(Arc::new(zone))),
        };
        match rule {
            Some(rule) => Ok(Zone {
                rule,
                name: String::from(text),
            }),
            None => Err(ZoneError {
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
        match tzif::TimeZone::parse(data) {
            Ok(zone) => Ok(Zone {
                rule: Rule::Tzif(Arc::new(zone)),
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
        let Some(timestamp) = timestamp(seconds) else {
            return (0, String::from("UTC"));
        };
        let info = match &self.rule {
            Rule::Fixed(seconds) => return (*seconds, abbreviation(*seconds)),
            Rule::Posix(zone) => zone.to_offset_info(timestamp),
            Rule::Tzif(zone) => zone.to_offset_info(timestamp),
        };
        (
            info.offset().seconds(),
            String::from(info.abbreviation().as_str()),
        )
    }

    /// The date and time of day at `seconds` since the epoch.
    pub(crate) fn civil(&self, seconds: i64) -> Civil {
        let offset = timestamp(seconds).map_or(0, |at| match &self.rule {
            Rule::Fixed(seconds) => *seconds,
            Rule::Posix(zone) => zone.to_offset(at).seconds(),
            Rule::Tzif(zone) => zone.to_offset(at).seconds(),
        });
        Civil::from_seconds(seconds.saturating_add(i64::from(offset)))
    }

    /// Seconds since the epoch at a local date and time. In the hour that a
    /// zone skips or has twice, the offset before the change counts, as in
    /// RFC 5545.
    pub(crate) fn seconds_of(&self, civil: Civil) -> i64 {
        let local = civil.seconds();
        let Some(date_time) = date_time(civil) else {
            return local;
        };
        let ambiguous = match &self.rule {
            Rule::Fixed(seconds) => return local.saturating_sub(i64::from(*seconds)),
            Rule::Posix(zone) => zone.to_ambiguous_timestamp(date_time),
            Rule::Tzif(zone) => zone.to_ambiguous_timestamp(date_time),
        };
        let offset = match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => before,
        };
        local.saturating_sub(i64::from(offset.seconds()))
    }
}

/// The nearest timestamp that jiff has: it ends a day before the year 9999 does.
fn timestamp(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(seconds.clamp(-377_705_023_201, 253_402_207_200)).ok()
}

/// What a fixed offset is called: `UTC`, `+02`, `-05:30`.
fn abbreviation(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    match (minutes / 60, minutes % 60) {
        (0, 0) => String::from("UTC"),
        (hours, 0) => alloc::format!("{sign}{hours:02}"),
        (hours, minutes) => alloc::format!("{sign}{hours:02}:{minutes:02}"),
    }
}

/// A date and time in jiff's words; None where it has none for it.
fn date_time(civil: Civil) -> Option<civil::DateTime> {
    let year = i16::try_from(civil.year).ok()?;
    let part = |value: u8| i8::try_from(value).ok();
    let date = civil::Date::new(year, part(civil.month)?, part(civil.day)?).ok()?;
    let (hour, minute) = (part(civil.hour)?, part(civil.minute)?);
    let time = civil::Time::new(hour, minute, part(civil.second)?, 0).ok()?;
    Some(civil::DateTime::from_parts(date, time))
}

/// Seconds of `+02:00`, `+0200`, `+02` or their negatives.
#[expect(clippy::arithmetic_side_effects, reason = "two digits each")]
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
    use alloc::string::ToString;

    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn agrees_with_jiff(
            seconds in -62_135_596_800i64..=253_402_207_200,
            text in prop::sample::select(alloc::vec![
                "UTC", "+00:00", "+05:30", "-09", "EST5", "CET-1CEST,M3.5.0,M10.5.0/3",
                "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "IST-1GMT0,M10.5.0,M3.5.0/1",
            ]),
        ) {
            let theirs = match parse_offset(text) {
                Some(seconds) => TimeZone::fixed(jiff::tz::Offset::from_seconds(seconds).unwrap()),
                None if text == "UTC" => TimeZone::UTC,
                None => TimeZone::posix(text).unwrap(),
            };
            let ours = Zone::parse(text).unwrap();
            let at = jiff::Timestamp::from_second(seconds).unwrap();
            let info = theirs.to_offset_info(at);
            let (offset, name) = ours.offset_at(seconds);
            prop_assert_eq!(offset, info.offset().seconds());
            prop_assert_eq!(name, info.abbreviation().to_string());
            let civil = ours.civil(seconds);
            let local = theirs.to_datetime(at);
            let back = theirs.to_timestamp(local).unwrap().as_second();
            prop_assert_eq!(i64::from(civil.hour), i64::from(local.hour()));
            // `compatible` takes the offset before a gap and a fold, as we do.
            prop_assert_eq!(ours.seconds_of(civil), back);
        }
    }

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
        // As spans of very many months begin: a year that is none of the zone's has no summer.
        let far = Civil {
            year: 2021 + 65_536,
            month: 7,
            day: 1,
            hour: 12,
            minute: 0,
            second: 0,
        };
        assert_eq!(zone.seconds_of(far), far.seconds());
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
