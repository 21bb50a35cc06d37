//! Alerts as tables that a person reads: one for each rule.

use std::io::{self, Write};

use anstyle::Style;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};

use super::Output;
use super::alert::{self, Alert, Cell, Span};
use super::text::visible;

/// A longer value is cut: the whole of it is in the JSON lines.
const LONGEST: usize = 500;

/// As wide as a column is at the least, where what is in it is not narrower.
const LEAST: usize = 12;

/// Alerts as tables; kept until the end.
pub(super) struct Tables<W> {
    out: W,
    alerts: Vec<Alert>,
}

impl<W: Write> Tables<W> {
    pub(super) fn new(out: W) -> Self {
        Self {
            out,
            alerts: Vec::new(),
        }
    }
}

impl<W: Write> Output for Tables<W> {
    fn alerts(&mut self, lines: &[u8]) -> io::Result<()> {
        for alert in alert::parse(lines) {
            self.alerts.push(alert?);
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let mut rules: Vec<&str> = Vec::new();
        for alert in &self.alerts {
            if !rules.contains(&alert.rule.id.as_str()) {
                rules.push(&alert.rule.id);
            }
        }
        for rule in rules {
            let alerts: Vec<&Alert> = self
                .alerts
                .iter()
                .filter(|alert| alert.rule.id == rule)
                .collect();
            let bold = Style::new().bold();
            writeln!(
                self.out,
                "{bold}{}{bold:#}{}",
                name(&alerts),
                notes(&alerts)
            )?;
            writeln!(self.out, "{}\n", table(&alerts))?;
        }
        self.out.flush()
    }
}

fn name(alerts: &[&Alert]) -> String {
    alerts
        .first()
        .map_or(String::new(), |alert| one_line(&alert.rule.name))
}

/// What stands beside the rule's name: its type and techniques.
fn notes(alerts: &[&Alert]) -> String {
    let Some(alert) = alerts.first() else {
        return String::new();
    };
    let notes: Vec<String> = alert
        .rule
        .kind
        .iter()
        .chain(&alert.attack)
        .map(|note| one_line(note))
        .collect();
    if notes.is_empty() {
        String::new()
    } else {
        format!("  {}", notes.join(", "))
    }
}

fn table(alerts: &[&Alert]) -> Table {
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
            cells.push(alert.window.as_ref().map_or(String::new(), window));
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

/// A window as start and end, the day said once where it is the same.
fn window(window: &Span) -> String {
    let parts = |time: &str| {
        let time = time.strip_suffix('Z').unwrap_or(time);
        time.split_once('T')
            .map(|(day, hour)| (day.to_owned(), hour.to_owned()))
    };
    match (parts(&window.start), parts(&window.end)) {
        (Some((day, start)), Some((last_day, end))) if day == last_day => {
            visible(&format!("{day} {start}\nto {end}"))
        }
        (Some((day, start)), Some((last_day, end))) => {
            visible(&format!("{day} {start}\nto {last_day} {end}"))
        }
        _ => visible(&format!("{}\nto {}", window.start, window.end)),
    }
}

/// The scores: one number, or one for each risk object with its name.
fn scores(alert: &Alert) -> String {
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

fn shown(cell: &Cell) -> String {
    let text = visible(&cell.values().join("\n"));
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

fn one_line(text: &str) -> String {
    visible(text).replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(lines: &str) -> String {
        let mut bytes = Vec::new();
        let mut tables = Tables::new(&mut bytes);
        tables.alerts(lines.as_bytes()).expect("alerts");
        tables.finish().expect("memory");
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn a_table_for_each_rule() {
        let lines = concat!(
            r#"{"id":"1","kind":"final","rule":{"id":"r","name":"Rule R","type":"Anomaly"},"window":{"start":"2021-03-14T00:50:00Z","end":"2021-03-14T01:50:00Z"},"row":{"dest":"EX01","count":3},"risk":{"objects":[{"field":"dest","type":"system","value":"EX01","score":32}]},"attack":["T1059"]}"#,
            "\n",
            r#"{"id":"2","kind":"final","rule":{"id":"q","name":"Rule Q"},"row":{"cmd":"\u001b[2Jgone"}}"#,
            "\n",
            r#"{"id":"3","kind":"final","rule":{"id":"r","name":"Rule R","type":"Anomaly"},"window":{"start":"2021-03-14T23:50:00Z","end":"2021-03-15T00:50:00Z"},"row":{"dest":"EX02","count":1},"risk":{"objects":[]}}"#,
            "\n",
        );
        let text = written(lines);
        for part in [
            "Rule R",
            "  Anomaly, T1059",
            "2021-03-14 00:50:00",
            "to 01:50:00",
            "to 2021-03-15 00:50:00",
            "risk score",
            "EX02",
            "Rule Q",
            "␛[2Jgone",
        ] {
            assert!(text.contains(part), "{part:?} in\n{text}");
        }
        assert!(!text.contains("kind"), "{text}");
        assert!(
            text.find("EX02") < text.find("Rule Q"),
            "rows of a rule are together:\n{text}"
        );
    }

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
    fn a_long_value_is_cut() {
        let text = shown(&Cell::Text("ä".repeat(LONGEST + 1)));
        assert_eq!(text.chars().count(), LONGEST + 1);
        assert!(text.ends_with('…'));
    }
}
