//! What a stream must give, by SQL over all of it at once: SQLite, which shares no
//! code with the engine and knows no streams.
//!
//! SQL says what the rows are, of each window and at each move of the clock; here
//! they become alerts: those that differ from what was given before.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params};
use serde_json::json;

use super::alert::Row;
use super::event::{Event, SECOND, decimal};
use super::given::Given;
use super::settings::Settings;
use super::stream::Step;

/// The tables, empty.
pub(crate) struct Oracle {
    tables: Connection,
}

/// What must come out.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    /// The finals in their order.
    pub(crate) finals: Vec<Given>,
    /// The others, sorted.
    pub(crate) others: Vec<Given>,
    /// Counters by their names.
    pub(crate) counters: BTreeMap<&'static str, i64>,
}

/// By-values, a window: what an alert is about.
type Window = Option<(String, String)>;
type By = (String, String);

/// A row of the search, of a kind, at a step.
struct Found {
    kind: String,
    step: usize,
    window: Window,
    by: By,
    row: Row,
}

impl Oracle {
    pub(crate) fn new() -> Self {
        let tables = Connection::open_in_memory().expect("SQLite opens");
        tables
            .execute_batch(include_str!("oracle.sql"))
            .expect("the tables can be made");
        Oracle { tables }
    }

    /// What a session with these settings must give for a stream.
    pub(crate) fn expect(&self, settings: &Settings, stream: &[Step]) -> Expected {
        self.load(settings, stream)
            .expect("the stream fits the tables");
        let found = self.found().expect("the rows can be asked for");
        let moves = self.moves().expect("the moves can be asked for");
        let (finals, others): (Vec<Found>, Vec<Found>) =
            found.into_iter().partition(|found| found.kind == "final");
        let mut given: Vec<Given> = others
            .iter()
            .filter(|found| found.kind == "partial")
            .map(|found| found.given(0))
            .collect();
        given.extend(match settings.amends {
            true => changes("amended", &moves, &finals, 1, &others),
            false => changes("late", &moves, &[], 0, &others),
        });
        given.sort();
        let finals: Vec<Given> = finals.iter().map(|found| found.given(0)).collect();
        let mut counters = self.counters().expect("the counters can be asked for");
        for kind in ["partial", "amended"] {
            let count = given.iter().filter(|given| given.kind == kind).count();
            counters.insert(kind, count as i64);
        }
        counters.insert("alerts", (finals.len() + given.len()) as i64);
        Expected {
            finals,
            others: given,
            counters,
        }
    }

    fn load(&self, settings: &Settings, stream: &[Step]) -> rusqlite::Result<()> {
        let tables = &self.tables;
        tables.execute_batch(
            "BEGIN; DELETE FROM event; DELETE FROM field; DELETE FROM told; DELETE FROM window;
             DELETE FROM setting; DELETE FROM seen; DELETE FROM stretch; DELETE FROM cell",
        )?;
        tables.execute(
            "INSERT INTO setting VALUES (?, ?, ?, ?, ?)",
            params![
                settings.host,
                settings.amends,
                settings.least,
                settings.most,
                stream.len() as i64,
            ],
        )?;
        let mut add_event = tables.prepare("INSERT INTO event VALUES (?, ?, ?)")?;
        let mut tell = tables.prepare("INSERT INTO told VALUES (?, ?)")?;
        let mut seconds = BTreeSet::new();
        for (arrival, step) in stream.iter().enumerate() {
            let arrival = arrival as i64;
            match step {
                Step::Event(event) => {
                    add_event.execute(params![arrival, event.time, event.hit])?;
                    self.add_fields(arrival, event)?;
                    seconds.extend(event.time.map(|time| time.div_euclid(SECOND)));
                }
                Step::Advance(now) => {
                    tell.execute(params![arrival, now])?;
                    seconds.insert(now.div_euclid(1000));
                }
            }
        }
        let mut add_window = tables.prepare("INSERT INTO window VALUES (?, ?, ?, ?)")?;
        if settings.schedule.is_all() {
            add_window.execute(params![1, None::<i64>, None::<i64>, None::<i64>])?;
        }
        let windows: BTreeSet<_> = seconds
            .into_iter()
            .flat_map(|seconds| settings.schedule.windows(seconds))
            .collect();
        for (id, window) in (1i64..).zip(windows) {
            add_window.execute(params![id, window.start, window.end, window.run])?;
        }
        tables.execute_batch(include_str!("fill.sql"))?;
        tables.execute_batch("COMMIT")
    }

