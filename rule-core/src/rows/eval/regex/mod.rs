//! Regular expressions, of functions and commands.
//!
//! Splunk's are PCRE. Ours run in time linear in the text, with the same syntax
//! but for what cannot: look-around, backreferences and the like are refused when the
//! rule is opened, by name (`pcre`).
//!
//! The parser and the compiler are those of `regex_automata`. What they make is run by a
//! machine of our own, which counts its steps (`machine`); over a short text by a
//! backtracker of theirs, which is faster there and cannot take many.

mod found;
mod machine;
mod pcre;
mod replace;
mod size;

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::sync::Arc;

use regex_automata::nfa::thompson::{Compiler, Config, NFA, backtrack};
use regex_automata::util::primitives::PatternID;
use regex_automata::util::{pool::Pool, syntax};
use regex_automata::{Anchored, Input};

pub use found::{Found, Matches};
use machine::{Machine, Slot, Threads};
pub use replace::{Occurrences, Replacement};

use crate::rows::steps::Steps;

/// A compiled expression.
#[derive(Clone, Debug)]
pub struct Regex {
    shared: Arc<Shared>,
}

/// A program, and the memory that searches work in.
#[derive(Debug)]
struct Shared {
    machine: Machine,
    backtracker: backtrack::BoundedBacktracker,
    caches: Pool<Caches, Box<dyn Fn() -> Caches + Send + Sync>>,
}

#[derive(Debug)]
struct Caches {
    threads: Threads,
    backtracker: backtrack::Cache,
}

/// The length of a short text, where `regex_automata::meta` draws the line too.
const SHORT: usize = 128;

/// The backtracker looks at each state once at each place, and at far from all of them:
/// so many for one that counts.
const SEEN: usize = 16;

/// Why an expression cannot run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegexError {
    /// What is wrong with it.
    pub message: String,
    /// What PCRE has and we have not, where that is what is wrong.
    pub unsupported: Option<&'static str>,
}

/// The groups that the threads of a search note together, at the most: of so many groups
/// times so many states.
const MOST_SLOTS: usize = 1 << 20;

impl Regex {
    /// The memory that a compiled expression may take, in bytes.
    pub const LARGEST: usize = 1 << 20;

    /// The memory that compiling an expression takes, in bytes: its parts while it is
    /// parsed, and its program several times over while that is made.
    #[must_use]
    pub fn to_compile(pattern: &str) -> usize {
        let parsed = pcre::translate(pattern).map_or(0, |translated| size::parsed(&translated));
        let programs = Self::LARGEST.saturating_mul(8);
        parsed.min(size::MOST_PARSED).saturating_add(programs)
    }

    /// Compiles an expression.
    ///
    /// # Errors
    /// Where it is none, would take more than a MiB, or needs what PCRE has and we have
    /// not, such as look-around or a backreference.
    pub fn new(pattern: &str) -> Result<Self, RegexError> {
        let translated = pcre::translate(pattern).map_err(|what| needs(pattern, what))?;
        if size::parsed(&translated) > size::MOST_PARSED {
            return Err(needs(pattern, TOO_LARGE));
        }
        let parsed = syntax::parse(&translated).map_err(|error| no_expression(pattern, &error))?;
        let program = Compiler::new()
            .configure(Config::new().nfa_size_limit(Some(Self::LARGEST)))
            .build_from_hir(&parsed)
            .map_err(|error| match error.size_limit() {
                Some(_) => needs(pattern, TOO_LARGE),
                None => no_expression(pattern, &error),
            })?;
        if slots(&program).saturating_mul(program.states().len()) > MOST_SLOTS {
            return Err(needs(pattern, TOO_LARGE));
        }
        let backtracker = backtrack::BoundedBacktracker::new_from_nfa(program.clone())
            .map_err(|error| no_expression(pattern, &error))?;
        let for_caches = backtracker.clone();
        let caches = move || Caches {
            threads: Threads::default(),
            backtracker: for_caches.create_cache(),
        };
        Ok(Regex {
            shared: Arc::new(Shared {
                machine: Machine::new(program),
                backtracker,
                caches: Pool::new(Box::new(caches)),
            }),
        })
    }

