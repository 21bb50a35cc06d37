//! Messages built from their provider's template.
//!
//! An .evtx file and Event XML without rendering hold a message's values, and
//! the provider's message table the text around them: `%1` is the first value
//! [Windows, "Message Text Files"]. The values are those of the event's data, in
//! their order.

use alloc::borrow::Cow;
use alloc::string::String;

/// Fills a template: `%n` becomes the nth value, an empty text where there is
/// none; `%%` is a percent sign, `%n` with the letter a line break, `%t` a tab;
/// any other `%` stays.
pub(super) fn fill(template: &str, values: &[Cow<'_, str>]) -> String {
    let mut out = String::with_capacity(template.len() + 64);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let digits = after.bytes().take(2).take_while(u8::is_ascii_digit).count();
        let (number, tail) = after.split_at(digits);
        rest = match number.parse::<usize>() {
            Ok(number) if number > 0 => {
                if let Some(value) = values.get(number - 1) {
                    out.push_str(value);
                }
                tail
            }
            _ => {
                let (text, tail) = match after.as_bytes().first() {
                    Some(b'%') => ("%", after.get(1..)),
                    Some(b'n') => ("\n", after.get(1..)),
                    Some(b't') => ("\t", after.get(1..)),
                    _ => ("%", Some(after)),
                };
                out.push_str(text);
                tail.unwrap_or_default()
            }
        };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
