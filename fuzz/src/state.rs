//! A state from bytes: what is no state changes nothing, and what is one is taken whole.
//!
//! The first three bytes say of which rules it is, with which settings, and how it comes:
//! sealed as a state or as a group's, or as the bytes are. The rest is the state.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rule_core::session::Session;
use rule_core::snapshot::{Digest, seal};

use crate::play::Played;
use crate::rules::Kind;

/// The digest of the rules behind magic, version and kind.
const DIGEST: std::ops::Range<usize> = 11..43;
/// Bytes of the checksum.
const CHECKSUM: usize = 8;

/// What a session has seen before it is given a state, and what it sees then.
pub const LOG: &[u8] = br#"{"a":1,"b":"x","_time":1615683600,"host":"h"}
{"a":[1,"ab"],"b":2.5,"c":{"d":[1]},"_time":1615687200}
{"a":"b","b":"two words","_time":1615690800,"EventCode":1,"Message":"a b"}
{"a":"#;

/// Gives a state to two sessions, to restore and to merge.
pub fn give(data: &[u8]) {
    let Some(([set, settings, how], body)) = data.split_first_chunk() else {
        return;
    };
    let kind = Kind::new(*set, *settings);
    let (Some(one), Some(other)) = (kind.open(), kind.open()) else {
        return;
    };
    let bytes = match how {
        0..=1 => seal(*how, &digest(&one), |writer| writer.raw(body)),
        _ => body.to_vec(),
    };
    kind.keep(restored(one, &bytes));
    kind.keep(merged(other, &bytes));
}

/// The bytes of [`give`] for the state that rules come to with a log.
pub fn seed(set: u8, settings: u8, log: &[u8]) -> Option<Vec<u8>> {
    let mut played = Played::new(Kind::new(set, settings).open()?);
    played.push(log);
    let state = played.session.snapshot();
    let body = &state[DIGEST.end..state.len() - CHECKSUM];
    Some([&[set, settings, 0], body].concat())
}

/// The same for the groups that went out as partial alerts.
pub fn groups(set: u8, settings: u8, log: &[u8]) -> Vec<Vec<u8>> {
    let Some(session) = Kind::new(set, settings).open() else {
        return Vec::new();
    };
    let mut played = Played::new(session);
    played.push(&log.repeat(3));
    let alerts = played.end().alerts;
    let states = alerts.lines().filter_map(|line| {
        let alert: serde_json::Value = serde_json::from_str(line).ok()?;
        let state = STANDARD.decode(alert["state"].as_str()?).ok()?;
        let body = state.get(DIGEST.end..state.len() - CHECKSUM)?;
        Some([&[set, settings, 1], body].concat())
    });
    states.take(4).collect()
}

fn digest(session: &Session) -> Digest {
    let state = session.snapshot();
    state[DIGEST].try_into().expect("a digest is in a state")
}

fn restored(session: Session, bytes: &[u8]) -> Session {
    let mut played = Played::new(session);
    played.push(LOG);
    let before = played.session.snapshot();
    let answer = played.session.restore(bytes);
    let after = played.session.snapshot();
    match answer {
        Err(_) => assert_eq!(before, after, "the state stays"),
        // Of a limit that it brings, the smaller one holds.
        Ok(()) => {
            played.session.restore(&after).expect("it was a state");
            assert_eq!(after, played.session.snapshot(), "one state has one form");
        }
    }
    go_on(played)
}

fn merged(session: Session, bytes: &[u8]) -> Session {
    let mut played = Played::new(session);
    // The record in progress ends, or nothing could be joined.
    played.push(LOG);
    let _ = played.act(|session| session.input(b"{}"));
    while played.take() {}
    let before = played.session.snapshot();
    let answer = played.session.merge(bytes);
    let after = played.session.snapshot();
    match answer {
        Err(_) => assert_eq!(before, after, "the state stays"),
        Ok(_) => {
            let again = played.session.restore(&after);
            again.expect("what was joined is a state");
            assert_eq!(after, played.session.snapshot(), "one state has one form");
        }
    }
    go_on(played)
}

/// Whatever the state is now, the session lives on; it may refuse what comes, as one that
/// is finished does.
fn go_on(mut played: Played) -> Session {
    let _ = played.act(|session| session.push(LOG));
    let _ = played.act(|session| session.input(br#"{"format":"json"}"#));
    let _ = played.act(|session| session.push(LOG));
    let _ = played.act(|session| session.advance(1_615_700_000_000));
    let _ = played.act(Session::finish);
    while played.take() {}
    crate::strict::assert_lines(&played.alerts);
    let _ = played.session.describe();
    played.session
}
