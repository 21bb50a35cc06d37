//! `fuzz`: builds the fuzz targets, replays what they have found, and lets them look on.
//!
//! The targets are a workspace of their own in `fuzz`. They are built with the stable
//! toolchain: what the fuzzer wants of the compiler are flags. Everything it makes is in
//! `fuzz` below the target folder:
//!
//! - `build`: the targets;
//! - `corpus`: for each target the inputs that reach different code, beginning with those
//!   that are made of the cases and the samples;
//! - `findings`: inputs that broke what a target promises;
//! - `logs`: what the fuzzer said.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use xshell::Cmd;

use crate::failure::Failure;
use crate::workspace::{Workspace, say};

/// What is fuzzed.
#[derive(Args)]
pub(crate) struct Options {
    /// Only these targets
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
    /// How long each target runs
    #[arg(long, value_name = "N", default_value_t = 10)]
    seconds: u32,
    /// How many inputs each target tries, in place of a time: the same ones at each run that
    /// begins with the same corpus
    #[arg(long, value_name = "N", conflicts_with = "seconds")]
    runs: Option<u32>,
    /// How many processes each target runs in
    #[arg(long, value_name = "N", default_value_t = 1)]
    jobs: u32,
}

impl Options {
    /// All targets, with so many inputs each.
    pub(crate) fn of_all(runs: u32) -> Self {
        Options {
            targets: Vec::new(),
            seconds: 0,
            runs: Some(runs),
            jobs: 1,
        }
    }
}

const MANIFEST: &str = "fuzz/Cargo.toml";

/// What the fuzzer wants in the code: counters of its edges, and what it compares.
const FLAGS: &str = "-Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// An input that takes longer, or more memory, is a finding.
const BOUNDS: [&str; 3] = ["-timeout=10", "-rss_limit_mb=2048", "-malloc_limit_mb=512"];

/// As many lines of what the fuzzer said are shown with a finding.
const LINES: usize = 40;

/// The words that mutations are made with, of the targets that have some.
const DICTIONARIES: [(&str, &[&str]); 3] = [
    ("spl", &["spl", "searches", "expressions"]),
    ("configuration", &["detection"]),
    (
        "log",
        &[
            "json",
            "xml",
            "text",
            "csv",
            "auto",
            "scan",
            "fluent_bit",
            "abi",
        ],
    ),
];

/// Runs targets; all of them, where none is named.
pub(crate) fn fuzz(workspace: &Workspace, options: &Options) -> Result<(), Failure> {
    needs(workspace).map_err(|why| {
        let what = format!("the fuzz targets cannot be built: {why}");
        Failure::new(what, "install a C++ compiler, then run this again")
    })?;
    let folder = workspace.target_dir()?.join("fuzz");
    let names = names(workspace)?;
    let targets = match &options.targets[..] {
        [] => names.clone(),
        named => named.to_vec(),
    };
    if let Some(unknown) = targets.iter().find(|name| !names.contains(name)) {
        let what = format!("there is no fuzz target `{unknown}`");
        return Err(Failure::new(
            what,
            format!("name some of: {}", names.join(", ")),
        ));
    }
    let programs = build(workspace, &folder.join("build"), &targets)?;
    let corpus = folder.join("corpus");
    workspace.step(
        "makes inputs of the cases and the samples",
        workspace
            .program(&program(&programs, "seeds"))
            .arg(workspace.root())
            .arg(&corpus),
        "mend what is said above: `fuzz/seeds` makes them",
    )?;
    let run = Run {
        workspace,
        programs,
        corpus,
        folder,
        options,
    };
    targets.iter().try_for_each(|target| run.target(target))
}

/// What fuzzing needs besides Rust, and why it cannot be had here: the fuzzer itself is
/// C++.
pub(crate) fn needs(workspace: &Workspace) -> Result<(), String> {
    let named = std::env::var("CXX").ok();
    let compiler = named.as_deref().unwrap_or("c++");
    let probe = workspace.program(Path::new(compiler)).arg("--version");
    match cfg!(unix) && probe.ignore_stderr().read().is_ok() {
        true => Ok(()),
        false => Err(format!("there is no C++ compiler `{compiler}` here")),
    }
}

/// The names of the targets.
fn names(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let folder = workspace.root().join("fuzz/fuzz_targets");
    let mut names: Vec<String> = files(&folder)?
        .iter()
        .filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    Ok(names)
}

/// The files of a folder; none where it is not there.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let read = || -> io::Result<Vec<PathBuf>> {
        fs::read_dir(folder)?
            .map(|entry| Ok(entry?.path()))
            .collect()
    };
    read().map_err(|error| unreadable(folder, &error))
}

