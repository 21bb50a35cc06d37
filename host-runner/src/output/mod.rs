//! Outputs: alerts as JSON lines, as a table for people, as CSV.

mod alert;
mod block;
mod csv;
mod grid;
mod shown;
mod tables;
mod text;

use std::io::{self, Write};

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
pub(crate) trait Output {
    /// Takes alerts as the module gives them: JSON lines.
    fn alerts(&mut self, lines: &[u8]) -> io::Result<()>;

    /// Writes what has been kept back.
    fn finish(&mut self) -> io::Result<()>;
}

impl OutputForm {
    /// An output of this form to standard output.
    pub(crate) fn to_stdout(self) -> Box<dyn Output> {
        match self {
            Self::Ndjson => Box::new(Lines(io::stdout().lock())),
            Self::Table => Box::new(tables::Tables::new(anstream::stdout().lock())),
            Self::Csv => Box::new(csv::Csv::new(io::stdout().lock())),
        }
    }
}

/// The module's own lines, as they are.
struct Lines<W>(W);

impl<W: Write> Output for Lines<W> {
    fn alerts(&mut self, lines: &[u8]) -> io::Result<()> {
        self.0.write_all(lines)?;
        self.0.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
