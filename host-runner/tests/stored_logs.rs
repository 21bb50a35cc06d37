//! Windows event logs whose chunks are passed over, undecoded, where nothing in them can
//! match: the alerts and what is told are those of a run that decodes everything.
//!
//! The real logs are public ones that are not kept in this repository; where they are
//! missing their tests say so and are skipped. Others are made here.

mod desk;

use std::io::Read;
use std::path::Path;

use desk::Desk;
use desk::event_log::{
    ANSI, BINARY_XML, CDATA, CHARACTER, CHUNK_BEGINS, Chunk, ELEMENT, FRAGMENT, OPTIONAL,
    START_TAG_ENDS, STRING, STRINGS, UINT16, log, logs, utf16,
};
use host_runner::input::{self, Format, Location, Stream};

fn open(path: &Path) -> Stream {
    let location = Location::File(path.to_owned());
    input::open(&location, Format::Auto, |source| source).expect("it opens")
}

/// Runs a search with and without passing over anything: both say the same. Answers what.
#[track_caller]
fn same(desk: &Desk, arguments: &[&str]) -> (String, String) {
    let arguments = [&["run", "--window", "all"], arguments].concat();
    let ran = desk.run(&arguments);
    let strict = desk.run(&[arguments.as_slice(), &["--strict"]].concat());
    assert_eq!(ran.out(), strict.out(), "{arguments:?}");
    assert_eq!(ran.err(), strict.err(), "{arguments:?}");
    assert_eq!(ran.code(), strict.code(), "{arguments:?}");
    (ran.out(), ran.err())
}

/// Texts of these logs in letters of either case, and what is no text there.
const SEARCHES: [(&str, u32); 14] = [
    ("CommandLine=*setSPN* | stats count by Computer", 5),
    ("whoami OR *vssadmin*", 0),
    ("Channel=security | stats count by EventCode", 76),
    ("Image=*\\\\Setspn.exe | stats count by Computer", 1),
    ("EventCode=4688 | stats count by Computer", 14),
    ("SubjectUserSid=S-1-5-21-* | stats count by Computer", 57),
    ("UserID=S-1-5-18 | stats count by EventCode", 1),
    ("Keywords=0x8020000000000000 | stats count by Channel", 72),
    ("Message=*suceeded* | stats count by Computer", 0),
    (
        "Message=*install-transportagent* | stats count by Computer",
        2,
    ),
    (
        "ScriptBlockText=*system.DIRECTORY* | stats count by Computer",
        1,
    ),
    ("ServiceName=* | stats count by Computer EventCode", 3),
    (
        "EventCode=4688 CommandLine=*net* | stats count by CommandLine",
        2,
    ),
    ("LogonGuid=\"{00000000-*\" | stats count by EventCode", 8),
];

#[test]
fn real_logs_give_the_same_alerts() {
    let Some(folder) = logs() else { return };
    let (desk, folder) = (Desk::new(), folder.display().to_string());
    same(&desk, &[&folder]);
    for (search, matched) in SEARCHES {
        let (_, told) = same(&desk, &["--search", search, &folder]);
        let summary = format!("read 201 events, {matched} matched, 0 malformed, ");
        assert!(told.contains(&summary), "{search}: {told}");
        same(&desk, &["--search", search, "--jobs", "2", &folder]);
        same(&desk, &["--search", search, "--samples", "1", &folder]);
    }
}

#[test]
fn each_real_log_gives_the_same_alerts() {
    let Some(folder) = logs() else { return };
    let desk = Desk::new();
    for location in &input::find(&[folder]).inputs {
        let name = location.name();
        same(&desk, &[&name]);
        same(&desk, &["--search", SEARCHES[0].0, &name]);
    }
}

/// Reads a log to its end, its chunks decoded where `decodes` says so of their number; all
/// positions that it was at, with what was decoded from there on.
fn read(path: &Path, decodes: impl Fn(u64) -> bool) -> Vec<(u64, Vec<u8>)> {
    let mut stream = open(path);
    let mut buffer = vec![0; 10_000];
    let mut number = 0;
    let mut places: Vec<(u64, Vec<u8>)> = Vec::new();
    loop {
        places.push((stream.position(), Vec::new()));
        if stream.stored().is_some() {
            number += 1;
            if !decodes(number) {
                stream.pass_over();
                continue;
            }
        }
        let read = stream.read(&mut buffer).expect("read");
        if read == 0 {
            return places;
        }
        for (_, after) in &mut places {
            after.extend_from_slice(&buffer[..read]);
        }
    }
}

