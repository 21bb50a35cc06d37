//! What the bundle must hold, read back as the engine reads it.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

fn bundle() -> Value {
    serde_json::from_str(rules::BUNDLE).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

fn texts(value: &Value) -> Vec<&str> {
    let list = value.as_array().unwrap();
    list.iter().map(|text| text.as_str().unwrap()).collect()
}

#[test]
fn has_the_shape_of_a_configuration() {
    let bundle = bundle();
    assert_eq!(keys(&bundle), ["detections", "macros", "sources"]);
    for definition in bundle["macros"].as_object().unwrap().values() {
        assert!(definition["definition"].is_string(), "{definition}");
        for key in keys(definition) {
            assert!(["definition", "arguments"].contains(&key), "{definition}");
        }
    }
}

#[test]
fn holds_the_detection_without_its_test_cases() {
    let bundle = bundle();
    let detections = bundle["detections"].as_array().unwrap();
    assert_eq!(detections.len(), 1);
    let detection = &detections[0];
    assert_eq!(detection["id"], "396de86f-25e7-4b0e-be09-a330be35249d");
    assert_eq!(detection["version"], 3);
    assert_eq!(detection["type"], "Anomaly");
    assert_eq!(detection["tags"]["confidence"], 80);
    assert_eq!(detection["tags"]["impact"], 40);
    assert_eq!(detection["tags"]["risk_score"], 32);
}

/// Folding the lines of the file must not change the search.
#[test]
fn the_search_is_the_published_one() {
    let published = concat!(
        "`msexchange_management` EventCode=1 Message IN (\"*New-MailboxExportRequest*\", ",
        "\"*New-ManagementRoleAssignment*\", \"*New-MailboxSearch*\", \"*Get-Recipient*\", ",
        "\"*Search-Mailbox*\") | stats count min(_time) as firstTime max(_time) as lastTime ",
        "by host Message | `security_content_ctime(firstTime)` | ",
        "`security_content_ctime(lastTime)` | rename host AS dest | ",
        "`windows_msexchange_management_mailbox_cmdlet_usage_filter`",
    );
    assert_eq!(bundle()["detections"][0]["search"], published);
}

/// The same, against the published file itself where that is at hand.
#[test]
fn the_search_is_that_of_the_published_file() {
    let published = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/data/escu/detections")
        .join("windows_msexchange_management_mailbox_cmdlet_usage.yml");
    let Ok(text) = fs::read_to_string(&published) else {
        println!("skipped: there is no {}", published.display());
        return;
    };
    let published: Value = serde_saphyr::from_str(&text).unwrap();
    let detection = &bundle()["detections"][0];
    for key in ["name", "id", "type", "search"] {
        assert_eq!(detection[key], published[key], "{key}");
    }
}

#[test]
fn every_macro_of_the_detection_is_there() {
    let bundle = bundle();
    let search = bundle["detections"][0]["search"].as_str().unwrap();
    let mut asked = 0;
    for call in search.split('`').skip(1).step_by(2) {
        let name = call.split('(').next().unwrap();
        assert!(bundle["macros"].get(name).is_some(), "no macro `{name}`");
        asked += 1;
    }
    assert_eq!(asked, 4);
    let macros = &bundle["macros"];
    assert_eq!(
        macros["security_content_ctime"],
        json!({
            "definition": r#"convert timeformat="%Y-%m-%dT%H:%M:%S" ctime($field$)"#,
            "arguments": ["field"],
        })
    );
    // YAML would make a boolean and a null of these two, were they not quoted.
    assert_eq!(macros["summariesonly_config"]["definition"], "false");
    assert_eq!(macros["fillnull_config"]["definition"], "null");
}

/// An argument that is not named in the text, or a name in the text that is no
/// argument, is a slip of the pen.
#[test]
fn macro_arguments_are_those_of_the_text() {
    let bundle = bundle();
    for (name, definition) in bundle["macros"].as_object().unwrap() {
        let text = definition["definition"].as_str().unwrap();
        let used: Vec<&str> = text.split('$').skip(1).step_by(2).collect();
        let declared = match &definition["arguments"] {
            Value::Null => Vec::new(),
            list => texts(list),
        };
        assert_eq!(used, declared, "{name}");
    }
}

/// A dataset asks for tags that some kind of events has, or that events bring themselves:
/// those of the endpoint, the network, logons and changes are of Windows.
#[test]
fn datasets_of_windows_have_events() {
    let bundle = bundle();
    let sources = &bundle["sources"];
    let events = sources["events"].as_array().unwrap();
    let tagged = events.iter().filter(|kind| kind["tags"].is_array());
    let tags: Vec<&str> = tagged.flat_map(|kind| texts(&kind["tags"])).collect();
    for dataset in [
        "Processes",
        "Registry",
        "Filesystem",
        "Services",
        "All_Traffic",
        "DNS",
        "Authentication",
        "All_Changes",
    ] {
        let search = sources["models"][dataset]["search"].as_str().unwrap();
        let asked = search.split_whitespace();
        let asked: Vec<&str> = asked.filter_map(|word| word.strip_prefix("tag=")).collect();
        assert!(!asked.is_empty(), "{dataset}");
        for tag in asked {
            assert!(tags.contains(&tag), "{dataset}: no kind of events is {tag}");
        }
    }
}

#[test]
fn the_tables_have_their_shape() {
    let bundle = bundle();
    let sources = &bundle["sources"];
    assert_eq!(
        keys(sources),
        [
            "data_prefixes",
            "events",
            "eventtypes",
            "fields",
            "inserts",
            "messages",
            "models",
            "positional",
            "source",
            "sourcetypes"
        ]
    );
    for (field, paths) in sources["fields"].as_object().unwrap() {
        let mut paths = texts(paths);
        assert!(!paths.is_empty(), "{field}");
        assert!(!paths.contains(&field.as_str()), "{field} names itself");
        let all = paths.len();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), all, "{field} names a path twice");
    }
    for prefix in texts(&sources["data_prefixes"]) {
        assert!(prefix.ends_with('.'), "{prefix}");
    }
    for array in sources["positional"].as_array().unwrap() {
        assert_eq!(keys(array), ["name", "path"]);
        assert!(array["path"].as_str().unwrap().ends_with("{}"), "{array}");
    }
    for message in sources["messages"].as_array().unwrap() {
        assert_eq!(keys(message), ["event_code", "provider", "template"]);
        // EventCode is compared as text, so the table holds text.
        assert!(message["event_code"].is_string(), "{message}");
    }
    assert_eq!(
        sources["sourcetypes"],
        json!({"MSExchange Management": "MSExchange:management"})
    );
    assert_eq!(sources["source"], "XmlWinEventLog:$Channel$");
}

