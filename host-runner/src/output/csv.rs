//! Alerts as CSV, for spreadsheets.
//!
//! The columns are the fields of all rows, in the order in which they were first
//! seen, between columns of ours whose names begin with `alert.`. As the header
//! comes first, everything is kept until the end. Several values stand in one
//! cell, one a line. A text that a spreadsheet would take for a formula (it begins
//! with `=`, `+`, `-`, `@`, a tab or a carriage return) gets a `'` before it.

use std::borrow::Cow;
use std::io::{self, Write};

use super::Output;
use super::alert::{self, Alert, Cell};

const BEFORE: [&str; 5] = [
    "alert.rule",
    "alert.kind",
    "alert.id",
    "alert.window_start",
    "alert.window_end",
];
const AFTER: [&str; 2] = ["alert.risk_score", "alert.risk_message"];

/// Alerts as CSV.
pub(super) struct Csv<W> {
    out: W,
    alerts: Vec<Alert>,
}

impl<W: Write> Csv<W> {
    pub(super) fn new(out: W) -> Self {
        Self {
            out,
            alerts: Vec::new(),
        }
    }
}

impl<W: Write + Send> Output for Csv<W> {
    fn alerts(&mut self, lines: &[u8]) -> io::Result<()> {
        for alert in alert::parse(lines) {
            self.alerts.push(alert?);
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let mut fields: Vec<&str> = Vec::new();
        for (name, _) in self.alerts.iter().flat_map(fields_of) {
            if !fields.contains(&name.as_str()) {
                fields.push(name);
            }
        }
        let mut writer = ::csv::Writer::from_writer(&mut self.out);
        let names = BEFORE.iter().chain(&fields).chain(&AFTER);
        writer.write_record(names.map(|name| harmless(name).into_owned()))?;
        for alert in &self.alerts {
            writer.write_record(record(alert, &fields))?;
        }
        writer.flush()
    }
}

fn fields_of(alert: &Alert) -> impl Iterator<Item = &(String, Cell)> {
    alert.row.iter().flat_map(|row| &row.0)
}

fn record(alert: &Alert, fields: &[&str]) -> Vec<String> {
    let (start, end) = alert
        .window
        .as_ref()
        .map_or(("", ""), |window| (&window.start, &window.end));
    let mut cells = vec![
        harmless(&alert.rule.name).into_owned(),
        alert.kind.clone(),
        alert.id.clone(),
        start.to_owned(),
        end.to_owned(),
    ];
    for field in fields {
        let cell = fields_of(alert)
            .find(|(name, _)| name == field)
            .map(|(_, cell)| cell);
        cells.push(match cell {
            None | Some(Cell::Null) => String::new(),
            Some(Cell::Number(digits)) => digits.clone(),
            Some(cell) => harmless(&cell.values().join("\n")).into_owned(),
        });
    }
    let risk = alert.risk.as_ref();
    let score = risk.and_then(|risk| risk.objects.iter().map(|object| object.score).max());
    cells.push(score.map_or(String::new(), |score| score.to_string()));
    let message = risk
        .and_then(|risk| risk.message.as_deref())
        .unwrap_or_default();
    cells.push(harmless(message).into_owned());
    cells
}

/// A text that no spreadsheet takes for a formula.
fn harmless(text: &str) -> Cow<'_, str> {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(lines: &str) -> String {
        let mut bytes = Vec::new();
        let mut csv = Csv::new(&mut bytes);
        csv.alerts(lines.as_bytes()).expect("alerts");
        csv.finish().expect("memory");
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn rows_of_different_rules_in_one_table() {
        let lines = concat!(
            r#"{"id":"1a","kind":"final","rule":{"id":"r","name":"R"},"window":{"start":"s","end":"e"},"row":{"dest":"EX01","count":-3},"risk":{"message":"m","objects":[{"field":"dest","type":"system","value":"EX01","score":32}]}}"#,
            "\n",
            r#"{"id":"1b","kind":"final","rule":{"id":"q","name":"Q"},"row":{"user":["a","b"],"dest":null,"cmd":"=1+1"}}"#,
            "\n",
        );
        assert_eq!(
            written(lines),
            "alert.rule,alert.kind,alert.id,alert.window_start,alert.window_end,dest,count,user,cmd,alert.risk_score,alert.risk_message\n\
             R,final,1a,s,e,EX01,-3,,,32,m\n\
             Q,final,1b,,,,,\"a\nb\",'=1+1,,\n"
        );
    }

    #[test]
    fn no_alerts_is_a_header() {
        assert_eq!(written("").lines().count(), 1);
    }

    #[test]
    fn formulas() {
        for (text, expected) in [
            ("=x", "'=x"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@a", "'@a"),
            ("\t=", "'\t="),
            ("a=", "a="),
        ] {
            assert_eq!(harmless(text), expected);
        }
    }
}
