//! Comments and macros: text to text.
//!
//! A call is a name in backticks, outside double quotes, with arguments in
//! parentheses or without. It is replaced by the macro's definition, in which
//! `$argument$` is replaced by the argument, inside quotes too; then the calls in
//! that text are expanded. Each text is read by itself: quotes that a definition
//! leaves open don't reach into the text around its call.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;

use super::ast::Span;
use super::call::{self, Found};
use super::error::{Code, Error};
use super::macros::{Macro, Macros};
use super::nearest::nearest;
use super::picture::printable;
use super::source::{Call, Definition, Mapped, Origin, Source, Spot, one_byte, span};
use super::{MAX_MACRO_CALLS, MAX_MACRO_DEPTH, MAX_TEXT};

/// What an undefined macro stands for where its name ends in [`FILTER`]: the
/// place for the user's false positives, in every published search.
const EMPTY_FILTER: &str = "search *";
const FILTER: &str = "_filter";

const COMMENT: &str = "```";

/// Expands a search. Gives the names of the macros used, too.
pub(super) fn expand(text: &str, macros: &Macros) -> Result<(Source, Vec<String>), Error> {
    let too_long = text.len() > MAX_TEXT;
    let mut expander = Expander {
        macros,
        source: Source {
            original: if too_long {
                String::new()
            } else {
                text.to_owned()
            },
            definitions: Vec::new(),
            calls: Vec::new(),
            expanded: Mapped::default(),
        },
        known: BTreeMap::new(),
        active: Vec::new(),
        used: BTreeSet::new(),
        bytes: 0,
    };
    if too_long {
        return Err(expander.error(
            Code::Syntax,
            format!("the search is longer than {MAX_TEXT} bytes"),
            None,
            &Mapped::default(),
            Span::default(),
        ));
    }
    let mut out = Mapped::default();
    expander.text(&Mapped::copied(text, Origin::User), &mut out)?;
    expander.source.expanded = out;
    Ok((expander.source, expander.used.into_iter().collect()))
}

struct Expander<'a> {
    macros: &'a Macros,
    source: Source,
    /// The place of a macro in [`Source`]'s definitions, by name and number of
    /// arguments.
    known: BTreeMap<(String, usize), usize>,
    /// The macros that are being expanded, the innermost last.
    active: Vec<(String, usize)>,
    used: BTreeSet<String>,
    /// How much text all definitions came to.
    bytes: usize,
}

