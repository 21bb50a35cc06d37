//! Modules that a user may name and that are not what they should be: each ends in an error
//! that names the module, and never in a crash or a hang of the program.
//!
//! They are written out in WebAssembly text: one that keeps the contract as far as the host
//! can see, and for each case one line of it changed.

#[path = "../desk/mod.rs"]
mod desk;

mod broken;
mod damaged;
mod hostile;
mod named;

/// A module that keeps the contract. The first page of memory holds the answers; `malloc`
/// gives the second on.
const SOUND: &str = r#"
(module
  (@custom "rule-abi" "1.0")
  (memory (export "memory") 8)
  (data (i32.const 16) "{\"code\":\"bad_handle\",\"message\":\"no such handle\"}")
  (data (i32.const 128) "{\"records\":7}")
  (func (export "rule_abi_version") (result i32) (i32.const 65536))
  (func (export "malloc") (param i32) (result i32) (i32.const 65536))
  (func (export "free") (param i32))
  (func (export "rule_open") (param i32 i32) (result i32) (i32.const 1))
  (func (export "rule_close") (param i32) (result i32) (i32.const 0))
  (func (export "rule_input") (param i32 i32 i32) (result i32) (i32.const 0))
  (func (export "rule_push") (param i32 i32 i32) (result i32) (i32.const 0))
  (func (export "rule_advance") (param i32 i64) (result i32) (i32.const 0))
  (func (export "rule_finish") (param i32) (result i32) (i32.const 0))
  (func (export "rule_alerts") (param i32) (result i64) (i64.const 0x1000000000))
  (func (export "rule_describe") (param i32) (result i64) (i64.const 0x800000000d))
  (func (export "rule_counters") (param i32) (result i64) (i64.const 0x800000000d))
  (func (export "rule_explain") (param i32 i32 i32) (result i64) (i64.const 0x800000000d))
  (func (export "rule_snapshot") (param i32) (result i64) (i64.const 0x8000000002))
  (func (export "rule_restore") (param i32 i32 i32) (result i32) (i32.const 0))
  (func (export "rule_merge") (param i32 i32 i32) (result i32) (i32.const 0))
  (func (export "rule_last_error") (param i32) (result i64) (i64.const 0x1000000030))
)
"#;

/// The sound module with one part of its text changed.
fn changed(from: &str, to: &str) -> Vec<u8> {
    assert!(SOUND.contains(from), "`{from}` is not in the module");
    wat::parse_str(SOUND.replace(from, to)).expect("a module")
}

/// The sound module with another body of one export.
fn with_body(export: &str, body: &str) -> Vec<u8> {
    let line = SOUND
        .lines()
        .find(|line| line.contains(&format!("\"{export}\"")))
        .expect("it has the export");
    let (head, result) = match line.find("(result ") {
        Some(at) => line.split_at(at),
        None => line.split_at(line.len() - 1),
    };
    let result = match result.split_once(')') {
        Some((kind, _)) if kind.starts_with("(result") => format!("{kind})"),
        _ => String::new(),
    };
    changed(line, &format!("{head}{result} {body})"))
}
