//! Bytes that are no snapshot of these rules are refused, with the reason, and the
//! session stays as it was; whatever they are, it lives on.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::sample::Index;
use rule_tests::host::{Answer, Host};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::model::schedule::{FOUR_HOURS, PUBLISHED, SCHEDULES, Schedule};
use crate::model::{Act, Hosts, Kind, Settings, Step, acts, cases, modes, open, run};

/// Bytes of the checksum at the end.
const CHECKSUM: usize = 8;

/// Restore and merge both refuse, with one of these codes, and change nothing.
fn refused(host: &mut dyn Host, bytes: &[u8], codes: &[&str]) -> Result<(), TestCaseError> {
    let before = (host.snapshot().unwrap(), host.counters());
    let answers: [Answer<()>; 2] = [host.restore(bytes), host.merge(bytes).map(drop)];
    for answer in answers {
        let Err(error) = answer else {
            return Err(TestCaseError::fail("damaged bytes were taken"));
        };
        let error: Value = serde_json::from_slice(&error).expect("an error is JSON");
        let code = error["code"].as_str().unwrap_or_default();
        prop_assert!(codes.contains(&code), "{error}");
        prop_assert!(!error["message"].as_str().unwrap_or_default().is_empty());
    }
    prop_assert!(
        before == (host.snapshot().unwrap(), host.counters()),
        "the state stays"
    );
    Ok(())
}

/// A session with something in it. Of some streams no time is told, as a session
/// has to be that others can be joined with.
fn states() -> impl Strategy<Value = (Value, Vec<Step>)> {
    proptest::sample::select(&SCHEDULES[..])
        .prop_flat_map(|schedule: Schedule| (modes(schedule), Kind::of(schedule).streams()))
}

#[test]
fn a_bit_that_is_turned_and_bytes_that_are_cut_off() {
    let hosts = Hosts::start();
    proptest!(cases(150), |(
        (config, stream) in states(),
        bits in proptest::collection::vec((any::<Index>(), 0..8u8), 12),
        ends in proptest::collection::vec(any::<Index>(), 6),
    )| {
        hosts.each(|host| {
            let whole = run(host, &config, &acts(&stream), |_| {}).state;
            open(host, &config);
            for (place, bit) in &bits {
                let mut bytes = whole.clone();
                bytes[place.index(whole.len())] ^= 1 << bit;
                refused(host, &bytes, &["bad_snapshot"])?;
            }
            for end in &ends {
                refused(host, &whole[..end.index(whole.len())], &["bad_snapshot"])?;
            }
            let more = [&*whole, b"."].concat();
            refused(host, &more, &["bad_snapshot"])
        })?;
    });
}

/// The checksum finds damage and keeps nobody out: bytes that were changed on
/// purpose and have a checksum that fits. What is read may be nonsense, and must do
/// no harm.
#[test]
fn bytes_that_were_forged() {
    let hosts = Hosts::start();
    let changes = proptest::collection::vec((any::<Index>(), any::<u8>()), 1..3);
    let taken = [Cell::new(0), Cell::new(0)];
    proptest!(cases(400), |(
        (config, stream) in states(),
        changes in changes,
        cut in proptest::option::weighted(0.1, any::<Index>()),
        calm in proptest::bool::weighted(0.7),
    )| {
        let mut acts = acts(&stream);
        if calm {
            acts.extend([Act::Input("{}".to_string()), Act::Take]);
        }
        hosts.each(|host| {
            let whole = run(host, &config, &acts, |_| {}).state;
            let mut bytes = whole[..whole.len() - CHECKSUM].to_vec();
            // Behind the magic, the version, the kind and the digest.
            let first = 8 + 2 + 1 + 32;
            for (place, value) in &changes {
                let place = first + place.index(bytes.len() - first);
                bytes[place] = *value;
            }
            if let Some(end) = cut {
                bytes.truncate(first + end.index(bytes.len() - first));
            }
            let checksum = Sha256::digest(&bytes);
            bytes.extend_from_slice(&checksum[..CHECKSUM]);

            for merges in [false, true] {
                open(host, &config);
                let before = host.snapshot().unwrap();
                let answer = match merges {
                    false => host.restore(&bytes),
                    true => host.merge(&bytes).map(drop),
                };
                match answer {
                    Ok(()) => taken[usize::from(merges)].update(|count| count + 1),
                    Err(_) => prop_assert!(host.snapshot().unwrap() == before, "the state stays"),
                }
                // It may refuse what comes now, as a session that is full does.
                for step in &stream {
                    if let Step::Event(event) = step {
                        let _ = host.push(event.line().as_bytes());
                    }
                }
                let _ = host.advance(2_000_000_000_000);
                let _ = host.finish();
                let _ = host.alerts();
                let _ = host.snapshot();
            }
            Ok(())
        })?;
    });
    assert!(
        taken[0].get() > 50 && taken[1].get() > 2,
        "{taken:?} were read"
    );
}

#[test]
fn of_other_rules() {
    let own = Settings::of(PUBLISHED).config();
    let changed = |change: fn(&mut Value)| {
        let mut config = own.clone();
        change(&mut config);
        config
    };
    let others = [
        Settings::of(FOUR_HOURS).config(),
        Settings::of(PUBLISHED).counts(2, 3).config(),
        changed(|config| config["detections"]["id"] = "another".into()),
        changed(|config| config["defaults"] = json!({"timezone": "+02:00"})),
        changed(|config| config["clock"] = "end".into()),
        changed(|config| config["late"]["mode"] = "amend".into()),
        changed(|config| config["early"] = true.into()),
        changed(|config| config["limits"] = json!({"future": 60})),
        changed(|config| config["window"] = "all".into()),
    ];
    let hosts = Hosts::start();
    let checked = hosts.each(|host| {
        for other in &others {
            open(host, other);
            let bytes = host.snapshot().unwrap();
            open(host, &own);
            refused(host, &bytes, &["other_rules"])
                .map_err(|error| TestCaseError::fail(format!("{other}: {error}")))?;
        }
        // Other limits are no other rules.
        open(
            host,
            &changed(|config| config["limits"] = json!({"groups": 10})),
        );
        let bytes = host.snapshot().unwrap();
        open(host, &own);
        prop_assert!(host.restore(&bytes).is_ok());
        Ok(())
    });
    checked.unwrap();
}

#[test]
fn of_another_version_and_what_is_none() {
    let config = Settings::of(PUBLISHED).config();
    let hosts = Hosts::start();
    let checked = hosts.each(|host| {
        open(host, &config);
        let mut bytes = host.snapshot().unwrap();
        // A later version, whole: its checksum fits.
        bytes[9] += 1;
        let end = bytes.len() - CHECKSUM;
        let checksum = Sha256::digest(&bytes[..end]);
        bytes[end..].copy_from_slice(&checksum[..CHECKSUM]);
        refused(host, &bytes, &["bad_snapshot"])?;
        let message = host.restore(&bytes).expect_err("another version");
        prop_assert!(String::from_utf8_lossy(&message).contains("version"));
        for nothing in [&b""[..], b"RULESNAP", b"{}", &[0; 4096]] {
            refused(host, nothing, &["bad_snapshot"])?;
        }
        Ok(())
    });
    checked.unwrap();
}
