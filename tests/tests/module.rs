//! The module as a file, and the parts of its ABI that no case can reach: what it
//! exports, what it needs of a runtime, handles, and the numbers of errors.

use std::collections::BTreeMap;

use rule_tests::host::Host;
use rule_tests::host::abi::{Argument, Client, Guest};
use rule_tests::host::wasmtime::Guest as Wasmtime;
use rule_tests::{MODULE, MODULE_SIMD};
use rule_wasm::error_number;
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

/// The exports of ABI 1.0 with their types.
const EXPORTS: [(&str, &str); 20] = [
    ("free", "(i32) -> ()"),
    ("malloc", "(i32) -> (i32)"),
    ("rule_abi_version", "() -> (i32)"),
    ("rule_advance", "(i32, i64) -> (i32)"),
    ("rule_alerts", "(i32) -> (i64)"),
    ("rule_close", "(i32) -> (i32)"),
    ("rule_counters", "(i32) -> (i64)"),
    ("rule_describe", "(i32) -> (i64)"),
    ("rule_explain", "(i32, i32, i32) -> (i64)"),
    ("rule_finish", "(i32) -> (i32)"),
    ("rule_fluent_bit", "(i32, i32, i32, i32, i32, i32) -> (i32)"),
    ("rule_input", "(i32, i32, i32) -> (i32)"),
    ("rule_last_error", "(i32) -> (i64)"),
    ("rule_merge", "(i32, i32, i32) -> (i32)"),
    ("rule_open", "(i32, i32) -> (i32)"),
    ("rule_pack", "(i32, i32) -> (i32)"),
    ("rule_pass", "(i32, i32, i32, i32) -> (i32)"),
    ("rule_push", "(i32, i32, i32) -> (i32)"),
    ("rule_restore", "(i32, i32, i32) -> (i32)"),
    ("rule_snapshot", "(i32) -> (i64)"),
];

/// What the linker of Rust exports beside them.
const OF_THE_LINKER: [&str; 2] = ["__data_end", "__heap_base"];

/// What it exports because the module brings its own.
const OF_THE_COMPILER: [&str; 3] = ["bcmp", "memcmp", "memcpy"];

fn client() -> Client<Wasmtime> {
    Client::new(Wasmtime::start(None))
}

fn code(error: &[u8]) -> String {
    let error: serde_json::Value = serde_json::from_slice(error).unwrap();
    error["code"].as_str().unwrap().to_string()
}

#[test]
fn it_imports_nothing_and_exports_the_abi() {
    let engine = wasmtime::Engine::default();
    let module = wasmtime::Module::new(&engine, MODULE).unwrap();
    assert_eq!(module.imports().count(), 0);
    let mut exports = BTreeMap::new();
    let mut memories = Vec::new();
    for export in module.exports() {
        match export.ty() {
            wasmtime::ExternType::Func(_) if OF_THE_COMPILER.contains(&export.name()) => {}
            wasmtime::ExternType::Func(ty) => {
                let list = |types: Vec<String>| format!("({})", types.join(", "));
                let parameters = list(ty.params().map(|ty| ty.to_string()).collect());
                let results = list(ty.results().map(|ty| ty.to_string()).collect());
                exports.insert(
                    export.name().to_string(),
                    format!("{parameters} -> {results}"),
                );
            }
            wasmtime::ExternType::Memory(_) => memories.push(export.name().to_string()),
            _ => assert!(OF_THE_LINKER.contains(&export.name()), "{}", export.name()),
        }
    }
    assert_eq!(memories, ["memory"]);
    let wanted = EXPORTS.map(|(name, ty)| (name.to_string(), ty.to_string()));
    assert_eq!(exports, BTreeMap::from(wanted));
}

#[test]
fn its_version_can_be_read_without_running_it() {
    let mut sections = Vec::new();
    for payload in Parser::new(0).parse_all(MODULE) {
        if let Payload::CustomSection(section) = payload.unwrap()
            && section.name() == "rule-abi"
        {
            sections.push(section.data().to_vec());
        }
    }
    assert_eq!(sections, [b"1.0"]);
    let version = client().guest().call("rule_abi_version", &[]);
    assert_eq!(version, 1 << 16, "major << 16 + minor");
}

