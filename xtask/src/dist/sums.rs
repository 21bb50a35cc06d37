//! SHA-256 over files, in the form of `sha256sum`.

use std::fs;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::failure::Failure;

/// The file with the digests of all others in its folder.
pub(super) const FILE: &str = "SHA256SUMS";

/// The digest of a file in hexadecimal digits.
pub(super) fn digest(file: &Path) -> Result<String, Failure> {
    let bytes = fs::read(file).map_err(|error| failed(file, &error))?;
    Ok(hexadecimal(&bytes))
}

/// Writes the digests of all files of a folder beside them.
pub(super) fn write(folder: &Path) -> Result<(), Failure> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| failed(folder, &error))? {
        let entry = entry.map_err(|error| failed(folder, &error))?;
        if entry.path().is_file() && entry.file_name() != FILE {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    let lines: Vec<String> = names
        .iter()
        .map(|name| Ok(format!("{}  {name}\n", digest(&folder.join(name))?)))
        .collect::<Result<_, Failure>>()?;
    let file = folder.join(FILE);
    fs::write(&file, lines.concat()).map_err(|error| failed(&file, &error))
}

/// Whether the files of a folder have the digests that were written; gives the names.
pub(super) fn check(folder: &Path) -> Result<Vec<String>, Failure> {
    let file = folder.join(FILE);
    let text = fs::read_to_string(&file).map_err(|error| failed(&file, &error))?;
    let check = |line: &str| {
        let (wanted, name) = line.split_once("  ").unwrap_or((line, ""));
        match digest(&folder.join(name))? == wanted {
            true => Ok(name.to_owned()),
            false => Err(Failure::new(
                format!("`{name}` has another digest than `{FILE}` says"),
                "run `cargo xtask dist` again",
            )),
        }
    };
    text.lines().map(check).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    let remedy = "see that it is there, and that there is room on the disk";
    Failure::new(format!("`{}`: {error}", path.display()), remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        fs::write(folder.join("b"), "abc").unwrap();
        fs::write(folder.join("a"), "").unwrap();
        write(folder).unwrap();
        write(folder).unwrap();
        // The digests that the standard gives for these two.
        assert_eq!(
            fs::read_to_string(folder.join(FILE)).unwrap(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n\
             ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b\n"
        );
        assert_eq!(check(folder).unwrap(), ["a", "b"]);
        fs::write(folder.join("b"), "abd").unwrap();
        assert_eq!(
            check(folder).unwrap_err().what(),
            "`b` has another digest than `SHA256SUMS` says"
        );
    }
}