    fn add_fields(&self, arrival: i64, event: &Event) -> rusqlite::Result<()> {
        let mut add = self
            .tables
            .prepare("INSERT INTO field VALUES (?, ?, ?, ?)")?;
        for (name, values) in [
            ("a", &*event.a),
            ("b", event.b.as_slice()),
            ("u", &*event.u),
        ] {
            for value in values {
                add.execute(params![arrival, name, value, None::<i64>])?;
            }
        }
        for number in &event.n {
            add.execute(params![arrival, "n", None::<&str>, number])?;
        }
        Ok(())
    }

    /// The rows, in the order in which alerts come.
    fn found(&self) -> rusqlite::Result<Vec<Found>> {
        let mut ask = self.tables.prepare(
            "SELECT kind, step, a, b, count, first, last, total, numbers, users, names,
                    strftime('%Y-%m-%dT%H:%M:%SZ', starts, 'unixepoch'),
                    strftime('%Y-%m-%dT%H:%M:%SZ', ends, 'unixepoch')
             FROM result JOIN window ON window.id = result.window
             ORDER BY kind, step, ends, starts",
        )?;
        let rows = ask.query_map((), |row| {
            let by: By = (row.get("a")?, row.get("b")?);
            let (start, end): (Option<String>, Option<String>) = (row.get(11)?, row.get(12)?);
            let mut columns = vec![
                ("a{}", json!(by.0).to_string()),
                ("b", json!(by.1).to_string()),
                ("count", row.get::<_, i64>("count")?.to_string()),
            ];
            for name in ["first", "last"] {
                let ticks: Option<i64> = row.get(name)?;
                columns.extend(ticks.map(|ticks| (name, decimal(ticks, SECOND))));
            }
            if let Some(total) = row.get::<_, Option<i64>>("total")? {
                let numbers: i64 = row.get("numbers")?;
                let total = decimal(total, 1000);
                let mean = total.parse::<f64>().expect("a number") / numbers as f64;
                columns.push(("total", total));
                columns.push(("mean", mean.to_string()));
            }
            columns.push(("users", row.get::<_, i64>("users")?.to_string()));
            if let Some(names) = row.get::<_, Option<String>>("names")? {
                let names: Vec<String> = serde_json::from_str(&names).expect("a list of texts");
                let names = match &*names {
                    [one] => json!(one),
                    several => json!(several),
                };
                columns.push(("names", names.to_string()));
            }
            Ok(Found {
                kind: row.get("kind")?,
                step: row.get::<_, i64>("step")? as usize,
                window: start.zip(end),
                by,
                row: Row::of(columns),
            })
        })?;
        let mut found = rows.collect::<rusqlite::Result<Vec<Found>>>()?;
        // The windows of a step are in their order, which a stable sort keeps.
        let mut windows: Vec<(usize, Window)> = Vec::new();
        let place = |windows: &mut Vec<(usize, Window)>, found: &Found| {
            let at = (found.step, found.window.clone());
            if windows.last() != Some(&at) {
                windows.push(at);
            }
            windows.len()
        };
        let mut keyed: Vec<(usize, Found)> = found
            .drain(..)
            .map(|found| (place(&mut windows, &found), found))
            .collect();
        keyed.sort_by(|(left_place, left), (right_place, right)| {
            let places = left_place.cmp(right_place);
            let first = || by_value(&left.by.0, &right.by.0);
            let second = || by_value(&left.by.1, &right.by.1);
            places.then_with(first).then_with(second)
        });
        Ok(keyed.into_iter().map(|(_, found)| found).collect())
    }

    /// The steps at which the clock moves.
    fn moves(&self) -> rusqlite::Result<Vec<usize>> {
        let mut ask = self
            .tables
            .prepare("SELECT arrival FROM move ORDER BY arrival")?;
        let moves = ask.query_map((), |row| row.get::<_, i64>(0))?;
        moves.map(|step| step.map(|step| step as usize)).collect()
    }

