//! Regular expressions that are computed from a row.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::panic::{RefUnwindSafe, UnwindSafe};

use regex_automata::util::pool::Pool;

use crate::rows::eval::Regex;
use crate::rows::steps::Steps;

/// The last expressions that were computed in one place of a search, compiled: most rows
/// have one of a few. Whether one is kept changes no result.
#[derive(Clone, Debug)]
pub struct Computed {
    kept: Arc<Pool<Vec<Kept>, Create>>,
}

type Kept = (String, Option<Regex>);
type Create = Box<dyn Fn() -> Vec<Kept> + Send + Sync + UnwindSafe + RefUnwindSafe>;

/// How many are kept; with their texts and programs they are a few MiB at most.
const KEPT: usize = 4;

/// The longest expression that is compiled for a row, in bytes: it may come from an event.
const MAX_PATTERN: usize = 1000;

impl Default for Computed {
    fn default() -> Self {
        Computed {
            kept: Arc::new(Pool::new(Box::new(Vec::new))),
        }
    }
}

impl Computed {
    /// What `ask` says of the compiled expression; None for what is none, and where there
    /// are no steps left to compile it.
    pub(super) fn with<T>(
        &self,
        pattern: &str,
        steps: &Steps<'_>,
        ask: impl FnOnce(&Regex) -> T,
    ) -> Option<T> {
        if pattern.len() > MAX_PATTERN {
            return None;
        }
        let mut kept = self.kept.get();
        if let Some((_, regex)) = kept.iter().find(|(known, _)| known == pattern) {
            return regex.as_ref().map(ask);
        }
        let regex = Regex::new(pattern).ok();
        steps.take(regex.as_ref().map_or(Regex::LARGEST, Regex::bytes))?;
        let answer = regex.as_ref().map(ask);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((String::from(pattern), regex));
        answer
    }
}
