//! Modules that break their contract.

use host_runner::module::{Module, ModuleError};
use serde_json::json;

use crate::{SOUND, changed};

/// Loads the sound module with one part of its text changed.
fn load(from: &str, to: &str) -> Result<Module, ModuleError> {
    Module::from_bytes("odd.wasm", &changed(from, to))
}

/// What goes wrong first in a whole use of a module.
fn first_error(from: &str, to: &str) -> Result<(), ModuleError> {
    let module = load(from, to)?;
    let mut instance = module.instantiate()?;
    let mut session = instance.open(&json!({}))?;
    session.input(&json!({ "name": "a" }))?;
    session.push(b"{}\n")?;
    session.advance(1)?;
    let snapshot = session.snapshot()?.to_vec();
    assert_eq!(snapshot, b"{\"");
    session.restore(&snapshot)?;
    session.merge(&snapshot)?;
    session.finish()?;
    assert!(session.alerts()?.is_empty());
    assert_eq!(session.counters()?.records, 7);
    Ok(())
}

#[test]
fn the_sound_module_is_taken() {
    first_error("", "").expect("the contract is kept");
}

#[test]
fn what_is_no_detection_module() {
    for (name, bytes, expected) in [
        (
            "nothing",
            &b""[..],
            "no WebAssembly core module: it does not begin",
        ),
        (
            "text",
            b"hello, world",
            "no WebAssembly core module: it does not begin",
        ),
        ("a component", b"\0asm\x0d\0\x01\0", "it is a component"),
        (
            "an empty module",
            b"\0asm\x01\0\0\0",
            "no section `rule-abi`",
        ),
        (
            "a cut module",
            b"\0asm\x01\0\0\0\x01\x7f",
            "no WebAssembly core module",
        ),
    ] {
        let error = Module::from_bytes("odd.wasm", bytes)
            .err()
            .expect(name)
            .to_string();
        assert!(
            error.contains("`odd.wasm`") && error.contains(expected),
            "{name}: {error}"
        );
    }
}

