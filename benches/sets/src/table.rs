//! The table of 250 rules, from which each language has its own.

use crate::event::Event;
use crate::random::Random;
use crate::time::Moment;
use crate::windows::{self, World};

/// As many as a team that writes detections has at work.
const RULES: usize = 250;

/// A rule: a field that holds one of some texts.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    /// Its name.
    pub(crate) name: String,
    /// The only channel and code of its events. A rule of the table has none: the public
    /// rules for processes and scripts leave them to what collects the events, and
    /// rsigma-eval is several times as fast without.
    pub(crate) only: Option<(&'static str, u32)>,
    /// The field that holds a text.
    pub(crate) field: &'static str,
    /// The texts, in letters of either case.
    pub(crate) texts: Vec<String>,
}

/// The rules, in their order.
pub(crate) fn rules() -> Vec<Rule> {
    let mut random = Random::new(250);
    (0..RULES).map(|number| rule(number, &mut random)).collect()
}

fn rule(number: usize, random: &mut Random) -> Rule {
    let field = match number % 3 {
        0 => "ScriptBlockText",
        _ => "CommandLine",
    };
    let tool = tool(number, random);
    let mut texts = vec![
        format!("Invoke-{tool}"),
        format!("{}.exe", tool.to_lowercase()),
    ];
    if number.is_multiple_of(2) {
        texts.push(format!("--{}:", tool.to_lowercase()));
    }
    Rule {
        name: format!("Use of {tool}"),
        only: None,
        field,
        texts,
    }
}

/// The name of a tool, of its own for each number.
fn tool(number: usize, random: &mut Random) -> String {
    let mut name = String::new();
    name.push_str(random.pick(&["Sharp", "Power", "Rogue", "Silent", "Ghost", "Hollow"]));
    name.push_str(BEGINNINGS[number % BEGINNINGS.len()]);
    name.push_str(ENDINGS[number / BEGINNINGS.len() % ENDINGS.len()]);
    name
}

const BEGINNINGS: [&str; 25] = [
    "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "qui", "ro", "su",
    "ta", "ve", "wi", "xo", "zu", "bra", "cle", "dri", "flo", "gru",
];
const ENDINGS: [&str; 10] = [
    "nder", "spoon", "phound", "rkatz", "lator", "mpire", "trator", "bleed", "varnish", "xfil",
];

impl Rule {
    /// An event that it matches.
    pub(crate) fn event(&self, world: &World, at: Moment, random: &mut Random) -> Event {
        let text = &self.texts[random.below(self.texts.len())];
        let command = format!("cmd.exe /c {text} -o C:\\Temp\\{}.bin", random.hex(8));
        match self.field {
            "ScriptBlockText" => windows::script(world, at, random, Some(&command)),
            _ if random.one_in(2) => windows::sysmon_process(world, at, random, Some(&command)),
            _ => windows::process_with(world, at, random, &command),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_rule_looks_for_what_another_does() {
        let rules = rules();
        assert_eq!(rules.len(), RULES);
        let texts: Vec<String> = rules
            .iter()
            .flat_map(|rule| &rule.texts)
            .map(|text| text.to_lowercase())
            .collect();
        let different: BTreeSet<&String> = texts.iter().collect();
        assert_eq!(different.len(), texts.len());
        for text in &texts {
            let holding = texts.iter().filter(|other| other.contains(text.as_str()));
            assert_eq!(holding.count(), 1, "{text}");
        }
    }
}
