//! The results as tables: on the terminal, and as the page `RESULTS.md`.

mod machine;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use comfy_table::{ContentArrangement, Table, presets};

use crate::competitor::{Competitor, RSIGMA};
use crate::figure::digits;
use crate::place::Place;
use crate::rounds::Speeds;
use crate::rows::{Race, Results, Row};
use crate::target::TARGETS;

/// Why a row misses its target, or was not measured, by the name of the row.
type Notes = BTreeMap<String, String>;

/// Prints the tables.
pub(crate) fn print(results: &Results) {
    for mut table in [targets(results, None), competitors(results)] {
        if table.row_count() > 0 {
            table.load_style(presets::UTF8_FULL_CONDENSED);
            table.set_content_arrangement(ContentArrangement::Dynamic);
            println!("{table}");
        }
    }
}

/// Writes the page.
pub(crate) fn write(place: &Place, results: &Results, race: &Race<'_>) -> Result<(), String> {
    let notes = notes(place)?;
    let machine = machine::Machine::here(place);
    let file = place.own("RESULTS.md");
    fs::write(&file, page(results, race, &notes, &machine))
        .map_err(|error| format!("`{}`: {error}", file.display()))?;
    eprintln!("wrote {}", file.display());
    Ok(())
}

fn page(results: &Results, race: &Race<'_>, notes: &Notes, machine: &machine::Machine) -> String {
    let mut page = format!(
        "# Results of the race\n\n\
         Written by `cargo xtask race`; [README.md](README.md) says what is measured and how. A \
         ratio is of two runs of one round, here the median of {} rounds, and in parentheses the \
         least and the most. Input: {} MiB a set, 1,024 bytes an event, one thread, CPU time.\n\n\
         ## Targets\n\n{}\n\n## Competitors\n\n\
         How many times as fast as rsigma-eval over the same set, and in parentheses 10⁶ bytes \
         a second.\n\n{}\n",
        race.rounds,
        race.size >> 20,
        markdown(targets(results, Some(notes))),
        markdown(competitors(results)),
    );
    if !results.left_out.is_empty() {
        page += "\nWho did not take part:\n\n";
    }
    for (set, out) in &results.left_out {
        let _ = writeln!(page, "- {set}: {}: {}", out.competitor.name(), out.why);
    }
    let _ = write!(page, "\n## Machine and versions\n\n{machine}");
    page
}

fn markdown(mut table: Table) -> String {
    table.load_style(presets::ASCII_MARKDOWN);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.to_string()
}

/// The rows against their targets; with notes, why they miss them.
fn targets(results: &Results, notes: Option<&Notes>) -> Table {
    let mut table = Table::new();
    let mut header = vec!["what", "target", "measured", "met"];
    header.extend(notes.map(|_| "why"));
    table.set_header(header);
    for row in &results.rows {
        let mut cells = Vec::from(cells(row));
        if let Some(notes) = notes {
            let met = row.met();
            let note = notes.get(row.target.id).filter(|_| !met);
            cells.push(note.cloned().unwrap_or_default());
        }
        table.add_row(cells);
    }
    table
}

/// What a row says: its name, its target, what was measured, the verdict.
fn cells(row: &Row) -> [String; 4] {
    let target = row.target;
    let [measured, verdict] = match &row.figure {
        Ok(figure) => [target.wanted.shows(*figure), target.wanted.verdict(*figure)],
        Err(why) => [String::new(), format!("not measured: {why}")],
    };
    [
        target.what.to_owned(),
        target.wanted.says(),
        measured,
        verdict,
    ]
}

/// The competitors by the sets, those first that are fastest over the first set.
fn competitors(results: &Results) -> Table {
    let mut table = Table::new();
    let sets = results.speeds.iter().map(|(set, _)| set.as_str());
    table.set_header(["competitor"].into_iter().chain(sets));
    for competitor in in_order(results) {
        let of_set = |(_, speeds): &(String, Vec<Speeds>)| cell(competitor, speeds);
        let cells = results.speeds.iter().map(of_set);
        table.add_row([competitor.name().to_owned()].into_iter().chain(cells));
    }
    table
}

fn in_order(results: &Results) -> Vec<Competitor> {
    let speed = |competitor: Competitor| {
        let mut sets = results.speeds.iter();
        sets.find_map(|(_, speeds)| {
            let own = speeds.iter().find(|of| of.competitor == competitor)?;
            own.megabytes().map(|figure| figure.median)
        })
    };
    let mut order: Vec<(f64, Competitor)> = Competitor::ALL
        .into_iter()
        .filter_map(|competitor| Some((speed(competitor)?, competitor)))
        .collect();
    order.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    order
        .into_iter()
        .map(|(_, competitor)| competitor)
        .collect()
}

/// How fast a competitor is over a set: `2.11 (722)`.
fn cell(competitor: Competitor, speeds: &[Speeds]) -> String {
    let of = |competitor| speeds.iter().find(|of| of.competitor == competitor);
    let Some(own) = of(competitor) else {
        return String::new();
    };
    let speed = own.megabytes().map_or(0.0, |figure| figure.median);
    match of(RSIGMA).and_then(|direct| own.times(direct)) {
        Some(times) => format!("{} ({speed:.0})", digits(times.median)),
        None => format!("({speed:.0})"),
    }
}

/// The notes, each of which must be for a row that there is.
fn notes(place: &Place) -> Result<Notes, String> {
    let file = place.own("notes.toml");
    let told = |error: &dyn std::fmt::Display| format!("`{}`: {error}", file.display());
    let text = fs::read_to_string(&file).map_err(|error| told(&error))?;
    let notes: Notes = toml::from_str(&text).map_err(|error| told(&error))?;
    let unknown = notes
        .keys()
        .find(|id| TARGETS.iter().all(|target| target.id != **id));
    match unknown {
        Some(id) => Err(told(&format!("there is no row `{id}`"))),
        None => Ok(notes),
    }
}
