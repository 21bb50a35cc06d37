//! Why a command ended early, and what the user is told.

use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};

use crate::checkpoint::CheckpointError;
use crate::module::{ModuleError, Refusal};
use crate::output::visible;
use crate::rules::{RuleError, Settings};

/// Done.
pub(crate) const DONE: u8 = 0;
/// Could not start; a test or a check failed.
pub(crate) const FAILED: u8 = 1;
/// Some input could not be read to its end.
pub(crate) const UNREAD: u8 = 2;
/// There was an alert where none was wanted.
pub(crate) const ALERT: u8 = 3;

/// Why a command ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The rules cannot be used.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// The module cannot be used, or refused.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// The module refused a detection or a configuration whose origin is known.
    #[error("{}", refusal_text(.refusal, Some(.origin)))]
    Refused {
        /// The file or the option.
        origin: String,
        /// What the module said.
        refusal: Box<Refusal>,
    },
    /// The command cannot be meant like this.
    #[error("{0}")]
    Usage(String),
    /// The results cannot be written.
    #[error("cannot write the results: {0}")]
    Output(#[from] io::Error),
    /// The file for the results cannot be opened.
    #[error("cannot write the results to `{path}`: {source}")]
    Target {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// A checkpoint cannot be used.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The module failed in the middle of its work.
    #[error("{0}")]
    Midway(ModuleError),
}

impl Failure {
    /// A refusal of `rule_open`, with the origin of what it is about.
    pub(crate) fn at_open(error: ModuleError, settings: &Settings) -> Self {
        let ModuleError::Refused(refusal) = error else {
            return error.into();
        };
        let named = refusal.detection.as_deref();
        let of_configuration = match refusal.code.as_str() {
            // Only the configuration file can hold a key that is not known.
            "unknown_key" => true,
            // All else that a configuration says the options check themselves, but
            // for the windows.
            "bad_configuration" => settings.window.is_none(),
            _ => false,
        };
        let origin = match settings.detections.as_slice() {
            _ if of_configuration => settings.origin.clone(),
            [only] if refusal.code == "bad_detection" => Some(only.origin.clone()),
            _ if named.is_none() => None,
            [only] => Some(only.origin.clone()),
            many => many
                .iter()
                .find(|one| one.name() == named)
                .map(|one| one.origin.clone()),
        };
        match origin {
            Some(origin) => Self::Refused { origin, refusal },
            None => ModuleError::Refused(refusal).into(),
        }
    }

    /// A file that is to take the results and cannot be opened.
    pub(crate) fn cannot_open(path: &Path, source: io::Error) -> Self {
        Self::Target {
            path: path.display().to_string(),
            source,
        }
    }

    fn code(&self) -> u8 {
        match self {
            Self::Output(_) | Self::Midway(_) => UNREAD,
            _ => FAILED,
        }
    }

    /// Tells the user, and answers the exit code.
    ///
    /// A reader of the results that has gone away wanted no more of them: that is
    /// no failure.
    pub(crate) fn report(&self) -> ExitCode {
        if let Self::Output(error) = self
            && error.kind() == io::ErrorKind::BrokenPipe
        {
            return ExitCode::from(DONE);
        }
        let text = match self {
            Self::Module(ModuleError::Refused(refusal)) => refusal_text(refusal, None),
            other => other.to_string(),
        };
        tell("error", AnsiColor::Red, &text);
        ExitCode::from(self.code())
    }
}

/// What a module said against a detection: where, what, and the picture of it.
pub(crate) fn refusal_text(refusal: &Refusal, origin: Option<&str>) -> String {
    let mut text = String::new();
    match (origin, &refusal.detection) {
        (Some(origin), _) => {
            let _ = write!(text, "`{origin}`: ");
        }
        (None, Some(name)) => {
            let _ = write!(text, "`{name}`: ");
        }
        (None, None) => {}
    }
    text.push_str(&refusal.message);
    if let Some(picture) = &refusal.picture {
        text.push('\n');
        text.push_str(picture.trim_end());
    }
    text
}

/// Warns the user of something that is passed over.
pub(crate) fn warn(text: &str) {
    tell("warning", AnsiColor::Yellow, text);
}

fn tell(word: &str, colour: AnsiColor, text: &str) {
    let style = Style::new().bold().fg_color(Some(colour.into()));
    anstream::eprintln!("{style}{word}{style:#}: {}", visible(text));
}
