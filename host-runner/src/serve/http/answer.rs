//! What a client is told.

use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytesize::ByteSize;
use serde_json::{Value, json};

use crate::serve::status::Trouble;
use crate::serve::unpack::ACCEPTED;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    /// The module has the body.
    Taken {
        /// Records in it.
        events: u64,
        /// Of these, the ones that could not be read.
        malformed: u64,
    },
    /// All is well.
    Ready,
    /// The body is not what it should be, or the module refused it.
    BadBody(String),
    /// The token is missing, or another.
    Unauthorized,
    /// There is nothing at this path.
    NotFound,
    /// The client was too slow.
    TimedOut,
    /// The body is larger than so many bytes.
    TooLarge(usize),
    /// A media type that cannot be read.
    BadType(String),
    /// A packing that cannot be unpacked.
    BadPacking(String),
    /// Too much waits for the module.
    Full,
    /// No events are taken at the moment.
    Blocked(&'static str),
    /// The program ends.
    Stopping,
    /// Something is wrong, to one who asks for it.
    Unwell(Trouble),
}

/// The seconds after which a client may come again: where the queue is full, and where
/// something outside has to change first.
const SOON: HeaderValue = HeaderValue::from_static("1");
const LATER: HeaderValue = HeaderValue::from_static("5");

impl Reply {
    fn status(&self) -> StatusCode {
        match self {
            Self::Taken { .. } | Self::Ready => StatusCode::OK,
            Self::BadBody(_) => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::TimedOut => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BadType(_) | Self::BadPacking(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Full | Self::Blocked(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Stopping | Self::Unwell(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        Some(match self {
            Self::Unauthorized => (WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            Self::TimedOut => (CONNECTION, HeaderValue::from_static("close")),
            Self::BadType(_) => (
                ACCEPT,
                HeaderValue::from_static(
                    "application/json, application/x-ndjson, text/plain, application/xml",
                ),
            ),
            Self::BadPacking(_) => (ACCEPT_ENCODING, HeaderValue::from_static(ACCEPTED)),
            Self::Full => (RETRY_AFTER, SOON),
            Self::Blocked(_) | Self::Stopping => (RETRY_AFTER, LATER),
            _ => return None,
        })
    }

    fn body(&self) -> Value {
        let error = |text: &str| json!({ "error": text });
        match self {
            Self::Taken { events, malformed } => {
                json!({ "events": events, "malformed": malformed })
            }
            Self::Ready => json!({ "status": "ok" }),
            Self::BadBody(reason) => error(reason),
            Self::Unauthorized => error(
                "send the header `Authorization: Bearer TOKEN` with the token of this program",
            ),
            Self::NotFound => error("events go to `/`, and `/health` and `/metrics` can be asked"),
            Self::TimedOut => error("the body did not come in time"),
            Self::TooLarge(limit) => error(&format!(
                "a body may have {}, unpacked; send fewer events at once, or raise `--body-limit`",
                ByteSize(*limit as u64)
            )),
            Self::BadType(media) => error(&format!(
                "`{media}` cannot be read; send JSON, such as with `format json_lines`"
            )),
            Self::BadPacking(packing) => error(&format!(
                "`{packing}` cannot be unpacked; pack with one of {ACCEPTED}, or not at all"
            )),
            Self::Full => error("too much waits to be read; come again"),
            Self::Blocked(reason) => error(reason),
            Self::Stopping => json!({ "status": "stopping", "error": "the program ends" }),
            Self::Unwell(trouble) => match trouble {
                Trouble::Stopping => json!({ "status": "stopping" }),
                Trouble::Blocked(reason) => json!({ "status": "blocked", "reason": reason }),
                Trouble::Undelivered => json!({
                    "status": "undelivered",
                    "reason": "the alerts are not taken; they are kept and tried again",
                }),
            },
        }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let media = [(CONTENT_TYPE, "application/json")];
        let text = format!("{}\n", self.body());
        let mut response = (self.status(), media, text).into_response();
        if let Some((name, value)) = self.header() {
            response.headers_mut().insert(name, value);
        }
        response
    }
}
