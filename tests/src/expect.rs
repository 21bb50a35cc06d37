//! An outcome beside what its case expects.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::case::{Case, ExpectedError, Step};
use crate::play::{Outcome, Probe};

/// The members of an alert, as they are written.
type Members<'a> = BTreeMap<&'a str, &'a RawValue>;

/// Compares, and says everything that differs.
///
/// # Errors
/// The differences, a paragraph for each.
pub fn check(case: &Case, outcome: &Outcome) -> Result<(), String> {
    let mut differences = Vec::new();
    let mut note = |difference: Result<(), String>| differences.extend(difference.err());

    note(error(
        "a call",
        case.error.as_ref(),
        outcome.errors.first().map(Vec::as_slice),
    ));
    let waits = case.all_steps().filter_map(|step| match step {
        Step::Waiting(count) => Some(count),
        _ => None,
    });
    let opened = !outcome.described.is_empty();
    if opened {
        note(same(
            "the alerts that wait",
            &waits.collect::<Vec<_>>(),
            &outcome.waiting,
        ));
    }
    note(alerts(case, &text(&outcome.alerts)));
    if let Some(expected) = &case.counters {
        note(part("counters", expected, &json(&outcome.counters)));
    }
    if let Some(expected) = &case.describe {
        note(part("describe", expected, &json(&outcome.described)));
    }
    note(explained(case, outcome));
    let matched = case.hits.iter().map(|record| (record, 1));
    let all = matched.chain(case.misses.iter().map(|record| (record, 0)));
    let one_search = case
        .search
        .as_ref()
        .is_some_and(|search| !search.contains('|'));
    for ((record, matches), probe) in all.zip(&outcome.probes) {
        note(probed(record, matches, probe, one_search));
    }
    match differences.is_empty() {
        true => Ok(()),
        false => Err(differences.join("\n")),
    }
}

/// Compares two outcomes of a case.
///
/// # Errors
/// The first part that differs, in both.
pub fn equal(what: &str, left: &Outcome, right: &Outcome) -> Result<(), String> {
    if left == right {
        return Ok(());
    }
    let parts: [fn(&Outcome) -> String; 7] = [
        |outcome| text(&outcome.described),
        |outcome| format!("{:?}", outcome.explained),
        |outcome| format!("{:?}", outcome.waiting),
        |outcome| outcome.errors.iter().map(|error| text(error)).collect(),
        |outcome| text(&outcome.alerts),
        |outcome| text(&outcome.counters),
        |outcome| format!("{:?}", outcome.probes),
    ];
    let differing = parts
        .iter()
        .map(|part| (part(left), part(right)))
        .find(|(left, right)| left != right)
        .unwrap_or_default();
    Err(format!(
        "{what} differs:\n  first:  {}\n  second: {}",
        differing.0, differing.1
    ))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("what the engine writes is UTF-8")
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_default()
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, expected: &T, got: &T) -> Result<(), String> {
    match expected == got {
        true => Ok(()),
        false => Err(format!(
            "{what}:\n  expected: {expected:?}\n  got:      {got:?}"
        )),
    }
}

fn listed(what: &str, expected: &[String], got: &[String]) -> Result<(), String> {
    match expected == got {
        true => Ok(()),
        false => Err(format!(
            "{what}:\n  expected:\n    {}\n  got:\n    {}",
            expected.join("\n    "),
            got.join("\n    ")
        )),
    }
}

fn alerts(case: &Case, lines: &str) -> Result<(), String> {
    let lines: Vec<String> = lines.lines().map(String::from).collect();
    if let Some(expected) = &case.alerts {
        listed("alerts", expected, &lines)?;
    }
    let members: Vec<Members<'_>> = lines
        .iter()
        .map(|line| serde_json::from_str(line).expect("an alert is a JSON object"))
        .collect();
    let of = |key: &str| -> Vec<String> {
        let value =
            |alert: &Members<'_>| alert.get(key).map_or("", |value| value.get()).to_string();
        members.iter().map(value).collect()
    };
    let rows = case.rows.iter().map(|rows| ("row", rows));
    let named = case
        .members
        .iter()
        .map(|(key, values)| (key.as_str(), values));
    for (key, expected) in rows.chain(named) {
        listed(key, expected, &of(key))?;
    }
    if let Some(expected) = &case.windows {
        let windows: Vec<String> = of("window").iter().map(|window| bounds(window)).collect();
        listed("windows", expected, &windows)?;
    }
    Ok(())
}

