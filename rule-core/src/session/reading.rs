//! From the records of the current input to events.

use core::cell::OnceCell;

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::config::{InputCall, InputSettings};
use crate::decode::{self, DecodeError, Decoded, Envelope, FieldSink};
use crate::frame::RecordKind;
use crate::names::{Defaults, Event, EventReader, RAW, Table};
use crate::snapshot::{Damaged, Reader, Writer};
use crate::stats::Sample;
use crate::time::Time;

/// The field whose value names an event's record in a sample.
pub(super) const RECORD_ID: &str = "EventRecordID";

/// What reading an event takes: the tables, and what the input says.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) table: Table,
    pub(super) input: Input,
    /// What the session says of all events.
    session: Defaults,
    /// Does anyone look into the raw text of events?
    keep_raw: bool,
}

/// What is known of an input while its records are read.
#[derive(Clone, Debug, Default)]
pub(super) struct Input {
    pub(super) settings: InputSettings,
    /// What its events take where they say nothing.
    pub(super) defaults: Defaults,
    pub(super) csv_header: Vec<String>,
}

impl Reading {
    pub(super) fn new(table: Table, session: Defaults, keep_raw: bool) -> Self {
        let input = Input {
            defaults: session.clone(),
            ..Input::default()
        };
        Reading {
            table,
            input,
            session,
            keep_raw,
        }
    }

    /// An input with these settings.
    pub(super) fn input(&self, settings: InputSettings) -> Input {
        Input {
            defaults: settings.over(&self.session),
            settings,
            csv_header: Vec::new(),
        }
    }

    /// Goes over to an input; gives the one before.
    pub(super) fn enter(&mut self, input: Input) -> Input {
        let before = core::mem::replace(&mut self.input, input);
        self.input.defaults.now = self.session.now;
        before
    }

    /// What events without a time take.
    pub(super) fn set_now(&mut self, now: Option<Time>) {
        self.session.now = now;
        self.input.defaults.now = now;
    }

    /// Decodes and names a record. `around` is new, and keeps what the event borrows.
    pub(super) fn read<'r>(
        &'r self,
        kind: RecordKind,
        bytes: &'r [u8],
        around: &'r Around,
    ) -> Result<(Event<'r>, Decoded), DecodeError> {
        let envelope = match kind {
            RecordKind::Json => decode::envelope(bytes),
            _ => Envelope::None,
        };
        // Most records carry nothing, and reading one tells.
        if kind == RecordKind::Json && envelope == Envelope::None {
            let reader = self.decode(kind, bytes, &BARE)?;
            if !reader.0.carries() {
                return Ok(self.named(reader));
            }
        }
        let wrapping = around
            .0
            .get_or_init(|| self.wrapping(envelope, kind, bytes));
        let (mut reader, mut decoded) = self.decode(kind, bytes, wrapping)?;
        if let Some(carried) = &wrapping.carried {
            reader.enter_carried();
            decoded.invalid_utf8 |= carried.read(&mut reader);
        }
        Ok(self.named((reader, decoded)))
    }

    fn named<'r>(&'r self, read: (EventReader<'r>, Decoded)) -> (Event<'r>, Decoded) {
        let (reader, decoded) = read;
        (reader.finish(&self.input.defaults), decoded)
    }

    /// Decodes a record, but for what it carries.
    fn decode<'r>(
        &'r self,
        kind: RecordKind,
        bytes: &'r [u8],
        wrapping: &'r Wrapping,
    ) -> Result<(EventReader<'r>, Decoded), DecodeError> {
        let carried = wrapping.carried.as_ref();
        let raw = match (self.keep_raw, carried) {
            (false, _) => Cow::Borrowed(""),
            (true, Some(carried)) => Cow::Borrowed(carried.text.as_str()),
            (true, None) => String::from_utf8_lossy(bytes),
        };
        let mut reader = EventReader::new(&self.table, wrapping.envelope, raw);
        let decoded = match kind {
            RecordKind::Json => decode::json(bytes, &mut reader)?,
            RecordKind::Xml => decode::xml(bytes, &mut reader)?,
            RecordKind::ClassicText => decode::classic_text(bytes, &mut reader)?,
            RecordKind::CsvRow if self.input.csv_header.is_empty() => {
                return Err(DecodeError {
                    reason: "the header could not be read, so this row has no names",
                    offset: 0,
                });
            }
            RecordKind::CsvRow => decode::csv_row(&self.input.csv_header, bytes, &mut reader)?,
            RecordKind::TextLine | RecordKind::CsvHeader => Decoded {
                invalid_utf8: core::str::from_utf8(bytes).is_err(),
            },
        };
        Ok((reader, decoded))
    }

    /// What is around the event of a record.
    fn wrapping(&self, envelope: Envelope, kind: RecordKind, bytes: &[u8]) -> Wrapping {
        let mut find = Find {
            path: match envelope {
                Envelope::None => RAW,
                Envelope::Hec => "event",
                Envelope::Export => "result._raw",
            },
            text: None,
        };
        let found = match kind {
            RecordKind::Json => decode::json(bytes, &mut find),
            RecordKind::CsvRow if self.input.csv_header.iter().any(|name| name == RAW) => {
                decode::csv_row(&self.input.csv_header, bytes, &mut find)
            }
            _ => Ok(Decoded::default()),
        };
        Wrapping {
            envelope,
            carried: found.ok().and(find.text).map(|text| Carried { text }),
        }
    }

    /// The event as it is shown behind a row.
    pub(super) fn sample(&self, event: &Event<'_>, bytes: &[u8], offset: u64) -> Sample {
        let record = self
            .table
            .find(RECORD_ID)
            .and_then(|slot| event.values(slot).first());
        Sample {
            time: event.time(),
            input: self.input.settings.name.clone(),
            offset,
            record: record.map(ToString::to_string),
            text: String::from_utf8_lossy(bytes).into_owned(),
        }
    }
}