#[test]
fn a_position_is_found_again() {
    let Some(folder) = logs() else { return };
    let desk = Desk::new();
    let log = |name: &str| std::fs::read(folder.join(name)).expect("it is there");
    let mut bytes = log("ID104-1102-Event_log_cleared.evtx");
    bytes.extend_from_slice(&log("ID4964-Login_of_a_member_of_a_special_group.evtx")[4096..]);
    bytes.extend_from_slice(&log("ID1-SPN_discovery_SYSMON_process_.evtx")[4096..]);
    let path = desk.file("a.evtx", bytes);
    let mut whole = Vec::new();
    open(&path).read_to_end(&mut whole).expect("read");
    for passed in 0..8_u64 {
        // What is passed over now is decoded when it is read again, but for what is before.
        for (position, after) in read(&path, |number| passed >> (number - 1) & 1 == 0) {
            let mut stream = open(&path);
            let reached = stream.skip(position, |source| source).expect("read");
            assert_eq!(reached, position, "{passed}");
            let mut again = Vec::new();
            stream.read_to_end(&mut again).expect("read");
            assert!(whole.ends_with(&again), "{passed} {position}");
            assert!(again.len() >= after.len(), "{passed} {position}");
            assert!(passed > 0 || again == after, "{position}");
        }
    }
    let mut stream = open(&path);
    let reached = stream.skip(1 << 40, |source| source).expect("read");
    assert!(reached < 1 << 40, "that far it does not go");
}

/// What of a log is found, and whether its chunk can be passed over where nothing is.
#[track_caller]
fn check(what: &str, log: &[u8], matched: u32, is_whole: bool) {
    let desk = Desk::new();
    let path = desk.file("a.evtx", log);
    assert_eq!(open(&path).stored().is_some(), is_whole, "{what}");
    let search = "a=*get-recipient* | stats count by Computer a";
    let (_, told) = same(&desk, &["--search", search, "a.evtx"]);
    let summary = format!("read 1 events, {matched} matched, 0 malformed, ");
    assert!(
        told.replace("event,", "events,").contains(&summary),
        "{what}: {told}"
    );
}

#[test]
fn a_text_that_stands_whole() {
    let text = |text: &str| (STRING, utf16(text));
    check(
        "a value",
        &log(|a| a.value(0, STRING), &[text("x Get-Recipient")]),
        1,
        true,
    );
    check(
        "another",
        &log(|a| a.value(0, STRING), &[text("get-recipien")]),
        0,
        true,
    );
    check(
        "a number",
        &log(|a| a.value(0, UINT16), &[(UINT16, vec![1, 0])]),
        0,
        true,
    );
    check(
        "in the template",
        &log(|a| a.text("Get-Recipient"), &[]),
        1,
        true,
    );
    let ansi = |text: &[u8]| [(ANSI, text.to_vec())];
    check(
        "of bytes",
        &log(|a| a.value(0, ANSI), &ansi(b"Get-Recipient\0")),
        1,
        true,
    );
    let list = (STRINGS, utf16("x\0get-Recipient\0y\0"));
    check("of a list", &log(|a| a.value(0, STRING), &[list]), 1, true);
    let list = (STRINGS, utf16("get-\0recipient\0"));
    check("of no list", &log(|a| a.value(0, STRING), &[list]), 0, true);
}

#[test]
fn a_text_that_is_put_together() {
    let text = |text: &str| (STRING, utf16(text));
    let mixed = log(
        |a| a.text("Get-").value(0, STRING).text("pient"),
        &[text("Reci")],
    );
    check("text and value", &mixed, 1, false);
    let values = log(
        |a| a.value(0, STRING).value(1, STRING),
        &[text("get-r"), text("ecipient")],
    );
    check("two values", &values, 1, false);
    let optional = log(
        |a| a.text("get-").add([OPTIONAL, 0, 0, STRING]),
        &[text("recipient")],
    );
    check("a value that may be left out", &optional, 1, false);
    let character = log(
        |a| a.text("get").add([CHARACTER, b'-', 0]).text("recipient"),
        &[],
    );
    check("a character by its number", &character, 1, false);
    let section = log(
        |a| a.text("get-").add([CDATA, 9, 0]).add(utf16("recipient")),
        &[],
    );
    check("a section", &section, 1, false);
    let zeros = log(|a| a.value(0, ANSI), &[(ANSI, b"get\0-recipient".to_vec())]);
    check("bytes with a zero", &zeros, 1, false);
    let around = log(
        |a| {
            a.text("get-")
                .open("b", None)
                .value(0, STRING)
                .close()
                .text("recipient")
        },
        &[text("x")],
    );
    check("around an element", &around, 0, false);
}

