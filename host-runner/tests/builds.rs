//! The two builds of the module in the program: which one runs, and that nobody can tell
//! by the results.

mod desk;

use std::fs;
use std::path::Path;

use desk::{Desk, hits};
use host_runner::module::{Build, Cache, Compiler, Module};
use serde_json::{Value, json};

fn module(build: Build) -> Module {
    let cache = Cache::open(desk::CACHE.as_ref()).expect("a folder of the user's");
    let compiler = Compiler::with_cache(cache);
    let module = compiler.embedded(Some(build)).expect("it compiles");
    assert_eq!(module.build(), Some(build));
    module
}

/// What a build gives for an input: the alerts, what was counted, and the state before the end.
fn results(module: &Module, name: &str, bytes: &[u8], split: usize) -> (String, String, Vec<u8>) {
    let mut instance = module.instantiate().expect("it starts");
    let configuration = json!({ "window": "all", "samples": 3, "detections": [
        { "name": "built-in alike", "id": "1", "search": "New-MailboxExportRequest | stats count by host" },
        { "name": "all", "id": "2", "search": "* | stats count min(_time) by sourcetype" },
        { "name": "none", "id": "3", "search": "\"is nowhere\" | stats count" },
    ] });
    let mut session = instance.open(&configuration).expect("it opens");
    session.input(&json!({ "name": name })).expect("an input");
    for part in bytes.chunks(split) {
        session.push(part).expect("taken");
    }
    let state = session.snapshot().expect("a state").to_vec();
    session.finish().expect("done");
    let mut alerts = String::new();
    loop {
        let lines = session.alerts().expect("alerts");
        if lines.is_empty() {
            break;
        }
        alerts.push_str(std::str::from_utf8(lines).expect("text"));
    }
    let counters = format!("{:?}", session.counters().expect("counters"));
    (alerts, counters, state)
}

#[test]
fn both_give_the_same() {
    let builds = [Build::Portable, Build::Simd].map(module);
    let mut inputs = vec![("hits".to_owned(), hits(200).into_bytes())];
    let logs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples/logs");
    for log in fs::read_dir(logs).expect("the samples") {
        let path = log.expect("a log").path();
        let name = path.file_name().expect("named").display().to_string();
        inputs.push((name, fs::read(path).expect("read")));
    }
    let mut alerts = 0;
    for (name, bytes) in &inputs {
        for split in [bytes.len(), 4096, 61] {
            let [portable, simd] = builds
                .each_ref()
                .map(|build| results(build, name, bytes, split));
            assert_eq!(portable, simd, "{name} by {split}");
            alerts += portable.0.lines().count();
        }
    }
    assert!(alerts > 0);
}

#[test]
fn the_state_of_one_is_taken_by_the_other() {
    let events = hits(60);
    let (before, after) = events.split_at(events.len() / 2);
    let all: Vec<String> = [
        (Build::Portable, Build::Simd),
        (Build::Simd, Build::Portable),
    ]
    .map(|(first, second)| {
        let mut instance = module(first).instantiate().expect("it starts");
        let mut session = instance.open(&json!({})).expect("it opens");
        session.push(before.as_bytes()).expect("taken");
        let state = session.snapshot().expect("a state").to_vec();
        let mut instance = module(second).instantiate().expect("it starts");
        let mut session = instance.open(&json!({})).expect("it opens");
        session.restore(&state).expect("taken");
        session.push(after.as_bytes()).expect("taken");
        session.finish().expect("done");
        String::from_utf8(session.alerts().expect("alerts").to_vec()).expect("text")
    })
    .into();
    assert!(!all[0].is_empty());
    assert_eq!(all[0], all[1]);
}

#[test]
fn the_machine_or_the_user_decides() {
    let desk = Desk::new();
    desk.file("a.json", hits(10));
    let described = |arguments: &[&str]| -> Value {
        let ran = desk.run(&[&["describe", "--output", "json"], arguments].concat());
        assert_eq!(ran.code(), Some(0), "{}", ran.err());
        serde_json::from_str(&ran.out()).expect("JSON")
    };
    let by_itself = described(&[]);
    let of_this_machine = Module::embedded().expect("it compiles").build();
    assert_eq!(
        by_itself["host"]["build"],
        of_this_machine.expect("one").name()
    );
    if cfg!(target_arch = "aarch64") {
        assert_eq!(by_itself["host"]["build"], "simd");
    }
    let portable = described(&["--portable"]);
    assert_eq!(portable["host"]["build"], "portable");
    assert_eq!(portable["digest"], by_itself["digest"]);

    let run = |arguments: &[&str]| desk.run(&[&["run", "a.json"], arguments].concat());
    let (one, other) = (run(&[]), run(&["--portable"]));
    assert!(!one.out().is_empty());
    assert_eq!((one.out(), one.err()), (other.out(), other.err()));

    // A module of the user's is what it is.
    desk.run(&["pack", "--out", "rule.wasm", "--simd"])
        .told(0, &[]);
    let packed = described(&["--module", "rule.wasm"]);
    assert_eq!(packed["host"]["build"], Value::Null);
    run(&["--module", "rule.wasm", "--portable"]).told(1, &["--portable"]);
}
