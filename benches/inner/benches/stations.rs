//! What the stations of rule-core take of a log, by themselves and together, over the sets
//! of the race.
#![allow(missing_docs, reason = "criterion's macros make functions without")]

use std::borrow::Cow;
use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use rule_core::decode::{self, FieldSink};
use rule_core::frame::{Format, Frame, Framer};
use rule_core::session::Session;
use sets::Set;

/// Of each set so many bytes, as dense in time as a whole one.
const BYTES: u64 = 4 << 20;
const SIZE: u64 = 512 << 20;

/// As the host pushes them.
const BLOCK: usize = 256 << 10;

fn log(set: Set) -> Vec<u8> {
    let mut text = Vec::new();
    sets::write(set, SIZE, BYTES, &mut text).expect("written to memory");
    text
}

fn open(set: Set) -> Session {
    let config = set.rules().configuration_with_limits();
    Session::open(config.as_bytes(), &[rules::BUNDLE.as_bytes()]).expect("the rules open")
}

/// A sink that wants nothing.
struct Nothing;

impl<'r> FieldSink<'r> for Nothing {
    fn wants(&mut self, path: &str) -> bool {
        black_box(path);
        false
    }

    fn field(&mut self, _: &str, _: Cow<'r, str>) {}
}

fn frame(criterion: &mut Criterion) {
    let text = log(Set::NoLiterals);
    let mut group = criterion.benchmark_group("frame");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("json lines", |bencher| {
        bencher.iter(|| {
            let mut framer = Framer::new(Format::Auto, 8 << 20);
            let mut records = 0;
            let mut count = |frame: Frame<'_>| {
                records += u64::from(matches!(frame, Frame::Record { .. }));
            };
            framer.push(&text, &mut count);
            framer.finish(&mut count);
            records
        });
    });
    group.finish();
}

fn decode(criterion: &mut Criterion) {
    let text = log(Set::NoLiterals);
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("json", |bencher| {
        bencher.iter(|| {
            for line in text.split(|byte| *byte == b'\n') {
                let _ = black_box(decode::json(line, &mut Nothing));
            }
        });
    });
    group.finish();
}

fn open_rules(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("open");
    for set in [Set::Hits01, Set::Rules250] {
        group.bench_function(set.rules().name(), |bencher| bencher.iter(|| open(set)));
    }
    group.finish();
}

fn all(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("session");
    for set in Set::RACED {
        let text = log(set);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(set.name(), |bencher| {
            bencher.iter_batched_ref(
                || open(set),
                |session| {
                    for block in text.chunks(BLOCK) {
                        session.push(block).expect("there is room");
                    }
                    while !session.take_alerts().is_empty() {}
                },
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

criterion_group!(stations, frame, decode, open_rules, all);
criterion_main!(stations);
