//! What is read under one name.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::open::{Content, Open, open_file, wrapped};
use super::{Books, rotated};
use crate::checkpoint::{Identity, InputState, Number};
use crate::input::{Damage, Format, Stream};

/// As long is the old file still read after another has taken its name: whoever
/// writes it may take a moment to notice.
const GRACE: Duration = Duration::from_secs(1);

/// What there is to do for a [`Tail`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nothing at the moment.
    Nothing,
    /// There are bytes: read them from the tail.
    Bytes,
    /// What was read so far has come to its end, and what follows is another file;
    /// with a word to the user where something may be lost.
    Ended(Option<String>),
}

/// What is read under one name.
pub(crate) struct Tail {
    path: PathBuf,
    format: Format,
    open: Option<Open>,
    /// What to tell where the file of a checkpoint is gone.
    lost: Option<String>,
    /// Whether the module knows of what is read.
    pub(crate) begun: bool,
}

impl Tail {
    /// A name that is followed from now on, the file from its start.
    pub(crate) fn new(path: PathBuf, format: Format) -> Self {
        Self {
            path,
            format,
            open: None,
            lost: None,
            begun: false,
        }
    }

    /// A name that goes on from a checkpoint: with the file that was read then,
    /// wherever a rotation has put it.
    pub(crate) fn resume(
        state: &InputState,
        format: Format,
        books: &mut Books,
    ) -> io::Result<Self> {
        let mut tail = Self::new(PathBuf::from(&state.name), format);
        tail.begun = state.begun;
        let Some(identity) = &state.file else {
            return Ok(tail);
        };
        let found = match tail.still_there(identity, state.bytes)? {
            Some(file) => Some((tail.path.clone(), file)),
            None => rotated::find(&tail.path, identity, state.bytes)?,
        };
        match found {
            Some((path, file)) => {
                let open = tail.open(&path, file, state.bytes, books)?;
                if state.ended {
                    open.content = Content::Told;
                }
            }
            None => {
                tail.lost = Some(format!(
                    "the file that was read as `{}` is gone or was cut: what it held beyond byte {} is not read",
                    state.name, state.bytes
                ));
            }
        }
        Ok(tail)
    }

    /// The file of this identity, where it still has the name and nothing of it was
    /// cut off.
    fn still_there(&self, identity: &Identity, bytes: u64) -> io::Result<Option<File>> {
        let Some(mut file) = open_file(&self.path)? else {
            return Ok(None);
        };
        // A packed file has more content than bytes; it does not grow.
        let long_enough = file.metadata()?.len() >= bytes || wrapped(&mut file)? == Some(true);
        Ok((long_enough && identity.is(&mut file)?).then_some(file))
    }

    /// What messages and the module call it.
    pub(crate) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The path that is followed.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// How far the present file's content was read.
    fn at(&self) -> u64 {
        self.open.as_ref().map_or(0, Open::at)
    }

    /// How far that is, for people.
    pub(crate) fn place(&mut self) -> String {
        let at = self.at();
        match self.stream() {
            Some(stream) => stream.place(at),
            None => format!("byte {at}"),
        }
    }

    /// What is read, where that is a stream.
    pub(crate) fn stream(&mut self) -> Option<&mut Stream> {
        self.open.as_mut().and_then(Open::stream)
    }

    /// The format of the bytes, as `rule_input` takes it.
    pub(crate) fn format(&self) -> Format {
        match self.open.as_ref().map(|open| &open.content) {
            Some(Content::Once(stream)) => stream.format(),
            _ if self.format == Format::Auto => Format::of_name(&self.path),
            _ => self.format,
        }
    }

    /// What could not be decoded since the last time this was asked.
    pub(crate) fn take_damage(&mut self) -> Vec<Damage> {
        self.open.as_mut().map_or_else(Vec::new, Open::take_damage)
    }

    /// How far it is, for a checkpoint.
    pub(crate) fn state(&mut self) -> InputState {
        if let Some(open) = &mut self.open {
            open.know_more();
        }
        let open = self.open.as_ref();
        InputState {
            name: self.name(),
            file: open.map(|open| open.identity.clone()),
            bytes: self.at(),
            begun: self.begun,
            ended: open.is_some_and(Open::is_over),
        }
    }

    /// What there is to do.
    ///
    /// # Errors
    ///
    /// When the file cannot be looked at; asking again is all that can be done.
    pub(crate) fn next(&mut self, books: &mut Books) -> io::Result<Next> {
        if let Some(lost) = self.lost.take() {
            return Ok(Next::Ended(Some(lost)));
        }
        if self.open.is_none() {
            let path = self.path.clone();
            let Some(mut file) = open_file(&path)? else {
                return Ok(Next::Nothing);
            };
            if books.know(&mut file)? {
                return Ok(Next::Nothing);
            }
            self.open(&path, file, 0, books)?;
        }
        let Some(open) = &mut self.open else {
            return Ok(Next::Nothing);
        };
        if matches!(open.content, Content::Unknown) {
            open.look(self.format)?;
        }
        match open.content {
            Content::Once(_) => return Ok(Next::Bytes),
            Content::Over => {
                open.content = Content::Told;
                return Ok(Next::Ended(None));
            }
            Content::Unknown | Content::Plain | Content::Told => {}
        }
        if !matches!(open.content, Content::Told) {
            let length = open.file.metadata()?.len();
            if length < open.at {
                return self.cut(length, books).map(Next::Ended);
            }
            if open.has_more()? {
                return Ok(Next::Bytes);
            }
        }
        self.look_at_name(books)
    }

