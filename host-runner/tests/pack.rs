//! `pack`: a module with its rules in it, as a file.

mod desk;

use std::collections::BTreeSet;
use std::fs;

use desk::Desk;
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

const RULE: [&str; 2] = ["--search", "a=hello | stats count by b"];

/// What a module imports, and the functions that it exports.
fn edges(module: &[u8]) -> (usize, BTreeSet<String>) {
    let (mut imports, mut exports) = (0, BTreeSet::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload.expect("a module") {
            Payload::ImportSection(section) => imports += section.count() as usize,
            Payload::ExportSection(section) => {
                let names = section.into_iter().map(|export| export.expect("an export"));
                exports.extend(names.map(|export| export.name.to_owned()));
            }
            _ => {}
        }
    }
    (imports, exports)
}

fn pack(desk: &Desk, out: &str, more: &[&str]) -> Vec<u8> {
    let ran = desk.run(&[&["pack", "--out", out], more].concat());
    ran.told(0, &["packed 1 rule into", out]);
    fs::read(desk.path(out)).expect("the module")
}

#[test]
fn the_same_rules_give_the_same_bytes_and_what_is_in_them_runs() {
    let desk = Desk::new();
    let events = "{\"a\":\"hello\",\"b\":1}\n{\"a\":\"other\",\"b\":1}\n";
    desk.file("events", events);
    let module = pack(&desk, "rule.wasm", &RULE);
    assert!(
        module == pack(&desk, "again.wasm", &RULE),
        "the bytes are the same"
    );
    let (imports, exports) = edges(&module);
    assert_eq!(imports, 0);
    let (_, base) = edges(host_runner::module::EMBEDDED);
    assert_eq!(
        base.difference(&exports).collect::<Vec<_>>(),
        ["rule_pack"],
        "all else stays"
    );
    assert_eq!(exports.difference(&base).count(), 0, "nothing is added");

    let run =
        |arguments: &[&str]| desk.run(&[&["run", "events", "--window", "all"], arguments].concat());
    let packed = run(&["--module", "rule.wasm"]);
    assert_eq!(packed.out(), run(&RULE).out());
    let described = desk.run(&["describe", "--module", "rule.wasm"]);
    assert!(described.out().contains("a=hello | stats count by b"));
    desk.run(&["pack", "--module", "rule.wasm", "--out", "twice.wasm"])
        .told(1, &["`rule.wasm` is packed already"]);
}

/// Memory that was only tried would be memory that every host grants for nothing.
#[test]
fn it_starts_small_and_needs_no_more_of_a_runtime() {
    let desk = Desk::new();
    let module = pack(&desk, "rule.wasm", &[]);
    let accepted = WasmFeatures::WASM1;
    let refused = |module: &[u8]| {
        Validator::new_with_features(accepted)
            .validate_all(module)
            .err()
    };
    assert!(refused(&module).is_none(), "{:?}", refused(&module));
    for payload in Parser::new(0).parse_all(&module) {
        if let Payload::MemorySection(section) = payload.expect("a module") {
            let pages: Vec<u64> = section
                .into_iter()
                .map(|memory| memory.expect("one").initial)
                .collect();
            assert!(
                pages.iter().all(|pages| *pages <= 128),
                "{pages:?} pages of 64 KiB"
            );
        }
    }
    let simd = pack(&desk, "simd.wasm", &["--simd"]);
    assert!(
        refused(&simd).is_some(),
        "the build for hosts with SIMD has SIMD"
    );
    desk.file("events", "{\"a\":\"hello\"}\n");
    desk.run(&["run", "events", "--module", "simd.wasm"])
        .told(0, &["read 1 event"]);
}

#[test]
fn settings_are_packed_and_can_be_given_over() {
    let desk = Desk::new();
    desk.file("config.yml", "window: all\nmacros:\n  m: a=hello\n");
    desk.file("events", "{\"a\":\"hello\"}\n{\"a\":\"other\"}\n");
    let rule = [
        "--search",
        "`m` sourcetype=s | stats count",
        "--config",
        "config.yml",
        "--sourcetype",
        "s",
    ];
    pack(&desk, "open.wasm", &rule);
    pack(&desk, "sealed.wasm", &[&rule[..], &["--sealed"]].concat());
    let run = |module: &str, more: &[&str]| {
        desk.run(&[&["run", "events", "--module", module], more].concat())
    };
    for module in ["open.wasm", "sealed.wasm"] {
        let ran = run(module, &[]);
        assert!(ran.out().contains(r#""row":{"count":1}"#), "{}", ran.out());
    }
    run("open.wasm", &["--macro", "m=a=*"]).told(0, &["read 2 events, 2 matched"]);
    run("sealed.wasm", &["--macro", "m=a=*"]).told(1, &["sealed", "`macros` cannot be given"]);
}

#[test]
fn what_cannot_be_packed() {
    let desk = Desk::new();
    desk.file("none.wasm", "no module");
    desk.run(&["pack", "--out", "a.wasm", "--search", "a=("])
        .told(1, &["error"]);
    desk.run(&["pack", "--out", "a.wasm", "--module", "none.wasm"])
        .told(1, &["`none.wasm` is no WebAssembly core module"]);
    desk.run(&["pack", "--out", "no/folder/a.wasm"])
        .told(1, &["cannot write the results to `no/folder/a.wasm`"]);
    desk.run(&["pack", "--out", "a.wasm", "--simd", "--module", "none.wasm"])
        .told(1, &["cannot be used with"]);
    assert!(!desk.path("a.wasm").exists());
}
