//! The text of a search, before and after its macros, and the way back.
//!
//! The parser works on the expanded text, the user on his own. [`Source`] keeps
//! both and, for each piece of the expanded text, the text it was copied from:
//! the user's, or the definition of a macro at one of its calls. A call stands in
//! a text too, so any place leads back to the user's text in at most
//! [`super::MAX_MACRO_DEPTH`] steps.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::ast::Span;

/// The text of a search, as written and as expanded.
#[derive(Clone, Debug)]
pub struct Source {
    pub(super) original: String,
    /// Each macro used, once however often it is called.
    pub(super) definitions: Vec<Definition>,
    /// Each call of a macro.
    pub(super) calls: Vec<Call>,
    pub(super) expanded: Mapped,
}

/// The text of one macro.
#[derive(Clone, Debug)]
pub(super) struct Definition {
    pub(super) name: String,
    pub(super) text: String,
}

/// One call of a macro: which, and where the call stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) definition: usize,
    pub(super) origin: Origin,
    pub(super) span: Span,
}

/// A text that pieces are copied from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The user's.
    User,
    /// The definition of the macro of this call.
    Call(usize),
}

/// Text put together from pieces of other texts.
#[derive(Clone, Debug, Default)]
pub(super) struct Mapped {
    pub(super) text: String,
    pieces: Vec<Piece>,
}

/// A run of a [`Mapped`] text, up to the next piece.
#[derive(Clone, Copy, Debug)]
struct Piece {
    start: u32,
    length: u32,
    origin: Origin,
    /// What it stands for in the origin: as long as the piece where it was copied,
    /// longer where it replaces a comment.
    from: Span,
}

impl Piece {
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "start and length came from a range of u32, whose end this is"
    )]
    fn end(&self) -> u32 {
        self.start + self.length
    }

    /// The range of the origin that a range of the text came from; both within
    /// the piece.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "ranges end behind their begin, and those given are within the piece, which is \
                  as long as its origin then"
    )]
    fn part(&self, start: u32, end: u32) -> Span {
        if self.from.end - self.from.start != self.length {
            return self.from;
        }
        Span {
            start: self.from.start + (start - self.start),
            end: self.from.start + (end - self.start),
        }
    }
}

/// A range of bytes in an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) origin: Origin,
    pub(super) span: Span,
}

/// A range as the parser's spans are: texts are shorter than 4 GiB
/// ([`super::MAX_TEXT`]).
pub(super) fn span(start: usize, end: usize) -> Span {
    Span {
        start: u32::try_from(start).unwrap_or(u32::MAX),
        end: u32::try_from(end).unwrap_or(u32::MAX),
    }
}

/// The range of one byte.
pub(super) fn one_byte(at: usize) -> Span {
    span(at, at.saturating_add(1))
}

impl Mapped {
    /// Text that is copied as it stands.
    pub(super) fn copied(text: &str, origin: Origin) -> Mapped {
        let mut mapped = Mapped::default();
        mapped.push(text, origin, span(0, text.len()));
        mapped
    }

    /// Adds text that stands for a range of an origin.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a range ends behind its begin"
    )]
    pub(super) fn push(&mut self, text: &str, origin: Origin, from: Span) {
        if text.is_empty() {
            return;
        }
        let start = self.text.len();
        let place = span(start, start.saturating_add(text.len()));
        self.pieces.push(Piece {
            start: place.start,
            length: place.end - place.start,
            origin,
            from,
        });
        self.text.push_str(text);
    }

    /// Adds a part of another text, with its origins.
    pub(super) fn push_part(&mut self, other: &Mapped, start: usize, end: usize) {
        let wanted = span(start, end);
        let first = other
            .pieces
            .partition_point(|piece| piece.end() <= wanted.start);
        for piece in other.pieces.iter().skip(first) {
            if piece.start >= wanted.end {
                break;
            }
            let from = wanted.start.max(piece.start);
            let to = wanted.end.min(piece.end());
            let text = other.text.get(from as usize..to as usize);
            self.push(text.unwrap_or_default(), piece.origin, piece.part(from, to));
        }
    }

    /// Where a byte came from; for a byte after the last, the end of where that
    /// came from.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "the byte is before the end of a piece, which is an u32"
    )]
    fn byte(&self, at: u32) -> Spot {
        let index = self.pieces.partition_point(|piece| piece.end() <= at);
        if let Some(piece) = self.pieces.get(index) {
            return Spot {
                origin: piece.origin,
                span: piece.part(at, at + 1),
            };
        }
        let (origin, end) = match self.pieces.last() {
            Some(piece) => (piece.origin, piece.from.end),
            None => (Origin::User, 0),
        };
        Spot {
            origin,
            span: Span { start: end, end },
        }
    }
}