    fn counters(&self) -> rusqlite::Result<BTreeMap<&'static str, i64>> {
        // An event that lacks a field to group by is in no row.
        let questions = [
            ("records", "SELECT count(*) FROM event"),
            (
                "matches",
                "SELECT count(DISTINCT arrival) FROM seen
                 WHERE arrival IN (SELECT arrival FROM field WHERE name = 'a')
                   AND arrival IN (SELECT arrival FROM field WHERE name = 'b')",
            ),
            (
                "late",
                "SELECT count(*) FROM (SELECT 1 FROM seen
                 WHERE arrival IN (SELECT arrival FROM field WHERE name = 'a')
                   AND arrival IN (SELECT arrival FROM field WHERE name = 'b')
                 GROUP BY arrival HAVING min(late) AND max(apart) IS NULL)",
            ),
            ("future", "SELECT count(*) FROM placed WHERE ahead"),
            (
                "no_time",
                "SELECT count(*) FROM placed WHERE hit AND ticks IS NULL
                 AND arrival NOT IN (SELECT arrival FROM seen)",
            ),
            (
                "outside",
                "SELECT count(*) FROM placed WHERE hit AND ticks IS NOT NULL
                 AND arrival NOT IN (SELECT arrival FROM seen)",
            ),
            (
                "clock_back",
                "SELECT count(*) FROM told WHERE EXISTS (SELECT 1 FROM told AS before
                 WHERE before.arrival < told.arrival AND before.now_ms > told.now_ms)",
            ),
        ];
        questions
            .into_iter()
            .map(|(name, question)| {
                let mut ask = self.tables.prepare(question)?;
                Ok((name, ask.query_row((), |row| row.get(0))?))
            })
            .collect()
    }
}

impl Found {
    fn given(&self, revision: u64) -> Given {
        Given {
            step: self.step,
            kind: self.kind.clone(),
            window: self.window.clone(),
            by: (json!(self.by.0).to_string(), json!(self.by.1).to_string()),
            revision,
            row: self.row.clone(),
        }
    }
}

/// The rows that differ, at a move of the clock, from what was last given of them:
/// one of `before`, or none, and then the revision is `first`.
fn changes(
    kind: &str,
    moves: &[usize],
    before: &[Found],
    first: u64,
    found: &[Found],
) -> Vec<Given> {
    let of_kind = || found.iter().filter(|found| found.kind == kind);
    let windows: BTreeSet<&Window> = of_kind().chain(before).map(|found| &found.window).collect();
    let mut given = Vec::new();
    for window in windows {
        let mut last: BTreeMap<&By, (u64, Row)> = before
            .iter()
            .filter(|found| found.window == *window)
            .map(|found| (&found.by, (0, found.row.clone())))
            .collect();
        let closed = before.iter().find(|found| found.window == *window);
        let closed = closed.map_or(0, |found| found.step);
        for step in moves.iter().filter(|step| **step > closed) {
            let now: BTreeMap<&By, &Row> = of_kind()
                .filter(|found| found.window == *window && found.step == *step)
                .map(|found| (&found.by, &found.row))
                .collect();
            let gone = Row::gone();
            let keys: BTreeSet<&By> = now.keys().chain(last.keys()).copied().collect();
            for by in keys {
                let row = now.get(by).copied().unwrap_or(&gone);
                let revision = match last.get(by) {
                    Some((_, given)) if given == row => continue,
                    Some((revision, _)) => revision + 1,
                    None => first,
                };
                last.insert(by, (revision, row.clone()));
                given.push(Given {
                    step: *step,
                    kind: kind.to_string(),
                    window: window.clone(),
                    by: (json!(by.0).to_string(), json!(by.1).to_string()),
                    revision,
                    row: row.clone(),
                });
            }
        }
    }
    given
}

/// Numbers before text; numbers by size, text by its bytes.
fn by_value(left: &str, right: &str) -> Ordering {
    let number = |text: &str| text.parse::<f64>().ok();
    match (number(left), number(right)) {
        (Some(left), Some(right)) => left.total_cmp(&right),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => left.cmp(right),
    }
}
