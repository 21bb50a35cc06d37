//! Published detections, unchanged, over real events of an attack by ProxyLogon. The data
//! are not part of the project; where they are missing the test says so and is skipped.
//!
//! What is found was counted in the raw events in another way as well, below: by the
//! images of processes that Sysmon and Windows Security wrote down.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use rule_tests::host::Kind;
use serde_json::{Value, json};

const SYSMON: &str = "Microsoft-Windows-Sysmon/Operational";

/// The events of Sysmon that are of the data model's processes.
const PROCESSES: [u64; 12] = [1, 5, 6, 7, 8, 9, 10, 15, 17, 18, 24, 25];

/// As many detections of the release load, of a hundred, at the least.
const LOAD: usize = 80;

fn data() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    if !folder.join("escu").is_dir() || !folder.join("windows").is_dir() {
        eprintln!("skipped: there is no {}", folder.display());
        return None;
    }
    Some(folder)
}

fn events(data: &Path) -> Vec<u8> {
    let packed = std::fs::read(data.join("windows/otrf_proxylogon.ndjson.gz")).unwrap();
    let mut text = Vec::new();
    MultiGzDecoder::new(&*packed)
        .read_to_end(&mut text)
        .unwrap();
    text
}

/// The YAML files of a folder, all the way down.
fn yaml(folder: &Path) -> Vec<Value> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let mut all = Vec::new();
    for path in paths {
        if path.is_dir() {
            all.append(&mut yaml(&path));
        } else if path.extension().is_some_and(|ending| ending == "yml") {
            let text = std::fs::read_to_string(&path).unwrap();
            // One file of the release has a key twice.
            all.extend(serde_saphyr::from_str::<Value>(&text));
        }
    }
    all
}

/// All detections and macros of the release, as a configuration.
fn config(data: &Path) -> (usize, Vec<u8>) {
    let macros = yaml(&data.join("escu/macros")).into_iter().map(|one| {
        let name = one["name"].as_str().unwrap().to_string();
        let mut kept = json!({ "definition": one["definition"] });
        if one["arguments"].is_array() {
            kept["arguments"] = one["arguments"].clone();
        }
        (name, kept)
    });
    let macros: serde_json::Map<String, Value> = macros.collect();
    let detections = yaml(&data.join("escu/detections"));
    let count = detections.len();
    let config = json!({
        "detections": detections,
        "macros": macros,
        "refused": "skip",
        "window": "all",
        "limits": { "state": 128 << 20 },
    });
    (count, config.to_string().into_bytes())
}

fn run(kind: Kind, config: &[u8], logs: &[u8]) -> (Value, String) {
    let mut host = kind.start();
    host.open(config).unwrap();
    for piece in logs.chunks(256 * 1024) {
        host.push(piece).unwrap();
    }
    host.finish().unwrap();
    let described = serde_json::from_slice(&host.describe()).unwrap();
    (described, String::from_utf8(host.alerts()).unwrap())
}

/// The last part of a path, in lower case.
fn last(path: &Value) -> String {
    let path = path.as_str().unwrap_or_default().to_lowercase();
    path.rsplit('\\').next().unwrap_or_default().to_string()
}

/// A process and its parent, of an event that is about one.
fn process(event: &Value) -> Option<(String, String)> {
    let code = event["EventID"].as_u64()?;
    match event["Channel"].as_str()? {
        SYSMON if [8, 10].contains(&code) => {
            Some((last(&event["TargetImage"]), last(&event["SourceImage"])))
        }
        SYSMON if PROCESSES.contains(&code) => {
            Some((last(&event["Image"]), last(&event["ParentImage"])))
        }
        "Security" if code == 4688 => Some((
            last(&event["NewProcessName"]),
            last(&event["ParentProcessName"]),
        )),
        "Security" if [4689, 4673].contains(&code) => {
            Some((last(&event["ProcessName"]), String::new()))
        }
        _ => None,
    }
}

#[test]
fn a_release_over_an_attack() {
    let Some(data) = data() else { return };
    let (count, config) = config(&data);
    let logs = events(&data);
    let (described, alerts) = run(Kind::Native, &config, &logs);
    let loaded = described["rules"].as_array().unwrap().len();
    assert!(loaded * 100 >= count * LOAD, "{loaded} of {count} load");
    assert_eq!(run(Kind::Wasmtime, &config, &logs).1, alerts);

    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    for line in alerts.lines() {
        let alert: Value = serde_json::from_str(line).unwrap();
        let events = alert["row"]["count"].as_u64().unwrap_or_default();
        *found
            .entry(alert["rule"]["name"].as_str().unwrap().to_string())
            .or_default() += events;
    }

    let events: Vec<Value> = logs
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect();
    let of_processes = |holds: &dyn Fn(&str, &str) -> bool| {
        let all = events.iter().filter_map(process);
        all.filter(|(process, parent)| holds(process, parent))
            .count() as u64
    };
    let shells = [
        "cmd.exe",
        "powershell.exe",
        "powershell_ise.exe",
        "pwsh.exe",
    ];
    let tools = [
        "ipconfig.exe",
        "systeminfo.exe",
        "net1.exe",
        "arp.exe",
        "nslookup.exe",
        "route.exe",
        "netstat.exe",
        "hostname.exe",
        "whoami.exe",
    ];
    let others = [&shells[..], &["explorer.exe", "-", ""]].concat();
    let loaded_programs = events.iter().filter(|event| {
        event["Channel"] == SYSMON
            && event["EventID"] == 7
            && last(&event["ImageLoaded"]).ends_with(".exe")
    });
    for (name, wanted) in [
        (
            "Processes launching netsh",
            of_processes(&|process, _| process == "netsh.exe"),
        ),
        (
            "W3WP Spawning Shell",
            of_processes(&|process, parent| parent == "w3wp.exe" && shells.contains(&process)),
        ),
        (
            "Windows Cmdline Tool Execution From Non-Shell Process",
            of_processes(&|process, parent| tools.contains(&process) && !others.contains(&parent)),
        ),
        (
            "Windows Executable in Loaded Modules",
            loaded_programs.count() as u64,
        ),
    ] {
        assert!(wanted > 0, "{name}");
        assert_eq!(found.get(name), Some(&wanted), "{name}");
    }
    let names: Vec<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "Detect Rare Executables",
            "Processes launching netsh",
            "W3WP Spawning Shell",
            "Windows Cmdline Tool Execution From Non-Shell Process",
            "Windows Executable in Loaded Modules",
            "Windows Explorer.exe Spawning PowerShell or Cmd",
            "Windows Java Spawning Shells",
        ]
    );
}
