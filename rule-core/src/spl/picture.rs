//! A place drawn for a terminal: the line, and carets under it.
//!
//! A search may be hostile, and a picture goes to a terminal or into a log: what
//! is drawn is one line of printable characters, cut to a width.

use alloc::format;
use alloc::string::String;

use super::source::{Location, Place};

/// The most characters of a line that are shown.
const WIDTH: usize = 100;
/// How many of them stand before the place, in a line that is cut.
const LEAD: usize = 40;
const CUT: &str = "...";

/// The picture of a location.
pub(super) fn draw(location: &Location) -> String {
    let mut picture = line(&location.place);
    if let Some(within) = &location.within {
        picture.push_str("\nin macro `");
        picture.push_str(&printable(&within.name));
        picture.push_str("`:\n");
        picture.push_str(&line(&within.place));
    }
    picture
}

/// A line with its number, and the carets.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "no more is skipped than stands before, of which there is more than LEAD then; the \
              rest are lengths of a line"
)]
fn line(place: &Place) -> String {
    let before = place.column.saturating_sub(1) as usize;
    let (skip, head) = if place.text.chars().count() <= WIDTH || before <= LEAD {
        (0, "")
    } else {
        (before - LEAD, CUT)
    };
    let mut rest = place.text.chars().skip(skip);
    let shown: String = rest.by_ref().take(WIDTH).map(shown).collect();
    let tail = if rest.next().is_some() { CUT } else { "" };

    let column = before - skip + head.len();
    let room = (head.len() + shown.chars().count()).saturating_sub(column);
    let carets = marked(place).min(room).max(1);

    let number = format!("{}", place.line);
    let gutter = " ".repeat(number.len());
    let blank = " ".repeat(column);
    let marks = "^".repeat(carets);
    format!("{number} | {head}{shown}{tail}\n{gutter} | {blank}{marks}")
}

/// How many characters of its line a place covers.
fn marked(place: &Place) -> usize {
    let from: usize = place
        .text
        .chars()
        .take(place.column.saturating_sub(1) as usize)
        .map(char::len_utf8)
        .sum();
    let length = place.length as usize;
    place
        .text
        .get(from..)
        .unwrap_or_default()
        .char_indices()
        .take_while(|(at, _)| *at < length)
        .count()
}

/// Text from outside, fit for one line of a message: control characters and
/// those that turn the direction of writing are replaced, and a long text is
/// cut.
#[must_use]
pub fn printable(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut characters = text.chars();
    let mut out: String = characters.by_ref().take(LONGEST).map(shown).collect();
    if characters.next().is_some() {
        out.push_str(CUT);
    }
    out
}

/// A message as one line, whatever from outside is in it.
pub(crate) fn one_line(message: String) -> String {
    match message.chars().all(|next| shown(next) == next) {
        true => message,
        false => message.chars().map(shown).collect(),
    }
}

fn shown(character: char) -> char {
    match character {
        '\t' => ' ',
        // Marks that have no width or turn the direction would move the carets,
        // or make a line read as another.
        '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => char::REPLACEMENT_CHARACTER,
        other if other.is_control() => char::REPLACEMENT_CHARACTER,
        other => other,
    }
}
