//! How the bytes are cut changes nothing, and with the clock `end` neither does the
//! order of the events: of the alerts, the counters and the state no byte.

use proptest::prelude::*;

use crate::model::schedule::{SCHEDULES, Schedule};
use crate::model::{Act, Hosts, Kind, Settings, Step, acts, cases, cut, cuts, modes, run};

#[test]
fn however_the_bytes_are_cut() {
    let hosts = Hosts::start();
    let streams = proptest::sample::select(&SCHEDULES[..]).prop_flat_map(|schedule: Schedule| {
        (modes(schedule), Kind::of(schedule).streams(), cuts())
    });
    proptest!(cases(400), |((config, stream, cuts) in streams)| {
        let whole = acts(&stream);
        let pieces = cut(&whole, &cuts);
        let first = hosts.native(|host| run(host, &config, &whole, |_| {}));
        hosts.each(|host| {
            first.same(&run(host, &config, &whole, |_| {}))?;
            first.same(&run(host, &config, &pieces, |_| {}))
        })?;
    });
}

#[test]
fn in_whatever_order_events_come() {
    let hosts = Hosts::start();
    let streams = proptest::sample::select(&SCHEDULES[..]).prop_flat_map(|schedule: Schedule| {
        let streams = Kind::of(schedule).still().streams();
        let orders =
            streams.prop_flat_map(|stream| (Just(stream.clone()), Just(stream).prop_shuffle()));
        (Just(schedule), orders)
    });
    proptest!(cases(400), |((schedule, (stream, shuffled)) in streams)| {
        let config = Settings::of(schedule).at_the_end().config();
        // Where the last record began is a matter of the input, and forgotten with it.
        let whole = |stream: &[Step]| [acts(stream), vec![Act::Input("{}".to_string())]].concat();
        let first = hosts.native(|host| run(host, &config, &whole(&stream), |_| {}));
        hosts.each(|host| first.same(&run(host, &config, &whole(&shuffled), |_| {})))?;
    });
}
