//! A session that is put aside as a snapshot and taken up again, at any moment and
//! in any host, goes on as if nothing had been.

use proptest::prelude::*;
use proptest::sample::Index;
use rule_tests::host::Host;
use serde_json::{Value, json};

use crate::model::schedule::{PUBLISHED, SCHEDULES, Schedule};
use crate::model::{
    Act, Alert, Hosts, Kind, NOON, Settings, acts, cases, counters, cut, cuts, modes, open, run,
};

/// Puts the session aside and goes on with a new one.
fn restart(host: &mut dyn Host, config: &Value) {
    let snapshot = host.snapshot().expect("an open session has a state");
    open(host, config);
    host.restore(&snapshot).expect("a state of the same rules");
    let again = host.snapshot().expect("an open session has a state");
    assert!(again == snapshot, "a state that was restored is the same");
}

/// At some of the acts, or at all.
fn some() -> impl Strategy<Value = Vec<bool>> {
    prop_oneof![
        1 => Just(vec![true]),
        2 => proptest::collection::vec(any::<bool>(), 1..20),
    ]
}

/// Of each host: without restarts, and with some.
fn check(hosts: &Hosts, config: &Value, acts: &[Act], some: &[bool]) -> Result<(), TestCaseError> {
    let whole = hosts.native(|host| run(host, config, acts, |_| {}));
    hosts.each(|host| {
        let mut now = some.iter().cycle();
        let restarted = run(host, config, acts, |host| {
            if now.next() == Some(&true) {
                restart(host, config);
            }
        });
        whole.same(&restarted)
    })
}

#[test]
fn restarts_change_nothing() {
    let hosts = Hosts::start();
    let streams = proptest::sample::select(&SCHEDULES[..]).prop_flat_map(|schedule: Schedule| {
        (modes(schedule), Kind::of(schedule).streams(), cuts())
    });
    proptest!(cases(300), |(
        (config, stream, cuts) in streams,
        some in some(),
    )| {
        check(&hosts, &config, &cut(&acts(&stream), &cuts), &some)?;
    });
}

/// Inputs of different forms, in turns, each with something unfinished when another
/// goes on.
#[test]
fn restarts_between_inputs_that_come_in_turns() {
    let hosts = Hosts::start();
    let inputs = [
        ("json", json_lines().into_bytes()),
        ("auto", utf16(&json_lines())),
        ("csv", b"_time,kind,b\n1615716000,hit,\"x\ny\"\n1615716001,hit,z\n".to_vec()),
        ("text", b"2021-03-14T10:00:00Z kind=hit\nand more kind=hit\n".to_vec()),
        ("xml", b"<Event><System><EventID>1</EventID></System><EventData><Data Name='kind'>hit</Data><Data Name='b'>x</Data></EventData></Event>".to_vec()),
    ];
    let config = json!({
        "detections": {"name": "n", "id": "i", "search": "kind=hit OR hit | fillnull value=none b | stats count min(_time) as first by b"},
        "window": "all",
    });
    let turns = proptest::collection::vec((0..inputs.len(), any::<Index>()), 1..24);
    proptest!(cases(200), |(turns in turns, some in some())| {
        check(&hosts, &config, &in_turns(&inputs, &turns), &some)?;
    });
}

/// More alerts wait than there is room for, and events behind them that were not
/// looked at yet.
#[test]
fn restarts_of_a_session_that_is_full() {
    let hosts = Hosts::start();
    let mut config = Settings::of(PUBLISHED).config();
    config["limits"] = json!({"state": 65536, "groups": 1});
    let events: String = (0..2000)
        .map(|n| {
            let event = json!({"_time": NOON, "kind": "hit", "a": [n], "b": "x"});
            event.to_string() + "\n"
        })
        .collect();
    let push = Act::Push(events.into_bytes());
    let acts = [push.clone(), Act::Take, push, Act::Take];
    // Taken or not, the last of them can be the end's to give.
    check(&hosts, &config, &acts, &[true]).unwrap();
    let checked = hosts.each(|host| {
        open(host, &config);
        acts[0].apply(host, &mut String::new());
        restart(host, &config);
        let mut alerts = Vec::new();
        for _ in 0..100 {
            alerts.extend(host.some_alerts());
            restart(host, &config);
        }
        host.finish().expect("all have been taken");
        alerts.extend(host.alerts());
        let alerts = Alert::read_all(&alerts);
        prop_assert_eq!(alerts.len(), 2000);
        prop_assert_eq!(&counters(host)["matches"], 2000);
        Ok(())
    });
    checked.unwrap();
}

fn json_lines() -> String {
    let event = |second: i64, b: &str| {
        json!({"_time": 1_615_716_000 + second, "kind": "hit", "b": b}).to_string() + "\n"
    };
    [event(0, "é"), event(1, "😀"), event(2, "x")].concat()
}

fn utf16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

/// In each turn an input gives some of what is left of it. Some inputs are ended
/// by their turn, the others by the end.
fn in_turns(inputs: &[(&str, Vec<u8>)], turns: &[(usize, Index)]) -> Vec<Act> {
    let mut given = vec![0; inputs.len()];
    let mut begun = vec![false; inputs.len()];
    let mut acts = Vec::new();
    for (input, share) in turns {
        let (format, bytes) = &inputs[*input];
        let settings = match begun[*input] {
            false => json!({"name": format, "format": format, "stream": format}),
            true => json!({"stream": format, "goes_on": true}),
        };
        begun[*input] = true;
        let rest = &bytes[given[*input]..];
        let share = share.index(rest.len() + 1);
        given[*input] += share;
        acts.push(Act::Input(settings.to_string()));
        acts.push(Act::Push(rest[..share].to_vec()));
        if share == rest.len() {
            acts.push(Act::Input(
                json!({"stream": format, "ends": true}).to_string(),
            ));
            begun[*input] = false;
            given[*input] = 0;
        }
    }
    acts
}

/// What comes in turns is what comes one behind the other.
#[test]
fn turns_change_nothing() {
    let hosts = Hosts::start();
    let inputs = [
        ("json", json_lines().into_bytes()),
        ("auto", utf16(&json_lines())),
    ];
    let config = json!({
        "detections": {"name": "n", "id": "i", "search": "kind=hit | stats count by b"},
        "window": "all",
    });
    let turns = proptest::collection::vec((0..inputs.len(), any::<Index>()), 1..16);
    proptest!(cases(200), |(turns in turns)| {
        let acts = in_turns(&inputs, &turns);
        let alone = inputs.iter().map(|(format, _)| alone(&acts, format)).collect::<Vec<_>>();
        hosts.each(|host| {
            let together = run(host, &config, &acts, |_| {});
            let behind = run(host, &config, &alone.concat(), |_| {});
            prop_assert_eq!(together.alerts, behind.alerts);
            prop_assert_eq!(unordered(&together.counters), unordered(&behind.counters));
            Ok(())
        })?;
    });
}

/// Counters without the samples, which are in the order in which inputs ended.
fn unordered(counters: &str) -> Value {
    let mut counters: Value = serde_json::from_str(counters).expect("counters are JSON");
    counters["malformed_samples"].take();
    counters
}

/// The acts of one stream: while it has its turn.
fn alone(acts: &[Act], stream: &str) -> Vec<Act> {
    let mut its_turn = false;
    let its = acts.iter().filter(|act| {
        if let Act::Input(settings) = act {
            let settings: Value = serde_json::from_str(settings).expect("settings are JSON");
            its_turn = settings["stream"] == stream;
        }
        its_turn
    });
    its.cloned().collect()
}
