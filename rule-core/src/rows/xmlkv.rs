//! `xmlkv`: the texts of XML elements as fields.

use alloc::string::String;

use super::command::Context;
use super::gathered::Gathered;
use super::row::Row;

/// `<name ...>text</name>` is the field `name` [Search Reference, "xmlkv"]. What is
/// around such elements is passed over, and an element without text is no field; the
/// text stays as it is written, and of several elements of one name each is a value `[U]`.
pub(super) fn xmlkv(field: &str, row: &mut Row, context: &Context<'_>) {
    let Some(text) = row.get(field).text() else {
        return;
    };
    let mut found = Gathered::default();
    let mut rest: &str = &text;
    while let Some((_, after)) = rest.split_once('<') {
        rest = after;
        if let Some((name, text)) = element(after) {
            found.add(name, String::from(text));
        }
    }
    drop(text);
    found.set(row, context);
}

/// The name and the text of an element whose `<` was read.
fn element(after: &str) -> Option<(&str, &str)> {
    // No further than the next tag: an open one that is never closed costs nothing.
    let (inside, behind) = after.split_once('<')?;
    let (tag, text) = inside.split_once('>')?;
    let end = tag.find(|next: char| next.is_whitespace() || next == '/');
    let name = tag.get(..end.unwrap_or(tag.len()))?;
    let closing = behind.strip_prefix('/')?.strip_prefix(name)?;
    let is_closed = closing.trim_start().starts_with('>');
    (is_closed && !name.is_empty() && !text.is_empty()).then_some((name, text))
}
