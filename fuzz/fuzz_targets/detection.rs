//! A configuration: it is refused with an error that says why, or it is a session, which
//! runs over a log to its end.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rule_core::session::Session;
use rule_fuzz::play::Played;
use rule_fuzz::{rules, state, strict};

fuzz_target!(|data: &[u8]| {
    let session = match Session::open(data, &[rules::bundle()]) {
        Ok(session) => session,
        Err(error) => {
            assert!(
                !error.message.is_empty() && !error.message.contains('\n'),
                "{error}"
            );
            assert!(strict::is_object(&error.to_json()), "{error}");
            return;
        }
    };
    assert!(strict::is_object(&session.describe()));
    if let Ok(explained) = session.explain(state::LOG) {
        assert!(strict::is_object(&explained));
    }
    let empty = session.snapshot();
    let mut played = Played::new(session);
    for now in [1_615_680_000_000, 1_615_690_000_000] {
        played.push(state::LOG);
        let _ = played.act(|session| session.advance(now));
    }
    let _ = played.act(|session| session.input(b"{}"));
    let outcome = played.end();
    let mut again = Session::open(data, &[rules::bundle()]).expect("it opened before");
    again.restore(&empty).expect("a state of these rules");
    again
        .restore(&outcome.state)
        .expect("a state of these rules");
    assert_eq!(again.snapshot(), outcome.state, "one state has one form");
});
