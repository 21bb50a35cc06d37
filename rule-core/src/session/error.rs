//! Errors of a session.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::settings::SettingError;
use crate::{detection, spl};

/// What went wrong. As JSON it is what `rule_last_error` gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionError {
    /// The kind.
    pub code: ErrorCode,
    /// What is wrong, where, and what to do.
    pub message: String,
    /// The command, function, option, feature or macro that cannot run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// The name of the detection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detection: Option<String>,
    /// Where in the text of its search.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub place: Option<Box<Where>>,
    /// The text of the search with the place marked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// A place in a search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Where {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// Bytes from the start of the search.
    pub offset: u32,
    /// Its length in bytes.
    pub length: u32,
    /// The macro whose definition holds the place.
    #[serde(rename = "macro", skip_serializing_if = "Option::is_none")]
    pub in_macro: Option<String>,
}

/// The kinds of error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The configuration cannot be read, or a value in it is wrong.
    BadConfiguration,
    /// A key that the configuration does not have.
    UnknownKey,
    /// The rules are sealed, and the configuration would change them.
    Sealed,
    /// A detection lacks what it needs.
    BadDetection,
    /// A search is none.
    Syntax,
    /// A macro that nobody defines.
    UndefinedMacro,
    /// A macro that calls itself.
    MacroCycle,
    /// A macro with the wrong number of arguments.
    MacroArguments,
    /// A command that cannot run.
    UnsupportedCommand,
    /// A function that cannot run.
    UnsupportedFunction,
    /// An option that cannot run.
    UnsupportedOption,
    /// Something else of the language that cannot run.
    UnsupportedFeature,
    /// A schedule that cannot be.
    BadSchedule,
    /// The bytes are no record.
    BadRecord,
    /// A handle that is none (of the module's ABI).
    BadHandle,
    /// The session is finished.
    Finished,
    /// There is no room for more.
    OutOfMemory,
    /// The bytes are no snapshot that can be read.
    BadSnapshot,
    /// A snapshot of other rules or settings.
    OtherRules,
    /// Two states that cannot be joined as they are.
    CannotMerge,
}

impl SessionError {
    /// An error of a kind.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        SessionError {
            code,
            message: spl::one_line(message.into()),
            what: None,
            detection: None,
            place: None,
            picture: None,
        }
    }

    /// The same error, of a detection.
    #[must_use]
    pub(crate) fn of_detection(mut self, name: &str) -> Self {
        self.detection = Some(String::from(name));
        self
    }

    /// The error as JSON.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

impl core::fmt::Display for SessionError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for SessionError {}

impl From<SettingError> for SessionError {
    fn from(error: SettingError) -> Self {
        let code = match error.unknown_key {
            true => ErrorCode::UnknownKey,
            false => ErrorCode::BadConfiguration,
        };
        SessionError::new(code, error.message)
    }
}

impl From<detection::DetectionError> for SessionError {
    fn from(error: detection::DetectionError) -> Self {
        let mut converted = SessionError::new(ErrorCode::BadDetection, error.message);
        converted.detection = error.detection;
        converted
    }
}

impl From<spl::Error> for SessionError {
    fn from(error: spl::Error) -> Self {
        let code = match error.code {
            spl::Code::Syntax => ErrorCode::Syntax,
            spl::Code::UndefinedMacro => ErrorCode::UndefinedMacro,
            spl::Code::MacroCycle => ErrorCode::MacroCycle,
            spl::Code::MacroArguments => ErrorCode::MacroArguments,
            spl::Code::UnsupportedCommand => ErrorCode::UnsupportedCommand,
            spl::Code::UnsupportedFunction => ErrorCode::UnsupportedFunction,
            spl::Code::UnsupportedOption => ErrorCode::UnsupportedOption,
            spl::Code::UnsupportedFeature => ErrorCode::UnsupportedFeature,
            spl::Code::OutOfMemory => ErrorCode::OutOfMemory,
        };
        let picture = error.picture();
        let place = &error.location.place;
        let place = Where {
            line: place.line,
            column: place.column,
            offset: place.offset,
            length: place.length,
            in_macro: error
                .location
                .within
                .as_ref()
                .map(|within| within.name.clone()),
        };
        SessionError {
            code,
            message: error.message,
            what: error.what,
            detection: None,
            place: Some(Box::new(place)),
            picture: Some(picture),
        }
    }
}
