//! Streams: events in the order of their arrival, and the times that are told
//! between them.

use proptest::prelude::*;

use super::event::{Event, SECOND, Ticks};
use super::schedule::Schedule;

/// 2021-03-14T12:00:00Z, around which streams lie.
pub(crate) const NOON: i64 = 1_615_723_200;

/// What happens in a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// An event arrives.
    Event(Event),
    /// The time is told, in milliseconds since 1970.
    Advance(i64),
}

/// What happens, in its order. A step is known by its place.
pub(crate) type Stream = Vec<Step>;

/// What a stream is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    /// The schedule whose bounds and runs its times lie around.
    pub(crate) schedule: Schedule,
    /// Of a hundred steps those that tell a time.
    pub(crate) advances: u32,
    /// Every event has one value of each field that is grouped by, so that it is
    /// counted once.
    pub(crate) single: bool,
    /// Steps at the most.
    pub(crate) length: usize,
}

impl Kind {
    /// Streams around a schedule with all that can be in one.
    pub(crate) fn of(schedule: Schedule) -> Self {
        Kind {
            schedule,
            advances: 25,
            single: false,
            length: 32,
        }
    }

    /// Streams in which every event is counted once.
    pub(crate) fn single(schedule: Schedule) -> Self {
        Kind {
            single: true,
            ..Kind::of(schedule)
        }
    }

    /// Without times that are told.
    pub(crate) fn still(self) -> Self {
        Kind {
            advances: 0,
            ..self
        }
    }

    /// Events of this kind of stream, each as a step.
    pub(crate) fn event(self) -> impl Strategy<Value = Step> {
        event(self).prop_map(Step::Event)
    }

    /// Streams of this kind.
    pub(crate) fn streams(self) -> impl Strategy<Value = Stream> {
        let step = self.schedule.step();
        let events = event(self).prop_map(Draw::Event);
        let advances = (
            prop_oneof![8 => 0..9i64, 1 => -9..0i64, 1 => 9..60i64],
            prop_oneof![Just(-1i64), Just(0), Just(0), Just(1), Just(123), Just(999)],
        );
        let advances = advances.prop_map(|(steps, beside)| Draw::Advance(steps, beside));
        let draw = prop_oneof![100 - self.advances => events, self.advances => advances];
        let begin = -24..12i64;
        (begin, proptest::collection::vec(draw, 0..=self.length)).prop_map(move |(begin, draws)| {
            let mut now = begin;
            let told = |draw| match draw {
                Draw::Event(event) => Step::Event(event),
                Draw::Advance(steps, beside) => {
                    let told = now + steps;
                    now = now.max(told);
                    Step::Advance((NOON + told * step) * 1000 + beside)
                }
            };
            draws.into_iter().map(told).collect()
        })
    }
}

/// A schedule of these, and a stream around it.
pub(crate) fn scheduled(
    schedules: &'static [Schedule],
    kind: fn(Schedule) -> Kind,
) -> impl Strategy<Value = (Schedule, Stream)> {
    proptest::sample::select(schedules).prop_flat_map(move |schedule| {
        kind(schedule)
            .streams()
            .prop_map(move |stream| (schedule, stream))
    })
}

/// A step before the times that are told stand one behind the other.
#[derive(Clone, Debug)]
enum Draw {
    Event(Event),
    /// Steps of the schedule from the last time told, and milliseconds beside it.
    Advance(i64, i64),
}

fn event(kind: Kind) -> BoxedStrategy<Event> {
    let a = proptest::sample::select(&["1", "2", "10", "-3", "EX01"][..]);
    let a = a.prop_map(|name| vec![name.to_string()]);
    let b = proptest::sample::select(&["x", "Y", "é", "1.5", "a \"b\""][..]);
    let b = b.prop_map(|name| Some(name.to_string()));
    let (a, b) = match kind.single {
        true => (a.boxed(), b.boxed()),
        false => (
            prop_oneof![10 => a, 1 => Just(Vec::new()), 1 => several(&["1", "2", "EX01"])].boxed(),
            prop_oneof![10 => b, 1 => Just(None)].boxed(),
        ),
    };
    let number = prop_oneof![4 => -3..9i64, 1 => -999_999..999_999i64]
        .prop_map(|n| if n.abs() < 10 { n * 1000 } else { n });
    let names = prop_oneof![6 => several(&["ann", "Ann", "bob", "zoë"]), 1 => Just(Vec::new())];
    let fields = (a, b, proptest::collection::vec(number, 0..3), names);
    let hit = proptest::bool::weighted(0.9);
    (time(kind.schedule), hit, fields)
        .prop_map(|(time, hit, (a, b, n, u))| Event {
            time,
            hit,
            a,
            b,
            n,
            u,
        })
        .boxed()
}

fn several(names: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(proptest::sample::select(names), 1..4)
        .prop_map(|names| names.into_iter().map(String::from).collect())
}

/// Times: mostly about the bounds of windows and the runs near noon.
fn time(schedule: Schedule) -> impl Strategy<Value = Option<Ticks>> {
    let step = schedule.step();
    let beside = prop_oneof![
        4 => Just(0),
        1 => Just(-1),
        1 => Just(1),
        1 => Just(-SECOND),
        1 => Just(SECOND / 2),
        1 => Just(SECOND - 1),
        1 => 0..step * SECOND,
    ];
    let near = (-40..30i64, beside)
        .prop_map(move |(steps, beside)| Some((NOON + steps * step) * SECOND + beside));
    let far = prop_oneof![
        // 1601, 1969, 1970, 9999
        Just(-11_644_473_600i64),
        -4000..0i64,
        0..4000i64,
        253_370_764_800..253_370_768_400i64,
    ];
    let far = (far, prop_oneof![Just(0), Just(2_500_000)])
        .prop_map(|(seconds, beside)| Some(seconds * SECOND + beside));
    prop_oneof![20 => near, 2 => far, 1 => Just(None)]
}
