//! What the command `detect` of each example must do.

use std::path::PathBuf;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::host::Kind;

/// A check: its name, and what it asks of the command.
pub type Check = (&'static str, fn(&Detect<'_>));

/// All checks.
pub const CHECKS: [Check; 6] = [
    ("the sample's alerts and counters", sample),
    ("a configuration", configuration),
    ("a configuration that is refused", refused),
    ("a module without memory", no_memory),
    ("a module whose memory grows", growing),
    ("a module of another interface", other_interface),
];

/// The command of an example.
pub struct Detect<'a> {
    command: &'a dyn Fn() -> Command,
    folder: TempDir,
}

impl<'a> Detect<'a> {
    /// `command` makes the command, to which the arguments are added.
    ///
    /// # Panics
    /// Where there is no folder for files that come and go.
    #[must_use]
    pub fn new(command: &'a dyn Fn() -> Command) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Detect { command, folder }
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    }

    /// Runs the command over the events.
    fn run(&self, module: &[u8], config: Option<&str>) -> Output {
        let mut command = (self.command)();
        command
            .arg(self.file("rule.wasm", module))
            .arg(self.file("events.ndjson", &events()));
        if let Some(config) = config {
            command.arg(self.file("config.json", config.as_bytes()));
        }
        command.output().expect("it was there before")
    }

    /// The command gives what the engine gives.
    fn as_the_engine(&self, config: &str) {
        let ran = self.run(crate::MODULE, (!config.is_empty()).then_some(config));
        let mut native = Kind::Native.start();
        native.open(config.as_bytes()).expect("it is good");
        native.push(&events()).expect("an open session takes bytes");
        native.finish().expect("an open session can be finished");
        let alerts = native.alerts();
        assert!(!alerts.is_empty(), "there is something to compare");
        assert_eq!(text(&ran.stdout), text(&alerts));
        assert_eq!(text(&ran.stderr).trim_end(), text(&native.counters()));
        assert!(ran.status.success());
    }

    /// The command ends with an error that says `what`.
    fn fails(&self, module: &[u8], config: Option<&str>, what: &str) {
        let ran = self.run(module, config);
        let said = text(&ran.stderr);
        assert!(said.starts_with("error: "), "{said}");
        assert!(said.contains(what), "{said}");
        assert_eq!(text(&ran.stdout), "");
        assert!(!ran.status.success());
    }
}

/// The sample so often that no command reads it at once.
fn events() -> Vec<u8> {
    include_bytes!("../../samples/logs/exchange-nxlog.ndjson").repeat(50)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn sample(detect: &Detect<'_>) {
    detect.as_the_engine("");
}

fn configuration(detect: &Detect<'_>) {
    detect.as_the_engine(r#"{"window":"all"}"#);
}

fn refused(detect: &Detect<'_>) {
    detect.fails(crate::MODULE, Some(r#"{"windw":"all"}"#), "unknown_key");
}

fn no_memory(detect: &Detect<'_>) {
    let module = Fake {
        malloc: "i32.const 0",
        ..Fake::default()
    };
    detect.fails(&module.wasm(), None, "out_of_memory");
}

fn other_interface(detect: &Detect<'_>) {
    let module = Fake {
        version: 2,
        ..Fake::default()
    };
    detect.fails(&module.wasm(), None, "interface");
}

/// Each call grows the memory, and what it gives is in the part that is new: a view
/// of the memory that was taken before does not reach it.
fn growing(detect: &Detect<'_>) {
    let ran = detect.run(&Fake::default().wasm(), None);
    assert_eq!(text(&ran.stderr).trim_end(), "{}");
    assert_eq!(text(&ran.stdout), "");
    assert!(ran.status.success());
}

/// A module that has the interface and detects nothing.
struct Fake {
    version: u16,
    malloc: &'static str,
}

impl Default for Fake {
    fn default() -> Self {
        Fake {
            version: 1,
            malloc: "call $new_page",
        }
    }
}

impl Fake {
    fn wasm(&self) -> Vec<u8> {
        let Fake { version, malloc } = self;
        let mut text = format!(
            r#"(module
            (memory (export "memory") 1)
            (func $new_page (result i32)
                (i32.shl (memory.grow (i32.const 1)) (i32.const 16)))
            (func (export "rule_abi_version") (result i32) (i32.const {}))
            (func (export "malloc") (param i32) (result i32) {malloc})
            (func (export "free") (param i32))
            (func (export "rule_open") (param i32 i32) (result i32) (i32.const 1))
            ;; The bytes have to be where they were put: a new page has none.
            (func (export "rule_push") (param i32 i32 i32) (result i32)
                (if (i32.eqz (i32.load8_u (local.get 1))) (then unreachable))
                (i32.const 0))
            (func (export "rule_advance") (param i32 i64) (result i32) (i32.const 0))
            (func (export "rule_finish") (param i32) (result i32) (i32.const 0))
            ;; An empty object, on a new page.
            (func (export "rule_counters") (param i32) (result i64)
                (local $at i32)
                (local.set $at (call $new_page))
                (i32.store (local.get $at) (i32.const 0x7d7b))
                (i64.or (i64.shl (i64.extend_i32_u (local.get $at)) (i64.const 32))
                        (i64.const 2)))
            (func (export "rule_explain") (param i32 i32 i32) (result i64)
                (i64.const 0))
            "#,
            u32::from(*version) << 16
        );
        for export in ["rule_input", "rule_restore", "rule_merge"] {
            text += &format!(
                r#"(func (export "{export}") (param i32 i32 i32) (result i32)
                    (i32.const 0))"#
            );
        }
        // Empty bytes, at a place that is not 0.
        for export in ["alerts", "describe", "snapshot", "last_error"] {
            text += &format!(
                r#"(func (export "rule_{export}") (param i32) (result i64)
                    (i64.const 0x10_0000_0000))"#
            );
        }
        text.push(')');
        wat::parse_str(text).expect("the text is a module")
    }
}
