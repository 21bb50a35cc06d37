//! Functions of texts. Of several values each is taken by itself `[U]`.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use sha2::{Digest, Sha256};

use super::Arguments;
use super::pattern::Computed;
use crate::rows::eval::list::{self, List};
use crate::rows::eval::{MAX_TEXT, Occurrences, Regex, Replacement};
use crate::rows::steps::Steps;
use crate::value::{Number, Value};

/// A function of texts.
#[derive(Clone, Debug)]
pub enum TextFunction {
    /// `lower(x)`
    Lower,
    /// `upper(x)`
    Upper,
    /// `len(x)`, in characters.
    Length,
    /// `trim(x, "characters")`, `ltrim`, `rtrim`: blanks and tabs where none are given.
    Trim {
        /// At the start.
        left: bool,
        /// At the end.
        right: bool,
    },
    /// `substr(x, start, length)`: from 1, from the end where negative, as SQLite has it.
    Part,
    /// `replace(x, "regex", "replacement")`: each match.
    Replace(Regex),
    /// `replace` with an expression that is computed.
    ReplaceComputed(Computed),
    /// `split(x, "delimiter")`; into characters where it is empty.
    Split,
    /// `urldecode(x)`
    UrlDecode,
    /// `sha256(x)`
    Sha256,
}

impl TextFunction {
    pub(super) fn call(&self, arguments: &Arguments<'_>) -> Option<Value> {
        let value = arguments.value(0);
        let steps = arguments.view.steps;
        match self {
            TextFunction::Lower => Some(each(&value, steps, |text| Some(text.to_lowercase()))),
            TextFunction::Upper => Some(each(&value, steps, |text| Some(text.to_uppercase()))),
            TextFunction::Length => Some(list::map(&value, steps, |one| {
                one.text()
                    .map_or(Value::Null, |text| Value::Number(Number::Int(count(&text))))
            })),
            TextFunction::Trim { left, right } => {
                let letters = match arguments.all.get(1) {
                    Some(_) => arguments.text(1)?,
                    None => String::from(" \t"),
                };
                let is_one = |next: char| letters.contains(next);
                Some(each(&value, steps, |text| {
                    let text = if *left {
                        text.trim_start_matches(is_one)
                    } else {
                        text
                    };
                    Some(String::from(if *right {
                        text.trim_end_matches(is_one)
                    } else {
                        text
                    }))
                }))
            }
            TextFunction::Part => {
                let start = arguments.whole(1)?;
                let length = match arguments.all.get(2) {
                    Some(_) => Some(arguments.whole(2)?),
                    None => None,
                };
                Some(each(&value, steps, |text| Some(part(text, start, length))))
            }
            TextFunction::Replace(regex) => {
                let by = Replacement::new(&arguments.text(2)?);
                Some(each(&value, steps, |text| {
                    regex.replace(text, &by, Occurrences::All, steps)
                }))
            }
            TextFunction::ReplaceComputed(cache) => {
                let pattern = arguments.text(1)?;
                let by = Replacement::new(&arguments.text(2)?);
                cache.with(&pattern, steps, |regex| {
                    each(&value, steps, |text| {
                        regex.replace(text, &by, Occurrences::All, steps)
                    })
                })
            }
            TextFunction::Split => split(&value, &arguments.text(1)?, steps),
            TextFunction::UrlDecode => Some(each(&value, steps, |text| Some(url_decode(text)))),
            TextFunction::Sha256 => Some(each(&value, steps, |text| Some(sha256(text)))),
        }
    }
}

/// What a function makes of each text; one too long is null.
fn each(value: &Value, steps: &Steps<'_>, of: impl Fn(&str) -> Option<String>) -> Value {
    list::map(value, steps, |one| {
        let text = one.text().and_then(|text| of(&text));
        match text {
            Some(text) if text.len() <= MAX_TEXT => Value::Text(text),
            Some(_) => {
                steps.leave_out();
                Value::Null
            }
            None => Value::Null,
        }
    })
}

fn count(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

/// The characters from a place on, as SQLite's `substr` counts: from 1, or from the end
/// where the start is negative; a negative length takes those before.
fn part(text: &str, start: i64, length: Option<i64>) -> String {
    let count = count(text);
    // The first and the one behind the last, from 0; either may be outside.
    let first = match start {
        1.. => start.saturating_sub(1),
        // 0 stands before the first.
        0 => -1,
        _ => count.saturating_add(start),
    };
    let (first, end) = match length {
        None => (first, count),
        Some(length @ 0..) => (first, first.saturating_add(length)),
        Some(length) => (first.saturating_add(length), first),
    };
    let first = first.clamp(0, count);
    let taken = end.clamp(first, count).saturating_sub(first);
    // Both are from 0 to the number of characters.
    let number = |of: i64| usize::try_from(of).unwrap_or(0);
    text.chars()
        .skip(number(first))
        .take(number(taken))
        .collect()
}

fn split(value: &Value, delimiter: &str, steps: &Steps<'_>) -> Option<Value> {
    let mut list = List::new(steps);
    for one in value.each() {
        let Some(text) = one.text() else {
            continue;
        };
        if delimiter.is_empty() {
            for letter in text.chars() {
                list.push(Value::Text(String::from(letter)))?;
            }
        } else {
            for part in text.split(delimiter) {
                list.push(Value::Text(String::from(part)))?;
            }
        }
    }
    Some(list.into_value())
}

/// `%2F` is a byte; what is no UTF-8 then is U+FFFD. `+` stays `[U]`.
fn url_decode(text: &str) -> String {
    let mut bytes: Vec<u8> = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = match after {
            [high, low, ..] if *first == b'%' => digit(*high).zip(digit(*low)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                bytes.push(high << 4 | low);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

fn sha256(text: &str) -> String {
    let mut out = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_text() {
        for (start, length, wanted) in [
            (1, None, "string"),
            (2, Some(3), "tri"),
            (-3, None, "ing"),
            (-3, Some(2), "in"),
            (0, Some(3), "st"),
            (0, None, "string"),
            (7, None, ""),
            (-9, Some(4), "s"),
            (4, Some(-2), "tr"),
            (1, Some(i64::MAX), "string"),
            (i64::MIN, Some(i64::MIN), ""),
        ] {
            assert_eq!(part("string", start, length), wanted, "{start} {length:?}");
        }
    }

    #[test]
    fn escapes_of_addresses() {
        for (text, wanted) in [
            ("http%3A%2F%2Fa%20b+c", "http://a b+c"),
            ("100%", "100%"),
            ("%zz%4", "%zz%4"),
            ("%C3%A4%ff", "\u{e4}\u{fffd}"),
        ] {
            assert_eq!(url_decode(text), wanted);
        }
    }
}
