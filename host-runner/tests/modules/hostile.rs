//! Modules that mean harm: they never come back, take all there is, say more than anybody
//! can hold, or say what is to be taken for something else.

use std::time::Duration;

use host_runner::module::{Bounds, Compiler, MEMORY_LIMIT, ModuleError};
use serde_json::json;
use wasm_encoder::{CustomSection, Module, RawSection, SectionId};

use crate::desk::Desk;
use crate::{changed, with_body};

/// What is enough here.
const BOUNDS: Bounds = Bounds {
    call: Some(Duration::from_millis(100)),
    compile: Some(Duration::from_secs(60)),
    output: 1 << 20,
};

const FOREVER: &str = "(loop $forever (br $forever)) unreachable";

/// What goes wrong first when everything is called that there is.
fn first_error(module: &[u8]) -> Result<(), ModuleError> {
    let module = Compiler::new()
        .bounded(BOUNDS)
        .bytes("hostile.wasm", module)?;
    let mut instance = module.instantiate()?;
    let mut session = instance.open(&json!({}))?;
    session.input(&json!({ "name": "a" }))?;
    session.push(b"{}\n")?;
    while !session.alerts()?.is_empty() {}
    session.advance(1)?;
    session.describe()?;
    session.explain(b"{}")?;
    let snapshot = session.snapshot()?.to_vec();
    session.restore(&snapshot)?;
    session.merge(&snapshot)?;
    session.finish()?;
    session.counters()?;
    Ok(())
}

#[track_caller]
fn told(name: &str, module: &[u8], expected: &str) {
    let error = first_error(module).expect_err(name).to_string();
    assert!(error.contains("`hostile.wasm`"), "{name}: {error}");
    assert!(error.contains(expected), "{name}: {error}");
}

#[test]
fn calls_that_never_come_back_are_ended() {
    for call in [
        "rule_abi_version",
        "malloc",
        "free",
        "rule_open",
        "rule_input",
        "rule_push",
        "rule_advance",
        "rule_finish",
        "rule_alerts",
        "rule_describe",
        "rule_counters",
        "rule_explain",
        "rule_snapshot",
        "rule_restore",
        "rule_merge",
    ] {
        let expected = format!("was stopped in `{call}`, which took longer than 100ms");
        told(call, &with_body(call, FOREVER), &expected);
    }
    let start = format!("(func $s {FOREVER}) (start $s) (memory");
    told(
        "the start",
        &changed("(memory", &start),
        "was stopped in `start`",
    );
}

#[test]
fn what_takes_too_long_to_compile_is_given_up() {
    let bounds = Bounds {
        compile: Some(Duration::ZERO),
        ..BOUNDS
    };
    let module = with_body("rule_push", "(i32.const 0)");
    let error = Compiler::new()
        .bounded(bounds)
        .bytes("hostile.wasm", &module);
    let error = error.map(drop).expect_err("no time to compile").to_string();
    assert!(
        error.contains("`hostile.wasm` took longer than 0ns to compile"),
        "{error}"
    );
}

#[test]
fn more_code_than_is_compiled() {
    let body = "(i32.const 0) drop ".repeat(200_000);
    let module = with_body("rule_push", &format!("{body} (i32.const 0)"));
    told("a long function", &module, "bytes of code in one function");
    let mut module = Module::new();
    module.section(&CustomSection {
        name: "rule-abi".into(),
        data: b"1.0".into(),
    });
    module.section(&RawSection {
        id: SectionId::Code.into(),
        data: &vec![0; (64 << 20) + 1],
    });
    told(
        "many functions",
        &module.finish(),
        "bytes of code in all its functions",
    );
}

#[test]
fn no_call_follows_one_that_was_stopped() {
    // Each call that never comes back costs its whole time: closing is one, too.
    let text = "(func (export \"rule_close\") (param i32) (result i32) (i32.const 0))";
    let hangs = format!("(func (export \"rule_close\") (param i32) (result i32) {FOREVER})");
    let module = changed(text, &hangs);
    // By itself it ends, since it is ended.
    first_error(&module).expect("closing is no part of it");

    let module = Compiler::new()
        .bounded(BOUNDS)
        .bytes("hostile.wasm", &with_body("rule_push", FOREVER))
        .expect("it loads");
    let mut instance = module.instantiate().expect("it starts");
    let mut session = instance.open(&json!({})).expect("it opens");
    assert!(session.push(b"{}\n").is_err());
    let error = session.finish().expect_err("it was stopped").to_string();
    assert!(error.contains("`hostile.wasm`") && error.contains("stopped before"));
}

