//! Whether each text of an event stands whole in the bytes of its chunk.
//!
//! Events are stored as binary XML [MS-EVEN6, 2.2.12]: tokens, of which a template holds
//! most, and the values that a record puts in. A text is in pieces where an element or an
//! attribute has more than one of them: text of the template, then a value. Few templates
//! have that, and a chunk with one of them is decoded, as is one that holds anything that
//! is not known here.

use std::ops::Range;

// Tokens. A second form of some says that more follow of the same.
const END: u8 = 0x00;
const ELEMENT: u8 = 0x01;
const ELEMENT_WITH_ATTRIBUTES: u8 = 0x41;
const START_TAG_ENDS: u8 = 0x02;
const EMPTY_ELEMENT_ENDS: u8 = 0x03;
const ELEMENT_ENDS: u8 = 0x04;
const TEXT: [u8; 2] = [0x05, 0x45];
const ATTRIBUTE: [u8; 2] = [0x06, 0x46];
const TEMPLATE: u8 = 0x0c;
const SUBSTITUTION: [u8; 2] = [0x0d, 0x0e];
const FRAGMENT: u8 = 0x0f;

// Types of values, and what makes one of many of it.
const NULL: u8 = 0x00;
const STRING: u8 = 0x01;
const ANSI_STRING: u8 = 0x02;
const BINARY: u8 = 0x0e;
const SIZE: u8 = 0x10;
const SECURITY_IDENTIFIER: u8 = 0x13;
const BINARY_XML: u8 = 0x21;
const ARRAY: u8 = 0x80;

/// Embedded binary XML, a record being the first of these, is not followed deeper.
const DEEPEST: usize = 8;

/// In a chunk that is made so, templates lie over one another: the look ends after as many
/// tokens as one has in which each byte is of one.
const MOST_TOKENS: usize = super::CHUNK;

/// Does each text of these records stand whole in the chunk, which ends where its free space
/// begins?
pub(crate) fn are_whole(chunk: &[u8], records: &[Range<usize>]) -> bool {
    let mut values = Values {
        chunk,
        templates: Vec::new(),
        tokens: 0,
    };
    let mut records = records.iter();
    records.all(|record| values.fragment(record.clone(), 0).is_some())
}

/// A look at the values of a chunk. Its functions give none where a text may be in pieces or
/// something is not as it should be.
struct Values<'c> {
    chunk: &'c [u8],
    /// Where the templates stand that were looked at.
    templates: Vec<usize>,
    /// How many tokens were looked at.
    tokens: usize,
}

/// What surrounds the tokens at hand.
#[derive(Default)]
struct Around {
    /// For each open element whether it has a text.
    elements: Vec<bool>,
    /// In a start tag: whether the attribute at hand has a text.
    attribute: Option<bool>,
    /// Elements and templates that stand in no element.
    roots: usize,
}

impl Around {
    /// Something begins: a root, where it stands in no element.
    fn root_begins(&mut self) {
        let more = usize::from(self.elements.is_empty());
        self.roots = self.roots.saturating_add(more);
    }

    fn begin_element(&mut self) -> Option<()> {
        if self.attribute.is_some() {
            return None;
        }
        self.root_begins();
        self.elements.push(false);
        self.attribute = Some(false);
        Some(())
    }

    /// Takes a text or a value: the first one that its element or attribute has.
    fn text(&mut self) -> Option<()> {
        let has_text = match &mut self.attribute {
            Some(attribute) => attribute,
            None => self.elements.last_mut()?,
        };
        let is_first = !std::mem::replace(has_text, true);
        is_first.then_some(())
    }
}

impl<'c> Values<'c> {
    /// Looks at the content of a record, or at a value that is embedded binary XML.
    fn fragment(&mut self, place: Range<usize>, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        self.tokens_of(place, Some(depth))
    }

    /// Looks at a template, if that has not been done; gives where it ends.
    fn template(&mut self, at: usize) -> Option<usize> {
        // The place of the next one, and its identifier.
        let mut reader = self.reader(at..self.chunk.len());
        reader.skip(4 + 16)?;
        let size = reader.number()? as usize;
        let body = reader.skip(size)?;
        let end = body.end;
        if !self.templates.contains(&at) {
            self.templates.push(at);
            self.tokens_of(body, None)?;
        }
        Some(end)
    }

