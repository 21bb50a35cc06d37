//! An alert as a block of lines: its window, then each field with its value.

use std::io::{self, Write};

use anstyle::Style;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};

use super::alert::Alert;
use super::shown::{scores, shown, window};
use super::text::one_line;

/// What stands before a field's name, and between it and its value.
const INDENT: &str = "  ";

/// Writes the alerts one after the other, lines no longer than `width`.
pub(super) fn write(out: &mut impl Write, alerts: &[&Alert], width: u16) -> io::Result<()> {
    for alert in alerts {
        let bold = Style::new().bold();
        let mut head = Vec::new();
        head.extend(alert.window.as_ref().map(|span| window(span, " ")));
        if alert.kind != "final" {
            head.push(one_line(&alert.kind));
        }
        if !head.is_empty() {
            writeln!(out, "{bold}{}{bold:#}", head.join("  "))?;
        }
        for line in fields(alert, width).lines() {
            writeln!(out, "{}", format!("{INDENT}{line}").trim_end())?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The fields in two columns, the names and the values, each value wrapped within
/// its own.
fn fields(alert: &Alert, width: u16) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(width.saturating_sub(INDENT.len() as u16).max(20));
    for (name, cell) in alert.row.iter().flat_map(|row| &row.0) {
        table.add_row([one_line(name), shown(cell)]);
    }
    let risk = scores(alert);
    if !risk.is_empty() {
        table.add_row(["risk score".to_owned(), risk]);
    }
    if let Some(names) = table.column_mut(0) {
        names.set_constraint(ColumnConstraint::ContentWidth);
        names.set_padding((0, 1));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::alert;

    #[test]
    fn a_block_for_each_alert() {
        let line = concat!(
            r#"{"id":"1","kind":"late","rule":{"id":"r","name":"R"},"#,
            r#""window":{"start":"2021-03-14T00:50:00Z","end":"2021-03-14T01:50:00Z"},"#,
            r#""row":{"dest":"EX01","Message":"one two three four five six","count":3},"#,
            r#""risk":{"objects":[{"field":"dest","type":"system","value":"EX01","score":32}]}}"#,
        );
        let alerts: Vec<Alert> = alert::parse(line.as_bytes())
            .collect::<Result<_, _>>()
            .expect("an alert");
        let mut out = Vec::new();
        write(&mut out, &alerts.iter().collect::<Vec<_>>(), 32).expect("memory");
        let text = anstream::adapter::strip_bytes(&out).into_vec();
        assert_eq!(
            String::from_utf8(text).expect("text"),
            "2021-03-14 00:50:00 to 01:50:00  late\n\
             \x20 dest        EX01\n\
             \x20 Message     one two three\n\
             \x20             four five six\n\
             \x20 count       3\n\
             \x20 risk score  32\n\n"
        );
    }
}
