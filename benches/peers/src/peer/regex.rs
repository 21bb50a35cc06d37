//! A scan of the bytes by one regular expression, and a parse of the lines in which it
//! finds something: the fastest that a few lines of Rust give. It is not sound: a text
//! with an escape in it is missed.

use memchr::{memchr, memrchr};
use regex::bytes::{Regex, RegexBuilder};
use sets::{Found, RuleSet};

use super::typed::Tests;
use super::{Peer, cannot};

pub(crate) struct Scan {
    texts: Regex,
    tests: Tests,
}

impl Scan {
    pub(crate) fn new(rules: RuleSet) -> Result<Self, String> {
        let texts = rules.texts().ok_or_else(|| cannot(rules))?;
        let texts = RegexBuilder::new(&texts.join("|"))
            .case_insensitive(true)
            .unicode(false)
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self {
            texts,
            tests: Tests::new(rules)?,
        })
    }
}

impl Peer for Scan {
    fn line(&mut self, line: &[u8]) -> Result<(), String> {
        let event = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        self.tests.take(&event);
        Ok(())
    }

    fn lines(&mut self, lines: &[u8]) -> Result<(), String> {
        let mut at = 0;
        while let Some(hit) = self.texts.find_at(lines, at) {
            let start = memrchr(b'\n', &lines[..hit.start()]).map_or(0, |end| end + 1);
            let end = memchr(b'\n', &lines[hit.end()..]);
            let end = end.map_or(lines.len(), |length| hit.end() + length);
            self.line(&lines[start..end])?;
            at = end;
        }
        Ok(())
    }

    fn finish(self) -> Found {
        self.tests.groups.finish()
    }
}
