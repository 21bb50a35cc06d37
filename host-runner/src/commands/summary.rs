//! What a run has read and found, on standard error at its end.

use crate::module::Counters;
use crate::output::visible;

/// As many malformed records are shown.
const SAMPLES: usize = 3;

/// Tells what was read, what is in no result, and what was found.
pub(super) fn tell(counters: &Counters, damaged: u64) {
    let mut lines = String::new();
    for sample in counters.malformed_samples.iter().take(SAMPLES) {
        lines += &format!(
            "malformed: `{}` at byte {}: {}: {}\n",
            sample.input,
            sample.offset,
            sample.reason,
            sample.text.replace('\n', " "),
        );
    }
    lines += &listed(
        "not in a result",
        &[
            (counters.no_time, "without a usable time"),
            (counters.outside, "in no window"),
            (counters.combinations, "combinations of by-values too many"),
            (counters.fields, "fields too many"),
            (counters.expanded, "rows or values too many of a command"),
        ],
    );
    if counters.late > 0 {
        lines += &format!(
            "after their windows had closed, in late or amended alerts: {}\n",
            counted(counters.late, "event")
        );
    }
    if counters.future > 0 {
        lines += &format!(
            "further ahead of the clock than an event can be: {}\n",
            counted(counters.future, "event")
        );
    }
    lines += &listed(
        "among the alerts",
        &[
            (counters.early, "early, before the window closed"),
            (counters.amended, "amended, after late events"),
            (
                counters.partial,
                "partial, where a limit was met or an event came from far ahead",
            ),
        ],
    );
    if counters.invalid_utf8 > 0 {
        lines += &format!(
            "in another encoding than UTF-8, read with replacements: {}\n",
            counters.invalid_utf8
        );
    }
    if damaged > 0 {
        lines += &format!("damaged parts of event logs: {damaged}\n");
    }
    anstream::eprint!("{}", visible(&lines));
    anstream::eprintln!(
        "read {}, {} matched, {} malformed, {}",
        counted(counters.records, "event"),
        counters.matches,
        counters.malformed,
        counted(counters.alerts, "alert"),
    );
}

/// A line with the counts that are not 0; nothing where all are.
fn listed(what: &str, counts: &[(u64, &str)]) -> String {
    let there: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, of)| format!("{count} {of}"))
        .collect();
    match there.is_empty() {
        true => String::new(),
        false => format!("{what}: {}\n", there.join(", ")),
    }
}

/// A number of things in words: `1 event`, `2 events`.
pub(super) fn counted(count: u64, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}
