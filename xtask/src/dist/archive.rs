//! Archives that are the same bytes whenever and by whomever they are made.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};

/// What an archive holds, in the order of its names.
#[derive(Debug, Default)]
pub(super) struct Archive(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    /// The path inside the archive, `/` between its parts.
    name: String,
    bytes: Vec<u8>,
    is_program: bool,
}

/// The time of every file: 1980, the first that all formats of archives know.
const TIME: u64 = 315_532_800;

/// The system in a gzip header that says none.
const NO_SYSTEM: u8 = 255;

impl Archive {
    pub(super) fn text(&mut self, name: &str, text: impl Into<Vec<u8>>) {
        self.add(name, text.into(), false);
    }

    pub(super) fn file(&mut self, name: &str, path: &Path) -> io::Result<()> {
        self.add(name, read(path)?, false);
        Ok(())
    }

    pub(super) fn program(&mut self, name: &str, path: &Path) -> io::Result<()> {
        self.add(name, read(path)?, true);
        Ok(())
    }

    /// All files of a folder and those below it, but for what begins with a dot.
    pub(super) fn folder(&mut self, name: &str, path: &Path) -> io::Result<()> {
        for entry in fs::read_dir(path).map_err(|error| at(path, &error))? {
            let entry = entry?;
            let file = entry.file_name();
            let file = file.to_string_lossy();
            if file.starts_with('.') {
                continue;
            }
            let name = format!("{name}/{file}");
            match entry.file_type()?.is_dir() {
                true => self.folder(&name, &entry.path())?,
                false => self.file(&name, &entry.path())?,
            }
        }
        Ok(())
    }

    fn add(&mut self, name: &str, bytes: Vec<u8>, is_program: bool) {
        self.0.push(Entry {
            name: name.to_owned(),
            bytes,
            is_program,
        });
    }

    /// The files themselves, below a folder.
    pub(super) fn lay_out(self, folder: &Path) -> io::Result<()> {
        for entry in self.0 {
            let path = folder.join(&entry.name);
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(&path, entry.bytes).map_err(|error| at(&path, &error))?;
        }
        Ok(())
    }

    /// As a compressed tar.
    pub(super) fn write(mut self, path: &Path) -> io::Result<()> {
        self.0.sort_by(|a, b| a.name.cmp(&b.name));
        let compressed = GzBuilder::new()
            .operating_system(NO_SYSTEM)
            .write(Vec::new(), Compression::best());
        let mut tar = Builder::new(compressed);
        for entry in self.0 {
            let mut header = Header::new_ustar();
            header.set_entry_type(EntryType::Regular);
            header.set_size(entry.bytes.len() as u64);
            header.set_mode(if entry.is_program { 0o755 } else { 0o644 });
            header.set_mtime(TIME);
            header.set_uid(0);
            header.set_gid(0);
            tar.append_data(&mut header, &entry.name, &*entry.bytes)?;
        }
        let bytes = tar.into_inner()?.finish()?;
        fs::File::create(path)
            .and_then(|mut file| file.write_all(&bytes))
            .map_err(|error| at(path, &error))
    }
}

/// Unpacks an archive of this form; gives the only folder at its top.
pub(super) fn unpack(archive: &Path, folder: &Path) -> io::Result<PathBuf> {
    let file = fs::File::open(archive).map_err(|error| at(archive, &error))?;
    tar::Archive::new(flate2::read::GzDecoder::new(file)).unpack(folder)?;
    let mut tops = fs::read_dir(folder)?;
    match (tops.next(), tops.next()) {
        (Some(top), None) => Ok(top?.path()),
        _ => Err(io::Error::other(format!(
            "`{}` has not one folder at its top",
            archive.display()
        ))),
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path).map_err(|error| at(path, &error))
}

fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("`{}`: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(names: &[&str]) -> Archive {
        let mut archive = Archive::default();
        for name in names {
            archive.text(name, format!("text of {name}"));
        }
        archive
    }

    #[test]
    fn the_order_and_the_hour_change_no_byte() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = ["one", "other"].map(|name| folder.path().join(name));
        archive(&["top/b", "top/a"]).write(&one).unwrap();
        archive(&["top/a", "top/b"]).write(&other).unwrap();
        let bytes = fs::read(&one).unwrap();
        assert_eq!(bytes, fs::read(other).unwrap());
        // The time in gzip's header.
        assert_eq!(bytes[4..8], [0; 4]);
        let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(&*bytes));
        for entry in tar.entries().unwrap() {
            assert_eq!(entry.unwrap().header().mtime().unwrap(), TIME);
        }
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("source");
        archive(&["shown", "deep/er/too", ".hidden"])
            .lay_out(&source)
            .unwrap();
        let mut packed = Archive::default();
        packed.folder("top", &source).unwrap();
        packed.program("top/run", &source.join("shown")).unwrap();
        let file = folder.path().join("packed.tar.gz");
        packed.write(&file).unwrap();
        let top = unpack(&file, &folder.path().join("unpacked")).unwrap();
        assert!(top.ends_with("top"));
        let text = fs::read_to_string(top.join("deep/er/too")).unwrap();
        assert_eq!(text, "text of deep/er/too");
        assert!(!top.join(".hidden").exists());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |name| fs::metadata(top.join(name)).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode("run"), mode("shown")), (0o755, 0o644));
        }
    }
}
