//! A folder for one test, and the program run in it as a user would.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test binary takes what it needs of this"
)]

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

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

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    pub fn run_with(&self, arguments: &[&str], stdin: impl Into<Vec<u8>>) -> Ran {
        let mut command = Command::cargo_bin("host-runner").expect("the program");
        command
            .current_dir(self.0.path())
            .args(arguments)
            .write_stdin(stdin.into());
        Ran(command.output().expect("it runs"))
    }
}

/// What the program answered.
pub struct Ran(Output);

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
