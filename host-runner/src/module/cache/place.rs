//! Where the cache is, and whether it is the user's alone.

use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

/// The name of the program's folder among the user's caches.
const NAME: &str = "host-runner";

/// Why a folder is not used.
pub(super) enum Refused {
    Io(io::Error),
    /// Others could put something there.
    Others(&'static str),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// This program's folder among the user's caches, as the platform has it:
/// `$XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches`, `%LOCALAPPDATA%`.
pub(super) fn of_user() -> Option<PathBuf> {
    let places = etcetera::base_strategy::choose_native_strategy().ok()?;
    Some(places.cache_dir().join(NAME))
}

/// Makes a folder that only the user may write to, or sees that it is one; answers its
/// whole path.
pub(super) fn private(path: &Path) -> Result<PathBuf, Refused> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)?;
    let path = path.canonicalize()?;
    check(&path)?;
    Ok(path)
}

/// Whether the user, or the system's own, is alone with the right to write.
#[cfg(unix)]
fn check(path: &Path) -> Result<(), Refused> {
    use std::os::unix::fs::MetadataExt as _;
    let of = fs::metadata(path)?;
    if of.uid() != 0 && of.uid() != rustix::process::geteuid().as_raw() {
        return Err(Refused::Others("the folder is another user's"));
    }
    if of.mode() & 0o022 != 0 {
        return Err(Refused::Others(
            "others may write to it; take that from them with `chmod go-w`",
        ));
    }
    Ok(())
}

/// What a user's folder is made in is the user's alone there.
#[cfg(not(unix))]
fn check(path: &Path) -> Result<(), Refused> {
    fs::metadata(path)?;
    Ok(())
}
