//! Writes what the fuzz targets begin with: `seeds ROOT FOLDER` reads the cases and the
//! sample logs of the workspace, and writes a folder for each target.

mod chunk;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

// Where the hooks of the instrumented code are.
use libfuzzer_sys as _;
use rule_fuzz::{rules, state};
use serde_json::{Value, json};

type Done = Result<(), Box<dyn Error>>;

/// Logs in the form of [`rule_fuzz::log`].
const LOGS: [&str; 5] = ["auto", "json", "xml", "text", "csv"];

fn main() -> Done {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(root), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("give the root of the workspace, and a folder for the seeds".into());
    };
    let mut seeds = Seeds { folder, written: 0 };
    for file in files(&root.join("tests/cases"))? {
        let subject: Value = toml::from_str(&fs::read_to_string(&file)?)?;
        let common = subject["config"].as_object().cloned().unwrap_or_default();
        for case in subject["case"].as_array().into_iter().flatten() {
            of_case(&mut seeds, case, &common)?;
        }
    }
    for file in files(&root.join("samples/logs"))? {
        let log = fs::read(&file)?;
        for number in 0..rules::COUNT as u8 {
            of_log(&mut seeds, number, number, &log[..log.len().min(4000)])?;
        }
    }
    let chunk = chunk::chunk();
    seeds.write("evtx", &[b"\0", &*chunk].concat())?;
    seeds.write("evtx", &[b"\x01", &*chunk].concat())?;
    of_rules(&mut seeds)
}

/// The files of a folder, in the order of their names.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut files: Vec<PathBuf> = entries.collect::<Result<_, std::io::Error>>()?;
    files.sort();
    Ok(files)
}

struct Seeds {
    folder: PathBuf,
    written: usize,
}

impl Seeds {
    fn write(&mut self, target: &str, bytes: &[u8]) -> Done {
        let folder = self.folder.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("seed-{:05}", self.written)), bytes)?;
        self.written += 1;
        Ok(())
    }
}

/// What a case says, for each target that it says something for.
fn of_case(seeds: &mut Seeds, case: &Value, common: &serde_json::Map<String, Value>) -> Done {
    let mut config = common.clone();
    let config = match &case["config"] {
        Value::String(text) => text.clone(),
        own => {
            config.extend(own.as_object().cloned().unwrap_or_default());
            if let Some(search) = case["search"].as_str() {
                config.insert(
                    "detections".to_owned(),
                    json!({"name": "Case", "id": "case", "search": search}),
                );
            }
            Value::Object(config).to_string()
        }
    };
    seeds.write("detection", config.as_bytes())?;
    let log = log_of(case);
    if let Some(search) = case["search"].as_str() {
        seeds.write("spl", search.as_bytes())?;
        let line = search.replace('\n', " ");
        seeds.write("searches", &[line.as_bytes(), b"\n", &*log].concat())?;
        for part in line.split("eval ").skip(1) {
            let assigned = part.split('|').next().unwrap_or(part);
            let expression = assigned
                .split_once('=')
                .map_or(assigned, |(_, value)| value);
            seeds.write(
                "expressions",
                &[expression.as_bytes(), b"\x001\0a b\0x"].concat(),
            )?;
        }
    }
    let number = seeds.written as u8;
    if let Some(state) = state::seed(number, number / 9, &log) {
        seeds.write("snapshot", &state)?;
    }
    of_log(seeds, number, number / 9, &log)
}

/// All text that a case pushes.
fn log_of(case: &Value) -> Vec<u8> {
    let texts = |key: &str| case[key].as_array().into_iter().flatten();
    let steps = texts("steps").filter_map(|step| step.get("text"));
    let records = [&case["input"]].into_iter().chain(steps);
    let records = records.chain(texts("hits")).chain(texts("misses"));
    let texts: Vec<&str> = records.filter_map(Value::as_str).collect();
    let mut log = texts.join("\n").into_bytes();
    log.truncate(4000);
    log
}

fn of_log(seeds: &mut Seeds, set: u8, settings: u8, log: &[u8]) -> Done {
    if log.is_empty() {
        return Ok(());
    }
    for format in LOGS {
        let data = [&[set, settings, set.wrapping_mul(5)][..], log].concat();
        seeds.write(format, &data)?;
    }
    seeds.write("scan", &[&[set, settings, 0][..], log].concat())?;
    let zeros: Vec<u8> = log
        .iter()
        .map(|byte| if *byte == b'\n' { 0 } else { *byte })
        .collect();
    seeds.write("fluent_bit", &[&[set, settings][..], &zeros].concat())
}

/// The states that the rules come to.
fn of_rules(seeds: &mut Seeds) -> Done {
    let logs = [
        b"".as_slice(),
        state::LOG,
        b"a,b\n1,2\n",
        b"{\"a\":1}\n{\"b\":",
    ];
    for set in 0..rules::COUNT as u8 {
        for (number, log) in logs.into_iter().enumerate() {
            for settings in (number as u8..rules::SETTINGS as u8).step_by(logs.len()) {
                if let Some(state) = state::seed(set, settings, log) {
                    seeds.write("snapshot", &state)?;
                }
                for group in state::groups(set, settings, log) {
                    seeds.write("snapshot", &group)?;
                }
            }
        }
    }
    Ok(())
}