    /// The memory that the expression takes, in bytes: about or more, and the same on every
    /// machine.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size::compiled(self.shared.machine.program())
    }

    /// Does the expression match anywhere in `text`? False too where there are no steps
    /// left to find out.
    pub(in crate::rows) fn is_match(&self, text: &str, steps: &Steps<'_>) -> bool {
        self.search(text, 0, &mut [], steps)
    }

    /// The named groups, in the order in which they open: the number of each (the whole
    /// match is 0) and its name.
    pub fn names(&self) -> impl Iterator<Item = (usize, &str)> {
        let groups = self.shared.machine.program().group_info();
        groups
            .pattern_names(PatternID::ZERO)
            .enumerate()
            .filter_map(|(number, name)| Some((number, name?)))
    }

    /// How many groups there are, the whole match counted.
    #[must_use]
    pub fn groups(&self) -> usize {
        slots(self.shared.machine.program()) / 2
    }

    /// The first match at or after a byte of `text`, with its groups. What stands before
    /// that byte is seen by `^` and `\b`. None too where it is beyond the end or inside
    /// a character, and where there are no steps left.
    pub(in crate::rows) fn find_at<'t>(
        &self,
        text: &'t str,
        from: usize,
        steps: &Steps<'_>,
    ) -> Option<Found<'t>> {
        text.get(from..)?;
        let mut slots = alloc::vec![None; self.groups().saturating_mul(2)];
        let is_found = self.search(text, from, &mut slots, steps);
        is_found.then(|| Found::new(text, slots))
    }

    /// The matches in `text` from left to right, none over another, as far as the steps
    /// go.
    pub(in crate::rows) fn matches<'r, 't>(
        &'r self,
        text: &'t str,
        steps: &'r Steps<'r>,
    ) -> Matches<'r, 't> {
        Matches::new(self, text, steps)
    }

    fn search(&self, text: &str, from: usize, slots: &mut [Slot], steps: &Steps<'_>) -> bool {
        let Shared {
            machine,
            backtracker,
            caches,
        } = &*self.shared;
        let mut caches = caches.get();
        let length = text.len().saturating_sub(from);
        if length <= SHORT {
            let states = machine.program().states().len();
            let seen = states.saturating_mul(length.saturating_add(1));
            let input = Input::new(text).range(from..).anchored(Anchored::No);
            let input = input.earliest(slots.is_empty());
            if steps.take((seen / SEEN).saturating_add(1)).is_none() {
                return false;
            }
            let cache = &mut caches.backtracker;
            if let Ok(found) = backtracker.try_search_slots(cache, &input, slots) {
                return found.is_some();
            }
        }
        let found = machine.search(&mut caches.threads, text, from, slots, steps);
        caches.threads.give_back();
        found == Some(true)
    }
}

/// The begins and the ends of the groups of a program.
fn slots(program: &NFA) -> usize {
    program
        .group_info()
        .group_len(PatternID::ZERO)
        .saturating_mul(2)
}

const TOO_LARGE: &str = "an expression of this size";

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
    use crate::rows::steps::asked;

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
            let (is_match, _) = asked(|steps| expression.is_match(text, steps));
            assert_eq!(is_match, wanted, "{pattern} on {text}");
            // The same in a long text, which the machine reads.
            let before = if pattern.starts_with('^') { "" } else { "\n" };
            let long = alloc::format!("{}{text}", before.repeat(SHORT));
            let (is_match, _) = asked(|steps| expression.is_match(&long, steps));
            assert_eq!(is_match, wanted, "{pattern} on {long}");
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

    /// Each of these looks at the rest of the text for each of its places, so that all
    /// matches of a text of this length would take longer than anyone waits.
    #[test]
    fn all_matches_take_a_bounded_number_of_steps() {
        let text = "a".repeat(8 << 20) + "c";
        for pattern in ["a[^b]*b|a", "(a|aa)*b|a", "(a+)+$|a", "a*?b|a"] {
            let regex = Regex::new(pattern).unwrap();
            let (_, sufficed) = asked(|steps| regex.matches(&text, steps).count());
            assert!(!sufficed, "{pattern}");
            let by = Replacement::new("x");
            let (replaced, _) = asked(|steps| regex.replace(&text, &by, Occurrences::All, steps));
            assert_eq!(replaced, None, "{pattern}");
        }
    }

    #[test]
    fn a_large_expression_takes_a_bounded_number_of_steps() {
        let regex = Regex::new("[ab]*a[ab]{9000}c").unwrap();
        let text = "ab".repeat(4 << 20);
        let (is_match, sufficed) = asked(|steps| regex.is_match(&text, steps));
        assert!(!is_match && !sufficed);
    }

    #[test]
    fn groups_times_states_are_bounded() {
        let groups: String = (0..1000).map(|at| alloc::format!("(?<n{at}>a?)")).collect();
        let error = Regex::new(&groups).unwrap_err();
        assert_eq!(error.unsupported, Some(TOO_LARGE));
    }
}