impl Expander<'_> {
    /// Expands one text into another.
    fn text(&mut self, from: &Mapped, out: &mut Mapped) -> Result<(), Error> {
        let text = from.text.as_str();
        let mut copied = 0;
        let mut at = 0;
        while let Some(found) = call::next(text, at) {
            match found {
                Found::Quoted { end } => at = end,
                Found::Backtick { start } => {
                    out.push_part(from, copied, start);
                    let rest = text.get(start..).unwrap_or_default();
                    at = if rest.starts_with(COMMENT) {
                        self.comment(from, start, out)?
                    } else {
                        self.call(from, start, out)?
                    };
                    copied = at;
                }
            }
        }
        out.push_part(from, copied, text.len());
        Ok(())
    }

    /// Replaces a comment by a space. Gives the byte after it.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "places in a text, of marks that stand there"
    )]
    fn comment(&self, from: &Mapped, start: usize, out: &mut Mapped) -> Result<usize, Error> {
        let inside = start + COMMENT.len();
        let rest = from.text.get(inside..).unwrap_or_default();
        let Some(length) = rest.find(COMMENT) else {
            return Err(self.error(
                Code::Syntax,
                "a comment is not closed: write three backticks after it".to_string(),
                None,
                from,
                span(start, inside),
            ));
        };
        let end = inside + length + COMMENT.len();
        let spot = self.source.spot(from, span(start, end));
        out.push(" ", spot.origin, spot.span);
        Ok(end)
    }

    /// Replaces a call by its expansion. Gives the byte after it.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a place behind a byte that stands in the text"
    )]
    fn call(&mut self, from: &Mapped, start: usize, out: &mut Mapped) -> Result<usize, Error> {
        let Some(close) = call::closing(&from.text, start + 1) else {
            return Err(self.error(
                Code::Syntax,
                "a macro call is not closed: write a backtick after it".to_string(),
                None,
                from,
                one_byte(start),
            ));
        };
        let end = close + 1;
        let place = span(start, end);
        let (name, arguments) = match call::arguments(&from.text, start + 1, close) {
            Ok(read) => read,
            Err(message) => {
                let message = message.to_string();
                return Err(self.error(Code::Syntax, message, None, from, place));
            }
        };
        self.used.insert(name.clone());
        let key = (name, arguments.len());
        let macros = self.macros;
        let (definition, names) = match macros.get(&key.0, key.1) {
            Some(Macro {
                definition,
                arguments,
            }) => (definition.as_str(), arguments.as_slice()),
            None if key.1 == 0
                && key.0.ends_with(FILTER)
                && macros.counts(&key.0).next().is_none() =>
            {
                (EMPTY_FILTER, [].as_slice())
            }
            None => return Err(self.unknown(&key, from, place)),
        };
        self.check_bounds(&key, from, place)?;

        let Spot { origin, span } = self.source.spot(from, place);
        let call = self.source.calls.len();
        let definition_index = self.definition(&key, definition);
        self.source.calls.push(Call {
            definition: definition_index,
            origin,
            span,
        });
        let arguments = call::by_name(&from.text, names, &arguments);
        let Some(body) = self.substitute(definition, Origin::Call(call), from, &arguments) else {
            return Err(self.error(
                Code::Syntax,
                format!("the macros expand to more than {MAX_TEXT} bytes"),
                Some(key.0),
                from,
                place,
            ));
        };
        self.active.push(key);
        self.text(&body, out)?;
        self.active.pop();
        Ok(end)
    }

    /// Refuses a cycle, a nesting that is too deep, and too many calls.
    fn check_bounds(&self, key: &(String, usize), from: &Mapped, place: Span) -> Result<(), Error> {
        if let Some(first) = self.active.iter().position(|active| active == key) {
            let mut chain = String::new();
            for (name, _) in self.active.iter().skip(first) {
                chain.push_str(&format!("`{}` > ", printable(name)));
            }
            let name = printable(&key.0);
            return Err(self.error(
                Code::MacroCycle,
                format!("macro `{name}` calls itself: {chain}`{name}`"),
                Some(key.0.clone()),
                from,
                place,
            ));
        }
        let limit = if self.active.len() >= MAX_MACRO_DEPTH {
            format!("macros are nested deeper than {MAX_MACRO_DEPTH} levels")
        } else if self.source.calls.len() >= MAX_MACRO_CALLS {
            format!("the search comes to more than {MAX_MACRO_CALLS} macro calls")
        } else {
            return Ok(());
        };
        Err(self.error(Code::Syntax, limit, Some(key.0.clone()), from, place))
    }

    /// The error for a call that no definition fits.
    fn unknown(&self, key: &(String, usize), from: &Mapped, place: Span) -> Error {
        let (name, given) = key;
        let shown = printable(name);
        let takes: Vec<String> = self
            .macros
            .counts(name)
            .map(|count| count.to_string())
            .collect();
        if !takes.is_empty() {
            let takes = takes.join(" or ");
            let noun = if takes == "1" {
                "argument"
            } else {
                "arguments"
            };
            return self.error(
                Code::MacroArguments,
                format!("macro `{shown}` takes {takes} {noun}, not {given}"),
                Some(name.clone()),
                from,
                place,
            );
        }
        let hint = match nearest(name, self.macros.names()) {
            Some(near) => format!("did you mean `{}`?", printable(near)),
            None => "define it, or correct its name".to_string(),
        };
        self.error(
            Code::UndefinedMacro,
            format!("macro `{shown}` is not defined: {hint}"),
            Some(name.clone()),
            from,
            place,
        )
    }

    fn definition(&mut self, key: &(String, usize), text: &str) -> usize {
        if let Some(&index) = self.known.get(key) {
            return index;
        }
        let index = self.source.definitions.len();
        self.source.definitions.push(Definition {
            name: key.0.clone(),
            text: text.to_owned(),
        });
        self.known.insert(key.clone(), index);
        index
    }

    /// The definition with its arguments put in; none if that is too long.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a place behind a byte that stands in the text"
    )]
    fn substitute(
        &mut self,
        definition: &str,
        origin: Origin,
        from: &Mapped,
        arguments: &BTreeMap<&str, Vec<Range<usize>>>,
    ) -> Option<Mapped> {
        let mut body = Mapped::default();
        let mut copied = 0;
        let mut at = 0;
        while let Some(open) = call::find(definition, at, '$') {
            let inside = open + 1;
            let Some(close) = call::find(definition, inside, '$') else {
                break;
            };
            let name = definition.get(inside..close).unwrap_or_default();
            let Some(parts) = arguments.get(name) else {
                // The closing `$` may open the next name.
                at = close;
                continue;
            };
            let before = definition.get(copied..open).unwrap_or_default();
            body.push(before, origin, span(copied, open));
            for part in parts {
                body.push_part(from, part.start, part.end);
                if self.bytes.saturating_add(body.text.len()) > MAX_TEXT {
                    return None;
                }
            }
            at = close + 1;
            copied = at;
        }
        let rest = definition.get(copied..).unwrap_or_default();
        body.push(rest, origin, span(copied, definition.len()));
        self.bytes = self.bytes.saturating_add(body.text.len());
        (self.bytes <= MAX_TEXT).then_some(body)
    }

    fn error(
        &self,
        code: Code,
        message: String,
        what: Option<String>,
        from: &Mapped,
        place: Span,
    ) -> Error {
        Error::at(code, message, what, self.source.locate_in(from, place))
    }
}
