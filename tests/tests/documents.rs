//! What the documents show works as they show it.

use std::path::{Path, PathBuf};
use std::process::Command;

use rule_core::session::{ErrorCode, Session};
use rule_tests::MODULE;

/// The root of the project.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the folder has a parent")
        .to_owned()
}

/// The one block of a language in a document.
fn block(document: &str, language: &str) -> String {
    let text = std::fs::read_to_string(root().join(document)).expect(document);
    let start = format!("```{language}\n");
    let (_, after) = text.split_once(&start).expect("the block begins");
    let (block, _) = after.split_once("```").expect("the block ends");
    block.to_owned()
}

/// The complete host of ABI.md, in Node, gives the same bytes as the engine.
#[test]
fn the_host_in_javascript() {
    let node = Command::new("node").arg("--version").output();
    if !node.is_ok_and(|node| node.status.success()) {
        println!("skipped: there is no `node` to run the host of ABI.md with");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (host, module) = (
        folder.path().join("host.mjs"),
        folder.path().join("rule.wasm"),
    );
    std::fs::write(&host, block("ABI.md", "js")).expect("the host");
    std::fs::write(&module, MODULE).expect("the module");
    let events = root().join("samples/logs/exchange-nxlog.ndjson");
    let ran = Command::new("node")
        .args([&host, &module, &events])
        .output()
        .expect("node runs");
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );

    let mut session = Session::open(b"", &[rules::BUNDLE.as_bytes()]).expect("the built-in rule");
    session
        .push(&std::fs::read(&events).expect("the sample"))
        .expect("a push");
    session.finish().expect("the end");
    let wanted = String::from_utf8(session.take_alerts()).expect("text");
    assert_eq!(wanted.lines().count(), 3, "{wanted}");
    assert_eq!(String::from_utf8_lossy(&ran.stdout), wanted);
}

/// The tables of ABI.md name every counter and every error.
#[test]
fn the_interface_is_documented_whole() {
    let text = std::fs::read_to_string(root().join("ABI.md")).expect("ABI.md");
    let session = Session::open(b"", &[]).expect("a session");
    let counters: serde_json::Value =
        serde_json::from_slice(&session.counters_json()).expect("JSON");
    for counter in counters.as_object().expect("an object").keys() {
        assert!(text.contains(&format!("`{counter}`")), "{counter}");
    }
    for code in [
        ErrorCode::BadHandle,
        ErrorCode::OutOfMemory,
        ErrorCode::Finished,
        ErrorCode::BadSnapshot,
        ErrorCode::OtherRules,
        ErrorCode::CannotMerge,
        ErrorCode::BadConfiguration,
        ErrorCode::UnknownKey,
        ErrorCode::BadDetection,
        ErrorCode::Syntax,
        ErrorCode::UndefinedMacro,
        ErrorCode::MacroCycle,
        ErrorCode::MacroArguments,
        ErrorCode::BadSchedule,
        ErrorCode::UnsupportedCommand,
        ErrorCode::UnsupportedFunction,
        ErrorCode::UnsupportedOption,
        ErrorCode::UnsupportedFeature,
        ErrorCode::BadRecord,
    ] {
        let name = serde_json::to_value(code).expect("JSON");
        let name = name.as_str().expect("a text");
        let row = format!("| {} | `{name}` |", rule_wasm::error_number(code));
        assert!(text.contains(&row), "{row}");
    }
}

/// The detection that the README shows loads and finds what it says.
#[test]
fn the_detection_of_the_readme() {
    let yaml = block("README.md", "yaml");
    let field = |name: &str| {
        let line = yaml.lines().find_map(|line| line.strip_prefix(name));
        line.expect(name).trim_start_matches(": ").to_owned()
    };
    let config = serde_json::json!({"detections": {
        "name": field("name"), "id": field("id"), "search": field("search"),
    }});
    let event = concat!(
        r#"{"Channel":"MSExchange Management","EventID":6,"Hostname":"EX01","#,
        r#""TimeCreated":"2021-06-04T08:41:47Z","#,
        r#""Message":"Cmdlet failed. Cmdlet Install-TransportAgent, parameters ."}"#,
    );
    let mut session = Session::open(config.to_string().as_bytes(), &[rules::BUNDLE.as_bytes()])
        .expect("the detection");
    session.push(event.as_bytes()).expect("a push");
    assert_eq!(session.finish(), Ok(1));
}