/// `{"start":"a","end":"b"}` as `a/b`.
fn bounds(window: &str) -> String {
    let window = json(window.as_bytes());
    let side = |key: &str| window[key].as_str().unwrap_or("?").to_string();
    format!("{}/{}", side("start"), side("end"))
}

fn error(what: &str, expected: Option<&ExpectedError>, got: Option<&[u8]>) -> Result<(), String> {
    let (expected, got) = match (expected, got) {
        (None, None) => return Ok(()),
        (None, Some(got)) => return Err(format!("{what} failed: {}", text(got))),
        (Some(expected), None) => {
            return Err(format!("{what} must fail with `{}`", expected.code));
        }
        (Some(expected), Some(got)) => (expected, json(got)),
    };
    let message = got["message"].as_str().unwrap_or_default();
    if !message.contains(&expected.message) {
        return Err(format!(
            "message:\n  expected: {}\n  got:      {message}",
            expected.message
        ));
    }
    let texts = [
        ("code", Some(&expected.code)),
        ("what", expected.what.as_ref()),
        ("detection", expected.detection.as_ref()),
    ];
    for (key, wanted) in texts {
        if let Some(wanted) = wanted {
            same(key, &Some(wanted.as_str()), &got[key].as_str())?;
        }
    }
    if let Some(place) = &expected.place {
        part("where", place, &got["where"])?;
    }
    match &expected.picture {
        Some(picture) => {
            let lines = |text: &str| text.lines().map(String::from).collect::<Vec<_>>();
            let got = got["picture"].as_str().unwrap_or_default();
            listed("picture", &lines(picture), &lines(got))
        }
        None => Ok(()),
    }
}

/// Everything that is expected is there; what is not named may be anything.
fn part(at: &str, expected: &Value, got: &Value) -> Result<(), String> {
    match (expected, got) {
        (Value::Object(wanted), Value::Object(_)) => wanted
            .iter()
            .try_for_each(|(key, value)| part(&format!("{at}.{key}"), value, &got[key])),
        (Value::Array(wanted), Value::Array(given)) if wanted.len() == given.len() => wanted
            .iter()
            .zip(given)
            .enumerate()
            .try_for_each(|(place, (value, given))| part(&format!("{at}[{place}]"), value, given)),
        _ if expected == got => Ok(()),
        _ => Err(format!("{at}:\n  expected: {expected}\n  got:      {got}")),
    }
}

fn explained(case: &Case, outcome: &Outcome) -> Result<(), String> {
    let (Some(expected), Some(got)) = (&case.explain, &outcome.explained) else {
        return Ok(());
    };
    let failed = got.as_ref().err().map(Vec::as_slice);
    error("explain", expected.error.as_ref(), failed)?;
    let Ok(got) = got else { return Ok(()) };
    if let Some(whole) = &expected.gives {
        listed("explain", std::slice::from_ref(whole), &[text(got)])?;
    }
    match &expected.holds {
        Some(holds) => part("explain", holds, &json(got)),
        None => Ok(()),
    }
}

fn probed(record: &str, matches: u64, probe: &Probe, one_search: bool) -> Result<(), String> {
    let counters = json(&probe.counters);
    let got = &counters["matches"];
    if *got != matches {
        let wanted = ["a miss", "a hit"][usize::from(matches == 1)];
        return Err(format!("must be {wanted}: {record}\n  {counters}"));
    }
    match &probe.explained {
        Ok(explained) if one_search => {
            let explained = json(explained);
            let matched = explained["rules"][0]["matched"] == true;
            match matched == (matches == 1) {
                true => Ok(()),
                false => Err(format!("explain says otherwise: {record}\n  {explained}")),
            }
        }
        Ok(_) => Ok(()),
        Err(error) => Err(format!("cannot be explained: {record}\n  {}", text(error))),
    }
}
