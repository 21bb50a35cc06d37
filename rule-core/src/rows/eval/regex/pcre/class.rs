//! Classes, `[...]`.

use super::{Escape, Translator, Unsupported, character, set};

impl Translator<'_> {
    /// A class, whose bracket is read. In PCRE a `[`, `&&`, `--` and `~~` in it are
    /// characters.
    pub(super) fn class(&mut self) -> Result<(), Unsupported> {
        self.out.push('[');
        if self.take("^") {
            self.out.push('^');
        }
        if self.take("]") {
            self.out.push_str("\\]");
        }
        // Can a range begin with what was read last?
        let mut can_begin = false;
        while let Some(next) = self.bump() {
            let single = match next {
                ']' => {
                    self.out.push(']');
                    return Ok(());
                }
                '[' => match posix(self.rest) {
                    Some(length) => {
                        let (name, rest) = self.rest.split_at(length);
                        self.out.push('[');
                        self.out.push_str(name);
                        self.rest = rest;
                        None
                    }
                    None => Some('['),
                },
                '-' if can_begin && !self.rest.starts_with(']') => {
                    can_begin = false;
                    match self.range_end()? {
                        Some(end) => {
                            self.out.push('-');
                            character(&mut self.out, end);
                        }
                        None => character(&mut self.out, '-'),
                    }
                    continue;
                }
                '\\' => self.class_escape()?,
                other => Some(other),
            };
            can_begin = single.is_some();
            if let Some(one) = single {
                character(&mut self.out, one);
            }
        }
        Ok(())
    }

    /// An escape in a class, whose backslash is read: the one character that it is, or
    /// None where it is written already.
    fn class_escape(&mut self) -> Result<Option<char>, Unsupported> {
        if self.take("Q") {
            self.quoted();
            return Ok(None);
        }
        if self.take("b") {
            return Ok(Some('\u{8}'));
        }
        if self
            .rest
            .starts_with(|next: char| matches!(next, '1'..='9'))
        {
            return Err("an octal escape without a zero");
        }
        match self.common_escape()? {
            Some(Escape::Char(one)) => return Ok(Some(one)),
            Some(Escape::Other(class)) => self.out.push_str(class),
            Some(Escape::Set(inside, negated)) => set(&mut self.out, inside, negated),
            None => self.out.push('\\'),
        }
        Ok(None)
    }

    /// The character that a range ends with, read; None, and nothing read, where the `-`
    /// before it is a character, as in `[a-\d]`.
    fn range_end(&mut self) -> Result<Option<char>, Unsupported> {
        let before = self.rest;
        let end = match self.bump() {
            Some('[') if posix(self.rest).is_some() => None,
            Some('\\') if self.take("b") => Some('\u{8}'),
            Some('\\') => match self.common_escape()? {
                Some(Escape::Char(one)) => Some(one),
                _ => None,
            },
            other => other,
        };
        if end.is_none() {
            self.rest = before;
        }
        Ok(end)
    }
}

/// The length of `[:name:]` behind its first bracket.
fn posix(rest: &str) -> Option<usize> {
    let name = rest.strip_prefix(':')?;
    let name = name.strip_prefix('^').unwrap_or(name);
    let letters = name.trim_start_matches(|next: char| next.is_ascii_lowercase());
    let behind = letters.strip_prefix(":]")?;
    rest.len().checked_sub(behind.len())
}
