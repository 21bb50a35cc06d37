//! Why one record matches or does not.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;
use serde_json::Value;

use super::engine::Engine;
use super::error::{ErrorCode, SessionError};
use super::reading::Around;
use crate::frame::{Frame, Framer, RecordKind};
use crate::names::Event;
use crate::search::Explanation;

#[derive(Serialize)]
struct Explained<'e> {
    record: Record,
    rules: Vec<RuleExplained<'e>>,
}

#[derive(Serialize)]
struct Record {
    format: &'static str,
    time: Option<String>,
    /// The fields that the rules ask for, with their values.
    fields: BTreeMap<String, Value>,
}

#[derive(Serialize)]
struct RuleExplained<'e> {
    id: &'e str,
    name: &'e str,
    matched: bool,
    search: Explanation,
}

/// Bytes of the values that an explanation shows, of all rules together.
const VALUES: usize = 4 << 20;

pub(super) fn explain(engine: &Engine, bytes: &[u8]) -> Result<Vec<u8>, SessionError> {
    let record = first_record(engine, bytes)?;
    let around = Around::default();
    let (event, _) = engine
        .reading
        .read(record.kind, &record.bytes, &around)
        .map_err(|error| SessionError::new(ErrorCode::BadRecord, error.to_string()))?;
    let mut room = VALUES;
    let explained = Explained {
        record: Record {
            format: format_name(record.kind),
            time: event.time().map(|time| time.rfc3339().to_string()),
            fields: fields(engine, &event),
        },
        rules: engine
            .rules
            .iter()
            .map(|rule| {
                let search = rule.explain(&event, &mut room);
                RuleExplained {
                    id: &rule.detection.id,
                    name: &rule.detection.name,
                    matched: search.held,
                    search,
                }
            })
            .collect(),
    };
    Ok(serde_json::to_vec(&explained).unwrap_or_default())
}

struct FirstRecord {
    kind: RecordKind,
    bytes: Vec<u8>,
}

fn first_record(engine: &Engine, bytes: &[u8]) -> Result<FirstRecord, SessionError> {
    let mut found: Option<Result<FirstRecord, SessionError>> = None;
    let mut take = |frame: Frame<'_>| {
        // A CSV row means nothing without its header, and explain has no input
        // to have had one.
        if found.is_some() {
            return;
        }
        found = match frame {
            Frame::Record {
                kind: RecordKind::CsvHeader,
                ..
            } => None,
            Frame::Record { kind, bytes, .. } => Some(Ok(FirstRecord {
                kind,
                bytes: bytes.to_vec(),
            })),
            Frame::Malformed { reason, .. } => Some(Err(SessionError::new(
                ErrorCode::BadRecord,
                reason.message(),
            ))),
        };
    };
    let format = engine.reading.input.settings.format;
    let mut framer = Framer::new(format, engine.config().limits.record);
    framer.push(bytes, &mut take);
    framer.finish(&mut take);
    found.unwrap_or_else(|| {
        Err(SessionError::new(
            ErrorCode::BadRecord,
            "there is no record in these bytes",
        ))
    })
}

fn fields(engine: &Engine, event: &Event<'_>) -> BTreeMap<String, Value> {
    let mut fields = BTreeMap::new();
    for (slot, name) in engine.fields().iter().enumerate() {
        let time = event.time().filter(|_| name == "_time");
        let values = event.values(slot).iter().map(ToString::to_string);
        let values: Vec<Value> = values
            .chain(time.map(|time| time.to_string()))
            .map(Value::String)
            .collect();
        let value = match values.len() {
            0 => continue,
            1 => values.into_iter().next().unwrap_or_default(),
            _ => Value::Array(values),
        };
        fields.insert(name.clone(), value);
    }
    fields
}

fn format_name(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Json => "json",
        RecordKind::Xml => "xml",
        RecordKind::ClassicText | RecordKind::TextLine => "text",
        RecordKind::CsvHeader | RecordKind::CsvRow => "csv",
    }
}
