//! The risk of a result row: a message, and the objects that carry the score.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;
use serde_json::Value;

use super::{DetectionError, Reader};

/// What a result row risks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Risk {
    /// The message; `$field$` stands for a value of the row.
    pub message: String,
    /// The fields whose values carry the score.
    pub objects: Vec<RiskObject>,
    /// The fields whose values are the threat.
    pub threats: Vec<ThreatObject>,
}

/// A field whose values carry a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RiskObject {
    /// The field of the row.
    pub field: String,
    /// What its values are.
    #[serde(rename = "type")]
    pub kind: ObjectKind,
    /// The score.
    pub score: i64,
}

/// The kinds of risk object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ObjectKind {
    /// A machine.
    System,
    /// An account.
    User,
    /// Anything else.
    Other,
}

/// A field whose values are the threat, such as an address or a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ThreatObject {
    /// The field of the row.
    pub field: String,
    /// What its values are, in the words of the detection.
    #[serde(rename = "type")]
    pub kind: String,
}

pub(super) fn read(reader: &Reader<'_>) -> Result<Option<Risk>, DetectionError> {
    match reader.value.get("rba") {
        None | Some(Value::Null) => before_rba(reader),
        Some(block) => Ok(Some(rba(reader, block)?)),
    }
}

/// The block of today's content.
fn rba(reader: &Reader<'_>, block: &Value) -> Result<Risk, DetectionError> {
    let mut objects = Vec::new();
    for object in reader.list(block, "risk_objects")? {
        let kind = reader.optional(object, "type")?.unwrap_or_default();
        objects.push(RiskObject {
            field: field(reader, object, "field")?,
            kind: match kind.as_str() {
                "system" => ObjectKind::System,
                "user" => ObjectKind::User,
                _ => ObjectKind::Other,
            },
            score: reader.whole(object, "score")?.unwrap_or(0),
        });
    }
    let mut threats = Vec::new();
    for object in reader.list(block, "threat_objects")? {
        let kind = reader.optional(object, "type")?.unwrap_or_default();
        threats.push(ThreatObject {
            field: field(reader, object, "field")?,
            kind,
        });
    }
    let message = reader.optional(block, "message")?.unwrap_or_default();
    Ok(Risk {
        message,
        objects,
        threats,
    })
}

/// The keys of `tags` before that block: the score is impact x confidence / 100,
/// cut; an observable in the role of a victim carries it, one in the role of an
/// attacker is a threat [contentctl 4, observables].
fn before_rba(reader: &Reader<'_>) -> Result<Option<Risk>, DetectionError> {
    let tags = reader.value.get("tags").unwrap_or(&Value::Null);
    let message = reader.optional(tags, "message")?;
    let observables = reader.list(tags, "observable")?;
    if message.is_none() && observables.is_empty() {
        return Ok(None);
    }
    let product = match (
        reader.whole(tags, "impact")?,
        reader.whole(tags, "confidence")?,
    ) {
        (Some(impact), Some(confidence)) => Some(impact.saturating_mul(confidence) / 100),
        _ => None,
    };
    let score = reader.whole(tags, "risk_score")?.or(product).unwrap_or(0);
    let mut risk = Risk {
        message: message.unwrap_or_default(),
        objects: Vec::new(),
        threats: Vec::new(),
    };
    for observable in observables {
        let field = field(reader, observable, "name")?;
        let kind = reader.optional(observable, "type")?.unwrap_or_default();
        let roles = reader.texts(observable, "role")?;
        if roles.iter().any(|role| role == "Attacker") {
            risk.threats.push(ThreatObject {
                field,
                kind: kind.to_lowercase().replace(' ', "_"),
            });
        } else if roles.iter().any(|role| role == "Victim") {
            let kind = match kind.as_str() {
                "Hostname" | "Endpoint" | "Device" | "IP Address" => ObjectKind::System,
                "User" | "Username" | "User Name" | "Email Address" => ObjectKind::User,
                _ => ObjectKind::Other,
            };
            risk.objects.push(RiskObject { field, kind, score });
        }
    }
    Ok(Some(risk))
}

fn field(reader: &Reader<'_>, object: &Value, key: &str) -> Result<String, DetectionError> {
    match reader.optional(object, key)? {
        Some(text) => Ok(text),
        None => Err(reader.error(alloc::format!("a risk object has no `{key}`: it needs one"))),
    }
}
