//! Compiled modules that are kept: taken at the next start, and never where they are not
//! what was kept.

mod desk;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use desk::{Desk, hits};
use host_runner::module::{Cache, CacheError, Compiler, Module, Origin};
use serde_json::{Value, json};

/// A module that has counted so many records, and does nothing else. It is compiled in a
/// moment.
fn module(records: u32) -> Vec<u8> {
    const TEXT: &str = r#"
(module
  (@custom "rule-abi" "1.0")
  (memory (export "memory") 8)
  (data (i32.const 128) "{\"records\":N}")
  (func (export "rule_abi_version") (result i32) (i32.const 65536))
  (func (export "malloc") (param i32) (result i32) (i32.const 65536))
  (func (export "free") (param i32))
  (func (export "rule_open") (param i32 i32) (result i32) (i32.const 1))
  (func (export "rule_close") (param i32) (result i32) (i32.const 0))
  (func $bytes (param i32 i32 i32) (result i32) (i32.const 0))
  (export "rule_input" (func $bytes))
  (export "rule_push" (func $bytes))
  (export "rule_restore" (func $bytes))
  (export "rule_merge" (func $bytes))
  (func (export "rule_advance") (param i32 i64) (result i32) (i32.const 0))
  (func (export "rule_finish") (param i32) (result i32) (i32.const 0))
  (func $answer (param i32) (result i64) (i64.const 0x800000000d))
  (export "rule_alerts" (func $answer))
  (export "rule_describe" (func $answer))
  (export "rule_counters" (func $answer))
  (export "rule_snapshot" (func $answer))
  (export "rule_last_error" (func $answer))
  (func (export "rule_explain") (param i32 i32 i32) (result i64) (i64.const 0))
)
"#;
    assert!(records < 10, "one digit");
    wat::parse_str(TEXT.replace(":N}", &format!(":{records}}}"))).expect("a module")
}

/// Makes the module of so many records; answers where its code was from, and the records
/// that the code that then ran has counted.
fn start(folder: &Path, records: u32) -> (Origin, u64) {
    let cache = Cache::open(folder).expect("a folder of the user's");
    let module = Compiler::with_cache(cache)
        .bytes("small.wasm", &module(records))
        .expect("a module");
    (module.origin(), counted(&module))
}

fn counted(module: &Module) -> u64 {
    let mut instance = module.instantiate().expect("it starts");
    let mut session = instance.open(&json!({})).expect("it opens");
    session.counters().expect("its counters").records
}

/// The folders of the modules in a cache; what is in the making is none.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(folder.join("compiled")).expect("a cache");
    let paths = all.map(|entry| entry.expect("an entry").path());
    paths
        .filter(|path| {
            !path
                .file_name()
                .expect("named")
                .as_encoded_bytes()
                .starts_with(b".")
        })
        .collect()
}

/// The file with the code in the folder of a module.
fn code(entry: &Path) -> PathBuf {
    let of_wasmtime = fs::read_dir(entry.join("code/modules")).expect("code");
    let version = of_wasmtime.last().expect("a version").expect("read").path();
    let mut files = fs::read_dir(version)
        .expect("code")
        .map(|file| file.expect("read").path());
    files
        .find(|path| path.extension().is_none())
        .expect("the code")
}

#[test]
fn what_was_kept_is_taken() {
    let desk = Desk::new();
    let folder = desk.path("cache");
    assert_eq!(start(&folder, 1), (Origin::Kept, 1));
    assert_eq!(start(&folder, 1), (Origin::Cached, 1));
    assert_eq!(start(&folder, 2), (Origin::Kept, 2));
    for records in [1, 2] {
        assert_eq!(
            start(&folder, records),
            (Origin::Cached, u64::from(records))
        );
    }
    assert_eq!(entries(&folder).len(), 2);
    let without = Compiler::new().bytes("small.wasm", &module(1));
    assert_eq!(without.expect("a module").origin(), Origin::Compiled);
}

