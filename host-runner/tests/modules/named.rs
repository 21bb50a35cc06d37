//! Modules that are named by their digest: `--sha256`.

use std::fs;

use host_runner::module::{Build, Digest};

use crate::desk::Desk;
use crate::with_body;

#[test]
fn only_the_module_that_is_meant_runs() {
    let desk = Desk::new();
    desk.file("a.json", "{\"a\":1}\n");
    desk.run(&["pack", "--search", "a=1", "--out", "rule.wasm"])
        .told(0, &["SHA-256 "]);
    let digest = Digest::of(&fs::read(desk.path("rule.wasm")).expect("there")).to_string();
    let described = desk.run(&["describe", "--module", "rule.wasm"]);
    assert!(described.out().contains(&format!("sha256 {digest}")));

    // Another one would have run until it was stopped.
    let other = with_body("rule_open", "unreachable");
    desk.file("other.wasm", &other);
    let found = Digest::of(&other).to_string();
    for command in [
        &["run", "a.json"][..],
        &["run", "a.json", "--jobs", "2"],
        &["explain", "a.json"],
        &["describe"],
        &["check"],
        &["pack", "--out", "again.wasm"],
    ] {
        let refused = [command, &["--module", "other.wasm", "--sha256", &digest]].concat();
        desk.run(&refused).told(
            1,
            &["`other.wasm` has the SHA-256", &found, &digest, "not run"],
        );
    }
    assert!(!desk.path("again.wasm").exists());
    let upper = digest.to_ascii_uppercase();
    desk.run(&["run", "a.json", "--module", "rule.wasm", "--sha256", &upper])
        .told(0, &["read 1 event"]);
}

#[test]
fn the_built_in_module_has_one_too() {
    let desk = Desk::new();
    let portable = Build::Portable.digest().to_string();
    desk.run(&["describe", "--portable", "--sha256", &portable])
        .told(0, &[]);
    let other = Digest::of(b"").to_string();
    desk.run(&["describe", "--sha256", &other])
        .told(1, &["the built-in module", &other]);
    desk.run(&["describe", "--sha256", "ba78"])
        .told(1, &["64 hexadecimal digits"]);
}

#[test]
fn a_file_without_an_end_is_no_module() {
    if !fs::exists("/dev/zero").is_ok_and(|there| there) {
        println!("skipped: this system has no /dev/zero");
        return;
    }
    let desk = Desk::new();
    for command in [&["describe"][..], &["pack", "--out", "a.wasm"]] {
        desk.run(&[command, &["--module", "/dev/zero"]].concat())
            .told(1, &["cannot read the module `/dev/zero`", "256 MiB"]);
    }
}
