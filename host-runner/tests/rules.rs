//! Rules of one's own: given, checked, tested, explained, described.

mod desk;

use std::path::Path;

use desk::Desk;
use serde_json::Value;

#[test]
fn a_search_of_ones_own() {
    let desk = Desk::new();
    let events = "{\"host\":\"a\",\"n\":\"1\"}\n{\"host\":\"b\",\"n\":\"1\"}\n{\"host\":\"a\",\"n\":\"1\"}\n";
    desk.file("a.json", events);
    desk.file("mine.spl", "n=1 | stats count by host");
    desk.file(
        "macros.yml",
        "name: one\ndefinition: n=$v$\narguments: [v]\n",
    );
    let typed = desk.run(&[
        "run",
        "a.json",
        "--search",
        "n=1 | stats count by host",
        "--window",
        "all",
    ]);
    let rows: Vec<String> = typed
        .alerts()
        .iter()
        .map(|alert| alert["row"].to_string())
        .collect();
    assert_eq!(
        rows,
        [r#"{"host":"a","count":2}"#, r#"{"host":"b","count":1}"#]
    );
    assert_eq!(typed.alerts()[0].get("window"), None);

    let from_file = desk.run(&["run", "a.json", "--rule", "mine.spl", "--window", "all"]);
    assert_eq!(from_file.alerts()[0]["id"], typed.alerts()[0]["id"]);

    let search = "`one(1)` | stats count by host";
    let by_macro = desk.run(&[
        "run",
        "a.json",
        "--search",
        search,
        "--macros",
        "macros.yml",
        "--window",
        "all",
    ]);
    assert_eq!(by_macro.alerts().len(), 2);
    let overridden = desk.run(&[
        "run",
        "a.json",
        "--search",
        search,
        "--macros",
        "macros.yml",
        "--macro",
        "one(v)=host=b n=$v$",
        "--window",
        "all",
    ]);
    assert_eq!(
        overridden.alerts().len(),
        1,
        "a macro as text wins over the file"
    );
}

#[test]
fn a_configuration_file_and_what_is_wrong_with_it() {
    let desk = Desk::new();
    desk.file("a.json", "{\"n\":\"1\"}\n");
    desk.file("conf.yml", "window: all\ndefaults:\n  host: there\n");
    desk.file("odd.yml", "windw: all\n");
    let search = ["--search", "n=1 | stats count by host"];
    let set = desk.run(&[&["run", "a.json", "--config", "conf.yml"][..], &search].concat());
    assert_eq!(set.alerts()[0]["row"]["host"], "there");
    let over = desk.run(
        &[
            &["run", "a.json", "--config", "conf.yml", "--host", "here"][..],
            &search,
        ]
        .concat(),
    );
    assert_eq!(over.alerts()[0]["row"]["host"], "here");
    let odd = desk.run(&[&["run", "a.json", "--config", "odd.yml"][..], &search].concat());
    odd.told(1, &["error: `odd.yml`: ", "`windw`", "`window`"]);

    desk.file("low.yml", "limits:\n  record: 5\n");
    let low = desk.run(&[&["run", "a.json", "--config", "low.yml"][..], &search].concat());
    low.told(1, &["error: `low.yml`: `limits.record` must be from 1024 "]);
    desk.file("nameless.yml", "id: i\nsearch: n=1\n");
    desk.run(&["run", "a.json", "--rule", "nameless.yml"])
        .told(1, &["error: `nameless.yml`: ", "no `name`"]);
}

#[test]
fn check_says_what_loads_and_what_does_not() {
    let desk = Desk::new();
    desk.file(
        "rules/good.yml",
        "name: Good\nid: g\nsearch: n=1 | stats count by host\n",
    );
    desk.file(
        "rules/bad.yml",
        "name: Bad\nid: b\nsearch: n=1 | stats count by host | transaction y\n",
    );
    desk.file("rules/macro.yml", "name: m\ndefinition: search *\n");
    let ran = desk.run(&["check", "rules"]);
    ran.told(1, &[]);
    let out = ran.out();
    for part in [
        "ok  rules/good.yml  Good\n",
        "FAILED  `rules/bad.yml`: ",
        "transaction",
        "^",
    ] {
        assert!(out.contains(part), "{part:?} is not in\n{out}");
    }
    assert!(!out.contains("macro.yml"), "{out}");
    desk.run(&["check", "rules/good.yml"]).told(0, &[]);
    desk.run(&["check", "rules/macro.yml"]).told(1, &[]);

    let coverage = desk.run(&["check", "--coverage", "rules"]);
    coverage.told(0, &[]);
    assert_eq!(coverage.out(), "command transaction  1\n1 of 2 load\n");
    assert!(
        desk.run(&["check"])
            .out()
            .contains("Windows MSExchange Management")
    );
}

#[test]
fn the_error_in_a_rule_is_shown_where_it_is() {
    let desk = Desk::new();
    desk.file("bad.spl", "n=1\n| stats count by host\n| transaction y");
    let ran = desk.run_with(&["run", "--rule", "bad.spl"], "");
    ran.told(
        1,
        &[
            "error: `bad.spl`: ",
            "`transaction`",
            "| transaction y",
            "^",
        ],
    );
}

#[test]
fn of_a_folder_all_run_that_can() {
    let desk = Desk::new();
    desk.file(
        "rules/good.yml",
        "name: Good\nid: g\nsearch: n=1 | lookup tools name as n OUTPUT what | table what\n",
    );
    desk.file(
        "rules/bad.yml",
        "name: Bad\nid: b\nsearch: n=1 | transaction n\n",
    );
    desk.file("tools.csv", "name,what\n1,one\n");
    let arguments = [
        "run",
        "--rule",
        "rules",
        "--lookup",
        "tools=tools.csv",
        "--window",
        "all",
    ];
    let ran = desk.run_with(&arguments, "{\"n\":1}");
    ran.told(
        0,
        &["warning: 1 of 2 detections cannot run, the others do: Bad; `check` says why"],
    );
    assert!(
        ran.out().contains(r#""row":{"what":"one"}"#),
        "{}",
        ran.out()
    );
    desk.file("empty/macro.yml", "name: m\ndefinition: search *\n");
    let ran = desk.run_with(&["run", "--rule", "empty"], "");
    ran.told(1, &["error: `empty`: no detection is in this folder"]);
}

#[test]
fn tests_of_a_detection() {
    let desk = Desk::new();
    desk.file(
        "rules/r.yml",
        "name: R\nid: r\nsearch: \"`one` | stats count by host\"\n",
    );
    desk.file("macros/one.yml", "name: one\ndefinition: n=1\n");
    let cases = |count: u32| {
        format!(
            "detection: r.yml\nmacros: [../macros]\ntests:\n\
             - name: it counts\n  window: all\n  format: ndjson\n  input: |\n    {{\"host\":\"a\",\"n\":\"1\"}}\n  rows:\n  - {{host: a, count: {count}}}\n\
             - name: nothing\n  window: all\n  input: '{{\"host\":\"a\"}}'\n  rows: []\n"
        )
    };
    desk.file("rules/r.test.yml", cases(1));
    let passed = desk.run(&["test", "rules"]);
    passed.told(0, &[]);
    assert!(
        passed.out().ends_with("2 passed, 0 failed\n"),
        "{}",
        passed.out()
    );

    desk.file("rules/r.test.yml", cases(2));
    let failed = desk.run(&["test", "rules/r.test.yml"]);
    failed.told(1, &[]);
    for part in [
        "FAILED  rules/r.test.yml  it counts",
        "-* count: 2",
        "+* count: 1",
        "1 passed, 1 failed",
    ] {
        assert!(
            failed.out().contains(part),
            "{part:?} is not in\n{}",
            failed.out()
        );
    }
}

#[test]
fn published_tests_of_a_detection() {
    let desk = Desk::new();
    let detection = |search: &str, logs: &str| {
        format!(
            "name: R\nid: r\nsearch: '{search}'\ntests:\n- name: True Positive Test\n  attack_data:\n{logs}"
        )
    };
    let url = "https://example.com/attack_data/master/datasets/T1059/events.log";
    let of_url =
        format!("  - data:\n      {url}\n    source: XmlWinEventLog:Any\n    sourcetype: mine\n");
    desk.file(
        "rules/found.yml",
        detection(
            "sourcetype=mine source=XmlWinEventLog:* n=1 | stats count by host",
            &of_url,
        ),
    );
    desk.file("rules/beside.yml", detection("n=2", "  - data: own.log\n"));
    desk.file("rules/nothing.yml", detection("n=3", &of_url));
    desk.file(
        "rules/refused.yml",
        detection("n=1 | join n [search a=1]", &of_url),
    );
    desk.file("rules/wrong.yml", detection("n=1", "  - log: x\n"));
    desk.file("rules/own.log", "{\"n\":2}\n");
    desk.file("rules/macro.yml", "name: m\ndefinition: n=1\n");
    desk.file(
        "logs/T1059/events.log",
        "{\"n\":1,\"host\":\"a\"}\n{\"n\":4}\n",
    );

    let ran = desk.run(&["test", "rules", "--data", "logs"]);
    ran.told(1, &[]);
    for part in [
        "ok  rules/beside.yml  True Positive Test\nok  rules/found.yml  True Positive Test\n",
        "FAILED  rules/nothing.yml  True Positive Test\n    it found nothing: of 2 events its search holds for 0\n",
        "FAILED  rules/refused.yml  True Positive Test\n    `rules/refused.yml`: can't run the command `join`",
        "FAILED  rules/wrong.yml  True Positive Test\n    a test has logs under `attack_data`",
        "2 passed, 3 failed\n",
    ] {
        assert!(
            ran.out().contains(part),
            "{part:?} is not in\n{}",
            ran.out()
        );
    }

    let without = desk.run(&["test", "rules/found.yml", "rules/beside.yml"]);
    without.told(0, &[]);
    let expected = format!("    it needs `{url}`; name a folder that has it with `--data`\n");
    assert!(without.out().contains(&expected), "{}", without.out());
    assert!(
        without.out().ends_with("1 passed, 0 failed, 1 skipped\n"),
        "{}",
        without.out()
    );
    desk.run(&["test", "rules/macro.yml"])
        .told(1, &["`rules/macro.yml` has no tests"]);
}

#[test]
fn the_tests_of_the_rules_in_this_repository_pass() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules");
    let ran = Desk::new().run(&["test", &rules.to_string_lossy()]);
    assert_eq!(ran.code(), Some(0), "{}", ran.out());
}

#[test]
fn explain_shows_what_held() {
    let desk = Desk::new();
    desk.file("a.json", "{\"host\":\"a\",\"n\":\"1\"}\n");
    let arguments = ["explain", "a.json", "--search", "n=1 host=b | stats count"];
    let tree = desk.run(&arguments);
    tree.told(0, &[]);
    for part in ["does not match", "✓ n=1   here: 1", "✗ host=b   here: a"] {
        assert!(
            tree.out().contains(part),
            "{part:?} is not in\n{}",
            tree.out()
        );
    }
    let json = desk.run(&[&arguments[..], &["--output", "json"]].concat());
    let answer: Value = serde_json::from_str(&json.out()).expect("JSON");
    assert_eq!(answer["rules"][0]["matched"], false);
}

#[test]
fn describe_shows_what_is_inside() {
    let desk = Desk::new();
    let text = desk.run(&["describe"]).out();
    for part in [
        "the built-in module",
        "Windows MSExchange Management Mailbox Cmdlet Usage",
        "1.0",
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
    let json: Value =
        serde_json::from_str(&desk.run(&["describe", "--output", "json"]).out()).expect("JSON");
    assert_eq!(
        json["rules"][0]["id"],
        "396de86f-25e7-4b0e-be09-a330be35249d"
    );
}
