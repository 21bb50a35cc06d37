//! Real Windows event logs: each is read whole, as one event a line.
//!
//! The logs are public ones that are not kept in this repository; where they are
//! missing the tests say so and are skipped.

mod desk;

use std::io::{self, Cursor, Read};

use desk::event_log::logs;
use flate2::{Compression, read::GzEncoder};
use host_runner::input::{self, Format, Location};

fn xml(location: &Location) -> (String, Vec<input::Damage>) {
    let mut stream = input::open(location, Format::Auto, |source| source).expect("it opens");
    assert_eq!(stream.format(), Format::Xml);
    let mut xml = String::new();
    stream.read_to_string(&mut xml).expect("it is text");
    (xml, stream.take_damage())
}

#[test]
fn all_are_read_to_the_last_event() {
    let Some(folder) = logs() else { return };
    let found = input::find(&[folder]);
    assert_eq!(
        (found.inputs.len(), found.passed_over, found.failed.len()),
        (28, 0, 0)
    );
    let mut events = 0;
    for location in &found.inputs {
        let (xml, damage) = xml(location);
        assert_eq!(damage, [], "{}", location.name());
        assert_eq!(
            xml.matches("<Event ").count(),
            xml.matches("</Event>").count()
        );
        assert!(!xml.contains("<?xml"), "events stand one after the other");
        events += xml.matches("</Event>").count();
    }
    assert_eq!(events, 201);
}

#[test]
fn a_packed_log_gives_the_same_events() {
    let Some(folder) = logs() else { return };
    let plain = folder.join("ID6-Failed_to_install_an_Exchange_transport_agent.evtx");
    let target = tempfile::tempdir().expect("a folder");
    let packed = target.path().join("log.evtx.gz");
    let bytes = std::fs::read(&plain).expect("it is there");
    let mut encoder = GzEncoder::new(Cursor::new(bytes), Compression::fast());
    let mut file = std::fs::File::create(&packed).expect("created");
    io::copy(&mut encoder, &mut file).expect("written");
    assert_eq!(xml(&Location::File(plain)), xml(&Location::File(packed)));
}

#[test]
fn a_cut_log_gives_its_whole_events_and_tells_of_the_cut() {
    let Some(folder) = logs() else { return };
    let log = folder.join("ID4688-Defender_service_deactivation_attempt.evtx");
    let bytes = std::fs::read(&log).expect("it is there");
    let (whole, _) = xml(&Location::File(log));
    let target = tempfile::tempdir().expect("a folder");
    for (length, some) in [(100, false), (5_000, false), (8_000, true), (60_000, true)] {
        let cut = target.path().join("cut.evtx");
        std::fs::write(&cut, bytes.get(..length).expect("it is longer")).expect("written");
        let (xml, damage) = xml(&Location::File(cut));
        assert!(
            damage.iter().any(|damage| damage.cut),
            "{length}: {damage:?}"
        );
        assert!(
            whole.starts_with(&xml),
            "{length}: its events are those of the whole"
        );
        assert_eq!(!xml.is_empty(), some, "{length}: whether there are any");
    }
}