    /// The file was cut: what is in it now is read from the start.
    fn cut(&mut self, length: u64, books: &mut Books) -> io::Result<Option<String>> {
        let warning = format!(
            "`{}` was cut from {} to {length} bytes; it is read from its start",
            self.name(),
            self.at()
        );
        if let Some(open) = &mut self.open {
            // A copy of it may lie beside it, and is not to be read as something new.
            books.read(open.identity.of_copies(), open.at);
            open.identity = Identity::of(&mut open.file)?;
            open.at = 0;
            open.content = Content::Unknown;
        }
        Ok(Some(warning))
    }

    /// The file is read to its end: whether another bears the name now.
    ///
    /// A rotation may happen between any two looks. So each file is held from the
    /// first look at it on, and what was looked at first is looked at again at the end.
    fn look_at_name(&mut self, books: &mut Books) -> io::Result<Next> {
        let Some(open) = &mut self.open else {
            return Ok(Next::Nothing);
        };
        // In the middle of a rotation, and until its writer begins the next file, there
        // is none of the name.
        let mut named = open_file(&self.path)?;
        // Where a system has no numbers, a file that takes the name of another is
        // seen as one that was cut.
        let is_another = match &named {
            Some(named) => Number::of(&named.metadata()?) != open.number,
            None => false,
        };
        if named.is_some() && !is_another {
            open.replaced = None;
            return Ok(Next::Nothing);
        }
        // Where even the next file has been rotated, this one is long left by its writer.
        let between = rotated::next(&self.path, open.changed, books)?;
        let is_left = between.is_some()
            || is_another && open.replaced.get_or_insert_with(Instant::now).elapsed() >= GRACE;
        if !is_left {
            return Ok(Next::Nothing);
        }
        if open.has_more()? {
            return Ok(Next::Bytes);
        }
        self.leave(books);
        if let Some((path, file)) = between {
            self.open(&path, file, 0, books)?;
        } else if let Some(mut named) = named.take()
            && !books.know(&mut named)?
        {
            let path = self.path.clone();
            self.open(&path, named, 0, books)?;
        }
        Ok(Next::Ended(None))
    }

    /// Reads no more of the file, which is not to be read again.
    fn leave(&mut self, books: &mut Books) {
        if let Some(mut open) = self.open.take() {
            open.know_more();
            books.closed(open.number);
            if let Ok(length) = open.length() {
                books.read(open.identity, length);
            }
        }
    }

    fn open(
        &mut self,
        path: &Path,
        file: File,
        at: u64,
        books: &mut Books,
    ) -> io::Result<&mut Open> {
        let open = Open::new(file, path, at)?;
        books.opened(open.number);
        Ok(self.open.insert(open))
    }
}

impl Read for Tail {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.open {
            Some(open) => open.read(buffer),
            None => Ok(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::io::Write;

    /// Reads all that there is at the moment, a `|` for each end.
    fn read(tail: &mut Tail, books: &mut Books) -> String {
        let mut text = String::new();
        loop {
            match tail.next(books).expect("looked at") {
                Next::Nothing => return text,
                Next::Bytes => {
                    let mut buffer = [0; 64];
                    let length = tail.read(&mut buffer).expect("read");
                    text.push_str(std::str::from_utf8(&buffer[..length]).expect("text"));
                }
                Next::Ended(_) => text.push('|'),
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn two_rotations_and_a_writer_that_noticed_neither() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let write = |name: &str, text: &str| {
            let mut file = File::options().create(true).append(true).open(path(name))?;
            file.write_all(text.as_bytes())
        };
        write("log", "first file\n").expect("written");
        let mut books = Books::default();
        let mut tail = Tail::new(path("log"), Format::Auto);
        assert_eq!(read(&mut tail, &mut books), "first file\n");

        fs::rename(path("log"), path("log.2")).expect("moved");
        write("log", "second file\n").expect("written");
        assert_eq!(
            read(&mut tail, &mut books),
            "",
            "its writer has time to notice"
        );
        fs::rename(path("log"), path("log.1")).expect("moved");
        write("log", "third file\n").expect("written");
        std::thread::sleep(Duration::from_millis(20));
        write("log.2", "late\n").expect("written");
        assert_eq!(
            read(&mut tail, &mut books),
            "late\n|second file\n",
            "the third may be read when the writer of the second had its time"
        );
        std::thread::sleep(GRACE);
        assert_eq!(read(&mut tail, &mut books), "|third file\n");

        // Two more, and nothing has the name yet.
        fs::rename(path("log"), path("log.3")).expect("moved");
        assert_eq!(read(&mut tail, &mut books), "");
        write("log.4", "fourth file\n").expect("written");
        assert_eq!(read(&mut tail, &mut books), "|fourth file\n");
    }

    #[cfg(unix)]
    #[test]
    fn what_was_read_is_not_read_again_under_its_old_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        fs::write(path("log"), "first file\n").expect("written");
        let mut books = Books::default();
        let mut tail = Tail::new(path("log"), Format::Auto);
        assert_eq!(read(&mut tail, &mut books), "first file\n");
        fs::rename(path("log"), path("log.1")).expect("moved");
        fs::write(path("log"), "second file\n").expect("written");
        assert_eq!(read(&mut tail, &mut books), "");
        std::thread::sleep(GRACE);
        assert_eq!(read(&mut tail, &mut books), "|second file\n");
        fs::rename(path("log.1"), path("log")).expect("moved back");
        assert_eq!(read(&mut tail, &mut books), "");
        std::thread::sleep(GRACE);
        assert_eq!(read(&mut tail, &mut books), "|");
    }
}