/// The first version of WebAssembly is enough. Fluent Bit's runtime takes more, but
/// refuses SIMD, tail calls and constants that are computed at load.
#[test]
fn it_needs_nothing_that_fluent_bit_refuses() {
    let accepted = WasmFeatures::WASM1;
    Validator::new_with_features(accepted)
        .validate_all(MODULE)
        .unwrap();
}

/// Whoever builds it elsewhere gets the same bytes.
#[test]
fn it_names_no_folder_of_the_machine_that_built_it() {
    let workspace = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let workspace = std::fs::canonicalize(workspace).unwrap();
    let workspace = workspace.to_str().unwrap();
    for module in [MODULE, MODULE_SIMD] {
        let names = |text: &str| module.windows(text.len()).any(|at| at == text.as_bytes());
        // It does name source files.
        assert!(names("rule-core/src/"));
        for folder in [workspace, "/.cargo/", "/registry/", "/rustlib/"] {
            assert!(!names(folder), "{folder}");
        }
    }
}

/// The number and the code of each error of a call; a number is never another's.
#[test]
fn errors_have_numbers() {
    use rule_core::session::ErrorCode::*;
    let detection = |search: &str| {
        let detection = serde_json::json!({"name": "n", "id": "i", "search": search});
        serde_json::json!({ "detections": detection }).to_string()
    };
    let cron = detection("a=1").replace("\"id\"", "\"schedule\":{\"cron\":\"x\"},\"id\"");
    let cases = [
        ("{".to_string(), BadConfiguration, "bad_configuration"),
        (r#"{"x":1}"#.to_string(), UnknownKey, "unknown_key"),
        (
            r#"{"detections":{}}"#.to_string(),
            BadDetection,
            "bad_detection",
        ),
        (detection("a="), Syntax, "syntax"),
        (detection("`x`"), UndefinedMacro, "undefined_macro"),
        (
            detection("`x`").replace("{\"det", "{\"macros\":{\"x\":\"`x`\"},\"det"),
            MacroCycle,
            "macro_cycle",
        ),
        (
            detection("`security_content_ctime`"),
            MacroArguments,
            "macro_arguments",
        ),
        (cron, BadSchedule, "bad_schedule"),
        (
            detection("a=1 | x"),
            UnsupportedCommand,
            "unsupported_command",
        ),
        (
            detection("a=1 | stats x(a)"),
            UnsupportedFunction,
            "unsupported_function",
        ),
        (
            detection("a=1 | stats x=1 count"),
            UnsupportedOption,
            "unsupported_option",
        ),
        (
            detection("a=1 [b]"),
            UnsupportedFeature,
            "unsupported_feature",
        ),
    ];
    let mut client = client();
    for (config, number, name) in cases {
        let bytes = client.put(config.as_bytes()).unwrap();
        let got = client.guest().call("rule_open", &bytes);
        client.take_back(bytes);
        assert_eq!(got, i64::from(error_number(number)), "{config}");
        assert_eq!(code(&client.last_error(0)), name, "{config}");
    }
}

#[test]
fn a_handle_that_is_none_is_an_error_everywhere() {
    let mut client = client();
    client.open(b"").unwrap();
    let closed = client.handle();
    assert_eq!(
        client.guest().call("rule_close", &[Argument::I32(closed)]),
        0
    );
    for handle in [closed, closed + 1, -1, i32::MAX, i32::MIN] {
        for (export, ty) in EXPORTS {
            let of_handle = ty.starts_with("(i32") && export.starts_with("rule_");
            let others = [
                "rule_open",
                "rule_last_error",
                "rule_pack",
                "rule_fluent_bit",
            ];
            if !of_handle || others.contains(&export) {
                continue;
            }
            let mut arguments = vec![Argument::I32(handle)];
            match export {
                "rule_advance" => arguments.push(Argument::I64(0)),
                _ => {
                    let parameters = ty.split(" ->").next().unwrap_or_default();
                    let others = parameters.matches(", i32").count();
                    arguments.extend((0..others).map(|_| Argument::I32(0)));
                }
            }
            let got = client.guest().call(export, &arguments);
            assert_eq!(got, if ty.ends_with("(i64)") { 0 } else { -1 }, "{export}");
        }
        assert_eq!(code(&client.last_error(handle)), "bad_handle");
    }
}

#[test]
fn bytes_that_are_no_snapshot_change_nothing() {
    let mut client = client();
    client.open(br#"{"window":"all"}"#).unwrap();
    let before = client.counters();
    let snapshot = client.snapshot().unwrap();
    let mut newer = snapshot.clone();
    newer[9] += 1;
    for (bytes, wanted) in [
        (&b""[..], "this is no snapshot"),
        (b"{}", "this is no snapshot"),
        (&snapshot[..snapshot.len() - 1], "the snapshot is damaged"),
        (&newer, "the snapshot is of version 2"),
    ] {
        for error in [client.restore(bytes).err(), client.merge(bytes).err()] {
            let error = error.unwrap();
            assert_eq!(code(&error), "bad_snapshot");
            assert!(
                String::from_utf8(error).unwrap().contains(wanted),
                "{wanted}"
            );
        }
    }
    let handle = Argument::I32(client.handle());
    let nothing = [handle, Argument::I32(0), Argument::I32(0)];
    assert_eq!(client.guest().call("rule_restore", &nothing), -50);
    assert_eq!(client.guest().call("rule_merge", &nothing), -50);
    client.open(br#"{"window":"schedule"}"#).unwrap();
    assert_eq!(code(&client.restore(&snapshot).unwrap_err()), "other_rules");
    assert_eq!(client.counters(), before);
}

/// An alert that was taken is gone, and an empty answer is no error.
#[test]
fn alerts_are_taken_once() {
    let mut client = client();
    let config = br#"{"detections":{"name":"n","id":"i","search":"a=1"},"window":"all"}"#;
    client.open(config).unwrap();
    assert_eq!(client.alerts(), b"");
    client.push(b"{\"a\":1}").unwrap();
    assert_eq!(client.finish().unwrap(), 1);
    assert!(client.alerts().ends_with(b"\n"));
    assert_eq!(client.alerts(), b"");
}

/// Sessions in one instance know nothing of each other, and each is as it would
/// be alone.
#[test]
fn sessions_stand_side_by_side() {
    let mut client = client();
    let open = |client: &mut Client<Wasmtime>, search: &str| {
        let detection = serde_json::json!({"name": "n", "id": "i", "search": search});
        let config = serde_json::json!({"detections": detection, "window": "all"}).to_string();
        let bytes = client.put(config.as_bytes()).unwrap();
        let handle = client.guest().call("rule_open", &bytes);
        client.take_back(bytes);
        assert!(handle > 0);
        Argument::I32(handle as i32)
    };
    let push = |client: &mut Client<Wasmtime>, handle: Argument, text: &str| {
        let [at, length] = client.put(text.as_bytes()).unwrap();
        let waiting = client.guest().call("rule_push", &[handle, at, length]);
        client.take_back([at, length]);
        waiting
    };
    let first = open(&mut client, "a=1");
    let second = open(&mut client, "a=2");
    assert_eq!(push(&mut client, first, "{\"a\":"), 0);
    assert_eq!(push(&mut client, second, "{\"a\":2}{\"a\":"), 0);
    assert_eq!(push(&mut client, first, "1}"), 0);
    assert_eq!(client.guest().call("rule_finish", &[first]), 1);
    assert_eq!(client.guest().call("rule_close", &[first]), 0);
    assert_eq!(push(&mut client, second, "2}{\"a\":1}"), 0);
    assert_eq!(client.guest().call("rule_finish", &[second]), 2);
}

/// A host that asks for more than there is gets 0, and goes on.
#[test]
fn malloc_gives_zero_where_there_is_no_memory() {
    let mut client = Client::new(Wasmtime::start(Some(64 << 20)));
    for length in [-1, i32::MIN, i32::MAX, 65 << 20] {
        assert_eq!(client.guest().call("malloc", &[Argument::I32(length)]), 0);
    }
    let empty = client.guest().call("malloc", &[Argument::I32(0)]);
    assert_ne!(empty, 0);
    client.guest().free(empty as i32);
    client.guest().free(0);
    client.open(b"").unwrap();
}
