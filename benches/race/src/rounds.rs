//! Several rounds of the competitors in turn over one set.

use std::time::Duration;

use crate::child;
use crate::competitor::Competitor;
use crate::figure::Figure;
use crate::input::Input;
use crate::place::Place;
use crate::progress::Progress;

/// How fast a competitor was at each round, in bytes a second of CPU time.
#[derive(Debug, Clone)]
pub(crate) struct Speeds {
    pub(crate) competitor: Competitor,
    pub(crate) rounds: Vec<f64>,
}

impl Speeds {
    /// How many times as fast it was as another, by the rounds.
    pub(crate) fn times(&self, other: &Speeds) -> Option<Figure> {
        let pairs = self.rounds.iter().zip(&other.rounds);
        Figure::of(pairs.map(|(own, other)| own / other))
    }

    /// In 10^6 bytes a second.
    pub(crate) fn megabytes(&self) -> Option<Figure> {
        Figure::of(self.rounds.iter().map(|speed| speed / 1e6))
    }
}

/// What went wrong with a competitor, which is left out then.
#[derive(Debug, Clone)]
pub(crate) struct LeftOut {
    pub(crate) competitor: Competitor,
    pub(crate) why: String,
}

/// Runs competitors over a set in turn, so that what disturbs the machine disturbs all of
/// them. Before the first round each is run once, which counts for nothing.
///
/// # Errors
/// When one of them found something else than there is: then no figure is worth anything.
pub(crate) fn race(
    place: &Place,
    input: &Input,
    competitors: &[Competitor],
    rounds: usize,
    progress: &Progress,
) -> Result<(Vec<Speeds>, Vec<LeftOut>), String> {
    let mut speeds: Vec<Speeds> = Vec::new();
    let mut left_out = Vec::new();
    for &competitor in competitors {
        match competitor
            .is_here(place)
            .and_then(|()| once(place, input, competitor, progress))
        {
            Ok(_) => speeds.push(Speeds {
                competitor,
                rounds: Vec::new(),
            }),
            Err(why) => left_out.push(LeftOut { competitor, why }),
        }
    }
    for _ in 0..rounds {
        for of in &mut speeds {
            let run = once(place, input, of.competitor, progress)
                .map_err(|why| format!("{}: {why}", of.competitor.name()))?;
            let bytes = of.competitor.part(input).bytes as f64;
            of.rounds.push(bytes / run.as_secs_f64());
        }
    }
    Ok((speeds, left_out))
}

/// One run, whose find is checked: the CPU time.
fn once(
    place: &Place,
    input: &Input,
    competitor: Competitor,
    progress: &Progress,
) -> Result<Duration, String> {
    progress.says(&format!("{}: {}", input.set.name(), competitor.name()));
    let mut command = competitor.command(place, input);
    let run = child::run(&mut command, &place.work, competitor.fine())?;
    let found = competitor.found(input.set.rules(), &run.output)?;
    if let Some(difference) = competitor.part(input).found.difference(&found) {
        return Err(format!("it found something else: {difference}"));
    }
    let start = Duration::from_secs_f64(competitor.start(&run.output));
    progress.step();
    Ok(run.cpu.saturating_sub(start))
}
