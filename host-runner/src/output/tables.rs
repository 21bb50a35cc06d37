//! Alerts as tables that a person reads: one for each rule; where the terminal is
//! too narrow for a table, a block of lines for each alert.

use std::io::{self, Write};

use anstyle::Style;

use super::Output;
use super::alert::{self, Alert};
use super::text::one_line;
use super::{block, grid};

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

impl<W: Write + Send> Output for Tables<W> {
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
            let table = grid::table(&alerts);
            match table.width() {
                Some(width) if !grid::is_readable(&table, width) => {
                    block::write(&mut self.out, &alerts, width)?;
                }
                _ => writeln!(self.out, "{table}\n")?,
            }
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
}