impl Source {
    /// The text as the user wrote it.
    #[must_use]
    pub fn original(&self) -> &str {
        &self.original
    }

    /// The text with comments taken out and macros put in: what spans are ranges
    /// of.
    #[must_use]
    pub fn expanded(&self) -> &str {
        &self.expanded.text
    }

    /// The expanded text of a span; empty for a span of another search.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.expanded
            .text
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
    }

    /// Where the text of a span came from.
    #[must_use]
    pub fn locate(&self, span: Span) -> Location {
        self.locate_in(&self.expanded, span)
    }

    /// [`Source::locate`] for a span of a text that is still being expanded.
    pub(super) fn locate_in(&self, mapped: &Mapped, span: Span) -> Location {
        self.location(self.spot(mapped, span))
    }

    /// The range of one origin that covers a span: of the innermost text that all
    /// of it came from.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "the range is not empty, so its end is not 0"
    )]
    pub(super) fn spot(&self, mapped: &Mapped, span: Span) -> Spot {
        if span.end <= span.start {
            // It stands before a byte, or after the last one.
            let mut next = mapped.byte(span.start);
            next.span.end = next.span.start;
            return next;
        }
        let mut first = mapped.byte(span.start);
        let mut last = mapped.byte(span.end - 1);
        while first.origin != last.origin {
            // A call stands in a text that began before its own, so the larger
            // number is never an ancestor of the smaller.
            if number(first.origin) > number(last.origin) {
                first = self.call_site(first);
            } else {
                last = self.call_site(last);
            }
        }
        Spot {
            origin: first.origin,
            span: Span {
                start: first.span.start.min(last.span.start),
                end: first.span.end.max(last.span.end),
            },
        }
    }

    /// Where the call stands whose definition a spot is in.
    fn call_site(&self, spot: Spot) -> Spot {
        match self.call(spot.origin) {
            Some(call) => Spot {
                origin: call.origin,
                span: call.span,
            },
            None => Spot {
                origin: Origin::User,
                span: spot.span,
            },
        }
    }

    fn call(&self, origin: Origin) -> Option<&Call> {
        match origin {
            Origin::User => None,
            Origin::Call(index) => self.calls.get(index),
        }
    }

    /// The user's place of a spot, and the place inside the definition.
    pub(super) fn location(&self, spot: Spot) -> Location {
        let mut chain = Vec::new();
        let mut within = None;
        let mut at = spot;
        while let Some(call) = self.call(at.origin) {
            if let Some(definition) = self.definitions.get(call.definition) {
                if within.is_none() {
                    within = Some((
                        definition.name.clone(),
                        Place::new(&definition.text, at.span),
                    ));
                }
                chain.push(definition.name.clone());
            }
            at = self.call_site(at);
        }
        chain.reverse();
        Location {
            place: Place::new(&self.original, at.span),
            within: within.map(|(name, place)| Within { name, place, chain }),
        }
    }
}

fn number(origin: Origin) -> usize {
    match origin {
        Origin::User => 0,
        Origin::Call(index) => index.saturating_add(1),
    }
}

/// Where something stands in what the user wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The place in the user's text; of the macro's call, for what came from a
    /// macro.
    pub place: Place,
    /// For what came from a macro: the place in its definition.
    pub within: Option<Within>,
}

/// A place inside a macro's definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Within {
    /// The macro.
    pub name: String,
    /// The place in the text of its definition.
    pub place: Place,
    /// The macros from the user's text to this one, which is the last.
    pub chain: Vec<String>,
}

/// A place in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The byte in the text.
    pub offset: u32,
    /// How many bytes; 0 at the end of the text.
    pub length: u32,
    /// The line's text, without its line break.
    pub text: String,
}

impl Place {
    /// The place of a range of bytes of a text.
    pub(super) fn new(text: &str, at: Span) -> Place {
        let start = text.floor_char_boundary(at.start as usize);
        let end = text.floor_char_boundary(at.end as usize).max(start);
        let before = text.get(..start).unwrap_or_default();
        let begun = before.rsplit('\n').next().unwrap_or_default();
        let line_start = start.saturating_sub(begun.len());
        let line = text.get(line_start..).unwrap_or_default();
        let line = line.split('\n').next().unwrap_or_default();
        let lines = before.split('\n').count();
        Place {
            line: span(lines, 0).start,
            column: span(begun.chars().count().saturating_add(1), 0).start,
            offset: span(start, 0).start,
            length: span(end.saturating_sub(start), 0).start,
            text: line.strip_suffix('\r').unwrap_or(line).to_owned(),
        }
    }
}
