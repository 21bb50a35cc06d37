//! What machine it was, and of what version everything is.

use std::fmt;
use std::fs;
use std::path::Path;
use std::process::Command;

use toml::Table;

use crate::place::Place;

/// The machine, the day, the versions.
#[derive(Debug)]
pub(super) struct Machine {
    lines: Vec<(String, String)>,
}

/// The crates whose versions count, of the race and of the project.
const CRATES: [&str; 10] = [
    "rsigma-eval",
    "tau-engine",
    "vrl",
    "sonic-rs",
    "serde_json",
    "regex",
    "memchr",
    "mimalloc",
    "evtx",
    "wasmi",
];

impl Machine {
    /// What is here now.
    pub(super) fn here(place: &Place) -> Self {
        let mut lines = vec![
            ("day".to_owned(), day()),
            ("processor".to_owned(), processor()),
            (
                "system".to_owned(),
                format!("{}, {}", std::env::consts::OS, std::env::consts::ARCH),
            ),
            ("rustc".to_owned(), said("rustc", "--version")),
        ];
        let versions = [
            (place.root.join("Cargo.lock"), &["wasmtime"][..]),
            (place.own("Cargo.lock"), &CRATES),
        ];
        let crates: Vec<String> = versions
            .iter()
            .flat_map(|(lock, names)| locked(lock, names))
            .collect();
        lines.push(("crates".to_owned(), crates.join(", ")));
        let wheels = fs::read_to_string(place.own("peers/wheels/requirements.txt"));
        let wheels = wheels.unwrap_or_default();
        let wheels: Vec<String> = wheels
            .lines()
            .filter_map(|line| line.split_once("=="))
            .map(|(name, version)| format!("{name} {}", version.trim_end_matches(" \\")))
            .collect();
        lines.push(("wheels".to_owned(), wheels.join(", ")));
        let programs = [
            said(place.installed("rg"), "--version"),
            said(place.installed("jaq"), "--version"),
            said("jq", "--version"),
            said("node", "--version").replacen('v', "node ", 1),
            said("chromium", "--version"),
        ];
        let programs: Vec<String> = programs
            .into_iter()
            .filter(|said| !said.is_empty())
            .collect();
        lines.push(("programs".to_owned(), programs.join(", ")));
        Self { lines }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.lines {
            writeln!(f, "- {name}: {value}")?;
        }
        Ok(())
    }
}

fn day() -> String {
    let now = jiff::Timestamp::now().to_string();
    now.split('T').next().unwrap_or_default().to_owned()
}

fn processor() -> String {
    let linux = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = linux.lines().find(|line| line.starts_with(name))?;
        line.split_once(':')
            .map(|(_, value)| value.trim().to_owned())
    };
    let model = field("model name").unwrap_or_else(|| said("sysctl", "machdep.cpu.brand_string"));
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    let flags = field("flags").unwrap_or_default();
    let known = ["ssse3", "avx2", "avx512f"];
    let flags: Vec<&str> = known
        .into_iter()
        .filter(|known| flags.split(' ').any(|flag| flag == *known))
        .collect();
    format!("{model}, {cores} cores, {}", flags.join(" "))
}

/// The first line that a program says; empty where it is not here.
fn said(program: impl AsRef<Path>, argument: &str) -> String {
    let said = Command::new(program.as_ref()).arg(argument).output();
    let text = said.map(|said| String::from_utf8_lossy(&said.stdout).into_owned());
    let text = text.unwrap_or_default();
    text.lines().next().unwrap_or_default().trim().to_owned()
}

/// The versions of crates that a lock file names.
fn locked(lock: &Path, names: &[&str]) -> Vec<String> {
    let text = fs::read_to_string(lock).unwrap_or_default();
    let table: Table = toml::from_str(&text).unwrap_or_default();
    let packages = table
        .get("package")
        .and_then(|packages| packages.as_array());
    let text = |package: &toml::Value, key: &str| {
        let value = package.get(key).and_then(|value| value.as_str());
        value.unwrap_or_default().to_owned()
    };
    names
        .iter()
        .filter_map(|name| {
            let of_name = |package: &&toml::Value| text(package, "name") == *name;
            // The newest, where there is more than one: the last in the file.
            let package = packages?.iter().rfind(of_name)?;
            Some(format!("{name} {}", text(package, "version")))
        })
        .collect()
}
