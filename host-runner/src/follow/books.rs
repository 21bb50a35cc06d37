//! Which files are read at the moment, and which were read.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io;

use crate::checkpoint::{Done, Identity, Number};

/// As many files are remembered that were read to their end. A rotated file that is
/// kept longer than that and found under a name to follow is read again.
const REMEMBERED: usize = 1024;

/// The files that are not to be read under another name.
#[derive(Debug, Default)]
pub(crate) struct Books {
    /// How many tails have the file of this number open.
    open: HashMap<Number, usize>,
    done: VecDeque<Done>,
}

impl Books {
    /// Books that know of files that were read before this start.
    pub(crate) fn new(done: Vec<Done>) -> Self {
        Self {
            open: HashMap::new(),
            done: done.into(),
        }
    }

    /// The files that were read to their end, the oldest first.
    pub(crate) fn done(&self) -> Vec<Done> {
        self.done.iter().cloned().collect()
    }

    /// A file is read from now on.
    pub(super) fn opened(&mut self, number: Option<Number>) {
        if let Some(number) = number {
            *self.open.entry(number).or_default() += 1;
        }
    }

    /// A file is read no more.
    pub(super) fn closed(&mut self, number: Option<Number>) {
        if let Some(number) = number
            && let Some(count) = self.open.get_mut(&number)
        {
            *count -= 1;
            if *count == 0 {
                self.open.remove(&number);
            }
        }
    }

    /// A file has been read up to there, and is not to be read again.
    pub(super) fn read(&mut self, file: Identity, bytes: u64) {
        // A file without content cannot be told from another, and there is nothing
        // to be read twice.
        if bytes == 0 {
            return;
        }
        if self.done.len() == REMEMBERED {
            self.done.pop_front();
        }
        self.done.push_back(Done { file, bytes });
    }

    /// Whether a file is read or was read. Its cursor is moved.
    pub(crate) fn know(&self, file: &mut File) -> io::Result<bool> {
        let metadata = file.metadata()?;
        let number = Number::of(&metadata);
        if number.is_some_and(|number| self.open.contains_key(&number)) {
            return Ok(true);
        }
        for done in &self.done {
            let may_be = match (done.file.number, number) {
                (Some(one), Some(other)) => one == other,
                _ => true,
            };
            if may_be && metadata.len() >= done.bytes && done.file.is(file)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn opened(path: &std::path::Path) -> File {
        File::open(path).expect("opened")
    }

    #[test]
    fn what_is_known() {
        let folder = tempfile::tempdir().expect("a folder");
        let [path, copy] = ["a", "b"].map(|name| folder.path().join(name));
        fs::write(&path, "one\n").expect("written");
        fs::copy(&path, &copy).expect("copied");
        let identity = Identity::of(&mut opened(&path)).expect("read");
        let know = |books: &Books, path| books.know(&mut opened(path)).expect("read");

        let mut books = Books::default();
        assert!(!know(&books, &path));
        books.read(identity.clone(), 4);
        assert!(know(&books, &path));
        assert!(know(&Books::new(books.done()), &path), "after a start");
        books.read(identity.of_copies(), 4);
        assert!(know(&books, &copy), "a copy of what was cut");
        fs::write(&path, "on").expect("written");
        assert!(!know(&books, &path), "it begins anew");

        let mut books = Books::default();
        books.read(identity, 0);
        assert!(!know(&books, &copy), "nothing was read of it");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_open_until_the_last_closes_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        fs::write(&path, "").expect("written");
        let number = Number::of(&fs::metadata(&path).expect("there"));
        let mut books = Books::default();
        books.opened(number);
        books.opened(number);
        books.closed(number);
        assert!(books.know(&mut opened(&path)).expect("read"));
        books.closed(number);
        assert!(!books.know(&mut opened(&path)).expect("read"));
    }
}
