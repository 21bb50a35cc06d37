//! Why a checkpoint cannot be used.

use std::io;

/// Why a checkpoint, or its folder, cannot be used.
///
/// Nothing has been changed where one of these is told.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CheckpointError {
    /// The folder cannot be made or written to.
    #[error("cannot use the folder `{folder}` for checkpoints: {source}")]
    Folder {
        /// The folder.
        folder: String,
        /// What the system said.
        source: io::Error,
    },
    /// Another run works with the folder.
    #[error(
        "another run works with the folder `{folder}`; wait for its end, or give each run a folder of its own"
    )]
    Taken {
        /// The folder.
        folder: String,
    },
    /// The checkpoint cannot be read.
    #[error("cannot read the checkpoint `{file}`: {source}")]
    Read {
        /// The file.
        file: String,
        /// What the system said.
        source: io::Error,
    },
    /// The checkpoint is not what was written.
    #[error(
        "the checkpoint `{file}` is damaged; remove it to begin anew, or put a sound copy of it there"
    )]
    Damaged {
        /// The file.
        file: String,
    },
    /// The checkpoint is of a form that this program does not know.
    #[error(
        "the checkpoint `{file}` was written by another version of this program; go on with that one, or remove it to begin anew"
    )]
    Version {
        /// The file.
        file: String,
    },
    /// The checkpoint was made with other rules or settings.
    #[error(
        "`{folder}` holds the checkpoint of other rules or settings; give those that it was made with, or another folder to begin anew"
    )]
    OtherRules {
        /// The folder.
        folder: String,
    },
    /// The checkpoint was made with other options or inputs.
    #[error(
        "`{folder}` holds the checkpoint of another run: {difference}; give what it was made with, or another folder to begin anew"
    )]
    OtherRun {
        /// The folder.
        folder: String,
        /// What is different.
        difference: String,
    },
    /// The file of alerts is not as the checkpoint left it.
    #[error(
        "cannot go on with the alerts in `{file}`: {source}; put the file back, or give another folder and begin anew"
    )]
    Alerts {
        /// The file.
        file: String,
        /// What is wrong with it.
        source: io::Error,
    },
}
