//! A pull reader for the XML of events: tags and text, checked as they come.
//!
//! It reads what an element is made of: tags with attributes, text, references,
//! CDATA sections, comments and processing instructions. A DOCTYPE is refused,
//! with it all entities beyond the five of XML. Control characters that XML 1.0
//! does not allow are let through, as event logs do hold them.

use memchr::{memchr, memmem};

use super::text::check_references;
use crate::decode::{DecodeError, error};

#[derive(Clone, Copy)]
pub(crate) enum Token<'r> {
    Start(Tag<'r>),
    End {
        name: &'r [u8],
        offset: usize,
    },
    /// Text, or a CDATA section, in which nothing is a reference.
    Text {
        raw: &'r [u8],
        is_cdata: bool,
        offset: usize,
    },
}

/// A start tag.
#[derive(Clone, Copy)]
pub(crate) struct Tag<'r> {
    pub(crate) name: &'r [u8],
    attributes: &'r [u8],
    /// It is its own end tag.
    pub(crate) is_empty: bool,
    pub(super) offset: usize,
}

pub(crate) struct Reader<'r> {
    bytes: &'r [u8],
    at: usize,
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "places in the record: it goes on by bytes that are there, no further than its end"
)]
impl<'r> Reader<'r> {
    pub(crate) fn new(bytes: &'r [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    /// The next tag or text; none at the end of the record.
    pub(crate) fn next(&mut self) -> Result<Option<Token<'r>>, DecodeError> {
        loop {
            let offset = self.at;
            let rest = self.rest();
            match rest {
                [] => return Ok(None),
                [b'<', b'!', ..] if rest.starts_with(b"<!--") => {
                    self.through(4, b"-->", "a comment is not closed")?;
                }
                [b'<', b'!', ..] if rest.starts_with(b"<![CDATA[") => {
                    let raw = self.through(9, b"]]>", "a CDATA section is not closed")?;
                    return Ok(Some(Token::Text {
                        raw,
                        is_cdata: true,
                        offset,
                    }));
                }
                [b'<', b'!', ..] => {
                    return error("a document type or other declaration in an event", offset);
                }
                [b'<', b'?', ..] => {
                    self.through(2, b"?>", "a processing instruction is not closed")?;
                }
                [b'<', b'/', ..] => {
                    self.at += 2;
                    let name = self.name()?;
                    self.skip_blanks();
                    self.expect(b'>', "an end tag is not closed")?;
                    return Ok(Some(Token::End { name, offset }));
                }
                [b'<', ..] => return self.tag().map(|tag| Some(Token::Start(tag))),
                _ => {
                    let len = memchr(b'<', rest).unwrap_or(rest.len());
                    let raw = rest.get(..len).unwrap_or_default();
                    check_references(raw, offset)?;
                    self.at += len;
                    return Ok(Some(Token::Text {
                        raw,
                        is_cdata: false,
                        offset,
                    }));
                }
            }
        }
    }

    /// Passes over the document type at which it stopped, if that is where it stopped. What
    /// it defines stays unknown: a reference to it goes wrong.
    pub(crate) fn skip_document_type(&mut self) -> bool {
        let rest = self.rest();
        if !rest.starts_with(b"<!DOCTYPE") {
            return false;
        }
        let mut is_inside = false;
        let end = rest.iter().position(|byte| {
            match byte {
                b'[' => is_inside = true,
                b']' => is_inside = false,
                _ => {}
            }
            *byte == b'>' && !is_inside
        });
        self.at += end.map_or(rest.len(), |at| at + 1);
        true
    }

    fn tag(&mut self) -> Result<Tag<'r>, DecodeError> {
        let offset = self.at;
        self.at += 1;
        let name = self.name()?;
        let start = self.at;
        loop {
            self.skip_blanks();
            let attributes = self.bytes.get(start..self.at).unwrap_or_default();
            let is_empty = match self.rest() {
                [b'>', ..] => false,
                [b'/', b'>', ..] => true,
                [] => return error("a tag is not closed", offset),
                _ => {
                    self.attribute()?;
                    continue;
                }
            };
            self.at += if is_empty { 2 } else { 1 };
            return Ok(Tag {
                name,
                attributes,
                is_empty,
                offset,
            });
        }
    }

    /// Takes an attribute: its name, and its value as it is written.
    fn attribute(&mut self) -> Result<(&'r [u8], &'r [u8]), DecodeError> {
        let name = self.name()?;
        self.skip_blanks();
        self.expect(b'=', "`=` is missing after the name of an attribute")?;
        self.skip_blanks();
        let [quote @ (b'"' | b'\''), quoted @ ..] = self.rest() else {
            return error("the value of an attribute has no quotes", self.at);
        };
        let Some(len) = memchr(*quote, quoted) else {
            return error("the value of an attribute is not closed", self.at);
        };
        let value = quoted.get(..len).unwrap_or_default();
        if let Some(at) = memchr(b'<', value) {
            return error("`<` in the value of an attribute", self.at + 1 + at);
        }
        check_references(value, self.at + 1)?;
        self.at += len + 2;
        Ok((name, value))
    }

    fn name(&mut self) -> Result<&'r [u8], DecodeError> {
        let rest = self.rest();
        let len = rest.iter().take_while(|&&byte| in_name(byte)).count();
        let name = rest.get(..len).unwrap_or_default();
        match name.first() {
            Some(b'0'..=b'9' | b'-' | b'.') | None => error("a name is missing", self.at),
            Some(_) => {
                self.at += len;
                Ok(name)
            }
        }
    }

    /// Takes a section whose opening has `opening` bytes, through its `end`;
    /// gives what is in it.
    fn through(
        &mut self,
        opening: usize,
        end: &[u8],
        unclosed: &'static str,
    ) -> Result<&'r [u8], DecodeError> {
        let body = self.rest().get(opening..).unwrap_or_default();
        let Some(len) = memmem::find(body, end) else {
            return error(unclosed, self.at);
        };
        self.at += opening + len + end.len();
        Ok(body.get(..len).unwrap_or_default())
    }

    fn expect(&mut self, byte: u8, missing: &'static str) -> Result<(), DecodeError> {
        if self.rest().first() != Some(&byte) {
            return error(missing, self.at);
        }
        self.at += 1;
        Ok(())
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.iter().take_while(|&&byte| is_blank(byte)).count();
    }

    fn rest(&self) -> &'r [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }
}

impl<'r> Tag<'r> {
    /// Its attributes: name, and value as it is written.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&'r [u8], &'r [u8])> + use<'r> {
        let mut reader = Reader::new(self.attributes);
        core::iter::from_fn(move || {
            reader.skip_blanks();
            // They were read once already, so what ends them is their end.
            reader.attribute().ok()
        })
    }
}

/// A name without its prefix.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a place behind a byte that is there"
)]
pub(super) fn local(name: &[u8]) -> &[u8] {
    match memchr(b':', name) {
        Some(at) => name.get(at + 1..).unwrap_or_default(),
        None => name,
    }
}

pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':') || !byte.is_ascii()
}
