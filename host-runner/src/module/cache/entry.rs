//! One module in the cache: a folder with its code and a seal over it.

use std::fs::{self, File};
use std::hash::{Hash, Hasher};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};
use tempfile::TempDir;
use twox_hash::XxHash3_128 as Sum;
use wasmtime::Engine;

use crate::module;

/// The name of the seal.
pub(super) const SEAL: &str = "seal";

/// The folder that wasmtime has for itself: it removes what it does not know.
const CODE: &str = "code";

/// Another form of folder is another digest.
const FORM: &[u8] = b"host-runner compiled module 2\0";

/// As much of the code is read at once.
const BLOCK: usize = 64 * 1024;

/// The time of its last use is right to within this.
const USED: Duration = Duration::from_secs(24 * 60 * 60);

/// A module in the cache, or one that is not there yet.
pub(super) struct Entry {
    path: PathBuf,
    /// Digest of the module and of all that decides what code it becomes.
    key: [u8; 32],
}

/// What is there of an entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing.
    Absent,
    /// All of it, as it was written.
    Whole,
    /// Something else.
    Damaged,
}

impl Entry {
    /// The entry of a module under an engine, by the module's digest.
    pub(super) fn new(root: &Path, engine: &Engine, module: module::Digest) -> Self {
        let mut digest = Digester(Sha256::new_with_prefix(FORM));
        env!("CARGO_PKG_VERSION").hash(&mut digest);
        engine.precompile_compatibility_hash().hash(&mut digest);
        module.to_string().hash(&mut digest);
        let key: [u8; 32] = digest.0.finalize().into();
        // Half of it is enough for a name; the seal is over all of it.
        let name = hex(key.get(..16).unwrap_or(&key));
        Self {
            path: root.join(name),
            key,
        }
    }

    /// Its folder.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The folder in it that is wasmtime's.
    pub(super) fn code(&self) -> PathBuf {
        self.code_in(&self.path)
    }

    /// The folder that is wasmtime's, where the entry is still to be made.
    pub(super) fn code_in(&self, folder: &Path) -> PathBuf {
        folder.join(CODE)
    }

    /// What is there of it.
    pub(super) fn state(&self) -> State {
        let seal = match fs::read_to_string(self.path.join(SEAL)) {
            Ok(seal) => seal,
            Err(_) if fs::symlink_metadata(&self.path).is_err() => return State::Absent,
            Err(_) => return State::Damaged,
        };
        match self.seal_of(&self.path) {
            Ok(right) if right == seal => State::Whole,
            _ => State::Damaged,
        }
    }

    /// Notes that it was used, where that was not noted for long; whether it was so.
    pub(super) fn used(&self) -> bool {
        let seal = self.path.join(SEAL);
        let noted = fs::metadata(&seal).and_then(|of| of.modified());
        let old = noted.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > USED));
        if old && let Ok(file) = File::options().write(true).open(&seal) {
            // It is removed sooner than others without this, no more.
            let _ = file.set_modified(SystemTime::now());
        }
        old
    }

    /// Makes a folder with its code the entry.
    pub(super) fn take(&self, draft: TempDir) -> io::Result<()> {
        let seal = self.seal_of(draft.path())?;
        fs::write(draft.path().join(SEAL), seal)?;
        // Where another start was sooner, its folder is there, and this one is removed.
        fs::rename(draft.path(), &self.path)?;
        let _moved = draft.keep();
        Ok(())
    }

    /// The seal over the code in a folder: over its name too, by which wasmtime finds it.
    fn seal_of(&self, folder: &Path) -> io::Result<String> {
        let (name, path) = only_code(&self.code_in(folder))?;
        let mut sum = Sum::new();
        for part in [&self.key[..], name.as_bytes(), &[0]] {
            sum.write(part);
        }
        // Not read whole: memory that is used for the first time costs as much as the rest.
        let mut file = File::open(path)?;
        let mut buffer = vec![0; BLOCK];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(format!("{:032x}", sum.finish_128())),
                read => sum.write(buffer.get(..read).unwrap_or_default()),
            }
        }
    }
}

/// The one file in wasmtime's folder that it could take for code, and its name there.
/// What has an ending is something else: counts, locks.
fn only_code(folder: &Path) -> io::Result<(String, PathBuf)> {
    let mut found = None;
    let modules = folder.join("modules");
    for version in fs::read_dir(modules)? {
        let version = version?;
        for file in fs::read_dir(version.path())? {
            let file = file?;
            if file.path().extension().is_some() {
                continue;
            }
            let [version, name] = [version.file_name(), file.file_name()];
            let name = format!("{}/{}", version.display(), name.display());
            if found.replace((name, file.path())).is_some() {
                return Err(io::Error::other("there is more than one"));
            }
        }
    }
    found.ok_or_else(|| io::ErrorKind::NotFound.into())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Takes what is hashed into a digest.
struct Digester(Sha256);

impl Hasher for Digester {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The first bytes of the digest.
    fn finish(&self) -> u64 {
        let digest: [u8; 32] = self.0.clone().finalize().into();
        let [a, b, c, d, e, f, g, h, ..] = digest;
        u64::from_le_bytes([a, b, c, d, e, f, g, h])
    }
}
