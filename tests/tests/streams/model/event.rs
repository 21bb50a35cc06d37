//! An event as the generator made it, and as a log line.

use serde_json::json;

/// A time in units of 100 ns since 1970: the finest that Windows writes, and from
/// year 1 to 9999 in an `i64`, which is what SQLite counts in.
pub(crate) type Ticks = i64;

/// Ticks of a second.
pub(crate) const SECOND: Ticks = 10_000_000;

/// An event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Event {
    /// Its time, where it has one.
    pub(crate) time: Option<Ticks>,
    /// Does the search ask for it?
    pub(crate) hit: bool,
    /// The first field that events are grouped by, of several values or none.
    pub(crate) a: Vec<String>,
    /// The second, of one value or none.
    pub(crate) b: Option<String>,
    /// Numbers to be added up, in thousandths: SQLite's integers are exact, its
    /// decimals are not.
    pub(crate) n: Vec<i64>,
    /// Names to be told apart.
    pub(crate) u: Vec<String>,
}

impl Event {
    /// The event as a line of JSON, with its line feed. What may have several
    /// values is an array, which a search knows as `a{}`.
    pub(crate) fn line(&self) -> String {
        let mut members = Vec::new();
        let time = self.time.map(timestamp);
        members.extend(time.map(|time| format!("\"_time\":{time}")));
        let lists = [
            ("a", self.a.iter().map(|value| written(value)).collect()),
            ("n", self.n.iter().map(|n| decimal(*n, 1000)).collect()),
            ("u", self.u.iter().map(|value| written(value)).collect()),
        ];
        for (name, values) in lists {
            let values: Vec<String> = values;
            if !values.is_empty() {
                members.push(format!("\"{name}\":[{}]", values.join(",")));
            }
        }
        members.extend(
            self.b
                .iter()
                .map(|value| format!("\"b\":{}", written(value))),
        );
        let kind = ["miss", "hit"][usize::from(self.hit)];
        members.push(format!("\"kind\":\"{kind}\""));
        format!("{{{}}}\n", members.join(","))
    }
}

/// A time as logs write it: seconds, or a date where a number of seconds could be
/// taken for milliseconds or is below 0.
fn timestamp(time: Ticks) -> String {
    if (0..100_000_000_000 * SECOND).contains(&time) {
        return decimal(time, SECOND);
    }
    let (seconds, rest) = (time.div_euclid(SECOND), time.rem_euclid(SECOND));
    let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = date(day);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("\"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{rest:07}Z\"")
}

/// Year, month and day of a day since 1970, counted off year by year.
fn date(mut day: i64) -> (i64, i64, i64) {
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut year = 1970;
    while day < 0 {
        year -= 1;
        day += 365 + i64::from(leap(year));
    }
    while day >= 365 + i64::from(leap(year)) {
        day -= 365 + i64::from(leap(year));
        year += 1;
    }
    let february = 28 + i64::from(leap(year));
    let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while day >= months[month] {
        day -= months[month];
        month += 1;
    }
    (year, month as i64 + 1, day + 1)
}

/// A value as JSON: whole numbers as numbers, whose text is the same.
fn written(text: &str) -> String {
    match text.parse::<i64>() {
        Ok(_) => text.to_string(),
        Err(_) => json!(text).to_string(),
    }
}

/// A number of parts, `unit` of which are a whole, in its shortest decimal form.
pub(crate) fn decimal(parts: i64, unit: i64) -> String {
    let sign = if parts < 0 { "-" } else { "" };
    let (whole, rest) = (
        parts.unsigned_abs() / unit as u64,
        parts.unsigned_abs() % unit as u64,
    );
    let digits = unit.ilog10() as usize;
    let text = format!("{sign}{whole}.{rest:0digits$}");
    shortest(&text).to_string()
}

/// A decimal without the zeros that end its fraction.
pub(crate) fn shortest(decimal: &str) -> &str {
    match decimal.contains('.') {
        true => decimal.trim_end_matches('0').trim_end_matches('.'),
        false => decimal,
    }
}
