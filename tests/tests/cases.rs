//! Every case of `cases/`, in every host, with the bytes cut in every way.
//!
//! A test is called `subject::name of the case/host`.

use std::error::Error;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use rule_tests::case::{Case, collection};
use rule_tests::expect::{check, equal};
use rule_tests::host::Kind;
use rule_tests::play::{Cut, play};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for (subject, case, config) in collection()? {
        let case = Arc::new((case, config));
        for kind in Kind::ALL {
            let case = Arc::clone(&case);
            let name = format!("{subject}::{}/{}", case.0.name, kind.name());
            trials.push(Trial::test(name, move || run(&case.0, &case.1, kind)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit()
}

fn run(case: &Case, config: &[u8], kind: Kind) -> Result<(), Failed> {
    let mut host = kind.start();
    let outcome = play(case, config, &mut *host, Cut::Whole);
    check(case, &outcome)?;
    if kind != Kind::Native {
        let native = play(case, config, &mut *Kind::Native.start(), Cut::Whole);
        equal("native and module", &native, &outcome)?;
    }
    for length in cuts(case) {
        let cut = play(case, config, &mut *host, Cut::Pieces(length));
        let what = format!("whole and in pieces of {length} bytes");
        equal(&what, &outcome, &cut)?;
    }
    if let Some(length) = restart_length(case, kind) {
        let restarted = play(case, config, &mut *host, Cut::Restarts(length));
        let what = format!("whole and with a restart after each {length} bytes");
        equal(&what, &outcome, &restarted)?;
    }
    Ok(())
}

/// The lengths of the pieces that a case is cut into: small ones where its bytes
/// are few.
fn cuts(case: &Case) -> Vec<usize> {
    if case.uncut {
        return Vec::new();
    }
    match case.total() {
        0 => Vec::new(),
        1..=2048 => vec![1, 7],
        2049..=65_536 => vec![7],
        _ => vec![4093],
    }
}

/// After how many bytes a session is put aside and goes on in a new one. The
/// engine as it is opens one quickly; a module has some to open.
fn restart_length(case: &Case, kind: Kind) -> Option<usize> {
    match (case.total(), kind) {
        (0, _) => None,
        _ if case.uncut => None,
        (total, Kind::Native) => Some(total.div_ceil(200)),
        (total, Kind::Wasmtime) => Some(total.div_ceil(5)),
        (total, Kind::Wasmi) => Some(total.div_ceil(2)),
    }
}
