//! The parts of an alert as text for people.

use super::alert::{Alert, Cell, Span};
use super::text::{one_line, visible};

/// A longer value is cut: the whole of it is in the JSON lines.
const LONGEST: usize = 500;

/// A window as start and end, the day said once where it is the same; `gap` stands
/// between the two.
pub(super) fn window(window: &Span, gap: &str) -> String {
    let parts = |time: &str| {
        let time = time.strip_suffix('Z').unwrap_or(time);
        time.split_once('T')
            .map(|(day, hour)| (day.to_owned(), hour.to_owned()))
    };
    match (parts(&window.start), parts(&window.end)) {
        (Some((day, start)), Some((last_day, end))) if day == last_day => {
            visible(&format!("{day} {start}{gap}to {end}"))
        }
        (Some((day, start)), Some((last_day, end))) => {
            visible(&format!("{day} {start}{gap}to {last_day} {end}"))
        }
        _ => visible(&format!("{}{gap}to {}", window.start, window.end)),
    }
}

/// The scores: one number, or one for each risk object with its name.
pub(super) fn scores(alert: &Alert) -> String {
    let objects = alert.risk.as_ref().map_or(&[][..], |risk| &risk.objects);
    match objects {
        [one] => one.score.to_string(),
        many => {
            let lines: Vec<String> = many
                .iter()
                .map(|object| {
                    one_line(&format!(
                        "{} {}={}",
                        object.score, object.field, object.value
                    ))
                })
                .collect();
            lines.join("\n")
        }
    }
}

pub(super) fn shown(cell: &Cell) -> String {
    let text = visible(&cell.values().join("\n"));
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_is_cut() {
        let text = shown(&Cell::Text("ä".repeat(LONGEST + 1)));
        assert_eq!(text.chars().count(), LONGEST + 1);
        assert!(text.ends_with('…'));
    }
}