#[test]
fn more_than_there_is() {
    let pages = MEMORY_LIMIT / 65_536;
    for (name, from, to, expected) in [
        (
            "a memory above the limit from the start",
            "\"memory\") 8)",
            &*format!("\"memory\") {})", pages + 1),
            "stopped in `start`: memory minimum size",
        ),
        (
            "a table of all there is",
            "(memory",
            "(table 0xffffffff funcref) (memory",
            "stopped in `start`: table minimum size",
        ),
        (
            "a memory of 64 bits",
            "\"memory\") 8)",
            "\"memory\") i64 8)",
            "no WebAssembly core module",
        ),
        (
            "two memories",
            "(memory",
            "(memory $b 1) (memory",
            "no WebAssembly core module",
        ),
        (
            "a memory that is shared",
            "\"memory\") 8)",
            "\"memory\") 8 8 shared)",
            "no WebAssembly core module",
        ),
    ] {
        told(name, &changed(from, to), expected);
    }
    let deep = "(func $s (param i64 i64 i64 i64) (call $s (local.get 3) (local.get 2) \
        (local.get 1) (local.get 0))) (func $t (call $s (i64.const 1) (i64.const 2) \
        (i64.const 3) (i64.const 4))) (start $t) (memory";
    told(
        "a start without a bottom",
        &changed("(memory", deep),
        "stopped in `start`: wasm trap: call stack exhausted",
    );
}

/// A module that has this text at 4096 and gives it as its alerts, without end.
fn saying(text: &str) -> Vec<u8> {
    let escaped: String = text.bytes().map(|byte| format!("\\{byte:02x}")).collect();
    let answer = (4096_u64 << 32) + text.len() as u64;
    changed(
        "(i64.const 0x1000000000))",
        &format!("(i64.const {answer})) (data (i32.const 4096) \"{escaped}\")"),
    )
}

#[test]
fn alerts_without_end() {
    told(
        "the same alert for ever",
        &saying("{\"kind\":\"final\"}\n"),
        "gave more than 1048576 bytes of alerts at once",
    );
    let all = format!("(i64.const {})", (MEMORY_LIMIT / 2) as u64);
    let large = with_body(
        "rule_alerts",
        &format!(
            "(drop (memory.grow (i32.const {}))) {all}",
            MEMORY_LIMIT / 65_536 - 8
        ),
    );
    told("one of half its memory", &large, "gave more than 1048576");
}

#[test]
fn alerts_that_are_none() {
    for (text, expected) in [
        ("{}", "the last line has no end"),
        ("\n", "it is no object"),
        ("[]\n", "it is no object"),
        ("{\n", "EOF while parsing"),
        ("{} {}\n", "trailing characters"),
        ("{}\r\n", "a control character"),
        ("{\"a\":\"\u{1b}[2J\"}\n", "a control character"),
        ("{\t}\n", "a control character"),
        ("{}\0\n", "a control character"),
    ] {
        told(text, &saying(text), "answered `rule_alerts` wrongly: ");
        told(text, &saying(text), expected);
    }
    // It is JSON, however deep, and given on like all else until there is too much of it.
    let (open, close) = ("[".repeat(20_000), "]".repeat(20_000));
    let nested = format!("{{\"a\":{open}{close}}}\n");
    told("nested", &saying(&nested), "gave more than 1048576 bytes");
}

#[test]
fn answers_that_nobody_can_hold() {
    // 128 MiB of memory that were never written to.
    let grown = |answer: &str| format!("(drop (memory.grow (i32.const 2048))) {answer}");
    for (call, limit) in [
        ("rule_describe", 64 << 20),
        ("rule_explain", 64 << 20),
        ("rule_counters", 4 << 20),
    ] {
        let module = with_body(call, &grown("(i64.const 0x1000006000000)"));
        let expected = format!(
            "answered `{call}` wrongly: 100663296 bytes are more than the {limit} that it may say"
        );
        told(call, &module, &expected);
    }
}

#[test]
fn the_program_tells_it_and_goes_on_to_its_end() {
    let desk = Desk::new();
    desk.file("hangs.wasm", with_body("rule_push", FOREVER));
    desk.file("a.json", "{\"a\":1}\n");
    let quick = ["--module", "hangs.wasm", "--module-timeout", "100ms"];
    for arguments in [
        &["run", "a.json"][..],
        &["run", "a.json", "--jobs", "2"],
        &["run", "a.json", "--checkpoint", "state", "--to", "out"],
    ] {
        desk.run(&[arguments, &quick].concat()).told(
            2,
            &[
                "the module `hangs.wasm` was stopped in `rule_push`",
                "100ms",
            ],
        );
    }
    desk.file("hangs.wasm", with_body("rule_open", FOREVER));
    for arguments in [&["check"][..], &["describe"], &["explain", "a.json"]] {
        let ran = desk.run(&[arguments, &quick].concat());
        ran.told(1, &[]);
        // What `check` finds is its result.
        let told = ran.out() + &ran.err();
        let stopped = "the module `hangs.wasm` was stopped in `rule_open`";
        assert!(told.contains(stopped), "{arguments:?}: {told}");
    }
    desk.file("speaks.wasm", saying("{\"kind\":\"final\"}\n"));
    desk.run(&[
        "run",
        "a.json",
        "--module",
        "speaks.wasm",
        "--module-output",
        "64KiB",
    ])
    .told(2, &["`speaks.wasm` gave more than 65536 bytes of alerts"]);
    // Named by what it is, an import cannot write to the terminal.
    let import = "(import \"\\1b[2J\" \"x\" (func)) (memory";
    desk.file("escapes.wasm", changed("(memory", import));
    let ran = desk.run(&["describe", "--module", "escapes.wasm"]);
    ran.told(1, &["`escapes.wasm` imports"]);
    assert!(!ran.err().contains('\u{1b}'), "{:?}", ran.err());
}
