//! Every case of `cases/` in the hosts of `examples/`, and what their commands do.
//!
//! A test is called `subject::name of the case/language`, or `detect::what/language`.
//! Where a language is not on this machine it has one test instead, which is ignored
//! and says what is missing.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use rule_tests::case::{Case, collection};
use rule_tests::detect::{CHECKS, Detect};
use rule_tests::expect::{check, equal};
use rule_tests::host::language::{Language, Ready};
use rule_tests::host::{Host, Kind};
use rule_tests::play::{Cut, play};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    fs::create_dir_all(folder)?;
    let cases: Vec<_> = collection()?.into_iter().map(Arc::new).collect();
    let mut trials = Vec::new();
    for language in Language::ALL {
        let name = language.name();
        let ready = match language.prepare(folder) {
            Ok(ready) => ready,
            Err(missing) => {
                println!("skipped: {name}: {missing}");
                let ignored = move || Ok(Completion::ignored_with(missing));
                trials.push(Trial::ignorable_test(format!("cases/{name}"), ignored));
                continue;
            }
        };
        let pool = Arc::new(Pool::of(ready.clone()));
        for case in &cases {
            let (case, pool) = (Arc::clone(case), Arc::clone(&pool));
            let test = format!("{}::{}/{name}", case.0, case.1.name);
            trials.push(Trial::test(test, move || run(&case.1, &case.2, &pool)));
        }
        for (what, check) in CHECKS {
            let ready = ready.clone();
            if ready.detect().is_none() {
                continue;
            }
            trials.push(Trial::test(format!("detect::{what}/{name}"), move || {
                let command = || ready.detect().expect("it was there before");
                check(&Detect::new(&command));
                Ok(())
            }));
        }
    }
    libtest_mimic::run(&arguments, trials).exit()
}

/// Hosts that play one case after the other: to start one takes longer than a case.
struct Pool {
    ready: Ready,
    idle: Mutex<Vec<Box<dyn Host + Send>>>,
}

impl Pool {
    fn of(ready: Ready) -> Self {
        Pool {
            ready,
            idle: Mutex::default(),
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Box<dyn Host + Send>>> {
        self.idle.lock().expect("nothing panics while it is held")
    }

    /// Runs `test` with a host. One that panics is not used again.
    fn with<T>(&self, test: impl FnOnce(&mut dyn Host) -> T) -> T {
        let idle = self.idle().pop();
        let mut host = idle.unwrap_or_else(|| self.ready.start());
        let result = test(&mut *host);
        self.idle().push(host);
        result
    }
}

fn run(case: &Case, config: &[u8], pool: &Pool) -> Result<(), Failed> {
    let mut native = play(case, config, &mut *Kind::Native.start(), Cut::Whole);
    check(case, &native)?;
    let outcome = pool.with(|host| play(case, config, host, Cut::Whole));
    equal("native and whole", &native, &outcome)?;
    let total = case.total();
    if case.uncut || total == 0 {
        return Ok(());
    }
    // Records alone in a session are the same however the input is cut.
    let mut alone = case.clone();
    alone.hits.clear();
    alone.misses.clear();
    native.probes.clear();
    let cut = Cut::Restarts(total.div_ceil(2));
    let outcome = pool.with(|host| play(&alone, config, host, cut));
    equal(&format!("native and {cut:?}"), &native, &outcome)?;
    Ok(())
}
