//! The texts that an event which matches must hold.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use crate::names::{Origin, Sources, can_build};
use crate::search::{Condition, Field, Test, Wanted};

/// Shorter texts are found everywhere.
pub(super) const LEAST: usize = 4;

/// Texts in lower case, at least one of which stands in the bytes of every record whose
/// event matches, in letters of either case, or is hidden there. None where there are no
/// such texts; none in the set where nothing matches.
///
/// Recurses as deep as the search has parentheses, which the parser bounds.
pub(crate) fn literals(test: &Test, sources: &Sources) -> Option<BTreeSet<String>> {
    literals_as(test, sources, |text| Some(text.into()))
}

/// The same texts in the form that bytes of another kind hold them in; none where `form`
/// gives none of a text, for those bytes need not hold that one.
pub(super) fn literals_as(
    test: &Test,
    sources: &Sources,
    form: fn(&str) -> Option<String>,
) -> Option<BTreeSet<String>> {
    match test {
        Test::All | Test::Not(_) => None,
        Test::And(parts) => parts
            .iter()
            .filter_map(|part| literals_as(part, sources, form))
            .max_by_key(worth),
        Test::Or(parts) => {
            let mut all = BTreeSet::new();
            for part in parts {
                all.extend(literals_as(part, sources, form)?);
            }
            Some(all)
        }
        Test::Leaf { condition, .. } => {
            let texts = of_condition(condition, sources)?;
            texts.iter().map(|text| form(text)).collect()
        }
    }
}

/// How much a set of texts sorts out: by its shortest, then by how few they are.
fn worth(texts: &BTreeSet<String>) -> (usize, usize) {
    let shortest = texts.iter().map(String::len).min();
    (
        shortest.unwrap_or(usize::MAX),
        usize::MAX.saturating_sub(texts.len()),
    )
}

fn of_condition(condition: &Condition, sources: &Sources) -> Option<BTreeSet<String>> {
    match condition {
        Condition::In(field, wanted) => {
            let mut all = BTreeSet::new();
            for one in wanted {
                let Wanted::Pattern(pattern) = one else {
                    return None;
                };
                let piece = longest_piece(pattern.parts())?;
                all.extend(stand_ins(field, &piece, sources)?);
                all.insert(piece);
            }
            Some(all)
        }
        Condition::Term(term) => {
            let piece = longest_piece(term.parts())?;
            Some([piece].into())
        }
        Condition::Never => Some(BTreeSet::new()),
        Condition::Differs(..) | Condition::Order(..) | Condition::Stored(..) => None,
    }
}

/// What else stands in a record in whose bytes this piece of a value of the field may be
/// missing: a message that is built may get it from its template, and needs its provider.
/// None for a field that a table or a setting fills, whatever the record is.
fn stand_ins(field: &Field, piece: &str, sources: &Sources) -> Option<BTreeSet<String>> {
    match field.name.as_str() {
        "host" | "source" | "sourcetype" | "index" | "_time" => None,
        "Message" => of_messages(piece, sources),
        name => match sources.models().field(name) {
            Some((inner, default)) if default.is_none_or(|text| !holds(text, piece)) => {
                let inner = Field {
                    name: String::from(inner),
                    slot: 0,
                };
                stand_ins(&inner, piece, sources)
            }
            Some(_) => None,
            None => of_kinds(name, piece, sources),
        },
    }
}

/// The same for a field that kinds of events make of others. The pieces that are looked for
/// have none of the characters that a value is cut at or put together with.
fn of_kinds(name: &str, piece: &str, sources: &Sources) -> Option<BTreeSet<String>> {
    let mut all = BTreeSet::new();
    for origin in sources.kinds().iter().flat_map(|kind| kind.origins(name)) {
        match origin {
            Origin::Field("host" | "source" | "sourcetype" | "index") => return None,
            Origin::Field("Message") => all.extend(of_messages(piece, sources)?),
            Origin::Field(_) => {}
            Origin::Constants(texts) => {
                if texts.iter().any(|text| holds(text, piece)) {
                    return None;
                }
            }
            Origin::Made => return None,
        }
    }
    Some(all)
}

fn of_messages(piece: &str, sources: &Sources) -> Option<BTreeSet<String>> {
    sources
        .messages()
        .filter(|(_, template)| can_build(template, piece))
        .map(|(provider, _)| longest_piece([provider].into_iter()))
        .collect()
}

/// Does a text, in whatever case, hold a piece?
fn holds(text: &str, piece: &str) -> bool {
    text.to_ascii_lowercase().contains(piece)
}

/// The longest run, in lower case, of characters that are written as they are, if it
/// is long enough.
fn longest_piece<'p>(parts: impl Iterator<Item = &'p str>) -> Option<String> {
    let pieces: Vec<&str> = parts.flat_map(|part| part.split(may_be_other)).collect();
    let longest = pieces.into_iter().max_by_key(|piece| piece.len())?;
    (longest.len() >= LEAST).then(|| longest.to_ascii_lowercase())
}

/// Can this character stand in a record as something else, besides by a numeric
/// escape? By an escape of JSON or XML; a blank by a line break in an attribute of XML.
fn may_be_other(c: char) -> bool {
    !c.is_ascii()
        || c.is_ascii_control()
        || matches!(c, ' ' | '"' | '\\' | '/' | '<' | '>' | '&' | '\'')
}
