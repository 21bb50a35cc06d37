//! Where the logs of published tests are, on this machine.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What stands in a file of a repository whose content was not fetched: the beginning of
/// a pointer of Git LFS, <https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>.
const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// The places where logs are looked for.
pub(super) struct Logs<'a> {
    /// The folder of the detection.
    pub(super) beside: &'a Path,
    /// The folders that the user names.
    pub(super) folders: &'a [PathBuf],
}

impl Logs<'_> {
    /// The file of a log, by its URL or path; an error says why there is none.
    ///
    /// Of a URL at least the names of the file and of its folder must be right: many logs
    /// have the same name.
    pub(super) fn find(&self, data: &str) -> Result<PathBuf, String> {
        let data = data.trim();
        let found = match data.split_once("://") {
            Some((_, rest)) => {
                let steps: Vec<&str> = rest.split('/').skip(1).collect();
                let plain = steps.iter().all(|step| !matches!(*step, "" | "." | ".."));
                let ends = (0..steps.len().saturating_sub(1)).map(|from| steps.get(from..));
                let mut ends = ends.flatten().filter(|_| plain);
                ends.find_map(|end| self.first(self.folders, &end.iter().collect::<PathBuf>()))
            }
            None => {
                let beside = [self.beside.to_owned()];
                self.first(&beside, Path::new(data))
                    .or_else(|| self.first(self.folders, Path::new(data)))
            }
        };
        match found {
            Some(path) if is_pointer(&path) => Err(format!(
                "`{}` is a pointer to the log, not the log; fetch it with `git lfs pull`",
                path.display()
            )),
            Some(path) => Ok(path),
            None if self.folders.is_empty() => Err(format!(
                "it needs `{data}`; name a folder that has it with `--data`"
            )),
            None => Err(format!("no folder of `--data` has `{data}`")),
        }
    }

    fn first(&self, folders: &[PathBuf], path: &Path) -> Option<PathBuf> {
        let mut candidates = folders.iter().map(|folder| folder.join(path));
        candidates.find(|path| path.is_file())
    }
}

fn is_pointer(path: &Path) -> bool {
    let mut start = [0; POINTER.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == POINTER
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_longest_end_of_a_url_counts() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        for path in ["a/b/c.log", "b/c.log", "c.log", "rules/mine.log"] {
            let path = root.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, "x").expect("written");
        }
        fs::write(root.join("b/p.log"), [POINTER, b"v1\n"].concat()).expect("written");
        let folders = [root.join("empty"), root.to_owned()];
        let logs = Logs {
            beside: &root.join("rules"),
            folders: &folders,
        };
        for (data, expected) in [
            ("https://host/x/a/b/c.log", "a/b/c.log"),
            ("https://host/x/b/c.log", "b/c.log"),
            ("mine.log", "rules/mine.log"),
            ("b/c.log", "b/c.log"),
        ] {
            assert_eq!(logs.find(data), Ok(root.join(expected)), "{data}");
        }
        for (data, expected) in [
            // The name alone is that of many logs.
            (
                "https://host/x/c.log",
                "no folder of `--data` has `https://host/x/c.log`",
            ),
            ("https://host/c.log", "no folder"),
            ("https://host/../b/c.log", "no folder"),
            ("none.log", "no folder"),
            ("https://host/b/p.log", "git lfs pull"),
        ] {
            let why = logs.find(data).expect_err(data);
            assert!(why.contains(expected), "{data}: {why}");
        }
        let nowhere = Logs {
            folders: &[],
            ..logs
        };
        let why = nowhere
            .find("https://host/b/c.log")
            .expect_err("no folders");
        assert!(why.contains("with `--data`"), "{why}");
    }
}
