//! What a field of a kind of events is made of.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

use crate::settings::{Section, SettingError, wrong};

/// One way to come by a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A field of the event, or what is taken of it.
    Taken(Taken),
    /// A text, where two fields of the event are the same.
    Constant {
        text: String,
        where_same: Option<[String; 2]>,
    },
    /// The command line: as it was logged where it begins with a path, else behind the
    /// program's path [Splunk Add-on for Windows].
    CommandLine { logged: String, program: String },
}

/// A field of the event, and what is done to each of its values, in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) field: String,
    /// Values that count as none.
    unless: Vec<String>,
    /// It ends before this text, where it has it behind a drive's colon.
    before: Option<String>,
    /// It is what stands between these texts, where it has them.
    between: Option<[String; 2]>,
    /// A part of a path.
    take: Option<Take>,
    /// What a value that is one of these becomes; others are none then.
    map: BTreeMap<String, String>,
    lower: bool,
    prefix: String,
}

/// A part of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Take {
    /// What is behind the last `\` or `/`.
    Last,
    /// The last but one of the parts between `\` or `/`.
    Above,
}

/// Where a value of a field comes from, for who asks which texts an event must have.
pub(crate) enum Origin<'m> {
    /// A field of the event, whole or in pieces that stand in it, or such with blanks and
    /// quotes between them.
    Field(&'m str),
    /// One of these texts.
    Constants(Vec<&'m str>),
    /// Something that is put together.
    Made,
}

impl Part {
    /// A part, or a list of them.
    pub(super) fn list_from_json(value: &Value, at: &str) -> Result<Vec<Self>, SettingError> {
        match value {
            Value::Array(parts) => parts.iter().map(|part| Part::from_json(part, at)).collect(),
            one => Ok(alloc::vec![Part::from_json(one, at)?]),
        }
    }

    fn from_json(value: &Value, at: &str) -> Result<Self, SettingError> {
        if let Value::String(field) = value {
            return Ok(Part::Taken(Taken::of(field)));
        }
        let has = |key: &str| value.get(key).is_some();
        let keys: &[&str] = match () {
            () if has("is") => &["is", "where_same"],
            () if has("command_line") => &["command_line"],
            () => &[
                "from", "unless", "take", "before", "between", "map", "lower", "prefix",
            ],
        };
        let section = Section::new(value, at, keys)?;
        let two = |key: &str| -> Result<Option<[String; 2]>, SettingError> {
            let texts = section.texts(key)?;
            match <[String; 2]>::try_from(texts) {
                Ok(two) => Ok(Some(two)),
                Err(texts) if texts.is_empty() => Ok(None),
                Err(_) => Err(SettingError::new(format!("`{at}.{key}` must be two texts"))),
            }
        };
        if let Some(text) = section.text("is")? {
            return Ok(Part::Constant {
                text: String::from(text),
                where_same: two("where_same")?,
            });
        }
        if let Some([logged, program]) = two("command_line")? {
            return Ok(Part::CommandLine { logged, program });
        }
        let Some(field) = section.text("from")? else {
            let message = format!("`{at}` must say one of `from`, `is`, `command_line`");
            return Err(SettingError::new(message));
        };
        let take = match section.get("take") {
            None => None,
            Some(Value::String(what)) if what == "last" => Some(Take::Last),
            Some(Value::String(what)) if what == "above" => Some(Take::Above),
            Some(other) => {
                return Err(wrong(&format!("{at}.take"), "`last` or `above`", other));
            }
        };
        let prefix = section.text("prefix")?;
        Ok(Part::Taken(Taken {
            field: String::from(field),
            unless: section.texts("unless")?,
            before: section.text("before")?.map(String::from),
            between: two("between")?,
            take,
            map: crate::entries::map(section.text_map("map")?),
            lower: section.flag("lower")?.unwrap_or_default(),
            prefix: prefix.map(String::from).unwrap_or_default(),
        }))
    }

    /// Where its values come from.
    pub(super) fn origins(&self) -> impl Iterator<Item = Origin<'_>> {
        let origins = match self {
            Part::Taken(taken) if !taken.prefix.is_empty() => [Some(Origin::Made), None],
            Part::Taken(taken) if taken.map.is_empty() => [Some(Origin::Field(&taken.field)), None],
            Part::Taken(taken) => {
                let texts = taken.map.values().map(String::as_str);
                [Some(Origin::Constants(texts.collect())), None]
            }
            Part::Constant { text, .. } => [Some(Origin::Constants(alloc::vec![text])), None],
            // With quotes and a blank between the two.
            Part::CommandLine { logged, program } => {
                [Some(Origin::Field(logged)), Some(Origin::Field(program))]
            }
        };
        origins.into_iter().flatten()
    }
}

