//! Regular expressions, of functions and commands.
//!
//! Splunk's are PCRE. Ours run in time linear in the text, with the same syntax
//! but for what cannot: look-around, backreferences and the like are refused when the
//! rule is opened, by name (`pcre`).
//!
//! The two engines are the ones that `regex_automata::meta` would choose from here, and
//! chosen as it does; its own choice brings engines and literal search that no build of
//! ours has on.

mod found;
mod pcre;
mod replace;

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::sync::Arc;

use regex_automata::nfa::thompson::{BuildError, Compiler, Config, NFA, backtrack, pikevm};
use regex_automata::util::primitives::{NonMaxUsize, PatternID};
use regex_automata::util::{pool::Pool, syntax};
use regex_automata::{Anchored, Input};

pub use found::{Found, Matches};
pub use replace::{Occurrences, Replacement};

/// A compiled expression.
#[derive(Clone, Debug)]
pub struct Regex {
    engines: Arc<Engines>,
}

/// One program for two engines, and the memory that searches work in.
#[derive(Debug)]
struct Engines {
    /// The faster one for a short text: in a long one it prepares for all of it, wherever
    /// the match is.
    backtracker: backtrack::BoundedBacktracker,
    pike: pikevm::PikeVM,
    caches: Pool<Caches, Box<dyn Fn() -> Caches + Send + Sync>>,
}

#[derive(Debug)]
struct Caches {
    backtracker: backtrack::Cache,
    pike: pikevm::Cache,
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

/// The length of a short text, where `regex_automata::meta` draws the line too.
const SHORT: usize = 128;

impl Regex {
    /// Compiles an expression.
    ///
    /// # Errors
    /// Where it is none, would take more than a MiB, or needs what PCRE has and we have
    /// not, such as look-around or a backreference.
    pub fn new(pattern: &str) -> Result<Self, RegexError> {
        let translated = pcre::translate(pattern).map_err(|what| needs(pattern, what))?;
        let parsed = syntax::parse(&translated).map_err(|error| no_expression(pattern, &error))?;
        let program = Compiler::new()
            .configure(Config::new().nfa_size_limit(Some(SIZE_LIMIT)))
            .build_from_hir(&parsed);
        let engines =
            program
                .map_err(Box::new)
                .and_then(Engines::new)
                .map_err(|error| match error.size_limit() {
                    Some(_) => needs(pattern, "an expression of this size"),
                    None => no_expression(pattern, &*error),
                })?;
        Ok(Regex {
            engines: Arc::new(engines),
        })
    }

    /// Does the expression match anywhere in `text`?
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.engines.is_match(text)
    }

    /// The named groups, in the order in which they open: the number of each (the whole
    /// match is 0) and its name.
    pub fn names(&self) -> impl Iterator<Item = (usize, &str)> {
        let groups = self.engines.pike.get_nfa().group_info();
        groups
            .pattern_names(PatternID::ZERO)
            .enumerate()
            .filter_map(|(number, name)| Some((number, name?)))
    }

    /// How many groups there are, the whole match counted.
    #[must_use]
    pub fn groups(&self) -> usize {
        let groups = self.engines.pike.get_nfa().group_info();
        groups.group_len(PatternID::ZERO)
    }

    /// The first match at or after a byte of `text`, with its groups. What stands before
    /// that byte is seen by `^` and `\b`. None too where it is beyond the end or inside
    /// a character.
    #[must_use]
    pub fn find_at<'t>(&self, text: &'t str, from: usize) -> Option<Found<'t>> {
        text.get(from..)?;
        let mut slots = alloc::vec![None; self.groups().saturating_mul(2)];
        self.engines.search(text, from, &mut slots)?;
        Some(Found::new(text, slots))
    }

    /// The matches in `text` from left to right, none over another.
    #[must_use]
    pub fn matches<'t>(&self, text: &'t str) -> Matches<'_, 't> {
        Matches::new(self, text)
    }
}

impl Engines {
    fn new(program: NFA) -> Result<Self, Box<BuildError>> {
        let backtracker =
            backtrack::BoundedBacktracker::new_from_nfa(program.clone()).map_err(Box::new)?;
        let pike = pikevm::PikeVM::new_from_nfa(program).map_err(Box::new)?;
        let (for_backtracker, for_pike) = (backtracker.clone(), pike.clone());
        let caches = move || Caches {
            backtracker: for_backtracker.create_cache(),
            pike: for_pike.create_cache(),
        };
        Ok(Engines {
            backtracker,
            pike,
            caches: Pool::new(Box::new(caches)),
        })
    }

    fn is_match(&self, text: &str) -> bool {
        let mut caches = self.caches.get();
        let input = Input::new(text).earliest(true);
        if text.len() <= SHORT
            && let Ok(is_match) = self
                .backtracker
                .try_is_match(&mut caches.backtracker, input.clone())
        {
            return is_match;
        }
        self.pike.is_match(&mut caches.pike, input)
    }

    /// Notes where the groups of the first match at or after a byte begin and end.
    fn search(&self, text: &str, from: usize, slots: &mut Slots) -> Option<()> {
        let mut caches = self.caches.get();
        let input = Input::new(text).range(from..).anchored(Anchored::No);
        if text.len().saturating_sub(from) <= SHORT
            && let Ok(found) =
                self.backtracker
                    .try_search_slots(&mut caches.backtracker, &input, slots)
        {
            return found.map(|_| ());
        }
        let found = self.pike.search_slots(&mut caches.pike, &input, slots);
        found.map(|_| ())
    }
}

/// The begin and the end of each group; none where it took no part.
type Slots = [Option<NonMaxUsize>];

fn needs(pattern: &str, what: &'static str) -> RegexError {
    RegexError {
        message: alloc::format!("the regular expression `{}` needs {what}", shown(pattern)),
        unsupported: Some(what),
    }
}

fn no_expression(pattern: &str, error: &dyn core::fmt::Display) -> RegexError {
    let reason = error.to_string();
    // The last line of a syntax error says what is wrong; those before draw it.
    let reason = reason
        .lines()
        .last()
        .unwrap_or_default()
        .trim_start_matches("error: ");
    RegexError {
        message: alloc::format!("`{}` is no regular expression: {reason}", shown(pattern)),
        unsupported: None,
    }
}

fn shown(pattern: &str) -> String {
    pattern.chars().take(80).collect()
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
            ("(?i)k\u{e9}", "\u{212a}\u{c9}", true),
            ("^\\w+\\s\\d$", "\u{df}\u{4e2d}\u{a0}\u{663}", true),
            ("\\bb", "ab", false),
            ("", "", true),
        ] {
            let expression = Regex::new(pattern).unwrap();
            assert_eq!(expression.is_match(text), wanted, "{pattern} on {text}");
            // The same in a long text, which the other engine reads.
            let before = if pattern.starts_with('^') { "" } else { "\n" };
            let long = alloc::format!("{}{text}", before.repeat(SHORT));
            assert_eq!(expression.is_match(&long), wanted, "{pattern} on {long}");
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
