//! The alerts of a rule as a grid: a line for each, a column for each field.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};

use super::alert::Alert;
use super::shown::{scores, shown, window};
use super::text::one_line;

/// As wide as a column is at the least, where what is in it is not narrower.
const LEAST: usize = 12;

/// As wide as a column has to be to be read, where what is in it is wider.
const READABLE: usize = 40;

pub(super) fn table(alerts: &[&Alert]) -> Table {
    let mut fields: Vec<&str> = Vec::new();
    for (name, _) in alerts
        .iter()
        .flat_map(|alert| &alert.row)
        .flat_map(|row| &row.0)
    {
        if !fields.contains(&name.as_str()) {
            fields.push(name);
        }
    }
    let windows = alerts.iter().any(|alert| alert.window.is_some());
    // Most runs know one kind only, and then the column says nothing.
    let kinds = alerts.iter().any(|alert| alert.kind != "final");
    let risks = alerts.iter().any(|alert| {
        alert
            .risk
            .as_ref()
            .is_some_and(|risk| !risk.objects.is_empty())
    });

    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    let mut header = Vec::new();
    if windows {
        header.push("window".to_owned());
    }
    if kinds {
        header.push("kind".to_owned());
    }
    header.extend(fields.iter().map(|field| one_line(field)));
    if risks {
        header.push("risk score".to_owned());
    }
    table.set_header(header);
    for alert in alerts {
        let mut cells = Vec::new();
        if windows {
            cells.push(
                alert
                    .window
                    .as_ref()
                    .map_or(String::new(), |span| window(span, "\n")),
            );
        }
        if kinds {
            cells.push(one_line(&alert.kind));
        }
        for field in &fields {
            let row = alert.row.iter().flat_map(|row| &row.0);
            let cell = row
                .into_iter()
                .find(|(name, _)| name == field)
                .map(|(_, cell)| cell);
            cells.push(cell.map_or(String::new(), shown));
        }
        if risks {
            cells.push(scores(alert));
        }
        table.add_row(cells);
    }
    keep_whole(&mut table);
    table
}

/// Has each column of a table the room that it takes to be read?
pub(super) fn is_readable(table: &Table, width: u16) -> bool {
    let widths = table.column_max_content_widths();
    let borders = 3 * widths.len() + 1;
    let least: usize = widths
        .iter()
        .map(|&wide| usize::from(wide).min(READABLE))
        .sum();
    least + borders <= usize::from(width)
}

/// Keeps narrow columns as wide as what is in them, the narrowest first, as long as
/// the others have room: a time that is broken in two is hard to read.
fn keep_whole(table: &mut Table) {
    let Some(width) = table.width() else { return };
    let widths = table
        .column_max_content_widths()
        .into_iter()
        .map(usize::from);
    let mut columns: Vec<(usize, usize)> = widths.zip(0..).collect();
    columns.sort_unstable();
    let borders = 3 * columns.len() + 1;
    let mut room = usize::from(width).saturating_sub(borders);
    let mut others: usize = columns.iter().map(|&(wide, _)| wide.min(LEAST)).sum();
    for (wide, index) in columns {
        others -= wide.min(LEAST);
        if wide + others > room {
            return;
        }
        room -= wide;
        if let Some(column) = table.column_mut(index) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_columns_stay_whole_where_there_is_room() {
        let time = "2021-03-14T01:40:12";
        for (width, whole) in [(100, true), (40, true), (30, false)] {
            let mut table = Table::new();
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(width);
            table.add_row([time, &"long text ".repeat(30)]);
            keep_whole(&mut table);
            let text = table.to_string();
            assert_eq!(text.contains(time), whole, "{width}:\n{text}");
            let longest = text.lines().map(|line| line.chars().count()).max();
            assert!(longest <= Some(usize::from(width)), "{width}:\n{text}");
        }
    }

    #[test]
    fn a_table_is_readable_where_long_columns_have_room() {
        let mut table = Table::new();
        table.add_row(["2021-03-14T01:40:12", &"long text ".repeat(30)]);
        assert!(is_readable(&table, 19 + 40 + 7));
        assert!(!is_readable(&table, 19 + 40 + 6));
    }
}
