//! Compiled modules, kept for the next start.
//!
//! To compile a module takes longer than to read a log of a few hundred megabytes with
//! it. So its code is kept on the disk, one folder for each module and each way to
//! compile it:
//!
//! ```text
//! compiled/            the user's alone
//!   9f86d081884c7d65…/   digest of: this program's version, wasmtime's settings, the module
//!     code/              what wasmtime keeps: the code, packed
//!     seal               sum of: the folder's digest, the code's name and bytes
//! ```
//!
//! Code from a file is as good as the file: wasmtime runs what it finds there. So it is
//! let at a folder only after the seal was found to be right, and what is damaged, of
//! another module or of another version is compiled anew and replaced. Against somebody
//! who may write as the user no seal is of help, so it is one that costs little; a folder
//! to which others may write is not used at all.
//!
//! A folder is made under another name and gets its own when it is whole, so that of
//! several starts at once each finds all of it or nothing. Nothing that goes wrong here
//! stops the program: it compiles.

mod entry;
mod place;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;
use wasmtime::{CacheConfig, Config, Engine};

use self::entry::{Entry, State};
use super::Source;
use super::compiler::Origin;

/// As many modules are kept: those that were used last.
const KEPT: usize = 32;

/// How much work goes into packing the code, of 21. What is packed tighter is not unpacked
/// sooner: it is unpacked through a larger buffer, and memory that is used for the first
/// time costs as much as the rest.
const LEVEL: i32 = 1;

/// After this time what a start left behind that was killed is removed.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// The beginning of the names of folders that are in the making, or on their way out.
const PASSING: &str = ".";

/// A folder of compiled modules.
#[derive(Debug, Clone)]
pub struct Cache {
    root: PathBuf,
}

/// Why a folder cannot be used for compiled modules.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The user has no folder for caches.
    #[error("this user has no folder for caches")]
    NoFolder,
    /// It cannot be made or looked at.
    #[error("compiled modules cannot be kept in `{}`: {source}", path.display())]
    Io {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What is in it would run, and others could put it there.
    #[error("compiled modules are not kept in `{}`: {why}", path.display())]
    NotPrivate {
        /// The folder.
        path: PathBuf,
        /// Who else may write to it.
        why: &'static str,
    },
}

impl Cache {
    /// The cache below a folder, which is made if need be.
    ///
    /// # Errors
    ///
    /// When it cannot be made, belongs to another user, or others may write to it.
    pub fn open(folder: &Path) -> Result<Self, CacheError> {
        let root = folder.join("compiled");
        match place::private(&root) {
            Ok(root) => Ok(Self { root }),
            Err(place::Refused::Io(source)) => Err(CacheError::Io { path: root, source }),
            Err(place::Refused::Others(why)) => Err(CacheError::NotPrivate { path: root, why }),
        }
    }

    /// The cache of this program in the user's folder for caches.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), and where the user has no such folder.
    pub fn of_user() -> Result<Self, CacheError> {
        Self::open(&place::of_user().ok_or(CacheError::NoFolder)?)
    }

    /// The code of a module: from the cache, or compiled and kept there if it can be.
    /// `engine` is one of `config`.
    pub(super) fn module(
        &self,
        config: &Config,
        engine: &Engine,
        source: &Source,
    ) -> wasmtime::Result<(wasmtime::Module, Origin)> {
        let bytes = source.content();
        let entry = Entry::new(&self.root, engine, source.digest());
        match entry.state() {
            State::Whole => {
                if let Ok(cached) = with_store(config, &entry.code())
                    && let Ok(code) = wasmtime::Module::from_binary(&cached.engine, bytes)
                    && cached.store.cache_hits() == 1
                {
                    if entry.used() {
                        self.tidy();
                    }
                    return Ok((code, Origin::Cached));
                }
                // Whole, and still not what wasmtime takes.
                self.remove(&entry);
            }
            State::Damaged => self.remove(&entry),
            State::Absent => {}
        }
        self.compile(config, engine, bytes, &entry)
    }

    /// Compiles a module, and keeps it if it can be kept.
    fn compile(
        &self,
        config: &Config,
        engine: &Engine,
        bytes: &[u8],
        entry: &Entry,
    ) -> wasmtime::Result<(wasmtime::Module, Origin)> {
        if let Ok(draft) = self.passing()
            && let Ok(cached) = with_store(config, &entry.code_in(draft.path()))
        {
            let code = wasmtime::Module::from_binary(&cached.engine, bytes)?;
            let written = cached.store.cache_misses() == 1;
            if written && entry.take(draft).is_ok() {
                self.tidy();
                return Ok((code, Origin::Kept));
            }
            return Ok((code, Origin::Compiled));
        }
        let code = wasmtime::Module::from_binary(engine, bytes)?;
        Ok((code, Origin::Compiled))
    }

    /// A folder that is gone when it is dropped.
    fn passing(&self) -> io::Result<TempDir> {
        tempfile::Builder::new()
            .prefix(PASSING)
            .tempdir_in(&self.root)
    }

    /// Takes an entry out, as a whole.
    fn remove(&self, entry: &Entry) {
        if let Ok(out) = self.passing() {
            // Another start may have done so.
            let _ = fs::rename(entry.path(), out.path().join("out"));
        }
    }

    /// Removes what has not been used for longest, where there is too much, and what was
    /// left behind: by a start that was killed, or by wasmtime, which goes on writing its
    /// counts for a moment after another start was sooner.
    fn tidy(&self) {
        let Ok(folder) = fs::read_dir(&self.root) else {
            return;
        };
        let mut entries: Vec<(SystemTime, PathBuf)> = Vec::new();
        for found in folder.flatten() {
            let passing = found.file_name().to_string_lossy().starts_with(PASSING);
            let dated = if passing {
                found.path()
            } else {
                found.path().join(entry::SEAL)
            };
            let time = fs::metadata(&dated).and_then(|of| of.modified());
            let time = time.unwrap_or(SystemTime::UNIX_EPOCH);
            if !passing {
                entries.push((time, found.path()));
            } else if time.elapsed().is_ok_and(|age| age > ABANDONED) {
                let _ = fs::remove_dir_all(found.path());
            }
        }
        entries.sort_unstable();
        let surplus = entries.len().saturating_sub(KEPT);
        for (_, path) in entries.into_iter().take(surplus) {
            if let Ok(out) = self.passing() {
                let _ = fs::rename(path, out.path().join("out"));
            }
        }
    }
}

/// An engine with a store of wasmtime's.
struct Cached {
    engine: Engine,
    store: wasmtime::Cache,
}

/// An engine that takes code from a folder and puts it there.
fn with_store(config: &Config, folder: &Path) -> wasmtime::Result<Cached> {
    let mut settings = CacheConfig::new();
    settings
        .with_directory(folder)
        .with_baseline_compression_level(LEVEL)
        // wasmtime packs again what is used often, and the seal would not be right any more.
        .with_optimized_compression_level(LEVEL);
    let store = wasmtime::Cache::new(settings)?;
    let engine = Engine::new(config.clone().cache(Some(store.clone())))?;
    Ok(Cached { engine, store })
}