#[test]
fn broken_contracts() {
    for (name, from, to, expected) in [
        (
            "a later major version",
            "\"1.0\"",
            "\"2.0\"",
            "speaks ABI 2.0, this program speaks 1.0",
        ),
        ("no version", "\"1.0\"", "\"new\"", "speaks ABI new"),
        (
            "two versions",
            "i32.const 65536))\n  (func (export \"malloc",
            "i32.const 65537))\n  (func (export \"malloc",
            "it says 1.1, its section `rule-abi` says 1.0",
        ),
        (
            "an import",
            "(memory",
            "(import \"env\" \"clock\" (func)) (memory",
            "imports `env.clock`",
        ),
        (
            "no memory",
            "(memory (export \"memory\") 8)",
            "(memory 8)",
            "no export `memory`",
        ),
        (
            "an export less",
            "\"rule_finish\"",
            "\"rule_end\"",
            "no export `rule_finish`",
        ),
        (
            "an export of another type",
            "(param i32 i64) (result i32)",
            "(param i32 i32) (result i32)",
            "no export `rule_advance`",
        ),
        (
            "a start that stops",
            "(memory",
            "(func $s unreachable) (start $s) (memory",
            "stopped in `start`",
        ),
        (
            "no memory left",
            "(result i32) (i32.const 65536))\n  (func (export \"free",
            "(result i32) (i32.const 0))\n  (func (export \"free",
            "no memory left for `rule_open`",
        ),
        (
            "memory that is not there",
            "(result i32) (i32.const 65536))\n  (func (export \"free",
            "(result i32) (i32.const -2))\n  (func (export \"free",
            "answered `malloc` wrongly",
        ),
        (
            "a refusal",
            "(param i32 i32) (result i32) (i32.const 1)",
            "(param i32 i32) (result i32) (i32.const -1)",
            "no such handle",
        ),
        (
            "a push that stops",
            "\"rule_push\") (param i32 i32 i32) (result i32) (i32.const 0)",
            "\"rule_push\") (param i32 i32 i32) (result i32) unreachable",
            "stopped in `rule_push`",
        ),
        (
            "endless recursion",
            "\"rule_finish\") (param i32) (result i32) (i32.const 0)",
            "\"rule_finish\") (param i32) (result i32) (call 8 (local.get 0))",
            "stopped in `rule_finish`",
        ),
        (
            "a snapshot outside of memory",
            "0x8000000002)",
            "0x8000000002000000)",
            "answered `rule_snapshot` wrongly",
        ),
        (
            "a snapshot that is refused",
            "\"rule_restore\") (param i32 i32 i32) (result i32) (i32.const 0)",
            "\"rule_restore\") (param i32 i32 i32) (result i32) (i32.const -50)",
            "no such handle",
        ),
        (
            "a merge that stops",
            "\"rule_merge\") (param i32 i32 i32) (result i32) (i32.const 0)",
            "\"rule_merge\") (param i32 i32 i32) (result i32) unreachable",
            "stopped in `rule_merge`",
        ),
        (
            "a push that is refused",
            "\"rule_push\") (param i32 i32 i32) (result i32) (i32.const 0)",
            "\"rule_push\") (param i32 i32 i32) (result i32) (i32.const -9)",
            "no such handle",
        ),
        (
            "alerts outside of memory",
            "0x1000000000)",
            "0xffffffffffffffff)",
            "answered `rule_alerts` wrongly",
        ),
        (
            "alerts beyond the end",
            "0x1000000000)",
            "0x7ffff00000002)",
            "answered `rule_alerts` wrongly",
        ),
        (
            "counters that are no JSON",
            "0x800000000d)",
            "0x8000000005)",
            "answered `rule_counters` wrongly",
        ),
    ] {
        let error = first_error(from, to).expect_err(name);
        let text = error.to_string();
        assert!(text.contains(expected), "{name}: {text}");
        let refused = matches!(error, ModuleError::Refused(_));
        assert!(
            refused || text.contains("`odd.wasm`"),
            "{name} names the module: {text}"
        );
    }
}

#[test]
fn a_refusal_without_a_reason() {
    let sound = "(param i32 i32) (result i32) (i32.const 1)";
    let refused = "(param i32 i32) (result i32) (i32.const -1)";
    for (name, answer, expected) in [
        ("nothing", "0", "it refused and did not say why"),
        (
            "no JSON",
            "0x8000000002",
            "answered `rule_last_error` wrongly",
        ),
        (
            "outside",
            "0xffffffff00000001",
            "answered `rule_last_error` wrongly",
        ),
    ] {
        let text = SOUND
            .replace(sound, refused)
            .replace("0x1000000030", answer);
        let bytes = wat::parse_str(text).expect("a module");
        let module = Module::from_bytes("odd.wasm", &bytes).expect("it loads");
        let mut instance = module.instantiate().expect("it starts");
        let error = instance.open(&json!({})).err().expect(name).to_string();
        assert!(error.contains(expected), "{name}: {error}");
    }
}

#[test]
fn memory_has_an_end() {
    // It asks for memory until it gets no more, and answers the pages that it has.
    let greedy = "\"rule_push\") (param i32 i32 i32) (result i32) \
        (loop $more (br_if $more (i32.ne (memory.grow (i32.const 64)) (i32.const -1)))) (memory.size)";
    let module = load(
        "\"rule_push\") (param i32 i32 i32) (result i32) (i32.const 0)",
        greedy,
    )
    .expect("it loads");
    let mut instance = module.instantiate().expect("it starts");
    let mut session = instance.open(&json!({})).expect("it opens");
    let pages = session.push(b"{}\n").expect("it goes on") as usize;
    let limit = host_runner::module::MEMORY_LIMIT / 65_536;
    assert!(
        pages <= limit && pages > limit - 64,
        "{pages} pages, {limit} are the limit"
    );
}
