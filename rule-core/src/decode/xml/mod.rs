//! Windows events in XML: the fields of an `Event` element.

mod reader;
mod text;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use super::{DecodeError, Decoded, FieldSink, MAX_DEPTH, MAX_PATH_BYTES, error};
use reader::local;
pub(crate) use reader::{Reader, Tag, Token, is_blank};
pub(crate) use text::{Place, value};

/// Gives the fields of an event.
///
/// A field is the text of an element without elements in it. Its path is made
/// of the names from the section (`System`, `EventData`, `RenderingInfo`, ...)
/// on, joined by dots. Prefixes are no part of a name.
///
/// - The attributes of elements in System are fields below their element:
///   `System.Provider.Name`, `System.TimeCreated.SystemTime`.
/// - In EventData, `<Data Name="X">` is `EventData.X`, and a `Data` without a
///   name is `EventData.param1`, `EventData.param2`, ..., by its place among all
///   `Data` elements.
/// - In UserData only the element's own name counts: `UserData.X`.
/// - Text is as it is written, blanks too, with LF for a line break. Empty
///   elements are values in EventData and UserData, and elsewhere nothing.
///
/// # Errors
///
/// Where the record is not one well-formed `Event` element, has a document
/// type, or is nested in more than 256 levels.
pub fn xml<'r>(record: &'r [u8], sink: &mut impl FieldSink<'r>) -> Result<Decoded, DecodeError> {
    let mut walk = Walk {
        elements: Vec::new(),
        section: Section::Other,
        path: String::new(),
        data_count: 0,
        leaf: None,
    };
    let mut reader = Reader::new(record);
    let mut begun = false;
    while let Some(token) = reader.next()? {
        match token {
            Token::Start(tag) => {
                if begun && walk.elements.is_empty() {
                    return error("something follows the `Event` element", tag.offset);
                }
                begun = true;
                walk.start(tag, sink)?;
                if tag.is_empty {
                    walk.end(sink);
                }
            }
            Token::End { name, offset } => {
                if walk.elements.last().map(|element| element.name) != Some(name) {
                    return error("an end tag does not match its start tag", offset);
                }
                walk.end(sink);
            }
            Token::Text {
                raw,
                is_cdata,
                offset,
            } => {
                if walk.elements.is_empty() && !raw.iter().all(|&byte| is_blank(byte)) {
                    return error("text stands outside of the `Event` element", offset);
                }
                let place = if is_cdata {
                    Place::Cdata
                } else {
                    Place::Element
                };
                walk.text(raw, place);
            }
        }
    }
    if !begun || !walk.elements.is_empty() {
        return error("ends before the `Event` element does", reader.offset());
    }
    Ok(Decoded::of(record))
}

/// What the rules of naming hang on: the child of `Event` that is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    System,
    EventData,
    UserData,
    Other,
}

/// An element that is open.
struct Element<'r> {
    /// With its prefix, as the end tag repeats it.
    name: &'r [u8],
    /// The length of the path around it.
    path_len: usize,
}

/// The text of the element that was opened last.
struct Leaf<'r> {
    is_wanted: bool,
    /// It is a field whose path is too long to be asked for.
    is_too_long: bool,
    /// What stands in it, where that matters.
    text: Cow<'r, str>,
}

struct Walk<'r> {
    elements: Vec<Element<'r>>,
    section: Section,
    /// Longer than [`MAX_PATH_BYTES`] only where it is too long to be asked for.
    path: String,
    /// How many `Data` elements EventData had so far.
    data_count: usize,
    /// None behind an end tag: the element around it is no leaf.
    leaf: Option<Leaf<'r>>,
}

