//! `run --to`: alerts in a file, whole lines whatever happens.

mod desk;

use desk::{Desk, hit, hits};

#[test]
fn a_file_holds_what_standard_output_would() {
    let desk = Desk::new();
    desk.file("a.json", hits(2_000));
    for form in ["ndjson", "table", "csv"] {
        let printed = desk.run(&["run", "a.json", "--output", form]).out();
        desk.file("alerts", "what was there before goes");
        let ran = desk.run(&["run", "a.json", "--output", form, "--to", "alerts"]);
        ran.told(0, &["2000 matched"]);
        assert_eq!(ran.out(), "", "{form}");
        assert_eq!(desk.read("alerts"), printed, "{form}");
    }
}

#[test]
fn a_file_that_cannot_be_written() {
    let desk = Desk::new();
    desk.file("a.json", hit("EX01", "2021-03-14T01:00:00Z"));
    desk.run(&["run", "a.json", "--to", "gone/alerts"])
        .told(1, &["cannot write the results to `gone/alerts`"]);
    desk.run(&["run", "a.json", "--to", "a.json"])
        .told(1, &["`a.json` is among the inputs"]);
    assert_eq!(desk.read("a.json"), hit("EX01", "2021-03-14T01:00:00Z"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk() {
    let desk = Desk::new();
    desk.file("a.json", hit("EX01", "2021-03-14T01:00:00Z"));
    desk.run(&["run", "a.json", "--to", "/dev/full"])
        .told(2, &["cannot write the results: `/dev/full`: "]);
    desk.run(&[
        "run",
        "a.json",
        "--to",
        "/dev/full",
        "--checkpoint",
        "state",
    ])
    .told(1, &["`/dev/full` is no file that can be cut back"]);
}

/// A limit to the size of files stands for a disk that fills up in the middle.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_up_leaves_whole_lines() {
    let desk = Desk::new();
    desk.file("a.json", hits(20_000));
    let whole = desk.run(&["run", "a.json", "--window", "every=1m"]).out();
    assert!(whole.len() > 10 << 20, "{}", whole.len());
    let program = desk::program();
    // In blocks of 512 or 1024 bytes, by the shell: less than the alerts either way,
    // and enough for what the runtime keeps in files without a name.
    let script = format!(
        "trap '' XFSZ; ulimit -f 8192; exec '{}' run a.json --window every=1m --to alerts",
        program.get_program().display()
    );
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .current_dir(desk.path("."))
        .envs(
            program
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .output()
        .expect("it runs");
    let ran = desk::Ran::from(output);
    ran.told(
        2,
        &[
            "cannot write the results: `alerts`: ",
            "its last whole line",
        ],
    );
    let written = desk.read("alerts");
    assert!(written.is_empty() || written.ends_with('\n'));
    assert!(whole.starts_with(&written) && written.len() < whole.len());
    assert!(!written.is_empty(), "what went before stays");
}
