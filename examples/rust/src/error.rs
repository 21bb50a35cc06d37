//! What can go wrong.

use std::fmt;

use serde_json::{Value, json};

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// The module refused it; the session is as it was before the call.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The runtime failed: there is no module, it is one of another interface, or
    /// it trapped. The session is of no more use.
    #[error(transparent)]
    Runtime(#[from] wasmtime::Error),
}

/// An error of the module.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    /// Which error it is, such as `unknown_key`.
    pub code: String,
    /// What is wrong, where, and what to do.
    pub message: String,
    /// All that `rule_last_error` gave, which may say more.
    pub json: Vec<u8>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl Refusal {
    /// The error that `rule_last_error` gave.
    pub(crate) fn of(json: Vec<u8>) -> Self {
        let error: Value = serde_json::from_slice(&json).unwrap_or_default();
        let text = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
        Refusal {
            code: text("code"),
            message: text("message"),
            json,
        }
    }

    /// There was no room in the module for bytes of the host's.
    pub(crate) fn no_room(length: usize) -> Self {
        let message = format!("the module has no memory for {length} bytes");
        let error = json!({"code": "out_of_memory", "message": message});
        Refusal::of(error.to_string().into_bytes())
    }
}