    /// Looks at tokens: of a fragment of this depth, or of a template.
    fn tokens_of(&mut self, place: Range<usize>, depth: Option<usize>) -> Option<()> {
        let mut around = Around::default();
        let mut reader = self.reader(place);
        while let Some(token) = reader.byte() {
            self.tokens = self.tokens.saturating_add(1);
            if self.tokens > MOST_TOKENS {
                return None;
            }
            match token {
                END => break,
                FRAGMENT => {
                    reader.skip(3)?;
                }
                ELEMENT | ELEMENT_WITH_ATTRIBUTES => {
                    // What it depends on is said in templates alone; then its size.
                    reader.skip(if depth.is_none() { 6 } else { 4 })?;
                    reader.name()?;
                    if token == ELEMENT_WITH_ATTRIBUTES {
                        reader.skip(4)?;
                    }
                    around.begin_element()?;
                }
                START_TAG_ENDS => {
                    around.attribute.take()?;
                }
                EMPTY_ELEMENT_ENDS => {
                    around.attribute.take()?;
                    around.elements.pop()?;
                }
                ELEMENT_ENDS if around.attribute.is_none() => {
                    around.elements.pop()?;
                }
                TEMPLATE if around.attribute.is_none() => {
                    reader.at = self.instance(reader.at..reader.end, depth?)?;
                    around.root_begins();
                }
                _ if ATTRIBUTE.contains(&token) => {
                    reader.name()?;
                    around.attribute.replace(false)?;
                }
                _ if TEXT.contains(&token) => {
                    around.text()?;
                    let is_string = reader.byte()? == STRING;
                    let length = usize::from(reader.short()?);
                    reader.skip(2 * length)?;
                    if !is_string {
                        return None;
                    }
                }
                // Only a template has places for values.
                _ if SUBSTITUTION.contains(&token) && depth.is_none() => {
                    around.text()?;
                    reader.skip(3)?;
                }
                // Character and entity references, CDATA, processing instructions.
                _ => return None,
            }
        }
        let is_closed = around.elements.is_empty() && around.attribute.is_none();
        (is_closed && around.roots > 0).then_some(())
    }

    /// Looks at what a record puts into a template, and at that; gives where it ends.
    fn instance(&mut self, place: Range<usize>, depth: usize) -> Option<usize> {
        let mut reader = self.reader(place);
        reader.skip(1 + 4)?;
        let template = reader.number()? as usize;
        let end = self.template(template)?;
        // It stands where it is used first.
        if template == reader.at {
            reader.at = end;
        }
        let count = reader.number()? as usize;
        let mut kinds = self.reader(reader.skip(count.checked_mul(4)?)?);
        for _ in 0..count {
            let size = usize::from(kinds.short()?);
            let kind = kinds.byte()?;
            kinds.skip(1)?;
            let value = reader.skip(size)?;
            match kind {
                BINARY_XML if size > 0 => self.fragment(value, depth.saturating_add(1))?,
                _ if is_whole(kind, self.chunk.get(value)?) => {}
                _ => return None,
            }
        }
        Some(reader.at)
    }

    fn reader(&self, place: Range<usize>) -> Reader<'c> {
        Reader {
            chunk: self.chunk,
            at: place.start,
            end: place.end,
        }
    }
}

/// Is this a value of its type, with no text in pieces? The texts of an array are values of
/// their own.
fn is_whole(kind: u8, value: &[u8]) -> bool {
    let length = value.len();
    match kind {
        NULL | BINARY => true,
        STRING => length.is_multiple_of(2),
        // Zeros in it are left out.
        ANSI_STRING => !without_zeros_behind(value).contains(&0),
        SIZE => length == 4 || length == 8,
        SECURITY_IDENTIFIER => {
            let parts = value.get(1).copied().map(usize::from);
            parts.is_some_and(|parts| length.checked_sub(8) == parts.checked_mul(4))
        }
        BINARY_XML => value.is_empty(),
        _ if kind == ARRAY | STRING => {
            length.is_multiple_of(2) && (value.is_empty() || value.ends_with(&[0, 0]))
        }
        _ if kind == ARRAY | ANSI_STRING => true,
        _ if kind & ARRAY == 0 => size_of(kind) == Some(length),
        _ => size_of(kind & !ARRAY).is_some_and(|size| length.is_multiple_of(size)),
    }
}

fn without_zeros_behind(value: &[u8]) -> &[u8] {
    let mut rest = value;
    while let [before @ .., 0] = rest {
        rest = before;
    }
    rest
}

/// The size of a number, a GUID or a time.
fn size_of(kind: u8) -> Option<usize> {
    Some(match kind {
        0x03 | 0x04 => 1,
        0x05 | 0x06 => 2,
        0x07 | 0x08 | 0x0b | 0x0d | 0x14 => 4,
        0x09 | 0x0a | 0x0c | 0x11 | 0x15 => 8,
        0x0f | 0x12 => 16,
        _ => return None,
    })
}

/// Reads on from a place to an end.
struct Reader<'c> {
    chunk: &'c [u8],
    at: usize,
    end: usize,
}

impl Reader<'_> {
    /// Passes over so many bytes: where they are.
    fn skip(&mut self, length: usize) -> Option<Range<usize>> {
        let end = self.at.checked_add(length).filter(|end| *end <= self.end)?;
        let start = std::mem::replace(&mut self.at, end);
        Some(start..end)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let place = self.skip(N)?;
        self.chunk.get(place)?.first_chunk().copied()
    }

    fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    fn short(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    fn number(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// Passes over a name, which stands where it is used first.
    fn name(&mut self) -> Option<()> {
        let place = self.number()? as usize;
        if place == self.at {
            // The place of another one, and a hash.
            self.skip(4 + 2)?;
            let length = usize::from(self.short()?);
            self.skip(length.saturating_mul(2).saturating_add(2))?;
        }
        (place < self.chunk.len()).then_some(())
    }
}
