//! Outputs: alerts as JSON lines, as a table for people, as CSV; to standard
//! output, to a file, or to a receiver behind a URL.

mod alert;
mod block;
mod csv;
mod destination;
mod file;
mod grid;
mod receiver;
mod shown;
mod tables;
mod text;

use std::io::{self, Write};

pub(crate) use destination::Destination;
pub(crate) use file::{AlertFile, Start};
pub(crate) use receiver::Receiver;
pub(crate) use text::{one_line, visible};

/// The form that alerts are written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum OutputForm {
    /// JSON, one alert a line
    #[default]
    #[value(alias = "json", alias = "jsonl")]
    Ndjson,
    /// For people: a table, or a block of lines for each alert on a narrow terminal
    Table,
    /// CSV with a header
    Csv,
}

/// Somewhere that alerts go.
pub(crate) trait Output: Send {
    /// Takes alerts as the module gives them: JSON lines.
    fn alerts(&mut self, lines: &[u8]) -> io::Result<()>;

    /// Writes what has been kept back.
    fn finish(&mut self) -> io::Result<()>;

    /// Has what was taken outlast this program; answers the length of the file that
    /// it is in, where it is one.
    ///
    /// A form that keeps rows back until the end has nothing to say here.
    fn settle(&mut self) -> io::Result<Option<u64>> {
        Ok(None)
    }
}

impl OutputForm {
    /// An output of this form to standard output.
    pub(crate) fn to_stdout(self) -> Box<dyn Output> {
        match self {
            Self::Ndjson => Box::new(Lines(io::stdout())),
            Self::Table => Box::new(tables::Tables::new(anstream::stdout())),
            Self::Csv => Box::new(csv::Csv::new(io::stdout())),
        }
    }

    /// An output of this form to a file.
    pub(crate) fn to_file(self, file: AlertFile) -> Box<dyn Output> {
        match self {
            Self::Ndjson => Box::new(Lines(file)),
            Self::Table => Box::new(tables::Tables::new(anstream::StripStream::new(
                Box::new(file) as Box<dyn Write + Send>,
            ))),
            Self::Csv => Box::new(csv::Csv::new(file)),
        }
    }
}

/// An output of JSON lines to a receiver.
pub(crate) fn to_url(url: &str) -> Box<dyn Output> {
    Box::new(Lines(Receiver::new(url)))
}

/// What lines are written to.
trait Target: Write + Send {
    /// See [`Output::settle`].
    fn settle(&mut self) -> io::Result<Option<u64>>;
}

impl Target for io::Stdout {
    fn settle(&mut self) -> io::Result<Option<u64>> {
        self.flush().map(|()| None)
    }
}

/// The module's own lines, as they are.
struct Lines<W>(W);

impl<W: Target> Output for Lines<W> {
    fn alerts(&mut self, lines: &[u8]) -> io::Result<()> {
        self.0.write_all(lines)?;
        self.0.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.0.flush()
    }

    fn settle(&mut self) -> io::Result<Option<u64>> {
        self.0.settle()
    }
}