fn unreadable(folder: &Path, error: &io::Error) -> Failure {
    let what = format!("cannot use `{}`: {error}", folder.display());
    Failure::new(what, "see that it can be read and written")
}

/// Builds targets, and what makes their first inputs; gives the folder that they are in.
fn build(workspace: &Workspace, folder: &Path, targets: &[String]) -> Result<PathBuf, Failure> {
    let host = workspace.host()?;
    let mut cargo = workspace
        .cargo()
        .args(["build", "--locked", "--release"])
        .args(["--manifest-path", MANIFEST])
        // A target that is named is built with the flags, and build scripts without.
        .args(["--target", &host])
        .arg("--target-dir")
        .arg(folder)
        .args(["--bin", "seeds"])
        .env("RUSTFLAGS", FLAGS);
    for target in targets {
        cargo = cargo.args(["--bin", target]);
    }
    workspace.step(
        "builds the fuzz targets",
        cargo,
        "mend what the compiler says above, then run this again",
    )?;
    Ok(folder.join(host).join("release"))
}

fn program(folder: &Path, name: &str) -> PathBuf {
    let program = folder.join(name);
    program.with_extension(std::env::consts::EXE_EXTENSION)
}

/// What all targets run with.
struct Run<'r> {
    workspace: &'r Workspace,
    programs: PathBuf,
    corpus: PathBuf,
    /// Where all that the runs make is.
    folder: PathBuf,
    options: &'r Options,
}

impl Run<'_> {
    /// Replays what a target has found, and lets it look on from its corpus.
    fn target(&self, target: &str) -> Result<(), Failure> {
        let regressions = self.workspace.root().join("fuzz/regressions").join(target);
        let found = files(&regressions)?;
        if !found.is_empty() {
            let replay = self.fuzzer(target)?.args(found);
            self.step(target, "replays what was found by", replay)?;
        }
        let (bound, what) = match (self.options.runs, self.options.seconds) {
            // What is tried next goes by a number that is drawn, or given.
            (Some(runs), _) => (
                vec![format!("-runs={runs}"), "-seed=1".to_owned()],
                format!("tries {runs} inputs with"),
            ),
            (None, 0) => return Ok(()),
            (None, seconds) => (
                vec![format!("-max_total_time={seconds}")],
                format!("looks for {seconds} s with"),
            ),
        };
        let corpus = self.corpus.join(target);
        fs::create_dir_all(&corpus).map_err(|error| unreadable(&corpus, &error))?;
        let mut fuzzer = self.fuzzer(target)?.args(bound).arg("-print_final_stats=1");
        let dictionary = DICTIONARIES.iter().find(|(_, of)| of.contains(&target));
        if let Some((name, _)) = dictionary {
            let file = format!("fuzz/dictionaries/{name}.dict");
            let file = self.workspace.root().join(file);
            fuzzer = fuzzer.arg(format!("-dict={}", file.display()));
        }
        let jobs = self.options.jobs;
        if jobs > 1 {
            fuzzer = fuzzer.arg(format!("-fork={jobs}"));
        }
        let fuzzer = fuzzer.arg(corpus);
        self.step(target, &what, fuzzer)
    }

    /// Says what comes, then runs it. What the fuzzer says of its progress goes to a file.
    fn step(&self, target: &str, what: &str, fuzzer: Cmd<'_>) -> Result<(), Failure> {
        let what = format!("{what} the fuzz target {target}");
        say(&what);
        let logs = self.folder.join("logs");
        let log = logs.join(format!("{target}.txt"));
        let run = || {
            fs::create_dir_all(&logs)?;
            let file = fs::File::create(&log)?;
            Command::from(fuzzer).stderr(file).status()
        };
        let status = run().map_err(|error| unreadable(&log, &error))?;
        if status.success() {
            return Ok(());
        }
        let said = fs::read(&log).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        let lines: Vec<&str> = said.lines().collect();
        let last = lines
            .get(lines.len().saturating_sub(LINES)..)
            .unwrap_or_default();
        last.iter().for_each(|line| eprintln!("{line}"));
        Err(Failure::new(
            format!("{what}: {status}; `{}` has all of it", log.display()),
            format!(
                "mend what the input shows that is named above, and keep it in \
                 `fuzz/regressions/{target}`, made small with `-minimize_crash=1`"
            ),
        ))
    }

    /// The program of a target, which leaves its findings where this command has them.
    fn fuzzer(&self, target: &str) -> Result<Cmd<'_>, Failure> {
        let findings = self.folder.join("findings").join(target);
        fs::create_dir_all(&findings).map_err(|error| unreadable(&findings, &error))?;
        let program = program(&self.programs, target);
        Ok(self
            .workspace
            .program(&program)
            .args(BOUNDS)
            .arg(format!("-artifact_prefix={}/", findings.display())))
    }
}