impl Input {
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.bytes(&self.settings.text);
        writer.list(self.csv_header.iter(), |writer, name| writer.text(name));
    }

    pub(super) fn read(reader: &mut Reader<'_>, reading: &Reading) -> Result<Self, Damaged> {
        let settings = match InputCall::parse(reader.bytes()?) {
            Ok(InputCall::Begins(settings)) => settings,
            _ => return Err(Damaged),
        };
        Ok(Input {
            csv_header: reader.list(Reader::string)?,
            ..reading.input(settings)
        })
    }
}

/// What is around an event: an envelope, and where its source's own text is
/// carried in one of its fields, that text.
#[derive(Debug)]
struct Wrapping {
    envelope: Envelope,
    carried: Option<Carried>,
}

/// Nothing is around the event.
static BARE: Wrapping = Wrapping {
    envelope: Envelope::None,
    carried: None,
};

/// What is around the event of one record, once it is known.
#[derive(Debug, Default)]
pub(super) struct Around(OnceCell<Wrapping>);

/// An event as its source wrote it: `event` of the HTTP Event Collector where it
/// is a text, `_raw` of an export.
#[derive(Debug)]
struct Carried {
    text: String,
}

impl Carried {
    /// Reads the fields of the text, by its first byte. A text that cannot be
    /// read to its end has none: the envelope is well formed, and its event a
    /// text. Gives whether it has bytes that are no UTF-8.
    fn read<'r>(&'r self, reader: &mut EventReader<'r>) -> bool {
        if self.decode(&mut Nobody).is_err() {
            return false;
        }
        self.decode(reader)
            .is_ok_and(|decoded| decoded.invalid_utf8)
    }

    fn decode<'r>(&'r self, sink: &mut impl FieldSink<'r>) -> Result<Decoded, DecodeError> {
        let bytes = self.text.as_bytes();
        match bytes.trim_ascii_start().first() {
            Some(b'{') => decode::json(bytes, sink),
            Some(b'<') => decode::xml(bytes, sink),
            _ if classic(&self.text) => decode::classic_text(bytes, sink),
            _ => Ok(Decoded::default()),
        }
    }
}

/// A sink that wants nothing: decoding into it says whether a text can be read.
struct Nobody;

impl<'r> FieldSink<'r> for Nobody {
    fn wants(&mut self, _: &str) -> bool {
        false
    }

    fn field(&mut self, _: &str, _: Cow<'r, str>) {}
}

/// A first line with a time, then `LogName=`.
fn classic(text: &str) -> bool {
    text.split_once('\n')
        .is_some_and(|(_, rest)| rest.starts_with("LogName="))
}

/// A sink that keeps one field.
struct Find {
    path: &'static str,
    text: Option<String>,
}

impl<'r> FieldSink<'r> for Find {
    fn wants(&mut self, path: &str) -> bool {
        path == self.path
    }

    fn field(&mut self, _: &str, value: Cow<'r, str>) {
        self.text = Some(value.into_owned());
    }
}
