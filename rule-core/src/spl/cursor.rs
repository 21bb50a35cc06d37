//! A position in the expanded text, and what all rules of the grammar share.
//!
//! There is no list of tokens: what a character means depends on the command it
//! stands in, so each rule reads the text as its command does. A `|` outside
//! quotes, and outside brackets, ends a command everywhere.

use alloc::format;
use alloc::string::{String, ToString};

use super::MAX_DEPTH;
use super::ast::{CompareOp, Name, Span};
use super::error::{Code, Fault, Parsed};
use super::picture::printable;
use super::source::{one_byte, span};

/// Which backslash sequences mean something in double quotes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Escapes {
    /// `\\`, `\"` and `\|`: `search`, and the arguments of most commands.
    Search,
    /// `\\` and `\"`: regular expressions, in which `\|` is a `|` that is looked for.
    Pattern,
    /// `\\`, `\"`, `\t`, `\n`, `\r`: `eval` and `where`.
    Eval,
}

impl Escapes {
    fn resolve(self, escaped: char) -> Option<char> {
        match (self, escaped) {
            (_, '\\' | '"') | (Escapes::Search, '|') => Some(escaped),
            (Escapes::Eval, 't') => Some('\t'),
            // [U]: Splunk's pages name the tab alone.
            (Escapes::Eval, 'n') => Some('\n'),
            (Escapes::Eval, 'r') => Some('\r'),
            _ => None,
        }
    }
}

/// What commands stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    /// In no brackets.
    Nothing,
    /// In brackets, which end them.
    Brackets,
    /// In the brackets of `foreach`: names may hold tokens such as `<<FIELD>>`.
    Template,
}

