//! The module in a browser, against Node: the same engine, so that what differs is ours.

use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sets::Set;

use super::{Race, Results};
use crate::child;
use crate::figure::Figure;
use crate::place::Build;

/// Events for the page, in bytes: they are a part of it.
const EVENTS: u64 = 8 << 20;

/// As often they are pushed.
const TIMES: &str = "32";

/// What a Chromium is called.
const BROWSERS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "chrome-headless-shell",
];

impl Race<'_> {
    pub(super) fn browser(&self, results: &mut Results) {
        if self.wants("browser") {
            let figure = self.against_node();
            self.note(results, "browser", figure);
        }
    }

    fn against_node(&self) -> Result<Figure, String> {
        if !answers("node") {
            return Err("there is no Node here".to_owned());
        }
        let browser = BROWSERS.into_iter().find(|name| answers(name));
        let browser = browser.ok_or("there is no Chromium here")?;
        let script = self.place.own("browser/push.js");
        let module = self.place.module(Build::Simd);
        let events = self.place.folder("push.ndjson");
        let page = self.place.folder("push.html");
        let mut text = Vec::new();
        sets::write(Set::NoLiterals, EVENTS, EVENTS, &mut text)
            .map_err(|error| error.to_string())?;
        write(&events, &text)?;
        let made = [
            (
                "SCRIPT",
                String::from_utf8_lossy(&read(&script)?).into_owned(),
            ),
            ("MODULE", BASE64_STANDARD.encode(read(&module)?)),
            ("EVENTS", BASE64_STANDARD.encode(&text)),
            ("TIMES", TIMES.to_owned()),
        ];
        let template = read(&self.place.own("browser/page.html"))?;
        write(
            &page,
            filled(&String::from_utf8_lossy(&template), &made).as_bytes(),
        )?;

        let mut node = Command::new("node");
        node.arg(&script).args([&module, &events]).arg(TIMES);
        let mut chromium = Command::new(browser);
        // Without its sandbox, which the user root has not: the page is ours.
        chromium.args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]);
        let profile = self.place.folder("browser");
        chromium.arg(format!("--user-data-dir={}", profile.display()));
        chromium.arg(format!("file://{}", page.display()));
        let speed = |command: &mut Command| {
            self.progress.says("the module in JavaScript");
            let run = child::run(command, &self.place.work, &[0])?;
            self.progress.step();
            speed(&String::from_utf8_lossy(&run.output))
        };
        let mut rounds = Vec::new();
        for _ in 0..self.rounds {
            let in_node = speed(&mut node)?;
            rounds.push(speed(&mut chromium)? / in_node);
        }
        Figure::of(rounds).ok_or_else(|| "there was no round".to_owned())
    }
}

/// A template with each of these names replaced once, from the first to the last.
fn filled(template: &str, values: &[(&str, String)]) -> String {
    let mut page = String::new();
    let mut rest = template;
    for (name, value) in values {
        if let Some((before, after)) = rest.split_once(name) {
            page += before;
            page += value;
            rest = after;
        }
    }
    page + rest
}

/// The speed that Node prints, or that the page has in its output.
fn speed(said: &str) -> Result<f64, String> {
    let value = match said.split_once("id=\"speed\">") {
        Some((_, after)) => after.split('<').next().unwrap_or_default(),
        None => said,
    };
    let value = value.trim();
    value.parse().map_err(|_| format!("`{value}` is no speed"))
}

fn answers(program: &str) -> bool {
    let said = Command::new(program).arg("--version").output();
    said.is_ok_and(|said| said.status.success())
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    fs::read(file).map_err(|error| format!("`{}`: {error}", file.display()))
}

fn write(file: &Path, text: &[u8]) -> Result<(), String> {
    fs::write(file, text).map_err(|error| format!("`{}`: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_speed_is_found_in_the_page() {
        for (said, expected) in [
            ("5.5e3\n", Some(5500.0)),
            ("<output id=\"speed\">12.5</output>", Some(12.5)),
            ("<output id=\"speed\">Error: no</output>", None),
            ("", None),
        ] {
            assert_eq!(speed(said).ok(), expected, "{said}");
        }
    }

    #[test]
    fn what_is_filled_in_is_not_looked_through() {
        let values = [("A", "B A".to_owned()), ("B", "b".to_owned())];
        assert_eq!(filled("1 A 2 B", &values), "1 B A 2 b");
    }
}
