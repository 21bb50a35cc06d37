//! The files of the sets, made where they are missing.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use sets::{Found, Set};

/// As much of a set the slow competitors get, in bytes.
const PART: u64 = 64 << 20;

/// A set as files.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    pub(crate) set: Set,
    /// All of it.
    pub(crate) whole: Part,
    /// Its beginning, for those that are slow.
    pub(crate) part: Part,
    /// Our configuration; none for what is built in.
    pub(crate) configuration: Option<PathBuf>,
    /// The configuration of a session that is not in our program.
    pub(crate) native: Option<PathBuf>,
    /// The texts that are looked for, one a line.
    pub(crate) texts: Option<PathBuf>,
}

/// A file of events.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) file: PathBuf,
    pub(crate) bytes: u64,
    pub(crate) found: Found,
}

impl Input {
    /// The files of a set of `size` bytes, below `folder`.
    pub(crate) fn of(set: Set, size: u64, folder: &Path) -> Result<Self, String> {
        let folder = folder.join(format!("{}-{}", set.name(), size >> 20));
        fs::create_dir_all(&folder).map_err(|error| told(&folder, &error))?;
        let whole = Part::of(set, size, size, folder.join("events.ndjson"))?;
        let part = match size > PART {
            true => Part::of(set, size, PART, folder.join("part.ndjson"))?,
            false => whole.clone(),
        };
        let rules = set.rules();
        let written = |name: &str, text: Option<String>| {
            text.map(|text| {
                let file = folder.join(name);
                fs::write(&file, text).map_err(|error| told(&file, &error))?;
                Ok::<_, String>(file)
            })
            .transpose()
        };
        Ok(Self {
            set,
            whole,
            part,
            configuration: written("rules.json", rules.configuration())?,
            native: written("native.json", Some(rules.configuration_with_limits()))?,
            texts: written("texts.txt", rules.texts().map(|texts| texts.join("\n")))?,
        })
    }
}

impl Part {
    /// A part of a set, which is made where it is not there yet.
    fn of(set: Set, size: u64, bytes: u64, file: PathBuf) -> Result<Self, String> {
        let beside = file.with_extension("found.json");
        let before = fs::read(&beside).ok();
        let before = before.and_then(|text| serde_json::from_slice::<(u64, Found)>(&text).ok());
        let length = fs::metadata(&file).map(|metadata| metadata.len());
        if let (Some((length_then, found)), Ok(length)) = (before, length)
            && length_then == length
            && begins_as_now(set, size, &file)
        {
            return Ok(Self {
                file,
                bytes: length,
                found,
            });
        }
        let failed = |error: std::io::Error| told(&file, &error);
        let mut to = BufWriter::with_capacity(1 << 20, File::create(&file).map_err(failed)?);
        let found = sets::write(set, size, bytes, &mut to).map_err(failed)?;
        to.flush().map_err(failed)?;
        drop(to);
        let bytes = fs::metadata(&file).map_err(failed)?.len();
        let text = serde_json::to_vec(&(bytes, &found)).map_err(|error| error.to_string())?;
        fs::write(&beside, text).map_err(|error| told(&beside, &error))?;
        Ok(Self { file, bytes, found })
    }
}

/// Whether a file begins as the set is made now: it may be from before a change.
fn begins_as_now(set: Set, size: u64, file: &Path) -> bool {
    let mut now = Vec::new();
    let made = sets::write(set, size, size.min(1 << 20), &mut now);
    let mut then = vec![0; now.len()];
    let read = File::open(file).and_then(|mut file| file.read_exact(&mut then));
    made.is_ok() && read.is_ok() && now == then
}

fn told(file: &Path, error: &std::io::Error) -> String {
    format!("`{}`: {error}", file.display())
}
