//! Messages built from their provider's template.
//!
//! An .evtx file and Event XML without rendering hold a message's values, and
//! the provider's message table the text around them: `%1` is the first value
//! [Windows, "Message Text Files"]. The values are those of the event's data, in
//! their order.

use alloc::borrow::Cow;
use alloc::string::String;

use crate::search::fold;

/// The longest message, in bytes; a longer one ends before the value that makes it so. A
/// template may have the same value many times.
const LONGEST: usize = 2 << 20;

/// Fills a template: `%n` becomes the nth value, an empty text where there is
/// none; `%%` is a percent sign, `%n` with the letter a line break, `%t` a tab;
/// any other `%` stays.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a length in memory is below half of what a number holds"
)]
pub(super) fn fill(template: &str, values: &[Cow<'_, str>]) -> String {
    let mut out = String::with_capacity(template.len() + 64);
    for part in parts(template) {
        let text = match part {
            Part::Text(text) => text,
            Part::Value(place) => values.get(place).map_or("", Cow::as_ref),
        };
        if out.len() + text.len() > LONGEST {
            break;
        }
        out.push_str(text);
    }
    out
}

/// Can a text, in letters of either case, stand in a message of this template without
/// standing in one of its values? It is in lower case and not empty.
pub(crate) fn can_build(template: &str, text: &str) -> bool {
    let mut fixed = String::new();
    let mut is_first = true;
    for part in parts(template) {
        match part {
            Part::Text(part) => fixed.push_str(&fold(part)),
            // Between two values that follow one another there is nothing to tell them
            // apart.
            Part::Value(_) if fixed.is_empty() && !is_first => return true,
            Part::Value(_) if touches(&fixed, text) => return true,
            Part::Value(_) => {
                fixed.clear();
                is_first = false;
            }
        }
    }
    touches(&fixed, text)
}

/// Can the text stand where it holds a character of `fixed`, whatever is before and
/// behind that?
fn touches(fixed: &str, text: &str) -> bool {
    let (fixed, text) = (fixed.as_bytes(), text.as_bytes());
    let is_in = |one: &[u8], other: &[u8]| other.windows(one.len()).any(|part| part == one);
    if fixed.is_empty() {
        return false;
    }
    let goes_over_an_end = (1..text.len()).any(|place| {
        let (begin, end) = text.split_at(place);
        fixed.ends_with(begin) || fixed.starts_with(end)
    });
    goes_over_an_end || is_in(text, fixed) || is_in(fixed, text)
}

/// A part of a template.
enum Part<'t> {
    Text(&'t str),
    /// A value, by its place.
    Value(usize),
}

#[expect(clippy::arithmetic_side_effects, reason = "the number is not 0")]
fn parts(template: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = template;
    core::iter::from_fn(move || {
        let begin = rest.find('%').unwrap_or(rest.len());
        if begin > 0 {
            let (text, tail) = rest.split_at(begin);
            rest = tail;
            return Some(Part::Text(text));
        }
        let after = rest.strip_prefix('%')?;
        let digits = after.bytes().take(2).take_while(u8::is_ascii_digit).count();
        let (number, tail) = after.split_at(digits);
        let (part, tail) = match (number.parse::<usize>(), after.as_bytes().first()) {
            (Ok(number), _) if number > 0 => (Part::Value(number - 1), Some(tail)),
            (_, Some(b'%')) => (Part::Text("%"), after.get(1..)),
            (_, Some(b'n')) => (Part::Text("\n"), after.get(1..)),
            (_, Some(b't')) => (Part::Text("\t"), after.get(1..)),
            _ => (Part::Text("%"), Some(after)),
        };
        rest = tail.unwrap_or_default();
        Some(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    #[test]
    fn templates() {
        let values = ["A", "B", "C"].map(Cow::Borrowed);
        for (template, wanted) in [
            (
                "Cmdlet suceeded. Cmdlet %1, parameters %2.",
                "Cmdlet suceeded. Cmdlet A, parameters B.",
            ),
            ("%3%2%1", "CBA"),
            ("%4.", "."),
            ("100%% of %1%n%tend", "100% of A\n\tend"),
            ("%", "%"),
            ("%0x", "%0x"),
            ("%é", "%é"),
        ] {
            assert_eq!(fill(template, &values), wanted, "{template}");
        }
    }

    #[test]
    fn what_a_template_can_build() {
        let exchange = "Cmdlet suceeded. Cmdlet %1, parameters %2.";
        for (template, text, wanted) in [
            (exchange, "get-recipient", false),
            (exchange, "cmdlet", true),
            // Over the end of a value, at either side.
            (exchange, "parameters x", true),
            (exchange, "x, para", true),
            (exchange, "x.", true),
            (exchange, "t x", true),
            // The whole of what is between two values.
            ("%1-%2", "get-recipient", true),
            ("%1+%2", "get-recipient", false),
            ("%1%2", "get-recipient", true),
            ("%1", "get-recipient", false),
            ("Get%1", "get-recipient", true),
            ("a %1", "get-recipient", false),
            ("a%%1", "a%1", true),
            ("", "a", false),
        ] {
            assert_eq!(can_build(template, text), wanted, "{text} in {template}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn a_text_that_no_template_can_build_stands_in_a_value(
            template in "([abC-]{0,2}(%[12])?){0,3}[ab]{0,1}",
            values in prop::collection::vec("[abc-]{0,4}", 0..3),
            text in "[abc-]{1,3}",
        ) {
            let values: Vec<Cow<'_, str>> = values.into_iter().map(Cow::Owned).collect();
            let message = fill(&template, &values).to_ascii_lowercase();
            let is_in_a_value = values.iter().any(|value| value.contains(&text));
            if message.contains(&text) && !is_in_a_value {
                prop_assert!(can_build(&template, &text));
            }
        }
    }
}
