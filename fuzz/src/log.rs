//! A log of one format: however it is cut into pushes, what comes of it is the same.
//!
//! The first three bytes say which rules it is given to, with which settings, and how it is
//! cut; the rest is the log.

use crate::play::{Outcome, Played};
use crate::rules::Kind;

/// Bytes before the log.
const HEAD: usize = 3;

/// Reads a log in every way that must come to the same.
pub fn read(format: &str, data: &[u8]) {
    let Some(([set, settings, cut], log)) = data.split_first_chunk::<HEAD>() else {
        return;
    };
    let mut way = Way {
        kind: Kind::new(*set, *settings),
        format,
    };
    let Some(whole) = way.outcome([log]) else {
        return;
    };
    whole.assert_counted(log.len());
    if way.kind.is_accounted() {
        whole.assert_accounted();
    }
    let pieces = way.outcome(pieces(*cut, log));
    assert_eq!(Some(&whole), pieces.as_ref(), "cut by {cut}");
    let half = log.split_at(log.len() * usize::from(*cut) / 256);
    let moved = way.moved(half);
    assert_eq!(Some(&whole), moved.as_ref(), "moved to another session");
    way.kind.strict = true;
    let strict = way.outcome([log]).expect("it opened before");
    assert_eq!(whole.alerts, strict.alerts, "with the scan and without");
    assert_eq!(whole.counters.matches, strict.counters.matches);
}

/// Text as UTF-16, behind its byte order mark, comes to what it comes to as UTF-8.
pub fn read_wide(data: &[u8]) {
    let Some(([set, settings, cut], log)) = data.split_first_chunk::<HEAD>() else {
        return;
    };
    let Ok(text) = str::from_utf8(log) else {
        return;
    };
    let way = Way {
        kind: Kind::new(*set, *settings),
        format: "auto",
    };
    let bytes = |unit: u16| match cut % 2 {
        0 => unit.to_le_bytes(),
        _ => unit.to_be_bytes(),
    };
    let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
    let wide: Vec<u8> = units.flat_map(bytes).collect();
    let narrow = ["\u{feff}".as_bytes(), log].concat();
    let Some(mut narrow) = way.outcome([&narrow[..]]) else {
        return;
    };
    let wide = way.outcome(pieces(*cut, &wide)).expect("it opened before");
    narrow.counters.bytes = wide.counters.bytes;
    assert_eq!(narrow.alerts, wide.alerts, "as UTF-16");
    assert_eq!(narrow.counters, wide.counters, "as UTF-16");
}

/// The log in pieces: two, or many of one length.
fn pieces(cut: u8, log: &[u8]) -> Vec<&[u8]> {
    match cut {
        0..128 => log.chunks(usize::from(cut) + 1).collect(),
        _ => {
            let (first, second) = log.split_at(log.len() * usize::from(cut - 128) / 128);
            vec![first, second]
        }
    }
}

/// Rules, and the format that the log is said to have.
struct Way<'f> {
    kind: Kind,
    format: &'f str,
}

impl Way<'_> {
    /// None where none of the rules can run.
    fn begin(&self) -> Option<Played> {
        let mut played = Played::new(self.kind.open()?);
        let input = format!(r#"{{"name":"log","format":"{}"}}"#, self.format);
        played
            .act(|session| session.input(input.as_bytes()))
            .expect("an input begins");
        Some(played)
    }

    fn end(&self, mut played: Played) -> Outcome {
        let outcome = played.end();
        self.kind.keep(played.session);
        outcome
    }

    fn outcome<'l>(&self, pieces: impl IntoIterator<Item = &'l [u8]>) -> Option<Outcome> {
        let mut played = self.begin()?;
        for piece in pieces {
            played.push(piece);
        }
        Some(self.end(played))
    }

    /// The log with its second half in another session, which has the state of the first.
    fn moved(&self, (first, second): (&[u8], &[u8])) -> Option<Outcome> {
        let mut played = self.begin()?;
        played.push(first);
        let state = played.session.snapshot();
        let mut other = Played::new(self.kind.open()?);
        other
            .session
            .restore(&state)
            .expect("a state of these rules");
        assert_eq!(other.session.snapshot(), state, "one state has one form");
        other.alerts = played.alerts;
        self.kind.keep(played.session);
        other.push(second);
        Some(self.end(other))
    }
}