impl<'r> Walk<'r> {
    fn start(&mut self, tag: Tag<'r>, sink: &mut impl FieldSink<'r>) -> Result<(), DecodeError> {
        let depth = self.elements.len();
        if depth == MAX_DEPTH {
            return error("nested too deep, in more than 256 levels", tag.offset);
        }
        let name = local(tag.name);
        let path_len = self.path.len();
        match depth {
            0 if name != b"Event" => {
                return error("the record's element is not `Event`", tag.offset);
            }
            0 => {}
            1 => {
                self.section = match name {
                    b"System" => Section::System,
                    b"EventData" => Section::EventData,
                    b"UserData" => Section::UserData,
                    _ => Section::Other,
                };
                self.append(name);
            }
            _ => self.append_field(tag, name),
        }
        let is_field = depth > 1;
        self.elements.push(Element {
            name: tag.name,
            path_len,
        });
        if is_field && self.section == Section::System {
            self.attributes(tag, sink);
        }
        // Asked for last: a sink is given a value right after it said that it
        // wants it, and the text of the element comes behind its attributes.
        let is_too_long = is_field && self.is_too_long();
        self.leaf = Some(Leaf {
            is_wanted: is_field && !is_too_long && sink.wants(&self.path),
            is_too_long,
            text: Cow::Borrowed(""),
        });
        Ok(())
    }

    /// Adds the name of a field's element to the path.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "it counts elements, which have bytes of a record each"
    )]
    fn append_field(&mut self, tag: Tag<'r>, name: &[u8]) {
        let depth = self.elements.len();
        if self.section == Section::UserData {
            // The elements around are no leaves, so their path is not needed again.
            self.path.truncate("UserData".len());
        }
        if self.section != Section::EventData || depth > 2 || name != b"Data" {
            return self.append(name);
        }
        self.data_count += 1;
        let given = tag
            .attributes()
            .find(|(attribute, value)| *attribute == b"Name" && !value.is_empty());
        match given {
            Some((_, given)) => self.append(value(given, Place::Attribute).as_bytes()),
            None => {
                // Writing to a String does not fail.
                let _ = write!(self.path, ".param{}", self.data_count);
            }
        }
    }

    /// Adds a name to the path, with a dot before it where there is a path. Of a
    /// name that makes it too long, as much is added as shows that.
    fn append(&mut self, name: &[u8]) {
        if !self.path.is_empty() {
            self.path.push('.');
        }
        let room = (MAX_PATH_BYTES + 1).saturating_sub(self.path.len());
        let name = name.get(..room).unwrap_or(name);
        self.path.push_str(&String::from_utf8_lossy(name));
    }

    fn is_too_long(&self) -> bool {
        self.path.len() > MAX_PATH_BYTES
    }

    fn attributes(&mut self, tag: Tag<'r>, sink: &mut impl FieldSink<'r>) {
        let path_len = self.path.len();
        for (name, raw) in tag.attributes() {
            if name == b"xmlns" || name.starts_with(b"xmlns:") {
                continue;
            }
            self.append(local(name));
            if self.is_too_long() {
                sink.too_long();
            } else if sink.wants(&self.path) {
                sink.field(&self.path, value(raw, Place::Attribute));
            }
            self.path.truncate(path_len);
        }
    }

    fn text(&mut self, raw: &'r [u8], place: Place) {
        if let Some(leaf) = &mut self.leaf
            && (leaf.is_wanted || leaf.is_too_long)
        {
            let more = value(raw, place);
            if leaf.text.is_empty() {
                leaf.text = more;
            } else {
                leaf.text.to_mut().push_str(&more);
            }
        }
    }

    fn end(&mut self, sink: &mut impl FieldSink<'r>) {
        if let Some(leaf) = self.leaf.take() {
            let empty_counts = matches!(self.section, Section::EventData | Section::UserData);
            if !empty_counts && leaf.text.is_empty() {
                // The element says nothing.
            } else if leaf.is_wanted {
                sink.field(&self.path, leaf.text);
            } else if leaf.is_too_long {
                sink.too_long();
            }
        }
        if let Some(element) = self.elements.pop() {
            self.path.truncate(element.path_len);
        }
    }
}
