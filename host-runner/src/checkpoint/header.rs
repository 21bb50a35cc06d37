//! What a checkpoint says of the run, beside the module's state.

use serde::{Deserialize, Serialize};

use super::Identity;

/// The form that this program writes and reads.
const FORM: &str = "host-runner-checkpoint/1";

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    /// [`FORM`].
    pub(crate) form: String,
    /// Whether the inputs are followed.
    pub(crate) follow: bool,
    /// What the user named as inputs.
    pub(crate) names: Vec<String>,
    /// The inputs, in the order in which they are read.
    pub(crate) inputs: Vec<InputState>,
    /// Of followed inputs, the name of the one that the module reads at the moment.
    pub(crate) current: Option<String>,
    /// Of followed inputs, the files that were read and that are not to be read again
    /// under another name.
    pub(crate) read: Vec<Done>,
    /// The file of alerts; none where they go to standard output.
    pub(crate) output: Option<OutputState>,
    /// Whether some input could not be read to its end.
    pub(crate) unread: bool,
    /// Parts of event logs that could not be decoded.
    pub(crate) damaged: u64,
    /// Whether all is read and given.
    pub(crate) done: bool,
    /// Of `serve`, the number of the journal with what came after this checkpoint;
    /// none of `run`, whose inputs can be read again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) journal: Option<u64>,
}

/// How far an input is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InputState {
    /// What messages call it.
    pub(crate) name: String,
    /// The file that was read, where one was opened.
    pub(crate) file: Option<Identity>,
    /// As many bytes of its unpacked content the module has, as the position of a stream.
    pub(crate) bytes: u64,
    /// Whether the module was told of the input.
    pub(crate) begun: bool,
    /// Whether nothing more comes of it.
    pub(crate) ended: bool,
}

/// A file that was followed and read to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Done {
    /// The file.
    pub(crate) file: Identity,
    /// As many bytes of it were read.
    pub(crate) bytes: u64,
}

/// Where the alerts go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OutputState {
    /// Its absolute path, or the URL of a receiver.
    pub(crate) file: String,
    /// As long the file is with the alerts of this checkpoint.
    pub(crate) length: u64,
}

impl Header {
    /// A run that has not begun.
    pub(crate) fn new(follow: bool, names: Vec<String>) -> Self {
        Self {
            form: FORM.to_owned(),
            follow,
            names,
            inputs: Vec::new(),
            current: None,
            read: Vec::new(),
            output: None,
            unread: false,
            damaged: 0,
            done: false,
            journal: None,
        }
    }

    /// A header of the form that this program knows.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text)
            .ok()
            .filter(|header: &Self| header.form == FORM)
    }
}
