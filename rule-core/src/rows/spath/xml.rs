//! What a path leads to in XML, and all that there is in it.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::Step;
use crate::decode::MAX_DEPTH;
use crate::decode::xml::{Place, Reader, Tag, Token, is_blank, value};

/// Gives the values at a path, or without one all of them, each with its path: the text of
/// an element without elements in it, and `path{@name}` for an attribute. Names keep their
/// prefixes.
///
/// `{n}` is the n-th of the elements of one name in one element, from 1, and `{}` each, as
/// is no index at all [Search Reference, "spath"]. No document says these `[U]`: at a path
/// to an element with elements in it stands the XML in it, which without a path is no value;
/// a text of blanks alone is no value; there may be several elements that are in none.
///
/// What was given before the text goes wrong stays.
pub(super) fn read(text: &str, path: Option<&[Step]>, give: &mut dyn FnMut(&str, String)) {
    let mut walk = Walk {
        path,
        text,
        name: String::new(),
        levels: alloc::vec![Level::new(b"", Some(0))],
        give,
    };
    let mut reader = Reader::new(text.as_bytes());
    loop {
        match reader.next() {
            Ok(Some(token)) if walk.take(token, reader.offset()).is_some() => {}
            // Events have none, but what is in a field may begin with one.
            Err(_) if reader.skip_document_type() => {}
            _ => return,
        }
    }
}

/// An element that is open; the lowest is the document.
struct Level<'t> {
    tag: &'t [u8],
    /// The length of the path around it.
    name_len: usize,
    /// How many steps of the path lead to it, where they do.
    steps: Option<usize>,
    /// How many elements it had so far with the name that is looked for in it.
    seen: usize,
    /// Where its content begins.
    start: usize,
    is_leaf: bool,
    content: Cow<'t, str>,
}

impl<'t> Level<'t> {
    fn new(tag: &'t [u8], steps: Option<usize>) -> Self {
        Level {
            tag,
            name_len: 0,
            steps,
            seen: 0,
            start: 0,
            is_leaf: true,
            content: Cow::Borrowed(""),
        }
    }
}

struct Walk<'t, 'g> {
    path: Option<&'t [Step]>,
    text: &'t str,
    /// The path of the element that was opened last.
    name: String,
    levels: Vec<Level<'t>>,
    give: &'g mut dyn FnMut(&str, String),
}

impl<'t> Walk<'t, '_> {
    /// None where the text goes wrong.
    fn take(&mut self, token: Token<'t>, behind: usize) -> Option<()> {
        match token {
            Token::Start(tag) => {
                if self.levels.len() > MAX_DEPTH {
                    return None;
                }
                self.open(tag, behind)?;
                if tag.is_empty {
                    self.close(behind);
                }
            }
            Token::End { name, offset } => {
                if self.levels.len() < 2 || self.levels.last()?.tag != name {
                    return None;
                }
                self.close(offset);
            }
            Token::Text { raw, is_cdata, .. } => {
                let level = self.levels.last_mut()?;
                if level.is_leaf {
                    let place = if is_cdata {
                        Place::Cdata
                    } else {
                        Place::Element
                    };
                    let more = value(raw, place);
                    match level.content.is_empty() {
                        true => level.content = more,
                        false => level.content.to_mut().push_str(&more),
                    }
                }
            }
        }
        Some(())
    }

    fn open(&mut self, tag: Tag<'t>, behind: usize) -> Option<()> {
        let around = self.levels.last_mut()?;
        around.is_leaf = false;
        around.content = Cow::Borrowed("");
        let steps = self.path.and_then(|path| leads(path, around, tag.name));
        let name_len = self.name.len();
        if name_len > 0 {
            self.name.push('.');
        }
        self.name.push_str(&String::from_utf8_lossy(tag.name));
        let wanted = match (self.path, steps) {
            (None, _) => Some(None),
            (Some(path), Some(steps)) => match path.get(steps) {
                Some(Step::Attribute(name)) => Some(Some(name.as_bytes())),
                _ => None,
            },
            _ => None,
        };
        if let Some(wanted) = wanted {
            self.attributes(tag, wanted);
        }
        self.levels.push(Level {
            name_len,
            start: behind,
            ..Level::new(tag.name, steps)
        });
        Some(())
    }

    /// Gives the attributes of a tag, or one of them.
    fn attributes(&mut self, tag: Tag<'t>, wanted: Option<&[u8]>) {
        for (attribute, raw) in tag.attributes() {
            if wanted.is_none_or(|wanted| wanted == attribute) {
                let name_len = self.name.len();
                self.name.push_str("{@");
                self.name.push_str(&String::from_utf8_lossy(attribute));
                self.name.push('}');
                let value = value(raw, Place::Attribute).into_owned();
                (self.give)(&self.name, value);
                self.name.truncate(name_len);
            }
        }
    }

    /// Ends the element that was opened last, whose content ends at a place of the text.
    fn close(&mut self, end: usize) {
        let Some(level) = self.levels.pop() else {
            return;
        };
        let is_found = match self.path {
            None => level.is_leaf,
            Some(path) => level.steps == Some(path.len()),
        };
        let content = match level.is_leaf {
            true => level.content,
            false => Cow::Borrowed(self.text.get(level.start..end).unwrap_or_default()),
        };
        if is_found && !content.bytes().all(is_blank) {
            (self.give)(&self.name, content.into_owned());
        }
        self.name.truncate(level.name_len);
    }
}

/// How many steps of a path lead to the next element in one, where they do.
fn leads(path: &[Step], around: &mut Level<'_>, tag: &[u8]) -> Option<usize> {
    let at = around.steps?;
    let (Step::Key(wanted), behind) = path.get(at..)?.split_first()? else {
        return None;
    };
    if wanted.as_bytes() != tag {
        return None;
    }
    around.seen = around.seen.saturating_add(1);
    let mut steps = at.saturating_add(1);
    for step in behind {
        match step {
            Step::Each => {}
            Step::Element(number) if *number == around.seen => {}
            Step::Element(_) => return None,
            Step::Key(_) | Step::Attribute(_) => break,
        }
        steps = steps.saturating_add(1);
    }
    Some(steps)
}
