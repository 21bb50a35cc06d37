//! Inputs that fail, or change, while they are read: what was read counts, the rest is told.
#![cfg(target_os = "linux")]

mod desk;

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use desk::{Desk, Ran, Started, hit, hits, program, until};

/// A run that has read some of a large file, and has more of it to read.
fn midway(desk: &Desk) -> Started {
    let mut child = desk.start(&[
        "run",
        "a.json",
        "--checkpoint",
        "state",
        "--checkpoint-interval",
        "0s",
    ]);
    until("it is in the middle of the file", || {
        assert!(!child.has_ended(), "it ended before that");
        desk.header("state")
            .is_some_and(|header| header["inputs"][0]["bytes"].as_u64() > Some(100_000))
    });
    child
}

/// The sum of what the alerts count.
fn counted(ran: &Ran) -> u64 {
    let alerts = ran.alerts();
    let count = |alert: &serde_json::Value| alert["row"]["count"].as_u64().expect("a count");
    alerts.iter().map(count).sum()
}

#[test]
fn a_file_that_shrinks_while_it_is_read() {
    const EVENTS: u32 = 60_000;
    let desk = Desk::new();
    let whole = hits(EVENTS);
    desk.file("a.json", &whole);
    let child = midway(&desk);
    // In the middle of a record.
    let left = whole.len() as u64 / 2 + 7;
    let file = File::options()
        .write(true)
        .open(desk.path("a.json"))
        .expect("there");
    file.set_len(left).expect("cut");
    let ran = child.wait();
    ran.told(0, &["read "]);
    let counted = counted(&ran);
    assert!(counted > 0 && counted <= u64::from(EVENTS), "{counted}");
}

#[test]
fn a_file_that_is_rotated_or_removed_while_it_is_read() {
    const EVENTS: u32 = 60_000;
    let desk = Desk::new();
    for removed in [false, true] {
        desk.file("a.json", hits(EVENTS));
        let child = midway(&desk);
        match removed {
            true => fs::remove_file(desk.path("a.json")).expect("removed"),
            false => fs::rename(desk.path("a.json"), desk.path("old")).expect("moved"),
        }
        // Another file by its name is none of this run's business.
        desk.file("a.json", hit("OTHER", "2021-03-14T01:00:00Z"));
        let ran = child.wait();
        ran.told(0, &["read 60000 events"]);
        assert_eq!(counted(&ran), u64::from(EVENTS), "removed: {removed}");
        desk.forget("state");
    }
}

#[test]
fn a_read_that_fails() {
    let desk = Desk::new();
    desk.file("a.json", hit("EX01", "2021-03-14T01:00:00Z"));
    // Where nothing is mapped, which is so at the beginning, the system answers with an error.
    for inputs in [
        &["/proc/self/mem", "a.json"][..],
        &["a.json", "/proc/self/mem"],
        &["/proc/self/mem", "a.json", "--jobs", "2"],
    ] {
        let ran = desk.run(&[&["run"], inputs].concat());
        ran.told(2, &["cannot read `/proc/self/mem`", "1 alert\n"]);
        assert_eq!(counted(&ran), 1, "{inputs:?}");
    }
}

/// Runs the program as a user who may do nothing.
fn as_nobody(desk: &Desk, arguments: &[&str]) -> Option<Ran> {
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"])
        .arg(program().get_program())
        .args(["run", "--module-cache", "off"])
        .args(arguments)
        .current_dir(desk.path("."));
    let output = command.output().ok()?;
    let ran = Ran::from(output);
    // Without the right to become another user it does not get as far as the program.
    (!ran.err().starts_with("setpriv:")).then_some(ran)
}

#[test]
fn what_one_may_not_read_or_write() {
    let desk = Desk::new();
    let mode = |path: &str, mode| {
        fs::set_permissions(desk.path(path), Permissions::from_mode(mode)).expect("set");
    };
    let event = hit("EX01", "2021-03-14T01:00:00Z");
    mode(".", 0o755);
    for path in ["open.json", "secret.json", "folder/a.json", "locked/a.json"] {
        desk.file(path, &event);
    }
    mode("secret.json", 0o600);
    mode("locked", 0o700);
    let Some(ran) = as_nobody(&desk, &["secret.json", "open.json", "folder", "locked"]) else {
        println!("skipped: this user cannot become another one by `setpriv`");
        return;
    };
    ran.told(
        2,
        &[
            "cannot read `secret.json`",
            "ermission denied",
            "`locked`",
            "read 2 events",
        ],
    );
    assert_eq!(counted(&ran), 2);
    let arguments = [
        &["open.json", "--to", "alerts"][..],
        &["open.json", "--checkpoint", "state"],
    ];
    for arguments in arguments {
        let ran = as_nobody(&desk, arguments).expect("as before");
        ran.told(1, &[arguments[2], "ermission denied"]);
    }
    mode("locked", 0o755);
}