impl Taken {
    /// A field as it is.
    fn of(field: &str) -> Self {
        Taken {
            field: String::from(field),
            ..Taken::default()
        }
    }

    /// What becomes of a value; None where it is none.
    pub(super) fn value<'v>(&'v self, value: &Cow<'v, str>) -> Option<Cow<'v, str>> {
        if value.is_empty() || self.unless.iter().any(|one| **one == **value) {
            return None;
        }
        let mut taken = match value {
            Cow::Borrowed(text) => Cow::Borrowed(self.piece(text)?),
            Cow::Owned(text) => Cow::Owned(String::from(self.piece(text)?)),
        };
        if !self.map.is_empty() {
            taken = Cow::Borrowed(self.map.get(&*taken)?.as_str());
        }
        if self.lower && taken.chars().any(char::is_uppercase) {
            taken = Cow::Owned(taken.to_lowercase());
        }
        if !self.prefix.is_empty() {
            taken = Cow::Owned(format!("{}{taken}", self.prefix));
        }
        (!taken.is_empty()).then_some(taken)
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "lengths of two parts of the text, one behind the other"
    )]
    fn piece<'t>(&self, text: &'t str) -> Option<&'t str> {
        let mut piece = text;
        if let Some(end) = &self.before {
            let drive = match piece.as_bytes() {
                [_, b':', ..] => 2,
                _ => 0,
            };
            let rest = piece.get(drive..)?;
            if let Some(length) = rest.find(end.as_str()) {
                piece = piece.get(..drive + length)?;
            }
        }
        if let Some([open, close]) = &self.between {
            let inside = piece.split_once(open.as_str());
            let inside = inside.and_then(|(_, rest)| rest.split_once(close.as_str()));
            piece = inside.map_or(piece, |(inside, _)| inside);
        }
        let mut parts = piece.rsplit(['\\', '/']);
        match self.take {
            None => Some(piece),
            Some(Take::Last) => parts.next(),
            Some(Take::Above) => parts.nth(1),
        }
    }
}

/// The command line of a process, from what was logged of it and its program.
pub(super) fn command_line<'v>(
    logged: Option<&Cow<'v, str>>,
    program: Option<&Cow<'v, str>>,
) -> Option<Cow<'v, str>> {
    let logged = logged.filter(|text| !text.trim().is_empty());
    let program = program.filter(|text| !text.trim().is_empty());
    match (logged, program) {
        (Some(logged), Some(program)) => {
            let (first, arguments) = first_token(logged.trim_start());
            if first.contains('\\') {
                return Some(logged.clone());
            }
            let quote = if program.contains(' ') { "\"" } else { "" };
            let arguments = arguments.trim();
            let gap = if arguments.is_empty() { "" } else { " " };
            Some(Cow::Owned(format!(
                "{quote}{program}{quote}{gap}{arguments}"
            )))
        }
        (logged, program) => logged.or(program).cloned(),
    }
}

/// The first word of a command line, in quotes or not, and the rest.
fn first_token(line: &str) -> (&str, &str) {
    match line.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
        Some(quoted) => quoted,
        None => line.split_once(char::is_whitespace).unwrap_or((line, "")),
    }
}
