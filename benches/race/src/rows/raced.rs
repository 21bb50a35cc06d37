//! The rows in which competitors run over a set.

use sets::Set;

use super::{Race, Results, times};
use crate::competitor::{Competitor, RSIGMA};
use crate::input::Input;
use crate::rounds::race;

/// The rows of a set: its own is against the direct peer.
fn rows(set: Set) -> Vec<(String, Competitor)> {
    let name = set.name();
    let mut rows = vec![(name.clone(), RSIGMA)];
    if set == Set::Hits01 {
        rows.push((format!("{name}-ripgrep"), Competitor::Ripgrep));
        rows.push((format!("{name}-native"), Competitor::Native));
    }
    rows
}

impl Race<'_> {
    pub(super) fn raced(&self, results: &mut Results) -> Result<(), String> {
        for set in Set::RACED {
            let rows = rows(set);
            if rows.iter().any(|(id, _)| self.wants(id)) {
                self.over(set, results)?;
            }
        }
        Ok(())
    }

    fn over(&self, set: Set, results: &mut Results) -> Result<(), String> {
        self.progress
            .says(&format!("makes the input {}", set.name()));
        let input = Input::of(set, self.size, &self.place.folder("sets"))?;
        let competitors = Competitor::ALL.into_iter().filter(|one| one.can(set));
        let competitors: Vec<Competitor> = competitors.collect();
        let (speeds, left_out) =
            race(self.place, &input, &competitors, self.rounds, self.progress)?;
        for out in left_out {
            self.progress.line(&format!(
                "left out: {}: {}: {}",
                set.name(),
                out.competitor.name(),
                out.why
            ));
            results.left_out.push((set.name(), out));
        }
        for (id, other) in rows(set) {
            self.note(results, &id, times(&speeds, Competitor::Ours, other));
        }
        results.speeds.push((set.name(), speeds));
        Ok(())
    }
}