/// A value that is binary XML itself, with no template.
#[test]
fn a_text_in_an_embedded_element() {
    for (text, matched, is_whole) in [
        (&["get-recipient"][..], 1, true),
        (&["get-", "recipient"], 1, false),
        (&["x"], 0, true),
    ] {
        // It stands behind the template and the kind of the one value.
        let build = |at: usize| {
            let mut value = Chunk(vec![0; at]);
            value
                .add(FRAGMENT)
                .add([ELEMENT])
                .number(0)
                .name("b")
                .add([START_TAG_ENDS]);
            for text in text {
                value.text(text);
            }
            value.close().add([0]);
            value.0.split_off(at)
        };
        let length = build(0).len();
        let file = log(|a| a.value(0, BINARY_XML), &[(BINARY_XML, vec![0; length])]);
        let end = u32::from_le_bytes(
            file[CHUNK_BEGINS + 48..CHUNK_BEGINS + 52]
                .try_into()
                .expect("four"),
        );
        let at = end as usize - 5 - length;
        let file = log(|a| a.value(0, BINARY_XML), &[(BINARY_XML, build(at))]);
        let search = "EventData.a.b=*get-recipient* | stats count by Computer";
        let desk = Desk::new();
        let path = desk.file("a.evtx", &file);
        assert_eq!(open(&path).stored().is_some(), is_whole, "{text:?}");
        let (_, told) = same(&desk, &["--search", search, "a.evtx"]);
        assert!(
            told.contains(&format!("read 1 event, {matched} matched, 0 malformed, ")),
            "{told}"
        );
    }
}

/// What is damaged is decoded, so that it is told.
#[test]
fn damage_is_told_as_ever() {
    let whole = log(|a| a.value(0, STRING), &[(STRING, utf16("other"))]);
    for (what, at, byte) in [
        ("the header", CHUNK_BEGINS + 8, 77),
        ("a record", CHUNK_BEGINS + 512 + 60, 0xee),
        ("a record's mark", CHUNK_BEGINS + 512, 0),
        ("the flags", CHUNK_BEGINS + 120, 4),
        ("the mark", CHUNK_BEGINS, b'X'),
    ] {
        let mut log = whole.clone();
        log[at] = byte;
        let desk = Desk::new();
        let path = desk.file("a.evtx", &log);
        assert!(open(&path).stored().is_none(), "{what}");
        same(&desk, &["a.evtx"]);
    }
    let desk = Desk::new();
    desk.file("a.evtx", &whole[..CHUNK_BEGINS + 3000]);
    let (_, told) = same(&desk, &["a.evtx"]);
    assert!(told.contains("the file ends inside chunk 0"), "{told}");
}

/// A run that was killed goes on behind what it has, passed over or decoded.
#[test]
fn a_killed_run_goes_on() {
    let desk = Desk::new();
    let with = |text: &str| log(|a| a.value(0, STRING), &[(STRING, utf16(text))]);
    let mut bytes = with("other");
    for number in 1..600 {
        let text = if number % 3 == 0 {
            "get-recipient"
        } else {
            "other"
        };
        bytes.extend_from_slice(&with(text)[CHUNK_BEGINS..]);
    }
    desk.file("a.evtx", bytes);
    let search = "a=*get-recipient* | stats count by Computer";
    let arguments = [
        &["run", "--window", "all", "--search", search, "a.evtx"][..],
        &["--checkpoint", "state", "--checkpoint-interval", "0s"],
    ];
    let arguments = arguments.concat();
    desk.killed_midway("state", &arguments);
    let ran = desk.run(&arguments);
    ran.told(0, &["read 600 events, 199 matched, 0 malformed, 1 alert\n"]);
    assert_eq!(ran.alerts()[0]["row"]["count"], 199);
}
