//! How many instructions the module takes for an event: the gate that speed goes through.
//!
//! Seconds depend on the machine and on what else it does; what a module executes does not.
//! wasmtime counts it, over the sets of the race, and `instructions.toml` says how many it
//! may be. A change that makes them more is a regression, or has a reason: then the file is
//! written anew, by `RULE_TESTS_WRITE=1 cargo test --package rule-tests --test
//! instructions`, and the change says why.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use rule_tests::{MODULE, MODULE_SIMD};
use sets::Set;
use wasmtime::{Config, Engine, Instance, Module, Store, TypedFunc, WasmParams, WasmResults};

/// Of each set so many bytes: the first so many warm up, the others are counted.
const WARM_UP: usize = 256 << 10;
const COUNTED: usize = 1 << 20;

/// A whole set of the race is as long; its events are as dense in time as those.
const SIZE: u64 = 512 << 20;

/// Another release of the compiler may make a little more of the same source.
const TOLERANCE: f64 = 1.1;

/// An instance that counts.
struct Guest {
    store: Store<()>,
    instance: Instance,
}

impl Guest {
    fn start(module: &[u8]) -> Self {
        let engine = Engine::new(Config::new().consume_fuel(true)).expect("an engine");
        let module = Module::new(&engine, module).expect("wasmtime takes the module");
        let mut store = Store::new(&engine, ());
        store.set_fuel(u64::MAX).expect("fuel is counted");
        let instance = Instance::new(&mut store, &module, &[]).expect("it imports nothing");
        Guest { store, instance }
    }

    fn call<P: WasmParams, R: WasmResults>(&mut self, export: &str, arguments: P) -> R {
        let function: TypedFunc<P, R> = self
            .instance
            .get_typed_func(&mut self.store, export)
            .unwrap_or_else(|error| panic!("`{export}`: {error}"));
        function
            .call(&mut self.store, arguments)
            .unwrap_or_else(|error| panic!("`{export}`: {error:?}"))
    }

    fn put(&mut self, bytes: &[u8]) -> (i32, i32) {
        let length = i32::try_from(bytes.len()).expect("a length");
        let pointer: i32 = self.call("malloc", length);
        let memory = self.instance.get_memory(&mut self.store, "memory");
        let memory = memory.expect("it exports its memory");
        memory
            .write(&mut self.store, pointer as u32 as usize, bytes)
            .expect("it is in the memory");
        (pointer, length)
    }

    /// The instructions of a push, and of taking the alerts behind it.
    fn push(&mut self, handle: i32, bytes: &[u8]) -> u64 {
        let (pointer, length) = self.put(bytes);
        let before = self.store.get_fuel().expect("fuel is counted");
        let waiting: i32 = self.call("rule_push", (handle, pointer, length));
        assert!(waiting >= 0, "rule_push gives {waiting}");
        while self.call::<i32, i64>("rule_alerts", handle) as u32 != 0 {}
        let after = self.store.get_fuel().expect("fuel is counted");
        self.call::<i32, ()>("free", pointer);
        before - after
    }
}

/// Instructions for an event of a set.
fn per_event(module: &[u8], set: Set) -> u64 {
    let mut text = Vec::new();
    let bytes = (WARM_UP + COUNTED) as u64;
    sets::write(set, SIZE, bytes, &mut text).expect("it is written to memory");
    let mut guest = Guest::start(module);
    let config = set.rules().configuration_with_limits();
    let (pointer, length) = guest.put(config.as_bytes());
    let handle: i32 = guest.call("rule_open", (pointer, length));
    assert!(handle > 0, "rule_open gives {handle}");
    let (warm_up, counted) = text.split_at(WARM_UP);
    guest.push(handle, warm_up);
    let blocks = counted.chunks(256 << 10);
    let all: u64 = blocks.map(|block| guest.push(handle, block)).sum();
    all * sets::LINE as u64 / counted.len() as u64
}

#[test]
fn an_event_takes_no_more_instructions_than_it_may() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions.toml");
    let mut found: BTreeMap<&str, BTreeMap<String, u64>> = BTreeMap::new();
    for (build, module) in [("portable", MODULE), ("simd", MODULE_SIMD)] {
        let counts = found.entry(build).or_default();
        for set in Set::RACED {
            counts.insert(set.name(), per_event(module, set));
        }
    }
    if std::env::var_os("RULE_TESTS_WRITE").is_some() {
        let mut text = String::from(
            "# Instructions that the module takes for 1,024 bytes of each set of the race.\n\
             # Written by the test `instructions`, which says how.\n",
        );
        for (build, counts) in &found {
            let _ = writeln!(text, "\n[{build}]");
            for (set, count) in counts {
                let _ = writeln!(text, "\"{set}\" = {count}");
            }
        }
        fs::write(&file, text).expect("instructions.toml is written");
        return;
    }
    let allowed = fs::read_to_string(&file).expect("instructions.toml is there");
    let allowed: BTreeMap<String, BTreeMap<String, u64>> =
        toml::from_str(&allowed).expect("instructions.toml is a table");
    let mut table = String::new();
    let mut is_within = true;
    for (build, counts) in &found {
        for (set, count) in counts {
            let may = allowed[*build][set];
            let ratio = *count as f64 / may as f64;
            is_within &= ratio <= TOLERANCE;
            let _ = writeln!(table, "{build:8} {set:12} {count:8} of {may:8}, {ratio:.3}");
        }
    }
    assert!(is_within, "more instructions than may be:\n{table}");
}