/// A position in the expanded text.
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
    /// Does a `by` end the terms of a search, outside of parentheses?
    by_ends_terms: bool,
    inside: Inside,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Cursor<'a> {
        Cursor {
            text,
            at: 0,
            depth: 0,
            by_ends_terms: false,
            inside: Inside::Nothing,
        }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Goes on by so many bytes of the text that stands here.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "no more bytes than stand here, so no further than the end of the text"
    )]
    pub(super) fn advance(&mut self, length: usize) {
        self.at += length;
    }

    /// Goes back to an earlier position. The caller sees to it that the same text
    /// is not read again and again.
    pub(super) fn back_to(&mut self, at: usize) {
        self.at = at;
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Goes on by one character.
    pub(super) fn bump(&mut self) {
        self.advance(self.peek().map_or(0, char::len_utf8));
    }

    pub(super) fn blanks(&mut self) {
        let rest = self.rest();
        self.advance(rest.len().saturating_sub(rest.trim_start().len()));
    }

    /// The next character that is no blank; it is not read.
    pub(super) fn after_blanks(&mut self) -> Option<char> {
        self.blanks();
        self.peek()
    }

    /// Is this the end of the command? Reads the blanks before it.
    pub(super) fn at_command_end(&mut self) -> bool {
        let next = self.after_blanks();
        matches!(next, None | Some('|')) || (self.inside != Inside::Nothing && next == Some(']'))
    }

    /// From here on commands stand in something else; what they stood in before.
    pub(super) fn go_inside(&mut self, inside: Inside) -> Inside {
        core::mem::replace(&mut self.inside, inside)
    }

    /// The length of the token that stands at a byte behind here; 0 where there is none.
    pub(super) fn token_length(&self, behind: usize) -> usize {
        let rest = self.rest().get(behind..).unwrap_or_default();
        let end = match rest.starts_with("<<") && self.inside == Inside::Template {
            true => rest.find(">>").unwrap_or_default(),
            false => 0,
        };
        let name = rest.get(2..end).unwrap_or_default();
        let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        match !name.is_empty() && is_name(name) {
            true => end.saturating_add(2),
            false => 0,
        }
    }

    /// From here on a `by` ends the terms of a search, as in `tstats`, or ends them no
    /// more.
    pub(super) fn end_terms_at_by(&mut self, ends: bool) {
        self.by_ends_terms = ends;
    }

    /// Is this the end of the terms of a search? Reads the blanks before it.
    pub(super) fn at_terms_end(&mut self) -> bool {
        matches!(self.after_blanks(), None | Some('|' | ')' | ']'))
            || (self.by_ends_terms && self.peek_by())
    }

    /// Does a by-clause begin here?
    pub(super) fn peek_by(&self) -> bool {
        self.peek_keyword("by") || self.peek_keyword("groupby")
    }

    /// Reads a text if it stands here.
    pub(super) fn take(&mut self, wanted: &str) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.advance(wanted.len());
        }
        found
    }

    /// Does this word stand here, in any case, as a whole word?
    pub(super) fn peek_keyword(&self, keyword: &str) -> bool {
        self.rest()
            .get(..keyword.len())
            .is_some_and(|word| word.eq_ignore_ascii_case(keyword))
            && self.ends_word(keyword)
    }

    /// Does this word stand here, in just this case, as a whole word?
    pub(super) fn peek_capitals(&self, keyword: &str) -> bool {
        self.rest().starts_with(keyword) && self.ends_word(keyword)
    }

    fn ends_word(&self, keyword: &str) -> bool {
        self.rest()
            .get(keyword.len()..)
            .and_then(|rest| rest.chars().next())
            .is_none_or(|next| next.is_whitespace() || "()[]|,\"'".contains(next))
    }

    /// Does an operator of an expression stand here? Reads the blanks before it.
    pub(super) fn peek_operator(&mut self) -> bool {
        let next = self.after_blanks();
        next.is_some_and(|next| "=<>!+-*/%.".contains(next))
    }

    /// Reads a word in any case.
    pub(super) fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = self.peek_keyword(keyword);
        if found {
            self.advance(keyword.len());
        }
        found
    }

    /// The text from a byte to here.
    pub(super) fn text_since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// From a byte to here.
    pub(super) fn since(&self, start: usize) -> Span {
        span(start, self.at)
    }

    /// So many bytes from here on.
    pub(super) fn ahead(&self, length: usize) -> Span {
        span(self.at, self.at.saturating_add(length))
    }

    /// What stands here, for an error: a word, or one character; nothing at the end
    /// of the text.
    fn lexeme(&self) -> &'a str {
        let rest = self.rest();
        let word = rest
            .find(|next: char| !(next.is_alphanumeric() || next == '_'))
            .unwrap_or(rest.len());
        let length = match rest.chars().next() {
            Some(first) => word.max(first.len_utf8()),
            None => 0,
        };
        rest.get(..length).unwrap_or_default()
    }

    /// The place of what stands here, for an error; the end of the text is before
    /// the blanks there.
    pub(super) fn here(&self) -> Span {
        match self.lexeme().len() {
            0 => {
                let end = self.text.trim_end().len();
                span(end, end)
            }
            length => self.ahead(length),
        }
    }

    /// The error for text that no rule takes.
    pub(super) fn unexpected(&self, wanted: &str) -> Fault {
        let found = match self.lexeme() {
            "" => "the end of the search".to_string(),
            ")" => "a `)` that has no `(` or comes too early".to_string(),
            "]" => "a `]` that has no `[`".to_string(),
            other => format!("`{}`", printable(other)),
        };
        Fault::syntax(format!("{wanted}, found {found}"), self.here())
    }

    /// One level deeper; undone by [`Cursor::leave`].
    pub(super) fn enter(&mut self) -> Parsed<()> {
        if self.depth >= MAX_DEPTH {
            return Err(Fault::syntax(
                format!("the search is nested deeper than {MAX_DEPTH} levels here"),
                self.here(),
            ));
        }
        self.depth = self.depth.saturating_add(1);
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Reads the `)` of a `(` that was read at a byte.
    pub(super) fn close(&mut self, open: usize) -> Parsed<()> {
        self.blanks();
        match self.peek() {
            Some(')') => {
                self.bump();
                Ok(())
            }
            None | Some('|') => Err(Fault::syntax(
                "a `(` is not closed: write `)` after what it holds",
                one_byte(open),
            )),
            Some(_) => Err(self.unexpected("expected `)`")),
        }
    }

    /// Reads a text in double quotes, which open here.
    pub(super) fn quoted(&mut self, escapes: Escapes) -> Parsed<Name> {
        let start = self.at;
        self.bump();
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let Some(length) = rest.find(['"', '\\']) else {
                return Err(Fault::syntax(
                    "a text in quotes is not closed: write `\"` after it, and `\\\\` for a \
                     backslash before that",
                    one_byte(start),
                ));
            };
            text.push_str(rest.get(..length).unwrap_or_default());
            self.advance(length);
            if self.take("\"") {
                return Ok(Name {
                    text,
                    span: self.since(start),
                });
            }
            self.bump();
            match self.peek().and_then(|next| escapes.resolve(next)) {
                Some(resolved) => {
                    text.push(resolved);
                    self.bump();
                }
                None => text.push('\\'),
            }
        }
    }

    /// Reads a name in single quotes, which open here. Nothing is escaped in it.
    pub(super) fn single_quoted(&mut self) -> Parsed<Name> {
        let start = self.at;
        self.bump();
        let rest = self.rest();
        let Some(length) = rest.find('\'') else {
            return Err(Fault::syntax(
                "a name in single quotes is not closed: write `'` after it",
                one_byte(start),
            ));
        };
        let text = rest.get(..length).unwrap_or_default().to_string();
        self.advance(length);
        self.bump();
        Ok(Name {
            text,
            span: self.since(start),
        })
    }

    /// Reads a bare word: up to a blank, `|`, `"`, a bracket or parenthesis, or a
    /// character that `ends` says ends it, with the text after it. None if
    /// nothing is left. A backslash before `\`, `"` or `|` is taken off.
    pub(super) fn word(&mut self, ends: impl Fn(char, &str) -> bool) -> Option<Name> {
        let start = self.at;
        let mut text = String::new();
        while let Some(next) = self.peek() {
            if next == '\\' {
                self.bump();
                match self.peek().and_then(|next| Escapes::Search.resolve(next)) {
                    Some(resolved) => {
                        text.push(resolved);
                        self.bump();
                    }
                    None => text.push('\\'),
                }
                continue;
            }
            if next.is_whitespace() || "|\"()[]".contains(next) {
                break;
            }
            let rest = self.rest();
            if ends(next, rest.get(next.len_utf8()..).unwrap_or_default()) {
                break;
            }
            text.push(next);
            self.bump();
        }
        (self.at > start).then(|| Name {
            text,
            span: self.since(start),
        })
    }

    /// Reads what the parentheses that open here hold, without a look at it but
    /// for quotes and parentheses.
    pub(super) fn parenthesised(&mut self) -> Parsed<Span> {
        self.balanced('(', ')')
    }

    /// Reads a subsearch, whose bracket opens here.
    pub(super) fn subsearch(&mut self) -> Parsed<Span> {
        self.balanced('[', ']')
    }

    fn balanced(&mut self, open: char, close: char) -> Parsed<Span> {
        let start = self.at;
        let mut depth = 0usize;
        while let Some(next) = self.peek() {
            match next {
                '"' => {
                    self.quoted(Escapes::Search)?;
                    continue;
                }
                '\\' => {
                    self.bump();
                    if !matches!(self.peek(), Some('\\' | '"')) {
                        continue;
                    }
                }
                '|' if open == '(' => break,
                _ if next == open => depth = depth.saturating_add(1),
                _ if next == close => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.bump();
            if depth == 0 {
                return Ok(self.since(start));
            }
        }
        Err(Fault::syntax(
            format!("a `{open}` is not closed: write `{close}` after what it holds"),
            one_byte(start),
        ))
    }

    /// The error for a subsearch where the tree has no place for one. Reads it.
    pub(super) fn no_subsearch(&mut self) -> Fault {
        match self.subsearch() {
            Ok(span) => Fault {
                code: Code::UnsupportedFeature,
                message: "a subsearch can't stand here: write out what it would give".to_string(),
                what: Some("subsearch".to_string()),
                span,
            },
            Err(fault) => fault,
        }
    }
}

/// The operator of comparison that a text begins with, and its length.
pub(super) fn comparison(rest: &str) -> Option<(CompareOp, usize)> {
    const OPERATORS: [(&str, CompareOp); 7] = [
        ("==", CompareOp::Eq),
        ("!=", CompareOp::Ne),
        ("<=", CompareOp::Le),
        (">=", CompareOp::Ge),
        ("=", CompareOp::Eq),
        ("<", CompareOp::Lt),
        (">", CompareOp::Gt),
    ];
    OPERATORS
        .iter()
        .find(|(text, _)| rest.starts_with(text))
        .map(|(text, op)| (*op, text.len()))
}
