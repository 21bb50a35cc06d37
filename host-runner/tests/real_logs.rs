//! `run` over real logs.
//!
//! They are public ones that are not kept in this repository; where they are
//! missing the tests say so and are skipped.

mod desk;

use std::path::Path;

use desk::Desk;

#[test]
fn real_events_of_an_exchange_server() {
    let log = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/data/windows/otrf_proxylogon.ndjson.gz");
    if !log.is_file() {
        println!("skipped: `{}` is not there", log.display());
        return;
    }
    let log = log.to_string_lossy();
    let desk = Desk::new();
    desk.run(&["run", &log]).told(
        0,
        &["read 10487 events, 0 matched, 0 malformed, 0 alerts\n"],
    );
    let search = "sourcetype=MSExchange:management EventCode=1 | stats count min(_time) as firstTime max(_time) as lastTime by host Message";
    let ran = desk.run(&["run", &log, "--search", search, "--window", "all"]);
    ran.told(0, &["read 10487 events, 3 matched, "]);
    let count: u64 = ran
        .alerts()
        .iter()
        .filter_map(|alert| alert["row"]["count"].as_u64())
        .sum();
    assert_eq!(count, 3);
}

#[test]
fn real_event_logs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/windows/evtx");
    if !folder.is_dir() {
        println!("skipped: `{}` is not there", folder.display());
        return;
    }
    let desk = Desk::new();
    let all = folder.to_string_lossy();
    desk.run(&["run", &all])
        .told(0, &["read 201 events, 0 matched, 0 malformed, 0 alerts\n"]);
    let log = folder.join("ID6-Failed_to_install_an_Exchange_transport_agent.evtx");
    let log = log.to_string_lossy();
    for (pattern, matched) in [("*Install-TransportAgent*", 2), ("*-TransportAgent*", 4)] {
        let search = format!("EventCode=6 Message=\"{pattern}\" | stats count by host");
        let ran = desk.run(&["run", &log, "--search", &search, "--window", "all"]);
        ran.told(
            0,
            &[&format!(", {matched} matched, 0 malformed, 1 alert\n")],
        );
    }
}
