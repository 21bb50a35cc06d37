//! The targets: what is wanted of each row of the results.

use crate::figure::{Figure, digits};

/// A row of the results, as it is wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target {
    /// Its name, for `--rows` and for the notes.
    pub(crate) id: &'static str,
    pub(crate) what: &'static str,
    pub(crate) wanted: Wanted,
}

/// What a figure has to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Wanted {
    /// Times as much, or more.
    AtLeast(f64),
    /// Times as much, or less.
    AtMost(f64),
    /// So many of a unit, or less.
    Below(f64, &'static str),
}

impl Wanted {
    /// How the table says it.
    pub(crate) fn says(self) -> String {
        match self {
            Wanted::AtLeast(times) => format!("{} times or more", plain(times)),
            Wanted::AtMost(times) => format!("{} times or less", plain(times)),
            Wanted::Below(most, unit) => format!("{} {unit} or less", plain(most)),
        }
    }

    /// By which part of what is wanted a figure misses it, if it does: its median counts.
    pub(crate) fn missed(self, figure: Figure) -> Option<f64> {
        let number = figure.median;
        match self {
            Wanted::AtLeast(least) if number < least => Some(1.0 - number / least),
            Wanted::AtMost(most) | Wanted::Below(most, _) if number > most => {
                Some(number / most - 1.0)
            }
            _ => None,
        }
    }

    /// How the table says whether a figure is as wanted.
    pub(crate) fn verdict(self, figure: Figure) -> String {
        match self.missed(figure) {
            Some(missed) if missed > 1.0 => format!("missed: {} times it", digits(missed + 1.0)),
            Some(missed) => format!("missed by {} %", digits(missed * 100.0)),
            None => "met".to_owned(),
        }
    }

    /// The figure with its unit.
    pub(crate) fn shows(self, figure: Figure) -> String {
        match self {
            Wanted::Below(_, unit) => format!("{figure} {unit}"),
            Wanted::AtLeast(_) | Wanted::AtMost(_) => figure.to_string(),
        }
    }
}

fn plain(number: f64) -> String {
    format!("{number}")
}

/// All targets, in the order of the table.
pub(crate) const TARGETS: [Target; 20] = [
    at_least("hits-0.1", "0.1 % hits, against rsigma-eval", 20.0),
    at_least(
        "hits-0.1-ripgrep",
        "0.1 % hits, against ripgrep -j1 -i -c",
        1.5,
    ),
    at_least(
        "hits-0.1-native",
        "0.1 % hits, against the same compiled natively",
        0.6,
    ),
    at_least("hits-100", "100 % hits, against rsigma-eval", 2.0),
    at_least("near", "near misses only, against rsigma-eval", 1.0),
    at_least(
        "escapes",
        "`\\u00` escapes in each event, against rsigma-eval",
        1.0,
    ),
    at_least("giant", "records of 7 MiB, against rsigma-eval", 1.0),
    at_least(
        "no-literals",
        "a rule without literals, against rsigma-eval",
        1.0,
    ),
    at_least(
        "rules-250",
        "250 detections, against rsigma-eval with as many",
        5.0,
    ),
    at_least("jobs", "2 threads on 2 cores, against one (wall time)", 1.8),
    at_least("evtx", ".evtx, against the evtx crate's dump to JSON", 5.0),
    Target {
        id: "start",
        what: "start: to the end of a file of one event, module cached",
        wanted: Wanted::Below(15.0, "ms"),
    },
    below("size", "the portable module", 768.0),
    below("size-simd", "the module with SIMD", 768.0),
    below("size-compressed", "the portable module, compressed", 300.0),
    below(
        "size-simd-compressed",
        "the module with SIMD, compressed",
        300.0,
    ),
    Target {
        id: "memory",
        what: "memory over a file 8 times as long",
        wanted: Wanted::AtMost(1.05),
    },
    Target {
        id: "memory-group",
        what: "memory for a group beyond its key: count, min, max",
        wanted: Wanted::Below(256.0, "bytes"),
    },
    Target {
        id: "interpreter",
        what: "a record that cannot match, in an interpreter, against an empty function",
        wanted: Wanted::AtMost(3.0),
    },
    at_least("browser", "`rule_push` in Chromium, against Node", 1.0),
];

const fn at_least(id: &'static str, what: &'static str, times: f64) -> Target {
    let wanted = Wanted::AtLeast(times);
    Target { id, what, wanted }
}

const fn below(id: &'static str, what: &'static str, kilobytes: f64) -> Target {
    let wanted = Wanted::Below(kilobytes, "KiB");
    Target { id, what, wanted }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_met_or_missed_by_a_part_of_it() {
        for (wanted, figure, expected) in [
            (Wanted::AtLeast(20.0), 20.0, "met"),
            (Wanted::AtLeast(20.0), 15.0, "missed by 25.0 %"),
            (Wanted::AtMost(3.0), 3.0, "met"),
            (Wanted::AtMost(3.0), 4.5, "missed by 50.0 %"),
            (Wanted::AtMost(3.0), 9.0, "missed: 3.00 times it"),
            (Wanted::Below(768.0, "KiB"), 800.0, "missed by 4.17 %"),
        ] {
            assert_eq!(wanted.verdict(Figure::exactly(figure)), expected);
        }
    }

    #[test]
    fn the_rows_have_names_of_their_own() {
        for target in TARGETS {
            let same = TARGETS.iter().filter(|other| other.id == target.id);
            assert_eq!(same.count(), 1, "{}", target.id);
        }
    }
}
