//! What PCRE writes and what it means, and what cannot run.

use super::translate;
use crate::rows::eval::Regex;
use crate::rows::steps::asked;

#[test]
fn means_what_pcre_means() {
    for (pattern, text, wanted) in [
        (r"\bcmd\b", "a cmd.exe", true),
        (r"\bcmd\b", "acmd", false),
        (r"\bcmd\b", "\u{e4}cmd\u{e4}", true),
        (r"\Bmd", "cmd", true),
        (r"a\/b\-c\'\<d\>", "a/b-c'<d>", true),
        (r#"\"x\""#, "\"x\"", true),
        (r"^\h+$", " \t\u{a0}", true),
        (r"^\H$", "\t", false),
        (r"a\Rb", "a\r\nb", true),
        (r"\v", "\n", true),
        (r"\Q.*\E+", ".**", true),
        (r"\Q.*\E", "ab", false),
        (r"^\x41\xa\x{42}$", "A\nB", true),
        (r"\0", "\0", true),
        (r"\cA", "\u{1}", true),
        (r"a{", "a{", true),
        (r"a{,3}", "a{,3}", true),
        (r"^a{2,}$", "aaa", true),
        (r"{}", "{}", true),
        (r"(?#note)a", "a", true),
        (r"^[[]$", "[", true),
        (r"^[]a]+$", "]a", true),
        (r"^[^]a]$", "]", false),
        (r"^[a&&b]+$", "a&b", true),
        (r"^[a-c\d]+$", "b1", true),
        (r"^[\d-x]+$", "1-x", true),
        (r"^[a-\d]+$", "a-1", true),
        (r"^[a-]+$", "a-", true),
        (r"^[\w.-]+$", "a.-", true),
        (r"^[[:digit:]x]+$", "1x", true),
        (r"^[\h,]+$", " ,\t", true),
        (r"^[\x41-\x43]+$", "ABC", true),
        (r"^[\\/]$", "\\", true),
        (r"^[\b]$", "\u{8}", true),
        (r"^[a~~b -- c]+$", "a~b -c", true),
        (r"(?x) a [ ] b", "a b", true),
        (r"(?'name'x)y", "xy", true),
        (r"(?P<name>x)y", "xy", true),
        (r"a+?b??", "ab", true),
    ] {
        let expression = Regex::new(pattern).unwrap();
        assert_eq!(
            asked(|steps| expression.is_match(text, steps)).0,
            wanted,
            "{pattern} on {text:?}, as {}",
            translate(pattern).unwrap()
        );
    }
}

#[test]
fn what_cannot_run_is_named() {
    for (pattern, wanted) in [
        ("a(?=b)", "look-around"),
        ("(?<!x)y", "look-around"),
        (r"(a)\1", "a backreference"),
        (r"(?<n>a)\k<n>", "a backreference"),
        ("(?P<n>a)(?P=n)", "a backreference"),
        ("a++", "a possessive quantifier"),
        ("a{2}+", "a possessive quantifier"),
        ("(?>a)", "an atomic group"),
        ("(?R)", "recursion"),
        ("(a)(?1)", "recursion"),
        ("(?(1)a|b)", "a conditional group"),
        ("(?|a|b)", "a branch reset group"),
        ("(*SKIP)a", "a verb such as `(*SKIP)`"),
        (r"a\Z", r"`\Z`"),
        (r"\Ka", r"`\K`"),
        (r"\p{L}", "a Unicode property"),
        (r"[\1]", "an octal escape without a zero"),
    ] {
        assert_eq!(translate(pattern), Err(wanted), "{pattern}");
    }
    // characters, not look-around
    for pattern in [r"\(?=", "[(?=]", r"\Q(?=\E"] {
        assert!(translate(pattern).is_ok(), "{pattern}");
    }
}

proptest::proptest! {
    #[test]
    fn a_character_is_itself_however_it_is_written(letter in "[ -~\u{e4}]") {
        let escaped = if letter.chars().all(char::is_alphanumeric) {
            letter.clone()
        } else {
            std::format!("\\{letter}")
        };
        for pattern in [
            std::format!(r"^\Q{letter}\E$"),
            std::format!("^{escaped}$"),
            std::format!("^[{escaped}]$"),
            std::format!("^[ab{escaped}{escaped}-]$"),
            std::format!("^[^{escaped}]$"),
        ] {
            let wanted = !pattern.starts_with("^[^");
            proptest::prop_assert_eq!(asked(|steps| Regex::new(&pattern).unwrap().is_match(&letter, steps)).0, wanted, "{}", pattern);
        }
    }

    #[test]
    fn never_panics(pattern in r"[\\\[\](){}^$*+?:\-&~#a-zA-Z0-9,<>'= ]{0,24}") {
        let _ = Regex::new(&pattern);
    }
}
