//! `explain`: one event against the rules, and which part of the search held.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Read, Write};

use anstyle::{AnsiColor, Style};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::open::open_rules;
use crate::cli::{Explain, ExplainForm};
use crate::failure::{DONE, Failure};
use crate::input::{self, Format, Location, Stream};
use crate::module::ModuleError;
use crate::output::one_line;

/// As much of the input is read as one event can be long.
const LONGEST: u64 = 8 * 1024 * 1024;

pub(super) fn execute(options: &Explain) -> Result<u8, Failure> {
    let settings = options.common.settings()?;
    let events = options.events.settings()?;
    let configuration = settings.to_json()?;
    let (location, stream) = open(options)?;
    let (format, event) = read(&location, stream)?;

    let module = options.module.load()?;
    let mut instance = module.instantiate()?;
    let mut session = open_rules(&mut instance, &configuration, &settings)?;
    session.input(&events.of_input(&location.name(), format))?;
    let answer = session.explain(&event)?;
    match options.output {
        ExplainForm::Json => writeln!(io::stdout(), "{answer}")?,
        ExplainForm::Tree => {
            let explained: Explained =
                serde_json::from_value(answer).map_err(|error| ModuleError::Answer {
                    module: module.name().to_owned(),
                    call: "rule_explain",
                    reason: error.to_string(),
                })?;
            write!(anstream::stdout(), "{}", tree(&explained))?;
        }
    }
    Ok(DONE)
}

/// The input that the command line names.
fn open(options: &Explain) -> Result<(Location, Stream), Failure> {
    let location = match &options.input {
        Some(path) if path.as_os_str() != "-" => Location::File(path.clone()),
        given => {
            if given.is_none() && io::stdin().is_terminal() {
                return Err(Failure::Usage(
                    "no event: name a file, or send an event to standard input".to_owned(),
                ));
            }
            Location::Stdin
        }
    };
    match input::open(&location, options.format, |source| source) {
        Ok(stream) => Ok((location, stream)),
        Err(error) => Err(cannot_read(&location, &error)),
    }
}

/// The bytes that the event is at the beginning of.
fn read(location: &Location, stream: Stream) -> Result<(Format, Vec<u8>), Failure> {
    let format = stream.format();
    let mut event = Vec::new();
    stream
        .take(LONGEST)
        .read_to_end(&mut event)
        .map_err(|error| cannot_read(location, &error))?;
    match event.is_empty() {
        true => Err(Failure::Usage(format!(
            "`{}` holds no event",
            location.name()
        ))),
        false => Ok((format, event)),
    }
}

fn cannot_read(location: &Location, error: &io::Error) -> Failure {
    Failure::Usage(format!("cannot read `{}`: {error}", location.name()))
}

/// The answer of `rule_explain`.
#[derive(Debug, Deserialize)]
struct Explained {
    record: Record,
    rules: Vec<Rule>,
}

#[derive(Debug, Deserialize)]
struct Record {
    #[serde(default)]
    format: String,
    #[serde(default)]
    time: Option<String>,
    #[serde(default)]
    fields: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
struct Rule {
    name: String,
    matched: bool,
    search: Node,
}

/// A part of a search: whether it held, and on what values.
#[derive(Debug, Deserialize)]
struct Node {
    kind: String,
    #[serde(default)]
    text: String,
    held: bool,
    #[serde(default)]
    values: Vec<Value>,
    #[serde(default)]
    parts: Vec<Node>,
}

const GOOD: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Green)));
const BAD: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red)));

/// The answer as a tree for people.
fn tree(explained: &Explained) -> String {
    let record = &explained.record;
    let mut text = String::new();
    let time = record.time.as_deref().unwrap_or("without a time");
    let _ = writeln!(
        text,
        "event  {}  {}",
        one_line(&record.format),
        one_line(time)
    );
    let width = record
        .fields
        .keys()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or(0);
    for (name, value) in &record.fields {
        let _ = writeln!(
            text,
            "  {:width$}  {}",
            one_line(name),
            one_line(&shown(value))
        );
    }
    for rule in &explained.rules {
        let (style, word) = if rule.matched {
            (GOOD, "matches")
        } else {
            (BAD, "does not match")
        };
        let _ = writeln!(text, "\n{}: {style}{word}{style:#}", one_line(&rule.name));
        branch(&rule.search, "", "", &mut text);
    }
    text
}

/// A part of the search and the parts of it, each a line.
///
/// As deep as the module's answer, which its reader bounds.
fn branch(node: &Node, first: &str, rest: &str, text: &mut String) {
    let (style, tick) = if node.held {
        (GOOD, "✓")
    } else {
        (BAD, "✗")
    };
    let what = match (node.kind.as_str(), node.parts.is_empty()) {
        ("and", false) => "all of",
        ("or", false) => "any of",
        ("not", false) => "not",
        ("all", _) => "every event",
        _ => &node.text,
    };
    let _ = write!(text, "{first}{style}{tick}{style:#} {}", one_line(what));
    if !node.values.is_empty() {
        let values: Vec<String> = node.values.iter().map(shown).collect();
        let _ = write!(text, "   here: {}", one_line(&values.join(" | ")));
    } else if matches!(node.kind.as_str(), "compare" | "in") {
        text.push_str("   here: no such field");
    }
    text.push('\n');
    for (at, part) in node.parts.iter().enumerate() {
        let last = at + 1 == node.parts.len();
        let (bough, beyond) = if last {
            ("└─ ", "   ")
        } else {
            ("├─ ", "│  ")
        };
        branch(
            part,
            &format!("{rest}{bough}"),
            &format!("{rest}{beyond}"),
            text,
        );
    }
}

/// A value as text, several as a list.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(shown).collect::<Vec<_>>().join(" | "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_tree() {
        let explained: Explained = serde_json::from_value(json!({
            "record": {"format": "json", "time": "2021-03-14T01:40:12Z", "fields": {"EventCode": "1", "user": ["a", "b"]}},
            "rules": [{"id": "r", "name": "R", "matched": false, "search":
                {"kind": "and", "text": "", "held": false, "values": [], "parts": [
                    {"kind": "compare", "text": "EventCode=1", "held": true, "values": ["1"], "parts": []},
                    {"kind": "not", "text": "", "held": false, "parts": [
                        {"kind": "compare", "text": "host=x", "held": false, "values": []}]}]}}]
        }))
        .expect("an answer");
        let plain = anstream::adapter::strip_str(&tree(&explained)).to_string();
        assert_eq!(
            plain,
            "event  json  2021-03-14T01:40:12Z\n  \
               EventCode  1\n  \
               user       a | b\n\
             \n\
             R: does not match\n\
             ✗ all of\n\
             ├─ ✓ EventCode=1   here: 1\n\
             └─ ✗ not\n   \
                └─ ✗ host=x   here: no such field\n"
        );
    }
}