#[test]
fn what_is_damaged_never_runs_and_is_replaced() {
    /// What happens to the folder of a module; the other one is of another module.
    type Damage = fn(&Path, &Path);
    let damages: [(&str, Damage); 12] = [
        ("a bit of the code", |entry, _| flip(&code(entry), 0.5)),
        ("its first byte", |entry, _| flip(&code(entry), 0.0)),
        ("its last byte", |entry, _| flip(&code(entry), 1.0)),
        ("code that is cut", |entry, _| {
            let bytes = fs::read(code(entry)).expect("read");
            fs::write(code(entry), &bytes[..bytes.len() / 2]).expect("written");
        }),
        ("no bytes", |entry, _| {
            fs::write(code(entry), "").expect("written");
        }),
        ("no code", |entry, _| {
            fs::remove_file(code(entry)).expect("removed");
        }),
        ("the code of another module", |entry, other| {
            fs::copy(code(other), code(entry)).expect("copied");
        }),
        (
            "the code of another module, with its seal",
            |entry, other| {
                fs::copy(code(other), code(entry)).expect("copied");
                fs::copy(other.join("seal"), entry.join("seal")).expect("copied");
            },
        ),
        ("the folder of another module", |entry, other| {
            fs::remove_dir_all(entry).expect("removed");
            fs::rename(other, entry).expect("renamed");
        }),
        ("code beside it", |entry, _| {
            let beside = code(entry).with_file_name("another");
            fs::copy(code(entry), beside).expect("copied");
        }),
        ("no seal", |entry, _| {
            fs::remove_file(entry.join("seal")).expect("removed");
        }),
        ("a file in its place", |entry, _| {
            fs::remove_dir_all(entry).expect("removed");
            fs::write(entry, "").expect("written");
        }),
    ];
    for (name, damage) in damages {
        let desk = Desk::new();
        let folder = desk.path("cache");
        assert_eq!(start(&folder, 1), (Origin::Kept, 1), "{name}");
        let entry = entries(&folder).pop().expect("kept");
        assert_eq!(start(&folder, 2), (Origin::Kept, 2), "{name}");
        let other = entries(&folder).into_iter().find(|path| *path != entry);
        damage(&entry, &other.expect("kept"));
        assert_eq!(start(&folder, 1), (Origin::Kept, 1), "{name}");
        assert_eq!(start(&folder, 1), (Origin::Cached, 1), "{name}");
    }
}

/// Changes a bit of a file, so far in it.
fn flip(path: &Path, part: f64) {
    let mut bytes = fs::read(path).expect("read");
    let at = ((bytes.len() - 1) as f64 * part) as usize;
    bytes[at] ^= 1;
    fs::write(path, bytes).expect("written");
}

#[test]
fn several_starts_at_once() {
    let desk = Desk::new();
    let folder = desk.path("cache");
    for records in 1..6 {
        let starts: Vec<_> = (0..8)
            .map(|_| {
                let folder = folder.clone();
                thread::spawn(move || start(&folder, records))
            })
            .collect();
        for one in starts {
            assert_eq!(one.join().expect("it starts").1, u64::from(records));
        }
        assert_eq!(start(&folder, records).0, Origin::Cached);
    }
    assert_eq!(entries(&folder).len(), 5);
}

#[test]
fn what_is_used_stays_and_the_rest_goes() {
    let desk = Desk::new();
    let folder = desk.path("cache");
    start(&folder, 1);
    let first = entries(&folder).pop().expect("kept");
    // Forty more, of long ago.
    for number in 0..40 {
        let old = folder.join("compiled").join(format!("old-{number}"));
        fs::create_dir(&old).expect("made");
        fs::write(old.join("seal"), "").expect("written");
        age(&old.join("seal"), 10 + number);
    }
    let [begun, left_behind] = [".begun", ".left"].map(|name| folder.join("compiled").join(name));
    for passing in [&begun, &left_behind] {
        fs::create_dir(passing).expect("made");
    }
    if cfg!(unix) {
        age(&left_behind, 1);
    }
    age(&first.join("seal"), 100);
    assert_eq!(start(&folder, 1).0, Origin::Cached, "its use is noted");
    for records in [1, 2] {
        start(&folder, records);
        let left = entries(&folder);
        assert_eq!(left.len(), 32);
        assert!(left.contains(&first));
        assert!(left.contains(&folder.join("compiled/old-0")));
        assert!(!left.contains(&folder.join("compiled/old-39")));
    }
    assert!(begun.exists(), "another start is at it");
    assert!(!left_behind.exists() || cfg!(not(unix)));
}

/// Makes something so many days old.
fn age(path: &Path, days: u64) {
    // A folder can be opened for reading alone.
    let writes = path.is_file();
    let opened = fs::File::options().read(true).write(writes).open(path);
    let file = opened.expect("it is there");
    let then = std::time::SystemTime::now() - std::time::Duration::from_secs(days * 86_400);
    file.set_modified(then).expect("set");
}

