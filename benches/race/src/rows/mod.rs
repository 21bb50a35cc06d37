//! The rows of the results: which are wanted, and how each is measured.

mod browser;
mod evtx;
mod interpreter;
mod jobs;
mod memory;
mod raced;
mod size;
mod start;

use crate::competitor::Competitor;
use crate::figure::Figure;
use crate::place::Place;
use crate::progress::Progress;
use crate::rounds::{LeftOut, Speeds};
use crate::target::{TARGETS, Target};

/// A race as it is asked for.
pub(crate) struct Race<'a> {
    pub(crate) place: &'a Place,
    pub(crate) rounds: usize,
    /// Of each input, in bytes.
    pub(crate) size: u64,
    pub(crate) progress: &'a Progress,
    /// What the names of the rows hold that are wanted: one of these, with commas between.
    pub(crate) rows: &'a str,
}

/// A row.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) target: Target,
    /// What was measured, else why nothing was.
    pub(crate) figure: Result<Figure, String>,
}

impl Row {
    /// Whether it was measured and is as wanted.
    pub(crate) fn met(&self) -> bool {
        let figure = self.figure.as_ref();
        figure.is_ok_and(|figure| self.target.wanted.missed(*figure).is_none())
    }
}

/// What came out.
#[derive(Debug, Default)]
pub(crate) struct Results {
    pub(crate) rows: Vec<Row>,
    /// The speeds of all competitors, by the names of the sets.
    pub(crate) speeds: Vec<(String, Vec<Speeds>)>,
    /// Who was left out, by the names of the sets.
    pub(crate) left_out: Vec<(String, LeftOut)>,
}

impl Race<'_> {
    /// Measures all rows that are wanted.
    ///
    /// # Errors
    /// When we found something else than there is: then no figure is worth anything.
    pub(crate) fn run(&self) -> Result<Results, String> {
        let mut results = Results::default();
        self.raced(&mut results)?;
        self.jobs(&mut results);
        self.evtx(&mut results);
        self.start(&mut results);
        self.size(&mut results);
        self.memory(&mut results);
        self.interpreter(&mut results);
        self.browser(&mut results);
        let order = |row: &Row| TARGETS.iter().position(|target| target.id == row.target.id);
        results.rows.sort_by_key(order);
        Ok(results)
    }

    /// Whether a row is wanted.
    fn wants(&self, id: &str) -> bool {
        let mut wanted = self.rows.split(',');
        wanted.any(|text| id.contains(text.trim()))
    }

    /// Notes what was measured for a row, where it is wanted.
    fn note(&self, results: &mut Results, id: &str, figure: Result<Figure, String>) {
        let Some(target) = TARGETS.iter().find(|target| target.id == id) else {
            return;
        };
        if !self.wants(id) {
            return;
        }
        if let Err(why) = &figure {
            self.progress
                .line(&format!("left out: {}: {why}", target.what));
        }
        results.rows.push(Row {
            target: *target,
            figure,
        });
    }
}

/// The ratio of two competitors over a set, or why there is none.
fn times(speeds: &[Speeds], one: Competitor, other: Competitor) -> Result<Figure, String> {
    let of = |competitor: Competitor| {
        let found = speeds.iter().find(|of| of.competitor == competitor);
        found.ok_or_else(|| format!("{} did not take part", competitor.name()))
    };
    of(one)?
        .times(of(other)?)
        .ok_or_else(|| "there was no round".to_owned())
}
