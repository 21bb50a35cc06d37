//! What is looked for, in the language of each competitor.

use serde_json::{Value, json};

use crate::exchange::TEXTS;
use crate::table::{Rule, rules};

/// What is looked for in a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum RuleSet {
    /// The detection that is built into the module.
    Builtin,
    /// A rule without a text to look for.
    NoLiterals,
    /// 250 rules.
    #[value(name = "rules-250")]
    Rules250,
    /// One row for each user.
    Users,
}

impl RuleSet {
    /// Its name on a command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            RuleSet::Builtin => "builtin",
            RuleSet::NoLiterals => "no-literals",
            RuleSet::Rules250 => "rules-250",
            RuleSet::Users => "users",
        }
    }

    /// Our configuration; none for what is built in.
    #[must_use]
    pub fn configuration(self) -> Option<String> {
        let detections: Value = match self {
            RuleSet::Builtin => return None,
            RuleSet::NoLiterals => {
                json!([detection(
                    "Many codes",
                    "EventCode>4000 | stats count by host"
                )])
            }
            RuleSet::Rules250 => rules()
                .iter()
                .map(|rule| detection(&rule.name, &search(rule)))
                .collect(),
            RuleSet::Users => json!([detection(
                "Users",
                "user=* | stats count min(_time) as firstTime max(_time) as lastTime by user"
            )]),
        };
        let mut configuration = json!({ "detections": detections, "window": "all" });
        if self == RuleSet::Users {
            configuration["limits"] = json!({ "groups": 1_000_000, "state": 96 << 20 });
        }
        Some(configuration.to_string())
    }

    /// The same with the limits that our program gives to the module, for a session that
    /// is not in it.
    #[must_use]
    pub fn configuration_with_limits(self) -> String {
        let mut limited = json!({ "limits": { "record": 8 << 20, "state": 128 << 20 } });
        let own = self.configuration();
        let own = own.and_then(|text| serde_json::from_str(&text).ok());
        if let (Value::Object(limited), Some(Value::Object(own))) = (&mut limited, own) {
            limited.extend(own);
        }
        limited.to_string()
    }

    /// Sigma rules, one YAML document after the other; none where Sigma has no words
    /// for it.
    #[must_use]
    pub fn sigma(self) -> Option<String> {
        match self {
            RuleSet::Builtin => Some(sigma(&builtin())),
            RuleSet::NoLiterals => Some(
                "title: Many codes\nlogsource:\n  product: windows\ndetection:\n  selection:\n    \
                 EventID|gt: 4000\n  condition: selection\n"
                    .to_owned(),
            ),
            RuleSet::Rules250 => {
                let rules: Vec<String> = rules().iter().map(sigma).collect();
                Some(rules.join("---\n"))
            }
            RuleSet::Users => None,
        }
    }

    /// Rules of tau-engine, by their names.
    #[must_use]
    pub fn tau(self) -> Option<Vec<(String, String)>> {
        let many = |rules: &[Rule]| {
            let rules = rules.iter().map(|rule| (rule.name.clone(), tau(rule)));
            Some(rules.collect())
        };
        match self {
            RuleSet::Builtin => many(&[builtin()]),
            RuleSet::NoLiterals => Some(vec![(
                "Many codes".to_owned(),
                "detection:\n  A:\n    EventID: '>4000'\n  condition: A\n\
                 true_positives: []\ntrue_negatives: []\n"
                    .to_owned(),
            )]),
            RuleSet::Rules250 => many(&rules()),
            RuleSet::Users => None,
        }
    }

    /// A program in VRL that gives the names of the rules that match.
    #[must_use]
    pub fn vrl(self) -> Option<String> {
        match self {
            RuleSet::Builtin => Some(vrl(&[builtin()])),
            RuleSet::NoLiterals => Some(
                "matched = []\nif is_integer(.EventID) && int!(.EventID) > 4000 {\n  \
                 matched = push(matched, \"Many codes\")\n}\nmatched\n"
                    .to_owned(),
            ),
            RuleSet::Rules250 => Some(vrl(&rules())),
            RuleSet::Users => None,
        }
    }

    /// The texts, for what can only look for these; none where there are no texts.
    #[must_use]
    pub fn texts(self) -> Option<Vec<String>> {
        match self {
            RuleSet::Builtin => Some(TEXTS.map(str::to_owned).into()),
            RuleSet::Rules250 => Some(rules().into_iter().flat_map(|rule| rule.texts).collect()),
            RuleSet::NoLiterals | RuleSet::Users => None,
        }
    }

    /// Whether there is more than one rule, so that a row needs the rule's name.
    #[must_use]
    pub fn are_many(self) -> bool {
        self == RuleSet::Rules250
    }

    /// Whether rows are by message too, with the earliest and the latest time.
    #[must_use]
    pub fn are_by_message(self) -> bool {
        self == RuleSet::Builtin
    }
}

/// The built-in detection as a rule of the table.
fn builtin() -> Rule {
    Rule {
        name: "Mailbox cmdlets".to_owned(),
        only: Some((crate::exchange::CHANNEL, 1)),
        field: "Message",
        texts: TEXTS.map(str::to_owned).into(),
    }
}

fn detection(name: &str, search: &str) -> Value {
    json!({ "name": name, "id": name, "search": search })
}

fn search(rule: &Rule) -> String {
    let texts: Vec<String> = rule
        .texts
        .iter()
        .map(|text| format!("\"*{text}*\""))
        .collect();
    format!(
        "{} IN ({}) | stats count by host",
        rule.field,
        texts.join(", ")
    )
}

fn sigma(rule: &Rule) -> String {
    let mut text = format!(
        "title: {}\nlogsource:\n  product: windows\ndetection:\n  selection:\n",
        rule.name
    );
    if let Some((channel, event_id)) = rule.only {
        text += &format!("    Channel: {channel}\n    EventID: {event_id}\n");
    }
    text += &format!("    {}|contains:\n", rule.field);
    for one in &rule.texts {
        text += &format!("      - '{one}'\n");
    }
    text + "  condition: selection\n"
}

fn tau(rule: &Rule) -> String {
    let mut text = "detection:\n  A:\n".to_owned();
    if let Some((channel, event_id)) = rule.only {
        text += &format!("    EventID: {event_id}\n    Channel: 'i{channel}'\n");
    }
    text += &format!("    {}:\n", rule.field);
    for one in &rule.texts {
        text += &format!("      - 'i*{one}*'\n");
    }
    text + "  condition: A\ntrue_positives: []\ntrue_negatives: []\n"
}

fn vrl(rules: &[Rule]) -> String {
    let mut text = "matched = []\n".to_owned();
    for rule in rules {
        let only = rule.only.map(|(channel, event_id)| {
            format!(".EventID == {event_id} && .Channel == \"{channel}\" && ")
        });
        let field = rule.field;
        let tests = rule
            .texts
            .iter()
            .map(|one| format!("contains(string!(.{field}), \"{one}\", case_sensitive: false)"));
        let tests: Vec<String> = tests.collect();
        text += &format!(
            "if {}is_string(.{field}) && ({}) {{\n  matched = push(matched, \"{}\")\n}}\n",
            only.unwrap_or_default(),
            tests.join(" || "),
            rule.name
        );
    }
    text + "matched\n"
}
