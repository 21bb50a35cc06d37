//! What `streamstats` counts of many rows.

use std::collections::BTreeSet;
use std::string::String;
use std::vec::Vec;

use super::*;
use proptest::prelude::*;

/// The rows of `streamstats`, with the values in the order of their numbers.
fn rows(values: &[String], command: &str) -> (Vec<Value>, Counters) {
    let records: String = values
        .iter()
        .enumerate()
        .map(|(at, value)| format!("{}\n", json!({"id": at, "v": value})))
        .collect();
    let search = format!("id=* | stats first(v) AS v by id | {command}");
    let (alerts, counters) = run(&configured(&search, &json!({})), &[records.as_bytes()]);
    let alerts = alerts
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    (
        alerts.map(|mut alert| alert["row"].take()).collect(),
        counters,
    )
}

/// A set as a row shows it.
fn shown(values: &[String]) -> Value {
    let set: BTreeSet<&String> = values.iter().collect();
    match set.len() {
        1 => json!(values[0]),
        _ => json!(set),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// An oracle that is too simple to be wrong: the values of the rows up to each.
    #[test]
    fn lists_are_those_of_the_rows_up_to_each(
        values in proptest::collection::vec("[a-d]{1,2}", 1..150),
        window in 1..80usize,
    ) {
        let command = format!("streamstats values(v) AS all | streamstats window={window} values(v) AS last");
        let (rows, counters) = rows(&values, &command);
        prop_assert_eq!(rows.len(), values.len());
        for (at, row) in rows.iter().enumerate() {
            let upto = &values[..=at];
            prop_assert_eq!(&row["all"], &shown(upto));
            prop_assert_eq!(&row["last"], &shown(&upto[upto.len().saturating_sub(window)..]));
        }
        prop_assert_eq!(counters.expanded, 0);
    }
}

/// A list that grows with the rows is given as far as there is room, and then it is not
/// even made: it would take the square of the rows.
#[test]
fn lists_for_which_there_is_no_room_are_left_out_and_counted() {
    let values: Vec<String> = (0..5000).map(|at| format!("value {at:06}")).collect();
    let (rows, counters) = rows(&values, "streamstats values(v) AS x count AS n");
    let with = rows.iter().filter(|row| !row["x"].is_null()).count();
    assert!((1..5000).contains(&with), "{with}");
    assert!(rows.iter().take(with).all(|row| !row["x"].is_null()));
    assert_eq!(counters.expanded, 5000 - with as u64);
}

/// The rows at the ends of a window are counted again for each that comes: at the cost of
/// all their values.
#[test]
fn windows_of_many_values_cost_what_they_have() {
    let list = json!((0..2000).map(|at| at % 7).collect::<Vec<_>>());
    let records: String = (0..1000)
        .map(|at| format!("{}\n", json!({"id": at, "v": list})))
        .collect();
    let functions: String = (0..18).map(|at| format!(" count(v) AS n{at}")).collect();
    let search = format!(
        "id=* | rename v{{}} AS v | fields id v | stats list(v) AS v by id \
         | streamstats window=1000{functions}"
    );
    let (_, counters) = run(&configured(&search, &json!({})), &[records.as_bytes()]);
    assert!(counters.expanded > 0);
}
