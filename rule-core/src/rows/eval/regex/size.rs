//! What a regular expression takes of memory: while it is parsed, reckoned beforehand, and
//! compiled. Both are the same on every machine, however wide its pointers are.
//!
//! A class of Unicode is two bytes of a pattern and hundreds of ranges, and the parser
//! bounds only how deep a pattern is nested: `\W` 20,000 times took 516 MB, all
//! before the compiler sees that the program is too large.

use regex_automata::nfa::thompson::{NFA, State};

/// Bytes that the parts of an expression may take. No less than those of what compiles
/// within a MiB, but for some that come near to that.
pub(super) const MOST_PARSED: usize = 4 << 20;

/// Bytes for each byte of a pattern. Of literals alone it takes 46, of those without case
/// 170.
const EACH: usize = 128;

/// Bytes for a class of words or a property, of numbers, of blanks. Measured in the
/// module: 6 KB for `\w`, 13 KB for `[\w-\d]`. What is not of such a class takes as much
/// again, and twice that was measured: 26 KB for `\W`.
const WORD: usize = 14 << 10;
const DIGIT: usize = 1 << 10;
const BLANK: usize = 256;

/// So many times that in an expression without case: 51 KB were measured for `[\w]`.
const WITHOUT_CASE: usize = 4;

/// The bytes that a pattern comes to, about or more.
pub(super) fn parsed(pattern: &str) -> usize {
    let bytes = pattern.as_bytes();
    let escaped = bytes.windows(2).filter_map(|pair| match pair {
        [b'\\', class] => Some(*class),
        _ => None,
    });
    let classes = escaped.map(|class| match class {
        b'w' | b'p' => WORD,
        b'W' | b'P' => 2 * WORD,
        b'd' => DIGIT,
        b'D' => 2 * DIGIT,
        b's' => BLANK,
        b'S' => 2 * BLANK,
        _ => 0,
    });
    let times = match has_flag_of_case(pattern) {
        true => WITHOUT_CASE,
        false => 1,
    };
    classes
        .fold(0, usize::saturating_add)
        .saturating_mul(times)
        .saturating_add(bytes.len().saturating_mul(EACH))
}

/// Bytes of a program, of each state, and of a transition and an alternative in it: the
/// most that they take where pointers have 64 bits.
const PROGRAM: usize = 2 << 10;
const STATE: usize = 24;
const TRANSITION: usize = 8;
const ALTERNATIVE: usize = 4;

/// Bytes of a group, besides its name, which is there twice.
const GROUP: usize = 128;

/// The bytes that a program takes, about or more.
pub(super) fn compiled(program: &NFA) -> usize {
    let states = program.states().iter().map(|state| match state {
        State::Sparse(sparse) => sparse.transitions.len().saturating_mul(TRANSITION),
        State::Dense(_) => ALTERNATIVE << 8,
        State::Union { alternates } => alternates.len().saturating_mul(ALTERNATIVE),
        _ => 0,
    });
    let states = states.map(|more| more.saturating_add(STATE));
    let groups = program.group_info().all_names();
    let groups = groups.map(|(_, _, name)| {
        let name = name.map_or(0, str::len);
        name.saturating_mul(2).saturating_add(GROUP)
    });
    states.chain(groups).fold(PROGRAM, usize::saturating_add)
}

/// Is `i` among the flags of a group?
fn has_flag_of_case(pattern: &str) -> bool {
    pattern.split("(?").skip(1).any(|group| {
        let mut flags = group
            .bytes()
            .take_while(|byte| byte.is_ascii_alphabetic() || *byte == b'-');
        flags.any(|flag| flag == b'i')
    })
}

#[cfg(test)]
mod tests {
    use super::super::Regex;
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_program_takes_no_more_than_it_is_said_to() {
        for pattern in [
            "",
            "a",
            r"(?i)abc|def",
            r"(?P<name>\w+)=(?P<value>[^;]*)(;|$)",
            r"\w{1,20}\d{2,5}",
            r"(a|b|c|dd|ee|\d)*?",
            r"[^\x00-\x{10FFFF}]|x{0,100}",
        ] {
            let regex = Regex::new(pattern).unwrap();
            let takes = regex.shared.machine.program().memory_usage();
            let said = regex.bytes();
            assert!(takes <= said, "{pattern} takes {takes}, not {said}");
            assert!(
                said <= takes * 2 + PROGRAM,
                "{pattern} takes {takes}, not {said}"
            );
        }
    }

    #[test]
    fn what_would_take_too_much_is_not_parsed() {
        for (pattern, fits) in [
            ("a".to_string(), true),
            (r"\w".repeat(64), true),
            (r"(?i)\w".repeat(64), true),
            (r"\d".repeat(1000), true),
            ("a".repeat(30_000), true),
            (r"\w".repeat(400), false),
            (r"\PL".repeat(400), false),
            (alloc::format!("(?i){}", r"[\w]".repeat(100)), false),
            (alloc::format!("(?x-i){}", r"[\w]".repeat(100)), false),
            (r"\D".repeat(5000), false),
            ("a".repeat(40_000), false),
        ] {
            let begin: alloc::string::String = pattern.chars().take(20).collect();
            let parsed = parsed(&pattern);
            assert_eq!(parsed <= MOST_PARSED, fits, "{begin} takes {parsed}");
            let refused = Regex::new(&pattern).is_err_and(|error| error.unsupported.is_some());
            assert!(fits || refused, "{begin}");
        }
    }
}
