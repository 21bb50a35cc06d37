//! `describe`: a module or a rule, and what is in it.

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::Style;
use serde_json::{Value, json};

use super::open::open_rules;
use crate::cli::{Describe, DescribeForm};
use crate::failure::{DONE, Failure};
use crate::module::Module;
use crate::output::{one_line, visible};

pub(super) fn execute(options: &Describe) -> Result<u8, Failure> {
    let settings = options.common.settings()?;
    let configuration = settings.to_json()?;
    let module = options.module.load()?;
    let mut instance = module.instantiate()?;
    let mut session = open_rules(&mut instance, &configuration, &settings)?;
    let mut described = session.describe()?;
    described["host"] = host(&module);
    match options.output {
        DescribeForm::Json => writeln!(io::stdout(), "{described}")?,
        DescribeForm::Text => write!(anstream::stdout(), "{}", text(module.name(), &described))?,
    }
    Ok(DONE)
}

/// What this program adds to the answer of the module: which one it is, what of it runs
/// here, and where its code is from.
fn host(module: &Module) -> Value {
    let mut host = json!({
        "code": module.origin().text(),
        "sha256": module.digest().to_string(),
    });
    if let Some(build) = module.build() {
        host["build"] = json!(build.name());
    }
    host
}

/// The answer of `rule_describe` for people.
///
/// It shows whatever keys there are: a module of a later minor version says more.
fn text(module: &str, described: &Value) -> String {
    let mut out = String::new();
    let bold = Style::new().bold();
    let _ = writeln!(out, "{bold}{}{bold:#}", one_line(module));
    entries(described, &["rules", "refused"], &mut out);
    for rule in list(described, "rules") {
        let name = rule.get("name").and_then(Value::as_str).unwrap_or_default();
        let _ = writeln!(out, "\n{bold}{}{bold:#}", one_line(name));
        entries(rule, &["name"], &mut out);
    }
    for refused in list(described, "refused") {
        let message = refused
            .get("message")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let name = refused.get("detection").and_then(Value::as_str);
        let name = name.map_or_else(String::new, |name| format!("`{name}`: "));
        let _ = writeln!(
            out,
            "\ndoes not run: {}",
            one_line(&format!("{name}{message}"))
        );
    }
    out
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// The entries of an object, one a line, but for those that are shown elsewhere.
fn entries(object: &Value, elsewhere: &[&str], out: &mut String) {
    let Some(object) = object.as_object() else {
        return;
    };
    let shown: Vec<(&String, String)> = object
        .iter()
        .filter(|(key, _)| !elsewhere.contains(&key.as_str()))
        .map(|(key, value)| (key, plain(value)))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let width = shown
        .iter()
        .map(|(key, _)| key.chars().count())
        .max()
        .unwrap_or(0);
    for (key, value) in shown {
        let indented = visible(&value).replace('\n', &format!("\n  {:width$}  ", ""));
        let _ = writeln!(out, "  {:width$}  {indented}", one_line(key));
    }
}

/// A value without the signs of JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.trim_end().to_owned(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(object) => {
            let parts: Vec<String> = object
                .iter()
                .map(|(key, value)| (key, plain(value)))
                .filter(|(_, value)| !value.is_empty())
                .map(|(key, value)| format!("{key} {value}"))
                .collect();
            parts.join(", ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn for_people() {
        let described = json!({
            "abi": "1.0",
            "rules": [{"name": "R", "search": "a=1\n| stats count", "fields": ["a", "b"], "version": null,
                "schedule": {"cron": "0 * * * *", "latest": "-10m@m"}}],
            "refused": [{"detection": "S", "message": "can't run the command `x`"}],
        });
        let plain = anstream::adapter::strip_str(&text("the module", &described)).to_string();
        assert_eq!(
            plain,
            "the module\n  \
               abi  1.0\n\
             \n\
             R\n  \
               search    a=1\n            | stats count\n  \
               fields    a, b\n  \
               schedule  cron 0 * * * *, latest -10m@m\n\
             \n\
             does not run: `S`: can't run the command `x`\n"
        );
    }
}
