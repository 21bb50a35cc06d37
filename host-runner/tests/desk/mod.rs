//! A folder for one test, and the program run in it as a user would.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test binary takes what it needs of this"
)]

pub mod event_log;
pub mod receiver;
pub mod station;

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// Where modules that were compiled are kept for all tests: in the build's folder.
pub const CACHE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/module-cache");

/// The program. What it compiles it keeps for the other tests.
pub fn program() -> std::process::Command {
    let program = assert_cmd::cargo::cargo_bin("host-runner");
    let mut command = std::process::Command::new(program);
    command.env("RULE_MODULE_CACHE", CACHE);
    command
}

/// A folder for one test, and the program run in it.
pub struct Desk(TempDir);

impl Desk {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("it has one")).expect("a folder");
        fs::write(&path, content).expect("written");
        path
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("it is there")
    }

    /// Removes a folder, so that nothing is known of a run.
    pub fn forget(&self, folder: &str) {
        fs::remove_dir_all(self.path(folder)).expect("removed");
    }

    /// Starts the program and does not wait for its end.
    pub fn start(&self, arguments: &[&str]) -> Started {
        let child = program()
            .current_dir(self.0.path())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        Started(child.expect("it starts"))
    }

    /// The header of a checkpoint, where there is one.
    pub fn header(&self, folder: &str) -> Option<Value> {
        let bytes = fs::read(self.path(folder).join("checkpoint")).ok()?;
        let line = bytes.split(|&byte| byte == b'\n').next()?;
        serde_json::from_slice(line).ok()
    }

    /// Starts the program and kills it when its checkpoint shows that it is in the
    /// middle of an input.
    pub fn killed_midway(&self, folder: &str, arguments: &[&str]) {
        let mut child = self.start(arguments);
        until("it is in the middle of an input", || {
            assert!(!child.has_ended(), "it ended before it was killed");
            self.header(folder)
                .is_some_and(|header| header["inputs"][0]["bytes"].as_u64() > Some(100_000))
        });
        child.kill();
        let header = self.header(folder).expect("a checkpoint");
        assert_eq!(header["done"], false, "it was done before it was killed");
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    pub fn run_with(&self, arguments: &[&str], stdin: impl Into<Vec<u8>>) -> Ran {
        let mut command = Command::from_std(program());
        command
            .current_dir(self.0.path())
            .args(arguments)
            .write_stdin(stdin.into());
        Ran(command.output().expect("it runs"))
    }
}

/// Waits until something holds; that it never does is a failure.
#[track_caller]
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "never came true: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Far longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// The program while it runs; killed where a test leaves it behind.
pub struct Started(Child);

impl Started {
    /// What it reads and has been written to it until this is dropped.
    pub fn stdin(&mut self) -> ChildStdin {
        self.0.stdin.take().expect("piped")
    }

    /// What it writes to standard output.
    pub fn stdout(&mut self) -> ChildStdout {
        self.0.stdout.take().expect("piped")
    }

    /// What it writes to standard error.
    pub fn stderr(&mut self) -> ChildStderr {
        self.0.stderr.take().expect("piped")
    }

    pub fn has_ended(&mut self) -> bool {
        self.0.try_wait().expect("it can be asked").is_some()
    }

    /// Kills it, as `kill -9` does; whether it had ended well before.
    pub fn kill(&mut self) -> bool {
        // It may have ended in this moment.
        let _ = self.0.kill();
        self.0.wait().expect("it has ended").success()
    }

    /// Asks it to end, as a service manager does, and waits for that.
    pub fn stop(self) -> Ran {
        self.ask_to_end();
        self.wait()
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Asks it to end.
    pub fn ask_to_end(&self) {
        let asked = std::process::Command::new("kill")
            .args(["-TERM", &self.id().to_string()])
            .status();
        assert!(asked.expect("kill runs").success());
    }

    /// Waits for its end.
    pub fn wait(mut self) -> Ran {
        drop(self.0.stdin.take());
        let [mut out, mut err] = [Vec::new(), Vec::new()];
        // What it writes to standard error is little, and fits into the pipe.
        if let Some(mut pipe) = self.0.stdout.take() {
            pipe.read_to_end(&mut out).expect("read");
        }
        if let Some(mut pipe) = self.0.stderr.take() {
            pipe.read_to_end(&mut err).expect("read");
        }
        Ran(Output {
            status: self.0.wait().expect("it ends"),
            stdout: out,
            stderr: err,
        })
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What the program answered.
pub struct Ran(Output);

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self(output)
    }
}

impl Ran {
    pub fn code(&self) -> Option<i32> {
        self.0.status.code()
    }

    pub fn out(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).expect("text")
    }

    pub fn err(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).expect("text")
    }

    pub fn alerts(&self) -> Vec<Value> {
        let lines = self.out();
        lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }

    /// The exit code, and each of these parts on standard error.
    #[track_caller]
    pub fn told(&self, code: i32, parts: &[&str]) -> &Self {
        let err = self.err();
        assert_eq!(self.code(), Some(code), "{err}");
        for part in parts {
            assert!(err.contains(part), "{part:?} is not in\n{err}");
        }
        self
    }
}

/// A hit of the built-in detection.
pub fn hit(host: &str, time: &str) -> String {
    format!(
        "{{\"Channel\":\"MSExchange Management\",\"Hostname\":\"{host}\",\"TimeCreated\":\"{time}\",\"EventID\":1,\"Message\":\"Cmdlet suceeded. Cmdlet New-MailboxExportRequest, parameters .\"}}\n"
    )
}

/// Hits of the built-in detection, a few seconds apart from 2021-03-14 on, of several
/// hosts.
pub fn hits(count: u32) -> String {
    (0..count)
        .map(|number| {
            let second = number * 7;
            let (day, rest) = (second / 86_400, second % 86_400);
            let time = format!(
                "2021-03-{:02}T{:02}:{:02}:{:02}Z",
                14 + day,
                rest / 3600,
                rest / 60 % 60,
                rest % 60
            );
            hit(&format!("EX{:02}", number % 23), &time)
        })
        .collect()
}
