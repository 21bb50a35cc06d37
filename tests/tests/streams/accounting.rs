//! Nothing is lost and nothing is counted twice: what the alerts stand for are the
//! events that matched.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::model::schedule::APART;
use crate::model::{Hosts, Kind, Settings, cases, play, scheduled};

#[test]
fn the_alerts_stand_for_every_match() {
    let hosts = Hosts::start();
    proptest!(cases(600), |(
        (schedule, stream) in scheduled(&APART, Kind::single),
        host in any::<bool>(),
        amends in any::<bool>(),
        early in any::<bool>(),
    )| {
        let settings = Settings { host, amends, ..Settings::of(schedule) };
        let mut config = settings.config();
        config["early"] = early.into();
        hosts.each(|host| {
            let played = play(host, &config, &stream);
            prop_assert_eq!(&played.counters["matches"], played.accounted());
            Ok(())
        })?;
    });
}

/// Where no row depends on another one and nothing is taken back, each finding is
/// announced once, by its first event, before it is final.
#[test]
fn early_rows_announce_the_final_ones() {
    let hosts = Hosts::start();
    proptest!(cases(300), |(
        (schedule, stream) in scheduled(&APART, Kind::single),
        least in 0..4i64,
    )| {
        let mut config = Settings::of(schedule).counts(least, i64::from(u32::MAX)).config();
        config["early"] = true.into();
        hosts.each(|host| {
            let played = play(host, &config, &stream);
            let of_kind = |kind: &str| -> BTreeMap<String, (usize, u64)> {
                let alerts = played.alerts.iter().filter(|(_, alert)| alert.kind == kind);
                alerts
                    .map(|(step, alert)| (alert.id.clone(), (*step, alert.count())))
                    .collect()
            };
            let (early, finals) = (of_kind("early"), of_kind("final"));
            let count = played.alerts.iter().filter(|(_, alert)| alert.kind == "early").count();
            prop_assert_eq!(early.len(), count, "each once");
            for (id, (step, count)) in &finals {
                let announced = early.get(id);
                prop_assert!(announced.is_some(), "{} was not announced", id);
                let (before, first) = announced.copied().unwrap_or_default();
                prop_assert!(before < *step);
                prop_assert_eq!(first, least.max(1) as u64);
                prop_assert!(first <= *count);
            }
            // What was announced is final, or went out as it was too far ahead.
            for id in early.keys().filter(|id| !finals.contains_key(*id)) {
                let apart = played.alerts.iter().any(|(_, alert)| {
                    alert.kind == "partial" && alert.id == *id
                });
                prop_assert!(apart, "{} never came", id);
            }
            Ok(())
        })?;
    });
}