/// Each shipper's and each format's spelling of the five names that a detection
/// on a Windows channel needs.
#[test]
fn every_source_has_its_names() {
    let bundle = bundle();
    let fields = &bundle["sources"]["fields"];
    #[rustfmt::skip]
    let cases = [
        //                 EventCode          Message                  host                    Channel           _time
        ("classic text", ["EventCode",       "Message",               "ComputerName",         "LogName",        "ClassicTime"]),
        ("event XML",    ["System.EventID",  "RenderingInfo.Message", "System.Computer",      "System.Channel", "System.TimeCreated.SystemTime"]),
        ("NXLog",        ["EventID",         "Message",               "Hostname",             "Channel",        "EventTime"]),
        ("Winlogbeat",   ["winlog.event_id", "message",               "winlog.computer_name", "winlog.channel", "@timestamp"]),
        ("ECS",          ["event.code",      "message",               "host.name",            "winlog.channel", "@timestamp"]),
        ("Fluent Bit",   ["EventID",         "Message",               "Computer",             "Channel",        "TimeCreated"]),
        ("Vector",       ["event_id",        "message",               "computer",             "channel",        "timestamp"]),
    ];
    for (source, names) in cases {
        for (field, name) in ["EventCode", "Message", "host", "Channel", "_time"]
            .iter()
            .zip(names)
        {
            assert!(
                *field == name || texts(&fields[*field]).contains(&name),
                "{source}: {field} is not looked for in {name}"
            );
        }
    }
}
