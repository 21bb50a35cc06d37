//! Regular expressions of `match`.
//!
//! Splunk's are PCRE. Ours run in time linear in the text, with the same syntax
//! but for what cannot: look-around and backreferences are refused when the
//! rule is opened, by name.

use alloc::string::{String, ToString};

use regex_automata::meta;

/// A compiled expression.
#[derive(Clone, Debug)]
pub struct Regex {
    compiled: meta::Regex,
}

/// Why an expression cannot run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegexError {
    /// What is wrong with it.
    pub message: String,
    /// What PCRE has and we have not, where that is what is wrong.
    pub unsupported: Option<&'static str>,
}

/// The memory that a compiled expression may take.
const SIZE_LIMIT: usize = 1 << 20;

impl Regex {
    /// Compiles an expression.
    ///
    /// # Errors
    /// Where it is none, would take more than a MiB, or needs look-around or a
    /// backreference.
    pub fn new(pattern: &str) -> Result<Self, RegexError> {
        let config = meta::Config::new()
            .nfa_size_limit(Some(SIZE_LIMIT))
            .onepass_size_limit(Some(SIZE_LIMIT))
            .hybrid_cache_capacity(SIZE_LIMIT);
        match meta::Builder::new().configure(config).build(pattern) {
            Ok(compiled) => Ok(Regex { compiled }),
            Err(error) => Err(explain(pattern, &error)),
        }
    }

    /// Does the expression match anywhere in `text`?
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.compiled.is_match(text)
    }
}

fn explain(pattern: &str, error: &meta::BuildError) -> RegexError {
    let unsupported = if ["(?=", "(?!", "(?<=", "(?<!"]
        .iter()
        .any(|sign| pattern.contains(sign))
    {
        Some("look-around")
    } else if error.size_limit().is_some() {
        Some("an expression of this size")
    } else {
        let escapes = pattern.as_bytes().windows(2);
        let back = escapes
            .into_iter()
            .any(|pair| matches!(pair, [b'\\', b'1'..=b'9']));
        back.then_some("a backreference")
    };
    let shown: String = pattern.chars().take(80).collect();
    let message = match unsupported {
        Some(what) => alloc::format!("the regular expression `{shown}` needs {what}"),
        None => {
            let reason = error
                .syntax_error()
                .map(ToString::to_string)
                .unwrap_or_default();
            // The last line of a syntax error says what is wrong; those before
            // draw it.
            let reason = reason
                .lines()
                .last()
                .unwrap_or_default()
                .trim_start_matches("error: ");
            alloc::format!("`{shown}` is no regular expression: {reason}")
        }
    };
    RegexError {
        message,
        unsupported,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions() {
        for (pattern, text, wanted) in [
            ("b+", "abbc", true),
            ("^b", "ab", false),
            ("(?i)ABC", "xabcx", true),
            ("\\d{3}", "a123", true),
            ("(?<name>x)y", "xy", true),
        ] {
            assert_eq!(
                Regex::new(pattern).unwrap().is_match(text),
                wanted,
                "{pattern} on {text}"
            );
        }
    }

    #[test]
    fn what_cannot_run_is_named() {
        for (pattern, unsupported) in [
            ("a(?=b)", Some("look-around")),
            ("(?<!x)y", Some("look-around")),
            ("(a)\\1", Some("a backreference")),
            ("(a{1000}){1000}", Some("an expression of this size")),
            ("a(", None),
        ] {
            let error = Regex::new(pattern).unwrap_err();
            assert_eq!(
                error.unsupported, unsupported,
                "{pattern}: {}",
                error.message
            );
        }
        assert_eq!(
            Regex::new("a(").unwrap_err().message,
            "`a(` is no regular expression: unclosed group"
        );
    }
}
