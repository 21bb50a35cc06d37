//! Texts to numbers and back.

use alloc::format;
use alloc::string::{String, ToString};

use super::Arguments;
use super::calculation::round;
use crate::rows::eval::{Outcome, list};
use crate::value::{Number, Value};

/// A function between texts and numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// `tonumber(text, base)`: null for what is none; of several values each `[U]`.
    ToNumber,
    /// `tostring(value, "form")`
    ToText,
}

/// The forms that `tostring` gives a number.
pub(crate) const FORMS: [&str; 3] = ["hex", "commas", "duration"];

impl Conversion {
    pub(super) fn call(self, arguments: &Arguments<'_>) -> Option<Value> {
        let steps = arguments.view.steps;
        match self {
            Conversion::ToNumber => {
                let base = match arguments.all.get(1) {
                    Some(_) => Some(u32::try_from(arguments.whole(1)?).ok()?),
                    None => None,
                };
                Some(list::map(&arguments.value(0), steps, |one| {
                    number(one, base).map_or(Value::Null, Value::Number)
                }))
            }
            Conversion::ToText => {
                let value = match arguments.run(0) {
                    Outcome::Truth(true) => return Some(Value::Text(String::from("True"))),
                    Outcome::Truth(false) => return Some(Value::Text(String::from("False"))),
                    Outcome::Value(value) => value,
                };
                let form = match arguments.all.get(1) {
                    Some(_) => Some(arguments.text(1)?),
                    None => None,
                };
                Some(list::map(&value, steps, |one| {
                    text(one, form.as_deref()).map_or(Value::Null, Value::Text)
                }))
            }
        }
    }
}

fn number(value: &Value, base: Option<u32>) -> Option<Number> {
    match base {
        None | Some(10) => value.number(),
        Some(base @ 2..=36) => {
            let text = value.text()?;
            // Rust reads a `+` too, as it does in a number of ten.
            i64::from_str_radix(&text, base).ok().map(Number::Int)
        }
        Some(_) => None,
    }
}

/// What is no number stays as it is, whatever form it should have `[U]`.
fn text(value: &Value, form: Option<&str>) -> Option<String> {
    match (form, value.number()) {
        (Some("hex"), Some(number)) => hexadecimal(number),
        (Some("commas"), Some(number)) => Some(commas(number)),
        (Some("duration"), Some(number)) => duration(number),
        _ => Some(value.text()?.into_owned()),
    }
}

/// `0xF`; a fraction is cut off, and a negative number has none `[U]`.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a fraction is cut off, and a double beyond i64 comes to its end"
)]
fn hexadecimal(number: Number) -> Option<String> {
    let whole = match number {
        Number::Int(value) => value,
        other => other.as_f64() as i64,
    };
    (whole >= 0).then(|| format!("0x{whole:X}"))
}

/// `12,345.68`: two digits of a fraction where there is one.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a digit's place is below how many there are"
)]
fn commas(number: Number) -> String {
    let text = round(number, 2).unwrap_or(number).to_string();
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.as_str()),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut out = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
        if fraction.len() == 1 {
            out.push('0');
        }
    }
    out
}

/// `00:10:15`, `1+00:00:00`, with six digits of a fraction where there is one `[U]`; none
/// of a negative number `[U]`.
fn duration(number: Number) -> Option<String> {
    let time = number.as_time()?;
    let seconds = time.seconds();
    if seconds < 0 {
        return None;
    }
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let mut out = String::new();
    if days > 0 {
        out.push_str(&format!("{days}+"));
    }
    let (hours, minutes, seconds) = (rest / 3600, rest / 60 % 60, rest % 60);
    out.push_str(&format!("{hours:02}:{minutes:02}:{seconds:02}"));
    if time.nanos() > 0 {
        out.push_str(&format!(".{:06}", time.nanos() / 1000));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_other_bases() {
        let of = |text: &str, base| {
            number(&Value::Text(String::from(text)), base).map(|number| number.to_string())
        };
        for (text, base, wanted) in [
            ("0A4", Some(16), Some("164")),
            ("-ff", Some(16), Some("-255")),
            ("101", Some(2), Some("5")),
            ("zz", Some(36), Some("1295")),
            ("12", Some(10), Some("12")),
            ("1.5", None, Some("1.5")),
            ("2", Some(2), None),
            ("1", Some(1), None),
            ("1", Some(37), None),
            ("0xA", Some(16), None),
            ("", Some(16), None),
            ("x", None, None),
        ] {
            assert_eq!(of(text, base).as_deref(), wanted, "{text} to {base:?}");
        }
    }

    #[test]
    fn forms_of_numbers() {
        let of = |text_of: &str, form: &str| text(&Value::Text(String::from(text_of)), Some(form));
        for (number, form, wanted) in [
            ("15", "hex", Some("0xF")),
            ("-15", "hex", None),
            ("12345.6789", "commas", Some("12,345.68")),
            ("-1234567", "commas", Some("-1,234,567")),
            ("123", "commas", Some("123")),
            ("1000.5", "commas", Some("1,000.50")),
            ("615", "duration", Some("00:10:15")),
            ("86400", "duration", Some("1+00:00:00")),
            ("1.25", "duration", Some("00:00:01.250000")),
            ("-1", "duration", None),
            ("abc", "hex", Some("abc")),
        ] {
            assert_eq!(of(number, form).as_deref(), wanted, "{number} as {form}");
        }
    }
}
