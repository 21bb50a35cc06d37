//! Text that came out of logs, made harmless for a terminal.
//!
//! An attacker writes what stands in a log. Shown as it is, it could move the
//! cursor, hide lines, or turn the direction of writing.

/// The text with each sign that a terminal would act on replaced by one that is
/// seen; line breaks stay, tabs become a blank.
pub(crate) fn visible(text: &str) -> String {
    text.chars().map(shown).collect()
}

/// The same on one line.
pub(crate) fn one_line(text: &str) -> String {
    visible(text).replace('\n', " ")
}

fn shown(sign: char) -> char {
    match sign {
        '\n' => '\n',
        '\t' => ' ',
        // The pictures of the control characters.
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(sign)).unwrap_or('\u{fffd}'),
        '\x7f' => '\u{2421}',
        // Control characters of eight bits, and marks that turn the direction of text.
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => '\u{fffd}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_that_a_terminal_acts_on() {
        for (text, expected) in [
            ("plain äöü 日本", "plain äöü 日本"),
            ("a\tb\nc", "a b\nc"),
            ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
            ("\r\0\x07\x7f", "␍␀␇␡"),
            ("\u{9b}31m", "\u{fffd}31m"),
            ("\u{202e}cod.exe", "\u{fffd}cod.exe"),
        ] {
            assert_eq!(visible(text), expected, "{text:?}");
        }
    }
}