#[cfg(unix)]
#[test]
fn a_folder_that_others_may_write_to() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    let folder = desk.path("cache");
    start(&folder, 1);
    let inside = folder.join("compiled");
    let mode = |mode| fs::set_permissions(&inside, fs::Permissions::from_mode(mode));
    assert_eq!(
        inside.metadata().expect("made").permissions().mode() & 0o777,
        0o700
    );
    for refused in [0o770, 0o702] {
        mode(refused).expect("set");
        let error = Cache::open(&folder).expect_err("refused");
        assert!(matches!(error, CacheError::NotPrivate { .. }), "{error}");
    }
    mode(0o755).expect("set");
    assert_eq!(start(&folder, 1).0, Origin::Cached);
    // Nothing can be written, unless by the system's own user.
    mode(0o500).expect("set");
    assert_eq!(start(&folder, 1), (Origin::Cached, 1));
    assert_eq!(start(&folder, 2).1, 2);
    mode(0o700).expect("set");
}

/// What `describe` says of the code.
fn described(desk: &Desk, arguments: &[&str]) -> (Value, String) {
    let ran = desk.run(&[&["describe", "--output", "json"], arguments].concat());
    assert_eq!(ran.code(), Some(0), "{}", ran.err());
    let said: Value = serde_json::from_str(&ran.out()).expect("JSON");
    (said["host"]["code"].clone(), ran.err())
}

#[test]
fn what_the_program_is_told() {
    let desk = Desk::new();
    desk.file("small.wasm", module(3));
    let small = ["--module", "small.wasm"];
    let told = |cache: &[&str]| described(&desk, &[&small, cache].concat());
    assert_eq!(told(&["--module-cache", "off"]).0, "compiled");
    assert!(!desk.path("off").exists());
    for expected in ["compiled and kept", "from the cache"] {
        assert_eq!(told(&["--module-cache", "here"]).0, expected);
    }
    desk.file("taken", "");
    let (code, err) = told(&["--module-cache", "taken"]);
    assert_eq!(code, "compiled");
    assert!(
        err.contains("warning: compiled modules cannot be kept in `taken"),
        "{err}"
    );
}

#[test]
fn where_it_is_without_being_told() {
    let desk = Desk::new();
    desk.file("small.wasm", module(3));
    let describe = |variables: &[(&str, &str)]| {
        let mut command = desk::program();
        command
            .current_dir(desk.path("."))
            .env_remove("RULE_MODULE_CACHE");
        for name in ["HOME", "XDG_CACHE_HOME", "LOCALAPPDATA", "USERPROFILE"] {
            command.env(name, desk.path("home"));
        }
        for (name, value) in variables {
            command.env(name, value);
        }
        let arguments = ["describe", "--module", "small.wasm"];
        let ran = desk::Ran::from(command.args(arguments).output().expect("it runs"));
        ran.told(0, &[]);
        assert_eq!(ran.err(), "", "{variables:?}");
        ran.out()
    };
    assert!(describe(&[]).contains("code compiled and kept"));
    assert!(describe(&[("RULE_MODULE_CACHE", "")]).contains("code from the cache"));
    assert!(describe(&[("RULE_MODULE_CACHE", "off")]).contains("code compiled,"));
    if cfg!(target_os = "linux") {
        assert!(desk.path("home/host-runner/compiled").is_dir());
        // A service's user may have no folder of its own: nothing is said about it.
        desk.file("file", "");
        let nowhere = desk.path("file/none").display().to_string();
        assert!(describe(&[("XDG_CACHE_HOME", &nowhere)]).contains("code compiled,"));
    }
}

#[test]
fn every_command_takes_it() {
    let desk = Desk::new();
    desk.file("a.json", hits(3));
    let kept = ["--module-cache", "here"];
    let first = desk.run(&[&["run", "a.json"], &kept[..]].concat());
    first.told(0, &["read 3 events"]);
    let count = || entries(&desk.path("here")).len();
    assert_eq!(count(), 1);
    for arguments in [
        &["run", "a.json"][..],
        &["run", "a.json", "--jobs", "2"],
        &["explain", "a.json"],
        &["describe"],
        &["check"],
    ] {
        let ran = desk.run(&[arguments, &kept].concat());
        assert_eq!(ran.code(), Some(0), "{arguments:?}: {}", ran.err());
        assert_eq!(count(), 1, "{arguments:?}");
    }
    let again = desk.run(&[&["run", "a.json"], &kept[..]].concat());
    assert_eq!((again.out(), again.err()), (first.out(), first.err()));

    // What a module is packed by, and what came out.
    desk.run(&[&["pack", "--out", "rule.wasm"], &kept[..]].concat())
        .told(0, &["packed 1 rule"]);
    assert_eq!(count(), 3);
    let packed = described(&desk, &["--module", "rule.wasm", "--module-cache", "here"]);
    assert_eq!(packed.0, "from the cache");
}
