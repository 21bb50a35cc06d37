//! What is wrong with a search, and where.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use super::ast::Span;
use super::picture;
use super::source::{Location, Source};

/// The kind of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The text is no search.
    Syntax,
    /// A macro that nobody defined.
    UndefinedMacro,
    /// A macro that calls itself, directly or through others.
    MacroCycle,
    /// A macro called with another number of arguments than it takes.
    MacroArguments,
    /// A command that can't run.
    UnsupportedCommand,
    /// A function that can't run.
    UnsupportedFunction,
    /// An option of a command that can't run.
    UnsupportedOption,
    /// Anything else in a search that can't run, such as a subsearch.
    UnsupportedFeature,
    /// There is no memory for what the search takes.
    OutOfMemory,
}

impl Code {
    /// The code as it stands in the ABI's error JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Code::Syntax => "syntax",
            Code::UndefinedMacro => "undefined_macro",
            Code::MacroCycle => "macro_cycle",
            Code::MacroArguments => "macro_arguments",
            Code::UnsupportedCommand => "unsupported_command",
            Code::UnsupportedFunction => "unsupported_function",
            Code::UnsupportedOption => "unsupported_option",
            Code::UnsupportedFeature => "unsupported_feature",
            Code::OutOfMemory => "out_of_memory",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An error of a search: of its text, or of what the planner can't run.
///
/// It owns all that it shows, so it outlives the search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Its kind.
    pub code: Code,
    /// What is wrong and what to do: lower case, no full stop, input in
    /// backticks.
    pub message: String,
    /// The name of the command, function, option, feature or macro that stops
    /// the search, where there is one: what `check --coverage` counts by.
    pub what: Option<String>,
    /// Where.
    pub location: Box<Location>,
}

impl Error {
    /// An error at a place of the expanded text.
    #[must_use]
    pub fn new(
        code: Code,
        message: impl Into<String>,
        what: Option<String>,
        span: Span,
        source: &Source,
    ) -> Error {
        Error::at(code, message, what, source.locate(span))
    }

    /// An error at a place that is known already.
    #[must_use]
    pub fn at(
        code: Code,
        message: impl Into<String>,
        what: Option<String>,
        location: Location,
    ) -> Error {
        Error {
            code,
            // The planner's messages quote patterns and names, which may hold a line break.
            message: picture::one_line(message.into()),
            what,
            location: Box::new(location),
        }
    }

    /// The line with carets under the place, and the line inside the macro's
    /// definition where the place came from one. Several lines of text without a
    /// line break at the end.
    #[must_use]
    pub fn picture(&self) -> String {
        picture::draw(&self.location)
    }
}

/// The message and the place, on one line.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = &self.location.place;
        write!(
            f,
            "{} (line {}, column {}",
            self.message, place.line, place.column
        )?;
        if let Some(within) = &self.location.within {
            write!(f, ", in macro `{}`", picture::printable(&within.name))?;
        }
        f.write_str(")")
    }
}

impl core::error::Error for Error {}

/// What the parser raises: an error whose place is still a span.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) code: Code,
    pub(super) message: String,
    pub(super) what: Option<String>,
    pub(super) span: Span,
}

impl Fault {
    /// A text that is no search.
    pub(super) fn syntax(message: impl Into<String>, span: Span) -> Fault {
        Fault {
            code: Code::Syntax,
            message: message.into(),
            what: None,
            span,
        }
    }
}

/// The outcome of a rule of the grammar.
pub(super) type Parsed<T> = Result<T, Fault>;
